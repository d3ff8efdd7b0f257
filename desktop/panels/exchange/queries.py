"""What the exchange panel reads: courts, kept mappings, past runs, rejects. Reader lane."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, func, select

from desktop.importing.preview import Comparison, Preview, compare
from desktop.panels.exchange.rules import Freshness, freshness
from storage.records.people import Court
from storage.schema import table

MAPPING_KEY: Final = "import_mapping:"
RUNS_SHOWN: Final = 300
REJECTS_SHOWN: Final = 5_000
_RUN = table("import_run").c
_REJECT = table("import_reject").c
_COURT = table("court").c
_SETTING = table("setting").c


@dataclass(frozen=True, slots=True)
class Base:
    """What a preview needs from the store. `mappings`: profile -> source header -> target."""

    courts: tuple[Court, ...]
    mappings: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PastRun:
    """One line of the log of imports."""

    id: str
    at: str
    actor: str
    profile: str
    file_name: str
    court: str
    read: int
    added: int
    changed: int
    unchanged: int
    rejected: int


@dataclass(frozen=True, slots=True)
class CourtAge:
    """When a court last delivered."""

    court: str
    last_on: date | None
    runs: int
    age: Freshness


@dataclass(frozen=True, slots=True)
class History:
    """Past runs, newest first, and the freshness of each court."""

    runs: tuple[PastRun, ...]
    courts: tuple[CourtAge, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """One kept reason of a past run."""

    row: int
    column: str
    value: str
    reason: str


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def base(connection: Connection, _args: None) -> Base:
    """Courts and kept mappings."""
    rows = connection.execute(
        select(
            _COURT.id,
            _COURT.code,
            _COURT.name,
            _COURT.short_name,
            _COURT.superior_id,
            _COURT.valid_from,
            _COURT.valid_to,
            _COURT.confirmed,
        )
    )
    courts = tuple(
        Court(
            row.id,
            row.code,
            row.name,
            row.short_name,
            row.superior_id,
            _day(row.valid_from),
            _day(row.valid_to),
            bool(row.confirmed),
        )
        for row in rows
    )
    kept = connection.execute(
        select(_SETTING.key, _SETTING.value).where(_SETTING.key.startswith(MAPPING_KEY))
    )
    mappings = {row.key.removeprefix(MAPPING_KEY): json.loads(row.value) for row in kept}
    return Base(courts, mappings)


def comparison(connection: Connection, seen: Preview) -> Comparison:
    """How the sound rows of a preview would change the store."""
    return compare(connection, seen)


def history(connection: Connection, today: date) -> History:
    """The log of runs and how fresh each court's data is."""
    names = dict(connection.execute(select(_COURT.id, _COURT.short_name)).all())
    rows = connection.execute(
        select(table("import_run")).order_by(_RUN.at.desc(), _RUN.id.desc()).limit(RUNS_SHOWN)
    )
    runs = tuple(
        PastRun(
            row.id,
            row.at,
            row.actor,
            row.profile,
            row.file_name,
            names.get(row.court_id, "—"),
            row.rows_read,
            row.added,
            row.changed,
            row.unchanged,
            row.rejected,
        )
        for row in rows
    )
    last = {
        row.court_id: (row.last, row.runs)
        for row in connection.execute(
            select(
                _RUN.court_id, func.max(_RUN.at).label("last"), func.count().label("runs")
            ).group_by(_RUN.court_id)
        )
    }
    ages = []
    active = select(_COURT.id, _COURT.short_name).where(
        _COURT.valid_to.is_(None) | (_COURT.valid_to >= today.isoformat())
    )
    for court_id, name in connection.execute(active.order_by(_COURT.code)):
        at, count = last.get(court_id, (None, 0))
        last_on = _day(at[:10]) if at else None
        ages.append(CourtAge(name, last_on, count, freshness(last_on, today)))
    return History(runs, tuple(ages))


def rejects(connection: Connection, run_id: str) -> tuple[Rejected, ...]:
    """The kept reasons of a run, in the order of its rows."""
    rows = connection.execute(
        select(_REJECT.row, _REJECT.column, _REJECT.value, _REJECT.reason)
        .where(_REJECT.run_id == run_id)
        .order_by(_REJECT.row, _REJECT.n)
        .limit(REJECTS_SHOWN)
    )
    return tuple(Rejected(*row) for row in rows)
