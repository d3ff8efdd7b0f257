"""The way of a plan on the map: a line through its points; a click adds a point. UI thread.

The base map is the one that the live map shows; it is read when the sketch is first seen.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

import resources
from desktop.contract.context import PanelContext
from desktop.contract.courtesy import breathe
from desktop.rules.operation_plan import RoutePoint
from widgets.map import MapView
from widgets.map.records import Trail, UnitMark
from widgets.theme import current_theme

_SHIPPED: Final = "map/invented.geojson"
_E7: Final = 10_000_000
_HIGH: Final = 240
_WAY: Final = "route"


class RouteMap(QWidget):
    """`picked(lon_e7, lat_e7)`: where somebody clicked."""

    picked = Signal(int, int)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._read = False
        self._fit = True
        self.map = MapView(partial(context.layout, self), self, breathe=breathe)
        self.map.setMinimumHeight(current_theme().px(_HIGH))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.map)
        self.map.map_clicked.connect(
            lambda lon, lat: self.picked.emit(round(lon * _E7), round(lat * _E7))
        )
        self.map.base_opened.connect(lambda _usable: self._look())

    def show_route(self, route: Sequence[RoutePoint]) -> None:
        """Other points; those whose place nobody knows are left out."""
        known = [
            (n, one.place, one.lon_e7 / _E7, one.lat_e7 / _E7)
            for n, one in enumerate(route, 1)
            if one.lat_e7 is not None and one.lon_e7 is not None
        ]
        marks = [
            UnitMark(f"{_WAY}{n}", f"{n} {place}", lon, lat, kind="vehicle", state="paused")
            for n, place, lon, lat in known
        ]
        self.map.set_units(marks)
        points = [(lon, lat) for _n, _place, lon, lat in known]
        self.map.set_trails([Trail(_WAY, points)] if len(points) > 1 else [])
        self._look()

    def _look(self) -> None:
        if self._read and self._fit:
            self.map.fit_units()

    def hold_still(self) -> None:
        """From now on the map stays where the user has it."""
        self._fit = False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._read:
            self._read = True
            self.map.open_base(self._context.setting("map_file") or str(resources.path(_SHIPPED)))
