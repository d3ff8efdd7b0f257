"""Numbers for figures and plots; each carries the filter that lists what it counts.

Reader lanes; any thread. Every number is exact and is the length of its list: tests count both.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, Final, Literal

from sqlalchemy import Connection, case, exists, func, select, true

from desktop.contract.filters import NodeFilter
from desktop.contract.law import Law
from desktop.projection.activity import passive_cases
from desktop.projection.cases import (
    WORST_FIRST,
    CaseFilter,
    case_where,
    closing_in_time,
    worst_rank,
)
from desktop.projection.select import count_nodes, done_state_case, node_where, state_case
from storage.records.states import NodeState
from storage.schema import table
from storage.schema.local import clock_key, node_clock

By = Literal["court", "team", "handler", "node", "type_word", "state"]
_c = node_clock.c
_case = table("case")
WEEK: Final = 7
EXPIRY_DAYS: Final = 30
_RUNNING: Final = (NodeState.NORMAL.value, NodeState.DUE_SOON.value)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Nodes overdue at the end of `day`."""

    day: date
    count: int
    filter: NodeFilter


@dataclass(frozen=True, slots=True)
class GroupCount:
    """One cell of a grouping; `keys` are ids or codes in the order asked, "" for none."""

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    count: int
    filter: NodeFilter


@dataclass(frozen=True, slots=True)
class DueDay:
    """Running nodes due on `day`."""

    day: date
    count: int
    filter: NodeFilter


@dataclass(frozen=True, slots=True)
class WorkloadRow:
    """Open cases of one team or handler, each counted once under its worst open node.

    `closed`: cases closed per week, oldest first, the last week ending on the day asked.
    """

    key: str
    label: str
    court_label: str
    open: int
    overdue: int
    due_soon: int
    unknown: int
    paused: int
    normal: int
    overdue_nodes: int
    closed: tuple[int, ...]
    cases: CaseFilter

    def segment(self, state: str) -> CaseFilter:
        """The filter that lists exactly the cases of one segment."""
        return replace(self.cases, state=state)


def week_ends(weeks: int, today: date) -> list[date]:
    """`weeks` days, oldest first, seven apart, the last one being `today`."""
    assert weeks > 0, "a trend needs a week"
    return [today - timedelta(days=7 * back) for back in range(weeks - 1, -1, -1)]


def overdue_trend(
    connection: Connection, weeks: int, today: date, filter_: NodeFilter | None = None
) -> list[TrendPoint]:
    """Overdue nodes at each of `weeks` week-ends; states and days of the filter do not apply."""
    base = replace(filter_ or NodeFilter(), states=(), due_from=None, due_to=None, overdue_on=None)
    ends = week_ends(weeks, today)
    days = [day.isoformat() for day in ends]
    columns = (_c.started_on, _c.due_on, _c.done_on, _c.pause_from, _c.pause_to)
    where = (*node_where(base, today), _c.certain.is_(True))
    is_open = select(*columns).where(_c.done_on.is_(None), _c.due_on < days[-1], *where)
    was_late = select(*columns).where(_c.done_on > days[0], _c.done_on > _c.due_on, *where)
    steps = [0] * (len(days) + 1)
    for statement in (is_open, was_late):
        cursor = connection.execute(statement).cursor
        for row in cursor.fetchall() if cursor is not None else ():
            _mark(steps, days, row)
    counts = accumulate(steps)
    return [
        TrendPoint(
            date.fromisoformat(day), count, replace(base, overdue_on=date.fromisoformat(day))
        )
        for day, count in zip(days, counts, strict=False)
    ]


def _mark(steps: list[int], days: list[str], row: Sequence[Any]) -> None:
    """Adds one node: it is late from the day after it was due until the day before it was done."""
    started_on, due_on, done_on, pause_from, pause_to = row
    first = max(bisect_right(days, due_on), bisect_left(days, started_on))
    last = len(days) if done_on is None else bisect_left(days, done_on)
    if first >= last:
        return
    steps[first] += 1
    steps[last] -= 1
    if pause_from is not None and pause_from <= due_on:
        # It stands still on these days, so it was not late on them.
        stood = max(first, bisect_left(days, pause_from))
        until = last if pause_to is None else min(last, bisect_right(days, pause_to))
        if stood < until:
            steps[stood] -= 1
            steps[until] += 1


