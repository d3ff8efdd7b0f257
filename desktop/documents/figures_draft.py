"""Circulars made from figures, as documents: a draft keeps the snapshot and what was corrected in
it. Writer lane for what writes.

The snapshot is a file of the document and never changes. Its fingerprint, the corrections and the
objections that were answered are the fields of the draft, so that the fingerprint of the words,
which every act repeats, covers all that the pages are made from.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from desktop.circulars.official import Official
from desktop.documents.course import row_of
from desktop.documents.drafts import FIGURE_FIELDS, Draft, save
from desktop.documents.files import file_of, keep_file
from desktop.documents.numbering import number_words
from desktop.errors import UserError
from desktop.evidence.anchor import Payload, anchor_of
from desktop.evidence.corrections import (
    FIELDS,
    Correction,
    checked_value,
    current,
    value_words,
)
from desktop.evidence.figures import CITY, Figures, count
from desktop.evidence.printing import ObjectionState, Printed
from desktop.evidence.snapshot import Snapshot, unpacked
from desktop.evidence.weekly import weekly, weekly_payload, weekly_title
from storage.schema import table

WEEKLY: Final = "weekly_circular"
OVERDUE: Final = "overdue_circular"
FIGURE_KINDS: Final = frozenset((WEEKLY, OVERDUE))
SNAPSHOT: Final = "snapshot"  # as a kind of file
_SHA, _CORRECTIONS, _ANSWERED = FIGURE_FIELDS


@dataclass(frozen=True, slots=True)
class NewWeekly:
    """A weekly circular to be drafted from a snapshot. `supersedes`: the issued circular of the
    same week that it replaces."""

    snapshot: Snapshot
    author_id: str | None
    at: datetime
    supersedes: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a court says of a row; empty texts where the objection is about none."""

    court_id: str
    row_key: str
    field: str
    claimed: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """An objection as stored, and the decision about it."""

    objection: Row[Any]
    accepted: bool
    reason: str
    person_id: str | None
    at: datetime


def make_weekly(connection: Connection, args: NewWeekly) -> str:
    """The draft with its snapshot; gives the document's id. UserError when the week has a circular
    that is neither recalled nor superseded by this one."""
    snapshot = args.snapshot
    period = (snapshot.week.first.isoformat(), snapshot.week.last.isoformat())
    _one_a_period(connection, WEEKLY, period, args.supersedes)
    made = save(
        connection,
        Draft(
            kind=WEEKLY,
            template="",
            title=weekly_title(snapshot),
            fields=_new_fields(snapshot.sha256),
            author_id=args.author_id,
            at=args.at,
            period=period,
            note="按数据快照拟稿",
        ),
    )
    _keep_snapshot(connection, made, snapshot.week.label, snapshot.packed())
    _keep_columns(connection, made, weekly_payload(snapshot), args.supersedes)
    return made


def retake(connection: Connection, document_id: str, args: NewWeekly) -> None:
    """Takes the draft's figures anew, while nobody was asked about them. UserError later on, and
    for another week."""
    row = row_of(connection, document_id)
    snapshot = args.snapshot
    if row.kind != WEEKLY or row.period_from != snapshot.week.first.isoformat():
        raise UserError("数据快照与这份通报不是同一周。")
    if row.state != "draft":
        raise UserError("通报已征求意见或送审，不能重新固定数据。")
    draft = Draft(
        kind=WEEKLY,
        template="",
        title=weekly_title(snapshot),
        fields=_new_fields(snapshot.sha256),
        author_id=args.author_id,
        at=args.at,
        document_id=document_id,
        note="重新固定数据",
    )
    save(connection, draft)
    _keep_snapshot(connection, document_id, snapshot.week.label, snapshot.packed())
    _keep_columns(connection, document_id, weekly_payload(snapshot), row.supersedes)


def _new_fields(sha256: str) -> dict[str, Any]:
    return {_SHA: sha256, _CORRECTIONS: [], _ANSWERED: []}


def _keep_snapshot(connection: Connection, document_id: str, label: str, body: bytes) -> None:
    keep_file(connection, document_id, SNAPSHOT, f"{label}.json.z", body)


def _one_a_period(
    connection: Connection, kind: str, period: tuple[str, str], supersedes: str | None
) -> None:
    document = table("document").c
    rows = connection.execute(
        select(document.id, document.state).where(
            document.kind == kind,
            document.period_from == period[0],
            document.period_to == period[1],
            document.state != "recalled",
        )
    ).all()
    if any(row.id != supersedes or row.state != "issued" for row in rows):
        raise UserError("这一期的通报已经拟稿或印发；印发后有误的，另拟一件替代。")


def _keep_columns(
    connection: Connection, document_id: str, payload: Payload, supersedes: str | None
) -> None:
    anchor = anchor_of(payload)
    told = json.dumps({"lines": anchor.lines, "payload": anchor.payload}, ensure_ascii=False)
    document = table("document")
    connection.execute(
        update(document)
        .where(document.c.id == document_id)
        .values(anchor=told, supersedes=supersedes)
    )


def weekly_snapshot(connection: Connection, document_id: str) -> Snapshot:
    """The figures' origin; UserError when it is not the one that the draft was made from."""
    row = row_of(connection, document_id)
    found = unpacked(file_of(connection, document_id, SNAPSHOT))
    if found.sha256 != json.loads(row.fields)[_SHA]:
        raise UserError("存入的数据快照与通报所记的指纹不符，可能被改动过。")
    return found


def corrections_of(connection: Connection, document_id: str) -> tuple[Correction, ...]:
    """What was corrected so far, in its order."""
    return _corrections(row_of(connection, document_id))


