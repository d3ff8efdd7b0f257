"""Whether what an issued circular said of a day is still what the facts say of that day (M66).

A fact that was entered late, or corrected, may take a row's ground away: then the row is to be
withdrawn. What happened after the day, such as the act that was missing, takes nothing away.
Reader lanes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import Connection, func, or_, select

from desktop.contract.law import Law
from desktop.evidence.corrections import Correction
from desktop.evidence.overdue_snapshot import OverdueRow, OverdueSnapshot
from desktop.projection.activity import NOT_ACTS, activities
from desktop.projection.facts import load_facts
from desktop.rules.clock import state_of
from desktop.rules.nodes import derive_nodes
from desktop.rules.passive import load_passive_rules, passive_hits
from storage.records.cases import NodeClock
from storage.records.states import NodeState
from storage.schema import table

_MONEY: Final = ("D905", "N35")
_IN_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A row of a circular that the facts do not bear any more, and why, in Chinese."""

    row: OverdueRow
    why: str


def no_longer_true(
    connection: Connection,
    law: Law,
    snapshot: OverdueSnapshot,
    corrections: Sequence[Correction] = (),
) -> tuple[Withdrawn, ...]:
    """The rows to be withdrawn, in the snapshot's order; those already struck are left out."""
    rows = snapshot.standing(corrections)
    then = _Then(connection, law, snapshot.day, sorted({row.case_id for row in rows}))
    told = ((row, then.why_not(row)) for row in rows)
    return tuple(Withdrawn(row, why) for row, why in told if why)


class _Then:
    """The day of the circular, judged by the facts of now that are dated up to it."""

    def __init__(
        self, connection: Connection, law: Law, day: date, case_ids: Sequence[str]
    ) -> None:
        self._day = day
        self._nodes: dict[tuple[str, str, str], NodeClock] = {}
        by_case: dict[str, list[NodeClock]] = {}
        acts: dict[str, date] = {}
        for case_id, facts in load_facts(connection, case_ids, known_by=day).items():
            catalogue = law.catalogue_for(facts.case.type_word)
            clocks = derive_nodes(facts, catalogue, law.tables[catalogue.name], day)
            by_case[case_id] = clocks
            done = [one.on for one in facts.events if one.kind not in NOT_ACTS and one.on <= day]
            if done:
                acts[case_id] = max(done)
            self._nodes |= {(case_id, one.node_code, one.subject): one for one in clocks}
        self._cases = set(by_case)
        self._hits = self._passive(connection, law, by_case, acts)

    def why_not(self, row: OverdueRow) -> str:
        """Empty where the row stands."""
        if row.case_id not in self._cases:
            return "案件已不存在"
        if row.kind == "passive":
            still = (row.case_id, row.code) in self._hits
            return "" if still else "按更正后的事实，当日不构成该情形"
        clock = self._nodes.get((row.case_id, row.code, row.subject))
        if clock is None:
            return "起算的事实已更正，当日没有这一节点"
        return _node_why(clock, row, self._day)

    def _passive(
        self,
        connection: Connection,
        law: Law,
        by_case: dict[str, list[NodeClock]],
        acts: dict[str, date],
    ) -> set[tuple[str, str]]:
        rules = load_passive_rules()
        ids = sorted(by_case)
        logged = _last_logged(connection, ids, self._day)
        clues = _open_clues(connection, ids, self._day)
        found = set()
        for now in activities(connection, law, self._day, ids):
            case_id = str(now.case.id)
            then = replace(
                now,
                last_act_on=_later(acts.get(case_id), logged.get(case_id)),
                open_clues=tuple(clues.get(case_id, ())),
                late_nodes=tuple(self._open(by_case[case_id])),
                idle_money=_money(self._open(by_case[case_id])),
            )
            found |= {(case_id, hit.rule) for hit in passive_hits(then, rules, self._day)}
        return found

    def _open(self, clocks: Iterable[NodeClock]) -> list[NodeClock]:
        return [one for one in clocks if one.done_on is None or one.done_on > self._day]


def _node_why(clock: NodeClock, row: OverdueRow, day: date) -> str:
    if state_of(clock, day) is NodeState.OVERDUE:
        return ""
    if clock.done_on is not None and clock.done_on <= day:
        return f"补录的事实表明已于{clock.done_on}完成"
    if clock.due_on is not None and clock.due_on.isoformat() != row.since:
        return f"应止日由{row.since}更正为{clock.due_on}"
    if clock.pause_from is not None and clock.pause_from <= day:
        return f"自{clock.pause_from}起依法不计入期限"
    return "按更正后的事实，当日未超期"


def _money(clocks: Iterable[NodeClock]) -> tuple[tuple[date, int], ...]:
    """Sums in hand; how much each was does not matter here."""
    return tuple((one.started_on, 0) for one in clocks if one.node_code in _MONEY)


def _later(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)


def _last_logged(connection: Connection, case_ids: Sequence[str], day: date) -> dict[str, date]:
    """The last entry of the log of execution up to the day."""
    log = table("execution_log").c
    found: dict[str, date] = {}
    for at in range(0, len(case_ids), _IN_MAX):
        rows = connection.execute(
            select(log.case_id, func.substr(func.max(log.at), 1, 10))
            .where(
                log.case_id.in_(case_ids[at : at + _IN_MAX]),
                func.substr(log.at, 1, 10) <= day.isoformat(),
            )
            .group_by(log.case_id)
        )
        found |= {case_id: date.fromisoformat(on) for case_id, on in rows}
    return found


def _open_clues(
    connection: Connection, case_ids: Sequence[str], day: date
) -> dict[str, list[tuple[str, date]]]:
    clue = table("property_clue").c
    found: dict[str, list[tuple[str, date]]] = {}
    for at in range(0, len(case_ids), _IN_MAX):
        rows = connection.execute(
            select(clue.case_id, clue.body, clue.received_on).where(
                clue.case_id.in_(case_ids[at : at + _IN_MAX]),
                clue.received_on <= day.isoformat(),
                or_(clue.verified_on.is_(None), clue.verified_on > day.isoformat()),
            )
        )
        for case_id, body, received_on in rows:
            found.setdefault(case_id, []).append((body[:24], date.fromisoformat(received_on)))
    return found
