"""The row above the map: whose units are shown, and what one can add. UI thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from desktop.command.positions.live import UnitNow
from widgets.badge import Badge
from widgets.forms import FilterBox, Option
from widgets.parts import named_button


class ToolRow(QWidget):
    """`changed`: other units are to be shown; the others ask for what they are called."""

    changed = Signal()
    fence_asked = Signal()
    watch_asked = Signal()
    unit_asked = Signal()
    sources_asked = Signal()
    base_asked = Signal()
    overlay_asked = Signal()
    shipped_asked = Signal()
    no_plans_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.teams = FilterBox(self.tr("Team"), all_text=self.tr("All teams"), parent=self)
        self.teams.setObjectName("map_teams")
        self.on_duty = named_button(self, "map_on_duty", self.tr("On duty only"))
        self.on_duty.setCheckable(True)
        self.count = QLabel(self)
        self.count.setProperty("role", "muted")
        self.fences = self._menu(
            "map_fences",
            self.tr("Fences"),
            (
                (self.tr("Draw a fence…"), self.fence_asked.emit),
                (self.tr("Watch over a unit…"), self.watch_asked.emit),
            ),
        )
        self.unit = named_button(self, "map_units_button", self.tr("Units…"))
        self.files = self._menu(
            "map_files",
            self.tr("Map"),
            (
                (self.tr("Base map from a file…"), self.base_asked.emit),
                (self.tr("Base map that comes along"), self.shipped_asked.emit),
                (self.tr("Lay a plan over it…"), self.overlay_asked.emit),
                (self.tr("Take plans from files away"), self.no_plans_asked.emit),
            ),
        )
        self.sources = named_button(self, "map_sources", self.tr("Sources…"))
        self.health = Badge("", "", self)
        self.teams.changed.connect(self.changed)
        self.on_duty.toggled.connect(lambda _on: self.changed.emit())
        self.unit.clicked.connect(lambda _checked=False: self.unit_asked.emit())
        self.sources.clicked.connect(lambda _checked=False: self.sources_asked.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.teams)
        row.addWidget(self.on_duty)
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self.health)
        for part in (self.fences, self.unit, self.files, self.sources):
            row.addWidget(part)

    def _menu(
        self, name: str, title: str, acts: Sequence[tuple[str, Callable[[], None]]]
    ) -> QPushButton:
        button = named_button(self, name, title)
        menu = QMenu(button)
        for words, act in acts:
            menu.addAction(words, act)
        button.setMenu(menu)
        return button

    def offer_teams(self, units: Sequence[UnitNow]) -> None:
        """The teams that have units, and how many units are on duty."""
        teams = dict.fromkeys((one.unit.team_id, one.unit.team) for one in units)
        options = [Option(team_id, name) for team_id, name in teams]
        if list(self.teams.options()) != options:
            chosen = self.teams.selected()
            was = self.teams.blockSignals(True)
            self.teams.set_options(options)
            self.teams.set_selected([key for key in chosen if any(o.key == key for o in options)])
            self.teams.blockSignals(was)
        out = sum(one.duty is not None for one in units)
        words = self.tr("{out} of {all} on duty")
        self.count.setText(words.format(out=out, all=len(units)) if units else "")

    def wants(self, one: UnitNow) -> bool:
        """Whether a unit is to be shown."""
        chosen = self.teams.selected()
        if chosen and one.unit.team_id not in chosen:
            return False
        return one.duty is not None or not self.on_duty.isChecked()

    def show_all(self) -> None:
        """Takes every filter away."""
        was = self.blockSignals(True)
        self.teams.set_selected([])
        self.on_duty.setChecked(False)
        self.blockSignals(was)

    def tell_health(self, state: str) -> None:
        """A style key while a source needs attention; empty for none."""
        self.health.set_state(state, self.tr("Source") if state else "")
