"""A day of remote command as facts in order of time, drawn from a seed. All invented."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, update

from desktop.command.positions.points import stamp
from desktop.contract.court_zone import COURT_ZONE
from desktop.rules.tracks import Point
from storage.ids import new_id
from storage.schema import table
from tests.command.positions.field_rows import Field, field_rows, put, rows_of

DAY = date(2026, 11, 24)
START = datetime(2026, 11, 24, 7, 0, tzinfo=COURT_ZONE)
SOURCES = {"car": ("traccar",), "van": ("traccar", "gpsd"), "truck": ("traccar",)}
SHA = "0" * 64


@dataclass
class Day:
    """The people and units, and what happens: (when, what writes it), and the points."""

    field: Field
    operations: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    acts: list[tuple[datetime, Callable[[Connection], object]]] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    end: datetime = START

    def at(self, moment: datetime, name: str, /, **values: Any) -> str:
        """A row that comes to be at that moment."""
        row = {"id": new_id(), **values}
        self.acts.append(
            (moment, lambda connection: connection.execute(insert(table(name)).values(row)))
        )
        return str(row["id"])

    def change(self, moment: datetime, name: str, key: str, /, **values: Any) -> None:
        """A row that changes at that moment."""
        into = table(name)
        statement = update(into).where(into.c.id == key).values(values)
        self.acts.append((moment, lambda connection: connection.execute(statement)))

    def facts(self, since: datetime | None, until: datetime) -> Iterator[Callable[..., object]]:
        """What happened after `since` (None: from the beginning) up to `until`."""
        for moment, write in sorted(self.acts, key=lambda one: one[0]):
            if (since is None or since < moment) and moment <= until:
                yield write

    def positions(self, since: datetime | None, until: datetime) -> list[dict[str, Any]]:
        """Rows of the points of that stretch, cut where it ends."""
        some = [one for one in self.points if (since is None or since < one.at) and one.at <= until]
        return rows_of(self.field, some)


def drawn(connection: Connection, seed: int, hours: int) -> Day:
    """The staff is written at once, what happens is only planned."""
    rng = random.Random(seed)
    made = Day(field_rows(connection), end=START + timedelta(hours=hours))
    for n in range(2):
        _case(made, rng, n, connection)
    for n in range(2):
        _operation(made, rng, n)
    for _n in range(6 * hours):
        _order(made, rng)
    _duty(made, rng)
    _zones(made)
    for unit, sources in SOURCES.items():
        for source in sources:
            _way(made, rng, unit, source)
    return made


def _moment(made: Day, rng: random.Random) -> datetime:
    # Whole milliseconds: a row holds no more.
    span = (made.end - START) // timedelta(milliseconds=1)
    return START + timedelta(milliseconds=rng.randrange(span))


def _case(made: Day, rng: random.Random, n: int, connection: Connection) -> None:
    court = connection.exec_driver_sql("select id from court").scalar()
    filed = DAY - timedelta(days=rng.randint(5, 60))
    case_id = made.at(
        datetime.combine(filed, datetime.min.time(), COURT_ZONE),
        "case",
        number=f"（2026）豫99执{n + 1}号",
        court_id=court,
        year=2026,
        type_word="执",
        serial=n + 1,
        filed_on=filed.isoformat(),
        team_id=made.field.teams[0],
        handler_id=made.field.officer,
    )
    made.cases.append(case_id)

    def event(on: date, kind: str, at: datetime | None = None, **more: Any) -> str:
        begins = at or datetime.combine(on, datetime.min.time(), COURT_ZONE)
        values = {"case_id": case_id, "kind": kind, "on": on.isoformat(), **more}
        return made.at(begins, "node_event", at=at.isoformat() if at else None, **values)

    event(filed, "application_received")
    event(filed + timedelta(days=1), "notice_served")
    event(filed + timedelta(days=3), "query_handed_over")
    later = datetime.fromisoformat(stamp(START + (made.end - START) * rng.uniform(0.2, 0.4)))
    wrong = event(later.date(), "query_fed_back", later)
    if n:
        # Entered by mistake, and said so before the day is over.
        back = datetime.fromisoformat(stamp(later + (made.end - later) / 2))
        event(back.date(), "voided", back, voids=wrong)
    made.at(
        datetime.combine(DAY - timedelta(days=2), datetime.min.time(), COURT_ZONE),
        "hold",
        case_id=case_id,
        from_on=(DAY - timedelta(days=2)).isoformat(),
        kind="handler",
        holder_id=made.field.officer,
        holder_name="林知远",
    )


def _operation(made: Day, rng: random.Random, n: int) -> None:
    begun = START + timedelta(minutes=rng.randint(40, 90))
    ended = made.end - timedelta(minutes=rng.randint(5, 60))
    team, officer, driver = made.field.teams[n], made.field.officer, made.field.driver
    key = made.at(
        START,
        "operation",
        team_id=team,
        name=f"行动{n}",
        case_id=made.cases[n],
        case_number=f"（2026）豫99执{n + 1}号",
        starts_at=stamp(begun),
        commander_id=officer,
        plan="{}",
        content_sha256=SHA,
        maker_id=driver,
        made_at=stamp(START),
    )
    made.operations.append(key)

    def act(at: datetime, name: str, who: str) -> None:
        values = {"operation_id": key, "team_id": team, "act": name, "content_sha256": SHA}
        made.at(at, "operation_act", person_id=who, at=stamp(at), **values)

    act(START + timedelta(minutes=5), "submit", driver)
    act(START + timedelta(minutes=20), "approve", officer)
    act(begun, "start", officer)
    if n == 0:
        act(ended, "finish", officer)
    for number in range(3):
        _group(made, rng, key, team, number, begun)
    told: list[str] = []
    for _line in range(14):
        at = _moment(made, rng)
        values = {"operation_id": key, "team_id": team, "person_id": officer, "body": "到达现场"}
        kind = rng.choice(("message", "event", "decision"))
        said = made.at(at, "run_log", at=stamp(at), kind=kind, **values)
        if rng.random() < 0.3:
            later = at + (made.end - at) * rng.random()
            later = datetime.fromisoformat(stamp(later))
            made.at(later, "run_log", at=stamp(later), kind=kind, voids=said, **values)
        told.append(said)
    for _shot in range(4):
        at = _moment(made, rng)
        values = {"feed_id": new_id(), "feed_name": "执法记录仪", "mime": "image/jpeg", "size": 1}
        values |= {"operation_id": key, "team_id": team, "person_id": driver, "body": "AA=="}
        made.at(at, "snapshot", at=stamp(at), taken_at=stamp(at), sha256=SHA, **values)


def _group(
    made: Day, rng: random.Random, operation: str, team: str, number: int, begun: datetime
) -> None:
    key = made.at(
        START,
        "operation_group",
        operation_id=operation,
        operation_name="行动",
        team_id=team,
        name=f"{number + 1}组",
        leader_id=made.field.officer,
        checkin_s=rng.choice((600, 1200, 1800)),
    )

    def report(at: datetime, act: str, about: str = "") -> None:
        at = datetime.fromisoformat(stamp(at))
        values = {"operation_id": operation, "group_id": key, "team_id": team, "about": about}
        made.at(at, "checkin", act=act, person_id=made.field.driver, at=stamp(at), **values)

    at = begun + timedelta(seconds=rng.randint(5, 900))
    report(at, "join")
    while at < made.end:
        at += timedelta(seconds=rng.randint(300, 4000))
        if at < made.end:
            report(at, rng.choice(("ok", "ok", "ok", "alarm")))


def _order(made: Day, rng: random.Random) -> None:
    at = _moment(made, rng)
    team = rng.choice(made.field.teams)
    key = made.at(
        at,
        "field_order",
        team_id=team,
        title="增援",
        made_at=stamp(at),
        issuer_id=made.field.driver,
        operation_id=rng.choice((None, *made.operations)),
        case_id=rng.choice((None, *made.cases)),
    )
    for act in ("send", "deliver", "acknowledge", "depart", "arrive", "finish"):
        at += timedelta(seconds=rng.randint(1, 900))
        if at > made.end or rng.random() < 0.08:
            break
        name = "refuse" if act == "acknowledge" and rng.random() < 0.15 else act
        values = {"order_id": key, "team_id": team, "person_id": made.field.officer}
        body = "车辆故障" if name == "refuse" else ""
        made.at(at, "field_order_act", act=name, at=stamp(at), body=body, **values)


def _duty(made: Day, rng: random.Random) -> None:
    for unit, who in (("car", made.field.driver), ("officer", made.field.officer)):
        at, on = START, True
        while at < made.end:
            at += timedelta(seconds=rng.randint(60, 9000))
            if at >= made.end:
                break
            values = {"unit_id": made.field.units[unit], "team_id": made.field.teams[0]}
            act = "on" if on else "off"
            made.at(at, "duty_act", act=act, person_id=who, at=stamp(at), **values)
            on = not on


def _zones(made: Day) -> None:
    ring = [[112.452, 34.652], [112.47, 34.652], [112.47, 34.67], [112.452, 34.67]]
    shape = json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    made.at(
        START,
        "fence",
        team_id=made.field.teams[0],
        name="仓库",
        kind="fence",
        shape=shape,
        watched=json.dumps({"alarms": ["enter", "leave"]}),
        from_at=stamp(START),
        maker_id=made.field.driver,
    )


def _way(made: Day, rng: random.Random, unit: str, source: str) -> None:
    at, lat, lon = START + timedelta(seconds=rng.randint(0, 600)), 34.65, 112.45
    while at < made.end:
        lat += rng.uniform(-0.0016, 0.0017)
        lon += rng.uniform(-0.0016, 0.0017)
        jump = 0.9 if rng.random() < 0.02 else 0.0
        rough = 400.0 if rng.random() < 0.03 else rng.choice((None, 5.0, 30.0))
        made.points.append(
            Point(
                *(unit, unit, datetime.fromisoformat(stamp(at)), lat + jump, lon, rough),
                *(None, None, source, datetime.fromisoformat(stamp(at))),
            )
        )
        at += timedelta(seconds=rng.choice((5, 20, 40, 40, 40, 900 if rng.random() < 0.1 else 60)))


__all__ = ["DAY", "START", "Day", "drawn", "put"]
