"""What was and was not done in cases: the record that passive and dormant cases are judged by.

Read in bulk with one query per table. Reader lanes; any thread. The lists are remembered on a
read-only connection until somebody commits, so that a figure and its list cost one pass.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Connection, text

from desktop.contract.courtesy import breathe, fetched, release, sorted_in_slices
from desktop.contract.law import Law
from desktop.projection.facts import load_cases
from desktop.rules.passive import (
    CaseActivity,
    Hit,
    PassiveRule,
    load_passive_rules,
    passive_hits,
)
from desktop.rules.periods import add_months
from desktop.rules.zombie import SUSPENDED_MODE, Zombie, load_zombie_rules, zombie
from storage.ids import CaseId, EventId, MeasureId
from storage.records.cases import AssetKind, ControlMeasure, NodeClock

# What comes in from outside or only opens the file is not an act of execution.
NOT_ACTS: Final = frozenset(
    (
        *("application_received", "filed", "closed", "archived", "clue_received"),
        *("clue_received_urgent", "money_arrived", "unknown_money_arrived", "survey_requested"),
        *("reward_requested", "audit_requested", "report_received", "report_changed"),
        *("price_objection", "network_objection", "petition_received"),
    )
)
_MONEY_NODES: Final = ("D905", "N35")
_AMOUNT: Final = re.compile(r"([\d,]+)(?:\.(\d{1,2}))?\s*元")
_QUERY_DAYS: Final = 92  # a network query older than three months does not serve a closing
_OPEN: Final = 'select id from "case" where closed_on is null'
_IN_MAX: Final = 500
T = TypeVar("T")
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class PassiveCase:
    """A case with at least one hit, worst first."""

    activity: CaseActivity
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class ZombieCase:
    """A dormant case and what is proposed for it."""

    activity: CaseActivity
    zombie: Zombie


class _Part:
    """Some cases that are read together: few enough that what was read of them is let go in a
    moment. All of a city's at once kept the interpreter for 60 ms when they were freed."""

    def __init__(self, connection: Connection, case_ids: Sequence[str]) -> None:
        self._connection = connection
        self._listed = ",".join(f"'{case_id}'" for case_id in map(_checked, case_ids))

    def rows(self, sql: str, values: tuple[object, ...] = ()) -> Iterator[Row]:
        """`sql` with {cases} replaced by the ids."""
        cursor = self._connection.exec_driver_sql(sql.format(cases=self._listed), values).cursor
        return fetched(cursor)

    def grouped(self, sql: str, values: tuple[object, ...] = ()) -> dict[str, list[Row]]:
        """Case -> its rows."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows(sql, values):
            found[cast("str", row[0])].append(row)
        return found


def _checked(case_id: str) -> str:
    assert len(case_id) == 36, "a case id has 36 characters"
    assert "'" not in case_id, "a case id is plain text"
    return case_id


_EVENTS: Final = (
    'select case_id, kind, max("on") from node_event where case_id in ({cases})'
    " group by case_id, kind"
)
_LOGS: Final = (
    "select case_id, max(at) from execution_log where case_id in ({cases}) group by case_id"
)
_CLUES: Final = (
    "select case_id, substr(body, 1, 24), received_on from property_clue"
    " where case_id in ({cases}) and verified_on is null order by received_on"
)
_MEASURES: Final = (
    "select case_id, id, asset_kind, asset, institution, amount_fen, rank, started_on, expires_on,"
    " lifted_on, renewal_of, document_no from control_measure where case_id in ({cases})"
)
_CLOCKS: Final = (
    "select case_id, node_code, subject, started_on, due_on, certain, warn_on, pause_from,"
    " pause_to, rule_version from node_clock indexed by ix_clock_due where done_on is null"
    " and (due_on < ? or node_code in ('D905', 'N35')) and case_id in ({cases})"
)
_PAUSES: Final = (
    "select case_id, min(from_on) from suspension where case_id in ({cases}) and from_on <= ?"
    " and (to_on is null or to_on >= ?) group by case_id"
)
_DEBTORS: Final = (
    "select case_id, max(kind = 'enterprise') from party where case_id in ({cases})"
    " and role = 'debtor' group by case_id"
)
_SUMS: Final = (
    "select case_id, coalesce(subject, ''), note from node_event"
    " where case_id in ({cases}) and kind = 'money_arrived'"
)
_AWAKENED: Final = (
    'select case_id, min(started_on) from control_measure join "case" on "case".id = case_id'
    " where closed_on is not null and started_on > closed_on and case_id in ({cases})"
    " group by case_id"
)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _clock(row: Row) -> NodeClock:
    started = date.fromisoformat(row[3])
    dates = (started, _day(row[4]), None, bool(row[5]), _day(row[6]), None)
    return NodeClock(
        CaseId(row[0]), row[1], row[2], EventId(""), *dates, _day(row[7]), _day(row[8]), row[9]
    )


def _measure(row: Row) -> ControlMeasure:
    return ControlMeasure(
        MeasureId(row[1]),
        CaseId(row[0]),
        AssetKind(row[2]),
        *(row[3], row[4], row[5], row[6]),
        date.fromisoformat(row[7]),
        date.fromisoformat(row[8]),
        _day(row[9]),
        None if row[10] is None else MeasureId(row[10]),
        row[11],
    )


def fen_in(note: str | None) -> int:
    """The sum a note names (到账 12,345.60 元) in fen; 0 when it names none."""
    found = _AMOUNT.search(note or "")
    if found is None:
        return 0
    cents = (found.group(2) or "").ljust(2, "0")
    return int(found.group(1).replace(",", "")) * 100 + int(cents)


def idle_money(clocks: Sequence[NodeClock], sums: Sequence[Row]) -> tuple[tuple[date, int], ...]:
    """Sums whose paying-out clock still runs; several clocks of one sum count once. `sums`: rows of
    case, subject and note of the events that tell of them."""
    amounts = {row[1]: fen_in(row[2]) for row in sums}
    arrived: dict[str, date] = {}
    for clock in clocks:
        if clock.node_code in _MONEY_NODES:
            held = arrived.get(clock.subject, clock.started_on)
            arrived[clock.subject] = min(held, clock.started_on)
    return tuple(
        (since, amounts.get(subject.partition("#")[0], 0)) for subject, since in arrived.items()
    )


def _checks(kinds: Mapping[str, str], today: date) -> dict[str, bool]:
    """What the events establish of the check list; what they cannot tell is left out."""
    queried = _day(kinds.get("query_fed_back"))
    recent = queried is not None and queried >= today - timedelta(days=_QUERY_DAYS)
    looked = ("survey_finished", "search", "reward_decided", "audit_decided")
    return {
        "notice": "notice_issued" in kinds and "report_order_issued" in kinds,
        "consumption": "consumption_limited" in kinds,
        "network_query": recent,
        "survey": any(kind in kinds for kind in looked),
        "interview": "closing_interview" in kinds,
    }


def activities(
    connection: Connection, law: Law, today: date, case_ids: Iterable[str] | None = None
) -> Iterator[CaseActivity]:
    """The activity of the open cases, or of `case_ids`, in the order of ids.

    Of the running clocks only those past their day, and those of money in hand, are given.
    """
    del law  # the dates come from the projection, which the law has already shaped
    if case_ids is None:
        case_ids = connection.exec_driver_sql(_OPEN).scalars()
    wanted = sorted(set(case_ids))
    for at in range(0, len(wanted), _IN_MAX):
        yield from _activities(connection, today, wanted[at : at + _IN_MAX])


def _activities(
    connection: Connection, today: date, case_ids: Sequence[str]
) -> Iterator[CaseActivity]:
    part = _Part(connection, case_ids)
    day = today.isoformat()
    events = part.grouped(_EVENTS)
    logs = {row[0]: row[1][:10] for row in part.rows(_LOGS)}
    clues = part.grouped(_CLUES)
    measures = part.grouped(_MEASURES)
    clocks = part.grouped(_CLOCKS, (day,))
    pauses = {row[0]: date.fromisoformat(row[1]) for row in part.rows(_PAUSES, (day, day))}
    debtors = {row[0]: bool(row[1]) for row in part.rows(_DEBTORS)}
    with_money = [row[0] for rows in clocks.values() for row in rows if row[1] in _MONEY_NODES]
    sums = _Part(connection, with_money).grouped(_SUMS) if with_money else {}
    found = {row[0]: date.fromisoformat(row[1]) for row in part.rows(_AWAKENED)}
    for case in load_cases(connection, case_ids):
        breathe()
        kinds = {row[1]: row[2] for row in events.get(case.id, ())}
        acts = [on for kind, on in kinds.items() if kind not in NOT_ACTS and on <= day]
        acts += [logs[case.id]] if case.id in logs else []
        running = tuple(map(_clock, clocks.get(case.id, ())))
        yield CaseActivity(
            case,
            last_act_on=_day(max(acts, default=None)),
            open_clues=tuple(
                (row[1], date.fromisoformat(row[2])) for row in clues.get(case.id, ())
            ),
            idle_money=idle_money(running, sums.get(case.id, ())),
            measures=tuple(map(_measure, measures.get(case.id, ()))),
            late_nodes=running,
            applied_on=_day(kinds.get("application_received")),
            paused_from=pauses.get(case.id),
            debtor_is_enterprise=debtors.get(case.id),
            property_found_on=found.get(case.id),
            checks=_checks(kinds, today),
        )


def _remembered(
    connection: Connection, key: str, today: date, make: Callable[[], list[T]]
) -> list[T]:
    """`make()` once per state of the store: only on a connection that itself never writes."""
    if not connection.exec_driver_sql("pragma query_only").scalar_one():
        return make()
    version = connection.exec_driver_sql("pragma data_version").scalar_one()
    held = connection.info.get(key)
    if held is not None and held[0] == (version, today):
        return cast("list[T]", held[1])
    if held is not None:
        del connection.info[key]
        release(held[1])
    result = make()
    connection.info[key] = ((version, today), result)
    return result


def _found(
    activities: Iterable[CaseActivity], judge: Callable[[CaseActivity], T | None]
) -> list[T]:
    """What `judge` finds. Interrupted, it lets go of what it had in small parts: the frames of
    an error would carry it to the window's thread and stop it there."""
    found: list[T] = []
    try:
        for activity in activities:
            one = judge(activity)
            if one is not None:
                found.append(one)
    except BaseException:
        release(found)
        raise
    return found


