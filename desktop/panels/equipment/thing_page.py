"""One thing: what is true of it, what may be done, its custody chain. UI thread."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.panels.equipment.queries import Page
from desktop.panels.equipment.rules import FLAG_STYLES, until_words
from desktop.panels.equipment.thing_steps import steps_of
from desktop.rules.equipment import FLAG_WORDS, Flag
from widgets.badge import Badge
from widgets.card import Card
from widgets.flow import FlowLayout
from widgets.parts import named_button, scrolled_column, words_label
from widgets.theme import repolish
from widgets.timeline import StepList

_FLAGS = tuple(FLAG_STYLES)


class ThingPage(QWidget):
    """`left()` when the user goes back; `asked(act)`; `printed(paper)`: "loan" or "custody"."""

    left = Signal()
    asked = Signal(str)
    printed = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("equipment_page")
        self._context = context
        self.shown: Page | None = None
        self.title = words_label(self, "title")
        self.title.setWordWrap(False)
        self.badges = {flag: Badge(parent=self) for flag in _FLAGS}
        self.where = words_label(self, "")
        self.warning = words_label(self, "error")
        self.story = StepList(self)
        words = {
            "lend": self.tr("Lend"),
            "give_back": self.tr("Give back"),
            "hand_over": self.tr("Hand over"),
            "calibrate": self.tr("Calibrated"),
            "fault": self.tr("Report a fault"),
            "repair": self.tr("Repaired"),
            "check": self.tr("Checked"),
            "register": self.tr("Correct the register"),
            "retire": self.tr("Retire"),
        }
        self.back = self._button("equipment_back", self.tr("Back to list"), self.left.emit)
        self.acts = {
            act: self._button(f"act_{act}", text, partial(self.asked.emit, act))
            for act, text in words.items()
        }
        self.slip = self._button(
            "print_loan", self.tr("Loan slip"), partial(self.printed.emit, "loan")
        )
        self.chain = self._button(
            "print_custody", self.tr("Print the chain"), partial(self.printed.emit, "custody")
        )
        self.facts = QFormLayout()
        self._arrange()

    def _button(self, name: str, text: str, slot: Callable[[], object]) -> QPushButton:
        made = named_button(self, name, text)
        made.clicked.connect(lambda _checked=False: slot())
        return made

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back)
        top.addWidget(self.title)
        for badge in self.badges.values():
            top.addWidget(badge)
        top.addStretch(1)
        row = QWidget(self)
        flow = FlowLayout(row)
        for button in (*self.acts.values(), self.slip, self.chain):
            flow.addWidget(button)
        for button in (self.slip, self.chain, self.acts["register"], self.acts["retire"]):
            button.setProperty("kind", "quiet")
        card = Card(self.tr("In the register"), parent=self)
        self.facts.setHorizontalSpacing(16)
        self.facts.setVerticalSpacing(6)
        told = QWidget(self)
        told.setProperty("plain", True)
        told.setLayout(self.facts)
        self.facts.setContentsMargins(0, 0, 0, 0)
        card.body.addWidget(scrolled_column((told,), self), 1)
        story = Card(self.tr("Custody chain"), parent=self)
        self.count = QLabel(self)
        self.count.setProperty("role", "muted")
        story.header.addWidget(self.count)
        story.body.addWidget(self.where)
        story.body.addWidget(scrolled_column((self.story,), self), 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(story)
        splitter.addWidget(card)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([3_000, 2_000])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(row)
        layout.addWidget(self.warning)
        layout.addWidget(splitter, 1)

    def show_page(self, page: Page) -> None:
        """Shows a thing as it stands now."""
        self.shown = page
        thing, names = page.item, page.names
        self.title.setText(thing.title)
        for flag, badge in self.badges.items():
            there = flag in page.flags
            badge.set_state(FLAG_STYLES[flag] if there else "", FLAG_WORDS[flag] if there else "")
            badge.setVisible(there)
        self.where.setText(self._where(page))
        told = (*page.refused, *thing.standing.oddities)
        self.warning.setText("\n".join(told))
        self.warning.setVisible(bool(told))
        self.count.setText(self.tr("{count} entries").format(count=len(thing.acts)))
        self.story.set_steps(steps_of(thing, names, page.now))
        self._show_facts(page)
        self._show_acts(page)

    def _where(self, page: Page) -> str:
        link = page.where
        if Flag.RETIRED in page.flags:
            return self.tr("Retired; nothing can be done with it any more.")
        if link.holder_id is None or link.since is None:
            return self.tr("In the store.")
        words = self.tr("With {name} since {since}").format(
            name=page.names.person(link.holder_id), since=f"{link.since:%Y-%m-%d %H:%M}"
        )
        if link.due_at is None:
            return words
        due = self.tr("back by {due} ({left})").format(
            due=f"{link.due_at:%m-%d %H:%M}", left=until_words(link.due_at, page.now)
        )
        return f"{words}　{due}"

    def _show_facts(self, page: Page) -> None:
        thing, names = page.item, page.names
        until = thing.standing.calibrate_by
        days = self.tr("every {days} days").format(days=thing.calibrate_days)
        none = self.tr("none needed")
        told = [
            (self.tr("Kind"), page.kind),
            (self.tr("Team"), names.teams.get(thing.team_id, "")),
            (self.tr("Keeper"), names.person(thing.keeper_id)),
            (self.tr("Model"), thing.model),
            (self.tr("Serial number"), thing.serial_no),
            (self.tr("Bought on"), "" if thing.bought_on is None else thing.bought_on.isoformat()),
            (self.tr("Calibration"), none if thing.calibrate_days is None else days),
            (self.tr("Calibrated until"), "" if until is None else until.isoformat()),
            (self.tr("Service level"), page.basis),
            (self.tr("Note"), thing.note),
        ]
        while self.facts.rowCount():
            self.facts.removeRow(0)
        for name, words in told:
            if words:
                label = QLabel(name)
                label.setProperty("role", "muted")
                label.setAlignment(Qt.AlignmentFlag.AlignTop)  # beside the first of several lines
                field = words_label(self, "")
                field.setText(words)
                self.facts.addRow(label, field)

    def _show_acts(self, page: Page) -> None:
        standing, retired = page.item.standing, Flag.RETIRED in page.flags
        can = {
            "lend": not standing.lent and not standing.open_tickets,
            "give_back": standing.lent,
            "hand_over": standing.lent,
            "repair": bool(standing.open_tickets),
        }
        primary = "repair" if can["repair"] else ("give_back" if standing.lent else "lend")
        for act, button in self.acts.items():
            button.setVisible(not retired and can.get(act, True))
            kind = "primary" if act == primary else button.property("kind")
            if act != primary and kind == "primary":
                kind = None
            if button.property("kind") != kind:
                button.setProperty("kind", kind)
                repolish(button)
        self.slip.setVisible(standing.lent)
