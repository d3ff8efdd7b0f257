"""Seizures as lists and pages show them. Any thread that may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, func, or_, select

from desktop.command.seizures.content import form_of
from desktop.command.seizures.known import Officer, known_of, officers_of
from desktop.rules.seizure_form import Form, Known, State, state_of
from storage.schema import table

_LIST_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One seizure in the list; `items` stand on it, `photos` hang on it."""

    id: str
    state: State
    kind: str
    case_id: str
    case_number: str
    subject: str
    place: str
    what: str
    officers: str
    began_at: str
    items: int
    photos: int
    code: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing on the list, as the page shows it."""

    id: str
    n: int
    name: str
    kind: str
    quantity: str
    mark: str
    condition: str
    value_fen: int | None
    owner: str
    basis: str
    status: str
    verified_by: str
    verified_at: str | None
    note: str
    measure_id: str | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph: its small picture as base64, the original by its hash."""

    attachment_id: str
    name: str
    sha256: str
    size: int
    mime: str
    thumbnail: str
    taken_at: str
    item_n: int | None
    body: str  # _blob's state of the original on this device; empty while it is not here


@dataclass(frozen=True, slots=True)
class Seizure:
    """Everything the page and the papers need."""

    id: str
    state: State
    form: Form
    case_number: str
    court: str
    officer: str
    second: str
    signed_at: str | None
    code: str
    content_sha256: str | None
    things: tuple[Thing, ...]
    pictures: tuple[Picture, ...]
    next_n: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What a form has to choose from, for one case."""

    case_id: str
    case_number: str
    known: Known
    officers: tuple[Officer, ...]
    document_no: str


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom something is offered, and on which day."""

    case_id: str
    person_id: str | None
    today: date


def waiting_count(connection: Connection, _today: date, person_id: str | None) -> tuple[int, str]:
    """Things that wait for somebody to verify them, other than those who seized them."""
    item, seizure = table("seizure_item").c, table("seizure").c
    query = (
        select(func.count())
        .select_from(table("seizure_item"))
        .join(table("seizure"), seizure.id == item.seizure_id)
        .where(seizure.signed_at.is_not(None), item.status == "claimed", item.dropped.is_(False))
    )
    if person_id is not None:
        query = query.where(
            seizure.officer_id != person_id,
            or_(seizure.second_id.is_(None), seizure.second_id != person_id),
        )
    found = int(connection.execute(query).scalar_one())
    return found, "due_soon" if found else "normal"


def lines(connection: Connection, case_id: str = "") -> tuple[Line, ...]:
    """Seizures, newest first, of one case where it is given; 500 at most."""
    seizure, case = table("seizure").c, table("case").c
    query = select(table("seizure"), case.number).join(table("case"), case.id == seizure.case_id)
    if case_id:
        query = query.where(seizure.case_id == case_id)
    rows = connection.execute(
        query.order_by(seizure.began_at.desc(), seizure.id).limit(_LIST_MOST)
    ).all()
    ids = [row.id for row in rows]
    things, pictures = _things_by(connection, ids), _photos_by(connection, ids)
    names = _names(connection, {one for row in rows for one in (row.officer_id, row.second_id)})
    return tuple(_line(row, things.get(row.id, []), pictures.get(row.id, 0), names) for row in rows)


def seizure_of(connection: Connection, seizure_id: str) -> Seizure | None:
    """One seizure with its list and its photographs."""
    form = form_of(connection, seizure_id)
    if form is None:
        return None
    seizure, case, court = table("seizure"), table("case").c, table("court").c
    row = connection.execute(select(seizure).where(seizure.c.id == seizure_id)).one()
    place = connection.execute(
        select(case.number, court.name)
        .join(table("court"), court.id == case.court_id)
        .where(case.id == row.case_id)
    ).one()
    item = table("seizure_item")
    rows = connection.execute(
        select(item).where(item.c.seizure_id == seizure_id).order_by(item.c.n)
    ).all()
    standing = [one for one in rows if not one.dropped]
    people = {row.officer_id, row.second_id, *(one.verified_by for one in standing)}
    names = _names(connection, people)
    return Seizure(
        id=row.id,
        state=state_of(row.signed_at, [one.status for one in standing]),
        form=form,
        case_number=place.number,
        court=place.name,
        officer=names.get(row.officer_id, ""),
        second=names.get(row.second_id, ""),
        signed_at=row.signed_at,
        code=row.code,
        content_sha256=row.content_sha256,
        things=tuple(_thing(one, names) for one in standing),
        pictures=_pictures(connection, seizure_id),
        next_n=max((one.n for one in rows), default=0) + 1,
    )


