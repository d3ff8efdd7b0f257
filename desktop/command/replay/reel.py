"""The film of an operation or of a span: everything that bears on it, and how it stood at any
instant. Pure; one thread at a time.

Nothing is run forward: each thing is folded from its own facts up to the instant, and what a fold
gave is kept until the next fact of that thing, so that any instant is as near as any other.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from desktop.command.operations.records import Group, LogLine, Operation, Picture
from desktop.command.orders.reading import Order
from desktop.command.positions.duty import DutyAct, duty_now
from desktop.command.positions.reading import Unit, Zone, in_force
from desktop.command.replay.case_then import CaseThen
from desktop.command.replay.kept import Kept
from desktop.command.replay.track import Track
from desktop.contract.court_zone import COURT_ZONE
from desktop.rules.checkins import Watch
from desktop.rules.field_orders import OrderAct, fold
from desktop.rules.operation_law import OperationLaw
from desktop.rules.operations import Standing
from desktop.rules.track_picture import Alarm
from desktop.rules.tracks import Point

TRAIL: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Event:
    """Something on the bar. `kind`: course, order, group, alarm, message, log, picture, case.
    `style`: a style key; `about`: the id of the order or picture that it leads to."""

    at: datetime
    kind: str
    words: str
    style: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class OperationThen:
    """An operation with its acts up to the instant."""

    operation: Operation
    standing: Standing


@dataclass(frozen=True, slots=True)
class GroupThen:
    """A group with its reports up to the instant."""

    group: Group
    watch: Watch


@dataclass(frozen=True, slots=True)
class UnitThen:
    """A unit where it was last believed to be; `trail` of a vehicle alone, as on the live map."""

    unit: Unit
    point: Point | None
    duty: DutyAct | None
    trail: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class State:
    """Everything at one instant. Orders newest first, lines and pictures oldest first."""

    at: datetime
    operations: tuple[OperationThen, ...] = ()
    groups: tuple[GroupThen, ...] = ()
    orders: tuple[Order, ...] = ()
    lines: tuple[LogLine, ...] = ()
    pictures: tuple[Picture, ...] = ()
    units: tuple[UnitThen, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    zones: tuple[Zone, ...] = ()
    cases: tuple[CaseThen, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a store holds of a span. `lines` and `pictures` by operation, empty text for those of
    none; `tracks` and `duties` by unit; `withheld`: units of persons whose ways nobody gave a
    purpose for, or which are `closed` for the reason given."""

    since: datetime
    until: datetime
    title: str
    operations: tuple[Operation, ...] = ()
    groups: tuple[Group, ...] = ()
    orders: tuple[Order, ...] = ()
    lines: tuple[LogLine, ...] = ()
    pictures: tuple[Picture, ...] = ()
    units: tuple[Unit, ...] = ()
    tracks: Mapping[str, Track] = field(default_factory=dict)
    duties: Mapping[str, tuple[DutyAct, ...]] = field(default_factory=dict)
    alarms: tuple[Alarm, ...] = ()
    zones: tuple[Zone, ...] = ()
    cases: tuple[Kept[CaseThen | None], ...] = ()
    events: tuple[Event, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    withheld: tuple[Unit, ...] = ()
    closed: str = ""


class Reel:
    """`at` gives the state at any instant of the span."""

    def __init__(self, found: Found, law: OperationLaw) -> None:
        self.found = found
        self._law = law
        self._orders = [(one.made_at, _order_film(one)) for one in found.orders]
        self._operations = [(one.made_at, _operation_film(one)) for one in found.operations]
        self._made = {one.id: one.made_at for one in found.operations}
        self._line_film = Kept([one.at for one in found.lines], self._lines)
        self._picture_times = [one.at for one in found.pictures]
        self._alarm_times = [one.confirmed.at for one in found.alarms]
        self._duty_films = {key: _duty_film(acts) for key, acts in found.duties.items()}
        self.event_times = tuple(one.at for one in found.events)

    def at(self, moment: datetime) -> State:
        """How everything stood, what happened in that instant included."""
        found = self.found
        return State(
            moment,
            tuple(film.at(moment) for made, film in self._operations if made <= moment),
            tuple(self._groups(moment)),
            tuple(film.at(moment) for made, film in self._orders if made <= moment),
            self._line_film.at(moment),
            found.pictures[: bisect_right(self._picture_times, moment)],
            tuple(self._unit(unit, moment) for unit in found.units),
            found.alarms[: bisect_right(self._alarm_times, moment)],
            tuple(zone for zone in found.zones if in_force(zone, moment)),
            tuple(one for film in found.cases if (one := film.at(moment)) is not None),
        )

    def _groups(self, moment: datetime) -> Iterable[GroupThen]:
        limits = self._law.on(moment.astimezone(COURT_ZONE).date())
        for group in self.found.groups:
            made = self._made.get(group.operation_id)
            if made is None or made <= moment:
                known = replace(
                    group,
                    reports=tuple(one for one in group.reports if one.at <= moment),
                    over_at=_by(group.over_at, moment),
                )
                yield GroupThen(known, known.watch(limits, moment))

    def _lines(self, n: int) -> tuple[LogLine, ...]:
        known = self.found.lines[:n]
        voided = {one.voids: one.id for one in known if one.voids}
        return tuple(replace(one, voided_by=voided.get(one.id)) for one in known)

    def _unit(self, unit: Unit, moment: datetime) -> UnitThen:
        track = self.found.tracks.get(unit.id)
        film = self._duty_films.get(unit.id)
        duty = None if film is None else film.at(moment)
        if track is None:
            return UnitThen(unit, None, duty, ())
        back = timedelta(0) if unit.kind == "person" else TRAIL
        point, trail = track.seen(moment, back)
        return UnitThen(unit, point, duty, tuple(trail))

    # Steps on the bar

    def event_after(self, moment: datetime) -> Event | None:
        """The next thing that happened."""
        n = bisect_right(self.event_times, moment)
        return self.found.events[n] if n < len(self.event_times) else None

    def event_until(self, moment: datetime) -> Event | None:
        """The last thing that had happened by that instant."""
        n = bisect_right(self.event_times, moment)
        return self.found.events[n - 1] if n else None

    def event_before(self, moment: datetime) -> Event | None:
        """The last thing that happened before that instant."""
        n = bisect_left(self.event_times, moment)
        return self.found.events[n - 1] if n else None


def _by(at: datetime | None, moment: datetime) -> datetime | None:
    return at if at is not None and at <= moment else None


def _order_film(order: Order) -> Kept[Order]:
    """The order at each of its turns: an act that the shared database took later waited then."""
    turns = {act.at for act in order.acts}
    turns |= {act.taken_at for act in order.acts if act.taken_at is not None}
    times = sorted(turns)

    def make(n: int) -> Order:
        at = times[n - 1] if n else None
        acts = tuple(_then(act, at) for act in order.acts if at is not None and act.at <= at)
        return replace(order, acts=acts, standing=fold(acts))

    return Kept(times, make)


def _then(act: OrderAct, at: datetime) -> OrderAct:
    return replace(act, taken_at=_by(act.taken_at, at)) if act.taken_at is not None else act


def _operation_film(operation: Operation) -> Kept[OperationThen]:
    times = [act.at for act in operation.acts]

    def make(n: int) -> OperationThen:
        known = replace(operation, acts=operation.acts[:n])
        return OperationThen(known, known.standing())

    return Kept(times, make)


def _duty_film(acts: Sequence[DutyAct]) -> Kept[DutyAct | None]:
    ordered = sorted(acts, key=lambda one: (one.at, one.id))
    times = [datetime.fromisoformat(one.at) for one in ordered]
    return Kept(times, lambda n: duty_now(ordered[:n]))
