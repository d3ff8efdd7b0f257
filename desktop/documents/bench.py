"""合议庭: who sits for a document, who may not, and how a judge voted. Any thread that may read.

The panel is named in the document itself, so that it is one of the words that are voted on and a
changed panel votes anew. Where the document names none, the judges of the case's own adjudication
team sit. A vote is an act of passing the stage "panel"; its words begin with what was voted.
"""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, or_, select

from desktop.documents.separation.asking import executed_by, seats_words, sitting
from desktop.documents.separation.facts import SEATS_KEY
from desktop.documents.staff import court_of, signers
from desktop.rules.signing import PANEL_SIZE, CaseFacts, Outcome, Signer
from storage.ids import PersonId
from storage.records.people import TeamKind, TeamRole
from storage.schema import table

# The key of a draft's fields under which its panel stands: ids joined by commas, presiding first.
PANEL_WORDS: Final = SEATS_KEY
# The word of the case under which the names of the panel stand, as they are printed.
BENCH_WORD: Final = "bench"
AGREED: Final = "同意"
DISSENTED: Final = "不同意"
_MARK: Final = "："


def panel_words(seats: Sequence[str]) -> str:
    """What a draft keeps under PANEL_WORDS; the first of `seats` presides."""
    return ",".join(seats)


def vote_words(agreed: bool, opinion: str) -> str:
    """The words of a vote: 不同意：…."""
    said = opinion.strip()
    word = AGREED if agreed else DISSENTED
    return f"{word}{_MARK}{said}" if said else word


def vote_of(body: str) -> Outcome:
    """What was voted; words that are no vote let nothing pass."""
    return Outcome.DONE if body.partition(_MARK)[0] == AGREED else Outcome.DISSENT


def facts_of(connection: Connection, row: Row[Any], people: Sequence[Signer]) -> CaseFacts:
    """What the matrix has to know of a document's matter. people: as the matrix sees them for the
    document's case."""
    return facts_for(connection, row.case_id, people, json.loads(row.fields).get(PANEL_WORDS, ""))


def facts_for(
    connection: Connection, case_id: str | None, people: Sequence[Signer], named: str = ""
) -> CaseFacts:
    """As `facts_of`, for a document of that case which nobody has drafted yet. named: its panel as
    panel_words gives it."""
    seats = tuple(PersonId(one) for one in named.split(",") if one)
    presiding = seats[0] if seats else None
    if not seats:
        seats, presiding = _own_panel(connection, case_id, people)
    return CaseFacts(seats, presiding, implementers(connection, case_id))


def _own_panel(
    connection: Connection, case_id: str | None, people: Sequence[Signer]
) -> tuple[tuple[PersonId, ...], PersonId | None]:
    """The quota judges of the case's adjudication team; its leader presides."""
    case, team = table("case"), table("team")
    found = connection.execute(
        select(team.c.kind, case.c.leader_id)
        .join_from(case, team, team.c.id == case.c.team_id)
        .where(case.c.id == case_id)
    ).first()
    if found is None or found.kind != TeamKind.ADJUDICATION:
        return (), None
    sits = frozenset({TeamRole.LEADER, TeamRole.JUDGE})
    judges = [one for one in people if one.quota and one.team_roles & sits]
    leads = [one.id for one in judges if TeamRole.LEADER in one.team_roles]
    leads += [one.id for one in judges if one.id == found.leader_id]
    return tuple(one.id for one in judges), leads[0] if leads else None


def offered(connection: Connection, case_id: str, day: date) -> tuple[Signer, ...]:
    """Whom a draft of that case may name for its panel: quota judges of the adjudication teams of
    its court who did not carry the case out, under whichever number. Where a court has fewer than
    three, its other quota judges who did not carry it out sit, too."""
    court = court_of(connection, case_id)
    quota = [one for one in signers(connection, case_id, day, court) if one.quota]
    found = sitting(connection, case_id, (str(one.id) for one in quota), day)
    judges = [one for one in quota if one.id not in found or not found[one.id].forbids]
    ids = _adjudicators(connection, day)
    first = [one for one in judges if one.id in ids]
    rest = () if len(first) >= PANEL_SIZE else (one for one in judges if one.id not in ids)
    return (*first, *rest)


def _adjudicators(connection: Connection, day: date) -> frozenset[str]:
    member, team = table("membership"), table("team")
    found = connection.execute(
        select(member.c.person_id)
        .join(team, team.c.id == member.c.team_id)
        .where(
            team.c.kind == TeamKind.ADJUDICATION.value,
            member.c.from_on <= day.isoformat(),
            or_(member.c.to_on.is_(None), member.c.to_on >= day.isoformat()),
        )
    ).scalars()
    return frozenset(found)


def seats_fault(connection: Connection, case_id: str, seats: Sequence[str], day: date) -> str:
    """Why those people cannot be named for the panel, the first of them presiding; empty when they
    can."""
    if len(seats) != PANEL_SIZE or len(set(seats)) != PANEL_SIZE:
        return f"合议庭须由三名法官组成，第一名为审判长，现为{len(set(seats))}名。"
    did = separation_fault(connection, case_id, seats, day)
    if did:
        return did
    may = {str(one.id) for one in offered(connection, case_id, day)}
    names = _names(connection, seats)
    others = [names.get(one, "已离任的人员") for one in seats if one not in may]
    return f"{'、'.join(others)}不是可以参加本案合议庭的员额法官。" if others else ""


def separation_fault(connection: Connection, case_id: str, people: Sequence[str], day: date) -> str:
    """Why those people may not judge in that case, having carried it out; empty when they may."""
    found = sitting(connection, case_id, people, day)
    barred = [found[one] for one in people if one in found and found[one].forbids]
    return "\n".join(seats_words(connection, barred))


def seats_notes(
    connection: Connection, case_id: str, people: Sequence[str], day: date
) -> tuple[str, ...]:
    """What is to be weighed before those people are named: executions that hang with the case and
    are other matters. A sentence each."""
    found = sitting(connection, case_id, people, day)
    weighed = [found[one] for one in people if one in found and not found[one].forbids]
    return tuple(seats_words(connection, weighed))


def bench_words(connection: Connection, seats: Sequence[str]) -> str:
    """The panel as a ruling ends: a line for each, the presiding judge first."""
    names = _names(connection, seats)
    return bench_lines([names.get(one, "") for one in seats])


def bench_lines(names: Sequence[str]) -> str:
    """As `bench_words`, of names."""
    return "\n".join(f"{'审判员' if at else '审判长'}　{name}" for at, name in enumerate(names))


def _names(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    person = table("person").c
    rows = connection.execute(select(person.id, person.name).where(person.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


def implementers(connection: Connection, case_id: str | None) -> frozenset[PersonId]:
    """Who carried out the execution that a case is or reviews, under whichever number."""
    if case_id is None:
        return frozenset()
    return frozenset(PersonId(one) for one in executed_by(connection, case_id))
