"""The decision about one coercive measure: look, change the figure, approve, take back.

Whoever approves sees the pages as they will be signed, but for number and day, which come later.
Their fingerprint goes into his act, and the same pages signed with his PIN into the file, so that
the decision can be held against what he saw at any time. Writer lane for what writes; the signing
matrix decides who may.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from desktop.circulars.official import Official
from desktop.circulars.wording import content_sha256
from desktop.command.measures.facts import device, measure_of, party_kind, standing_of, told
from desktop.documents.course import ActArgs, ask, pass_stage, record
from desktop.documents.drafts import canonical, fingerprint
from desktop.documents.files import file_of, keep_file
from desktop.documents.files import fingerprint as of_bytes
from desktop.documents.filling import fill
from desktop.documents.kinds import kinds
from desktop.documents.pages import Laid, official
from desktop.errors import UserError
from desktop.rules.coercive import (
    AMENDED,
    FIGURES,
    KINDS,
    figure_fault,
    withdraw_fault,
)
from desktop.rules.signing_matrix import Stage
from storage.ids import new_id
from storage.schema import table

FILE_KIND: Final = "approved"
_COPY_NOTE: Final = "供院长审批；文号和日期于批准后签发时编定"
FILE_NAME: Final = "院长批准稿.pdf"
_FILE_MAX: Final = 5_900_000


@dataclass(frozen=True, slots=True)
class Amend:
    """The figure as whoever approves sets it: days, or fen. `note`: why, in his words."""

    document_id: str
    person_id: str | None
    at: datetime
    content: str
    figure: str
    note: str


@dataclass(frozen=True, slots=True)
class Approve:
    """An approval of pages that were seen: `laid` proves that they are those of the words, `file`
    is the same pages signed with his PIN."""

    act: ActArgs
    pages: bytes
    file: bytes
    laid: Laid


@dataclass(frozen=True, slots=True)
class Withdraw:
    """An approval taken back, with the reason."""

    document_id: str
    person_id: str | None
    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Compared:
    """What was seen against what the document gives now. `noted`: fingerprint in the approval,
    `found`: of the pages made anew, `in_file`: of the first part of the file that was signed."""

    noted: str
    found: str
    in_file: str

    @property
    def same(self) -> bool:
        """Whether all three agree."""
        return bool(self.noted) and self.noted == self.found == self.in_file


def approval_copy(connection: Connection, document_id: str) -> Official:
    """The document as it is approved: the same before and after number, day and signature."""
    made = official(connection, measure_of(connection, document_id).id)
    return replace(made, head=replace(made.head, number=""), made_on=None, note=_COPY_NOTE)


def amend(connection: Connection, args: Amend) -> str:
    """Stores the changed figure as a new version by whoever approves; gives the fingerprint of the
    new words. UserError with the article where the law forbids it, and with who can, where the
    person may not approve."""
    row = measure_of(connection, args.document_id)
    key = FIGURES.get(row.kind)
    if key is None:
        raise UserError("拘传票没有可以改定的数额。")
    if row.state != "checking":
        raise UserError("文书不在审批之中，不能改定。")
    if row.content_sha256 != args.content:
        raise UserError("文书内容已有改动，请重新打开，按最新内容办理。")
    act = ActArgs(row.id, args.person_id, args.at, row.content_sha256)
    decision = ask(connection, row, Stage.APPROVE, act).decision
    if not decision.allowed:
        raise UserError(decision.reason)
    before = told(row)
    party = party_kind(connection, row.case_id, str(before.get("person", "")))
    fault = figure_fault(row.kind, args.figure, party, args.at.date())
    if fault:
        raise UserError(fault)
    if str(before.get(key)) == args.figure:
        return str(row.content_sha256)
    if not args.note.strip():
        raise UserError("改定数额须写明理由。")
    return _store(connection, row, {**before, key: args.figure}, args)


def _store(connection: Connection, row: Row[Any], fields: dict[str, Any], args: Amend) -> str:
    words = {key: str(value) for key, value in fields.items() if not key.startswith("_")}
    fill(kinds().template(row.template), words, dict(fields.get("_case", {})))
    sha = fingerprint(row.kind, row.template, row.title, fields)
    version = table("document_version")
    n = connection.execute(
        select(func.max(version.c.n)).where(version.c.document_id == row.id)
    ).scalar()
    document = table("document")
    connection.execute(
        update(document)
        .where(document.c.id == row.id)
        .values(fields=canonical(fields), content_sha256=sha)
    )
    connection.execute(
        insert(version).values(
            id=new_id(),
            document_id=row.id,
            n=int(n or 0) + 1,
            title=row.title,
            fields=canonical(fields),
            content_sha256=sha,
            author_id=args.person_id,
            at=args.at.isoformat(timespec="milliseconds"),
            note=f"{AMENDED}：{args.note.strip()}",
            scope=row.scope,
        )
    )
    return sha


def approve(connection: Connection, args: Approve) -> str:
    """批准: the act, and beside it device, time and fingerprint of the pages; gives what was
    approved in words. UserError with the sentence of whoever refuses."""
    row = measure_of(connection, args.act.document_id)
    if not args.file.startswith(args.pages) or len(args.file) == len(args.pages):
        raise UserError("所签文件与所见版面不同，未予批准。")
    if len(args.file) > _FILE_MAX:
        raise UserError(f"文件过大（{len(args.file)} 字节），不能存入。")
    copy = approval_copy(connection, row.id)
    if args.laid != Laid(content_sha256(copy), of_bytes(args.pages)):
        raise UserError("文书在批准期间有改动，未予批准；请重新查看版面。")
    pass_stage(connection, args.act, Stage.APPROVE)
    act = table("document_act").c
    last = connection.execute(
        select(func.max(act.at)).where(
            act.document_id == row.id,
            act.act == "pass",
            act.stage == "approve",
            act.person_id == args.act.person_id,
        )
    ).scalar()
    connection.execute(
        insert(table("measure_act")).values(
            id=new_id(),
            document_id=row.id,
            act="approve",
            person_id=args.act.person_id,
            at=last,
            device=device(connection),
            body=args.act.body.strip(),
            pages_sha256=of_bytes(args.pages),
            scope=row.scope,
        )
    )
    keep_file(connection, row.id, FILE_KIND, FILE_NAME, args.file)
    return f"已批准{KINDS[row.kind]}"


def withdraw(connection: Connection, args: Withdraw) -> None:
    """Takes an approval back within its minute; the document goes back to its draft. UserError
    where it is too late, was executed, or is another's."""
    row = measure_of(connection, args.document_id)
    fault = withdraw_fault(standing_of(connection, row, args.at), args.person_id, args.at)
    if fault:
        raise UserError(fault)
    if row.state not in ("checking", "signing"):
        raise UserError("决定书已经签发，不能撤回批准；请撤销文书。")
    if not args.body.strip():
        raise UserError("撤回须写明理由。")
    connection.execute(
        insert(table("measure_act")).values(
            id=new_id(),
            document_id=row.id,
            act="withdraw",
            person_id=args.person_id,
            at=args.at.isoformat(timespec="milliseconds"),
            device=device(connection),
            body=args.body.strip(),
            scope=row.scope,
        )
    )
    act = ActArgs(
        row.id, args.person_id, args.at, row.content_sha256, f"撤回批准：{args.body.strip()}"
    )
    record(connection, row, "return", Stage.SIGN, act, None)
    document = table("document")
    connection.execute(update(document).where(document.c.id == row.id).values(state="draft"))


def compared(connection: Connection, args: tuple[str, bytes]) -> Compared:
    """Holds pages made anew from the approval copy (document id, pages) against the record."""
    document_id, pages = args
    act = table("measure_act").c
    noted = connection.execute(
        select(act.pages_sha256)
        .where(act.document_id == document_id, act.act == "approve")
        .order_by(act.at.desc(), act.id.desc())
    ).scalar()
    if noted is None:
        raise UserError("本件没有以口令批准的记录。")
    kept = file_of(connection, document_id, FILE_KIND)
    return Compared(str(noted), of_bytes(pages), of_bytes(kept[: len(pages)]))


def figure_of(row: Row[Any]) -> str:
    """The figure as it is stored, empty for kinds without one."""
    key = FIGURES.get(row.kind)
    return "" if key is None else str(json.loads(row.fields).get(key, ""))
