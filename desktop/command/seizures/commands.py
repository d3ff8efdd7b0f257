"""Acts on seizures, each one transaction of the writer lane."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from desktop.command import receipts
from desktop.command.seizures.content import content_sha256, form_of, spelt
from desktop.command.seizures.known import known_of, officers_of
from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import UserError
from desktop.rules.measures import load_measure_rules, longest_end
from desktop.rules.receipt_chain import Link
from desktop.rules.seizure_form import Form, Item, blocks, photos_needed, plate_of
from desktop.rules.seizure_law import load_seizure_law
from storage.ids import new_id
from storage.schema import table


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed, for the row `seizure_id`, which need not be there yet."""

    seizure_id: str
    form: Form
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph that lies with the other bodies. `thumbnail` is base64 text; `taken` by the
    camera's clock; degrees in 10⁻⁷ where the camera knew them."""

    name: str
    sha256: str
    size: int
    mime: str
    thumbnail: str
    taken: datetime
    lat_e7: int | None = None
    lon_e7: int | None = None


@dataclass(frozen=True, slots=True)
class AddPhotos:
    """Photographs for a form, which is stored first, as they hang on it. `item_n`: of which thing,
    or of the place."""

    filled: Filled
    photos: tuple[Photo, ...]
    item_n: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody else found of a thing on a signed list; a denial has its reason."""

    item_id: str
    true: bool
    note: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ToMeasure:
    """A thing on a signed list that becomes a control measure of its case."""

    item_id: str
    by: str | None
    at: datetime


def save(connection: Connection, filled: Filled) -> str:
    """Stores the form as far as it is filled; gives its id. What was taken off the list stays in
    the store, marked, as others may have seen it."""
    me = _me(filled.by)
    form = filled.form
    if not form.case_id:
        raise UserError("请先选定案件。")
    seizure = table("seizure")
    row = _row(connection, filled.seizure_id)
    if row is None:
        began = form.began or filled.at
        first = replace(form, began=began, ended=_after(began, form.ended), officer_id=me)
        values = {"id": filled.seizure_id, "kind": "seal", **_values(first)}
        connection.execute(insert(seizure).values(**values))
    else:
        _open(row)
        if row.officer_id != me:
            raise UserError("这份清单由别人填写，您不能改动。")
        began = form.began or datetime.fromisoformat(row.began_at)
        kept = replace(form, began=began, ended=_after(began, form.ended), officer_id=me)
        connection.execute(
            update(seizure).where(seizure.c.id == filled.seizure_id).values(**_values(kept))
        )
    _save_items(connection, filled.seizure_id, form.items)
    return filled.seizure_id


def add_photos(connection: Connection, wanted: AddPhotos) -> int:
    """Hangs photographs on the form, as attachments of its case: row and small picture travel with
    the next exchange, the original on its own lane. Gives how many are new."""
    filled = wanted.filled
    save(connection, filled)
    photo = table("seizure_photo")
    here = set(
        connection.execute(
            select(photo.c.sha256).where(photo.c.seizure_id == filled.seizure_id)
        ).scalars()
    )
    fresh = {one.sha256: one for one in wanted.photos if one.sha256 not in here}
    for one in fresh.values():
        attachment_id = new_id()
        connection.execute(
            insert(table("attachment")).values(
                id=attachment_id,
                case_id=filled.form.case_id,
                sha256=one.sha256,
                size=one.size,
                mime=one.mime,
                name=one.name,
                thumbnail=one.thumbnail,
            )
        )
        connection.execute(
            insert(photo).values(
                id=new_id(),
                seizure_id=filled.seizure_id,
                attachment_id=attachment_id,
                item_n=wanted.item_n,
                taken_at=spelt(one.taken),
                lat_e7=one.lat_e7,
                lon_e7=one.lon_e7,
                sha256=one.sha256,
                person_id=_me(filled.by),
            )
        )
    return len(fresh)


def sign(connection: Connection, filled: Filled) -> Link:
    """Stores the form, signs it and writes its receipt, all or nothing; gives the link with its
    code. UserError names everything that is missing."""
    me = _me(filled.by)
    row = _row(connection, filled.seizure_id)
    if row is not None:
        _open(row)
    photo = table("seizure_photo").c
    here = connection.execute(
        select(photo.sha256).where(photo.seizure_id == filled.seizure_id)
    ).scalars()
    typed = replace(filled.form, officer_id=me, photos=tuple(here))
    known = known_of(connection, typed.case_id)
    officers = {one.id for one in officers_of(connection, typed.case_id, filled.at.date())}
    left = blocks(typed, known, officers, filled.at, load_seizure_law())
    if left:
        raise UserError("\n".join(["尚不能签名：", *(f"· {one.words}" for one in left)]))
    save(connection, filled)
    form = form_of(connection, filled.seizure_id)
    assert form is not None, "it was stored just now"
    sha = content_sha256(filled.seizure_id, form)
    link = receipts.append(connection, "sign", "seizure", filled.seizure_id, sha, me, filled.at)
    seizure = table("seizure")
    connection.execute(
        update(seizure)
        .where(seizure.c.id == filled.seizure_id)
        .values(
            signed_at=_at(filled.at),
            content_sha256=sha,
            code=link.code,
        )
    )
    return link


def verify(connection: Connection, verdict: Verdict) -> str:
    """Says of a thing on a signed list whether it is as claimed; gives the new status."""
    me = _me(verdict.by)
    item, row = _item(connection, verdict.item_id)
    seizure = _row(connection, row.seizure_id)
    if seizure is None or seizure.signed_at is None:
        raise UserError("清单尚未签名，不得核实。")
    if me in (seizure.officer_id, seizure.second_id):
        raise UserError("查封人员不得核实自己所登记的财产。")
    if row.verified_by is not None:
        raise UserError("该项财产已经核实；情况有变的，请另作记录。")
    if not verdict.true and not verdict.note.strip():
        raise UserError("核实不属实的，请写明理由。")
    status = "verified" if verdict.true else "denied"
    connection.execute(
        update(item)
        .where(item.c.id == row.id)
        .values(
            status=status,
            verified_by=me,
            verified_at=_at(verdict.at),
            note=verdict.note.strip(),
        )
    )
    return status


def to_measure(connection: Connection, wanted: ToMeasure) -> str:
    """Enters a thing among the control measures of the case, with the longest term the law gives
    it; gives the measure's id. Its last day never rolls, and is the earlier of two."""
    _me(wanted.by)
    item, row = _item(connection, wanted.item_id)
    seizure = _row(connection, row.seizure_id)
    if seizure is None or seizure.signed_at is None or seizure.ended_at is None:
        raise UserError("清单尚未签名，不得登记为查控措施。")
    if row.status == "denied":
        raise UserError("该项财产经核实不属实，不得登记为查控措施。")
    if row.measure_id is not None:
        raise UserError("该项财产已经登记为查控措施。")
    asset = load_seizure_law().thing(row.kind).asset
    started = datetime.fromisoformat(seizure.ended_at).date()
    term = longest_end(asset, started, renewal=False, rules=load_measure_rules())
    if term is None:
        raise UserError(f"{started.isoformat()} 无有效的控制期限规定，请在查控措施中手工登记。")
    mark = plate_of(row.mark) or row.mark
    measure_id = new_id()
    connection.execute(
        insert(table("control_measure")).values(
            id=measure_id,
            case_id=seizure.case_id,
            asset_kind=asset.value,
            asset=" ".join(part for part in (row.name, mark) if part),
            institution=seizure.keeper,
            amount_fen=row.value_fen,
            rank=0,
            started_on=started.isoformat(),
            expires_on=term.end_on.isoformat(),
            document_no=seizure.document_no,
        )
    )
    connection.execute(update(item).where(item.c.id == row.id).values(measure_id=measure_id))
    return measure_id


