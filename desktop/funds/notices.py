"""Telling people about money: the handler that it came, the holder of a step that it waits, the
payee that it can be fetched. Writer lane.

The notice of arrival is a note on the case with an id of its receipt, so that there is one for
each; whether the handler has read it stands with the mention. A payee's notice stands in the
case's log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from desktop.errors import UserError
from desktop.funds.ladder import notice_id
from desktop.rules.money import grouped
from storage.ids import new_id
from storage.schema import table

PAYEE_TOLD: Final = "通知领款："
HOW_MAX: Final = 400


@dataclass(frozen=True, slots=True)
class Notice:
    """Receipts (ids of entries) whose handlers are told that they came."""

    entry_ids: Sequence[str]
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Nudge:
    """A reminder of a case's money to `to_id`, in so many words."""

    case_id: str
    to_id: str
    words: str
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PayeeNotice:
    """Somebody was told to fetch money: who, and how (call, letter, message …)."""

    case_id: str
    payee: str
    how: str
    person_id: str | None
    at: datetime


def tell(connection: Connection, notice: Notice) -> int:
    """Tells the handler of each receipt; those told before are left. Gives how many were told.

    UserError for a case without a handler, and where nobody sits at the desk.
    """
    author = _author(notice.person_id)
    done = 0
    for entry_id in notice.entry_ids:
        receipt = _receipt(connection, entry_id)
        key = notice_id(entry_id)
        note = table("note").c
        if connection.execute(select(note.id).where(note.id == key)).first() is not None:
            continue
        if receipt.handler_id is None:
            raise UserError(f"{receipt.case_number} 尚未确定承办人，不能通知到账。")
        payer = f"，付款人 {receipt.payee}" if receipt.payee else ""
        words = (
            f"@{receipt.name} 案款到账通知：{receipt.number}，"
            f"{grouped(receipt.amount_fen)} 元，{receipt.booked_on} 到账{payer}。"
            "请核算、结算费用，通知领取并在收到本通知后三十日内发放。"
        )
        _write(connection, key, (receipt.case_id, words, author, notice.at), receipt.handler_id)
        done += 1
    return done


def nudge(connection: Connection, wanted: Nudge) -> str:
    """Reminds whoever holds a step; gives the id of the note."""
    author = _author(wanted.person_id)
    person = table("person").c
    name = connection.execute(select(person.name).where(person.id == wanted.to_id)).scalar()
    if name is None:
        raise UserError("要提醒的人已不在名册。")
    if wanted.to_id == author:
        raise UserError("该环节由您本人办理，无须提醒。")
    made = new_id()
    words = f"@{name} 案款提醒：{wanted.words}"
    _write(connection, made, (wanted.case_id, words, author, wanted.at), wanted.to_id)
    return made


def tell_payee(connection: Connection, notice: PayeeNotice) -> str:
    """Notes in the case's log that somebody was told to fetch money; gives the id of the line."""
    author = _author(notice.person_id)
    payee, how = notice.payee.strip(), notice.how.strip()
    if not payee or not how:
        raise UserError("须写明通知了何人、以何种方式通知。")
    if len(how) > HOW_MAX:
        raise UserError(f"通知方式不得超过 {HOW_MAX} 字。")
    case = table("case").c
    scope = connection.execute(select(case.scope).where(case.id == notice.case_id)).scalar()
    if scope is None:
        raise UserError("案件已不在本机。")
    made = new_id()
    connection.execute(
        insert(table("execution_log")).values(
            id=made,
            case_id=notice.case_id,
            at=notice.at.isoformat(timespec="milliseconds"),
            author_id=author,
            kind="call",
            body=f"{PAYEE_TOLD}{payee}；{how}",
            scope=scope,
        )
    )
    return made


def _author(person_id: str | None) -> str:
    if person_id is None:
        raise UserError("须以本人身份办理：本机尚未设定在座人员。")
    return person_id


def _receipt(connection: Connection, entry_id: str) -> Any:
    entry, case, person = table("fund_entry"), table("case"), table("person")
    row = connection.execute(
        select(
            *(entry.c.number, entry.c.amount_fen, entry.c.booked_on, entry.c.payee),
            *(entry.c.case_id, case.c.handler_id, person.c.name),
            case.c.number.label("case_number"),
        )
        .select_from(
            entry.join(case, case.c.id == entry.c.case_id).outerjoin(
                person, person.c.id == case.c.handler_id
            )
        )
        .where(entry.c.id == entry_id)
    ).one_or_none()
    if row is None:
        raise UserError("这笔到账已不在本机，或尚未归到案件。")
    return row


def _write(
    connection: Connection, key: str, said: tuple[str, str, str, datetime], to_id: str
) -> None:
    case_id, words, author, at = said
    connection.execute(
        insert(table("note")).values(
            id=key,
            about="case",
            about_id=case_id,
            case_id=case_id,
            body=words,
            author_id=author,
            at=at.isoformat(timespec="milliseconds"),
        )
    )
    if to_id != author:  # nobody mentions himself
        connection.execute(
            insert(table("note_mention")).values(id=new_id(), note_id=key, person_id=to_id)
        )
