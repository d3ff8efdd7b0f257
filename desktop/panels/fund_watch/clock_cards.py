"""The clocks of one sum of money, each with 为何: its derivation day by day. UI thread."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.rules.fund_clocks import FundClock
from desktop.rules.steps import Step as RuleStep
from storage.records.states import STYLE_KEY
from widgets.badge import Badge
from widgets.parts import words_label
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


class ClockCards(QWidget):
    """One card a clock, in the order of the law's file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self.cards: list[ClockCard] = []

    def set_clocks(self, clocks: Sequence[FundClock], today: date) -> None:
        """Replaces the clocks; what was explained stays open."""
        explained = {card.code for card in self.cards if card.why.isChecked()}
        for old in self.cards:
            self._layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.cards = [ClockCard(clock, today, self) for clock in clocks]
        for card in self.cards:
            self._layout.addWidget(card)
            card.why.setChecked(card.code in explained)


class ClockCard(QFrame):
    """Name, state, days and article of one clock, and its steps once asked for."""

    def __init__(self, clock: FundClock, today: date, parent: QWidget) -> None:
        super().__init__(parent)
        self.code = clock.code
        self.setProperty("card", True)
        self.setObjectName(f"clock_{clock.code}")
        name = words_label(self, "")
        name.setText(clock.name)
        self.badge = Badge(STYLE_KEY[clock.state], _state_words(clock, today), self)
        self.why = QPushButton(self.tr("Why"), self)
        self.why.setCheckable(True)
        self.why.setProperty("kind", "quiet")
        self.why.setObjectName(f"why_{clock.code}")
        self.why.setVisible(bool(clock.steps))
        self.facts = words_label(self, "small")
        self.facts.setText(self._facts(clock))
        self.steps = StepList(self)
        self.steps.set_steps([_shown(step) for step in clock.steps])
        self.steps.hide()
        self.why.toggled.connect(self.steps.setVisible)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(name, 1)
        head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.addWidget(self.facts, 1)
        foot.addWidget(self.why, 0, Qt.AlignmentFlag.AlignBottom)
        body = QVBoxLayout(self)
        body.setContentsMargins(10, 8, 10, 8)
        body.setSpacing(4)
        body.addLayout(head)
        body.addLayout(foot)
        body.addWidget(self.steps)

    def _facts(self, clock: FundClock) -> str:
        told = [self.tr("from {day}").format(day=clock.start_on)]
        if clock.due_on is not None:
            words = self.tr("due {day}") if clock.certain else self.tr("not before {day}")
            told.append(words.format(day=clock.due_on))
        if clock.done_on is not None:
            told.append(self.tr("ended {day}").format(day=clock.done_on))
        told.append(clock.basis)
        return " · ".join(told)


def _state_words(clock: FundClock, today: date) -> str:
    days = clock.days_left(today)
    if days is None:
        return clock.state.value
    if days < 0:
        return f"逾期 {-days} 日"
    return "今日到期" if days == 0 else f"剩 {days} 日"


def _shown(step: RuleStep) -> Step:
    """A step as the timeline shows it: its first sentence, and each day it names beneath."""
    first, *rest = step.sentences()
    return Step(_KINDS.get(step.kind, "note"), first, "\n".join(line.strip() for line in rest))
