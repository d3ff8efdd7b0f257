"""Circulars made from figures, as documents: a draft keeps the snapshot and what was corrected in
it. Writer lane for what writes.

The snapshot is a file of the document and never changes. Its fingerprint, the corrections and the
objections that were answered are the fields of the draft, so that the fingerprint of the words,
which every act repeats, covers all that the pages are made from.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from desktop.circulars.official import Official
from desktop.documents.course import ActArgs, row_of
from desktop.documents.drafts import FIGURE_FIELDS, Draft, save
from desktop.documents.files import file_of, keep_file
from desktop.documents.numbering import number_words
from desktop.documents.permits import Deed, require
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
from desktop.evidence.overdue import overdue, overdue_payload, overdue_title
from desktop.evidence.overdue_snapshot import (
    STRUCK,
    STRUCK_WORDS,
    OverdueSnapshot,
    strike_fault,
    unpacked_overdue,
)
from desktop.evidence.printing import ObjectionState, Printed
from desktop.evidence.snapshot import Snapshot, unpacked
from desktop.evidence.weekly import weekly, weekly_payload, weekly_title
from storage.schema import table

WEEKLY: Final = "weekly_circular"
OVERDUE: Final = "overdue_circular"
FIGURE_KINDS: Final = frozenset((WEEKLY, OVERDUE))
SNAPSHOT: Final = "snapshot"  # as a kind of file
Figured = Snapshot | OverdueSnapshot
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
class NewOverdue:
    """A circular on overdue nodes and passive enforcement to be drafted from a snapshot."""

    snapshot: OverdueSnapshot
    author_id: str | None
    at: datetime
    supersedes: str | None = None


New = NewWeekly | NewOverdue


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
    week = args.snapshot.week
    _one_a_period(connection, (week.first.isoformat(), week.last.isoformat()), args.supersedes)
    return _make(connection, args)


def make_overdue(connection: Connection, args: NewOverdue) -> str:
    """The draft with its snapshot; gives the document's id. A day may have several."""
    if not args.snapshot.rows:
        raise UserError("当日没有超期节点和消极执行情形，无须通报。")
    return _make(connection, args)


def retake(connection: Connection, document_id: str, args: New) -> None:
    """Takes the draft's figures anew, while nobody was asked about them. UserError later on, and
    for another week or day."""
    row = row_of(connection, document_id)
    if row.kind != _kind(args) or row.period_from != _period(args)[0]:
        raise UserError("数据快照与这份通报不是同一期。")
    if row.state != "draft":
        raise UserError("通报已征求意见或送审，不能重新固定数据。")
    _make(connection, replace(args, supersedes=row.supersedes), document_id)


def _make(connection: Connection, args: New, document_id: str | None = None) -> str:
    snapshot = args.snapshot
    if args.supersedes is not None:
        old = row_of(connection, args.supersedes)
        act = ActArgs(old.id, args.author_id, args.at, old.content_sha256)
        require(connection, old, Deed.SUPERSEDE, act)
    made = save(
        connection,
        Draft(
            kind=_kind(args),
            template="",
            title=_title(snapshot),
            fields={_SHA: snapshot.sha256, _CORRECTIONS: [], _ANSWERED: []},
            author_id=args.author_id,
            at=args.at,
            document_id=document_id,
            period=_period(args),
            note="按数据快照拟稿" if document_id is None else "重新固定数据",
        ),
    )
    payload = _payload(snapshot)
    keep_file(connection, made, SNAPSHOT, f"{payload.label}.json.z", snapshot.packed())
    anchor = anchor_of(payload)
    told = json.dumps({"lines": anchor.lines, "payload": anchor.payload}, ensure_ascii=False)
    document = table("document")
    connection.execute(
        update(document)
        .where(document.c.id == made)
        .values(anchor=told, supersedes=args.supersedes)
    )
    return made


def _kind(args: New) -> str:
    return WEEKLY if isinstance(args, NewWeekly) else OVERDUE


def _period(args: New) -> tuple[str, str]:
    if isinstance(args, NewWeekly):
        week = args.snapshot.week
        return week.first.isoformat(), week.last.isoformat()
    return args.snapshot.day.isoformat(), args.snapshot.day.isoformat()


def _title(snapshot: Figured) -> str:
    return weekly_title(snapshot) if isinstance(snapshot, Snapshot) else overdue_title(snapshot)


def _payload(snapshot: Figured) -> Payload:
    if isinstance(snapshot, Snapshot):
        return weekly_payload(snapshot)
    return overdue_payload(snapshot)


def _one_a_period(connection: Connection, period: tuple[str, str], supersedes: str | None) -> None:
    document = table("document").c
    rows = connection.execute(
        select(document.id, document.state).where(
            document.kind == WEEKLY,
            document.period_from == period[0],
            document.period_to == period[1],
            document.state != "recalled",
        )
    ).all()
    if any(row.id != supersedes or row.state != "issued" for row in rows):
        raise UserError("这一期的通报已经拟稿或印发；印发后有误的，另拟一件替代。")


