"""A new weekly circular: the last whole week is proposed, its figures are frozen. UI thread."""

from datetime import timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.documents.figures_draft import NewWeekly, make_weekly
from desktop.evidence.snapshot import Snapshot
from desktop.evidence.week import Week, proposed
from desktop.panels.weekly.freezing import Freezing, freeze
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
        self.back_button = button(self, "new_back", self.tr("Back"), self.left.emit)
        self._arrange()
        self.propose()

    def _arrange(self) -> None:
        card = QFrame(self)
        card.setProperty("card", True)
        card.setFixedWidth(current_theme().px(600))
        column = QVBoxLayout(card)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        above = QLabel(self.tr("Weekly circular on petitions"), card)
        above.setProperty("role", "group")
        weeks = QHBoxLayout()
        weeks.setSpacing(8)
        weeks.addWidget(self.earlier)
        weeks.addWidget(self.later)
        weeks.addStretch(1)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.back_button)
        acts.addStretch(1)
        acts.addWidget(self.freeze_button)
        column.addWidget(above)
        column.addWidget(self.title)
        column.addLayout(weeks)
        column.addWidget(self.hint)
        column.addWidget(self.error)
        column.addLayout(acts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

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

    def _on_made(self, document_id: str) -> None:
        self._busy(False)
        self._say("")
        self.made.emit(document_id)

    def _busy(self, busy: bool) -> None:
        parts: tuple[QPushButton, ...] = (self.freeze_button, self.earlier, self.later)
        for one in parts:
            one.setEnabled(not busy)

    def _fail(self, sentence: str) -> None:
        self._busy(False)
        self._show()
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
