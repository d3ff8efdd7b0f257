"""A day: three figures that should be one, the statement between them, and each difference. UI."""

from datetime import date, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.names import file_name
from desktop.contract.context import PanelContext, Selection
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.errors import UserError
from desktop.funds.differences import NOTE_MAX, Difference, Explanation, Note
from desktop.funds.month_sheet import day_sheet
from desktop.funds.reconcile import PART_WORDS, Reconciliation
from desktop.panels.fund_close.columns import difference_columns
from desktop.panels.fund_close.commands import explain
from desktop.panels.fund_close.paper import Paper, exported, printed
from desktop.panels.fund_close.queries import (
    DAY_TABLES,
    DayState,
    day_state,
    difference_notes,
)
from desktop.panels.fund_close.scrolled import scrolled
from desktop.panels.fund_close.words import (
    BALANCE_LINES,
    balance_fens,
    day_summary,
    difference_row,
    difference_text,
    notes_text,
    untold_text,
)
from desktop.rules.money import grouped
from widgets.card import Card
from widgets.figure import FigureCard
from widgets.forms import DateField, FilterBox, Option
from widgets.parts import named_button, words_label
from widgets.pdf_preview import PdfPreview
from widgets.theme import current_theme

_OPEN, _SAID = "open", "explained"
_LOW = 430  # pixels


