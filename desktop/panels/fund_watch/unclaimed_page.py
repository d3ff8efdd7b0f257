"""Money nobody fetches, by age: who has not come, who was told, on paper and as a sheet. UI."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.circulars.names import file_name
from desktop.contract.context import PanelContext, Selection
from desktop.contract.live import LiveRefresh
from desktop.contract.sheets import Exported
from desktop.contract.short_list import Listing
from desktop.funds.notices import PayeeNotice, tell_payee
from desktop.funds.standings import Unclaimed
from desktop.panels.fund_watch.columns import unclaimed_columns, unclaimed_sheet_columns
from desktop.panels.fund_watch.papers import (
    LyingArgs,
    Paper,
    export_lying,
    lying_paper,
    print_sheet,
)
from desktop.panels.fund_watch.queries import (
    TABLES,
    LyingQuery,
    UnclaimedFilter,
    all_lying,
    fitting,
)
from desktop.panels.fund_watch.rules import lying_row
from desktop.rules.fund_law import load_fund_law
from desktop.rules.money import grouped
from widgets.forms import FilterBox, FormDialog, Option
from widgets.parts import named_button, words_label
from widgets.pdf_preview import PdfPreview
from widgets.theme import current_theme


class UnclaimedPage(QWidget):
    """`found` is everything that lies; the boxes choose among it."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unclaimed_page")
        self._context = context
        self.found: tuple[Unclaimed, ...] = ()
        self.form: FormDialog | None = None
        self.preview: PdfPreview | None = None
        self.list: Listing[Unclaimed] = Listing(unclaimed_columns(), self)
        self.list.table.set_empty_text(
            self.tr("Nobody lets money lie"),
            self.tr("Money that lies for 30 days without being asked for, and all deposits."),
        )
        self.bands = FilterBox(self.tr("Age"), all_text=self.tr("Any age"), parent=self)
        self.bands.setObjectName("unclaimed_bands")
        self.bands.set_options(
            [Option(band.from_days, band.name) for band in load_fund_law().bands]
        )
        self.search = QLineEdit(self)
        self.search.setObjectName("unclaimed_search")
        self.search.setPlaceholderText(self.tr("Case, creditor or handler"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(current_theme().px(190))
        self.sums = words_label(self, "muted")
        self.sums.setObjectName("unclaimed_sums")
        self.count_label = QLabel(self)
        self.count_label.setProperty("role", "muted")
        self.told_button = named_button(self, "told_payee", self.tr("Note a notice…"))
        self.deposit_button = named_button(self, "deposit", self.tr("Deposit…"))
        self.print_button = named_button(self, "print_unclaimed", self.tr("Print"))
        self.export_button = named_button(self, "export_unclaimed", self.tr("XLSX"))
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, (*TABLES, "execution_log", "party"), self._read)

    def _arrange(self) -> None:
        self.told_button.setProperty("kind", "primary")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.bands)
        row.addWidget(self.search)
        row.addStretch(1)
        row.addWidget(self.count_label)
        for button in (
            *(self.print_button, self.export_button),
            *(self.deposit_button, self.told_button),
        ):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.sums)
        layout.addWidget(self.list.table, 1)

    def _connect(self) -> None:
        self.bands.changed.connect(self._show)
        self.search.textChanged.connect(lambda _text: self._show())
        self.list.table.current_id_changed.connect(lambda _id: self._on_current())
        self.list.table.row_activated.connect(lambda _id: self._open_case())
        self.deposit_button.clicked.connect(lambda _checked=False: self.deposit())
        self.told_button.clicked.connect(lambda _checked=False: self.note_notice())
        self.print_button.clicked.connect(lambda _checked=False: self.print())
        self.export_button.clicked.connect(lambda _checked=False: self.export())

    @property
    def filter(self) -> UnclaimedFilter:
        """What the boxes say."""
        bands = tuple(one for one in self.bands.selected() if isinstance(one, int))
        return UnclaimedFilter(bands, self.search.text().strip())

    def _read(self) -> None:
        asked = LyingQuery(self._context.today(), self._context.law)
        self._context.read(self, "snapshot", all_lying, asked, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: tuple[Unclaimed, ...]) -> None:
        self.found = found
        told = []
        for band in load_fund_law().bands:
            some = [one for one in found if one.band == band]
            if not some:
                continue
            amount = grouped(sum(one.left_fen for one in some))
            told.append(f"{band.name}：{len(some):,} 笔 {amount} 元")
        self.sums.setText("　　".join(told))
        self._show()
        self.live.finished()

    def _show(self) -> None:
        shown = fitting(self.found, self.filter)
        self.list.show([((one.entry_id, one.left_fen), one, lying_row(one)) for one in shown])
        words = self.tr("{count} sums, ¥{amount}")
        amount = grouped(sum(one.left_fen for one in shown))
        self.count_label.setText(words.format(count=f"{len(shown):,}", amount=amount))
        self._on_current()

    def _on_current(self) -> None:
        one = self.list.current()
        self.told_button.setEnabled(one is not None and self._context.who.person_id is not None)
        self.deposit_button.setEnabled(one is not None)
        if one is not None:
            self._context.select(Selection(one.case_id))
            out = self.tr("Pay the deposit…") if one.escrow else self.tr("Deposit…")
            self.deposit_button.setText(out)

    def _open_case(self) -> None:
        one = self.list.current()
        if one is not None:
            self._context.open("case_query", {"case_id": one.case_id})

    def deposit(self) -> None:
        """Opens the form of an order that deposits this money (提存), or pays a deposit out."""
        one = self.list.current()
        if one is not None:
            wanted = {"new": "1", "case_id": one.case_id, "amount": str(one.left_fen)}
            wanted["way"] = "escrow_out" if one.escrow else "escrow"
            self._context.open("disbursement", wanted)

    # A notice to the payee

    def note_notice(self) -> None:
        """Asks whom one told to fetch money, and how."""
        one = self.list.current()
        if one is None:
            return
        dialog = FormDialog(
            self.tr("Told somebody to fetch the money"),
            self,
            submit_text=self.tr("Note in the case's log"),
            width=440,
        )
        dialog.setObjectName("payee_notice")
        payee, how = QLineEdit(dialog), QLineEdit(dialog)
        payee.setText(one.who)
        how.setPlaceholderText(self.tr("Telephone, letter with its number, message …"))
        dialog.form.add_field("payee", self.tr("Who was told"), payee, required=True)
        dialog.form.add_field("how", self.tr("How"), how, required=True)
        dialog.form.submitted.connect(partial(self._submit, one))
        self.form = dialog
        dialog.resize(dialog.width(), current_theme().px(240))
        dialog.show()

    def _submit(self, one: Unclaimed, values: Mapping[str, object]) -> None:
        notice = PayeeNotice(
            case_id=one.case_id,
            payee=str(values["payee"]),
            how=str(values["how"]),
            person_id=self._context.who.person_id,
            at=self._context.now(),
        )
        label = f"通知领款：{one.case_number}"
        self._context.write(self, label, tell_payee, notice, self._on_noted, self._on_refused)

    def _on_noted(self, _made: str) -> None:
        if self.form is not None:
            self.form.accept()
            self.form = None
        self._context.notify(self.tr("Noted in the case's log"), level="done")
        self.live.ask()

    def _on_refused(self, sentence: str) -> None:
        if self.form is not None:
            self.form.form.set_busy(False)
            self.form.form.field("how").set_error(sentence)

    # Paper and sheet

    def _args(self, path: Path) -> LyingArgs:
        return LyingArgs(
            filter=self.filter,
            today=self._context.today(),
            law=self._context.law,
            columns=tuple(unclaimed_sheet_columns()),
            printed_at=self._context.now(),
            printed_by=self._context.who.name,
            path=path,
        )

    def print(self) -> None:
        """Lays the list out as PDF and shows it."""
        name = file_name("未领案款清单", f"{self._context.now():%Y%m%d-%H%M%S}")
        args = self._args(self._context.documents_folder() / name)
        self._context.read(self, "paper", lying_paper, args, self._lay_out)

    def _lay_out(self, paper: Paper) -> None:
        self._context.layout(self, print_sheet, paper, self._on_printed)

    def _on_printed(self, path: Path) -> None:
        self._context.copied("print", "未领案款清单")
        self.preview = PdfPreview(path, self.tr("Money nobody fetches"), self)
        self.preview.failed.connect(lambda text: self._context.notify(text, level="error"))
        self.preview.show()
        self._context.notify(self.tr("Saved: {path}").format(path=path), level="done")

    def export(self) -> None:
        """Writes the list into the documents folder."""
        name = file_name("未领案款清单", f"{self._context.now():%Y%m%d-%H%M%S}", suffix=".xlsx")
        args = self._args(self._context.documents_folder() / name)
        failed = partial(self._context.notify, level="error")
        self._context.read(self, "export", export_lying, args, self._on_exported, failed)

    def _on_exported(self, made: Exported) -> None:
        self._context.copied("export", f"未领案款清单（{made.rows:,} 行）")
        text = self.tr("Exported {rows} rows: {path}")
        self._context.notify(text.format(rows=f"{made.rows:,}", path=made.path), level="done")
