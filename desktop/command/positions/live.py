"""The one picture of who is where, kept as rows come in whatever order they come (X21).

Reader lanes; one caller at a time, the next waits. Rows are taken in by when they were received, so
that a desk that is started anew tells the same of alarms as one that has run on: raised by what was
known then, corrected by the point that came late. What was written down of alarms counts as much:
it outlasts the points that a picture is made of.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from desktop.command.positions.alarms import (
    AlarmNow,
    Seen,
    Written,
    acknowledged,
    act_of,
    course,
    key_text,
    seen,
    steady,
    waits,
    written,
)
from desktop.command.positions.duty import DutyAct
from desktop.command.positions.late import RECENT, LateTruth
from desktop.command.positions.points import decoded, last_of, moment, stamp
from desktop.command.positions.reading import (
    Route,
    Unit,
    Zone,
    batch_ids_after,
    batches_by_id,
    duties,
    fence_of,
    last_batch,
    late_rows,
    notes,
    routes,
    units,
    watch_of,
    zones,
)
from desktop.contract.courtesy import breathe
from desktop.errors import UserError
from desktop.rules.track_alarms import AlarmBook, AlarmRecord
from desktop.rules.track_law import FieldLaw, Limits
from desktop.rules.track_picture import Picture
from desktop.rules.tracks import ZONE, Point, somewhere

WINDOW: Final = timedelta(hours=6)  # of which the picture is made at first
# Read before that, so that what lasts when the window begins raises no new alarm.
LEAD: Final = timedelta(minutes=15)
GROWN: Final = timedelta(hours=9)  # and begun anew once it has become so long
TABLES: Final = (
    *("position_batch", "unit", "duty_act", "fence", "alarm_note", "team", "person"),
    *("operation", "operation_act"),
)


@dataclass(frozen=True, slots=True)
class UnitNow:
    """A unit with its last believed position (None: nothing was ever heard), its time on duty, and
    how many points are not judged by, by reason. `trail`: where it came from; of a person never."""

    unit: Unit
    point: Point | None
    duty: DutyAct | None
    aside: Mapping[str, int]
    trail: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Now:
    """Everything at one moment. Alarms newest first. `left`: rows that are still to be taken in."""

    units: tuple[UnitNow, ...] = ()
    alarms: tuple[AlarmNow, ...] = ()
    zones: tuple[Zone, ...] = ()
    routes: tuple[Route, ...] = ()
    left: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """At which moment, how much of where vehicles came from, and how many rows to take in at most:
    a reader lane is not held for long."""

    now: datetime
    trail: timedelta = timedelta(minutes=15)
    rows: int = 1_000


class LivePicture:
    """`take` reads what has come since the last time and gives the picture."""

    def __init__(self, law: FieldLaw) -> None:
        self._law = law
        self._lock = threading.Lock()
        self._built: tuple[object, ...] = ()
        self._since = datetime.min.replace(tzinfo=ZONE)
        self._rowid = 0
        self._taken: set[str] = set()
        self._pending: list[str] = []
        self._known: dict[str, AlarmNow] = {}  # told last, by key
        self._carried: dict[str, AlarmNow] = {}  # told by the pictures before this one
        self._seen: dict[str, Seen | None] = {}  # rows of what waits, by id
        self._late = LateTruth(law)
        self._book: AlarmBook | None = None
        self._picture: Picture | None = None
        self._last: dict[str, Point | None] = {}

    @property
    def picture(self) -> Picture | None:
        """What it rests on; None before the first `take`."""
        return self._picture

    def take(self, connection: Connection, ask: Ask) -> Now:
        """The picture as all rows of the replica give it."""
        with self._lock:
            found = units(connection)
            self._prepare(connection, found, ask.now)
            names = {unit.id: unit.name for unit in found}
            self._look_back(connection, ask.now)
            self._read(connection, names, ask.rows)
            if self._late.left and not self._pending:
                self._late.judge(connection, names, {*self._known, *written(connection)})
            return self._told(connection, found, ask)

    def _prepare(self, connection: Connection, found: Sequence[Unit], now: datetime) -> None:
        """Begins anew where fences, names or the law have changed, or it has grown too long."""
        if self._picture is None or now - self._since > GROWN or now < self._since:
            self._since = now - WINDOW - LEAD
        self._zones = zones(connection, stamp(self._since))
        limits = self._law.on(now.astimezone(ZONE).date())
        rest = tuple((u.id, u.name) for u in found), tuple(self._zones)
        built = (self._since, limits, *rest)
        if built != self._built:
            self._begin(limits, now)
            self._built = built

    def _begin(self, limits: Limits, now: datetime) -> None:
        fences = [
            fence for zone in self._zones if zone.kind == "fence" if (fence := fence_of(zone))
        ]
        watches = [
            watch for zone in self._zones if zone.kind != "fence" if (watch := watch_of(zone))
        ]
        # An alarm stays though a new picture no longer holds what raised it.
        self._carried = {
            key: one
            for key, one in self._known.items()
            if one.open or one.record.alarm.first.at >= self._since
        }
        self._picture = Picture(limits, fences, watches)
        self._book = AlarmBook(self._picture)
        self._rowid, self._taken, self._pending, self._last = 0, set(), [], {}

    def _look_back(self, connection: Connection, now: datetime) -> None:
        """Notes what has come of the time before the picture, and of its first minutes, of which it
        raises nothing new. One that begins asks only for what none before it can have taken in."""
        recent = stamp(now - RECENT)
        between = ("" if self._rowid else recent, stamp(self._since + LEAD))
        rows = late_rows(connection, self._rowid, between, recent)
        if not self._rowid:
            rows = [
                row for row in rows if moment(row.received_at) - moment(row.to_at) > WINDOW + LEAD
            ]
        self._late.note(rows)

    def _read(self, connection: Connection, names: Mapping[str, str], most: int) -> None:
        assert self._book is not None
        came, self._rowid = batch_ids_after(connection, self._rowid, stamp(self._since))
        self._pending += [key for key in came if key not in self._taken]
        self._taken.update(came)
        part, self._pending = self._pending[:most], self._pending[most:]
        for batch in batches_by_id(connection, part):
            breathe()
            if batch.unit_id not in names:
                continue
            self._last.pop(batch.unit_id, None)
            try:
                points = decoded(batch, names[batch.unit_id])
            except UserError:
                continue  # It is kept as it is; nobody can read a place from it.
            self._book.receive(points, moment(batch.received_at))

    def _told(self, connection: Connection, found: Sequence[Unit], ask: Ask) -> Now:
        on = duties(connection)
        told = tuple(self._unit(connection, unit, on.get(unit.id), ask) for unit in found)
        alarms = self._alarms(connection, found)
        ways = tuple(routes(connection))
        left = len(self._pending) + self._late.left
        return Now(told, alarms, tuple(self._zones), ways, left)

    def _unit(self, connection: Connection, unit: Unit, duty: DutyAct | None, ask: Ask) -> UnitNow:
        assert self._picture is not None
        trail: list[Point] = []
        point = self._picture.last(unit.id)
        if point is not None and unit.kind != "person" and ask.trail:
            trail = self._picture.recent(unit.id, max(ask.now, point.at) - ask.trail)
        if point is None:
            point = self._older(connection, unit, ask.now)
        return UnitNow(unit, point, duty, self._picture.aside(unit.id), tuple(trail))

    def _older(self, connection: Connection, unit: Unit, now: datetime) -> Point | None:
        """The last place before the window, or one that nothing is judged by. A clock that ran
        ahead once does not hide what is true for ever."""
        if unit.id not in self._last:
            found = last_batch(connection, unit.id, stamp(now)) or last_batch(connection, unit.id)
            point = None if found is None else last_of(found, unit.name)
            if found is not None and point is not None and not somewhere(point):
                places = [one for one in decoded(found, unit.name) if somewhere(one)]
                point = places[-1] if places else None
            self._last[unit.id] = point
        return self._last[unit.id]

    def _alarms(self, connection: Connection, found: Sequence[Unit]) -> tuple[AlarmNow, ...]:
        """Those of the picture, of the pictures before it, and those written down that wait."""
        teams = {unit.id: unit.team_id for unit in found}
        noted, rows = notes(connection), written(connection)
        held = self._of_picture(teams, {*rows, *self._carried})
        late = self._late.told
        waiting = [key for key, told in rows.items() if waits(told, noted.get(key, ()))]
        keys = {*held, *waiting, *late}
        self._learn(connection, [row for key in keys for row in rows.get(key, ())])
        self._known = {}
        for key in {*keys, *self._carried}:
            judged = [told for told in (held.get(key),) if told is not None]
            if key in late:
                judged.append((late[key], teams.get(late[key].alarm.first.device, "")))
            told = self._folded(judged, rows.get(key, ()), self._carried.get(key))
            if told is None:
                continue
            record, team = told
            marks = tuple(noted.get(key, ()))
            record = acknowledged(record, marks)
            there = {(row.act, row.at) for row in rows.get(key, ())}
            left = [turn for turn in record.turns if (act_of(turn), stamp(turn.at)) not in there]
            if not record.open:
                late.pop(key, None)
            device = record.alarm.first.device
            self._known[key] = AlarmNow(
                *(key, record, device, teams.get(device, team), marks),
                unwritten=tuple(left) if record.open else (),
            )
        order = sorted(self._known.values(), key=lambda one: (one.record.alarm.first.at, one.key))
        return tuple(reversed(order))

    def _of_picture(
        self, teams: Mapping[str, str], known: Collection[str]
    ) -> dict[str, tuple[AlarmRecord, str]]:
        """What the picture tells, with the team whose unit it is. Of the first minutes only what
        was known already: the picture does not hold what came before them."""
        assert self._book is not None
        starts = {zone.id: zone.from_at for zone in self._zones}
        told = {}
        for record in self._book.records:
            first = record.alarm.first
            key, at = key_text(record.alarm.key), stamp(first.at)
            if first.device not in teams or at < starts.get(record.alarm.subject, at):
                continue
            if first.at >= self._since + LEAD or key in known:
                told[key] = steady(record), teams[first.device]
        return told

    def _learn(self, connection: Connection, rows: Sequence[Written]) -> None:
        """Reads what rows tell, each once: a row never changes."""
        new = [row for row in rows if row.id not in self._seen]
        kept = {row.id: self._seen[row.id] for row in rows if row.id in self._seen}
        self._seen = {**kept, **{row.id: None for row in new}, **seen(connection, new)}

    def _folded(
        self,
        judged: Sequence[tuple[AlarmRecord, str]],
        rows: Sequence[Written],
        carried: AlarmNow | None,
    ) -> tuple[AlarmRecord, str] | None:
        """One alarm as the picture, what came late, the rows and the earlier pictures tell it
        together."""
        read = [(row.team_id, one) for row in rows if (one := self._seen.get(row.id)) is not None]
        sources = [*judged]
        if carried is not None:
            sources.append((carried.record, carried.team_id))
        sources += [(AlarmRecord(one.alarm, (one.turn,)), team) for team, one in read]
        turns = course(turn for record, _team in sources for turn in record.turns)
        return (AlarmRecord(sources[0][0].alarm, turns), sources[0][1]) if turns else None
