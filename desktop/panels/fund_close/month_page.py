"""A month: its sheet on the screen, reported by one person and signed by another. UI thread."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.names import file_name
from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.reading import Act
from desktop.contract.short_list import Listing
from desktop.funds.closing import Aged, MonthArgs, MonthState, Period, Wish
from desktop.funds.month_sheet import month_words
from desktop.funds.reconcile import last_day
from desktop.panels.fund_close.columns import period_columns, trial_columns
from desktop.panels.fund_close.commands import WAITS, report, sign
from desktop.panels.fund_close.paper import Laid, Paper, exported, lay, printed
from desktop.panels.fund_close.queries import MONTH_TABLES, Months, month, months, old_money
from desktop.panels.fund_close.scrolled import scrolled
from desktop.panels.fund_close.sign_copy import SignCopy
from desktop.panels.fund_close.words import (
    MONTH_STATES,
    aged_text,
    check_text,
    differences_text,
    later_text,
    month_line,
    period_row,
    report_step,
    sign_step,
    trial_rows,
)
from widgets.badge import Badge
from widgets.card import Card
from widgets.dialogs import confirm
from widgets.parts import named_button, words_label
from widgets.pdf_pages import PdfPages
from widgets.theme import current_theme

Command = Callable[[Any, Wish], str]
_TRIAL_HIGH, _PERIODS_HIGH = 236, 130  # pixels
_SIDE_WIDE = 250


class MonthPage(QWidget):
    """`differences_asked(day)` follows the wish to see the differences of the month's last day;
    `found` is the month on the screen, `laid` the pages of its sheet."""

    differences_asked = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("month_page")
        self._context = context
        self._chosen = False
        self.found: MonthState | None = None
        self.laid: Laid | None = None
        self.month = QComboBox(self)
        self.month.setObjectName("close_month")
        self.badge = Badge(parent=self)
        self.line = words_label(self, "")
        self.line.setObjectName("month_line")
        self.print_button = named_button(self, "print_month", self.tr("Print"))
        self.export_button = named_button(self, "export_month", self.tr("XLSX"))
        self.copy_button = named_button(self, "sign_copy_button", self.tr("Signed copy…"))
        self.copy = SignCopy(context, self)
        self.report_button = named_button(self, "report_month", self.tr("Report"))
        self.sign_button = named_button(self, "sign_month", self.tr("Sign"))
        self.trial: Listing[str] = Listing(trial_columns(), self)
        self.trial.table.setObjectName("trial")
        self.periods: Listing[Period] = Listing(period_columns(), self)
        self.periods.table.setObjectName("periods")
        self.differences = words_label(self, "")
        self.differences.setObjectName("month_differences")
        self.differences_button = named_button(self, "show_differences", self.tr("Differences"))
        self.aged = words_label(self, "")
        self.aged.setObjectName("aged_money")
        self.aged_button = named_button(self, "show_unclaimed", self.tr("Money nobody fetches"))
        self.later = words_label(self, "muted")
        self.later.setObjectName("later_reversals")
        self.why = words_label(self, "muted")
        self.why.setObjectName("why_not")
        self.check = words_label(self, "muted")
        self.check.setObjectName("check_value")
        self.pages = PdfPages(self)
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, MONTH_TABLES, self._read)

    # Parts

    def _arrange(self) -> None:
        for button in (self.report_button, self.sign_button):
            button.setProperty("kind", "primary")
        top = QHBoxLayout()
        top.setSpacing(8)
        for part in (self.month, self.badge):
            top.addWidget(part)
        top.addWidget(self.line, 1)
        for button in (self.print_button, self.export_button, self.copy_button):
            top.addWidget(button)
        top.addWidget(self.report_button)
        top.addWidget(self.sign_button)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(scrolled(self._side(), self))
        split.addWidget(self.pages)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        split.setSizes([2 * current_theme().px(_SIDE_WIDE), 3 * current_theme().px(_SIDE_WIDE)])
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(split, 1)

    def _side(self) -> QWidget:
        trial = Card(self.tr("Trial balance"), parent=self)
        self.trial.table.setFixedHeight(current_theme().px(_TRIAL_HIGH))
        self.periods.table.setMinimumHeight(current_theme().px(_PERIODS_HIGH))
        trial.body.addWidget(self.trial.table)
        state = Card(self.tr("Before it is closed"), parent=self)
        for words, button in (
            (self.differences, self.differences_button),
            (self.aged, self.aged_button),
        ):
            state.body.addLayout(_line(words, button))
        state.body.addWidget(self.why)
        state.body.addWidget(self.later)
        state.body.addWidget(self.check)
        closed = Card(self.tr("Months reported and closed"), parent=self)
        self.periods.table.set_empty_text(self.tr("No month closed yet"), "")
        closed.body.addWidget(self.periods.table)
        side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(state)
        column.addWidget(trial)
        column.addWidget(closed, 1)
        return side

    def _connect(self) -> None:
        self.month.activated.connect(lambda _index: self._on_month())
        self.report_button.clicked.connect(lambda _checked=False: self._ask_report())
        self.sign_button.clicked.connect(lambda _checked=False: self._ask_sign())
        self.print_button.clicked.connect(lambda _checked=False: self.print())
        self.export_button.clicked.connect(lambda _checked=False: self.export())
        self.copy_button.clicked.connect(lambda _checked=False: self._ask_copy())
        self.differences_button.clicked.connect(lambda _checked=False: self._show_differences())
        self.aged_button.clicked.connect(
            lambda _checked=False: self._context.open("fund_watch", {"tab": "unclaimed"})
        )
        self.periods.table.row_activated.connect(lambda _id: self._on_period())

    # Reading

    def show_month(self, wanted: str) -> None:
        """Shows that month (YYYY-MM)."""
        self._chosen = True
        at = self.month.findData(wanted)
        if at < 0:
            self.month.addItem(month_words(wanted), wanted)
            at = self.month.count() - 1
        self.month.setCurrentIndex(at)
        self.live.ask()

    def _on_month(self) -> None:
        self._chosen = True
        self.live.ask()

    def _on_period(self) -> None:
        one = self.periods.current()
        if one is not None:
            self.show_month(one.month)

    def _read(self) -> None:
        self._context.read(
            self, "months", months, self._context.today(), self._on_months, self._on_error
        )

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_months(self, found: Months) -> None:
        wanted = self.month.currentData() if self._chosen else found.next_open
        offered = list(found.offered)
        if wanted not in offered:
            offered.append(wanted)
        self.month.clear()
        for one in offered:
            self.month.addItem(month_words(one), one)
        self.month.setCurrentIndex(offered.index(wanted))
        self.periods.show([(one.month, one, period_row(one)) for one in found.reported])
        args = MonthArgs(str(wanted), self._context.today())
        self._context.read(self, "snapshot", month, args, self._on_found, self._on_error)
        self._context.read(self, "aged", old_money, self._context.today(), self._on_aged)

    def _on_aged(self, found: tuple[Aged, ...]) -> None:
        self.aged.setText(aged_text(found))

    def _on_found(self, found: MonthState) -> None:
        self.found = found
        self.badge.set_state(*MONTH_STATES[found.state])
        self.line.setText(month_line(found))
        if found.book is not None:
            self.trial.show([(key, key, row) for key, row in trial_rows(found.book.trial)])
            self.differences.setText(differences_text(found.book.reconciliation))
        else:
            self.trial.show([])
            self.differences.clear()
        self.later.setText(later_text(found))
        self.later.setVisible(bool(found.later))
        self.check.setText(check_text(found))
        self._lay(found)
        self._allow()
        self.live.finished()

    def _lay(self, found: MonthState) -> None:
        if found.sheet is None:
            self.laid = None
            self.pages.clear()
            return
        known = (found.sha256, found.signatures())
        if (
            self.laid is not None
            and (self.laid.sha256, self.laid.signatures) == known
            and self.pages.loaded
        ):
            return
        self.laid = None
        paper = Paper(found.sheet, found.signatures(), Path())
        self._context.layout(self, lay, paper, partial(self._on_laid, found.sha256))

    def _on_laid(self, sha256: str, laid: Laid) -> None:
        if self.found is None or self.found.sha256 != sha256:
            return
        self.laid = laid
        self.pages.show_bytes(laid.pages)
        self._allow()

    # Report and signature

    def _allow(self) -> None:
        """Who may do what now; what may not be done says why."""
        found, who = self.found, self._context.who
        if found is None:
            return
        shown = self.laid is not None and self.laid.sha256 == found.sha256
        told = []
        for button, step in (
            (self.report_button, report_step(found, who)),
            (self.sign_button, sign_step(found, who)),
        ):
            button.setVisible(step.offered)
            button.setEnabled(step.offered and not step.why and shown)
            button.setToolTip(step.why)
            if step.offered and step.why:
                told.append(step.why)
        self.report_button.setText(
            self.tr("Report") if found.period is None else self.tr("Report anew")
        )
        self.why.setText("".join(told))
        self.why.setVisible(bool(told))
        for button in (self.print_button, self.export_button, self.copy_button):
            button.setEnabled(shown)
        # What is neither reported nor signed is nothing yet that one puts his name to.
        self.copy_button.setVisible(found.state in ("reported", "closed"))

    def _ask_report(self) -> None:
        found = self.found
        if found is None or found.book is None:
            return
        confirm(
            self,
            object_name="report_question",
            title=self.tr("Report {month}?").format(month=month_words(found.month)),
            text=self._question(found),
            accept_text=self.tr("Report"),
            on_accept=partial(self._wish, report, f"报结{month_words(found.month)}"),
        )

    def _ask_sign(self) -> None:
        found = self.found
        if found is None or found.book is None:
            return
        confirm(
            self,
            object_name="sign_question",
            title=self.tr("Sign {month}?").format(month=month_words(found.month)),
            text=self._question(found),
            accept_text=self.tr("Sign"),
            on_accept=partial(self._wish, sign, f"签结{month_words(found.month)}"),
        )

    def _question(self, found: MonthState) -> str:
        assert found.book is not None
        told = [
            differences_text(found.book.reconciliation),
            check_text(found),
            self.tr("Once it is signed nothing is booked in this month any more."),
        ]
        return "\n".join(told)

    def _wish(self, command: Command, label: str) -> None:
        if self.found is None:
            return
        wish = Wish(self.found.month, self.found.sha256, self._context.who.person_id)
        self._context.write(
            self, label, command, wish, partial(self._on_done, label), self._refused
        )

    def _on_done(self, label: str, told: str) -> None:
        waits = told == WAITS
        self._context.notify(
            f"{label}：{told}" if waits else label, level="info" if waits else "done"
        )
        self.live.ask()

    def _refused(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.ask()

    # Paper and sheet

    def _show_differences(self) -> None:
        if self.found is not None:
            day = min(date.fromisoformat(last_day(self.found.month)), self._context.today())
            self.differences_asked.emit(day)

    def _paper(self, suffix: str) -> Paper | None:
        found = self.found
        if found is None or found.sheet is None:
            return None
        name = file_name(found.sheet.title, found.month, suffix=suffix)
        return Paper(found.sheet, found.signatures(), self._context.documents_folder() / name)

    def print(self) -> None:
        """Keeps the sheet as PDF in the documents folder."""
        paper = self._paper(".pdf")
        if paper is not None:
            self._context.layout(self, printed, paper, partial(self._on_kept, "print"))

    def _ask_copy(self) -> None:
        if self.found is not None and self.laid is not None:
            self.copy.ask(self.found, self.laid)

    def export(self) -> None:
        """Keeps the sheet as a workbook."""
        paper = self._paper(".xlsx")
        if paper is not None:
            self._context.layout(self, exported, paper, partial(self._on_kept, "export"))

    def _on_kept(self, act: Act, path: Path) -> None:
        self._context.copied(act, path.stem)
        self._context.notify(self.tr("Saved: {path}").format(path=path), level="done")


def _line(words: QWidget, button: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(words, 1)
    row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
    return row
