"""Reads the workload plot and the case list behind its bars. Reader lanes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from sqlalchemy import Connection

from desktop.contract.filters import NodeFilter
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.projection import cases, figures, places
from desktop.projection.cases import CaseFilter
from desktop.rules.short_names import short_place
from storage.records.states import NodeState

BARS_MAX: Final = 12
REST: Final = "其余"
WEEKS: Final = 8
STATES: Final = (
    NodeState.NORMAL,
    NodeState.DUE_SOON,
    NodeState.OVERDUE,
    NodeState.PAUSED,
    NodeState.UNKNOWN,
)
By = Literal["team", "handler"]


@dataclass(frozen=True, slots=True)
class LoadArgs:
    """`court`: None for all courts."""

    today: date
    by: By
    court: str | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One team or handler (or all the rest): open cases by worst open node, and their lists.

    `counts` follows STATES; `lists` gives each segment's list, `whole` that of the bar.
    """

    label: str
    open: int
    counts: tuple[int, ...]
    lists: tuple[CaseFilter, ...]
    whole: CaseFilter

    @property
    def overdue(self) -> int:
        """Open cases with an overdue node."""
        return self.counts[STATES.index(NodeState.OVERDUE)]


@dataclass(frozen=True, slots=True)
class Week:
    """Cases closed in the seven days up to `to_on`, and their list."""

    from_on: date
    to_on: date
    closed: int
    cases: CaseFilter


@dataclass(frozen=True, slots=True)
class LoadData:
    """What both pictures of the panel show."""

    bars: tuple[Bar, ...]
    weeks: tuple[Week, ...]


def _counts(row: figures.WorkloadRow) -> tuple[int, ...]:
    return (row.normal, row.due_soon, row.overdue, row.paused, row.unknown)


def _bar(row: figures.WorkloadRow, *, with_court: bool) -> Bar:
    label = short_place(row.label)
    if with_court and row.court_label:
        label = f"{row.court_label}{label}"
    lists = tuple(row.segment(state) for state in STATES)
    return Bar(label, row.open, _counts(row), lists, row.cases)


def _rest(rows: Sequence[figures.WorkloadRow], by: By) -> Bar:
    """All further teams or handlers as one bar, whose list names every one of them."""
    keys = tuple(row.key for row in rows)
    if by == "team":
        whole = replace(rows[0].cases, teams=keys)
    else:
        whole = replace(rows[0].cases, handlers=keys)
    counts = tuple(map(sum, zip(*(_counts(row) for row in rows), strict=True)))
    lists = tuple(replace(whole, state=state.value) for state in STATES)
    return Bar(REST, sum(row.open for row in rows), counts, lists, whole)


def load(connection: Connection, args: LoadArgs) -> LoadData:
    """Few teams in their own order; many, or handlers, the heaviest first and the rest summed."""
    filter_ = NodeFilter(courts=(args.court,) if args.court else ())
    found = figures.workload(connection, args.today, filter_, by=args.by, weeks=1)
    busy = [row for row in found if row.open]
    if args.by == "team" and len(busy) <= BARS_MAX:
        order = {team.id: place for place, team in enumerate(places.teams(connection))}
        busy.sort(key=lambda row: order.get(row.key, len(order)))
    shown = busy if len(busy) <= BARS_MAX else busy[: BARS_MAX - 1]
    bars = [_bar(row, with_court=args.court is None and args.by == "team") for row in shown]
    if len(busy) > len(shown):
        bars.append(_rest(busy[len(shown) :], args.by))
    return LoadData(tuple(bars), _weeks(connection, args))


def _weeks(connection: Connection, args: LoadArgs) -> tuple[Week, ...]:
    """Counted by the very filter that lists them, so cases without a team are in both."""
    weeks: list[Week] = []
    for to_on in figures.week_ends(WEEKS, args.today):
        from_on = to_on - timedelta(days=6)
        listed = CaseFilter(
            courts=(args.court,) if args.court else (), closed_from=from_on, closed_to=to_on
        )
        count = cases.count_cases(connection, listed, args.today)
        weeks.append(Week(from_on, to_on, count, listed))
    return tuple(weeks)


@dataclass(frozen=True, slots=True)
class Courts:
    """Courts to choose from as (id, name), and one's own."""

    courts: tuple[tuple[str, str], ...]
    own: str | None


def courts(connection: Connection, person_id: str | None) -> Courts:
    """What the court box offers."""
    offered = tuple((court.id, court.label) for court in places.courts(connection))
    return Courts(offered, places.own_court(connection, person_id))


def snapshot(connection: Connection, args: SnapshotArgs[Dated[CaseFilter]]) -> Sequence[int]:
    """Ordered row numbers of the cases a bar counts."""
    query = cases.CaseQuery(args.filter.filter, args.filter.today)
    return cases.case_ids(connection, SnapshotArgs(query, args.sort, args.descending))


def rows(
    connection: Connection, ids: Sequence[int], today: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of those rows."""
    found = cases.case_rows(connection, ids, today)
    return {
        number: {**row, "state": (row["state_key"], row["state"])} for number, row in found.items()
    }
