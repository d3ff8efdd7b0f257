"""Reads the list of operations and what a form offers. Reader lanes.

How an operation stands is folded from its acts, so the list is folded as well: a court has some
hundreds of operations, not hundreds of thousands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Integer, literal_column, select

from desktop.command.operations.means import gear, vehicles
from desktop.command.operations.reading import (
    operations,
    operations_in,
    staff,
    teams,
    tested,
    watched,
)
from desktop.command.operations.records import Group, Operation
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.rules.checkins import LEVEL_STYLES, LEVEL_WORDS, Level
from desktop.rules.operation_law import load_operation_law
from desktop.rules.operations import STATE_STYLES, STATE_WORDS, State, next_step
from desktop.rules.plan_means import Known
from storage.schema import table

TABLES: Final = (
    *("operation", "operation_act", "operation_group", "checkin", "self_test"),
    *("person", "team"),
)
_operation = table("operation")
_row_id: Final = literal_column("operation.rowid", Integer)
# What is to be done first stands first.
_ORDER: Final = {
    state: n
    for n, state in enumerate(
        (
            State.RUNNING,
            State.FINISHED,
            State.SUBMITTED,
            State.RETURNED,
            State.APPROVED,
            State.DRAFT,
            State.REPORTED,
            State.CANCELLED,
        )
    )
}
_GRAVE: Final = {level: n for n, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class OperationFilter:
    """Which operations; empty restricts nothing."""

    states: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a form offers: people as (id, name, court's id), teams as (id, name), the court of
    each team, vehicles and equipment of the register."""

    people: tuple[tuple[str, str, str], ...]
    teams: tuple[tuple[str, str], ...]
    team_courts: tuple[tuple[str, str], ...]
    vehicles: tuple[Known, ...] = ()
    gear: tuple[Known, ...] = ()


def offered(connection: Connection, _args: None) -> Offered:
    """See Offered."""
    team = table("team").c
    courts = connection.execute(select(team.id, team.court_id))
    return Offered(
        staff(connection),
        teams(connection),
        tuple((row.id, row.court_id) for row in courts),
        vehicles(connection),
        gear(connection),
    )


def running_count(connection: Connection, _today: date) -> tuple[int, str]:
    """How many are under way; late where an alarm is held."""
    running = [one for one in operations(connection) if one.standing().state is State.RUNNING]
    keys = {one.id for one in running}
    groups = [one for one in watched(connection) if one.operation_id in keys]
    held = any(_level(one) is Level.ALARM for one in groups)
    return len(running), "overdue" if held else "normal" if running else ""


def _level(group: Group) -> Level:
    """As of the last thing that is known of it: a list has no clock of its own."""
    last = max((one.at for one in group.reports), default=None)
    if last is None:
        return Level.WAITING
    return group.watch(load_operation_law().on(last.date()), last).level


def snapshot(connection: Connection, args: SnapshotArgs[Dated[OperationFilter]]) -> Sequence[int]:
    """Ordered row numbers; what is under way first unless asked otherwise."""
    wanted = args.filter.filter
    numbers = _numbers(connection)
    found = []
    for one in operations(connection):
        state = one.standing().state
        if wanted.states and state.value not in wanted.states:
            continue
        words = f"{one.name} {one.place} {one.case_number} {one.commander} {one.team}"
        if wanted.text and wanted.text not in words:
            continue
        found.append((one, state))
    by: dict[str, Any] = {
        "name": lambda pair: pair[0].name,
        "place": lambda pair: pair[0].place,
        "commander": lambda pair: pair[0].commander,
        "team": lambda pair: pair[0].team,
        "starts_at": lambda pair: pair[0].starts_at,
        "state": lambda pair: _ORDER[pair[1]],
        "case_number": lambda pair: pair[0].case_number,
    }
    if args.sort in by:
        found.sort(key=by[args.sort], reverse=args.descending)
    else:
        found.sort(key=lambda pair: (_ORDER[pair[1]], _nearness(pair[0], pair[1]), pair[0].id))
    return [numbers[one.id] for one, _state in found]


def _nearness(one: Operation, state: State) -> float:
    """What is still to come: the next first; what is over: the last first."""
    seconds = one.starts_at.timestamp()
    return seconds if _ORDER[state] in range(2, 6) else -seconds


def _numbers(connection: Connection) -> dict[str, int]:
    rows = connection.execute(select(_row_id.label("n"), _operation.c.id))
    return {row.id: row.n for row in rows}


def rows(
    connection: Connection, ids: Sequence[int], _today: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids`, keyed as the columns of the list."""
    known = connection.execute(
        select(_row_id.label("n"), _operation.c.id).where(_row_id.in_(ids))
    ).all()
    numbers = {row.id: row.n for row in known}
    groups: dict[str, list[Group]] = {}
    for group in watched(connection):
        groups.setdefault(group.operation_id, []).append(group)
    return {
        numbers[one.id]: _row(connection, one, groups.get(one.id, []))
        for one in operations_in(connection, list(numbers))
    }


def _row(connection: Connection, one: Operation, groups: list[Group]) -> Mapping[str, object]:
    standing = one.standing()
    good = standing.state is State.APPROVED and tested(connection, one)
    step = next_step(standing, good) if one.whole else "内容与校验值不符，请重新填写后送审"
    return {
        "id": one.id,
        "case_id": one.case_id,
        "case_number": one.case_number or None,
        "state": (STATE_STYLES[standing.state], STATE_WORDS[standing.state]),
        "name": one.name,
        "next": step,
        "place": one.place,
        "starts_at": f"{one.starts_at:%m-%d %H:%M}",
        "commander": one.commander,
        "team": one.team,
        "groups": _groups_cell(groups) if standing.state is State.RUNNING else None,
    }


def _groups_cell(groups: list[Group]) -> tuple[str, str] | None:
    if not groups:
        return None
    worst = max((_level(one) for one in groups), key=lambda level: _GRAVE[level])
    return LEVEL_STYLES[worst], f"{len(groups)}组 {LEVEL_WORDS[worst]}"
