"""From the events of a case to its node clocks. Pure; any thread.

A start event opens a clock, the first end event on or after it (of the same subject) ends it.
A closed case ends its open clocks on the closing day, but for those that outlive it. Nothing
that happened after `as_of` is known on `as_of`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from desktop.rules.catalogue import Catalogue, Limit, NodeRule, Unit
from desktop.rules.clock import ClockTable, count, period_of, warn_day
from desktop.rules.periods import Extra, Pause, Period
from storage.ids import EventId
from storage.records.cases import CaseFacts, NodeClock, NodeEvent, Suspension

_UNITS = frozenset(Unit)


@dataclass(slots=True)
class Instance:
    """One clock of a case, running or done. `round` counts repetitions of the same subject."""

    rule: NodeRule
    subject: str
    start: NodeEvent
    round: int
    done: NodeEvent | None = None
    done_on: date | None = None
    by_closing: bool = False

    @property
    def key(self) -> str:
        """The subject, told apart from earlier rounds: 线索甲, 线索甲#2, #2."""
        return self.subject if self.round == 1 else f"{self.subject}#{self.round}"


@dataclass(frozen=True, slots=True)
class _Plan:
    """The rules of one kind of case, by the events that open and end them."""

    opens: dict[str, tuple[NodeRule, ...]]
    ends: dict[str, tuple[NodeRule, ...]]


@lru_cache(maxsize=1_024)
def _plan(
    catalogue: Catalogue, type_word: str, has_property: bool | None, non_litigation: bool
) -> _Plan:
    opens: dict[str, list[NodeRule]] = {}
    ends: dict[str, list[NodeRule]] = {}
    rules = catalogue.nodes_for(type_word, has_property=has_property, non_litigation=non_litigation)
    for rule in rules:
        for kind in rule.start:
            opens.setdefault(kind, []).append(rule)
        for kind in rule.done:
            ends.setdefault(kind, []).append(rule)
    return _Plan(
        {kind: tuple(found) for kind, found in opens.items()},
        {kind: tuple(found) for kind, found in ends.items()},
    )


class _Walk:
    """One pass over the events of a case, in order of days."""

    def __init__(self) -> None:
        self.open: dict[tuple[str, str], Instance] = {}
        self.rounds: dict[tuple[str, str], int] = {}
        # End events that ended nothing: a start later on the same day may still take them,
        # because two facts of one day have no recorded order.
        self.spare: dict[tuple[str, str], NodeEvent] = {}
        self.found: list[Instance] = []

    def end(self, rule: NodeRule, event: NodeEvent) -> None:
        key = (rule.code, (event.subject or "") if rule.per_subject else "")
        instance = self.open.pop(key, None)
        if instance is not None:
            instance.done, instance.done_on = event, event.on
        elif not rule.start:
            self.begin(rule, event)
        else:
            self.spare[key] = event

    def begin(self, rule: NodeRule, event: NodeEvent) -> None:
        key = (rule.code, (event.subject or "") if rule.per_subject else "")
        if key in self.open or (key in self.rounds and not rule.repeats):
            return
        number = self.rounds[key] = self.rounds.get(key, 0) + 1
        instance = Instance(rule, key[1], event, number)
        self.found.append(instance)
        spare = event if not rule.start else self.spare.get(key)
        if spare is None or (rule.start and not _may_end(event, spare)):
            self.open[key] = instance
        else:
            instance.done, instance.done_on = spare, spare.on
            self.spare.pop(key, None)


def _may_end(start: NodeEvent, done: NodeEvent) -> bool:
    """Whether `done`, met earlier in the list, lies on the start's day and not before its hour."""
    if done.id == start.id or done.on != start.on:
        return False
    return start.at is None or done.at is None or done.at >= start.at


def instances(facts: CaseFacts, catalogue: Catalogue, as_of: date) -> list[Instance]:
    """Every clock of the case as known on `as_of`, in order of their start."""
    case = facts.case
    plan = _plan(catalogue, case.type_word, case.has_property, case.non_litigation)
    walk = _Walk()
    no_rules: tuple[NodeRule, ...] = ()
    for event in _with_stand_ins(facts, catalogue):
        if event.on > as_of:
            break
        for rule in plan.ends.get(event.kind, no_rules):
            walk.end(rule, event)
        for rule in plan.opens.get(event.kind, no_rules):
            walk.begin(rule, event)
    closed_on = closing_day(facts, catalogue)
    if closed_on is not None and closed_on <= as_of:
        for instance in walk.found:
            _close(instance, closed_on)
    return walk.found


def _close(instance: Instance, closed_on: date) -> None:
    if instance.rule.survives_closing or instance.start.on > closed_on:
        return
    if instance.done_on is None or instance.done_on > closed_on:
        instance.done, instance.done_on, instance.by_closing = None, closed_on, True


def closing_day(facts: CaseFacts, catalogue: Catalogue) -> date | None:
    """The day the case was closed: its own closing day, else its closing event."""
    if facts.case.closed_on is not None:
        return facts.case.closed_on
    for event in facts.events:
        if event.kind == catalogue.closed_event:
            return event.on
    return None


