"""What is done from the map, each as one write or one form. UI thread."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop.command.positions.alarms import AlarmNow
from desktop.command.positions.changing import (
    NOTE_LABEL,
    Doer,
    DutyChange,
    Report,
    Taking,
    ZoneEnd,
    change_duty,
    end_zone,
    report_place,
    save_unit,
    save_zone,
    take_note,
)
from desktop.command.positions.days import LOOK_LABEL, DayAsk, Look, UnitDay, note_look, unit_day
from desktop.command.positions.live import Now, UnitNow
from desktop.command.positions.reading import Zone, corners_of
from desktop.contract.context import PanelContext
from desktop.panels.live_map.queries import Choices, choices
from desktop.panels.live_map.source_form import SourceForm
from desktop.panels.live_map.unit_form import UnitForm
from desktop.panels.live_map.zone_form import Corners, Offer, ZoneForm
from widgets.dialogs import ask_text, confirm


class Deeds(QObject):
    """`now` is what is known; `redrawn` the fence that new corners are for; `day_found` follows a
    look at a day that was noted."""

    day_found = Signal(object)  # UnitDay

    def __init__(self, context: PanelContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._parent = context, parent
        self.now = Now()
        self.redrawn: Zone | None = None

    def _doer(self) -> Doer:
        return Doer(self._context.who.person_id, self._context.now())

    def _unit(self, unit_id: str) -> UnitNow | None:
        return next((one for one in self.now.units if one.unit.id == unit_id), None)

    # Duty

    def change_duty(self, unit_id: str) -> None:
        """Puts a unit on duty or off; of a vehicle the errand is asked for."""
        one = self._unit(unit_id)
        if one is None:
            return
        if one.duty is not None or one.unit.kind == "person":
            self._change(unit_id, one.duty is None, "")
            return
        ask_text(
            self._parent,
            object_name="ask_errand",
            title=one.unit.name,
            label=self.tr("Errand of the vehicle (use order)"),
            accept_text=self.tr("Go on duty"),
            on_accept=partial(self._change, unit_id, True),
        )

    def _change(self, unit_id: str, on: bool, errand: str) -> None:
        def done(name: str) -> None:
            words = self.tr("{unit} is on duty") if on else self.tr("{unit} is off duty")
            self._context.notify(words.format(unit=name), level="done")

        label = "登记出勤" if on else "登记退勤"
        wish = DutyChange(self._doer(), unit_id, on, errand)
        self._context.write(self, label, change_duty, wish, done)

    def report_place(self, unit_id: str, lat: float, lon: float) -> None:
        """Notes where a unit says that it is."""

        def done(name: str) -> None:
            words = self.tr("Place of {unit} noted as reported by hand")
            self._context.notify(words.format(unit=name), level="done")

        report = Report(self._doer(), unit_id, lat, lon)
        self._context.write(self, "人工报告位置", report_place, report, done)

    # Days

    def ask_day(self, unit_id: str, day: date | None = None) -> None:
        """Opens a day once the look at it is noted; of a person the purpose is asked for."""
        one = self._unit(unit_id)
        wanted = day or self._context.today()
        if one is None:
            return
        if one.unit.kind != "person":
            self._look(unit_id, wanted, "")
            return
        title = self.tr("Track of {name}, {day}").format(name=one.unit.name, day=wanted.isoformat())
        ask_text(
            self._parent,
            object_name="ask_purpose",
            title=title,
            label=self.tr("To what end? The look is noted with your name."),
            accept_text=self.tr("Note and open"),
            on_accept=partial(self._look, unit_id, wanted),
        )

    def _look(self, unit_id: str, day: date, purpose: str) -> None:
        look = Look(self._doer(), unit_id, day, purpose)

        def noted(look_id: str) -> None:
            ask = DayAsk(unit_id, day, look_id, self._context.now())
            self._context.read(self, "day", unit_day, ask, self._found)

        self._context.write(self, LOOK_LABEL, note_look, look, noted)

    def _found(self, day: UnitDay) -> None:
        self.day_found.emit(day)

    # Alarms

    def take_note(self, alarm: AlarmNow) -> None:
        """Takes note of an alarm."""
        taking = Taking(self._doer(), alarm.key, alarm.team_id)
        self._context.write(self, NOTE_LABEL, take_note, taking, lambda _id: None)

    # Fences

    def ask_zone(self, corners: Corners = (), zone: Zone | None = None) -> None:
        """The form of a fence or a watch; corners that were drawn anew are for `redrawn`."""
        changed, self.redrawn = zone or self.redrawn, None

        def show(found: Choices) -> None:
            home = changed.team_id if changed is not None else self._home(found)
            form = ZoneForm(
                Offer(self.now.units, found.teams, home), corners, changed, self._parent
            )
            form.form.submitted.connect(partial(self._save_zone, form))
            form.open()

        self._context.read(self, "choices", choices, self._context.today(), show)

    def _home(self, found: Choices) -> str:
        mine = self._context.who.person_id
        own = next((p.team_id for p in found.people if p.id == mine), "")
        first = self.now.units[0].unit.team_id if self.now.units else ""
        return own or first

    def _save_zone(self, form: ZoneForm, values: Mapping[str, Any]) -> None:
        wish = form.wish(values, self._doer())
        self._context.write(
            *(self, "保存围栏", save_zone, wish),
            lambda _id: form.accept(),
            lambda sentence: form.form.set_errors({"name": sentence}),
        )

    def show_zone_menu(self, zone: Zone, at: QPoint, redraw: Callable[[Zone], None]) -> None:
        """What one can do with a fence."""
        menu = QMenu(self._parent)
        menu.setObjectName("fence_menu")
        menu.addAction(
            self.tr("Change “{name}”…").format(name=zone.name), partial(self._edit, zone)
        )
        menu.addAction(self.tr("Draw it anew…"), partial(redraw, zone))
        menu.addAction(self.tr("End it…"), partial(self._ask_end, zone))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _edit(self, zone: Zone) -> None:
        corners = corners_of(zone.shape, zone.about())[0] if zone.kind == "fence" else ()
        self.ask_zone(corners, zone)

    def _ask_end(self, zone: Zone) -> None:
        confirm(
            self._parent,
            object_name="end_fence",
            title=self.tr("End “{name}”?").format(name=zone.name),
            text=self.tr("It raises no more alarms; those that it raised stay."),
            accept_text=self.tr("End it"),
            on_accept=partial(self._end, zone),
        )

    def _end(self, zone: Zone) -> None:
        given = ZoneEnd(self._doer(), zone.id)
        self._context.write(self, "结束围栏", end_zone, given, lambda _name: None)

    # Units and sources

    def ask_unit(self, unit_id: str = "") -> None:
        """The form of a unit; without an id of a new one."""
        one = self._unit(unit_id)

        def show(found: Choices) -> None:
            form = UnitForm(
                found, None if one is None else one.unit, self._home(found), self._parent
            )
            form.form.submitted.connect(partial(self._save_unit, form))
            form.open()

        self._context.read(self, "choices", choices, self._context.today(), show)

    def _save_unit(self, form: UnitForm, values: Mapping[str, Any]) -> None:
        wish = form.wish(values, self._doer())
        self._context.write(
            *(self, "登记执行单元", save_unit, wish),
            lambda _id: form.accept(),
            lambda sentence: form.form.set_errors({"name": sentence}),
        )

    def ask_sources(self) -> None:
        """The form of the sources of this desk."""
        SourceForm(self._context, [one.unit for one in self.now.units], self._parent)
