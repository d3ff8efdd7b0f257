"""Right of reply: the courts named in a circular see it before it goes out (X12). Writer lane.

No circular is signed while an objection waits for an answer: the database refuses it. Nor is one
signed before its courts had their time, or have all answered (desktop.documents.reply_time). Until
then they may object, also to what is already on its way through the stages.
"""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from desktop.documents.course import ActArgs, record, row_of
from desktop.documents.figures_draft import Claim, Settled, claim_fault, settle
from desktop.documents.permits import Deed, require
from desktop.documents.reply_time import (
    AGREED,
    ASKED,
    OPEN_STATES,
    asked_at,
    objecting_fault,
    window,
)
from desktop.errors import UserError
from storage.ids import new_id
from storage.schema import table

BODY_MAX: Final = 4_000


@dataclass(frozen=True, slots=True)
class AskReplies:
    """Sends the draft to `courts`, who may object until `reply_by`, a day."""

    act: ActArgs
    courts: tuple[str, ...]
    reply_by: date


@dataclass(frozen=True, slots=True)
class Objection:
    """What a court says. `row_key`: the row it is about, `field` and `claimed` what it should be;
    `proof` a file of the document."""

    document_id: str
    court_id: str
    body: str
    by_id: str | None
    at: datetime
    row_key: str = ""
    field: str = ""
    claimed: str | None = None
    proof_id: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """A court has seen its rows and has no objection."""

    document_id: str
    court_id: str
    by_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The decision about one objection, with its reason."""

    objection_id: str
    accepted: bool
    reason: str
    person_id: str | None
    at: datetime


def ask_replies(connection: Connection, args: AskReplies) -> int:
    """征求意见; gives how many courts were asked. UserError for a document that is past it."""
    row = row_of(connection, args.act.document_id)
    require(connection, row, Deed.ASK_REPLIES, args.act)
    if row.state not in ("draft", "replying"):
        raise UserError("文书已送审，不能再征求意见。")
    if not args.courts:
        raise UserError("没有选定征求意见的法院。")
    if args.reply_by < args.act.at.date():
        raise UserError("反馈期限不能早于今日。")
    document = table("document")
    connection.execute(
        update(document)
        .where(document.c.id == row.id)
        .values(state="replying", shared=1, reply_by=args.reply_by.isoformat())
    )
    there = asked_courts(connection, row.id)
    new = tuple(court for court in args.courts if court not in there)
    act = replace(args.act, body=json.dumps({"courts": sorted(new)}))
    record(connection, row_of(connection, row.id), ASKED, None, act, None)
    return len(new)


def asked_courts(connection: Connection, document_id: str) -> frozenset[str]:
    """Ids of the courts that were asked."""
    return frozenset(asked_at(connection, document_id))


def agree(connection: Connection, said: Agreement) -> None:
    """答复无异议: once all courts asked have answered, nothing is waited for. UserError with
    everything that stands against it."""
    row = row_of(connection, said.document_id)
    found = window(connection, row)
    wrong = []
    if row.state not in OPEN_STATES:
        wrong.append("文书已签发，无须再答复。")
    if said.by_id is None:
        wrong.append("须以本人身份答复：在座人员未设定。")
    elif _court_of_person(connection, said.by_id) != said.court_id:
        wrong.append("只能代表本院答复。")
    if said.court_id not in found.asked:
        wrong.append("该法院不在征求意见之列。")
    if said.court_id in found.answered:
        wrong.append("该法院已经答复。")
    if wrong:
        raise UserError("\n".join(wrong))
    body = json.dumps({"courts": [], AGREED: said.court_id})
    act = ActArgs(row.id, said.by_id, said.at, row.content_sha256, body)
    record(connection, row, ASKED, None, act, None)


def _court_of_person(connection: Connection, person_id: str) -> str | None:
    person = table("person").c
    found: str | None = connection.execute(
        select(person.court_id).where(person.id == person_id)
    ).scalar()
    return found


def object_to(connection: Connection, said: Objection) -> str:
    """Stores an objection; gives its id. UserError with everything that lacks."""
    row = row_of(connection, said.document_id)
    wrong = []
    asked = asked_courts(connection, row.id)
    if row.state not in OPEN_STATES or not asked:
        wrong.append("文书不在征求意见期内，不能提出异议。")
    if not said.body.strip():
        wrong.append("异议须写明理由。")
    if len(said.body) > BODY_MAX:
        wrong.append(f"异议不得超过 {BODY_MAX} 字。")
    if said.court_id not in asked:
        wrong.append("该法院不在征求意见之列。")
    if late := objecting_fault(connection, row, said.court_id, said.at):
        wrong.append(late)
    if not wrong:
        claim = Claim(said.court_id, said.row_key, said.field, said.claimed)
        wrong += claim_fault(connection, row, claim)
    if wrong:
        raise UserError("\n".join(wrong))
    made = new_id()
    connection.execute(
        insert(table("objection")).values(
            id=made,
            document_id=row.id,
            court_id=said.court_id,
            row_key=said.row_key,
            field=said.field,
            claimed=said.claimed,
            body=said.body.strip(),
            proof_id=said.proof_id,
            by_id=said.by_id,
            at=said.at.isoformat(timespec="milliseconds"),
            scope=row.scope,
        )
    )
    return made


def answer(connection: Connection, given: Answer) -> None:
    """Accepts or rejects an objection, once, with a reason; nobody decides his own.

    In a circular made from figures the answer becomes part of the words, and what was accepted is
    laid over the snapshot, so that the figures change. Raises UserError where it is past that.
    """
    objection = table("objection")
    found = connection.execute(
        select(objection).where(objection.c.id == given.objection_id)
    ).first()
    if found is None:
        raise UserError("异议已不存在。")
    if found.decision is not None:
        raise UserError("这件异议已经处理。")
    if not given.reason.strip():
        raise UserError("采纳或不采纳都须写明理由。")
    if given.person_id is None:
        raise UserError("须以本人身份处理异议：在座人员未设定。")
    if given.person_id == found.by_id:
        raise UserError("提出异议的人不得自行处理。")
    row = row_of(connection, found.document_id)
    act = ActArgs(row.id, given.person_id, given.at, row.content_sha256)
    require(connection, row, Deed.ANSWER, act)
    connection.execute(
        update(objection)
        .where(objection.c.id == given.objection_id)
        .values(
            decision="accepted" if given.accepted else "rejected",
            reason=given.reason.strip(),
            decided_by=given.person_id,
            decided_at=given.at.isoformat(timespec="milliseconds"),
        )
    )
    reason = given.reason.strip()
    settle(connection, Settled(found, given.accepted, reason, given.person_id, given.at))


def waiting(connection: Connection, document_id: str) -> int:
    """How many objections nobody has answered."""
    objection = table("objection").c
    rows = connection.execute(
        select(objection.id).where(
            objection.document_id == document_id, objection.decision.is_(None)
        )
    ).all()
    return len(rows)
