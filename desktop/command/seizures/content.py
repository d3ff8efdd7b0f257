"""What a seizure says, as one text and its hash: the form, its list and its photographs. Any thread
that may read.

What is verified afterwards, or entered among the measures of the case, is no part of it.
"""

import hashlib
import json
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from desktop.contract.court_zone import COURT_ZONE
from desktop.rules.seizure_form import Form, Item
from storage.schema import table

_FORMAT: Final = "edesk-seizure-1"


def content_of(connection: Connection, seizure_id: str) -> str | None:
    """The hash of what is stored now; None where the seizure is out of sight."""
    form = form_of(connection, seizure_id)
    return None if form is None else content_sha256(seizure_id, form)


def content_sha256(seizure_id: str, form: Form) -> str:
    """SHA-256 of a form in a fixed spelling; the order of photographs does not matter."""
    told = {
        "format": _FORMAT,
        "id": seizure_id,
        "case_id": form.case_id,
        "kind": form.kind,
        "place": form.place,
        "position": [form.lat_e7, form.lon_e7, form.accuracy_dm, form.no_fix],
        "began_at": spelt(form.began),
        "ended_at": spelt(form.ended),
        "officers": [form.officer_id, form.second_id],
        "subject": form.subject,
        "present": form.present,
        "keeper": form.keeper,
        "document_no": form.document_no,
        "transcript": form.transcript,
        "items": [
            [
                *(item.n, item.name, item.kind, item.quantity, item.mark, item.condition),
                *(item.value_fen, item.owner, item.basis),
            ]
            for item in sorted(form.items, key=lambda one: one.n)
        ],
        "photos": sorted(form.photos),
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def form_of(connection: Connection, seizure_id: str) -> Form | None:
    """A stored form with what stands on its list."""
    seizure = table("seizure")
    row = connection.execute(select(seizure).where(seizure.c.id == seizure_id)).one_or_none()
    if row is None:
        return None
    item, photo = table("seizure_item"), table("seizure_photo").c
    items = connection.execute(
        select(item)
        .where(item.c.seizure_id == seizure_id, item.c.dropped.is_(False))
        .order_by(item.c.n)
    )
    shas = connection.execute(select(photo.sha256).where(photo.seizure_id == seizure_id))
    return _form(row, tuple(_item(one) for one in items), tuple(shas.scalars()))


def spelt(at: datetime | None) -> str | None:
    """An instant as rows keep it: of the court's zone, so that texts compare like times."""
    return None if at is None else at.astimezone(COURT_ZONE).isoformat(timespec="seconds")


def _form(row: Row[Any], items: tuple[Item, ...], photos: tuple[str, ...]) -> Form:
    return Form(
        case_id=row.case_id,
        kind=row.kind,
        place=row.place,
        lat_e7=row.lat_e7,
        lon_e7=row.lon_e7,
        accuracy_dm=row.accuracy_dm,
        no_fix=row.no_fix,
        began=_instant(row.began_at),
        ended=_instant(row.ended_at),
        officer_id=row.officer_id,
        second_id=row.second_id or "",
        subject=row.subject,
        present=row.present,
        keeper=row.keeper,
        document_no=row.document_no,
        transcript=row.transcript,
        items=items,
        photos=photos,
    )


def _item(row: Row[Any]) -> Item:
    return Item(
        n=row.n,
        name=row.name,
        kind=row.kind,
        quantity=row.quantity,
        mark=row.mark,
        condition=row.condition,
        value_fen=row.value_fen,
        owner=row.owner,
        basis=row.basis,
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
