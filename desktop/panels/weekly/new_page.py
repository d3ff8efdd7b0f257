"""A new circular: the last whole week, or what is overdue today, is frozen. UI thread."""

from datetime import timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.documents.figures_draft import NewOverdue, NewWeekly, make_overdue, make_weekly
from desktop.evidence.overdue_snapshot import OverdueSnapshot
from desktop.evidence.snapshot import Snapshot
from desktop.evidence.week import Week, proposed
from desktop.panels.weekly.freezing import Freezing, FreezingDay, freeze, freeze_day
from desktop.panels.weekly.step_page import button, text_label
from widgets.theme import current_theme

_STEP = timedelta(days=7)


class NewPage(QWidget):
    """`made(document id)` follows the draft, `left()` the way back."""

    made = Signal(str)
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new_circular")
        self._context = context
        self.week = proposed(context.today())
        self.title = QLabel(self)
        self.title.setObjectName("proposed_week")
        self.title.setProperty("role", "large")
        self.hint = text_label(self, "muted")
        self.error = text_label(self, "error")
        self.error.setObjectName("freeze_error")
        self.earlier = button(self, "week_before", self.tr("Week before"), lambda: self._move(-1))
        self.later = button(self, "week_after", self.tr("Week after"), lambda: self._move(1))
        self.freeze_button = button(
            self, "freeze", self.tr("Freeze the figures"), self.freeze, kind="primary"
        )
        self.day_button = button(
            self, "freeze_day", self.tr("Freeze what is overdue today"), self.freeze_day
        )
        self.back_button = button(self, "new_back", self.tr("Back"), self.left.emit)
        self._arrange()
        self.propose()

    def _arrange(self) -> None:
        weeks = QHBoxLayout()
        weeks.setSpacing(8)
        weeks.addWidget(self.earlier)
        weeks.addWidget(self.later)
        weeks.addStretch(1)
        weeks.addWidget(self.freeze_button)
        card, column = self._card(self.tr("Weekly circular on petitions"))
        column.addWidget(self.title)
        column.addWidget(self.hint)
        column.addLayout(weeks)
        other, below = self._card(self.tr("Circular on overdue nodes and passive enforcement"))
        words = text_label(other, "muted")
        words.setText(
            self.tr(
                "All overdue nodes and passive cases of this day; what an issued circular named "
                "within the quiet days is only counted."
            )
        )
        acts = QHBoxLayout()
        acts.addStretch(1)
        acts.addWidget(self.day_button)
        below.addWidget(words)
        below.addLayout(acts)
        back = QHBoxLayout()
        back.addWidget(self.back_button)
        back.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(16)
        layout.addLayout(back)
        layout.addWidget(self.error)
        for one in (card, other):
            layout.addWidget(one, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    def _card(self, title: str) -> tuple[QFrame, QVBoxLayout]:
        card = QFrame(self)
        card.setProperty("card", True)
        card.setFixedWidth(current_theme().px(600))
        column = QVBoxLayout(card)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        above = QLabel(title, card)
        above.setProperty("role", "group")
        column.addWidget(above)
        return card, column

    def propose(self) -> None:
        """The last whole week, Monday to Sunday."""
        self.week = proposed(self._context.today())
        self._say("")
        self._show()

    def _move(self, weeks: int) -> None:
        self.week = Week(self.week.first + weeks * _STEP)
        self._say("")
        self._show()

    def _show(self) -> None:
        self.title.setText(self.week.words)
        self.later.setEnabled(self.week.last + _STEP < self._context.today())
        self.hint.setText(
            self.tr(
                "Monday {first} to Sunday {last}. The figures are read at one moment and frozen: "
                "what changes afterwards does not change the circular."
            ).format(first=self.week.first.isoformat(), last=self.week.last.isoformat())
        )

    def freeze(self) -> None:
        """Reads the week and drafts the circular."""
        self._busy(True)
        args = Freezing(self._context.law, self.week, self._context.now())
        freeze(self._context, self, args, self._on_taken, self._fail)

    def _on_taken(self, snapshot: Snapshot) -> None:
        new = NewWeekly(snapshot, self._context.who.person_id, self._context.now())
        self._context.write(self, "拟周通报", make_weekly, new, self._on_made, self._fail)

    def freeze_day(self) -> None:
        """Reads what is overdue or passive today and drafts the circular."""
        self._busy(True)
        today = self._context.today()
        args = FreezingDay(self._context.law, today, self._context.now())
        freeze_day(self._context, self, args, self._on_day_taken, self._fail)

    def _on_day_taken(self, snapshot: OverdueSnapshot) -> None:
        new = NewOverdue(snapshot, self._context.who.person_id, self._context.now())
        self._context.write(self, "拟超期通报", make_overdue, new, self._on_made, self._fail)

    def _on_made(self, document_id: str) -> None:
        self._busy(False)
        self._say("")
        self.made.emit(document_id)

    def _busy(self, busy: bool) -> None:
        parts: tuple[QPushButton, ...] = (
            *(self.freeze_button, self.day_button, self.earlier, self.later),
        )
        for one in parts:
            one.setEnabled(not busy)

    def _fail(self, sentence: str) -> None:
        self._busy(False)
        self._show()
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
