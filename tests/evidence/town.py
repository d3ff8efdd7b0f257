"""A city of eighteen courts with two thousand petitions over ten weeks, by real inserts. Invented.

Seeded: the same rows come at each call, apart from their ids' beginnings.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, insert

from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import Law
from desktop.evidence.week import Week
from desktop.petitions.rules import receipt_code
from storage.schema import table
from tests.documents.office import Office, office

PETITIONS: Final = 2_000
WEEKS: Final = (Week(date(2026, 10, 19)), Week(date(2026, 10, 26)))
TAKEN: Final = datetime(2026, 11, 2, 8, 30, tzinfo=COURT_ZONE)
_FIRST: Final = date(2026, 8, 24)
_SPAN: Final = 10 * 7
_SURNAMES: Final = ("赵", "钱", "孙", "李", "周", "吴", "郑", "王", "欧阳", "司马")
_GIVEN: Final = ("建国", "秀英", "德明", "小兰", "志强", "玉珍")


@dataclass
class Town:
    """The office whose desk it is, and its courts by code."""

    office: Office
    courts: tuple[str, ...]

    @property
    def engine(self) -> Engine:
        """The database."""
        return self.office.engine

    @property
    def law(self) -> Law:
        """The law in force."""
        return self.office.city.law


def town(folder: Path, petitions: int = PETITIONS) -> Town:
    """Eighteen courts: the two of the office and sixteen more; petitions and filed cases."""
    made = office(folder)
    courts = [made.city.court, made.city.other_court]
    rows = [
        {
            "id": f"court{n:03d}-0000-7000-8000-{n:012d}",
            "code": f"豫99{n:02d}",
            "name": f"示范市第{n}区人民法院",
            "short_name": f"第{n}区",
            "superior_id": made.city.court,
        }
        for n in range(1, 17)
    ]
    chance = random.Random(20261002)
    with made.engine.begin() as connection:
        connection.execute(insert(table("court")), rows)
        courts += [row["id"] for row in rows]
        told = [_petition(chance, n, courts, made) for n in range(petitions)]
        _merge(chance, told)
        connection.execute(insert(table("petition")), told)
        connection.execute(insert(table("petition_act")), _visits(chance, told))
        connection.execute(insert(table("case")), _cases(chance, courts))
    return Town(made, tuple(courts))


def _petition(chance: random.Random, n: int, courts: list[str], made: Office) -> dict[str, Any]:
    """Nine in ten are closed some day; the courts have unlike volumes."""
    received = _FIRST + timedelta(days=chance.randrange(_SPAN))
    waited = chance.choice((0, 0, 1, 3, 5, 9))
    registered = None if chance.random() < 0.01 else received + timedelta(days=waited)
    closed = result = None
    if registered is not None and chance.random() < 0.93:
        closed = registered + timedelta(days=chance.randrange(2, 55))
        result = chance.choices(
            ("resolved", "unresolved", "terminated", "written_off"), (80, 10, 6, 4)
        )[0]
        if closed >= TAKEN.date():
            closed = result = None
    row_id = f"petition-{n:04d}-7000-8000-{chance.randrange(10**12):012d}"[:36]
    hung = registered is not None and closed is None and chance.random() < 0.1
    return {
        "id": row_id,
        "code": receipt_code(row_id),
        "received_at": f"{received.isoformat()}T{chance.randrange(8, 18):02d}:00:00+08:00",
        "source": chance.choices(
            ("spc", "province", "own", "supervision", "first", "skip"), (3, 6, 40, 5, 36, 10)
        )[0],
        "class": chance.choice(("implementation", "implementation", "review")),
        "petitioner": chance.choice(_SURNAMES) + chance.choice(_GIVEN),
        "case_number": f"（2026）豫99{n % 18:02d}执{n}号",
        "court_id": chance.choices(courts, range(3, 3 + len(courts)))[0],
        "summary": "反映执行进展缓慢",
        "received_by": made.people["clerk"],
        "registered_on": None if registered is None else registered.isoformat(),
        "hung_on": registered.isoformat() if hung and registered else None,
        "hung_by": made.people["leader"] if hung else None,
        "assigned_to": made.people["leader"],
        "closed_on": None if closed is None else closed.isoformat(),
        "closed_by": None if closed is None else made.people["clerk"],
        "result": result,
        "duplicate_of": None,
    }


def _merge(chance: random.Random, told: list[dict[str, Any]]) -> None:
    """One in twenty is a duplicate of an earlier one that is none itself."""
    for n in range(50, len(told), 20):
        told[n]["duplicate_of"] = told[chance.randrange(0, 49)]["id"]


def _visits(chance: random.Random, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each petition begins with a visit; some people come again."""
    found: list[dict[str, Any]] = []
    for row in told:
        days = [row["received_at"]]
        first = date.fromisoformat(row["received_at"][:10])
        days += [
            f"{(first + timedelta(days=chance.randrange(1, 40))).isoformat()}T09:30:00+08:00"
            for _ in range(chance.choice((0, 0, 0, 1, 2)))
        ]
        found += [
            {
                "id": f"act-{len(found) + n:05d}-000-7000-8000-000000000000"[:36],
                "petition_id": row["id"],
                "kind": "visit",
                "at": at,
            }
            for n, at in enumerate(days)
        ]
    return found


def _cases(chance: random.Random, courts: list[str]) -> list[dict[str, Any]]:
    found = []
    for n in range(900):
        filed = _FIRST + timedelta(days=chance.randrange(_SPAN))
        word = chance.choice(("执", "执", "执恢", "执保"))
        found.append(
            {
                "id": f"filed{n:04d}-000-7000-8000-000000000000"[:36],
                "number": f"（2026）豫99{word}{5000 + n}号",
                "court_id": chance.choice(courts),
                "year": 2026,
                "type_word": word,
                "serial": 5000 + n,
                "filed_on": filed.isoformat(),
            }
        )
    return found