# Each part finds the cases that one kind of rule can possibly hit, and more; the rules decide.
_SUSPECTS: Final = (
    'with running as materialized (select id, has_property, filed_on from "case"'
    " indexed by ix_case_open where closed_on is null)"
    " select id from running where id in ("
    "select case_id from node_clock indexed by ix_clock_due where done_on is null and due_on < :day"
    " union select case_id from property_clue where verified_on is null"
    " union select case_id from control_measure where lifted_on is null and expires_on <= :soon)"
    " union select case_id from node_clock indexed by ix_clock_due where done_on is null"
    " and node_code in ('D905', 'N35')"
    " union select id from running where has_property and filed_on <= :old"
    " union select id from running where filed_on <= :recent and not exists"
    " (select 1 from execution_log where case_id = running.id and at >= :recent)"
)
_DORMANT: Final = (
    'select id from "case" indexed by ix_case_open where closed_on is null and filed_on <= :old'
    " and coalesce(has_property, 0) = 0"
    ' union select case_id from control_measure join "case" on "case".id = case_id'
    " where closed_on is not null and started_on > closed_on and close_mode = :mode"
)
_MARGIN: Final = timedelta(days=40)  # applications lie some days before the filing


def _suspects(connection: Connection, rules: Iterable[PassiveRule], today: date) -> list[str]:
    """Open cases a rule may hit, and closed ones with money in hand."""
    idle = [rule.days for rule in rules if rule.check == "no_action"]
    ahead = [rule.days for rule in rules if rule.check == "seizure_expiring"]
    months = [rule.months for rule in rules if rule.check == "property_unexecuted"]
    values = {
        "day": today.isoformat(),
        "soon": (today + timedelta(days=max(ahead, default=0))).isoformat(),
        "old": (add_months(today, -min(months, default=0)) + _MARGIN).isoformat(),
        "recent": (today - timedelta(days=min(idle, default=0) - 1)).isoformat(),
    }
    return list(connection.execute(text(_SUSPECTS), values).scalars())


