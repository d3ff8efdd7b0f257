"""送达 of a document: attempts, receipt and proof become facts of the case. Writer lane; no Qt.

Failures by hand and by post are the facts that an announcement rests on (M30). A failure in another
way has no fact of its own, so it is kept in the log of the case.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select

from desktop.documents.course import row_of
from desktop.documents.numbering import number_words
from desktop.documents.pages import keep_file
from desktop.errors import UserError
from desktop.panels.documents.rules import (
    FAILED_EVENTS,
    SERVED_EVENT,
    SERVICE_EVENTS,
    SIGNED,
    WAY_WORDS,
    Way,
)
from desktop.paper.proof import PROOF_MAX, Proof
from storage.ids import new_id
from storage.schema import table

NOTE_MAX: Final = 500
# 民事诉讼法第九十五条: served once thirty days have passed since the announcement.
_ANNOUNCED: Final = timedelta(days=30)


class Result(StrEnum):
    """What came of an attempt. TAKEN_DOWN: an announcement was removed."""

    SERVED = "served"
    FAILED = "failed"
    TAKEN_DOWN = "taken_down"


@dataclass(frozen=True, slots=True)
class ServiceArgs:
    """One attempt: in which way, on which day, to whom, what came of it. `receipt_no`: of the
    receipt (送达回证) or of the post."""

    document_id: str
    way: Way
    result: Result
    on: date
    whom: str
    person_id: str | None
    at: datetime
    receipt_no: str = ""
    note: str = ""
    proof: Proof | None = None


def record_service(connection: Connection, args: ServiceArgs) -> str:
    """Stores an attempt; gives the words it was kept in. UserError with everything that lacks."""
    row = row_of(connection, args.document_id)
    wrong = _wrong(connection, row, args)
    if wrong:
        raise UserError("\n".join(wrong))
    number = number_words(row.series, row.year, row.serial)
    words = _words(args, _attempts(connection, row.case_id, number, args.whom) + 1)
    if args.proof is not None:
        keep_file(connection, row.id, "proof", args.proof.name, args.proof.body)
    kind = SERVED_EVENT if args.result is Result.SERVED else FAILED_EVENTS.get(args.way)
    if kind is None or args.result is Result.TAKEN_DOWN:
        _log(connection, row, args, f"{number}　{args.whom.strip()}　{words}")
        return words
    connection.execute(
        insert(table("node_event")).values(
            id=new_id(),
            case_id=row.case_id,
            kind=kind,
            on=args.on.isoformat(),
            subject=args.whom.strip(),
            actor_id=args.person_id,
            document_no=number,
            note=words,
            scope=row.scope,
        )
    )
    return words


def _wrong(connection: Connection, row: Row[Any], args: ServiceArgs) -> list[str]:
    wrong = _before_anything(row, args) + _of_proof(args)
    if args.on > args.at.date():
        wrong.append("送达日期不能晚于今天。")
    if row.made_on is not None and args.on.isoformat() < row.made_on:
        wrong.append(f"送达日期不能早于文书的成文日期（{row.made_on}）。")
    if (args.way is Way.ANNOUNCED) is not (row.kind == "announcement"):
        wrong.append("公告送达只登记在公告上。")
    elif args.way is Way.ANNOUNCED and args.result is Result.SERVED:
        wrong += _too_early(connection, row, args)
    return wrong


def _before_anything(row: Row[Any], args: ServiceArgs) -> list[str]:
    wrong = []
    if row.case_id is None:
        wrong.append("只有案件文书登记送达；公文的签收见回执。")
    if row.state not in SIGNED:
        wrong.append("文书尚未签发，不能登记送达。")
    if args.person_id is None:
        wrong.append("须以本人身份登记送达：在座人员未设定。")
    if not args.whom.strip():
        wrong.append("须写明受送达人。")
    return wrong


def _of_proof(args: ServiceArgs) -> list[str]:
    wrong = []
    if args.result is Result.SERVED and not args.receipt_no.strip() and args.proof is None:
        wrong.append("送达完成须有送达回证号、邮件号，或者附上凭证。")
    if args.result is Result.FAILED and not args.note.strip():
        wrong.append("未成功须写明经过。")
    if len(args.note) > NOTE_MAX:
        wrong.append(f"说明不得超过 {NOTE_MAX} 字。")
    if args.proof is not None and len(args.proof.body) > PROOF_MAX:
        wrong.append(f"凭证不得超过 {PROOF_MAX // 1_000_000} 兆字节。")
    return wrong


def _too_early(connection: Connection, row: Row[Any], args: ServiceArgs) -> list[str]:
    event = table("node_event").c
    made = connection.execute(
        select(func.min(event.on)).where(
            event.case_id == row.case_id,
            event.kind == "announcement_made",
            event.subject == args.whom.strip(),
            event.document_no == number_words(row.series, row.year, row.serial),
        )
    ).scalar()
    if made is None:
        return [f"没有对“{args.whom.strip()}”发出公告的记录。"]
    first = date.fromisoformat(made) + _ANNOUNCED
    if args.on < first:
        return [f"公告于 {made} 发出，经过三十日（至 {first.isoformat()}）方视为送达。"]
    return []


def _attempts(connection: Connection, case_id: str, number: str, whom: str) -> int:
    event = table("node_event").c
    found = connection.execute(
        select(func.count()).where(
            event.case_id == case_id,
            event.document_no == number,
            event.subject == whom.strip(),
            event.kind.in_(SERVICE_EVENTS),
        )
    ).scalar_one()
    return int(found)


def _words(args: ServiceArgs, n: int) -> str:
    if args.result is Result.TAKEN_DOWN:
        return f"公告已撤下（{args.on.isoformat()}）　{args.note.strip()}".rstrip("　")
    parts = (
        f"{WAY_WORDS[args.way]}第{n}次" + ("未成功" if args.result is Result.FAILED else ""),
        f"回证或邮件号：{args.receipt_no.strip()}" if args.receipt_no.strip() else "",
        f"凭证：{args.proof.name}" if args.proof is not None else "",
        args.note.strip(),
    )
    return "　".join(part for part in parts if part)


def _log(connection: Connection, row: Row[Any], args: ServiceArgs, words: str) -> None:
    connection.execute(
        insert(table("execution_log")).values(
            id=new_id(),
            case_id=row.case_id,
            at=args.at.isoformat(timespec="milliseconds"),
            author_id=args.person_id,
            kind="act",
            body=words,
            scope=row.scope,
        )
    )
