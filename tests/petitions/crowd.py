"""Petitions in every state, written as rows; all invented. The same seed gives the same crowd."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from desktop.petitions.rules import LEVELS, RESULTS, SOURCES, receipt_code
from storage.ids import new_id
from storage.schema import table
from tests.panels.real_city import RealCity

NAMES = ("张伟", "章玮", "王秀兰", "李建国", "云杉商贸有限公司", "赵冬生", "钱多福")


def put_crowd(city: RealCity, count: int, today: date, seed: int = 7) -> list[str]:
    """`count` petitions of the last 200 days; gives their ids."""
    chance = random.Random(seed)
    rows = [_petition(city, chance, today) for _ in range(count)]
    acts = [act for row in rows for act in _acts(city, chance, row, today)]
    with city.context.engine.begin() as connection:
        _write(connection, "petition", rows)
        _write(connection, "petition_act", acts)
    return [str(row["id"]) for row in rows]


def _write(connection: Connection, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    keys = {key for row in rows for key in row}
    same = [{key: row.get(key) for key in keys} for row in rows]
    if same:
        connection.execute(insert(table(name)), same)


def _petition(city: RealCity, chance: random.Random, today: date) -> dict[str, Any]:
    key = new_id()
    received = today - timedelta(days=chance.randrange(200))

    def later(start: date, most: int, share: float) -> date | None:
        day = start + timedelta(days=chance.randrange(most))
        return day if chance.random() < share and day <= today else None

    def iso(day: date | None) -> str | None:
        return None if day is None else day.isoformat()

    registered = later(received, 9, 0.85)
    closed = later(registered, 60, 0.55) if registered else None
    hung = later(received, 5, 0.3)
    replied = later(received, 30, 0.5)
    return {
        "id": key,
        "code": receipt_code(key),
        "received_at": f"{received}T09:{chance.randrange(60):02d}:00",
        "source": chance.choice(tuple(SOURCES)),
        "channel": "visit",
        "class": chance.choice(("implementation", "review")),
        "petitioner": chance.choice(NAMES),
        "people": 1,
        "urgent": chance.random() < 0.1,
        "court_id": chance.choice((city.court, city.other_court)),
        "summary": "案款未发放",
        "demand": "",
        "received_by": city.operator,
        "registered_on": iso(registered),
        "screened_on": iso(later(received, 30, 0.6)),
        "level": chance.choice(tuple(LEVELS)),
        "hung_on": iso(hung),
        "hung_by": city.operator if hung else None,
        "unhung_on": iso(closed) if hung else None,
        "unhung_by": city.operator if hung and closed else None,
        "superior_due": iso(received + timedelta(days=20)) if chance.random() < 0.4 else None,
        "inner_due": iso(received + timedelta(days=12)) if chance.random() < 0.4 else None,
        "replied_on": iso(replied),
        "result": chance.choice(tuple(RESULTS)) if closed else None,
        "closed_on": iso(closed),
        "closed_by": city.operator if closed else None,
        "scope": -1,
    }


def _acts(
    city: RealCity, chance: random.Random, row: Mapping[str, Any], today: date
) -> list[dict[str, Any]]:
    start = date.fromisoformat(str(row["received_at"])[:10])
    made: list[dict[str, Any]] = []

    def act(kind: str, day: date, **more: Any) -> str:
        key = new_id()
        made.append(
            {
                "id": key,
                "petition_id": row["id"],
                "kind": kind,
                "at": f"{min(day, today)}T10:00:00",
                "person_id": city.operator,
                "body": "",
                "partial": False,
                "scope": -1,
                **more,
            }
        )
        return key

    for visit in range(chance.choice((1, 1, 1, 2, 4))):
        act("visit", start + timedelta(days=visit))
    for kind, most in (("assign", 2), ("remind", 1)):
        for number in range(chance.randrange(most + 1)):
            act(kind, start + timedelta(days=2 + number))
    if chance.random() < 0.3:
        due = start + timedelta(days=chance.randrange(5, 40))
        promise = act("promise", start, due_on=due.isoformat())
        if chance.random() < 0.5:
            act("kept", due, answers=promise)
    return made