def _corrections(row: Row[Any]) -> tuple[Correction, ...]:
    return tuple(Correction.from_json(one) for one in json.loads(row.fields)[_CORRECTIONS])


def figures_of(connection: Connection, document_id: str) -> tuple[Snapshot, Figures]:
    """What a panel shows of a weekly circular: the snapshot, and its figures as corrected."""
    snapshot = weekly_snapshot(connection, document_id)
    return snapshot, count(snapshot, corrections_of(connection, document_id))


def circular(connection: Connection, row: Row[Any], printed: Printed, only: str = CITY) -> Official:
    """The pages' content, from what the document keeps. `only`: one court's copy."""
    snapshot = weekly_snapshot(connection, row.id)
    if only not in (CITY, *(one.id for one in snapshot.courts)):
        raise UserError("该法院不在这期通报之列。")
    objections = _objections(connection, row, snapshot)
    return weekly(snapshot, _corrections(row), objections, printed, only)


def documents_of(connection: Connection, payload: Payload) -> list[str]:
    """Numbers (or titles) of the documents whose stored snapshot a code on paper names."""
    kind = {"W": WEEKLY, "O": OVERDUE}[payload.kind]
    document = table("document").c
    rows = connection.execute(
        select(table("document")).where(document.kind == kind).order_by(document.id)
    ).all()
    return [
        number_words(row.series, row.year, row.serial) or row.title
        for row in rows
        if json.loads(row.fields).get(_SHA) == payload.sha256
        and weekly_snapshot(connection, row.id).sha256 == payload.sha256
    ]


def objections_of(connection: Connection, document_id: str) -> tuple[ObjectionState, ...]:
    """Objections in the order in which they were made, answered or not."""
    row = row_of(connection, document_id)
    return _objections(connection, row, weekly_snapshot(connection, document_id))


def _objections(
    connection: Connection, row: Row[Any], snapshot: Snapshot
) -> tuple[ObjectionState, ...]:
    """Answered ones as the draft keeps them, so that the pages follow from its words alone; those
    that wait as they are stored: with one of them nothing is signed."""
    objection = table("objection")
    waiting = connection.execute(
        select(objection).where(objection.c.document_id == row.id, objection.c.decision.is_(None))
    ).all()
    told = [*json.loads(row.fields)[_ANSWERED], *map(_as_told, waiting)]
    told.sort(key=lambda one: (one["at"], one["id"]))
    return tuple(_state(snapshot, one) for one in told)


def _as_told(found: Row[Any]) -> dict[str, Any]:
    names = ("id", "court_id", "row_key", "field", "claimed", "body", "at")
    return {name: getattr(found, name) for name in names} | {"decision": None, "reason": ""}


def _state(snapshot: Snapshot, told: Mapping[str, Any]) -> ObjectionState:
    field, claimed, key = told["field"], told["claimed"], told["row_key"]
    row = snapshot.by_id.get(key)
    return ObjectionState(
        id=told["id"],
        court_id=told["court_id"],
        court=next((one.short for one in snapshot.courts if one.id == told["court_id"]), ""),
        row_key=key,
        row_words=key if row is None else row.code,
        field_words=FIELDS.get(field, field),
        claimed_words=value_words(snapshot, field, claimed or None) if field else "",
        body=told["body"],
        decision=told["decision"],
        reason=told["reason"],
        at=told["at"],
    )


def claim_fault(connection: Connection, row: Row[Any], claim: Claim) -> list[str]:
    """Why an objection cannot be made in this way; empty for other kinds of documents."""
    if row.kind not in FIGURE_KINDS or not claim.row_key:
        return []
    snapshot = weekly_snapshot(connection, row.id)
    found = snapshot.by_id.get(claim.row_key)
    if found is None:
        return ["数据快照中没有这一件。"]
    if claim.court_id != found.court_id:
        return ["只能对本院的信访件提出异议。"]
    if not claim.field:
        return []
    try:
        checked_value(snapshot, _corrections(row), claim.row_key, claim.field, claim.claimed)
    except UserError as wrong:
        return [str(wrong)]
    return []


def settle(connection: Connection, settled: Settled) -> None:
    """Writes an answer into the words of its circular: what was accepted corrects the figures.
    Nothing for other kinds. UserError for a circular that is past its checking."""
    found = settled.objection
    row = row_of(connection, found.document_id)
    if row.kind not in FIGURE_KINDS:
        return
    fields = json.loads(row.fields)
    at = settled.at.isoformat(timespec="seconds")
    decision = "accepted" if settled.accepted else "rejected"
    fields[_ANSWERED].append(
        _as_told(found) | {"decision": decision, "reason": settled.reason, "decided_at": at}
    )
    if settled.accepted and found.row_key and found.field:
        correction = _correction(weekly_snapshot(connection, row.id), row, settled, at)
        if correction.was != correction.now:
            fields[_CORRECTIONS].append(correction.to_json())
    save(
        connection,
        Draft(
            kind=row.kind,
            template=row.template,
            title=row.title,
            fields=fields,
            author_id=settled.person_id,
            at=settled.at,
            document_id=row.id,
            note=f"{'采纳' if settled.accepted else '不采纳'}异议：{settled.reason}",
        ),
    )


def _correction(snapshot: Snapshot, row: Row[Any], settled: Settled, at: str) -> Correction:
    found = settled.objection
    before = _corrections(row)
    return Correction(
        row_id=found.row_key,
        field=found.field,
        was=current(snapshot, before, found.row_key, found.field),
        now=(found.claimed or "").strip() or None,
        court_id=found.court_id,
        reason=settled.reason,
        at=at,
        objection_id=found.id,
    )
