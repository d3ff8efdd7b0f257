"""Reads the mentions of one person. Reader lanes. Row numbers are SQLite's of `note_mention`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Integer, and_, case, literal_column, select

from desktop.circulars.office import letter_number
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.notes.queries import unread
from desktop.notes.rules import KIND_WORDS
from storage.schema import table

_mention, _note, _person = table("note_mention"), table("note"), table("person")
_row_id: Final = literal_column("note_mention.rowid", Integer)
_later: Final = _note.alias("later")


@dataclass(frozen=True, slots=True)
class MentionFilter:
    """Whose mentions; `waiting`: those alone that are not read, or not taken over."""

    person_id: str | None
    waiting: bool = True


def waiting(connection: Connection, _today: date, person_id: str | None) -> tuple[int, str]:
    """How many wait for the person, for the navigator."""
    count = unread(connection, person_id)
    return count, "due_soon" if count else ""


def _where(filter_: MentionFilter) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [
        _mention.c.person_id == filter_.person_id,
        ~select(_later.c.id).where(_later.c.voids == _note.c.id).exists(),
    ]
    if filter_.waiting:
        handover = _note.c.kind == "handover"
        parts.append(
            case(
                (handover, _mention.c.acknowledged_at.is_(None)), else_=_mention.c.read_at.is_(None)
            )
        )
    return and_(*parts)


def snapshot(connection: Connection, args: SnapshotArgs[Dated[MentionFilter]]) -> Sequence[int]:
    """Ordered row numbers; the newest first unless asked otherwise."""
    by = {"author": _person.c.name, "about": _note.c.about, "at": _note.c.at}
    column: Any = by.get(args.sort or "at", _note.c.at)
    down = args.descending or args.sort is None
    return (
        connection.execute(
            select(_row_id)
            .select_from(
                _mention.join(_note, _note.c.id == _mention.c.note_id).join(
                    _person, _person.c.id == _note.c.author_id
                )
            )
            .where(_where(args.filter.filter))
            .order_by(column.desc() if down else column, _note.c.id.desc())
        )
        .scalars()
        .all()
    )


def rows(
    connection: Connection, ids: Sequence[int], _today: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids`, keyed as the columns of the list."""
    found = connection.execute(
        select(
            _row_id.label("n"),
            _mention.c.id,
            _mention.c.read_at,
            _mention.c.acknowledged_at,
            _note.c.about,
            _note.c.about_id,
            _note.c.case_id,
            _note.c.kind,
            _note.c.at,
            _note.c.body,
            _note.c.team_only,
            _person.c.name,
        )
        .select_from(
            _mention.join(_note, _note.c.id == _mention.c.note_id).join(
                _person, _person.c.id == _note.c.author_id
            )
        )
        .where(_row_id.in_(ids))
    ).all()
    names = labels(connection, [(row.about, row.about_id) for row in found])
    return {
        row.n: {
            "id": row.id,
            "about": KIND_WORDS[row.about],
            "kind": row.about,
            "object_id": row.about_id,
            "object": names.get((row.about, row.about_id), "—"),
            "case_id": row.case_id or (row.about_id if row.about == "case" else None),
            "at": row.at[:16].replace("T", " "),
            "author": row.name,
            "body": " ".join(row.body.split()),
            "whole": row.body,
            "handover": row.kind == "handover",
            "state": _state(row),
        }
        for row in found
    }


def _state(row: Any) -> tuple[str, str]:
    if row.kind == "handover":
        return ("done", "已接收") if row.acknowledged_at else ("due_soon", "待接收")
    return ("done", "已读") if row.read_at else ("due_soon", "未读")


def labels(
    connection: Connection, objects: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """What an object is called: number of a case, title of a document and so on."""
    found: dict[tuple[str, str], str] = {}
    for kind in {kind for kind, _id in objects}:
        ids = [one for of, one in objects if of == kind]
        of = table({"letter": "supervision_letter"}.get(kind, kind))
        for row in connection.execute(select(of).where(of.c.id.in_(ids))):
            found[kind, row.id] = _called(kind, row)
    return found


def _called(kind: str, row: Any) -> str:
    if kind == "case":
        return str(row.number)
    if kind == "petition":
        return f"{row.code} {row.petitioner}"
    if kind == "letter":
        return letter_number(row.year, row.serial)
    return str(row.title)
