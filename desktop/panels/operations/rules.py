"""What is typed into the form of a plan, as a plan, and back. Pure; any thread."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final

from desktop.command.operations.records import Operation
from desktop.contract.court_zone import COURT_ZONE
from desktop.rules.operation_plan import (
    Contingency,
    Duty,
    Fault,
    Gear,
    GroupPlan,
    Heading,
    Plan,
    Risk,
    RoutePoint,
    Vehicle,
)
from desktop.rules.plan_means import Known

_TIME: Final = re.compile(r"(\d{1,2})[:：]?(\d{2})")
_E7: Final = 10_000_000
LISTS: Final = ("groups", "people", "risks", "contingencies", "route", "vehicles", "gear")
Rows = Mapping[str, Sequence[Mapping[str, str]]]
UNKNOWN_UNIT: Final = "（本机未登记的车辆）"
# Lists whose rows may be of the register: under which key a row has its id.
MEANS: Final = {"vehicles": "unit_id", "gear": "equipment_id"}


def read_time(text: str) -> time | None:
    """A time of day from 8:30, 0830 or with a full-width colon; None when it is none."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    return time(hour, minute) if hour <= 23 and minute <= 59 else None


def moment(day: date | None, clock: str) -> datetime | None:
    """A day and a typed time as an instant of the court; None when one is missing."""
    at = read_time(clock)
    return None if day is None or at is None else datetime.combine(day, at, COURT_ZONE)