def _save_items(connection: Connection, seizure_id: str, items: Sequence[Item]) -> None:
    """What is on the list as it is typed; a number is given once and never to another thing."""
    item = table("seizure_item")
    stored = {
        int(row.n): row
        for row in connection.execute(select(item).where(item.c.seizure_id == seizure_id))
    }
    named = {one.n: one for one in items if one.name.strip()}
    for n, row in stored.items():
        if n not in named and not row.dropped:
            connection.execute(update(item).where(item.c.id == row.id).values(dropped=True))
    for n, one in named.items():
        values = _item_values(one)
        if n in stored:
            connection.execute(update(item).where(item.c.id == stored[n].id).values(**values))
        else:
            connection.execute(
                insert(item).values(id=new_id(), seizure_id=seizure_id, n=n, **values)
            )


def _item_values(one: Item) -> dict[str, Any]:
    return {
        "name": one.name.strip(),
        "kind": one.kind,
        "quantity": one.quantity.strip(),
        "mark": (one.kind == "vehicle" and plate_of(one.mark)) or one.mark.strip(),
        "condition": one.condition.strip(),
        "value_fen": one.value_fen,
        "owner": one.owner.strip(),
        "basis": one.basis.strip(),
        "dropped": False,
    }


def _values(form: Form) -> dict[str, Any]:
    return {
        "case_id": form.case_id,
        **({"kind": form.kind} if form.kind else {}),
        "place": form.place.strip(),
        "lat_e7": form.lat_e7,
        "lon_e7": form.lon_e7,
        "accuracy_dm": form.accuracy_dm,
        "no_fix": form.no_fix.strip(),
        "began_at": spelt(form.began),
        "ended_at": spelt(form.ended),
        "officer_id": form.officer_id,
        # The table takes no officer twice; the form says so before it is signed.
        "second_id": None if form.second_id == form.officer_id else form.second_id or None,
        "subject": form.subject.strip(),
        "present": form.present.strip(),
        "keeper": form.keeper.strip(),
        "document_no": form.document_no.strip(),
        "transcript": form.transcript.strip(),
        "photos_needed": photos_needed(form.items, load_seizure_law()),
    }


def _after(began: datetime, ended: datetime | None) -> datetime | None:
    """The table refuses an end before the beginning; the form says so before it is signed."""
    return ended if ended is None or ended >= began else None


def _open(row: Row[Any]) -> None:
    if row.signed_at is not None:
        raise UserError("清单已经签名，内容不得再改；请另作更正。")


def _at(at: datetime) -> str:
    return at.astimezone(COURT_ZONE).isoformat(timespec="milliseconds")


def _me(by: str | None) -> str:
    if by is None:
        raise UserError("须以本人身份办理：本机尚未设定在座人员。")
    return by


def _row(connection: Connection, seizure_id: str) -> Row[Any] | None:
    seizure = table("seizure")
    return connection.execute(select(seizure).where(seizure.c.id == seizure_id)).one_or_none()


def _item(connection: Connection, item_id: str) -> tuple[Any, Row[Any]]:
    item = table("seizure_item")
    row = connection.execute(select(item).where(item.c.id == item_id)).one_or_none()
    if row is None or row.dropped:
        raise UserError("该项财产已不在清单上。")
    return item, row