def node_names(law: Law) -> dict[str, str]:
    """Names of all nodes by code."""
    return {code: rule.name for one in law.catalogues for code, rule in one.nodes.items()}


def passive_cases(connection: Connection, law: Law, today: date) -> list[PassiveCase]:
    """Every case that trips a rule of passive enforcement on `today`, longest first."""
    rules = load_passive_rules()
    names = node_names(law)

    def judge(activity: CaseActivity) -> PassiveCase | None:
        hits = passive_hits(activity, rules, today, names)
        return PassiveCase(activity, tuple(hits)) if hits else None

    def make() -> list[PassiveCase]:
        suspects = _suspects(connection, rules, today)
        found = _found(activities(connection, law, today, suspects), judge)
        return sorted_in_slices(found, lambda case: (-case.hits[0].days, case.activity.case.number))

    return _remembered(connection, "passive_cases", today, make)


def zombie_cases(connection: Connection, law: Law, today: date) -> list[ZombieCase]:
    """Every dormant case, and every closed one awakened by found property, oldest first."""
    rules = load_zombie_rules()
    old = (add_months(today, -rules.age_months) + _MARGIN).isoformat()
    values = {"old": old, "mode": SUSPENDED_MODE}

    def judge(activity: CaseActivity) -> ZombieCase | None:
        verdict = zombie(activity, rules, today)
        return None if verdict is None else ZombieCase(activity, verdict)

    def make() -> list[ZombieCase]:
        ids = connection.execute(text(_DORMANT), values).scalars()
        found = _found(activities(connection, law, today, ids), judge)
        return sorted_in_slices(
            found, lambda case: (-case.zombie.age_days, case.activity.case.number)
        )

    return _remembered(connection, "zombie_cases", today, make)