def whole(text: str) -> int | None:
    """A whole number that is not negative; None when it is none."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 8 else None


def degrees(text: str) -> int | None:
    """Ten-millionths of a degree from decimal degrees; None when it is none or empty."""
    try:
        value = float(text.strip())
    except ValueError:
        return None
    return round(value * _E7) if abs(value) <= 360 else None


def degree_words(value: int | None) -> str:
    """As it is typed."""
    return "" if value is None else f"{value / _E7:.6f}"


class People:
    """Finds people by what is typed: the name within the own court, or name and court."""

    def __init__(self, people: Sequence[tuple[str, str, str]]) -> None:
        self._labels = {_squeezed(label): key for key, label, _court in people}
        self._named: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._words = {key: label for key, label, _court in people}
        for key, label, court in people:
            self._named[label.split("　")[0]].append((key, court))

    def find(self, typed: str, court_id: str) -> str:
        """The id; empty for nobody and for one of several of that name."""
        known = self._labels.get(_squeezed(typed))
        if known is not None:
            return known
        named = self._named.get(typed.strip(), [])
        own = [key for key, court in named if court == court_id]
        found = own or [key for key, _court in named]
        return found[0] if len(found) == 1 else ""

    def name(self, person_id: str) -> str:
        """The name alone."""
        return self._words.get(person_id, "").split("　")[0]

    def words(self, person_id: str, court_id: str) -> str:
        """What is to be typed for a person: the name where that is enough."""
        name = self.name(person_id)
        return name if self.find(name, court_id) == person_id else self._words.get(person_id, "")


def _squeezed(text: str) -> str:
    return "".join(text.split())


@dataclass(frozen=True, slots=True)
class Typed:
    """A filled form as values. `unreadable`: what no plan can hold, by its place."""

    heading: Heading
    plan: Plan
    unreadable: tuple[Fault, ...]
    lat_e7: int | None = None
    lon_e7: int | None = None


def read_form(values: Mapping[str, Any], rows: Rows, people: People, court_id: str) -> Typed:
    """The plan that was typed."""
    wrong: list[Fault] = []

    def person(field: str, text: str, row: int | None = None, column: str = "") -> str:
        found = people.find(text, court_id) if text.strip() else ""
        if text.strip() and not found:
            reason = f"没有“{text.strip()}”或者有多人同名，请写作“姓名　法院简称”"
            wrong.append(Fault(field, reason, row, column))
        return found

    wrong += _end_faults(values)
    commander = str(values.get("commander_id") or "")
    heading = Heading(
        name=str(values.get("name") or ""),
        team_id=str(values.get("team_id") or ""),
        commander_id=person("commander_id", commander),
        place=str(values.get("place") or ""),
        starts_at=moment(values.get("starts_on"), str(values.get("starts_time") or "")),
        ends_at=moment(values.get("ends_on"), str(values.get("ends_time") or "")),
        case_number=str(values.get("case_number") or ""),
    )
    groups = tuple(
        GroupPlan(
            row["name"].strip(),
            row["team_id"],
            person("groups", row["leader_id"], n, "leader_id"),
            row["task"].strip(),
            whole(row["minutes"]),
            row.get("unit_id", ""),
        )
        for n, row in enumerate(_typed(rows, "groups"))
    )
    for n, row in enumerate(_typed(rows, "groups")):
        unit = row.get("unit", "").strip()
        if unit and not row.get("unit_id"):
            wrong.append(Fault("groups", f"没有车辆“{unit}”，请从列表中选定", n, "unit"))
    duties = []
    for n, row in enumerate(_typed(rows, "people")):
        key = person("people", row["person_id"], n, "person_id")
        name = people.name(key) or row["person_id"].strip()
        duties.append(Duty(key, name, row["group"].strip(), row["role"].strip()))
    plan = replace(_means(values, rows), groups=groups, people=tuple(duties))
    return Typed(heading, plan, tuple(wrong))


def _end_faults(values: Mapping[str, Any]) -> list[Fault]:
    """An end that was half typed, or typed wrong: no plan goes without it unsaid."""
    day, clock = values.get("ends_on"), str(values.get("ends_time") or "").strip()
    if clock and read_time(clock) is None:
        return [Fault("ends_at", f"“{clock}”不是时刻，请写作 06:30")]
    if bool(day) != bool(clock):
        return [Fault("ends_at", "日期和时刻须一并填写")]
    return []


def _typed(rows: Rows, name: str) -> list[Mapping[str, str]]:
    return list(rows.get(name, ()))


def _means(values: Mapping[str, Any], rows: Rows) -> Plan:
    """Everything that names nobody of the staff."""
    police = str(values.get("police") or "").strip()
    return Plan(
        aim=str(values.get("aim") or ""),
        risks=tuple(
            Risk(row["what"].strip(), row["level"], row["measure"].strip())
            for row in _typed(rows, "risks")
        ),
        contingencies=tuple(
            Contingency(row["event"].strip(), row["response"].strip(), row["who"].strip())
            for row in _typed(rows, "contingencies")
        ),
        route=tuple(
            RoutePoint(
                row["place"].strip(),
                degrees(row["lat_e7"]),
                degrees(row["lon_e7"]),
                row["note"].strip(),
            )
            for row in _typed(rows, "route")
        ),
        vehicles=tuple(
            Vehicle(
                row["plate"].strip(),
                row["driver"].strip(),
                whole(row["seats"]),
                row.get("unit_id", ""),
            )
            for row in _typed(rows, "vehicles")
        ),
        gear=tuple(
            Gear(
                row["name"].strip(),
                # What is one of the register is one.
                1 if row.get("equipment_id") and not row["count"].strip() else whole(row["count"]),
                row["who"].strip(),
                row.get("equipment_id", ""),
            )
            for row in _typed(rows, "gear")
        ),
        police=whole(police) if police else 0,
        police_arms=str(values.get("police_arms") or ""),
        police_task=str(values.get("police_task") or ""),
    )


def fill_form(
    found: Operation, people: People, units: Mapping[str, str]
) -> tuple[dict[str, object], dict[str, list[dict[str, str]]]]:
    """What is to stand in the form: fields, and rows of each list. `units`: words of vehicles."""
    plan, court = found.plan or Plan(), found.court_id
    ends = found.ends_at
    values: dict[str, object] = {
        "name": found.name,
        "team_id": found.team_id,
        "commander_id": people.words(found.commander_id, court),
        "place": found.place,
        "starts_on": found.starts_at.date(),
        "starts_time": f"{found.starts_at:%H:%M}",
        "ends_on": None if ends is None else ends.date(),
        "ends_time": "" if ends is None else f"{ends:%H:%M}",
        "case_number": found.case_number,
        "aim": plan.aim,
        "police": "" if plan.police is None else str(plan.police),
        "police_arms": plan.police_arms,
        "police_task": plan.police_task,
    }
    return values, _plan_rows(plan, people, court, units)


def _plan_rows(
    plan: Plan, people: People, court: str, units: Mapping[str, str]
) -> dict[str, list[dict[str, str]]]:
    return {
        "groups": [
            {
                "name": one.name,
                "team_id": one.team_id,
                "leader_id": people.words(one.leader_id, court),
                "minutes": "" if one.minutes is None else str(one.minutes),
                "task": one.task,
                "unit": units.get(one.unit_id, UNKNOWN_UNIT) if one.unit_id else "",
                "unit_id": one.unit_id,
            }
            for one in plan.groups
        ],
        "people": [
            {
                "person_id": people.words(one.person_id, court) or one.name,
                "group": one.group,
                "role": one.role,
            }
            for one in plan.people
        ],
        "risks": [{"what": r.what, "level": r.level, "measure": r.measure} for r in plan.risks],
        "contingencies": [
            {"event": one.event, "response": one.response, "who": one.who}
            for one in plan.contingencies
        ],
        "route": [
            {
                "place": one.place,
                "lat_e7": degree_words(one.lat_e7),
                "lon_e7": degree_words(one.lon_e7),
                "note": one.note,
            }
            for one in plan.route
        ],
        "vehicles": [
            {
                "plate": one.plate,
                "driver": one.driver,
                "seats": "" if one.seats is None else str(one.seats),
                "unit_id": one.unit_id,
            }
            for one in plan.vehicles
        ],
        "gear": [
            {
                "name": one.name,
                "count": "" if one.count is None else str(one.count),
                "who": one.who,
                "equipment_id": one.equipment_id,
            }
            for one in plan.gear
        ],
    }


def all_faults(typed: Typed, checked: Sequence[Fault]) -> tuple[Fault, ...]:
    """What cannot be read stands before what else is wrong in the same place."""
    places = {(one.field, one.row, one.column) for one in typed.unreadable}
    rest = [one for one in checked if (one.field, one.row, one.column) not in places]
    return (*typed.unreadable, *rest)


def means_said(
    typed: Typed, known: Mapping[str, Known], now: datetime
) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """For each row of what is taken along: what it is in the register (empty: nothing), and what
    is to be said against it."""
    people = {duty.person_id for duty in typed.plan.people} | {typed.heading.commander_id}
    ids = {
        "vehicles": [one.unit_id for one in typed.plan.vehicles],
        "gear": [one.equipment_id for one in typed.plan.gear],
    }
    return {
        key: [mean_said(known, one, typed.heading.starts_at, people, now) for one in rows]
        for key, rows in ids.items()
    }


def mean_said(
    known: Mapping[str, Known],
    key: str,
    starts: datetime | None,
    people: Collection[str],
    now: datetime,
) -> tuple[str, tuple[str, ...]]:
    """As `means_said`, of one id."""
    if not key:
        return "", ()
    found = known.get(key)
    if found is None:
        return "已登记，本机未见", ()
    return f"已登记　{found.note}".strip(), found.warnings(starts, people, now)


def span_words(begin: datetime, end: datetime | None) -> str:
    """From when to when; the end with its day where that is another."""
    words = f"{begin:%Y-%m-%d %H:%M}"
    if end is None:
        return words
    return f"{words}—{end:%H:%M}" if end.date() == begin.date() else f"{words}—{end:%m-%d %H:%M}"
