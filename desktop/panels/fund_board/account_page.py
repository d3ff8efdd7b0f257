"""One account: what is on it, every entry with what it left, slips and vouchers. UI thread."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.funds.account import AccountArgs, Head, head
from desktop.funds.entries import FUND_WORDS, KIND_WORDS, EntryFilter
from desktop.panels.fund_board.columns import account_columns
from desktop.panels.fund_board.lists import FundList
from desktop.panels.fund_board.paper import print_balance, print_voucher
from desktop.panels.fund_board.queries import TABLES
from desktop.panels.fund_board.rules import FIGURES, PART, equation
from desktop.rules.money import grouped
from widgets.forms import DateField, FilterBox, Option
from widgets.parts import named_button, words_label
from widgets.theme import current_theme, repolish

_PAPERS: Final = ("receipt", "payment")
# What the line below the table says as well.
_SPARED: Final = ("other", "granted_fen", "held_fen", "maker", "link")


class AccountPage(QWidget):
    """`left()` when the user goes back; `shown(Head)` follows each reading."""

    left = Signal()
    shown = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fund_account")
        self._context = context
        self._args: AccountArgs | None = None
        self._select: int | None = None
        self.found: Head | None = None
        self._make_parts()
        self.entries = FundList(
            context,
            self,
            "account_entries",
            account_columns(),
            EntryFilter(fund_id="", upto=0),
            _SPARED,
        )
        self._arrange()
        self.kinds = FilterBox(
            self.tr("Entry"), all_text=self.tr("All entries"), multiple=True, parent=self
        )
        self.kinds.setObjectName("entry_kinds")
        self.kinds.set_options([Option(key, word) for key, word in KIND_WORDS.items()])
        self.search = QLineEdit(self)
        self.search.setObjectName("entry_search")
        self.search.setPlaceholderText(self.tr("Number, name or note"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(current_theme().px(220))
        for box in (self.kinds, self.search):
            self.entries.add_filter(box)
        self.entries.add_button(self.tr("XLSX"), self.export)
        self.entries.add_button(self.tr("Balance slip"), self.print_balance, primary=True)
        self._connect()
        self.live = LiveRefresh(self, context, TABLES, self._read)

    # What the view calls

    def open_account(self, args: AccountArgs) -> None:
        """Shows an account as of a day."""
        self._args, self.found = args, None
        self.title.setText("")
        self.entries.set_filter(EntryFilter(fund_id="", upto=0))
        was = self.day.blockSignals(True)
        self.day.set_value(args.on)
        self.day.blockSignals(was)
        self.live.ask()

    def print_balance(self) -> None:
        """The slip of the day shown, or of today."""
        if self.found is not None:
            on = self.found.on or self._context.today()
            print_balance(self._context, self, self.found.fund_id, on)

    def print_voucher(self) -> None:
        """The receipt or the voucher of the entry chosen."""
        row = self.entries.current_row()
        if row is not None and row["code"] in _PAPERS:
            print_voucher(self._context, self, str(row["id"]))

    def export(self) -> None:
        """The entries as they are listed."""
        if self.found is not None:
            self.entries.export(self.found.words, self.found.case_id)

    def go_to_pair(self) -> None:
        """Shows what the entry chosen belongs to: its reversal, what it undoes, its grant."""
        row = self.entries.current_row()
        if row is not None and row["pair_seq"]:
            self._clear_boxes()
            self._select = int(row["pair_seq"])
            self._apply_filter()

    # Parts

    def _make_parts(self) -> None:
        self.back = named_button(self, "account_back", self.tr("Back"))
        self.title = words_label(self, "title")
        self.title.setWordWrap(False)
        self.other = named_button(self, "other_account", "")
        self.other.setProperty("kind", "quiet")
        self.case = named_button(self, "open_case", self.tr("Open case"))
        self.day = DateField(self)
        self.day.setObjectName("account_day")
        self.day.setPlaceholderText(self.tr("now"))
        self.today = named_button(self, "account_now", self.tr("Now"))
        self.amounts = {key: words_label(self, "title") for key in ("balance", "held", "available")}
        self.equation = words_label(self, "muted")
        self.equation.setObjectName("account_equation")
        self.note = words_label(self, "error")
        self.detail = words_label(self, "small")
        self.detail.setObjectName("entry_detail")
        # Room for two lines, so that the table does not jump with the entry chosen.
        self.detail.setMinimumHeight(current_theme().px(36))
        self.pair = named_button(self, "entry_pair", "")
        self.voucher = named_button(self, "entry_voucher", "")
        self.order = named_button(self, "entry_order", self.tr("Payment order"))

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        for part in (self.back, self.title, self.other):
            top.addWidget(part)
        top.addStretch(1)
        top.addWidget(self.case)
        top.addWidget(QLabel(self.tr("End of day"), self))
        top.addWidget(self.day)
        top.addWidget(self.today)
        words = {
            "balance": self.tr("Balance (yuan)"),
            "held": self.tr("Granted, to be paid"),
            "available": self.tr("Available"),
        }
        figures = QHBoxLayout()
        figures.setSpacing(6)
        for key, label in self.amounts.items():
            name = QLabel(words[key], self)
            name.setProperty("role", "muted")
            figures.addWidget(name)
            label.setWordWrap(False)
            figures.addWidget(label)
            figures.addSpacing(current_theme().px(16))
        figures.addStretch(1)
        head_part = QVBoxLayout()
        head_part.setContentsMargins(12, 8, 12, 0)
        head_part.setSpacing(4)
        head_part.addLayout(top)
        head_part.addLayout(figures)
        head_part.addWidget(self.equation)
        head_part.addWidget(self.note)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 0, 12, 8)
        foot.setSpacing(8)
        foot.addWidget(self.detail, 1)
        for part in (self.pair, self.order, self.voucher):
            part.hide()
            foot.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head_part)
        layout.addWidget(self.entries, 1)
        layout.addLayout(foot)
        self.entries.table.set_empty_text(
            self.tr("No entry here"), self.tr("Nothing was booked on this account up to that day.")
        )

    def _connect(self) -> None:
        def run(button: Any, work: Any) -> None:
            button.clicked.connect(lambda _checked=False: work())

        run(self.back, self.left.emit)
        run(self.case, self._open_case)
        run(self.today, lambda: self.day.set_value(None))
        run(self.other, self._open_other)
        run(self.pair, self.go_to_pair)
        run(self.voucher, self.print_voucher)
        run(self.order, self._open_order)
        self.day.changed.connect(self._on_day)
        self.kinds.changed.connect(self._apply_filter)
        self.search.textChanged.connect(lambda _text: self._apply_filter())
        self.entries.table.current_id_changed.connect(lambda _id: self._show_entry())
        self.entries.model.page_arrived.connect(self._show_entry)
        self.entries.model.snapshot_applied.connect(lambda _count: self._on_snapshot())
        self.entries.opened.connect(lambda _row: self.go_to_pair())

    # Reading

    def _read(self) -> None:
        if self._args is None:
            self.live.finished()
            return
        self._context.read(self, "head", head, self._args, self._on_head, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_head(self, found: Head | None) -> None:
        self.found = found
        if found is None:
            self.title.setText(self.tr("No account"))
            self.equation.setText(self.tr("No money of this case has been booked on this device."))
            for label in self.amounts.values():
                label.setText("—")
            self.note.hide()
            self.live.finished()
            return
        assert self._args is not None
        # From now on the account itself, so that it stays while other facts change.
        self._args = AccountArgs(fund_id=found.fund_id, on=self._args.on)
        self._select = found.entry_seq if found.entry_seq is not None else self._select
        self._show_head(found)
        self._apply_filter()
        self.live.finished()
        self.shown.emit(found)

    def _show_head(self, found: Head) -> None:
        turn = -1 if found.kind == "bank" else 1
        code = f"　{found.code}" if found.code else ""
        self.title.setText(f"{found.words}{code}")
        self.amounts["balance"].setText(grouped(turn * found.balance_fen))
        self.amounts["held"].setText(grouped(found.held_fen))
        self.amounts["available"].setText(grouped(turn * found.available_fen))
        self.case.setVisible(found.case_id is not None)
        others = [(key, kind) for key, kind in found.others if key != found.fund_id]
        self.other.setVisible(bool(others))
        if others:
            words = self.tr("To account: {kind}").format(kind=FUND_WORDS[others[0][1]])
            self.other.setText(words)
        self._show_equation(found)
        said = []
        if found.in_suspense:
            said.append(self.tr("Money had left before it was booked; the account is in suspense."))
        self.note.setText(" ".join(said))
        self.note.setVisible(bool(said))

    def _show_equation(self, found: Head) -> None:
        shown = found.board
        if shown is None:
            self.equation.setText("")
            self.equation.hide()
            return
        values = [(word, getattr(shown.board, key)) for key, word in FIGURES.items()]
        words = equation(values, shown.board.difference if shown.whole else None)
        self.equation.setText(words if shown.whole else f"{words}　{PART}")
        self.equation.setProperty("role", "error" if shown.differs else "muted")
        repolish(self.equation)
        self.equation.show()

    # Entries

    def _clear_boxes(self) -> None:
        for box in (self.kinds, self.search):
            was = box.blockSignals(True)
            if isinstance(box, FilterBox):
                box.set_selected(())
            else:
                box.clear()
            box.blockSignals(was)

    def _apply_filter(self) -> None:
        if self.found is None:
            return
        self.entries.set_filter(
            EntryFilter(
                fund_id=self.found.fund_id,
                upto=self.found.seq,
                kinds=tuple(str(key) for key in self.kinds.selected()),
                text=self.search.text().strip(),
            )
        )

    def _on_snapshot(self) -> None:
        if self._select is not None and self.entries.table.select_id(self._select):
            self._select = None
        self._show_entry()

    def _show_entry(self) -> None:
        row = self.entries.current_row()
        code = "" if row is None else str(row["code"])
        self.detail.setText("" if row is None else _detail(row))
        self.pair.setVisible(row is not None and bool(row["pair_seq"]))
        self.voucher.setVisible(code in _PAPERS)
        self.order.setVisible(row is not None and bool(row["order_id"]))
        if row is None:
            return
        names = {
            "receipt": self.tr("Print receipt"),
            "payment": self.tr("Print voucher"),
        }
        self.voucher.setText(names.get(code, ""))
        other = row["original"] or row["reversal"] or row["hold"] or row["ended"]
        self.pair.setText(self.tr("Go to {number}").format(number=other))

    def _on_day(self) -> None:
        if self._args is not None and (not self.day.text() or self.day.value() is not None):
            self._args = replace(self._args, on=self.day.value(), entry_id=None)
            if self.found is not None:
                self._args = replace(self._args, fund_id=self.found.fund_id, case_id=None)
            self.live.ask()

    def _open_case(self) -> None:
        if self.found is not None and self.found.case_id is not None:
            self._context.open("case_query", {"case_id": self.found.case_id})

    def _open_other(self) -> None:
        found = self.found
        if found is not None:
            other = next(key for key, _kind in found.others if key != found.fund_id)
            self.open_account(AccountArgs(fund_id=other, on=found.on))

    def _open_order(self) -> None:
        row = self.entries.current_row()
        if row is not None and row["order_id"]:
            self._context.open("disbursement", {"order_id": str(row["order_id"])})


def _detail(row: Mapping[str, Any]) -> str:
    """The entry in words: when, between whom, whose, why, and what it is linked to."""
    parts = [
        f"{row['number']}　{row['at']}　{row['word']} {grouped(row['amount_fen'])} 元",
        f"{row['from']} → {row['to']}",
        row["payee"],
        f"经手 {row['maker']}",
        row["memo"] if row["code"] != "reversal" else "",
        row["link"],
        f"原因：{row['why']}" if row["why"] else "",
    ]
    return "　·　".join(part for part in parts if part)