_PLACES: Final = {"court": _c.court_n, "team": _c.team_n, "handler": _c.handler_n}
_FILTER_PART: Final = {
    "court": "courts",
    "team": "teams",
    "handler": "handlers",
    "node": "nodes",
    "type_word": "type_words",
    "state": "states",
}


def group_counts(
    connection: Connection, today: date, by: Sequence[By], filter_: NodeFilter
) -> list[GroupCount]:
    """How many listed nodes fall into each combination of `by`, largest first."""
    # Two halves: each is answered from its own covering index.
    state = state_case(today)
    halves: list[tuple[Any, Any]] = [(true(), state)]
    if not filter_.states:
        halves = [(_c.done_on.is_(None), state), (_c.done_on.is_not(None), done_state_case())]
    found: Counter[tuple[Any, ...]] = Counter()
    for half, state_of_half in halves:
        columns = {
            **_PLACES,
            "node": _c.node_code,
            "type_word": _c.type_word,
            "state": state_of_half,
        }
        chosen = [columns[name] for name in by]
        statement = select(*chosen, func.count()).where(*node_where(filter_, today), half)
        for *key, count in connection.execute(statement.group_by(*chosen)):
            found[tuple(key)] += count
    places, nodes = _labels(connection)
    groups = []
    for raw, count in found.items():
        named = [_named(name, value, places, nodes) for name, value in zip(by, raw, strict=True)]
        parts: dict[str, Any] = {
            _FILTER_PART[name]: (key,) for name, (key, _label) in zip(by, named, strict=True) if key
        }
        groups.append(
            GroupCount(
                tuple(key for key, _label in named),
                tuple(label for _key, label in named),
                count,
                replace(filter_, **parts),
            )
        )
    return sorted(groups, key=lambda group: (-group.count, group.labels))


def _labels(connection: Connection) -> tuple[dict[int, tuple[str, str]], dict[str, str]]:
    places: dict[int, tuple[str, str]] = {}
    nodes: dict[str, str] = {}
    columns = (clock_key.c.n, clock_key.c.id, clock_key.c.kind, clock_key.c.label)
    for n, id_, kind, label in connection.execute(select(*columns)):
        if kind == "node":
            nodes[id_] = label
        else:
            places[n] = (id_, label)
    return places, nodes


def _named(
    by: By, value: Any, places: dict[int, tuple[str, str]], nodes: dict[str, str]
) -> tuple[str, str]:
    if value is None:
        return "", ""
    if by in _PLACES:
        return places[value]
    return (value, nodes.get(value, value)) if by == "node" else (value, value)


def due_next_days(
    connection: Connection, today: date, days: int = 14, filter_: NodeFilter | None = None
) -> list[DueDay]:
    """Running nodes (open, not paused, day certain) due on each of `days` days from `today` on."""
    last = today + timedelta(days=days - 1)
    base = replace(filter_ or NodeFilter(), states=_RUNNING, overdue_on=None)
    whole = replace(base, due_from=today, due_to=last)
    statement = select(_c.due_on, func.count()).where(*node_where(whole, today))
    found = connection.execute(statement.group_by(_c.due_on))
    counts: dict[str, int] = {row[0]: row[1] for row in found}
    result = []
    for ahead in range(days):
        day = today + timedelta(days=ahead)
        count = counts.get(day.isoformat(), 0)
        result.append(DueDay(day, count, replace(base, due_from=day, due_to=day)))
    return result


