"""What the panel of orders reads. Runs on reader lanes; gives frozen rows.

Rows of the list are found by SQLite's `rowid`, which is stable within one snapshot and no longer.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, literal_column, or_, select

from desktop.command.orders.due import due_words
from desktop.command.orders.presence import missing
from desktop.command.orders.reading import (
    Me,
    Order,
    me,
    names,
    not_closed,
    orders,
    orders_where,
    since,
)
from desktop.command.orders.rungs import addressees
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.contract.params import Params, flag, many
from desktop.panels.remote_command.form_queries import members
from desktop.panels.remote_command.words import clock_look, state_look
from desktop.rules.command_law import OrderRung, load_command_law
from desktop.rules.field_orders import (
    CLOSED,
    UNANSWERED,
    OrderState,
    receivers_next,
    rungs_due,
)
from storage.schema import table

TABLES: Final = (
    *("field_order", "field_order_act", "membership", "team", "person", "roster", "roster_act"),
    *("absence", "delegation"),
)
DAYS: Final = (1, 3, 30, 366)
_DAYS_USUAL: Final = 3
_ROWID: Final[ColumnElement[int]] = literal_column("field_order.rowid")


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders: states, waiting for me, given by me, of one case, operation or team, those that
    are open however old they are and the others of the last `days`. `now` and `offline` are the
    moment the list is read at."""

    states: tuple[str, ...] = ()
    waiting: bool = False
    mine: bool = False
    text: str = ""
    days: int = _DAYS_USUAL
    case_id: str | None = None
    operation_id: str | None = None
    team_id: str | None = None
    person_id: str | None = None
    now: datetime | None = None
    offline: bool = False

    @classmethod
    def from_params(cls, params: Params) -> "OrderFilter":
        """What `context.open` says; unknown words restrict nothing."""
        known = {item.name for item in fields(cls)}
        named = {
            key: params[key]
            for key in ("case_id", "operation_id", "team_id", "text")
            if key in known and params.get(key)
        }
        return cls(
            states=many(params, "states"),
            waiting=bool(flag(params, "waiting")),
            mine=bool(flag(params, "mine")),
            **named,  # type: ignore[arg-type]
        )


def waiting_count(connection: Connection, today: date, person_id: str | None) -> tuple[int, str]:
    """How many orders wait for this person (for the navigator): to answer, to carry out, or, of
    those he gave, refused or past a rung."""
    now = datetime.combine(today, datetime.now(COURT_ZONE).time(), COURT_ZONE)
    mine, ladder = me(connection, person_id, today), _ladder(today)
    found = [one for one in orders_where(connection, not_closed()) if one.standing.open]
    waiting = [one for one in found if _waits(one, mine, ladder, now)]
    urgent = any(
        one.standing.state in UNANSWERED or one.standing.state is OrderState.REFUSED
        for one in waiting
    )
    return len(waiting), "overdue" if urgent else ("due_soon" if waiting else "")


def _ladder(day: date) -> tuple[OrderRung, ...]:
    return load_command_law().ladder(day)


def _waits(one: Order, mine: Me, ladder: Sequence[OrderRung], now: datetime) -> bool:
    state = one.standing.state
    if mine.receives(one) and state is not OrderState.REFUSED:
        return one.standing.open
    return mine.issued(one) and (
        state is OrderState.REFUSED or bool(rungs_due(one.standing, ladder, now))
    )


# The list


def snapshot(connection: Connection, args: SnapshotArgs[Dated[OrderFilter]]) -> Sequence[int]:
    """Row numbers of all orders of the filter; what presses most first by default."""
    wanted, today = args.filter.filter, args.filter.today
    now = wanted.now or datetime.combine(today, time.max, COURT_ZONE)
    mine, ladder = me(connection, wanted.person_id, today), _ladder(today)
    found = [
        one
        for one in orders_where(connection, *_where(wanted, now))
        if (not wanted.states or one.standing.state.value in wanted.states)
        and (not wanted.waiting or _waits(one, mine, ladder, now))
        # Whoever is to carry it out hears of an order when it is given, not before.
        and (
            one.standing.state is not OrderState.DRAFT or mine.issued(one) or not mine.receives(one)
        )
    ]
    # Two stable sorts: by time first, then by what was asked for.
    found.sort(key=lambda one: one.made_at, reverse=True)
    key = _SORTS.get(args.sort or "")
    if key is None:
        found.sort(key=lambda one: _pressing(one, ladder, now))
    else:
        found.sort(key=key, reverse=args.descending)
    order = table("field_order").c
    placed = connection.execute(
        select(order.id, _ROWID).where(order.id.in_([one.id for one in found]))
    )
    rowids: dict[str, int] = {row[0]: row[1] for row in placed}
    return array("q", (rowids[one.id] for one in found))


def _where(wanted: OrderFilter, now: datetime) -> list[ColumnElement[bool]]:
    order = table("field_order").c
    parts: list[ColumnElement[bool]] = [or_(order.made_at >= since(now, wanted.days), not_closed())]
    for name in ("case_id", "operation_id", "team_id"):
        if getattr(wanted, name):
            parts.append(order[name] == getattr(wanted, name))
    if wanted.mine:
        parts.append(order.issuer_id == wanted.person_id)
    if wanted.text:
        words = (order.title, order.body, order.place, order.case_number)
        parts.append(or_(*(one.contains(wanted.text, autoescape=True) for one in words)))
    return parts


