"""The boxes above the node list, and the chips of what no box shows. UI thread."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.contract.filters import NodeFilter
from desktop.panels.process_monitor.rules import Chip
from desktop.projection.select import Choice, Choices
from storage.records.states import STYLE_KEY, NodeState
from widgets.flow import FlowLayout
from widgets.forms import FilterBox, Option
from widgets.icon import icon

_NO_CHOICES = Choices((), (), (), (), ())


class FilterRow(QWidget):
    """Six boxes that are one NodeFilter. `changed` follows a choice of the user only."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = _NO_CHOICES
        self._wanted = NodeFilter()
        self.courts = self._box("courts", self.tr("Court"), self.tr("All courts"))
        self.teams = self._box("teams", self.tr("Team"), self.tr("All teams"))
        self.handlers = self._box("handlers", self.tr("Handler"), self.tr("All handlers"))
        self.type_words = self._box("type_words", self.tr("Type word"), self.tr("All types"))
        self.nodes = self._box("nodes", self.tr("Node"), self.tr("All nodes"))
        self.states = self._box("states", self.tr("State"), self.tr("All states"))
        self.states.set_options(
            [Option(state.value, state.value, state=STYLE_KEY[state]) for state in NodeState]
        )
        layout = FlowLayout(self)
        for key, box in self._boxes().items():
            layout.addWidget(box)
            box.changed.connect(lambda key=key: self._on_box(key))

    def _box(self, name: str, title: str, all_text: str) -> FilterBox:
        box = FilterBox(title, all_text=all_text, parent=self)
        box.setObjectName(f"filter_{name}")
        return box

    def _boxes(self) -> dict[str, FilterBox]:
        """By the field of NodeFilter that each one chooses."""
        return {
            "courts": self.courts,
            "teams": self.teams,
            "handlers": self.handlers,
            "type_words": self.type_words,
            "nodes": self.nodes,
            "states": self.states,
        }

    def set_choices(self, found: Choices) -> None:
        """Offers what the store holds; what is chosen stays chosen."""
        self._choices = found
        self._show()

    def filter(self) -> NodeFilter:
        """The filter the boxes and the chips stand for together."""
        return self._wanted

    def set_filter(self, wanted: NodeFilter) -> None:
        """Shows a filter without announcing it."""
        self._wanted = wanted
        self._show()

    def _show(self) -> None:
        """Boxes only show: a choice that no option names yet is not forgotten."""
        boxes = self._boxes()
        was = {key: box.blockSignals(True) for key, box in boxes.items()}
        self.courts.set_options(_options(self._choices.courts))
        self.type_words.set_options(_options(self._choices.type_words))
        self.nodes.set_options([Option(c.id, c.label, hint=c.id) for c in self._choices.nodes])
        self._narrow(self._wanted)
        for key, box in boxes.items():
            box.set_selected(getattr(self._wanted, key))
            box.blockSignals(was[key])

    def _narrow(self, wanted: NodeFilter) -> None:
        """Offers only the teams of the chosen courts, and the handlers of those teams."""
        names = {court.id: court.label for court in self._choices.courts}
        teams = [
            team
            for team in self._choices.teams
            if not wanted.courts or team.parent in wanted.courts or team.id in wanted.teams
        ]
        near = set(wanted.teams) or {team.id for team in teams}
        narrowed = bool(wanted.courts or wanted.teams)
        handlers = [
            person
            for person in self._choices.handlers
            if not narrowed or person.parent in near or person.id in wanted.handlers
        ]
        label = {team.id: team.label for team in self._choices.teams}
        self.teams.set_options(
            [
                # Every court numbers its own teams, so only a chosen court needs no name.
                Option(t.id, t.label if wanted.courts else f"{names.get(t.parent, '')} {t.label}")
                for t in teams
            ]
        )
        self.handlers.set_options(
            [Option(p.id, p.label, hint=label.get(p.parent, "")) for p in handlers]
        )

    def _on_box(self, key: str) -> None:
        chosen = tuple(str(part) for part in self._boxes()[key].selected())
        fields: dict[str, Any] = {key: chosen}
        wanted = replace(self._wanted, **fields)
        if key == "courts" and wanted.courts:
            # A team of another court could never match, so it goes with its court.
            of = {team.id: team.parent for team in self._choices.teams}
            kept = tuple(t for t in wanted.teams if of.get(t, "") in wanted.courts)
            wanted = replace(wanted, teams=kept)
        self.set_filter(wanted)
        self.changed.emit()


class ChipRow(QWidget):
    """Small removable labels; hidden while there are none. `removed(key)` on a click."""

    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._layout.addStretch(1)
        self.hide()

    def set_chips(self, chips: Sequence[Chip]) -> None:
        """Shows `chips` in their order."""
        while self._layout.count() > 1:
            item = self._layout.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for index, chip in enumerate(chips):
            button = QPushButton(icon("ri.close-line"), chip.text, self)
            button.setObjectName(f"chip_{chip.key}")
            button.setProperty("kind", "quiet")
            button.setToolTip(self.tr("Remove this restriction"))
            button.clicked.connect(lambda _checked=False, key=chip.key: self.removed.emit(key))
            self._layout.insertWidget(index, button)
        self.setVisible(bool(chips))


def _options(choices: Sequence[Choice]) -> list[Option]:
    return [Option(choice.id, choice.label) for choice in choices]
