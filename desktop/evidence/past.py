"""A past day, judged by the facts that are dated up to it. Reader lanes.

What was entered later counts by the day it bears; what happened after the day does not count.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, or_, select, text

from desktop.contract.law import Law
from desktop.projection.activity import (
    NOT_ACTS,
    PassiveCase,
    activities,
    idle_money,
    node_names,
)
from desktop.projection.facts import load_facts
from desktop.projection.places import names
from desktop.rules.clock import overdue_days, state_of
from desktop.rules.nodes import derive_nodes
from desktop.rules.passive import CaseActivity, load_passive_rules, passive_hits
from desktop.rules.periods import add_months
from storage.records.cases import CaseFacts, NodeClock
from storage.records.states import NodeState
from storage.schema import table

_IN_MAX: Final = 500
_MARGIN: Final = timedelta(days=40)  # applications lie some days before the filing


@dataclass(frozen=True, slots=True)
class CaseThen:
    """A case at the end of the day: its clocks, and what was and was not done in it by then."""

    facts: CaseFacts
    clocks: tuple[NodeClock, ...]
    activity: CaseActivity


def cases_then(
    connection: Connection, law: Law, day: date, case_ids: Iterable[str]
) -> Iterator[CaseThen]:
    """The cases that were filed by `day`, in the order of ids."""
    wanted = sorted(set(case_ids))
    for at in range(0, len(wanted), _IN_MAX):
        part = wanted[at : at + _IN_MAX]
        facts = load_facts(connection, part, known_by=day)
        logged = _last_logged(connection, part, day)
        clues = _open_clues(connection, part, day)
        for now in activities(connection, law, day, facts):
            case_id = str(now.case.id)
            one = facts[case_id]
            catalogue = law.catalogue_for(one.case.type_word)
            clocks = derive_nodes(one, catalogue, law.tables[catalogue.name], day)
            yield CaseThen(
                one,
                tuple(clocks),
                _activity(now, one, clocks, day, logged.get(case_id), clues.get(case_id, ())),
            )


def _activity(
    now: CaseActivity,
    facts: CaseFacts,
    clocks: Iterable[NodeClock],
    day: date,
    logged: date | None,
    clues: Iterable[tuple[str, date]],
) -> CaseActivity:
    acts = [one.on for one in facts.events if one.kind not in NOT_ACTS]
    acts += [] if logged is None else [logged]
    applied = [one.on for one in facts.events if one.kind == "application_received"]
    sums = [
        (one.case_id, one.subject or "", one.note)
        for one in facts.events
        if one.kind == "money_arrived"
    ]
    running = tuple(one for one in clocks if one.done_on is None or one.done_on > day)
    return replace(
        now,
        last_act_on=max(acts, default=None),
        open_clues=tuple(clues),
        measures=tuple(one for one in now.measures if one.started_on <= day),
        late_nodes=running,
        idle_money=idle_money(running, sums),
        applied_on=max(applied, default=None),
    )


def _last_logged(connection: Connection, case_ids: Sequence[str], day: date) -> dict[str, date]:
    """The last entry of the log of execution up to the day."""
    log = table("execution_log").c
    rows = connection.execute(
        select(log.case_id, func.substr(func.max(log.at), 1, 10))
        .where(log.case_id.in_(case_ids), func.substr(log.at, 1, 10) <= day.isoformat())
        .group_by(log.case_id)
    )
    return {case_id: date.fromisoformat(on) for case_id, on in rows}


def _open_clues(
    connection: Connection, case_ids: Sequence[str], day: date
) -> dict[str, list[tuple[str, date]]]:
    clue = table("property_clue").c
    found: dict[str, list[tuple[str, date]]] = {}
    rows = connection.execute(
        select(clue.case_id, clue.body, clue.received_on)
        .where(
            clue.case_id.in_(case_ids),
            clue.received_on <= day.isoformat(),
            or_(clue.verified_on.is_(None), clue.verified_on > day.isoformat()),
        )
        .order_by(clue.received_on)
    )
    for case_id, body, received_on in rows:
        found.setdefault(case_id, []).append((body[:24], date.fromisoformat(received_on)))
    return found


# Each part finds the cases that may have been late or passive on the day, and more; the rules
# decide. A clock of now tells a past one apart from what moved it since: a pause that began or an
# extension approved after the day, and an event of filing or closing dated behind it.
_SUSPECTS: Final = (
    'with running as materialized (select id, has_property, filed_on from "case"'
    " where filed_on <= :day and (closed_on is null or closed_on > :day))"
    " select case_id from node_clock where started_on <= :day"
    " and (done_on is null or done_on > :day)"
    " and (due_on < :day or node_code in ('D905', 'N35'))"
    " union select case_id from suspension where from_on > :day"
    " union select case_id from extension where approved_on > :day"
    ' union select case_id from node_event where "on" > :day and kind in :ends'
    " union select id from running where id in (select case_id from property_clue"
    " where received_on <= :day and (verified_on is null or verified_on > :day)"
    " union select case_id from control_measure where started_on <= :day and expires_on <= :soon"
    " and (lifted_on is null or lifted_on > :day))"
    " union select id from running where has_property and filed_on <= :old"
    " union select id from running where filed_on <= :recent and not exists"
    " (select 1 from execution_log where case_id = running.id and at >= :recent and at < :next)"
)


def suspects_then(connection: Connection, law: Law, day: date) -> list[str]:
    """Ids of the cases that can have been overdue or passive at the end of the day."""
    rules = load_passive_rules()
    idle = [rule.days for rule in rules if rule.check == "no_action"]
    ahead = [rule.days for rule in rules if rule.check == "seizure_expiring"]
    months = [rule.months for rule in rules if rule.check == "property_unexecuted"]
    ends = {one.filed_event for one in law.catalogues} | {
        one.closed_event for one in law.catalogues
    }
    values: dict[str, object] = {
        "day": day.isoformat(),
        "next": (day + timedelta(days=1)).isoformat(),
        "soon": (day + timedelta(days=max(ahead, default=0))).isoformat(),
        "old": (add_months(day, -min(months, default=0)) + _MARGIN).isoformat(),
        "recent": (day - timedelta(days=min(idle, default=0) - 1)).isoformat(),
        "ends": sorted(one for one in ends if one is not None),
    }
    statement = text(_SUSPECTS).bindparams(bindparam("ends", expanding=True))
    return list(connection.execute(statement, values).scalars())


@dataclass(frozen=True, slots=True)
class DayThen:
    """What stood at the end of a past day. `nodes`: the overdue ones, keyed as the rows of the list
    of nodes are."""

    nodes: tuple[dict[str, Any], ...]
    passive: tuple[PassiveCase, ...]


def day_then(connection: Connection, law: Law, day: date) -> DayThen:
    """The overdue nodes and the passive cases of the day."""
    rules, words, known = load_passive_rules(), node_names(law), names(connection)
    nodes: list[dict[str, Any]] = []
    passive: list[PassiveCase] = []
    suspects = suspects_then(connection, law, day)
    for one in cases_then(connection, law, day, suspects):
        nodes += [
            _listed(one, clock, known, words, day)
            for clock in one.clocks
            if state_of(clock, day) is NodeState.OVERDUE
        ]
        hits = passive_hits(one.activity, rules, day, words)
        if hits:
            passive.append(PassiveCase(one.activity, tuple(hits)))
    return DayThen(tuple(nodes), tuple(passive))


def _listed(
    one: CaseThen, clock: NodeClock, known: dict[str, str], words: dict[str, str], day: date
) -> dict[str, Any]:
    case = one.facts.case
    assert clock.due_on is not None, "an overdue node has its day"
    return {
        "case_id": str(case.id),
        "case_number": case.number,
        "court_id": str(case.court_id),
        "team": known.get(case.team_id or "", ""),
        "handler": known.get(case.handler_id or "", ""),
        "node_code": clock.node_code,
        "node": words.get(clock.node_code, clock.node_code),
        "subject": clock.subject,
        "started_on": clock.started_on.isoformat(),
        "due_on": clock.due_on.isoformat(),
        "days": overdue_days(clock, day),
    }
