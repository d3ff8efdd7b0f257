"""Decisions from the inbox, each one transaction of the writer lane.

Nothing is decided here: the signing matrix and the commands of desktop.documents are asked, and
what they refuse is told as they say it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from desktop.documents import course, powers, replies
from desktop.documents.course import ActArgs
from desktop.documents.staff import matrix
from desktop.errors import UserError
from desktop.panels.approvals.rules import Item, Kind, batch_fault
from desktop.rules.signing import may_batch
from desktop.rules.signing_matrix import Stage


@dataclass(frozen=True, slots=True)
class DecideArgs:
    """A decision about one item as it was shown. `body`: remark, opinion or reason."""

    item: Item
    agreed: bool
    person_id: str | None
    at: datetime
    body: str = ""


@dataclass(frozen=True, slots=True)
class BatchArgs:
    """Several ordinary documents, agreed to at once."""

    items: Sequence[Item]
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What was agreed to, and what not with the reason; titles of documents."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def decide(connection: Connection, args: DecideArgs) -> str:
    """Agrees or does not; gives what was done, in words. UserError with the sentence of whoever
    refused."""
    item = args.item
    if item.kind is Kind.DOCUMENT:
        return _document(connection, args)
    verdict = powers.Verdict(item.id, args.agreed, args.person_id, args.at)
    if item.kind is Kind.CHANGE:
        powers.settle(connection, verdict)
        return "已同意变更" if args.agreed else "已否决变更"
    if item.kind is Kind.DELEGATION:
        powers.settle_power(connection, verdict)
        return "已同意授权" if args.agreed else "已否决授权"
    if item.kind is Kind.OBJECTION:
        given = replies.Answer(item.id, args.agreed, args.body, args.person_id, args.at)
        replies.answer(connection, given)
        return "已采纳异议" if args.agreed else "未采纳异议"
    raise UserError("督办回复和请示汇报须在各自的页面办理。")


def _document(connection: Connection, args: DecideArgs) -> str:
    item = args.item
    act = ActArgs(item.document_id, args.person_id, args.at, item.content, args.body)
    stage = Stage(item.stage)
    if args.agreed:
        course.pass_stage(connection, act, stage)
        return f"已办理{item.stage_word}"
    if stage is Stage.PANEL:
        course.dissent(connection, act)
        return "已表决不同意"
    course.send_back(connection, act)
    return "已退回"


def agree_to_all(connection: Connection, args: BatchArgs) -> BatchResult:
    """批量同意. UserError when one of them must be looked at by itself; else each document is
    passed or refused by itself, and a refusal takes nothing from the others."""
    fault = batch_fault(args.items)
    rules = matrix(connection, args.at.date())
    # Once more by the matrix: what the list showed may be older than the matrix of now.
    if not fault and not all(may_batch(rules, _kind(connection, one)) for one in args.items):
        fault = "所选公文中有罚款、拘传、拘留，不得批量审批，须逐件查看后办理。"
    if fault:
        raise UserError(fault)
    done, refused = [], []
    for item in args.items:
        decided = DecideArgs(item, True, args.person_id, args.at)
        try:
            decide(connection, decided)  # refuses before it writes anything
        except UserError as refusal:
            refused.append((item.title, str(refusal)))
        else:
            done.append(item.title)
    return BatchResult(tuple(done), tuple(refused))


def _kind(connection: Connection, item: Item) -> str:
    return str(course.row_of(connection, item.document_id).kind)
