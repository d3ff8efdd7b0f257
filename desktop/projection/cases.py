"""Lists of cases by the state of their worst open node. Reader lanes; any thread.

A case has one state, so that the bars of a plot add up to the open cases: 超期 before 临期 before
未知 before 暂停 before 正常. A case without an open node counts as 正常.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
)

from desktop.contract.court_zone import court_today
from desktop.contract.filters import NodeFilter
from desktop.contract.paging import SnapshotArgs
from desktop.contract.params import as_params, day, flag, many
from desktop.projection.select import node_where, numbers, state_case
from storage.records.states import STYLE_KEY, NodeState
from storage.schema import table
from storage.schema.local import CLOSING_NODE, node_clock

WORST_FIRST: Final = (
    NodeState.OVERDUE.value,
    NodeState.DUE_SOON.value,
    NodeState.UNKNOWN.value,
    NodeState.PAUSED.value,
)
_STYLE: Final = {state.value: key for state, key in STYLE_KEY.items()}
_case = table("case")
_IN_MAX: Final = 500
NOBODY: Final = "nobody"
# A case has a text id; within one snapshot SQLite's own row number stands for it.
ROWID: Final[ColumnElement[int]] = literal_column('"case".rowid', Integer)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """All parts are joined by AND; days are inclusive. `state`: the worst open node's state,
    which only an open case has. `open_on`: filed by the end of that day and not closed by then.
    NOBODY among teams, handlers or close modes means cases without one. `text`: part of the case
    number."""

    courts: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    handlers: tuple[str, ...] = ()
    type_words: tuple[str, ...] = ()
    state: str | None = None
    open: bool | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    filed_from: date | None = None
    filed_to: date | None = None
    in_time: bool | None = None
    text: str = ""
    open_on: date | None = None
    close_modes: tuple[str, ...] = ()

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open; `cases` = "1" tells it from a node filter."""
        return {"cases": "1", **as_params(self)}

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "CaseFilter":
        """The filter that `to_params` wrote; unknown keys are ignored."""
        return cls(
            courts=many(params, "courts"),
            teams=many(params, "teams"),
            handlers=many(params, "handlers"),
            type_words=many(params, "type_words"),
            state=params.get("state") or None,
            open=flag(params, "open"),
            closed_from=day(params, "closed_from"),
            closed_to=day(params, "closed_to"),
            filed_from=day(params, "filed_from"),
            filed_to=day(params, "filed_to"),
            in_time=flag(params, "in_time"),
            text=params.get("text", ""),
            open_on=day(params, "open_on"),
            close_modes=many(params, "close_modes"),
        )


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """A case filter and the day it is asked for; travels as `SnapshotArgs.filter`."""

    filter: CaseFilter = field(default_factory=CaseFilter)
    today: date = field(default_factory=court_today)


def in_state(state: str, today: date) -> ColumnElement[bool]:
    """Cases with an open node in `state`."""
    where = node_where(NodeFilter(states=(state,)), today)
    found = select(node_clock.c.case_id).where(node_clock.c.done_on.is_(None), *where)
    return _case.c.id.in_(found)


def worst_is(state: str, today: date) -> ColumnElement[bool]:
    """Open cases whose worst open node is in `state`."""
    worse = WORST_FIRST[: WORST_FIRST.index(state)] if state in WORST_FIRST else WORST_FIRST
    own = in_state(state, today) if state in WORST_FIRST else true()
    return and_(_case.c.closed_on.is_(None), own, *(~in_state(other, today) for other in worse))


def worst_rank(today: date) -> ColumnElement[int]:
    """The place of a case's state in WORST_FIRST; its length means 正常."""
    ranks = [(in_state(state, today), rank) for rank, state in enumerate(WORST_FIRST)]
    return case(*ranks, else_=len(WORST_FIRST))


def case_where(filter_: CaseFilter, today: date) -> list[ColumnElement[bool]]:
    """The parts of a filter as conditions on `case`."""
    parts: list[ColumnElement[bool]] = []
    for column, values in (
        (_case.c.court_id, filter_.courts),
        (_case.c.team_id, filter_.teams),
        (_case.c.handler_id, filter_.handlers),
        (_case.c.type_word, filter_.type_words),
        (_case.c.close_mode, filter_.close_modes),
    ):
        if values:
            named = column.in_([value for value in values if value != NOBODY])
            parts.append(or_(named, column.is_(None)) if NOBODY in values else named)
    if filter_.open is not None:
        closed = _case.c.closed_on
        parts.append(closed.is_(None) if filter_.open else closed.is_not(None))
    for column, first, last in (
        (_case.c.closed_on, filter_.closed_from, filter_.closed_to),
        (_case.c.filed_on, filter_.filed_from, filter_.filed_to),
    ):
        if first is not None:
            parts.append(column >= first.isoformat())
        if last is not None:
            parts.append(column <= last.isoformat())
    if filter_.open_on is not None:
        day = filter_.open_on.isoformat()
        parts.append(_case.c.filed_on <= day)
        parts.append(or_(_case.c.closed_on.is_(None), _case.c.closed_on > day))
    if filter_.state is not None:
        parts.append(worst_is(filter_.state, today))
    if filter_.in_time is not None:
        parts.append(closing_in_time(filter_.in_time))
    if filter_.text:
        parts.append(_case.c.number.contains(filter_.text, autoescape=True))
    return parts


