"""Writing notes, marking them read, taking over. Each one transaction of the writer lane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from desktop.errors import UserError
from desktop.notes.queries import colleagues, teams_of
from desktop.notes.rules import BODY_MAX, About, Colleague, mentioned
from storage.ids import new_id
from storage.schema import table


@dataclass(frozen=True, slots=True)
class NoteText:
    """A note as it was typed. `chosen`: see `rules.mentioned`; `voids`: the note it corrects;
    `to_id`: makes it a hand-over note for that person."""

    about: About
    body: str
    author_id: str | None
    at: datetime
    team_only: bool = False
    chosen: Mapping[str, str] = field(default_factory=dict)
    voids: str | None = None
    to_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Mentions (ids) that a person has read, or the hand-over he takes."""

    ids: Sequence[str]
    person_id: str | None
    at: datetime


def write_note(connection: Connection, note: NoteText) -> str:
    """Stores a note with its mentions; gives its id. UserError where it cannot be."""
    body = note.body.strip()
    if note.author_id is None:
        raise UserError("须以本人身份写备注：本机尚未设定在座人员。")
    if not body:
        raise UserError("请写明备注内容。")
    if len(body) > BODY_MAX:
        raise UserError(f"备注不得超过 {BODY_MAX} 字。")
    day = note.at.date()
    own = teams_of(connection, note.author_id, day)
    if note.team_only and not own:
        raise UserError("您未编入任何团队，不能写仅本团队可见的备注。")
    if note.team_only and note.to_id is not None:
        raise UserError("交接说明须让接手人看到，不能仅本团队可见。")
    people = colleagues(connection, note.about, note.author_id, day)
    named = _named(note, body, people)
    made = new_id()
    connection.execute(
        insert(table("note")).values(
            id=made,
            about=note.about.kind,
            about_id=note.about.id,
            case_id=None if note.team_only else note.about.case_id,
            team_only=note.team_only,
            kind="note" if note.to_id is None else "handover",
            body=body,
            author_id=note.author_id,
            at=note.at.isoformat(timespec="milliseconds"),
            from_id=None if note.to_id is None else note.author_id,
            to_id=note.to_id,
            voids=note.voids,
        )
    )
    rows = [
        {"id": new_id(), "note_id": made, "person_id": one, "team_only": note.team_only}
        for one in named
    ]
    if rows:
        connection.execute(insert(table("note_mention")), rows)
    return made


def _named(note: NoteText, body: str, people: Sequence[Colleague]) -> list[str]:
    """Whoever takes over first, then everybody named; nobody mentions himself."""
    found = mentioned(body, people, note.chosen)
    if note.to_id is not None:
        if note.to_id == note.author_id:
            raise UserError("不能交接给本人。")
        found = (note.to_id, *found)
    known = {one.id: one for one in people}
    if note.team_only:
        others = [known[one].name for one in found if one in known and not known[one].mine]
        if others:
            raise UserError(f"{'、'.join(others)}不在本团队，看不到仅本团队可见的备注。")
    return [one for one in dict.fromkeys(found) if one != note.author_id]


def mark_read(connection: Connection, reading: Reading) -> int:
    """Marks mentions of the reader as read; those of others and those read before stay as they
    are. Gives how many it marked."""
    if reading.person_id is None or not reading.ids:
        return 0
    mention = table("note_mention")
    done = connection.execute(
        update(mention)
        .where(
            mention.c.id.in_(reading.ids),
            mention.c.person_id == reading.person_id,
            mention.c.read_at.is_(None),
        )
        .values(read_at=reading.at.isoformat(timespec="milliseconds"), read_by=reading.person_id)
    )
    return done.rowcount


def take_over(connection: Connection, reading: Reading) -> None:
    """Acknowledges a hand-over (one mention); by whoever takes over alone."""
    mention, note = table("note_mention"), table("note")
    row = connection.execute(
        select(mention, note.c.kind, note.c.to_id)
        .join(note, note.c.id == mention.c.note_id)
        .where(mention.c.id == reading.ids[0])
    ).one_or_none()
    if row is None or row.kind != "handover":
        raise UserError("这份交接说明已不存在。")
    if reading.person_id is None or reading.person_id != row.to_id:
        raise UserError("只有接手人才能接收交接。")
    if row.acknowledged_at is not None:
        raise UserError("已经接收过了。")
    at = reading.at.isoformat(timespec="milliseconds")
    values = {"acknowledged_at": at}
    if row.read_at is None:
        values |= {"read_at": at, "read_by": reading.person_id}
    connection.execute(update(mention).where(mention.c.id == row.id).values(**values))
