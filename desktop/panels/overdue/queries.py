"""Reads the trend and the heat map of overdue nodes. Reader lanes."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from sqlalchemy import Connection

from desktop.contract.filters import NodeFilter
from desktop.panels.overdue.rules import ROWS_SHOWN, HeatTable, heat_table
from desktop.projection import figures, places
from storage.records.states import NodeState

WEEKS: Final = 26
_OVERDUE: Final = (NodeState.OVERDUE.value,)
Across = Literal["team", "court"]


@dataclass(frozen=True, slots=True)
class Courts:
    """Courts to choose from as (id, short name), and one's own."""

    courts: tuple[tuple[str, str], ...]
    own: str | None


def courts(connection: Connection, person_id: str | None) -> Courts:
    """What the court box offers."""
    offered = tuple((court.id, court.label) for court in places.courts(connection))
    return Courts(offered, places.own_court(connection, person_id))


@dataclass(frozen=True, slots=True)
class TrendArgs:
    """`court`: the court drawn beside the city; None for the city alone."""

    today: date
    court: str | None


@dataclass(frozen=True, slots=True)
class Trend:
    """Overdue nodes at each week's end, the last one today, with the list of every point.

    `rise`: the node that grew most within the last week.
    """

    days: tuple[date, ...]
    city: tuple[int, ...]
    city_lists: tuple[NodeFilter, ...]
    court: tuple[int, ...]
    court_lists: tuple[NodeFilter, ...]
    rise: tuple[str, int] | None


def trend(connection: Connection, args: TrendArgs) -> Trend:
    """Both lines and the node that drove the last step."""
    city = figures.overdue_trend(connection, WEEKS, args.today, NodeFilter())
    own = (
        figures.overdue_trend(connection, WEEKS, args.today, NodeFilter(courts=(args.court,)))
        if args.court
        else []
    )
    return Trend(
        tuple(point.day for point in city),
        tuple(point.count for point in city),
        tuple(point.filter for point in city),
        tuple(point.count for point in own),
        tuple(point.filter for point in own),
        _rise(connection, args.today),
    )


def _by_node(connection: Connection, today: date, on: date) -> dict[str, tuple[str, int]]:
    counted = figures.group_counts(connection, today, ("node",), NodeFilter(overdue_on=on))
    return {group.keys[0]: (group.labels[0], group.count) for group in counted}


def _rise(connection: Connection, today: date) -> tuple[str, int] | None:
    before = _by_node(connection, today, today - timedelta(days=7))
    now = _by_node(connection, today, today)
    steps = [(count - before.get(code, ("", 0))[1], label) for code, (label, count) in now.items()]
    step, label = max(steps, default=(0, ""))
    return (label, step) if step > 0 else None


@dataclass(frozen=True, slots=True)
class HeatArgs:
    """`court`: None for all courts; only with across="team". `rows`: nodes shown by name."""

    today: date
    across: Across
    court: str | None
    rows: int = ROWS_SHOWN


@dataclass(frozen=True, slots=True)
class Heat:
    """The map and the filter all of it obeys."""

    table: HeatTable
    across: Across
    filter: NodeFilter

    def cell(self, row: int, column: int) -> NodeFilter:
        """The list that makes one cell."""
        column_id = self.table.column_ids[column]
        return NodeFilter(
            courts=(column_id,) if self.across == "court" else self.filter.courts,
            teams=(column_id,) if self.across == "team" else (),
            nodes=self.table.row_codes[row],
            states=_OVERDUE,
        )


def heat(connection: Connection, args: HeatArgs) -> Heat:
    """Overdue nodes by node and team (or court); nodes beyond the worst eight in one row."""
    filter_ = NodeFilter(courts=(args.court,) if args.court else (), states=_OVERDUE)
    counted = figures.group_counts(connection, args.today, ("node", args.across), filter_)
    counts = {(group.keys[0], group.keys[1]): group.count for group in counted}
    labels = {group.keys[0]: group.labels[0] for group in counted}
    offered = places.teams(connection) if args.across == "team" else places.courts(connection)
    used = {column for _, column in counts}
    wanted = [
        (place.id, place.label)
        for place in offered
        if place.id in used or (args.across == "team" and place.court_id == args.court)
    ]
    known = {place for place, _ in wanted}
    # A court without a team, a team of a kind that handles none: it has nodes all the same.
    names = {group.keys[1]: group.labels[1] for group in counted}
    wanted.extend((column, names[column] or "未分案") for column in sorted(used - known))
    table = heat_table(counts, labels, wanted, rows_shown=args.rows)
    return Heat(table, args.across, filter_)
