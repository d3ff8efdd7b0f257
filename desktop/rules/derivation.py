"""Why a date is what it is: the whole count of one node, to print and to count again by hand.

A derivation names article, rule version, start event, every stretch counted or passed over and
why, who held the matter, and what would have kept it in time. Pure; any thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from desktop.rules.attribution import KIND_NAMES, Change, Share, attribute, smallest_change
from desktop.rules.calendar import Calendars, WorkCalendar
from desktop.rules.catalogue import UNIT_NAMES, Catalogue, Limit, NodeRule
from desktop.rules.clock import ClockTable, count, overdue_days, state_of, warn_day
from desktop.rules.nodes import (
    Instance,
    by_hours,
    derive_nodes,
    extras_of,
    granted_period,
    instances,
    pauses_of,
)
from desktop.rules.periods import Counted, Extra, Pause
from desktop.rules.steps import Step
from storage.records.cases import CaseFacts, NodeClock
from storage.records.states import NodeState

CONFIDENCE_NAMES: Final = {"confirmed": "已核对", "unconfirmed": "待核对"}


@dataclass(frozen=True, slots=True)
class StartEvent:
    """The fact that set the clock going."""

    kind: str
    name: str
    on: date
    at: datetime | None
    document_no: str | None


@dataclass(frozen=True, slots=True)
class OtherClock:
    """Another clock running on the same case: several are shown, not only the nearest."""

    node_code: str
    name: str
    due_on: date | None
    certain: bool
    state: NodeState


@dataclass(frozen=True, slots=True)
class Derivation:
    """Everything behind one due day. `plain_due_on` is the due day had there been no pause."""

    case_number: str
    node_code: str
    node_name: str
    subject: str
    basis: str
    article: str
    source: str
    confidence: str
    limit_text: str
    limit_note: str
    rule_version: str
    valid_from: date | None
    valid_to: date | None
    calendar: str
    start: StartEvent
    steps: tuple[Step, ...]
    due_on: date | None
    due_at: datetime | None
    plain_due_on: date | None
    certain: bool
    uncertainty: str | None
    warn_on: date | None
    as_of: date
    state: NodeState
    overdue_days: int
    done_on: date | None
    done_by_closing: bool
    attribution: tuple[Share, ...]
    smallest_change: Change | None
    other_clocks: tuple[OtherClock, ...]

    def to_json(self) -> dict[str, object]:
        """Plain values for JSON: days as ISO text, states as their Chinese words.

        `due` is null while the due day is not certain; `not_before` then holds the lower bound.
        """
        due = _iso(self.due_on)
        return {
            "case_number": self.case_number,
            "node": self.node_code,
            "name": self.node_name,
            "subject": self.subject,
            "basis": self.basis,
            "article": self.article,
            "source": self.source,
            "confidence": self.confidence,
            "limit": self.limit_text,
            "limit_note": self.limit_note,
            "rule_version": self.rule_version,
            "valid_from": _iso(self.valid_from),
            "valid_to": _iso(self.valid_to),
            "calendar": self.calendar,
            "start": {
                "kind": self.start.kind,
                "name": self.start.name,
                "on": self.start.on.isoformat(),
                "at": self.start.at.isoformat() if self.start.at is not None else None,
                "document_no": self.start.document_no,
            },
            "steps": [step.to_json() for step in self.steps],
            "due": due if self.certain else None,
            "not_before": None if self.certain else due,
            "due_at": self.due_at.isoformat() if self.due_at is not None else None,
            "plain_due": _iso(self.plain_due_on),
            "certain": self.certain,
            "uncertainty": self.uncertainty,
            "warn_on": _iso(self.warn_on),
            "as_of": self.as_of.isoformat(),
            "state": self.state.value,
            "overdue_days": self.overdue_days,
            "done_on": _iso(self.done_on),
            "done_by_closing": self.done_by_closing,
            "attribution": [share.to_json() for share in self.attribution],
            "smallest_change": (
                self.smallest_change.to_json() if self.smallest_change is not None else None
            ),
            "other_clocks": [
                {
                    "node": other.node_code,
                    "name": other.name,
                    "due": _iso(other.due_on) if other.certain else None,
                    "state": other.state.value,
                }
                for other in self.other_clocks
            ],
            "sentences": self.sentences(),
        }

    def sentences(self) -> list[str]:
        """The derivation in Chinese lines: what a clerk needs to count again by hand."""
        subject = f"（{self.subject}）" if self.subject else ""
        lines = [f"{self.case_number} {self.node_name}{subject}"]
        if self.limit_text:
            valid = f"{_iso(self.valid_from)} 起施行"
            if self.valid_to is not None:
                valid += f"，至 {_iso(self.valid_to)} 止"
            lines.append(f"依据：{self.article}，期限 {self.limit_text}（{valid}）")
            lines.append(
                f"规则版本 {self.rule_version}，{CONFIDENCE_NAMES[self.confidence]}，"
                f"来源：{self.source}"
            )
        else:
            lines.append(f"依据：{self.basis}；起算日没有适用的期限")
        if self.limit_note:
            lines.append(f"说明：{self.limit_note}")
        document = f"，文号 {self.start.document_no}" if self.start.document_no else ""
        lines.append(f"起算：{self.start.on.isoformat()} {self.start.name}{document}")
        for number, step in enumerate(self.steps, start=1):
            first, *rest = step.sentences()
            lines.append(f"{number}. {first}")
            lines.extend(rest)
        lines.extend(self._outcome())
        return lines

    def _outcome(self) -> list[str]:
        lines = []
        if self.plain_due_on is not None and self.plain_due_on != self.due_on:
            lines.append(f"若无暂停，届满日为 {self.plain_due_on.isoformat()}")
        if self.uncertainty is not None:
            lines.append(self.uncertainty)
        if self.done_on is not None:
            how = "随结案终止" if self.done_by_closing else "完成"
            lines.append(f"{self.done_on.isoformat()} {how}")
        late = f"，逾期 {self.overdue_days} 日" if self.overdue_days else ""
        lines.append(f"{self.as_of.isoformat()} 状态：{self.state.value}{late}")
        for share in self.attribution:
            who = KIND_NAMES[share.kind]
            if not share.holder_name.startswith(who):
                who = f"{who} {share.holder_name}"
            else:
                who = share.holder_name
            late = f"，其中逾期 {share.late_days} 日" if share.late_days else ""
            span = f"{share.from_on.isoformat()} 至 {share.to_on.isoformat()}"
            lines.append(f"持有：{span} {who} {share.days} 日{late}")
        if self.attribution:
            total = sum(share.days for share in self.attribution)
            lines.append(f"持有合计 {total} 日，与经过日数相等")
        if self.smallest_change is not None:
            lines.append(self.smallest_change.sentence)
        for other in self.other_clocks:
            due = _iso(other.due_on) if other.certain else f"未知（不早于 {_iso(other.due_on)}）"
            lines.append(f"同案其他期限：{other.name}，届满 {due}，{other.state.value}")
        return lines


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def explain(
    facts: CaseFacts,
    node_code: str,
    subject: str,
    catalogue: Catalogue,
    calendars: Calendars,
    as_of: date,
) -> Derivation:
    """The derivation of one node as known on `as_of`; `subject` "" for a node without one.

    Raises KeyError when the case has no such node on that day.
    """
    table = ClockTable(catalogue, calendars)
    clocks = {(c.node_code, c.subject): c for c in derive_nodes(facts, catalogue, table, as_of)}
    clock = clocks[node_code, subject]
    instance = next(
        found
        for found in instances(facts, catalogue, as_of)
        if (found.rule.code, found.key) == (node_code, subject)
    )
    rule, limit = instance.rule, instance.rule.limit_on(instance.start.on)
    pauses = pauses_of(facts, catalogue, instance, as_of)
    extras = extras_of(facts, instance, as_of)
    calendar = calendars.of(rule.calendar)
    state, late = state_of(clock, as_of), overdue_days(clock, as_of)
    counted = plain = None
    if limit is not None:
        counted = _count(limit, instance, calendar, pauses, extras)
        plain = _count(limit, instance, calendar, (), extras)
        assert clock.due_on == _due(counted, instance), "list and derivation must agree"
        assert clock.warn_on == warn_day(rule, counted)
    return Derivation(
        case_number=facts.case.number,
        node_code=node_code,
        node_name=rule.name,
        subject=subject,
        basis=rule.basis,
        article=limit.article if limit else rule.basis,
        source=limit.source if limit else "",
        confidence=limit.confidence if limit else "confirmed",
        limit_text=_limit_text(limit, instance),
        limit_note=limit.note if limit else "",
        rule_version=limit.version if limit else "",
        valid_from=limit.valid_from if limit else None,
        valid_to=limit.valid_to if limit else None,
        calendar=rule.calendar,
        start=_start(instance, catalogue),
        steps=_steps(counted, clock, state, late, as_of) + _refused(facts, catalogue, rule, as_of),
        due_on=clock.due_on,
        due_at=clock.due_at,
        plain_due_on=_due(plain, instance) if plain else None,
        certain=clock.certain,
        uncertainty=_uncertainty(counted),
        warn_on=clock.warn_on,
        as_of=as_of,
        state=state,
        overdue_days=late,
        done_on=clock.done_on,
        done_by_closing=instance.by_closing,
        attribution=_shares(facts, clock, pauses, as_of),
        smallest_change=_change(limit, instance, calendar, pauses, extras, clock, as_of),
        other_clocks=_others(clocks, clock, catalogue, as_of),
    )


def _count(
    limit: Limit,
    instance: Instance,
    calendar: WorkCalendar,
    pauses: Sequence[Pause],
    extras: Sequence[Extra],
) -> Counted:
    return count(
        granted_period(instance.rule, limit, instance.start),
        instance.start.on,
        calendar,
        start_at=instance.start.at,
        pauses=pauses,
        extras=extras,
        trace=True,
    )


def _limit_text(limit: Limit | None, instance: Instance) -> str:
    if limit is None:
        return ""
    period = granted_period(instance.rule, limit, instance.start)
    return f"{period.amount}{UNIT_NAMES[period.unit]}"


def _due(counted: Counted, instance: Instance) -> date:
    if counted.due_at is None:
        return counted.due_on
    return by_hours(counted.due_on, counted.due_at, instance)


def _start(instance: Instance, catalogue: Catalogue) -> StartEvent:
    event = instance.start
    name = catalogue.event_name(event.kind)
    return StartEvent(event.kind, name, event.on, event.at, event.document_no)


def _steps(
    counted: Counted | None, clock: NodeClock, state: NodeState, late: int, as_of: date
) -> tuple[Step, ...]:
    if counted is None:
        return ()
    if not late or clock.due_on is None:
        return counted.steps
    last = clock.done_on if state is NodeState.DONE_LATE and clock.done_on else as_of
    first = date.fromordinal(clock.due_on.toordinal() + 1)
    return (*counted.steps, Step("late", first, last, late, "届满后仍未完成"))


def _refused(
    facts: CaseFacts, catalogue: Catalogue, rule: NodeRule, as_of: date
) -> tuple[Step, ...]:
    """Pauses and extensions on record that this node does not take: silence would mislead."""
    steps = []
    if not rule.suspendable:
        for pause in facts.suspensions:
            if pause.from_on <= as_of and pause.node_code == rule.code:
                why = f"{catalogue.ground_name(pause.ground)}：本节点依规定不得扣除，未计入"
                last = pause.to_on or as_of
                steps.append(Step("note", pause.from_on, last, 0, why, pause.document_no))
    for extension in facts.extensions:
        if extension.node_code != rule.code or extension.approved_on > as_of:
            continue
        if not rule.extendable or not extension.approver_name:
            why = "延长无批准人，未计入" if rule.extendable else "本节点不得延长，批准未计入"
            day = extension.approved_on
            steps.append(Step("note", day, day, 0, why, extension.document_no))
    return tuple(steps)


def _uncertainty(counted: Counted | None) -> str | None:
    if counted is None or counted.certain:
        return None
    years = "、".join(f"{year}年" for year in counted.missing_years)
    return f"{years}没有已公布的节假日安排，届满日未知，只知不早于 {counted.due_on.isoformat()}"


def _shares(
    facts: CaseFacts, clock: NodeClock, pauses: Sequence[Pause], as_of: date
) -> tuple[Share, ...]:
    end = as_of if clock.done_on is None else min(as_of, clock.done_on)
    if clock.due_on is not None:
        # A pause begun after the due day stops nothing: those days stay with their holder.
        pauses = [pause for pause in pauses if pause.from_on <= clock.due_on]
    due = clock.due_on if clock.certain else None
    return attribute(clock.started_on, end, due, clock.node_code, facts.holds, pauses)


def _change(
    limit: Limit | None,
    instance: Instance,
    calendar: WorkCalendar,
    pauses: Sequence[Pause],
    extras: Sequence[Extra],
    clock: NodeClock,
    as_of: date,
) -> Change | None:
    if limit is None or not clock.certain or clock.due_on is None:
        return None
    if state_of(clock, as_of) not in (NodeState.OVERDUE, NodeState.DONE_LATE):
        return None

    def due_with(changed: Sequence[Pause]) -> date:
        counted = count(
            granted_period(instance.rule, limit, instance.start),
            instance.start.on,
            calendar,
            start_at=instance.start.at,
            pauses=changed,
            extras=extras,
        )
        return _due(counted, instance)

    end = as_of if clock.done_on is None else min(as_of, clock.done_on)
    return smallest_change(end, pauses, due_with, instance.rule.name)


def _others(
    clocks: dict[tuple[str, str], NodeClock],
    this: NodeClock,
    catalogue: Catalogue,
    as_of: date,
) -> tuple[OtherClock, ...]:
    found = [
        OtherClock(
            clock.node_code,
            catalogue.nodes[clock.node_code].name
            + (f"（{clock.subject}）" if clock.subject else ""),
            clock.due_on,
            clock.certain,
            state_of(clock, as_of),
        )
        for clock in clocks.values()
        if clock is not this
        and clock.due_on is not None
        and (clock.done_on is None or clock.done_on > as_of)
    ]
    return tuple(sorted(found, key=lambda other: (other.due_on or date.max, other.node_code)))
