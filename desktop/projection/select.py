"""The node list in SQL: states, filters, ordered ids and rows. Reader lanes; any thread.

The state of a node is decided here by the same table as `desktop.rules.clock.state_of`; a test
holds the two together. Filters use the shape of the partial indexes: an open node is one whose
`done_on` is null, which is exact because the projection keeps no act dated after its day.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)

from desktop.contract.court_zone import court_today
from desktop.contract.filters import NodeFilter
from desktop.contract.paging import SnapshotArgs
from storage.records.states import STYLE_KEY, NodeState
from storage.schema import table
from storage.schema.local import clock_key, node_clock

_c = node_clock.c
_CASE: Final = table("case").c
_MATCHES_MAX: Final = 500
_PIECE_CHARS: Final = 65_536  # nine thousand numbers: half a millisecond
_STYLE: Final = {state.value: key for state, key in STYLE_KEY.items()}
Where = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class NodeQuery:
    """A node filter and the day it is asked for; travels as `SnapshotArgs.filter`."""

    filter: NodeFilter = field(default_factory=NodeFilter)
    today: date = field(default_factory=court_today)


def paused_on(day: str) -> Where:
    """The clock stands on that day. Null, which counts as false, when it never stood."""
    return and_(_c.pause_from <= day, or_(_c.pause_to.is_(None), _c.pause_to >= day))


def not_paused_on(day: str) -> Where:
    """The exact opposite of `paused_on`, with nulls spelt out."""
    return or_(_c.pause_from.is_(None), _c.pause_from > day, _c.pause_to < day)


def state_case(today: date) -> ColumnElement[str]:
    """The state of a row on `today` as the value of NodeState; the first matching line wins."""
    day = today.isoformat()
    done = _c.done_on <= day
    certain = _c.certain.is_(True)
    return case(
        (and_(done, _c.done_on <= _c.due_on), literal(NodeState.DONE.value)),
        (and_(done, _c.certain.is_(False)), literal(NodeState.UNKNOWN.value)),
        (and_(done, _c.due_on.is_not(None)), literal(NodeState.DONE_LATE.value)),
        (done, literal(NodeState.DONE.value)),
        (
            and_(paused_on(day), certain, _c.due_on < _c.pause_from),
            literal(NodeState.OVERDUE.value),
        ),
        (paused_on(day), literal(NodeState.PAUSED.value)),
        (_c.certain.is_(False), literal(NodeState.UNKNOWN.value)),
        (_c.due_on < day, literal(NodeState.OVERDUE.value)),
        (_c.warn_on <= day, literal(NodeState.DUE_SOON.value)),
        else_=literal(NodeState.NORMAL.value),
    )


def done_state_case() -> ColumnElement[str]:
    """As `state_case`, for rows that are done: reads no column that only open rows need."""
    return case(
        (_c.done_on <= _c.due_on, literal(NodeState.DONE.value)),
        (_c.certain.is_(False), literal(NodeState.UNKNOWN.value)),
        (_c.due_on.is_not(None), literal(NodeState.DONE_LATE.value)),
        else_=literal(NodeState.DONE.value),
    )


def overdue_at(day: str, *, open_now: Where) -> Where:
    """Late on `day`; `open_now` says which nodes were still open then."""
    return and_(
        open_now,
        _c.certain.is_(True),
        _c.due_on < day,
        or_(not_paused_on(day), _c.due_on < _c.pause_from),
    )


def overdue_on(day: str) -> Where:
    """Late at the end of `day`, past days included: open ones still, and those done later."""
    later = and_(_c.done_on > day, _c.done_on > _c.due_on)
    return and_(
        _c.started_on <= day,
        or_(
            overdue_at(day, open_now=_c.done_on.is_(None)),
            overdue_at(day, open_now=later),
        ),
    )


def _state_where(state: str, day: str) -> Where:
    """Rows in one state, as ranges an index can walk."""
    is_open = _c.done_on.is_(None)
    is_done = _c.done_on.is_not(None)
    certain = _c.certain.is_(True)
    in_time = or_(_c.due_on.is_(None), _c.due_on >= day)
    if state == NodeState.OVERDUE:
        return overdue_at(day, open_now=is_open)
    if state == NodeState.DUE_SOON:
        return and_(is_open, certain, not_paused_on(day), _c.due_on >= day, _c.warn_on <= day)
    if state == NodeState.PAUSED:
        before_late = or_(_c.certain.is_(False), _c.due_on.is_(None), _c.due_on >= _c.pause_from)
        return and_(is_open, paused_on(day), before_late)
    if state == NodeState.NORMAL:
        calm = or_(_c.warn_on.is_(None), _c.warn_on > day)
        return and_(is_open, certain, not_paused_on(day), in_time, calm)
    if state == NodeState.UNKNOWN:
        late = or_(_c.due_on.is_(None), _c.done_on > _c.due_on)
        return or_(
            and_(is_open, not_paused_on(day), _c.certain.is_(False)),
            and_(is_done, _c.certain.is_(False), late),
        )
    if state == NodeState.DONE:
        free = and_(certain, _c.due_on.is_(None))
        return and_(is_done, or_(_c.done_on <= _c.due_on, free))
    assert state == NodeState.DONE_LATE, f"no such state: {state}"
    return and_(is_done, certain, _c.done_on > _c.due_on)


def _place(column: ColumnElement[int], ids: Sequence[str]) -> Where:
    return column.in_(select(clock_key.c.n).where(clock_key.c.id.in_(ids)))


def node_where(filter_: NodeFilter, today: date) -> list[Where]:
    """The parts of a filter as conditions on `node_clock`, to be joined by AND."""
    day = today.isoformat()
    parts: list[Where] = []
    places = ((_c.court_n, filter_.courts), (_c.team_n, filter_.teams))
    for column, ids in (*places, (_c.handler_n, filter_.handlers)):
        if ids:
            parts.append(_place(column, ids))
    if filter_.type_words:
        parts.append(_c.type_word.in_(filter_.type_words))
    if filter_.nodes:
        parts.append(_c.node_code.in_(filter_.nodes))
    if filter_.states:
        if all(state not in _DONE_STATES for state in filter_.states):
            # Said once more on the outside, so that the partial indexes are seen to apply.
            parts.append(_c.done_on.is_(None))
        parts.append(or_(*(_state_where(state, day) for state in filter_.states)))
    if filter_.due_from is not None:
        parts.append(_c.due_on >= filter_.due_from.isoformat())
    if filter_.due_to is not None:
        parts.append(_c.due_on <= filter_.due_to.isoformat())
    if filter_.overdue_on is not None:
        parts.append(overdue_on(filter_.overdue_on.isoformat()))
    if filter_.case_id is not None:
        parts.append(_c.case_id == filter_.case_id)
    if filter_.text:
        parts.append(_text_where(filter_.text))
    return parts


_DONE_STATES: Final = (NodeState.DONE.value, NodeState.DONE_LATE.value, NodeState.UNKNOWN.value)


def _text_where(text: str) -> Where:
    """Few cases match: ask for their nodes by case. Many: read the numbers as they pass by."""
    pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return _c.case_id.in_(select(_CASE.id).where(_CASE.number.like(pattern, escape="\\")))


def count_nodes(connection: Connection, filter_: NodeFilter, today: date) -> int:
    """How many nodes the filter lists."""
    statement = select(func.count()).select_from(node_clock).where(*node_where(filter_, today))
    return int(connection.execute(statement).scalar_one())


def numbers(connection: Connection, statement: Select[Any]) -> "array[int]":
    """The first column as integers, in the statement's order, without an object per row.

    SQLite joins them into one text, which numpy reads: half the time of fetching rows. SQLite
    keeps the order of a subquery under `group_concat`; a test holds it to that.
    """
    rows = statement.subquery("ordered")
    joined = connection.execute(select(func.group_concat(rows.c[0]))).scalar_one()
    return array("q") if joined is None else _parsed(str(joined))


def _parsed(joined: str) -> "array[int]":
    """The numbers of a text with commas.

    A short text is read without numpy, whose import would double the wait for the first list of
    the day. A long one is read in pieces: numpy keeps the interpreter for the whole of a call,
    and the window must get its turn in between.
    """
    if len(joined) <= _PIECE_CHARS:
        return array("q", map(int, joined.split(",")))
    import numpy as np  # noqa: PLC0415

    found: array[int] = array("q")
    at = 0
    while at < len(joined):
        end = joined.find(",", at + _PIECE_CHARS)
        end = len(joined) if end < 0 else end
        found.frombytes(np.fromstring(joined[at:end], dtype=np.int64, sep=",").tobytes())
        at = end + 1
    return found


def _ordered(statement: Select[Any], sort: str | None, descending: bool, day: str) -> Select[Any]:
    label = {"court": _c.court_n, "team": _c.team_n, "handler": _c.handler_n}.get(sort or "")
    if label is not None:
        key = clock_key.alias("sort_key")
        statement = statement.outerjoin(key, key.c.n == label)
        column: ColumnElement[Any] = key.c.label
    else:
        column = {
            "case_number": _c.case_number,
            "node": _c.node_code,
            "started_on": _c.started_on,
            "warn_on": _c.warn_on,
            "done_on": _c.done_on,
            "type_word": _c.type_word,
            "subject": _c.subject,
            "state": _state_rank(day),
        }.get(sort or "", _c.due_on)
    if sort in ("days", None):
        # Most days late first means earliest due day first.
        descending = not descending if sort == "days" else descending
    direction = (column.desc() if descending else column.asc()).nulls_last()
    if column is _c.due_on:
        # Rows of one day come in the order of the index; naming another key would sort them all.
        return statement.order_by(direction)
    return statement.order_by(direction, _c.n)


def _state_rank(day: str) -> ColumnElement[int]:
    order = ("超期", "临期", "未知", "暂停", "正常", "逾期完成", "按期完成")
    ranks = {state: rank for rank, state in enumerate(order)}
    return case(ranks, value=state_case(date.fromisoformat(day)), else_=len(order))


def node_ids(connection: Connection, args: "SnapshotArgs[NodeQuery]") -> "array[int]":
    """Ordered numbers of the listed nodes; usual order: longest overdue first, no date last."""
    asked = args.filter
    query = asked if isinstance(asked, NodeQuery) else NodeQuery(asked)
    statement = select(_c.n).select_from(node_clock).where(*node_where(query.filter, query.today))
    descending = args.descending if args.sort is not None else False
    return numbers(connection, _ordered(statement, args.sort, descending, query.today.isoformat()))


def node_rows(
    connection: Connection, ids: Sequence[int], today: date | None = None
) -> dict[int, dict[str, object]]:
    """What a list shows of the nodes `ids`, by number; ids that are gone are left out."""
    day = today or court_today()
    court, team, handler, node = (
        clock_key.alias(name) for name in ("court", "team", "who", "node")
    )
    statement = (
        select(
            *(_c.n, _c.case_id, _c.case_number, _c.node_code, _c.subject, _c.type_word),
            *(_c.started_on, _c.due_on, _c.due_at, _c.warn_on, _c.done_on, _c.certain),
            *(_c.pause_from, _c.pause_to),
            func.coalesce(node.c.label, _c.node_code).label("node"),
            court.c.label.label("court"),
            court.c.id.label("court_id"),
            team.c.label.label("team"),
            team.c.id.label("team_id"),
            handler.c.label.label("handler"),
            handler.c.id.label("handler_id"),
            state_case(day).label("state"),
        )
        .select_from(node_clock)
        .outerjoin(court, court.c.n == _c.court_n)
        .outerjoin(team, team.c.n == _c.team_n)
        .outerjoin(handler, handler.c.n == _c.handler_n)
        .outerjoin(node, node.c.id == _c.node_code)
    )
    rows: dict[int, dict[str, object]] = {}
    for at in range(0, len(ids), _MATCHES_MAX):
        part = list(ids[at : at + _MATCHES_MAX])
        for found in connection.execute(statement.where(_c.n.in_(part))).mappings():
            rows[found["n"]] = _shown(found, day)
    return rows


def _shown(found: Mapping[Any, Any], day: date) -> dict[str, object]:
    row: dict[str, object] = dict(found)
    state = found["state"]
    row["state_key"] = _STYLE[state]
    row["days"] = days_late(state, found["due_on"], found["done_on"], day)
    row["team"] = found["team"] or ""
    row["handler"] = found["handler"] or ""
    return row


def days_late(state: str, due_on: str | None, done_on: str | None, day: date) -> int:
    """Days past the due day, for a node that is or was late; else 0."""
    if due_on is None:
        return 0
    if state == NodeState.OVERDUE:
        return (day - date.fromisoformat(due_on)).days
    if state == NodeState.DONE_LATE and done_on is not None:
        return (date.fromisoformat(done_on) - date.fromisoformat(due_on)).days
    return 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a filter box; `parent` is the court of a team, the team of a handler."""

    id: str
    label: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything the filter boxes offer: only what some node has."""

    courts: tuple[Choice, ...]
    teams: tuple[Choice, ...]
    handlers: tuple[Choice, ...]
    nodes: tuple[Choice, ...]
    type_words: tuple[Choice, ...]


_TEAMS: Final = "select id, name, court_id from team order by number"
_COURTS: Final = "select id, short_name, coalesce(superior_id, '') from court order by code"
_HANDLERS: Final = (
    "select person.id, person.name, coalesce(max(membership.team_id), '') from person"
    " left join membership on membership.person_id = person.id and membership.to_on is null"
    " group by person.id order by person.court_id, person.name"
)
_SEEN: Final = (
    "select distinct court_n, team_n, handler_n, type_word from node_clock indexed by ix_clock_all"
)


def choices(connection: Connection) -> Choices:
    """Courts, teams, handlers, node codes and type words to choose from."""
    combinations = connection.exec_driver_sql(_SEEN).fetchall()
    seen = {n for row in combinations for n in row[:3] if n is not None}
    keys = connection.exec_driver_sql("select n, id from clock_key where kind <> 'node'")
    used = {id_ for n, id_ in keys if n in seen}

    def read(sql: str) -> tuple[Choice, ...]:
        found = connection.exec_driver_sql(sql)
        return tuple(Choice(*map(str, row)) for row in found if row[0] in used)

    nodes = connection.exec_driver_sql(
        "select id, label from clock_key where kind = 'node' order by n"
    )
    words = sorted({row[3] for row in combinations})
    return Choices(
        read(_COURTS),
        read(_TEAMS),
        read(_HANDLERS),
        tuple(Choice(str(code), str(label)) for code, label in nodes),
        tuple(Choice(word, word) for word in words),
    )