def workload(
    connection: Connection,
    today: date,
    filter_: NodeFilter | None = None,
    by: Literal["team", "handler"] = "team",
    weeks: int = 8,
) -> list[WorkloadRow]:
    """Open cases by worst node and closed cases by week, for each team or handler that has any.

    Of the filter only courts, teams, handlers and type words apply. Ordered by open cases.
    """
    asked = filter_ or NodeFilter()
    base = CaseFilter(asked.courts, asked.teams, asked.handlers, asked.type_words)
    column = _case.c.team_id if by == "team" else _case.c.handler_id
    segments: dict[str, list[int]] = defaultdict(lambda: [0] * (len(WORST_FIRST) + 1))
    rank = worst_rank(today)
    statement = select(column, rank, func.count()).where(
        _case.c.closed_on.is_(None), column.is_not(None), *case_where(base, today)
    )
    for key, place, count in connection.execute(statement.group_by(column, rank)):
        segments[key][place] += count
    closed = _closed_per_week(connection, column, base, today, weeks)
    late_filter = NodeFilter(
        base.courts, base.teams, base.handlers, base.type_words, states=(NodeState.OVERDUE.value,)
    )
    late = {
        group.keys[0]: group.count for group in group_counts(connection, today, (by,), late_filter)
    }
    labels = _places(connection, by)
    rows = []
    for key in segments.keys() | closed.keys():
        overdue, due_soon, unknown, paused, normal = segments[key]
        label, court_label = labels.get(key, ("", ""))
        own = replace(base, open=True)
        own = replace(own, teams=(key,)) if by == "team" else replace(own, handlers=(key,))
        counts = (sum(segments[key]), overdue, due_soon, unknown, paused, normal)
        weeks_closed = tuple(closed.get(key, [0] * weeks))
        rows.append(
            WorkloadRow(key, label, court_label, *counts, late.get(key, 0), weeks_closed, own)
        )
    return sorted(rows, key=lambda row: (-row.open, row.court_label, row.label))


def _closed_per_week(
    connection: Connection, column: Any, base: CaseFilter, today: date, weeks: int
) -> dict[str, list[int]]:
    first = today - timedelta(days=7 * weeks - 1)
    where = case_where(replace(base, open=False, closed_from=first, closed_to=today), today)
    statement = select(column, _case.c.closed_on, func.count()).where(column.is_not(None), *where)
    found: dict[str, list[int]] = defaultdict(lambda: [0] * weeks)
    for key, closed_on, count in connection.execute(statement.group_by(column, _case.c.closed_on)):
        week = (date.fromisoformat(closed_on) - first).days // 7
        found[key][week] += count
    return found


def _places(connection: Connection, by: Literal["team", "handler"]) -> dict[str, tuple[str, str]]:
    place, court = table("team" if by == "team" else "person"), table("court")
    statement = select(place.c.id, place.c.name, court.c.short_name).join(
        court, court.c.id == place.c.court_id
    )
    return {id_: (name, short) for id_, name, short in connection.execute(statement)}


def total(points: Iterable[TrendPoint | DueDay | GroupCount]) -> int:
    """The sum of counts."""
    return sum(point.count for point in points)


