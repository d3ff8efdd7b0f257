"""How petitions stand on a day: the clock that presses most, for all of a filter at once.

Dates are derived from facts as for one petition, by two reads whatever the number of rows. Runs on
reader lanes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, literal_column, select

from desktop.contract.courtesy import breathe
from desktop.contract.law import Law, load_law
from desktop.projection.local_days import local_days
from desktop.projection.places import own_court
from desktop.rules.calendar import Calendars, LocalDay
from desktop.rules.catalogue import NodeRule
from desktop.rules.clock import ClockTable
from desktop.rules.petition_clocks import (
    CODES,
    PetitionClock,
    PetitionDays,
    nearest,
    petition_clocks,
)
from storage.records.states import NodeState
from storage.schema import table

ROWID: Final[ColumnElement[int]] = literal_column("petition.rowid")
# As lists show them: what burns stands first. Closed ones come last.
PRESSING: Final = (
    NodeState.OVERDUE,
    NodeState.UNKNOWN,
    NodeState.DUE_SOON,
    NodeState.NORMAL,
    NodeState.DONE_LATE,
    NodeState.DONE,
)
_BREATH: Final = 20  # petitions judged in less than two milliseconds
_LATE: Final = (NodeState.DONE_LATE, NodeState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What clocks are measured with: rules and calendars in force, and the `seat` of the command
    centre, the court whose own matters need no sorting."""

    rules: tuple[NodeRule, ...]
    calendars: Calendars
    memo: ClockTable
    seat: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One petition on one day. `clock` presses most; none while no rule counts, which is unknown
    and never green, and once it is closed."""

    row: int
    petition_id: str
    court_id: str
    state: NodeState
    clock: PetitionClock | None

    @property
    def order(self) -> tuple[int, str]:
        """What presses most comes first."""
        due = self.clock.due_on if self.clock is not None else None
        return PRESSING.index(self.state), (due or date.max).isoformat()


def yardstick(connection: Connection, law: Law) -> Yardstick:
    """The measures of this store under `law`."""
    rules = petition_rules(law)
    seat = own_court(connection, None) or ""
    return Yardstick(rules, law.calendars, law.tables[law.catalogues[0].name], seat)


def petition_rules(law: Law) -> tuple[NodeRule, ...]:
    """The rules that petitions are counted by."""
    return tuple(rule for code in CODES if (rule := law.node(code)) is not None)


def law_of(connection: Connection) -> Law:
    """The law with this store's own days, for what is asked without a window."""
    return _law(tuple(local_days(connection)))


@lru_cache(maxsize=2)
def _law(days: tuple[LocalDay, ...]) -> Law:
    return load_law(days)


def standings(
    connection: Connection,
    where: Sequence[ColumnElement[bool]],
    yard: Yardstick,
    on: date,
) -> list[Standing]:
    """Every petition of `where` as it stood at the end of `on`, in no order.

    What was not received by then is left out, and what happened later is not known. A day that
    somebody set counts from the beginning: nobody notes when it was changed.
    """
    made = []
    for number, (row, days) in enumerate(petition_days(connection, where, yard.seat, on)):
        if number % _BREATH == 0:
            breathe()
        if days.received_on <= on:
            made.append(standing(row, days, yard, on))
    return made


def standing(row: Any, days: PetitionDays, yard: Yardstick, on: date) -> Standing:
    """How one petition stood at the end of `on`, by what was known then."""
    clocks = petition_clocks(days, yard.rules, yard.calendars, on, memo=yard.memo)
    pressing = None
    if days.closed_on is not None:
        state = next((one.state for one in clocks if one.state in _LATE), NodeState.DONE)
    else:
        pressing = nearest(clocks)
        state = NodeState.UNKNOWN if pressing is None else pressing.state
    return Standing(row.row, row.id, row.court_id, state, pressing)


def petition_days(
    connection: Connection,
    where: Sequence[ColumnElement[bool]],
    seat: str,
    until: date | None = None,
) -> Iterator[tuple[Any, PetitionDays]]:
    """The days of every petition of `where`, with its row, id and court; what happened after
    `until` is left out."""
    petition, act = table("petition"), table("petition_act")
    c = petition.c
    found = connection.execute(
        select(
            ROWID.label("row"),
            *(c.id, c.court_id, c.received_at, c.registered_on, c.screened_on),
            *(c.superior_due, c.inner_due, c.replied_on, c.closed_on),
        )
        .select_from(petition)
        .where(*where)
    )
    asked = select(act.c.petition_id, act.c.id, act.c.kind, act.c.due_on, act.c.at, act.c.answers)
    chosen = select(c.id).select_from(petition).where(*where)
    acts = connection.execute(
        asked.where(act.c.kind.in_(("promise", "kept")), act.c.petition_id.in_(chosen))
    )
    last = None if until is None else until.isoformat()
    promises = promised(one for one in acts if last is None or one.at[:10] <= last)

    def known(text: str | None) -> date | None:
        return None if text is None or (last is not None and text[:10] > last) else day_of(text)

    for row in found:
        yield (
            row,
            PetitionDays(
                received_on=date.fromisoformat(row.received_at[:10]),
                registered_on=known(row.registered_on),
                lower=row.court_id != seat,
                screened_on=known(row.screened_on),
                superior_due=day_of(row.superior_due),
                inner_due=day_of(row.inner_due),
                replied_on=known(row.replied_on),
                closed_on=known(row.closed_on),
                promised=promises.get(row.id, ()),
            ),
        )


def promised(acts: Iterable[Any]) -> dict[str, tuple[tuple[date, date | None], ...]]:
    """Promised days by petition, each with the day on which it was kept."""
    rows = list(acts)
    kept = {row.answers: day_of(row.at) for row in rows if row.kind == "kept"}
    found: dict[str, tuple[tuple[date, date | None], ...]] = {}
    for row in rows:
        if row.kind == "promise" and row.due_on:
            due = date.fromisoformat(row.due_on)
            found[row.petition_id] = (*found.get(row.petition_id, ()), (due, kept.get(row.id)))
    return found


def day_of(text: str | None) -> date | None:
    """The day of a stored day or instant."""
    return None if text is None else date.fromisoformat(text[:10])