def closing_in_time(in_time: bool) -> ColumnElement[bool]:
    """Cases closed by (or after) the statutory day of their closing node. A case whose closing
    node has no certain day is in neither list."""
    when = "<=" if in_time else ">"
    # Left alone the planner reads the nodes of every case; the index holds the closing ones only.
    return literal_column(
        "exists (select 1 from node_clock indexed by ix_clock_closing"
        f' where case_id = "case".id and {CLOSING_NODE} and certain = 1 and done_on {when} due_on)',
        Boolean,
    )


def count_cases(connection: Connection, filter_: CaseFilter, today: date) -> int:
    """How many cases the filter lists."""
    statement = select(func.count()).select_from(_case).where(*case_where(filter_, today))
    return int(connection.execute(statement).scalar_one())


def case_ids(connection: Connection, args: "SnapshotArgs[CaseQuery]") -> "array[int]":
    """Ordered row numbers of the listed cases; usual order: oldest first. One snapshot only."""
    query = args.filter
    columns: dict[str, ColumnElement[Any]] = {
        "case_number": _case.c.number,
        "closed_on": _case.c.closed_on,
        "close_mode": _case.c.close_mode,
        "claim_fen": _case.c.claim_fen,
        "state": worst_rank(query.today),
    }
    column = columns.get(args.sort or "", _case.c.filed_on)
    direction = column.desc() if args.sort and args.descending else column.asc()
    statement: Select[Any] = select(ROWID.label("n")).select_from(_case)
    statement = statement.where(*case_where(query.filter, query.today))
    return numbers(connection, statement.order_by(direction.nulls_last(), ROWID))


def case_rows(
    connection: Connection, ids: Sequence[int], today: date
) -> dict[int, dict[str, object]]:
    """What a list shows of the cases `ids`, by row number; ids that are gone are left out."""
    court, team, person = (table(name) for name in ("court", "team", "person"))
    statement = (
        select(
            ROWID.label("n"),
            _case.c.id.label("case_id"),
            _case.c.number.label("case_number"),
            *(_case.c.type_word, _case.c.filed_on, _case.c.closed_on, _case.c.close_mode),
            *(_case.c.claim_fen, _case.c.executed_fen),
            court.c.short_name.label("court"),
            func.coalesce(team.c.name, "").label("team"),
            func.coalesce(person.c.name, "").label("handler"),
        )
        .select_from(_case)
        .join(court, court.c.id == _case.c.court_id)
        .outerjoin(team, team.c.id == _case.c.team_id)
        .outerjoin(person, person.c.id == _case.c.handler_id)
    )
    rows: dict[int, dict[str, object]] = {}
    for at in range(0, len(ids), _IN_MAX):
        part = list(ids[at : at + _IN_MAX])
        found = [
            dict(row) for row in connection.execute(statement.where(ROWID.in_(part))).mappings()
        ]
        nodes = _open_nodes(connection, [str(row["case_id"]) for row in found], today)
        for row in found:
            rows[int(row["n"])] = {
                **row,
                **_summary(row, nodes.get(str(row["case_id"]), []), today),
            }
    return rows


def _open_nodes(
    connection: Connection, case_ids_: list[str], today: date
) -> dict[str, list[tuple[str, str | None]]]:
    """(state, due day) of every open node, by case."""
    c = node_clock.c
    statement = select(c.case_id, state_case(today), c.due_on).where(
        c.case_id.in_(case_ids_), c.done_on.is_(None)
    )
    found: dict[str, list[tuple[str, str | None]]] = {}
    for case_id, state, due_on in connection.execute(statement):
        found.setdefault(case_id, []).append((state, due_on))
    return found


def _summary(
    row: Mapping[str, Any], nodes: list[tuple[str, str | None]], today: date
) -> dict[str, object]:
    states = {state for state, _due in nodes}
    worst = next((state for state in WORST_FIRST if state in states), NodeState.NORMAL.value)
    late = [due for state, due in nodes if state == NodeState.OVERDUE and due is not None]
    closed = row["closed_on"] is not None
    return {
        "state": "已结" if closed else worst,
        "state_key": "done" if closed else _STYLE[worst],
        "open_nodes": len(nodes),
        "overdue_nodes": len(late),
        "days": (today - date.fromisoformat(min(late))).days if late else 0,
    }
