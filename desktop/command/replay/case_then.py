"""A case at an instant: its clocks by the facts that had happened. Pure.

A fact with an hour counts from that moment, one with a day alone from the beginning of its day, as
in desktop.evidence.past; a pause that has begun keeps the end that its document names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from desktop.command.replay.kept import Kept
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import Law
from desktop.rules.clock import state_of
from desktop.rules.nodes import derive_nodes
from storage.records.cases import CaseFacts, NodeClock, NodeEvent
from storage.records.states import NodeState


@dataclass(frozen=True, slots=True)
class Mistaken:
    """An event that a later one declared wrong: until then it counted."""

    event: NodeEvent
    until: datetime


@dataclass(frozen=True, slots=True)
class CaseThen:
    """A case with its clocks, judged on that day."""

    number: str
    clocks: tuple[NodeClock, ...]
    day: date

    def states(self) -> tuple[tuple[NodeClock, NodeState], ...]:
        """Each node with how it stands on that day."""
        return tuple((clock, state_of(clock, self.day)) for clock in self.clocks)


def began(on: date, at: datetime | None = None) -> datetime:
    """From when on a fact counts."""
    if at is not None:
        return at if at.tzinfo is not None else at.replace(tzinfo=COURT_ZONE)
    return datetime.combine(on, time(), COURT_ZONE)


def facts_until(facts: CaseFacts, at: datetime, wrong: Sequence[Mistaken] = ()) -> CaseFacts | None:
    """What of them had happened by that instant; None where the case was not filed yet."""
    day = at.astimezone(COURT_ZONE).date()
    if facts.case.filed_on > day:
        return None
    closed = facts.case.closed_on
    case = facts.case
    if closed is not None and closed > day:
        case = replace(case, closed_on=None, close_mode=None)
    events = [event for event in facts.events if _happened(event, at)]
    events += [one.event for one in wrong if _happened(one.event, at) and at < one.until]
    return CaseFacts(
        case,
        tuple(sorted(events, key=lambda event: (event.on, event.id))),
        tuple(one for one in facts.suspensions if one.from_on <= day),
        tuple(one for one in facts.extensions if one.approved_on <= day),
        tuple(one for one in facts.holds if one.from_on <= day),
    )


def _happened(event: NodeEvent, at: datetime) -> bool:
    return began(event.on, event.at) <= at


def case_film(
    facts: CaseFacts, law: Law, days: Sequence[date], wrong: Sequence[Mistaken] = ()
) -> Kept[CaseThen | None]:
    """The case at any instant of those days, a keyframe at each change of its facts and each new
    day."""
    turns = {began(day) for day in days}
    turns |= {began(event.on, event.at) for event in facts.events}
    for one in wrong:
        turns |= {began(one.event.on, one.event.at), one.until}
    others = (
        *(one.from_on for one in facts.suspensions),
        *(one.approved_on for one in facts.extensions),
        *(one.from_on for one in facts.holds),
        facts.case.filed_on,
        *((facts.case.closed_on,) if facts.case.closed_on else ()),
    )
    times = sorted(turns | {began(day) for day in others})

    def make(n: int) -> CaseThen | None:
        if not n:
            return None
        at = times[n - 1]
        known = facts_until(facts, at, wrong)
        if known is None:
            return None
        day = at.astimezone(COURT_ZONE).date()
        catalogue = law.catalogue_for(known.case.type_word)
        clocks = derive_nodes(known, catalogue, law.tables[catalogue.name], day)
        return CaseThen(known.case.number, tuple(clocks), day)

    return Kept(times, make)