def _with_stand_ins(facts: CaseFacts, catalogue: Catalogue) -> Iterable[NodeEvent]:
    """The events, with the case's own filing and closing day where no event records them."""
    case = facts.case
    kinds = {event.kind for event in facts.events}
    stand_ins = []
    if catalogue.filed_event is not None and catalogue.filed_event not in kinds:
        stand_ins.append((catalogue.filed_event, case.filed_on))
    closed = catalogue.closed_event
    if closed is not None and case.closed_on is not None and closed not in kinds:
        stand_ins.append((closed, case.closed_on))
    if not stand_ins:
        return facts.events
    made = [
        NodeEvent(EventId(case.id), case.id, kind, on, None, None, None, None, None)
        for kind, on in stand_ins
    ]
    return sorted((*made, *facts.events), key=lambda event: event.on)


def pauses_of(
    facts: CaseFacts, catalogue: Catalogue, instance: Instance, as_of: date
) -> tuple[Pause, ...]:
    """The pauses that count for this clock: known on `as_of` and begun before it ended."""
    if not instance.rule.suspendable:
        return ()
    last = as_of if instance.done_on is None else min(as_of, instance.done_on)
    return tuple(
        Pause(s.from_on, s.to_on, catalogue.ground_name(s.ground), s.document_no)
        for s in facts.suspensions
        if s.from_on <= last and stops(catalogue, instance.rule, s)
    )


def stops(catalogue: Catalogue, rule: NodeRule, suspension: Suspension) -> bool:
    """Whether `suspension` stops clocks of `rule` (a named node, or all its ground stops)."""
    if suspension.node_code is not None:
        return suspension.node_code == rule.code
    ground = catalogue.grounds.get(suspension.ground)
    return ground is None or not ground.nodes or rule.code in ground.nodes


def extras_of(facts: CaseFacts, instance: Instance, as_of: date) -> tuple[Extra, ...]:
    """The approved extensions of this clock known on `as_of`, in order of approval."""
    if not instance.rule.extendable:
        return ()
    found = [
        Extra(e.amount, Unit(e.unit), e.applied_on, e.approved_on, e.approver_name, e.document_no)
        for e in facts.extensions
        if e.node_code == instance.rule.code
        and e.approved_on <= as_of
        and e.approver_name
        and e.unit in _UNITS
        and (not instance.rule.repeats or e.applied_on >= instance.start.on)
        and (instance.done_on is None or e.applied_on <= instance.done_on)
    ]
    return tuple(sorted(found, key=lambda extra: (extra.approved_on, extra.document_no)))


def derive_nodes(
    facts: CaseFacts, catalogue: Catalogue, table: ClockTable, as_of: date
) -> list[NodeClock]:
    """The node clocks of a case as known on `as_of`, in order of their start."""
    made = []
    plain = not facts.suspensions and not facts.extensions
    for instance in instances(facts, catalogue, as_of):
        if plain and instance.start.at is None:
            made.append(_plain_clock(facts, instance, table))
        else:
            made.append(_full_clock(facts, catalogue, instance, table, as_of))
    return made


def _plain_clock(facts: CaseFacts, instance: Instance, table: ClockTable) -> NodeClock:
    due = table.due(instance.rule, instance.start.on)
    due_on = due.due_on
    if due.due_at is not None and due_on is not None:
        due_on = by_hours(due_on, due.due_at, instance)
    return NodeClock(
        facts.case.id,
        instance.rule.code,
        instance.key,
        instance.start.id,
        instance.start.on,
        due_on,
        due.due_at,
        due.certain,
        due.warn_on,
        instance.done_on,
        None,
        None,
        due.version,
    )


def _full_clock(
    facts: CaseFacts,
    catalogue: Catalogue,
    instance: Instance,
    table: ClockTable,
    as_of: date,
) -> NodeClock:
    rule, start = instance.rule, instance.start
    pauses = pauses_of(facts, catalogue, instance, as_of)
    extras = extras_of(facts, instance, as_of)
    limit = rule.limit_on(start.on)
    hours = limit is not None and limit.unit is Unit.HOUR and start.at is not None
    if limit is None or not (pauses or extras or hours):
        return _plain_clock(facts, instance, table)
    counted = count(
        granted_period(rule, limit, start),
        start.on,
        table.calendars.of(rule.calendar),
        start_at=start.at,
        pauses=pauses,
        extras=extras,
    )
    pause = counted.pause or (None, None)
    clock = replace(
        _plain_clock(facts, instance, table),
        due_on=counted.due_on,
        due_at=counted.due_at,
        certain=counted.certain,
        warn_on=warn_day(rule, counted),
        pause_from=pause[0],
        pause_to=pause[1],
    )
    if counted.due_at is None:
        return clock
    return replace(clock, due_on=by_hours(counted.due_on, counted.due_at, instance))


def granted_period(rule: NodeRule, limit: Limit, start: NodeEvent) -> Period:
    """The limit as a period to count; what the start event sets, where it sets one."""
    hours = None if rule.granted is None else rule.granted.of(start.note)
    if hours is None:
        return period_of(limit)
    return Period(hours, Unit.HOUR, roll=False, exact=True)


def by_hours(due_on: date, due_at: datetime, instance: Instance) -> date:
    """The due day of a limit in hours, so that comparing days alone tells late from in time.

    An act recorded later than the hour on the very day gets the day before as its due day.
    """
    done_at = instance.done.at if instance.done is not None else None
    late = done_at is not None and instance.done_on == due_on and done_at > due_at
    return due_on - timedelta(days=1) if late else due_on
