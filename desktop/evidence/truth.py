"""Whether what an issued circular said of a day is still what the facts say of that day (M66).

A fact that was entered late, or corrected, may take a row's ground away: then the row is to be
withdrawn. What happened after the day, such as the act that was missing, takes nothing away.
Reader lanes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from desktop.contract.law import Law
from desktop.evidence.corrections import Correction
from desktop.evidence.overdue_snapshot import OverdueRow, OverdueSnapshot
from desktop.evidence.past import cases_then
from desktop.rules.clock import state_of
from desktop.rules.passive import load_passive_rules, passive_hits
from storage.records.cases import NodeClock
from storage.records.states import NodeState


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
        self._cases: set[str] = set()
        self._hits: set[tuple[str, str]] = set()
        rules = load_passive_rules()
        for one in cases_then(connection, law, day, case_ids):
            case_id = str(one.facts.case.id)
            self._cases.add(case_id)
            self._nodes |= {
                (case_id, clock.node_code, clock.subject): clock for clock in one.clocks
            }
            self._hits |= {(case_id, hit.rule) for hit in passive_hits(one.activity, rules, day)}

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
