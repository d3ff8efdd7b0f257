"""Reads the notes on an object, who can be mentioned, and who was. Reader lanes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, and_, case, func, literal, or_, select

from desktop.notes.rules import About, Colleague
from storage.schema import table


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody named in a note; `acknowledged` of a hand-over alone."""

    id: str
    person_id: str
    name: str
    read: bool
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note as it is shown; `corrected`: it replaces an earlier one."""

    id: str
    at: str
    author_id: str
    author: str
    body: str
    team_only: bool
    to_id: str | None  # of a hand-over note
    to_name: str
    corrected: bool
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class ChangeOfHands:
    """A case that went from one handler to another without a hand-over note."""

    from_name: str
    to_id: str
    to_name: str
    on: str


@dataclass(frozen=True, slots=True)
class ThreadArgs:
    """Whose notes, for whom, on which day."""

    about: About
    person_id: str | None
    today: date


@dataclass(frozen=True, slots=True)
class Thread:
    """Everything the box shows, the newest note first."""

    about: About
    notes: tuple[NoteLine, ...]
    people: tuple[Colleague, ...]
    change: ChangeOfHands | None


def thread(connection: Connection, args: ThreadArgs) -> Thread:
    """The notes on an object; those that were corrected are left out."""
    note, person = table("note"), table("person")
    author, taker = person.alias("author"), person.alias("taker")
    later = note.alias("later")
    rows = connection.execute(
        select(note, author.c.name.label("author"), taker.c.name.label("taker"))
        .join(author, author.c.id == note.c.author_id)
        .outerjoin(taker, taker.c.id == note.c.to_id)
        .where(
            note.c.about == args.about.kind,
            note.c.about_id == args.about.id,
            ~select(later.c.id).where(later.c.voids == note.c.id).exists(),
        )
        .order_by(note.c.at.desc(), note.c.id.desc())
    ).all()
    named = _mentions(connection, [row.id for row in rows])
    notes = tuple(
        NoteLine(
            id=row.id,
            at=row.at,
            author_id=row.author_id,
            author=row.author,
            body=row.body,
            team_only=bool(row.team_only),
            to_id=row.to_id,
            to_name=row.taker or "",
            corrected=row.voids is not None,
            mentions=named.get(row.id, ()),
        )
        for row in rows
    )
    people = colleagues(connection, args.about, args.person_id, args.today)
    return Thread(args.about, notes, people, _change(connection, args.about, notes))


def _mentions(connection: Connection, note_ids: Sequence[str]) -> Mapping[str, tuple[Mention, ...]]:
    mention, person = table("note_mention"), table("person")
    found: dict[str, list[Mention]] = {}
    rows = connection.execute(
        select(mention, person.c.name)
        .join(person, person.c.id == mention.c.person_id)
        .where(mention.c.note_id.in_(note_ids))
        .order_by(mention.c.id)
    )
    for row in rows:
        found.setdefault(row.note_id, []).append(
            Mention(
                row.id,
                row.person_id,
                row.name,
                row.read_at is not None,
                row.acknowledged_at is not None,
            )
        )
    return {key: tuple(names) for key, names in found.items()}


def _change(
    connection: Connection, about: About, notes: Sequence[NoteLine]
) -> ChangeOfHands | None:
    """The last change of the handler, unless a hand-over note to the new one followed it."""
    if about.kind != "case":
        return None
    hold, person = table("hold"), table("person")
    before, after = person.alias("before"), person.alias("after")
    held = (
        select(hold.c.holder_id, hold.c.from_on)
        .where(hold.c.case_id == about.id, hold.c.kind == "handler", hold.c.holder_id.is_not(None))
        .order_by(hold.c.from_on, hold.c.id)
    )
    holders = connection.execute(held).all()
    last = None
    for one, next_ in pairwise(holders):
        if one.holder_id != next_.holder_id:
            last = (one.holder_id, next_.holder_id, next_.from_on)
    if last is None:
        return None
    told = any(note.to_id == last[1] and note.at[:10] >= last[2] for note in notes)
    row = connection.execute(
        select(before.c.name, after.c.name.label("after"))
        .select_from(before.join(after, literal(True)))
        .where(before.c.id == last[0], after.c.id == last[1])
    ).one_or_none()
    return None if told or row is None else ChangeOfHands(row.name, last[1], row.after, last[2])


def teams_of(connection: Connection, person_id: str | None, day: date) -> frozenset[str]:
    """The teams somebody belongs to on `day`."""
    member = table("membership").c
    return frozenset(
        connection.execute(
            select(member.team_id).where(member.person_id == person_id, _on(member, day))
        ).scalars()
    )


def _on(member: Any, day: date) -> Any:
    on = day.isoformat()
    return and_(member.from_on <= on, or_(member.to_on.is_(None), member.to_on >= on))


def colleagues(
    connection: Connection, about: About, person_id: str | None, day: date
) -> tuple[Colleague, ...]:
    """Everybody at work but the author, by name; the object's team and the author's are near."""
    person, court, team = table("person"), table("court"), table("team")
    member, matter = table("membership"), table("case")
    own = teams_of(connection, person_id, day)
    whose = connection.execute(
        select(matter.c.team_id).where(matter.c.id == about.case_id)
    ).scalar()
    near = own | ({whose} if whose else frozenset())
    rows = connection.execute(
        select(person.c.id, person.c.name, court.c.short_name, team.c.id.label("team"), team.c.name)
        .select_from(
            person.join(court, court.c.id == person.c.court_id)
            .outerjoin(member, and_(member.c.person_id == person.c.id, _on(member.c, day)))
            .outerjoin(team, team.c.id == member.c.team_id)
        )
        .where(or_(person.c.left_on.is_(None), person.c.left_on > day.isoformat()))
        .order_by(person.c.name, person.c.id)
    )
    found: dict[str, Colleague] = {}
    for row in rows:
        known = found.get(row.id)
        place = " ".join(filter(None, (row.short_name, row[4])))
        found[row.id] = Colleague(
            row.id,
            row.name,
            place if known is None else known.place,
            near=row.team in near or (known is not None and known.near),
            mine=row.team in own or (known is not None and known.mine),
        )
    return tuple(one for one in found.values() if one.id != person_id)


def unread(connection: Connection, person_id: str | None) -> int:
    """How many mentions of a person wait to be read, or as a hand-over to be taken."""
    mention, note = table("note_mention"), table("note")
    waits = case(
        (note.c.kind == "handover", mention.c.acknowledged_at.is_(None)),
        else_=mention.c.read_at.is_(None),
    )
    later = note.alias("later")
    return int(
        connection.execute(
            select(func.count())
            .select_from(mention.join(note, note.c.id == mention.c.note_id))
            .where(
                mention.c.person_id == person_id,
                waits,
                ~select(later.c.id).where(later.c.voids == note.c.id).exists(),
            )
        ).scalar_one()
    )
