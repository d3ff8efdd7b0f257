"""Writes what a recorder holds into rows: what is lawful to keep, each point once. Writer lane.

Rows, the number up to which the journal lies in them, and how far a Traccar server was read go
into one transaction: whatever is killed, they agree.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.command.positions.duty import DutyAct, on_duty, stretches
from desktop.command.positions.journal import Entry
from desktop.command.positions.points import POINTS_MAX, encoded, stamp
from desktop.command.positions.reading import Unit, units_by_id
from desktop.rules.tracks import Point
from storage.faults import RefusedByRule
from storage.ids import new_id
from storage.schema import local, table

DONE: Final = "positions_done"  # settings of the replica, written by nobody else
CURSOR: Final = "traccar_cursor"
SPAN: Final = timedelta(minutes=10)  # of a row, at most: what came late is cut into such pieces
LABEL: Final = "记录位置"


@dataclass(frozen=True, slots=True)
class ToStore:
    """Entries of the journal, and the cursor that belongs to them; None leaves the old one."""

    entries: tuple[Entry, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of them, in points. `off_duty`: not kept, since nobody may know that place;
    `unknown`: the unit is no more; `refused`: the database said no, with `sentence`."""

    entries: tuple[Entry, ...]
    kept: int
    off_duty: int = 0
    unknown: int = 0
    refused: int = 0
    sentence: str = ""


def store(connection: Connection, given: ToStore) -> Stored:
    """Stores everything of `given`; see Stored."""
    by_line: defaultdict[tuple[str, str], list[Point]] = defaultdict(list)
    for entry in given.entries:
        for point in entry.points:
            by_line[point.device, point.source].append(point)
    units = units_by_id(connection, {unit_id for unit_id, _source in by_line})
    kept = off_duty = unknown = refused = 0
    sentence = ""
    for (unit_id, source), points in sorted(by_line.items()):
        unit = units.get(unit_id)
        if unit is None:
            unknown += len(points)
            continue
        allowed = list(_allowed(connection, unit, points))
        off_duty += len(points) - sum(map(len, allowed))
        for part in allowed:
            for piece in pieces(part):
                try:
                    with connection.begin_nested():
                        connection.execute(
                            insert(table("position_batch")), _row(unit, source, piece)
                        )
                except RefusedByRule as fault:
                    refused, sentence = refused + len(piece), str(fault)
                else:
                    kept += len(piece)
    _note(connection, DONE, str(max((entry.n for entry in given.entries), default=0)))
    if given.cursor is not None:
        _note(connection, CURSOR, given.cursor)
    return Stored(given.entries, kept, off_duty, unknown, refused, sentence)


def noted(connection: Connection) -> tuple[int, str]:
    """The number up to which a journal lies in rows, and how far Traccar was read."""
    setting = local.setting
    rows = connection.execute(select(setting).where(setting.c.key.in_((DONE, CURSOR))))
    found = {row.key: row.value for row in rows}
    done = found.get(DONE, "0")
    return int(done) if done.isdigit() else 0, found.get(CURSOR, "")


def pieces(points: Sequence[Point]) -> list[list[Point]]:
    """Points in order of time, cut where a row would become too long."""
    found: list[list[Point]] = []
    for point in sorted(points, key=lambda one: (one.at, one.content)):
        last = found[-1] if found else None
        if last is None or len(last) >= POINTS_MAX or point.at - last[0].at > SPAN:
            found.append([point])
        else:
            last.append(point)
    return found


def _allowed(connection: Connection, unit: Unit, points: list[Point]) -> Iterable[list[Point]]:
    """Everything of a vehicle; of a person what lies within a time on duty."""
    if unit.kind != "person":
        return [points]
    timed = [(stamp(point.at), point) for point in points]
    acts = acts_about(connection, unit.id, min(timed)[0])
    return on_duty(timed, stretches(acts))


def acts_about(connection: Connection, unit_id: str, since: str) -> list[DutyAct]:
    """The acts of a unit that say how it stood at `since` and later."""
    act = table("duty_act").c
    mine = act.unit_id == unit_id
    before = (
        select(act.at).where(mine, act.at <= since).order_by(act.at.desc()).limit(1)
    ).scalar_subquery()
    query = select(act.id, act.act, act.person_id, act.at, act.errand).where(
        mine, (act.at > since) | (act.at == before)
    )
    return [
        DutyAct(row.id, unit_id, row.act, row.person_id, "", row.at, row.errand)
        for row in connection.execute(query)
    ]


def _row(unit: Unit, source: str, points: Sequence[Point]) -> Mapping[str, object]:
    return {
        "id": new_id(),
        "unit_id": unit.id,
        "team_id": unit.team_id,
        "device": unit.device,
        "source": source,
        "from_at": stamp(points[0].at),
        "to_at": stamp(points[-1].at),
        "n": len(points),
        "points": encoded(points),
        "received_at": stamp(max(point.received_at for point in points)),
        "scope": unit.scope,
    }


def _note(connection: Connection, key: str, value: str) -> None:
    statement = upsert(local.setting).values(key=key, value=value)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["key"], set_={"value": value})
    )
