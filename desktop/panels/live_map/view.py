"""实时地图: the map with its list, alarms, fences and days. UI thread.

`apply({"unit_id"})` shows a unit, `({"lat_e7", "lon_e7"})` a place, `({"operation_id"})` the fences
of an operation and whoever is on duty.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop.command.positions.alarms import AlarmNow
from desktop.command.positions.live import Now, UnitNow
from desktop.command.positions.reading import Route
from desktop.contract.context import PanelContext
from desktop.contract.courtesy import breathe
from desktop.contract.positions import PositionState
from desktop.panels.live_map.alarm_strip import AlarmStrip
from desktop.panels.live_map.day_pane import DayPane
from desktop.panels.live_map.deeds import Deeds
from desktop.panels.live_map.drawing import DrawBar
from desktop.panels.live_map.keeper import keeper_of
from desktop.panels.live_map.map_files import MapFiles
from desktop.panels.live_map.marks import (
    fence_marks,
    mark_of,
    route_overlay,
    trail_of,
    trails_of,
)
from desktop.panels.live_map.showing import Told, told_of
from desktop.panels.live_map.tool_row import ToolRow
from desktop.panels.live_map.unit_pane import UnitPane
from desktop.rules.track_law import load_field_law
from widgets.map import MapView, Trail, UnitMark
from widgets.theme import current_theme

TICK_MS: Final = 1_000
SLOW_TICK: Final = 5  # seconds between two looks at the list once it is long
SHAPES_TICK: Final = 30
LONG: Final = 60  # units
LOW_PX: Final = 400
_DEGREE: Final = 10_000_000


class LiveMapView(QWidget):
    """See the module."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("live_map_view")
        self._context = context
        self._law = load_field_law()
        self._keeper = keeper_of(context)
        self._now = Now()
        self._told: dict[str, Told] = {}
        self._ticks = 0
        self._watching = self._low = False
        self._fitted = False
        self._wanted = ""  # a unit that was asked for before it was known
        self._operation = ""
        self._routes: tuple[Route, ...] = ()
        self.map = MapView(partial(context.layout, self), self, breathe=breathe)
        self.tools = ToolRow(self)
        self.alarms = AlarmStrip(self)
        self.draw = DrawBar(self)
        self.units = UnitPane(self)
        self.day = DayPane(self)
        self.deeds = Deeds(context, self)
        self.files = MapFiles(context, self.map, self)
        self.sources = QLabel(self)
        self.sources.setObjectName("position_sources")
        self.sources.setProperty("role", "small")
        self.sources.setTextFormat(Qt.TextFormat.PlainText)
        self._side = QStackedWidget(self)
        self._arrange()
        self._connect()
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show_shapes)

    def apply(self, params: Mapping[str, str]) -> None:
        """See the module."""
        self._operation = params.get("operation_id", "")
        if params.get("unit_id"):
            self._wanted = params["unit_id"]
            self._show_wanted()
        elif params.get("lat_e7") and params.get("lon_e7"):
            lat, lon = int(params["lat_e7"]) / _DEGREE, int(params["lon_e7"]) / _DEGREE
            self.map.canvas.centre_on(lon, lat)
        if self._operation:
            self._show_now()
            self.map.fit_units()

    # Parts

    def _arrange(self) -> None:
        self._side.addWidget(self.units)
        self._side.addWidget(self.day)
        left = QWidget(self)
        beside = QVBoxLayout(left)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(8)
        for part in (self.alarms, self.draw):
            beside.addWidget(part)
        beside.addWidget(self.map, 1)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(left)
        split.addWidget(self._side)
        split.setStretchFactor(0, 1)
        split.setChildrenCollapsible(False)
        split.setSizes([1000, 460])
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(8)
        column.addWidget(self.tools)
        column.addWidget(split, 1)
        column.addWidget(self.sources)

    def _connect(self) -> None:
        self._keeper.changed.connect(self._take)
        self._keeper.failed.connect(self._on_fault)
        self._context.positions.changed.connect(self._tell_sources)
        tools, units, deeds = self.tools, self.units, self.deeds
        tools.changed.connect(self._show_now)
        tools.fence_asked.connect(self._begin_drawing)
        tools.watch_asked.connect(partial(deeds.ask_zone, ()))
        tools.unit_asked.connect(deeds.ask_unit)
        tools.sources_asked.connect(deeds.ask_sources)
        tools.base_asked.connect(self.files.ask_base)
        tools.overlay_asked.connect(self.files.ask_overlay)
        tools.shipped_asked.connect(self.files.use_shipped)
        tools.no_plans_asked.connect(self.files.drop_plans)
        units.chosen.connect(self._on_chosen)
        units.opened.connect(self._centre)
        units.day_asked.connect(deeds.ask_day)
        units.order_asked.connect(self._give_order)
        units.duty_asked.connect(deeds.change_duty)
        units.menu_asked.connect(self._show_menu)
        self.map.unit_clicked.connect(self._on_unit_clicked)
        self.map.unit_menu_asked.connect(self._show_menu)
        self.map.fence_clicked.connect(self._on_fence)
        self.map.map_clicked.connect(self._on_map)
        self.map.map_menu_asked.connect(self._show_place_menu)
        self.draw.changed.connect(self._show_shapes)
        self.draw.done.connect(deeds.ask_zone)
        self.alarms.found.connect(self._find)
        self.alarms.noted.connect(deeds.take_note)
        self.day.left.connect(self._leave_day)
        self.day.day_asked.connect(deeds.ask_day)
        self.day.piece_chosen.connect(lambda piece: self._look_at(piece.stretch.start))
        deeds.day_found.connect(self._show_day)

    # What is on show

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._watching:
            self._watching = True
            self._context.positions.watch(True)
            self._tick.start()
        self.files.open_once()
        self._tell_sources(self._context.positions.state())
        if self._keeper.now is not None:
            self._take(self._keeper.now)
        self._keeper.ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._unwatch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < current_theme().px(LOW_PX)
        self._low = low
        self.alarms.set_low(low)
        self.units.set_low(low)
        self._tell_sources(self._context.positions.state())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DeferredDelete:
            self._unwatch()
        return super().event(event)

    def _unwatch(self) -> None:
        if self._watching:
            self._watching = False
            self._tick.stop()
            self._context.positions.watch(False)

    def _take(self, now: Now) -> None:
        self._now = now
        self.deeds.now = now
        self.tools.offer_teams(now.units)
        self.alarms.show_alarms(now.alarms, self._context.now())
        self._show_routes(now.routes)
        self._tell_sources(self._context.positions.state())
        if self.isVisible():
            self._show_now()
        self._show_wanted()

    def _on_fault(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")

    def _on_tick(self) -> None:
        self._ticks += 1
        slow = len(self._now.units) > LONG and self._ticks % SLOW_TICK
        self._show_ages(listed=not slow)
        if self._ticks % SHAPES_TICK == 0:
            self._show_shapes()  # a fence that ends at its hour

    def _shown(self) -> list[UnitNow]:
        return [one for one in self._now.units if self.tools.wants(one)]

    def _show_now(self) -> None:
        self._show_ages()
        if len(self._now.units) > LONG:
            self._soon.start()  # what is clicked meanwhile comes between the two
        else:
            self._show_shapes()

    def _show_ages(self, *, listed: bool = True) -> None:
        """The units as they are at this second."""
        at = self._context.now()
        shown = self._shown()
        self._told = {one.unit.id: told_of(one, at, self._law) for one in shown}
        alarmed = {one.unit_id for one in self._now.alarms if one.open and not one.corrected}
        marks: list[UnitMark] = []
        for one in shown:
            told = self._told[one.unit.id]
            mark = mark_of(one, told, alarmed=one.unit.id in alarmed)
            marks += [] if mark is None else [mark]
        self.map.set_units(marks)
        if listed:
            self.units.show_units(shown, self._told)
        if marks and not self._fitted:
            self._fitted = True
            if self.map.canvas.fit_wanted:
                self.map.fit_units()

    def _show_shapes(self) -> None:
        """Fences and trails, and what is being drawn."""
        zones = self._now.zones
        at = self._context.now().isoformat(timespec="milliseconds")
        zones = tuple(zone for zone in zones if zone.to_at is None or zone.to_at > at)
        if self._operation:
            zones = tuple(z for z in zones if z.operation_id in (None, self._operation))
        drawing = self.draw.active
        fences = fence_marks(zones, self._now.alarms)
        self.map.set_fences([*fences, *(self.draw.fences() if drawing else [])])
        self.map.set_trails([*self._trails(), *(self.draw.trails() if drawing else [])])

    def _show_routes(self, routes: tuple[Route, ...]) -> None:
        """The ways that running operations are to take, as plans over the map."""
        if routes == self._routes:
            return
        for route in self._routes:
            self.map.remove_overlay(f"route:{route.operation_id}")
        self._routes = routes
        for route in routes:
            overlay = route_overlay(route)
            if overlay is not None:
                self.map.set_overlay(overlay)

    def _trails(self) -> list[Trail]:
        """Of a day that is open its whole way; else where the vehicles came from."""
        day = self.day.day
        if self._side.currentWidget() is self.day and day is not None:
            return [trail_of(day.unit.id, day.points)]
        told = [one for one in self._shown() if self._told[one.unit.id].point is not None]
        return trails_of(told, self.units.current())

    def _tell_sources(self, state: PositionState) -> None:
        parts = [f"{line.name}：{line.sentence}" for line in state.lines]
        parts = parts or [self.tr("This desk reads no source of positions itself.")]
        if state.waiting:
            parts.append(self.tr("{n} points wait to be stored").format(n=f"{state.waiting:,}"))
        if state.dropped:
            parts.append(self.tr("{n} points off duty were not kept").format(n=state.dropped))
        if self._now.left:
            words = self.tr("{n} rows of positions are still to be read")
            parts.append(words.format(n=f"{self._now.left:,}"))
        parts += [state.fault] if state.fault else []
        trouble = bool(state.fault) or any(
            one.health in ("trouble", "refused") for one in state.lines
        )
        self.sources.setText(" · ".join(parts))
        for part in (self.sources, self.tools.sources):
            part.setToolTip("\n".join(parts))
        # A low map has the room of the line, but for what needs attention.
        self.sources.setVisible(not self._low or trouble or self._now.left > 0)
        self.tools.tell_health("due_soon" if trouble else "")

    # What is clicked

    def _on_chosen(self, unit_id: str) -> None:
        self.map.select(unit_id)

    def _on_unit_clicked(self, unit_id: str) -> None:
        if not self.draw.active:
            self._leave_day()
            self.units.choose(unit_id)

    def _centre(self, unit_id: str) -> None:
        told = self._told.get(unit_id)
        if told is not None and told.point is not None:
            self.map.canvas.centre_on(told.point.lon, told.point.lat)

    def _show_wanted(self) -> None:
        if self._wanted in {one.unit.id for one in self._now.units}:
            unit_id, self._wanted = self._wanted, ""
            self.tools.show_all()
            self._leave_day()
            self._show_now()
            self.units.choose(unit_id)
            self._fitted = True
            self._centre(unit_id)

    def _find(self, alarm: AlarmNow) -> None:
        self._leave_day()
        self.units.choose(alarm.unit_id)
        self._look_at(alarm.record.alarm.first)

    def _look_at(self, point: object) -> None:
        self.map.canvas.centre_on(point.lon, point.lat)  # type: ignore[attr-defined]

    def _on_map(self, longitude: float, latitude: float) -> None:
        if self.draw.active:
            self.draw.add(longitude, latitude)

    def _on_fence(self, fence_id: str) -> None:
        if self.draw.active:
            return
        zone = next((one for one in self._now.zones if one.id == fence_id), None)
        if zone is not None:
            self.deeds.show_zone_menu(zone, self.cursor().pos(), self._redraw)

    def _begin_drawing(self) -> None:
        self.deeds.redrawn = None
        self.draw.begin()

    def _redraw(self, zone: object) -> None:
        self.draw.begin()
        self.deeds.redrawn = zone  # type: ignore[assignment]

    def _show_menu(self, unit_id: str, at: QPoint) -> None:
        one = next((one for one in self._now.units if one.unit.id == unit_id), None)
        if one is None:
            return
        self.units.choose(unit_id)
        menu = QMenu(self)
        menu.setObjectName("unit_menu")
        menu.addAction(self.tr("Give an order"), partial(self._give_order, unit_id))
        menu.addAction(self.tr("Trips of today"), partial(self.deeds.ask_day, unit_id))
        menu.addAction(self.tr("Show on the map"), partial(self._centre, unit_id))
        menu.addSeparator()
        word = self.tr("Go on duty") if one.duty is None else self.tr("Go off duty")
        menu.addAction(word, partial(self.deeds.change_duty, unit_id))
        menu.addAction(self.tr("Change the unit…"), partial(self.deeds.ask_unit, unit_id))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _show_place_menu(self, longitude: float, latitude: float, at: QPoint) -> None:
        """What one can do with a place: send the current unit there, or say that it is there."""
        unit_id = self.units.current()
        menu = QMenu(self)
        menu.setObjectName("place_menu")
        send = partial(self._give_order, unit_id, (latitude, longitude))
        menu.addAction(self.tr("Give an order for this place"), send)
        circle = partial(self.deeds.ask_zone, ((latitude, longitude),))
        menu.addAction(self.tr("Fence about this place…"), circle)
        name = next((one.unit.name for one in self._now.units if one.unit.id == unit_id), "")
        if name:
            words = self.tr("{unit} reports from here").format(unit=name)
            here = partial(self.deeds.report_place, unit_id, latitude, longitude)
            menu.addAction(words, here)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _give_order(self, unit_id: str, place: tuple[float, float] | None = None) -> None:
        one = next((one for one in self._now.units if one.unit.id == unit_id), None)
        if one is None and place is None:
            return
        params = {"new": "1"}
        if one is not None:
            params |= {"team_id": one.unit.team_id, "unit_id": unit_id}
            person = one.unit.person_id if one.duty is None else one.duty.person_id
            params |= {"person_id": person} if person else {}
        if place is not None:
            lat, lon = (str(round(value * _DEGREE)) for value in place)
            params |= {"lat_e7": lat, "lon_e7": lon}
        params |= {"operation_id": self._operation} if self._operation else {}
        self._context.open("remote_command", params)

    # A day

    def _show_day(self, day: object) -> None:
        self.day.show_day(day, self._context.today())  # type: ignore[arg-type]
        self._side.setCurrentWidget(self.day)
        self._show_shapes()
        points = self.day.day.points if self.day.day is not None else ()
        if points:
            self._look_at(points[-1])

    def _leave_day(self) -> None:
        if self._side.currentWidget() is not self.units:
            self._side.setCurrentWidget(self.units)
            self._show_shapes()
