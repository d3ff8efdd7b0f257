"""Whose ways are looked at, and to what end: noted before a person's positions are given (M60)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select

from desktop.command.positions.points import stamp
from desktop.command.positions.reading import Unit
from desktop.errors import UserError
from storage.ids import new_id
from storage.schema import table

LASTS: Final = timedelta(hours=1)
WAY: Final = "轨迹回放"


def subject_of(unit: Unit, since: datetime, until: datetime) -> str:
    """What the list of looks says of it."""
    return f"{WAY}：{unit.name} {since:%Y-%m-%d %H:%M}至{until:%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Noting:
    """Who looks at whose ways, when, and why."""

    units: tuple[Unit, ...]
    since: datetime
    until: datetime
    person_id: str | None
    purpose: str
    now: datetime


def note(connection: Connection, noting: Noting) -> None:
    """Writes a look at each of them down. UserError: no purpose was stated."""
    purpose = noting.purpose.strip()
    if not purpose:
        raise UserError("查看人员轨迹须写明用途。")
    for unit in noting.units:
        connection.execute(
            insert(table("read_log")).values(
                id=new_id(),
                case_id=None,
                person_id=noting.person_id,
                at=stamp(noting.now),
                act="open",
                object=subject_of(unit, noting.since, noting.until),
                purpose=purpose,
            )
        )


def noted(
    connection: Connection,
    units: Iterable[Unit],
    since: datetime,
    until: datetime,
    person_id: str | None,
    now: datetime,
) -> frozenset[str]:
    """The units at whose ways this person has just said that he looks."""
    log = table("read_log").c
    mine = log.person_id.is_(None) if person_id is None else log.person_id == person_id
    rows: Collection[str] = set(
        connection.execute(
            select(log.object).where(mine, log.at >= stamp(now - LASTS), log.object.startswith(WAY))
        ).scalars()
    )
    return frozenset(unit.id for unit in units if subject_of(unit, since, until) in rows)
