"""What was known of each open case on a day of the past, for the causes of petitions. Reader lanes.

Read here is what the court did and when; who the parties are, their sex, age, number and address
are never read. Days are judged by the facts known today: an event entered late counts on its day.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

MONEY_NODES: Final = ("D905", "N35")  # from the arrival of money to its payment
_PART: Final = 5_000
_RUNNING: Final = (
    'select id from "case" where filed_on < :today and (closed_on is null or closed_on > :first)'
)
_CASES: Final = (
    "select c.id, c.number, c.filed_on, c.closed_on, court.short_name, coalesce(p.name, '')"
    ' from "case" c join court on court.id = c.court_id left join person p on p.id = c.handler_id'
    " where c.filed_on < :today and (c.closed_on is null or c.closed_on > :first)"
)
_CLOCK: Final = (
    "select case_id, node_code, subject, started_on, due_on, done_on, pause_from, pause_to"
)
_OPEN: Final = f"{_CLOCK} from node_clock where done_on is null and due_on < :today and certain"
_LATE: Final = f"{_CLOCK} from node_clock where done_on > due_on and done_on > :first and certain"
_MONEY: Final = (
    f"{_CLOCK} from node_clock where node_code in ({', '.join(repr(one) for one in MONEY_NODES)})"
    " and (done_on is null or done_on > :first)"
)
_LOG: Final = f"select case_id, substr(at, 1, 10) from execution_log where case_id in ({_RUNNING})"
_STANDS: Final = (
    "select case_id, from_on, to_on from suspension where node_code is null"
    f" and case_id in ({_RUNNING})"
)
_CLUES: Final = (
    f"select case_id, received_on, verified_on from property_clue where case_id in ({_RUNNING})"
)
_CAME: Final = (
    "select case_id, substr(received_at, 1, 10) from petition"
    " where case_id is not null and duplicate_of is null order by 2"
)
_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class LateNode:
    """A node that is past its day by `days`."""

    code: str
    subject: str
    days: int


@dataclass(frozen=True, slots=True)
class CaseState:
    """An open case on a day. Days are counted to that day; None where there is nothing to count.
    `late`: the latest first. `idle`: since the last act that was written down, None while the case
    stands by law. `visits`: petitions so far."""

    case_id: str
    number: str
    court: str
    handler: str
    age: int
    late: tuple[LateNode, ...] = ()
    idle: int | None = None
    money: int | None = None
    clue: int | None = None
    visits: int = 0
    since_visit: int | None = None


@dataclass(slots=True)
class History:
    """Everything that `states` needs, by case; ISO days."""

    cases: list[_Row] = field(default_factory=list)
    late: dict[str, list[_Row]] = field(default_factory=lambda: defaultdict(list))
    money: dict[str, list[_Row]] = field(default_factory=lambda: defaultdict(list))
    acts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    stands: dict[str, list[_Row]] = field(default_factory=lambda: defaultdict(list))
    clues: dict[str, list[_Row]] = field(default_factory=lambda: defaultdict(list))
    came: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def states(self, day: date) -> list[CaseState]:
        """All cases that were open at the end of `day`, in the order of their ids."""
        iso = day.isoformat()
        return [
            self._state(row, day, iso)
            for row in self.cases
            if row[2] <= iso and (row[3] is None or row[3] > iso)
        ]

    def came_within(self, case_id: str, after: str, until: str) -> bool:
        """Whether somebody came about the case after the first day, on the last one at latest."""
        days = self.came.get(case_id, ())
        return bisect_right(days, until) > bisect_right(days, after)

    def _state(self, row: _Row, day: date, iso: str) -> CaseState:
        case_id = row[0]
        came = self.came.get(case_id, ())
        visits = bisect_right(came, iso)
        return CaseState(
            *(case_id, row[1], row[4], row[5], _between(row[2], day)),
            late=self._late(case_id, day, iso),
            idle=self._idle(row, day, iso),
            money=_oldest(self.money.get(case_id, ()), 3, 5, day, iso),
            clue=_oldest(self.clues.get(case_id, ()), 1, 2, day, iso),
            visits=visits,
            since_visit=_between(came[visits - 1], day) if visits else None,
        )

    def _late(self, case_id: str, day: date, iso: str) -> tuple[LateNode, ...]:
        found = [
            LateNode(code, subject.partition("#")[0], _between(due, day))
            for _id, code, subject, _start, due, done, pause, back in self.late.get(case_id, ())
            if due < iso
            and (done is None or done > iso)
            and not (pause is not None and pause <= iso and (back is None or back >= iso))
        ]
        return tuple(sorted(found, key=lambda one: (-one.days, one.code, one.subject)))

    def _idle(self, row: _Row, day: date, iso: str) -> int | None:
        for _id, first, last in self.stands.get(row[0], ()):
            if first <= iso and (last is None or last >= iso):
                return None
        acts = self.acts.get(row[0], ())
        before = bisect_right(acts, iso)
        return _between(acts[before - 1] if before else row[2], day)


def _between(iso: str, day: date) -> int:
    return (day - date.fromisoformat(iso)).days


def _oldest(rows: Iterable[_Row], start: int, end: int, day: date, iso: str) -> int | None:
    """Days since the first matter that had begun and was not over on that day."""
    begun = [
        row[start] for row in rows if row[start] <= iso and (row[end] is None or row[end] > iso)
    ]
    return _between(min(begun), day) if begun else None


def first_petition(connection: Connection) -> date | None:
    """The day from which on petitions are known."""
    found = connection.exec_driver_sql("select min(received_at) from petition").scalar_one()
    return None if found is None else date.fromisoformat(found[:10])


def history(connection: Connection, first: date, today: date) -> History:
    """The cases that were open at some time from `first` to `today`, with what happened in them."""
    days = {"first": first.isoformat(), "today": today.isoformat()}
    made = History()
    for row in _rows(connection, _CASES + " order by c.id", days):
        made.cases.append(row)
    known = {row[0] for row in made.cases}
    seen: set[_Row] = set()
    for asked in (_OPEN, _LATE):
        for row in _rows(connection, asked, days):
            if row[0] in known and row[:3] not in seen:
                seen.add(row[:3])
                made.late[row[0]].append(row)
    for into, asked in ((made.money, _MONEY), (made.stands, _STANDS), (made.clues, _CLUES)):
        for row in _rows(connection, asked, days):
            if row[0] in known:
                into[row[0]].append(row)
    _sorted_days(made.acts, _rows(connection, _LOG, days))
    _sorted_days(made.came, _rows(connection, _CAME, {}))
    return made


def _sorted_days(into: dict[str, list[str]], rows: Iterable[_Row]) -> None:
    for case_id, day in rows:
        into[case_id].append(day)
    for days in into.values():
        days.sort()


def _rows(connection: Connection, asked: str, days: Mapping[str, str]) -> Iterable[_Row]:
    """Row by row in parts: a city's worth of them in one list would hold the interpreter up."""
    found = connection.exec_driver_sql(asked, dict(days))
    while part := found.fetchmany(_PART):
        for row in part:
            yield tuple(row)