def overdue_count(connection: Connection, today: date) -> int:
    """Overdue nodes of the whole store, for the navigator."""
    return count_nodes(connection, NodeFilter(states=(NodeState.OVERDUE.value,)), today)


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline number. `change`: against seven days before; `detail`: a short Chinese line;
    `basis`: what exactly is counted; `filter` lists it (None: its own panel does)."""

    key: str
    title: str
    value: float
    unit: str
    numerator: int | None
    denominator: int | None
    change: float | None
    detail: str
    basis: str
    filter: NodeFilter | CaseFilter | None


def figures(connection: Connection, today: date, law: Law) -> tuple[Figure, ...]:
    """The five headline numbers of the city, in the order they are shown."""
    return (
        _overdue_figure(connection, today),
        _due_week_figure(connection, today),
        _passive_figure(connection, today, law),
        _expiry_figure(connection, today),
        _in_time_figure(connection, today),
    )


def _signed(change: float, digits: int = 0) -> str:
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"较上周 {sign}{abs(change):,.{digits}f}"


def _overdue_figure(connection: Connection, today: date) -> Figure:
    before, now = (point.count for point in overdue_trend(connection, 2, today))
    listed = NodeFilter(states=(NodeState.OVERDUE.value,))
    basis = "未完成、未暂停且已过应止日的节点；应止日当日仍算按期。"
    change = now - before
    detail = _signed(change)
    return Figure("overdue", "超期节点", now, "个", None, None, change, detail, basis, listed)


def _due_week_figure(connection: Connection, today: date) -> Figure:
    days = due_next_days(connection, today, WEEK)
    count = total(days)
    listed = replace(days[0].filter, due_to=days[-1].day)
    basis = "今日起七日（含今日）内到期的在办节点，不含已超期和暂停的。"
    detail = f"今日 {days[0].count:,}"
    return Figure("due_week", "七日内到期", count, "个", None, None, None, detail, basis, listed)


def _passive_figure(connection: Connection, today: date, law: Law) -> Figure:
    cases = passive_cases(connection, law, today)
    hit = len({case.activity.case.court_id for case in cases})
    running = select(func.count(func.distinct(_c.court_n))).where(_c.done_on.is_(None))
    courts = connection.execute(running).scalar_one()
    basis = "符合消极执行规则任一项的案件，逐项证据见消极执行清单。"
    detail = f"{courts} 家法院中 {hit} 家"
    return Figure("passive", "消极执行", len(cases), "件", None, None, None, detail, basis, None)


def _expiry_figure(connection: Connection, today: date) -> Figure:
    """Controls that end within thirty days and were neither lifted nor carried on."""
    measure, later = table("control_measure"), table("control_measure").alias("later")
    # A renewal lies in the same case, which is what the index knows.
    renewed = exists().where(
        later.c.case_id == measure.c.case_id, later.c.renewal_of == measure.c.id
    )
    last = today + timedelta(days=EXPIRY_DAYS)
    statement = (
        select(measure.c.expires_on, func.count())
        .where(
            measure.c.lifted_on.is_(None),
            measure.c.expires_on.between(today.isoformat(), last.isoformat()),
            ~renewed,
        )
        .group_by(measure.c.expires_on)
    )
    days = {row[0]: row[1] for row in connection.execute(statement)}
    count = sum(days.values())
    basis = f"今日起 {EXPIRY_DAYS} 日内届满、未解除且未续行的查封、扣押、冻结；届满日不顺延。"
    detail = f"今日 {days.get(today.isoformat(), 0):,}"
    key, title = "control_expiry", "查控三十日内到期"
    return Figure(key, title, count, "项", None, None, None, detail, basis, None)


def _in_time_figure(connection: Connection, today: date) -> Figure:
    """Share of this year's closings that came within the statutory period."""
    first = date(today.year, 1, 1)
    in_time, whole, before, whole_before = _closings(connection, first, today)
    value = 100 * in_time / whole if whole else 0.0
    change = value - 100 * before / whole_before if whole_before and whole else None
    listed = CaseFilter(open=False, closed_from=first, closed_to=today, in_time=True)
    basis = "本年结案中，在法定期限（含扣除与延长）内结案的件数与结案件数之比。"
    detail = f"{in_time:,} / {whole:,}"
    title = "法定期限内结案率"
    return Figure("in_time_rate", title, value, "%", in_time, whole, change, detail, basis, listed)


def _closings(connection: Connection, first: date, today: date) -> tuple[int, int, int, int]:
    """Closings from `first` on: in time and all, up to `today` and up to a week before."""
    base = case_where(CaseFilter(open=False, closed_from=first, closed_to=today), today)
    good, bad = closing_in_time(in_time=True), closing_in_time(in_time=False)
    judged = case((good, 1), (bad, 0))
    earlier = _case.c.closed_on <= (today - timedelta(days=WEEK)).isoformat()
    rows = select(judged.label("good"), earlier.label("earlier")).where(*base).subquery()
    sums = (func.sum(rows.c.good), func.count(rows.c.good))
    counts = [*connection.execute(select(*sums)).one()]
    counts += connection.execute(select(*sums).where(rows.c.earlier)).one()
    good_now, now, good_before, before = (int(count or 0) for count in counts)
    return good_now, now, good_before, before