def snapshot_of(connection: Connection, document_id: str) -> Figured:
    """What the figures were counted from; UserError when it is not what the draft was made from."""
    row = row_of(connection, document_id)
    if row.kind not in FIGURE_KINDS:
        raise UserError("这份文书不是由数据生成的通报。")
    body = file_of(connection, document_id, SNAPSHOT)
    found: Figured = unpacked(body) if row.kind == WEEKLY else unpacked_overdue(body)
    if found.sha256 != json.loads(row.fields)[_SHA]:
        raise UserError("存入的数据快照与通报所记的指纹不符，可能被改动过。")
    return found


def weekly_snapshot(connection: Connection, document_id: str) -> Snapshot:
    """That of a weekly circular; UserError for another document."""
    found = snapshot_of(connection, document_id)
    if not isinstance(found, Snapshot):
        raise UserError("这份文书不是执行信访周通报。")
    return found


def overdue_snapshot(connection: Connection, document_id: str) -> OverdueSnapshot:
    """That of a circular on overdue nodes; UserError for another document."""
    found = snapshot_of(connection, document_id)
    if not isinstance(found, OverdueSnapshot):
        raise UserError("这份文书不是超期、消极执行通报。")
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
    snapshot = snapshot_of(connection, row.id)
    if only not in (CITY, *(one.id for one in snapshot.courts)):
        raise UserError("该法院不在这期通报之列。")
    objections = _objections(connection, row, snapshot)
    if isinstance(snapshot, Snapshot):
        return weekly(snapshot, _corrections(row), objections, printed, only)
    return overdue(snapshot, _corrections(row), objections, printed, only)


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
        and snapshot_of(connection, row.id).sha256 == payload.sha256
    ]


def objections_of(connection: Connection, document_id: str) -> tuple[ObjectionState, ...]:
    """Objections in the order in which they were made, answered or not."""
    row = row_of(connection, document_id)
    return _objections(connection, row, snapshot_of(connection, document_id))


def _objections(
    connection: Connection, row: Row[Any], snapshot: Figured
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
    told = {name: getattr(found, name) for name in names}
    return told | {"proof": found.proof_id is not None, "decision": None, "reason": ""}


def _state(snapshot: Figured, told: Mapping[str, Any]) -> ObjectionState:
    row_words, field_words, claimed_words = _about(snapshot, told)
    return ObjectionState(
        id=told["id"],
        court_id=told["court_id"],
        court=next((one.short for one in snapshot.courts if one.id == told["court_id"]), ""),
        proof=told["proof"],
        row_key=told["row_key"],
        row_words=row_words,
        field_words=field_words,
        claimed_words=claimed_words,
        body=told["body"],
        decision=told["decision"],
        reason=told["reason"],
        at=told["at"],
    )


def _about(snapshot: Figured, told: Mapping[str, Any]) -> tuple[str, str, str]:
    """Row, field and claim in words."""
    key, field = told["row_key"], told["field"]
    if isinstance(snapshot, OverdueSnapshot):
        found = snapshot.by_id.get(key)
        return (key if found is None else found.words, "", STRUCK_WORDS if field else "")
    row = snapshot.by_id.get(key)
    claimed = value_words(snapshot, field, told["claimed"] or None) if field else ""
    return (key if row is None else row.code, FIELDS.get(field, field), claimed)


def claim_fault(connection: Connection, row: Row[Any], claim: Claim) -> list[str]:
    """Why an objection cannot be made in this way; empty for other kinds of documents."""
    if row.kind not in FIGURE_KINDS or not claim.row_key:
        return []
    snapshot = snapshot_of(connection, row.id)
    found = snapshot.by_id.get(claim.row_key)
    if found is None:
        return ["数据快照中没有这一件。"]
    if claim.court_id != found.court_id:
        return ["只能对本院的事项提出异议。"]
    if isinstance(snapshot, OverdueSnapshot):
        fault = strike_fault(snapshot, claim.row_key, claim.field)
        return [fault] if fault else []
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
        correction = _correction(snapshot_of(connection, row.id), row, settled, at)
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


def _correction(snapshot: Figured, row: Row[Any], settled: Settled, at: str) -> Correction:
    found = settled.objection
    before = _corrections(row)
    if isinstance(snapshot, Snapshot):
        was = current(snapshot, before, found.row_key, found.field)
        now = (found.claimed or "").strip() or None
    else:
        struck = any(one.row_id == found.row_key for one in before)
        was, now = (STRUCK if struck else None), STRUCK
    return Correction(
        row_id=found.row_key,
        field=found.field,
        was=was,
        now=now,
        court_id=found.court_id,
        reason=settled.reason,
        at=at,
        objection_id=found.id,
    )
