"""What came to a person or his court, and what went out with its receipts. Reader lanes; no Qt.

Rows are found by SQLite's `rowid` of the receipt or of the document.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from desktop.contract.listing import Dated, ListQueries
from desktop.contract.paging import Row, SnapshotArgs
from desktop.documents.numbering import number_words
from desktop.panels.documents.queries import court_of_person, superseded
from desktop.panels.documents.rules import names_words, state_cell
from storage.schema import table

TABLES: Final = ("document", "document_recipient", "person", "court")
_SENT: Final = ("issued", "recalled")
_RECEIPT: Final[ColumnElement[int]] = literal_column("document_recipient.rowid")
_DOCUMENT: Final[ColumnElement[int]] = literal_column("document.rowid")
Shelf = Literal["open", "archive", "all"]


@dataclass(frozen=True, slots=True)
class IncomingFilter:
    """What came to this person or his court; `unread` alone, words of title or number."""

    person_id: str | None = None
    unread: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingFilter:
    """What went out of the person's court: those somebody has not opened, those that are at an
    end (all opened, or recalled), or all."""

    person_id: str | None = None
    shelf: Shelf = "open"
    text: str = ""


def _his(person_id: str, court_id: str) -> ColumnElement[bool]:
    recipient = table("document_recipient").c
    own_court = and_(recipient.person_id.is_(None), recipient.court_id == court_id)
    return or_(recipient.person_id == person_id, own_court)


def unread_notices(connection: Connection, _today: date, person_id: str | None) -> tuple[int, str]:
    """How many issued documents he or his court has not opened, for the navigator."""
    if person_id is None:
        return 0, ""
    document, recipient = table("document").c, table("document_recipient").c
    count = connection.execute(
        select(func.count())
        .select_from(table("document_recipient"))
        .join(table("document"), document.id == recipient.document_id)
        .where(
            document.state == "issued",
            recipient.opened_at.is_(None),
            _his(person_id, court_of_person(connection, person_id)),
        )
    ).scalar_one()
    return int(count), "due_soon" if count else ""


def _has_words(text: str) -> ColumnElement[bool]:
    document = table("document").c
    number = func.printf("%s〔%d〕%d号", document.series, document.year, document.serial)
    return or_(
        document.title.contains(text, autoescape=True), number.contains(text, autoescape=True)
    )


# Incoming


def incoming_ids(
    connection: Connection, args: SnapshotArgs[Dated[IncomingFilter]]
) -> Sequence[int]:
    """Receipts of the person and his court: those not opened first, then the newest."""
    wanted = args.filter.filter
    document, recipient = table("document"), table("document_recipient")
    court = court_of_person(connection, wanted.person_id or "")
    parts: list[ColumnElement[bool]] = [
        document.c.state.in_(_SENT),
        _his(wanted.person_id or "", court),
    ]
    if wanted.unread:
        parts.append(recipient.c.opened_at.is_(None))
    if wanted.text:
        parts.append(_has_words(wanted.text))
    named: dict[str, ColumnElement[Any]] = {
        "title": document.c.title,
        "number": document.c.serial,
        "sent_on": recipient.c.sent_at,
        "reminded": recipient.c.reminded_at,
    }
    order = named.get(args.sort or "")
    chosen = (
        select(_RECEIPT.label("n"))
        .select_from(recipient.join(document, document.c.id == recipient.c.document_id))
        .where(*parts)
    )
    if order is None:
        chosen = chosen.order_by(recipient.c.opened_at.is_not(None), recipient.c.sent_at.desc())
    else:
        chosen = chosen.order_by(order.desc() if args.descending else order.asc())
    found = connection.execute(chosen.order_by(_RECEIPT))
    return array("q", (row[0] for row in found))


def incoming_rows(connection: Connection, ids: Sequence[int], _today: date) -> Mapping[int, Row]:
    """List rows by row number; `read` carries (style key, words)."""
    document, recipient = table("document"), table("document_recipient")
    court, person = table("court"), table("person")
    maker, opener = person.alias("maker"), person.alias("opener")
    from_court = court.alias("from_court")
    source = recipient.join(document, document.c.id == recipient.c.document_id)
    source = source.outerjoin(court, court.c.id == recipient.c.court_id)
    source = source.outerjoin(maker, maker.c.id == document.c.maker_id)
    source = source.outerjoin(from_court, from_court.c.id == maker.c.court_id)
    source = source.outerjoin(opener, opener.c.id == recipient.c.opened_by)
    rows = connection.execute(
        select(
            _RECEIPT.label("n"),
            *(document.c.id, document.c.title, document.c.series, document.c.year),
            *(document.c.serial, document.c.state, document.c.case_id),
            *(recipient.c.sent_at, recipient.c.opened_at, recipient.c.acknowledged_at),
            recipient.c.reminded_at,
            court.c.short_name.label("to_court"),
            from_court.c.short_name.label("organ"),
            opener.c.name.label("opener"),
        )
        .select_from(source)
        .where(_RECEIPT.in_(list(ids)))
    ).all()
    later = superseded(connection, [row.id for row in rows])
    return {row.n: _incoming(row, row.id in later) for row in rows}


def _incoming(row: Any, later: bool) -> Row:
    read = ("due_soon", "未阅")
    if row.acknowledged_at is not None:
        read = ("done", "已阅")
    elif row.opened_at is not None:
        read = ("normal", "已打开")
    if row.state == "recalled" or later:
        read = state_cell("recalled", later)
    return {
        "id": row.id,
        "case_id": row.case_id,
        "read": read,
        "number": number_words(row.series, row.year, row.serial),
        "title": row.title.replace("\n", ""),
        "organ": row.organ or "",
        "to": row.to_court or "本人",
        "sent_on": row.sent_at[:10],
        "reminded": (row.reminded_at or "")[:10],
        "opened_by": row.opener or "",
    }


INCOMING: Final = ListQueries(incoming_ids, incoming_rows, TABLES)


# Outgoing


def outgoing_ids(
    connection: Connection, args: SnapshotArgs[Dated[OutgoingFilter]]
) -> Sequence[int]:
    """Issued documents of the person's court; the newest first."""
    wanted = args.filter.filter
    document, recipient, person = table("document"), table("document_recipient"), table("person")
    court = court_of_person(connection, wanted.person_id or "")
    missing = exists().where(
        recipient.c.document_id == document.c.id, recipient.c.opened_at.is_(None)
    )
    parts: list[ColumnElement[bool]] = [document.c.state.in_(_SENT), person.c.court_id == court]
    if wanted.shelf == "open":
        parts += [document.c.state == "issued", missing]
    elif wanted.shelf == "archive":
        parts.append(or_(document.c.state == "recalled", ~missing))
    if wanted.text:
        parts.append(_has_words(wanted.text))
    named: dict[str, ColumnElement[Any]] = {
        "state": document.c.state,
        "number": document.c.serial,
        "title": document.c.title,
        "sent_on": document.c.issued_at,
    }
    order = named.get(args.sort or "", document.c.issued_at)
    down = args.descending or not args.sort
    chosen = (
        select(_DOCUMENT.label("n"))
        .select_from(document.join(person, person.c.id == document.c.maker_id))
        .where(*parts)
        .order_by(order.desc() if down else order.asc(), document.c.id)
    )
    return array("q", (row[0] for row in connection.execute(chosen)))


