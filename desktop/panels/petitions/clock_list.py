"""The clocks of one petition, each with 为何: its derivation day by day. UI thread."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.panels.petitions.rules import clock_words, workdays_left
from desktop.rules.calendar import WorkCalendar
from desktop.rules.petition_clocks import PetitionClock
from desktop.rules.steps import Step as RuleStep
from storage.records.states import STYLE_KEY
from widgets.badge import Badge
from widgets.timeline import Step, StepList
from widgets.timeline.records import StepKind

_KINDS: Final[dict[str, StepKind]] = {
    "start": "start",
    "count": "count",
    "skip": "skip",
    "roll": "roll",
    "due": "due",
    "late": "late",
}


class ClockList(QWidget):
    """One card a clock, in the order in which they begin."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._cards: list[_ClockCard] = []
        self._open: set[str] = set()

    @property
    def cards(self) -> Sequence["_ClockCard"]:
        """What is on show."""
        return self._cards

    def set_clocks(
        self, clocks: Sequence[PetitionClock], today: date, calendar: WorkCalendar
    ) -> None:
        """Replaces the clocks; what was explained stays open."""
        self._open = {card.key for card in self._cards if card.why.isChecked()}
        for old in self._cards:
            self._layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._cards = [_ClockCard(clock, today, calendar, self) for clock in clocks]
        for card in self._cards:
            self._layout.addWidget(card)
            if card.key in self._open:
                card.why.setChecked(True)


class _ClockCard(QFrame):
    def __init__(
        self, clock: PetitionClock, today: date, calendar: WorkCalendar, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.key = clock.key
        self.setProperty("card", True)
        self.setObjectName(f"clock_{clock.key}")
        name = QLabel(clock.name, self)
        name.setWordWrap(True)
        self.badge = Badge(STYLE_KEY[clock.state], _state_words(clock, today, calendar), self)
        self.why = QPushButton(self.tr("Why"), self)
        self.why.setCheckable(True)
        self.why.setProperty("kind", "quiet")
        self.why.setObjectName(f"why_{clock.key}")
        self.why.setVisible(bool(clock.steps))
        facts = QLabel(self._facts(clock), self)
        facts.setProperty("role", "small")
        facts.setWordWrap(True)
        facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.steps = StepList(self)
        self.steps.set_steps([_shown(step) for step in clock.steps])
        self.steps.hide()
        self.why.toggled.connect(self.steps.setVisible)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(name, 1)
        head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.addWidget(facts, 1)
        foot.addWidget(self.why, 0, Qt.AlignmentFlag.AlignBottom)
        body = QVBoxLayout(self)
        body.setContentsMargins(10, 8, 10, 8)
        body.setSpacing(4)
        body.addLayout(head)
        body.addLayout(foot)
        body.addWidget(self.steps)

    def _facts(self, clock: PetitionClock) -> str:
        told = [self.tr("from {day}").format(day=clock.start_on)]
        if clock.due_on is not None:
            words = self.tr("due {day}") if clock.certain else self.tr("not before {day}")
            told.append(words.format(day=clock.due_on))
        if clock.done_on is not None:
            told.append(self.tr("done {day}").format(day=clock.done_on))
        told.append(clock.basis)
        return " · ".join(told)


def _state_words(clock: PetitionClock, today: date, calendar: WorkCalendar) -> str:
    if clock.done_on is not None or clock.due_on is None or not clock.certain:
        return clock.state.value
    left = workdays_left(calendar, today, clock.due_on)
    return clock_words(clock.state, clock.due_on, today, left)


def _shown(step: RuleStep) -> Step:
    """A step as the timeline shows it: its first sentence, and each day it names beneath."""
    first, *rest = step.sentences()
    return Step(_KINDS.get(step.kind, "note"), first, "\n".join(line.strip() for line in rest))