def _pressing(one: Order, ladder: Sequence[OrderRung], now: datetime) -> tuple[int, int]:
    """Refused or unanswered past a rung, then unanswered, late, under way, drafts, and closed."""
    state = one.standing.state
    if state is OrderState.REFUSED:
        return (0, 0)
    if due := rungs_due(one.standing, ladder, now):
        return (0, -len(due))
    if state in UNANSWERED:
        return (1, 0)
    if state in CLOSED:
        return (5, 0)
    if state is OrderState.DRAFT:
        return (4, 0)
    return (2 if one.late(now) else 3, 0)


_FAR: Final = datetime.max.replace(tzinfo=COURT_ZONE)
_STATES: Final = list(OrderState)
_SORTS: Final[dict[str, Callable[[Order], Any]]] = {
    "state": lambda one: _STATES.index(one.standing.state),
    "title": lambda one: one.title,
    "whom": lambda one: one.whom,
    "place": lambda one: one.place,
    "due": lambda one: one.due_at or _FAR,
    "since": lambda one: one.standing.made_by.at if one.standing.made_by else one.made_at,
    "issuer": lambda one: one.issuer,
    "case_number": lambda one: one.case_number,
    "made": lambda one: one.made_at,
}


def rows(
    connection: Connection, ids: Sequence[int], wanted: OrderFilter, today: date
) -> dict[int, dict[str, object]]:
    """List rows by row number."""
    now = wanted.now or datetime.combine(today, time.max, COURT_ZONE)
    order = table("field_order").c
    placed = connection.execute(select(order.id, _ROWID).where(_ROWID.in_(list(ids))))
    keys: dict[str, int] = {row[0]: row[1] for row in placed}
    found = orders(connection, list(keys))
    people = names(connection, (act.person_id for one in found.values() for act in one.acts))
    mine, ladder = me(connection, wanted.person_id, today), _ladder(today)
    return {
        keys[key]: _row(one, people, mine, ladder, now, offline=wanted.offline)
        for key, one in found.items()
    }


def _row(
    one: Order,
    people: dict[str, str],
    mine: Me,
    ladder: Sequence[OrderRung],
    now: datetime,
    *,
    offline: bool,
) -> dict[str, object]:
    standing = one.standing
    by = standing.made_by
    told = len(rungs_due(standing, ladder, now)) or len(standing.rungs)
    next_acts = receivers_next(standing.state) if mine.receives(one) else ()
    return {
        "id": one.id,
        "state": state_look(one, ladder, now, offline=offline),
        "title": one.title,
        "body": one.body,
        "whom": one.whom,
        "place": one.place,
        "due": clock_look(one, now),
        "due_at": due_words(one.due_at, now) if one.due_at else "",
        "since": _at(by.at if by else one.made_at, now)
        + " "
        + (people.get(by.person_id, "") if by else one.issuer),
        "case_id": one.case_id,
        "case_number": one.case_number,
        "issuer": one.issuer,
        "rungs": f"{told}/{len(ladder)}" if told else "",
        "next": next_acts[0] if next_acts else "",
        "is_draft": standing.state is OrderState.DRAFT and mine.issued(one),
    }


def _at(at: datetime, now: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.date() == now.date() else f"{at:%m-%d %H:%M}"


# The page of one order


@dataclass(frozen=True, slots=True)
class PageArgs:
    """One order, as this person sees it now."""

    order_id: str
    person_id: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """An order with names and what its reader is to it. `told`: by rung, whom it would be told to
    now; `members`: how many devices should have it, by the teams of today; `missing`: why whoever
    it is for will hardly answer; `held_by`: who has its case now, where that is another team."""

    order: Order
    people: dict[str, str]
    mine: Me
    ladder: tuple[OrderRung, ...]
    told: Mapping[int, str]
    members: int
    operation: str
    missing: str = ""
    held_by: str = ""


def page(connection: Connection, args: PageArgs) -> Page | None:
    """The page; None when the order is gone."""
    found = orders(connection, [args.order_id]).get(args.order_id)
    if found is None:
        return None
    today = args.now.date()
    operation = table("operation").c
    named = connection.execute(
        select(operation.name).where(operation.id == found.operation_id)
    ).scalar()
    return Page(
        order=found,
        people=names(connection, (act.person_id for act in found.acts)),
        mine=me(connection, args.person_id, today),
        ladder=_ladder(today),
        told=_told(connection, found, args.now) if found.standing.open else {},
        members=1 if found.person_id else len(members(connection, found.team_id, today)),
        operation=named or "",
        missing=_missing(connection, found, args.now),
        held_by=_held_by(connection, found),
    )


def _told(connection: Connection, one: Order, now: datetime) -> dict[int, str]:
    ladder = _ladder(now.date())
    people = {rung.n: addressees(connection, one.court_id, rung, now) for rung in ladder}
    return {n: "、".join(who.words for who in found) for n, found in people.items()}


def _missing(connection: Connection, one: Order, now: datetime) -> str:
    if one.person_id is None or not one.standing.open:
        return ""
    return missing(connection, [one.person_id], now).get(one.person_id, "")


def _held_by(connection: Connection, one: Order) -> str:
    """Team and handler of the order's case, where the case went to another team meanwhile."""
    case, team, person = table("case"), table("team"), table("person")
    source = case.outerjoin(team, team.c.id == case.c.team_id)
    row = connection.execute(
        select(case.c.team_id, team.c.name.label("team"), person.c.name.label("handler"))
        .select_from(source.outerjoin(person, person.c.id == case.c.handler_id))
        .where(case.c.id == one.case_id)
    ).first()
    if row is None or row.team_id is None or row.team_id == one.team_id:
        return ""
    return " ".join(part for part in (row.team, row.handler) if part)


def at_moment(wanted: OrderFilter, now: datetime, *, offline: bool) -> OrderFilter:
    """The same list at another moment."""
    return replace(wanted, now=now, offline=offline)