class DayPage(QWidget):
    """`show_day(day)` shows another one; `found` is what is on the screen."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("day_page")
        self._context = context
        self.found: DayState | None = None
        self.preview: PdfPreview | None = None
        self.day = DateField(self, optional=False)
        self.day.setObjectName("reconcile_day")
        self.day.set_value(context.today())
        self.before_button = named_button(self, "day_before", "‹")
        self.after_button = named_button(self, "day_after", "›")
        self.states = FilterBox(self.tr("State"), all_text=self.tr("All"), parent=self)
        self.states.setObjectName("difference_states")
        self.states.set_options(
            [Option(_OPEN, "待查", state="overdue"), Option(_SAID, "已说明", state="done")]
        )
        self.print_button = named_button(self, "print_day", self.tr("Print statement"))
        self.export_button = named_button(self, "export_day", self.tr("XLSX"))
        self.bank = FigureCard(self.tr("Bank statement"), self)
        self.ledger = FigureCard(self.tr("Ledger"), self)
        self.cases = FigureCard(self.tr("Cases and other accounts"), self)
        self.open = FigureCard(self.tr("Differences to explain"), self)
        self.hint = words_label(self, "muted")
        self.hint.setObjectName("untold")
        self.list: Listing[Difference] = Listing(difference_columns(), self)
        self.list.table.setObjectName("differences")
        self.about = words_label(self, "")
        self.about.setObjectName("about_difference")
        self.said = words_label(self, "muted")
        self.said.setObjectName("earlier_notes")
        self.entry = QLineEdit(self)
        self.entry.setObjectName("explanation")
        self.entry.setMaxLength(NOTE_MAX)
        self.entry.setPlaceholderText(self.tr("Why it differs"))
        self.explain_button = named_button(self, "explain", self.tr("Explain"))
        self.open_button = named_button(self, "open_source", self.tr("Open"))
        self.summary = words_label(self, "")
        self.summary.setObjectName("day_summary")
        self._balances: list[QLabel] = []
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, DAY_TABLES, self._read)

    # Parts

    def _arrange(self) -> None:
        self.explain_button.setProperty("kind", "primary")
        for button in (self.before_button, self.after_button):
            button.setFixedWidth(button.fontMetrics().height() * 2)
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.before_button, self.day, self.after_button, self.states):
            row.addWidget(part)
        row.addWidget(self.hint, 1)
        row.addWidget(self.print_button)
        row.addWidget(self.export_button)
        self._figures = QWidget(self)
        figures = QHBoxLayout(self._figures)
        figures.setContentsMargins(0, 0, 0, 0)
        figures.setSpacing(8)
        for card in (self.bank, self.ledger, self.cases, self.open):
            figures.addWidget(card)
        side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._explaining())
        column.addWidget(self._statement())
        column.addStretch(1)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(self.list.table)
        split.addWidget(scrolled(side, self))
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 0)
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.summary)
        layout.addWidget(self._figures)
        layout.addWidget(split, 1)

    def _explaining(self) -> QWidget:
        card = Card(self.tr("The difference"), parent=self)
        card.header.addWidget(self.open_button)
        card.body.addWidget(self.about)
        card.body.addWidget(self.said)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.entry, 1)
        row.addWidget(self.explain_button)
        card.body.addLayout(row)
        return card

    def _statement(self) -> QWidget:
        card = Card(self.tr("Statement of both balances"), parent=self)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        for line in range(len(BALANCE_LINES)):
            name, value = QLabel(BALANCE_LINES[line], card), QLabel(card)
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            for label in (name, value):
                label.setProperty("role", "muted" if line % 4 in (1, 2) else "")
                grid.addWidget(label, line, 0 if label is name else 1)
            self._balances.append(value)
        card.body.addLayout(grid)
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the four figures stand in one line, so that the list has room."""
        super().resizeEvent(event)
        low = self.height() < current_theme().px(_LOW)
        self._figures.setVisible(not low)
        self.summary.setVisible(low)

    def _connect(self) -> None:
        self.day.changed.connect(self._on_day)
        self.before_button.clicked.connect(lambda _checked=False: self._step(-1))
        self.after_button.clicked.connect(lambda _checked=False: self._step(1))
        self.states.changed.connect(self._show)
        self.list.table.current_id_changed.connect(lambda _id: self._on_current())
        self.list.table.row_activated.connect(lambda _id: self.open_source())
        self.entry.returnPressed.connect(self.explain)
        self.explain_button.clicked.connect(lambda _checked=False: self.explain())
        self.open_button.clicked.connect(lambda _checked=False: self.open_source())
        self.print_button.clicked.connect(lambda _checked=False: self.print())
        self.export_button.clicked.connect(lambda _checked=False: self.export())
        self.bank.clicked.connect(lambda: self._context.open("bank_statements", {}))
        for card in (self.ledger, self.cases):
            card.clicked.connect(self._open_board)
        self.open.clicked.connect(lambda: self.states.set_selected([_OPEN]))

    # Reading

    def show_day(self, day: date) -> None:
        """Shows how it stood at the end of that day."""
        self.day.set_value(day)

    def _step(self, days: int) -> None:
        day = self.day.value()
        if day is not None:
            self.day.set_value(day + timedelta(days=days))

    def _on_day(self) -> None:
        if self.day.value() is not None:
            self.live.ask()

    def _read(self) -> None:
        day = self.day.value()
        if day is None:
            self.live.finished()
            return
        self._context.read(self, "snapshot", day_state, day, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: DayState) -> None:
        self.found = found
        self._show()
        self.live.finished()

    def _show(self) -> None:
        if self.found is None:
            return
        state = self.found.state
        self._show_figures(state)
        wanted = set(self.states.selected())
        shown = [
            one
            for one in state.differences
            if not wanted or (_SAID if one.explained else _OPEN) in wanted
        ]
        self.list.show([(one.key, one, difference_row(one)) for one in shown])
        if not state.whole:
            self.list.table.set_empty_text(self.tr("Not reconciled here"), PART_WORDS)
        else:
            self.list.table.set_empty_text(
                self.tr("No difference"), self.tr("Bank, ledger and cases agree.")
            )
        self._on_current()

    def _show_figures(self, state: Reconciliation) -> None:
        for button in (self.print_button, self.export_button):
            button.setEnabled(state.whole)
        if not state.whole:
            self.hint.setText(PART_WORDS)
            for card in (self.bank, self.ledger, self.cases, self.open):
                card.set_figure("—")
            for label in self._balances:
                label.clear()
            self.summary.clear()
            return
        self.hint.setText(untold_text(state))
        apart = state.bank_fen - state.ledger_fen
        rest = state.cases_fen - state.ledger_fen
        self.bank.set_figure(grouped(state.bank_fen), self.tr("end of {day}").format(day=state.day))
        self.ledger.set_figure(
            grouped(state.ledger_fen), self.tr("bank has {fen} more").format(fen=grouped(apart))
        )
        self.cases.set_figure(
            grouped(state.cases_fen),
            self.tr("differs from the ledger by {fen}").format(fen=grouped(rest)),
            "overdue" if rest else "done",
        )
        waits = len(state.unexplained)
        self.open.set_figure(
            f"{waits:,}",
            self.tr("of {count} differences").format(count=f"{len(state.differences):,}"),
            "overdue" if waits else "done",
        )
        self.summary.setText(day_summary(state))
        for label, fen in zip(self._balances, balance_fens(state), strict=True):
            label.setText(grouped(fen))

    # One difference

    def _on_current(self) -> None:
        one = self.list.current()
        may = one is not None and self._context.who.person_id is not None
        for part in (self.entry, self.explain_button):
            part.setEnabled(may)
        self.open_button.setEnabled(one is not None)
        self.said.clear()
        self.said.hide()
        if one is None:
            self.about.setText(self.tr("Choose a difference to explain it."))
            return
        self.about.setText(difference_text(one))
        self._context.read(self, "notes", difference_notes, one, partial(self._on_notes, one.key))
        if one.case_id:
            self._context.select(Selection(one.case_id))

    def _on_notes(self, key: str, notes: tuple[Note, ...]) -> None:
        one = self.list.current()
        if one is not None and one.key == key:
            self.said.setText(notes_text(notes))
            self.said.setVisible(bool(notes))

    def explain(self) -> None:
        """Stores the words for the current difference."""
        one = self.list.current()
        if one is None or not self.entry.isEnabled():
            return
        given = Explanation(
            one.kind,
            one.about_id,
            one.fen,
            self.entry.text(),
            self._context.who.person_id,
            self._context.now(),
        )
        label = f"说明对账差异：{one.words}"
        self._context.write(self, label, explain, given, self._on_explained)

    def _on_explained(self, _made: str) -> None:
        self.entry.clear()
        self._context.notify(self.tr("Explained"), level="done")
        self.live.ask()

    def open_source(self) -> None:
        """Opens the line, the entry or the account that the difference is about."""
        one = self.list.current()
        if one is None:
            return
        if one.kind == "line_without_entry":
            self._context.open("bank_statements", {"line_id": one.about_id})
        elif one.kind == "case_ledger":
            self._context.open("fund_board", {"fund_id": one.about_id})
        elif one.number:
            self._context.open("fund_board", {"entry_id": one.about_id})
        else:
            self._context.open("bank_statements", {})

    def _open_board(self) -> None:
        day = self.day.value()
        self._context.open("fund_board", {"on": day.isoformat()} if day else {})

    # Paper and sheet

    def _paper(self, suffix: str) -> Paper | None:
        if self.found is None:
            return None
        state = self.found.state
        try:
            sheet = day_sheet(state, self.found.court)
        except UserError as refused:
            self._context.notify(str(refused), level="error")
            return None
        name = file_name("余额调节表", state.day, suffix=suffix)
        return Paper(sheet, (), self._context.documents_folder() / name)

    def print(self) -> None:
        """Lays the statement out as PDF and shows it."""
        paper = self._paper(".pdf")
        if paper is not None:
            self._context.layout(self, printed, paper, self._on_printed)

    def _on_printed(self, path: Path) -> None:
        self._context.copied("print", "银行存款余额调节表")
        self.preview = PdfPreview(path, self.tr("Statement of both balances"), self)
        self.preview.failed.connect(lambda text: self._context.notify(text, level="error"))
        self.preview.show()

    def export(self) -> None:
        """Writes the statement and the list into the documents folder."""
        paper = self._paper(".xlsx")
        if paper is not None:
            self._context.layout(self, exported, paper, self._on_exported)

    def _on_exported(self, path: Path) -> None:
        self._context.copied("export", "银行存款余额调节表")
        self._context.notify(self.tr("Saved: {path}").format(path=path), level="done")
