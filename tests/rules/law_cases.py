"""Small builders of facts for the tests of the law."""

from datetime import date, datetime

from storage.ids import CaseId, CourtId, EventId, PersonId
from storage.records.cases import (
    CaseFacts,
    CaseRow,
    Extension,
    Hold,
    NodeEvent,
    Suspension,
)

CASE = CaseId("00000000-0000-7000-8000-000000000001")
COURT = CourtId("00000000-0000-7000-8000-0000000000c0")
LEADER = PersonId("00000000-0000-7000-8000-0000000000a0")


def day(text: str) -> date:
    """2017-03-31."""
    return date.fromisoformat(text)


def case(
    filed: str = "2017-03-01",
    closed: str | None = None,
    *,
    word: str = "执",
    has_property: bool | None = None,
    non_litigation: bool = False,
    close_mode: str | None = None,
) -> CaseRow:
    """A case of the intermediate court."""
    return CaseRow(
        id=CASE,
        number="（2017）豫03执1号",
        court_id=COURT,
        type_word=word,
        filed_on=day(filed),
        closed_on=day(closed) if closed else None,
        close_mode=close_mode,
        team_id=None,
        handler_id=None,
        has_property=has_property,
        non_litigation=non_litigation,
        claim_fen=100_000_00,
    )


def event(kind: str, on: str, subject: str | None = None, number: int = 0) -> NodeEvent:
    """`on` may be a day or an instant (2017-03-01T10:30)."""
    at = datetime.fromisoformat(on) if "T" in on else None
    found = at.date() if at is not None else day(on)
    name = EventId(f"{kind}/{on}/{subject}/{number}")
    return NodeEvent(name, CASE, kind, found, at, subject, None, f"文号{number}", None)


def pause(
    first: str, last: str | None, ground: str = "suspension", node: str | None = None
) -> Suspension:
    """A stretch of suspension with a document number."""
    end = day(last) if last else None
    return Suspension(
        f"s/{first}", CASE, node, ground, day(first), end, f"（2017）豫03执1号之{first}"
    )


def extension(
    node: str, amount: int, unit: str, approved: str, applied: str | None = None
) -> Extension:
    """An extension approved by an invented vice-president."""
    asked = day(applied or approved)
    return Extension(
        f"e/{approved}", CASE, node, amount, unit, asked, day(approved), LEADER, "沈砚秋", "延1号"
    )


def facts(
    row: CaseRow,
    *events: NodeEvent,
    pauses: tuple[Suspension, ...] = (),
    extensions: tuple[Extension, ...] = (),
    holds: tuple[Hold, ...] = (),
) -> CaseFacts:
    """Facts in the order in which the loader gives them."""
    ordered = tuple(sorted(events, key=lambda found: (found.on, found.id)))
    return CaseFacts(row, ordered, pauses, extensions, holds)
