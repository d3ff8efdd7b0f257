"""A fence that was drawn, or a watch over a unit: its name, whom it concerns, for how long.
UI thread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget

from desktop.command.positions.changing import Doer, ZoneWish
from desktop.command.positions.live import UnitNow
from desktop.command.positions.reading import Zone, fence_of, watch_of
from desktop.panels.live_map.queries import Place
from desktop.rules.track_picture import WORDS
from widgets.forms import FilterBox, FormDialog, Option
from widgets.theme import current_theme

Corners = tuple[tuple[float, float], ...]
_HOURS: Final = (0, 2, 8, 24, 24 * 7)
_RADIUS_M: Final = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """What a form may offer."""

    units: tuple[UnitNow, ...]
    teams: tuple[Place, ...]
    team_id: str


class ZoneForm(FormDialog):
    """With corners it makes a fence, without them a watch; `zone` is what it changes."""

    def __init__(
        self, offer: Offer, corners: Corners, zone: Zone | None, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent, submit_text="", width=440)
        self._corners, self._zone = corners, zone
        fence = bool(corners)
        self.setObjectName("zone_dialog")
        self.setWindowTitle(self.tr("Fence") if fence else self.tr("Watch over a unit"))
        add = self.form.add_field
        add("name", self.tr("Name"), QLineEdit(self), required=True)
        self.kind = QComboBox(self)
        self.kind.addItem(WORDS["alone"], "alone")
        self.kind.addItem(WORDS["near"], "near")
        self.radius = QSpinBox(self)
        self.radius.setRange(20, 50_000)
        self.radius.setSingleStep(50)
        self.radius.setValue(_RADIUS_M)
        units = [Option(one.unit.id, one.unit.name, hint=one.unit.team) for one in offer.units]
        if fence:
            self._fence_fields(units)
        else:
            add("kind", self.tr("Alarm"), self.kind)
            device = QComboBox(self)
            for option in units:
                device.addItem(option.label, option.key)
            add("device", self.tr("Unit watched over"), device, required=True)
            others = FilterBox("", all_text=self.tr("Choose…"), parent=self)
            others.set_options(units)
            add("others", self.tr("Who should be beside it, or may not come near"), others)
        if not fence or len(corners) == 1:
            add("radius_m", self.tr("Distance (m)"), self.radius)
        else:
            self.radius.hide()
        self.kind.setVisible(not fence)
        self._common_fields(offer)
        self._fill(offer)
        theme = current_theme()
        self.resize(theme.px(440), theme.px(520))

    def _fence_fields(self, units: Sequence[Option]) -> None:
        alarms = FilterBox("", all_text=self.tr("Choose…"), parent=self)
        alarms.set_options(
            [Option(key, WORDS[key]) for key in ("enter", "leave", "inside", "outside")]
        )
        alarms.set_selected(["enter", "leave"])
        self.form.add_field("alarms", self.tr("Alarm"), alarms, required=True)
        devices = FilterBox("", all_text=self.tr("All units"), parent=self)
        devices.set_options(units)
        self.form.add_field("devices", self.tr("Whom it concerns"), devices)

    def _common_fields(self, offer: Offer) -> None:
        team = QComboBox(self)
        for place in offer.teams:
            team.addItem(place.label, place.id)
        self.form.add_field("team_id", self.tr("Team"), team, required=True)
        hours = QComboBox(self)
        for n in _HOURS:
            words = self.tr("Until it is ended") if n == 0 else self.tr("{n} hours").format(n=n)
            hours.addItem(words, n)
        self.form.add_field("hours", self.tr("For how long"), hours)

    def _fill(self, offer: Offer) -> None:
        values: dict[str, object] = {"team_id": offer.team_id}
        zone = self._zone
        if zone is not None:
            values |= {"name": zone.name, "team_id": zone.team_id, "kind": zone.kind}
            rule = fence_of(zone) if zone.kind == "fence" else None
            watch = None if zone.kind == "fence" else watch_of(zone)
            if rule is not None:
                values |= {"alarms": tuple(rule.alarms), "devices": tuple(rule.devices)}
                values["radius_m"] = round(rule.radius_m) or _RADIUS_M
            if watch is not None:
                values |= {"device": watch.device, "others": tuple(watch.others)}
                values["radius_m"] = round(watch.radius_m)
        known = self.form.values()
        self.form.set_values({key: value for key, value in values.items() if key in known})

    def wish(self, values: Mapping[str, object], doer: Doer) -> ZoneWish:
        """What was filled in."""
        fence = bool(self._corners)
        hours = values.get("hours")
        until: datetime | None = None
        if isinstance(hours, int) and hours:
            until = doer.now + timedelta(hours=hours)
        circle = fence and len(self._corners) == 1
        return ZoneWish(
            doer=doer,
            id="" if self._zone is None else self._zone.id,
            team_id=str(values["team_id"] or ""),
            name=str(values["name"]),
            kind="fence" if fence else str(values["kind"]),
            corners=self._corners,
            radius_m=float(self.radius.value()) if circle or not fence else 0.0,
            alarms=_texts(values.get("alarms")),
            devices=_texts(values.get("devices")) if fence else _texts((values.get("device"),)),
            others=_texts(values.get("others")),
            operation_id=None if self._zone is None else self._zone.operation_id,
            until=until,
        )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value if one) if isinstance(value, tuple) else ()