def outgoing_rows(connection: Connection, ids: Sequence[int], _today: date) -> Mapping[int, Row]:
    """List rows by row number; `missing` names who has not opened it."""
    document = table("document").c
    rows = connection.execute(
        select(
            _DOCUMENT.label("n"),
            *(document.id, document.title, document.series, document.year, document.serial),
            *(document.state, document.issued_at, document.case_id, document.content_sha256),
        ).where(_DOCUMENT.in_(list(ids)))
    ).all()
    keys = [row.id for row in rows]
    told = _receipts(connection, keys)
    later = superseded(connection, keys)
    made: dict[int, Row] = {}
    for row in rows:
        receipts = told.get(row.id, [])
        missing = [name for name, opened, _ in receipts if not opened]
        reminded = max((on for _, _, on in receipts), default="")
        made[row.n] = {
            "id": row.id,
            "content": row.content_sha256,
            "case_id": row.case_id,
            "state": state_cell(row.state, row.id in later),
            "number": number_words(row.series, row.year, row.serial),
            "title": row.title.replace("\n", ""),
            "sent_on": (row.issued_at or "")[:10],
            "opened": f"{len(receipts) - len(missing)}/{len(receipts)}",
            "missing": names_words(missing),
            "reminded": reminded,
        }
    return made


def _receipts(connection: Connection, ids: Sequence[str]) -> dict[str, list[tuple[str, bool, str]]]:
    """By document: name, whether it was opened, the day of the last reminder."""
    recipient, court, person = table("document_recipient"), table("court"), table("person")
    rows = connection.execute(
        select(
            recipient.c.document_id,
            func.coalesce(person.c.name, court.c.short_name).label("name"),
            recipient.c.opened_at,
            recipient.c.reminded_at,
        )
        .select_from(recipient)
        .outerjoin(court, court.c.id == recipient.c.court_id)
        .outerjoin(person, person.c.id == recipient.c.person_id)
        .where(recipient.c.document_id.in_(ids))
        .order_by(recipient.c.document_id, court.c.code, "name")
    )
    told: dict[str, list[tuple[str, bool, str]]] = {}
    for row in rows:
        one = (row.name, row.opened_at is not None, (row.reminded_at or "")[:10])
        told.setdefault(row.document_id, []).append(one)
    return told


OUTGOING: Final = ListQueries(outgoing_ids, outgoing_rows, TABLES)


@dataclass(frozen=True, slots=True)
class Nag:
    """An issued document that somebody has not opened: its id and the fingerprint of its words."""

    document_id: str
    content: str


def nag_list(connection: Connection, person_id: str) -> tuple[Nag, ...]:
    """Everything of the person's court that a reminder would go out for."""
    document, recipient, person = table("document"), table("document_recipient"), table("person")
    court = court_of_person(connection, person_id)
    rows = connection.execute(
        select(document.c.id, document.c.content_sha256)
        .select_from(document.join(person, person.c.id == document.c.maker_id))
        .where(
            document.c.state == "issued",
            person.c.court_id == court,
            exists().where(
                recipient.c.document_id == document.c.id, recipient.c.opened_at.is_(None)
            ),
        )
        .order_by(document.c.id)
    )
    return tuple(Nag(row.id, row.content_sha256) for row in rows)
