"""Records a comment and a warning read, both as facts that are never changed. Writer lane."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select

from desktop.errors import UserError
from storage.ids import new_id
from storage.schema import table

BODY_MAX: Final = 2_000


@dataclass(frozen=True, slots=True)
class CommentArgs:
    """A comment on one node by `person_id`; `writer_id` is whoever sits at the keyboard."""

    case_id: str
    node_code: str
    subject: str
    person_id: str
    writer_id: str | None
    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class ReadArgs:
    """Warnings (letter id, rung; 0 the letter itself) that `person_id` has read."""

    warnings: tuple[tuple[str, int], ...]
    person_id: str
    writer_id: str | None
    at: datetime


def comment(connection: Connection, args: CommentArgs) -> str:
    """Adds the comment; gives its id. Raises UserError for somebody else's or an empty one."""
    if args.writer_id != args.person_id:
        raise UserError("意见只能由本人发表。")
    body = args.body.strip()
    if not body:
        raise UserError("请写明意见。")
    if len(body) > BODY_MAX:
        raise UserError(f"意见不得超过 {BODY_MAX} 字。")
    case = table("case")
    scope = connection.execute(
        select(case.c.scope).where(case.c.id == args.case_id)
    ).scalar_one_or_none()
    if scope is None:
        raise UserError("案件已不存在，意见没有保存。")
    row_id = new_id()
    connection.execute(
        insert(table("responsibility_comment")).values(
            id=row_id,
            scope=scope,
            case_id=args.case_id,
            node_code=args.node_code,
            subject=args.subject,
            person_id=args.person_id,
            at=args.at.isoformat(timespec="seconds"),
            body=body,
        )
    )
    return row_id


def mark_read(connection: Connection, args: ReadArgs) -> int:
    """Records what was read; a warning read before is passed over. Gives how many were new."""
    if args.writer_id != args.person_id:
        raise UserError("已阅只能由本人登记。")
    reading, letter = table("warning_reading"), table("supervision_letter")
    known = {
        (row.letter_id, row.rung)
        for row in connection.execute(
            select(reading.c.letter_id, reading.c.rung).where(reading.c.person_id == args.person_id)
        )
    }
    fresh = [one for one in dict.fromkeys(args.warnings) if one not in known]
    for letter_id, rung in fresh:
        scope = connection.execute(
            select(letter.c.scope).where(letter.c.id == letter_id)
        ).scalar_one_or_none()
        if scope is None:
            raise UserError("督办单已不存在。")
        connection.execute(
            insert(reading).values(
                id=new_id(),
                scope=scope,
                letter_id=letter_id,
                rung=rung,
                person_id=args.person_id,
                read_at=args.at.isoformat(timespec="seconds"),
            )
        )
    return len(fresh)
