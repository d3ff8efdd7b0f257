"""Tells the duty leader that a measure waits for an office that is empty. Writer lane.

The president is away and nobody has his power: then nobody approves, and whoever leads the duty is
told once a day, by a note on the paper itself, so that it is seen who was told, when and by whom.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from desktop.command.measures.facts import measure_of
from desktop.documents.course import ActArgs, Day, ask
from desktop.documents.staff import absences, court_of
from desktop.errors import UserError
from desktop.notes.commands import NoteText, write_note
from desktop.notes.rules import About
from desktop.rules.coercive import KINDS
from desktop.rules.signing_matrix import Stage
from storage.records.people import Post
from storage.schema import table

# Who leads the duty where the roster of the hour names no leader.
_LEADERS: Final = (Post.BUREAU_CHIEF, Post.DEPUTY_CHIEF, Post.COMMISSAR)
_WORDS: Final = "现无人可以批准"


@dataclass(frozen=True, slots=True)
class Leader:
    """Who leads the duty."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Tell:
    """About which paper, by whom, when."""

    document_id: str
    person_id: str | None
    at: datetime


def nobody_approves(
    connection: Connection, row: Row[Any], at: datetime, day: Day | None = None
) -> str:
    """Why nobody can approve a paper that waits for it; empty where somebody can."""
    if row.state != "checking":
        return ""
    known = day or Day.of(connection, at.date())
    court_id = court_of(connection, row.case_id, row.maker_id)
    # Asked as anybody of the court who is at work: only who can is of interest.
    asker = next(iter(known.people(row.case_id, court_id)), None)
    if asker is None:
        return "本院没有在岗人员。"
    act = ActArgs(row.id, str(asker.id), at, row.content_sha256)
    decision = ask(connection, row, Stage.APPROVE, act, known).decision
    if decision.allowed or decision.who_ids or decision.stage is not Stage.APPROVE:
        return ""
    return decision.reason if decision.tell_duty_leader else ""


def duty_leader(connection: Connection, court_id: str | None, at: datetime) -> Leader | None:
    """A leader of that court on the roster of the hour, else the first of its leaders at work."""
    roster, person = table("roster").c, table("person").c
    away = {str(one.person_id) for one in absences(connection, at.date())}
    moment = at.isoformat(timespec="minutes")
    rows = connection.execute(
        select(person.id, person.name, person.post)
        .where(person.court_id == court_id, person.left_on.is_(None))
        .where(person.post.in_(_LEADERS))
        .order_by(person.name, person.id)
    ).all()
    present = [row for row in rows if row.id not in away]
    on_duty = set(
        connection.execute(
            select(roster.person_id).where(
                roster.status == "planned",
                roster.day == at.date().isoformat(),
                roster.from_at <= moment,
                roster.to_at > moment,
            )
        ).scalars()
    )
    ranked = sorted(
        present, key=lambda row: (row.id not in on_duty, _LEADERS.index(Post(row.post)))
    )
    return Leader(ranked[0].id, ranked[0].name) if ranked else None


def told_today(connection: Connection, document_id: str, at: datetime) -> bool:
    """Whether somebody told the duty leader of this paper on that day."""
    note = table("note").c
    found = connection.execute(
        select(note.id).where(
            note.about == "document",
            note.about_id == document_id,
            note.at.startswith(at.date().isoformat()),
            note.body.contains(_WORDS),
        )
    ).first()
    return found is not None


def tell(connection: Connection, args: Tell) -> str:
    """Writes the note unless it was written today; gives whom it tells, empty where nobody needs
    to be told. UserError where the court has no leader at work."""
    row = measure_of(connection, args.document_id)
    why = nobody_approves(connection, row, args.at)
    if not why or told_today(connection, row.id, args.at):
        return ""
    court_id = court_of(connection, row.case_id, row.maker_id)
    leader = duty_leader(connection, court_id, args.at)
    if leader is None:
        raise UserError("院长不在岗且无人代行，本院也没有在岗的值班领导可以报告。")
    title = str(row.title).replace("\n", "")
    body = f"@{leader.name} {title}：院长不在岗，没有代行授权，{_WORDS}{KINDS[row.kind]}，请处理。"
    write_note(
        connection,
        NoteText(
            About("document", row.id, row.case_id),
            body,
            args.person_id,
            args.at,
            chosen={leader.name: leader.id},
        ),
    )
    return leader.name