def offer(connection: Connection, asked: Asked) -> Offer | None:
    """What the form of a case offers; None for a case that is not here."""
    case, measure = table("case").c, table("control_measure").c
    number = connection.execute(select(case.number).where(case.id == asked.case_id)).scalar()
    if number is None:
        return None
    document_no = connection.execute(
        select(measure.document_no)
        .where(measure.case_id == asked.case_id, measure.asset_kind == "movable")
        .order_by(measure.started_on.desc())
        .limit(1)
    ).scalar()
    return Offer(
        case_id=asked.case_id,
        case_number=number,
        known=known_of(connection, asked.case_id),
        officers=officers_of(connection, asked.case_id, asked.today),
        document_no=document_no or "",
    )


def case_by_number(connection: Connection, number: str) -> str | None:
    """A case's id by its number as it is stored."""
    case = table("case").c
    return connection.execute(select(case.id).where(case.number == number)).scalar()


def _things_by(connection: Connection, ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
    item = table("seizure_item")
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(
        select(item).where(item.c.seizure_id.in_(ids), item.c.dropped.is_(False)).order_by(item.c.n)
    ):
        found.setdefault(row.seizure_id, []).append(row)
    return found


def _photos_by(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    photo = table("seizure_photo").c
    rows = connection.execute(
        select(photo.seizure_id, func.count())
        .where(photo.seizure_id.in_(ids))
        .group_by(photo.seizure_id)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def _names(connection: Connection, ids: set[Any]) -> dict[str, str]:
    person = table("person").c
    wanted = [one for one in ids if one]
    rows = connection.execute(select(person.id, person.name).where(person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _line(row: Row[Any], things: list[Row[Any]], photos: int, names: dict[str, str]) -> Line:
    return Line(
        id=row.id,
        state=state_of(row.signed_at, [one.status for one in things]),
        kind=row.kind,
        case_id=row.case_id,
        case_number=row.number,
        subject=row.subject,
        place=row.place,
        what="、".join(one.name for one in things),
        officers="、".join(names[one] for one in (row.officer_id, row.second_id) if one in names),
        began_at=row.began_at,
        items=len(things),
        photos=photos,
        code=row.code,
    )


def _thing(row: Row[Any], names: dict[str, str]) -> Thing:
    return Thing(
        id=row.id,
        n=row.n,
        name=row.name,
        kind=row.kind,
        quantity=row.quantity,
        mark=row.mark,
        condition=row.condition,
        value_fen=row.value_fen,
        owner=row.owner,
        basis=row.basis,
        status=row.status,
        verified_by=names.get(row.verified_by, ""),
        verified_at=row.verified_at,
        note=row.note,
        measure_id=row.measure_id,
    )


def _pictures(connection: Connection, seizure_id: str) -> tuple[Picture, ...]:
    photo, attachment, blob = (
        table("seizure_photo").c,
        table("attachment").c,
        table("_blob").c,
    )
    rows = connection.execute(
        select(
            *(photo.attachment_id, photo.sha256, photo.taken_at, photo.item_n, attachment.name),
            *(attachment.size, attachment.mime, attachment.thumbnail, blob.state),
        )
        .join(table("attachment"), attachment.id == photo.attachment_id)
        .outerjoin(table("_blob"), blob.sha256 == photo.sha256)
        .where(photo.seizure_id == seizure_id)
        .order_by(photo.taken_at, photo.id)
    )
    return tuple(
        Picture(
            attachment_id=row.attachment_id,
            name=row.name,
            sha256=row.sha256,
            size=row.size,
            mime=row.mime,
            thumbnail=row.thumbnail or "",
            taken_at=row.taken_at,
            item_n=row.item_n,
            body=row.state or "",
        )
        for row in rows
    )
