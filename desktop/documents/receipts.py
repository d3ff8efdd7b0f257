"""Issue, receipts, reminders and print slips. Writer lane for what writes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from desktop.documents.course import ActArgs, record, row_of
from desktop.documents.kinds import kinds
from desktop.documents.permits import Deed, require
from desktop.documents.reply_time import window
from desktop.errors import UserError
from storage.ids import new_id
from storage.schema import table

COPIES_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Issue:
    """Sends the signed document to courts and persons."""

    act: ActArgs
    courts: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """One recipient and where it stands; instants or None. `name`: court or person."""

    id: str
    name: str
    court_id: str | None
    person_id: str | None
    sent_at: datetime
    opened_at: datetime | None
    acknowledged_at: datetime | None
    reminded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Slip:
    """清点单: which copies were printed now, and which of them not for the first time (补印)."""

    copies: tuple[int, ...]
    again: tuple[int, ...]
    at: datetime

    def words(self) -> str:
        """One line for the slip."""
        more = f"，其中补印：第 {'、'.join(map(str, self.again))} 份" if self.again else ""
        return f"{self.at:%Y-%m-%d %H:%M} 印 {len(self.copies)} 份{more}"


def issue(connection: Connection, args: Issue) -> int:
    """印发: the signed document goes to its recipients; gives how many.

    Raises UserError before the signature, without a recipient, and before the courts that were
    asked had their time.
    """
    row = row_of(connection, args.act.document_id)
    require(connection, row, Deed.ISSUE, args.act)
    if row.state != "signed":
        raise UserError("文书尚未签发，不得印发。" if row.state != "issued" else "文书已经印发。")
    if not args.courts and not args.persons:
        raise UserError("没有选定收文的法院或人员。")
    fault = window(connection, row).fault(args.act.at)
    if fault:
        raise UserError(fault.replace("签发", "印发"))
    document = table("document")
    at = args.act.at.isoformat(timespec="milliseconds")
    shared = {"shared": 1} if kinds().kind(row.kind).shared else {}
    record(connection, row, "issue", None, args.act, None)
    connection.execute(
        update(document)
        .where(document.c.id == row.id)
        .values(state="issued", issued_at=at, **shared)
    )
    if row.supersedes is not None:
        _recall(connection, row.supersedes, replace(args.act, body="由新版替代。"))
    for court in args.courts:
        _send(connection, row.id, row.scope, at, court_id=court)
    for person in args.persons:
        _send(connection, row.id, row.scope, at, person_id=person)
    return len(args.courts) + len(args.persons)


def _send(connection: Connection, document_id: str, scope: int, at: str, **whom: str) -> None:
    connection.execute(
        insert(table("document_recipient")).values(
            id=new_id(), document_id=document_id, sent_at=at, scope=scope, **whom
        )
    )


def recall(connection: Connection, act: ActArgs) -> None:
    """撤销 of an issued document, with the reason; its number and its receipts stay."""
    row = row_of(connection, act.document_id)
    require(connection, row, Deed.RECALL, act)
    if row.state != "issued":
        raise UserError("只有已印发的文书可以撤销。")
    if not act.body.strip():
        raise UserError("撤销须写明理由。")
    _recall(connection, act.document_id, act)


def _recall(connection: Connection, document_id: str, act: ActArgs) -> None:
    row = row_of(connection, document_id)
    if row.state == "issued":
        record(connection, row, "recall", None, act, None)
        document = table("document")
        connection.execute(
            update(document).where(document.c.id == document_id).values(state="recalled")
        )


def receipts(connection: Connection, document_id: str) -> list[Receipt]:
    """Every recipient, courts first, in order of name."""
    recipient, court, person = table("document_recipient"), table("court"), table("person")
    rows = connection.execute(
        select(
            recipient,
            func.coalesce(person.c.name, court.c.name).label("name"),
        )
        .outerjoin(court, court.c.id == recipient.c.court_id)
        .outerjoin(person, person.c.id == recipient.c.person_id)
        .where(recipient.c.document_id == document_id)
        .order_by(recipient.c.court_id.is_(None), "name", recipient.c.id)
    ).all()
    return [
        Receipt(
            row.id,
            row.name,
            row.court_id,
            row.person_id,
            datetime.fromisoformat(row.sent_at),
            _instant(row.opened_at),
            _instant(row.acknowledged_at),
            _instant(row.reminded_at),
        )
        for row in rows
    ]


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def opened(connection: Connection, act: ActArgs) -> int:
    """签收: whoever opens the document turns the receipts green that are his own or his court's;
    gives how many turned. A receipt that is green stays as it is."""
    recipient, person = table("document_recipient").c, table("person").c
    court = connection.execute(select(person.court_id).where(person.id == act.person_id)).scalar()
    done = connection.execute(
        update(table("document_recipient"))
        .where(
            recipient.document_id == act.document_id,
            recipient.opened_at.is_(None),
            or_(
                recipient.person_id == act.person_id,
                and_(recipient.person_id.is_(None), recipient.court_id == court),
            ),
        )
        .values(opened_at=act.at.isoformat(timespec="milliseconds"), opened_by=act.person_id)
    )
    return int(done.rowcount)


def acknowledge(connection: Connection, act: ActArgs) -> int:
    """已阅: what was opened is also confirmed by the person at the desk; gives how many."""
    opened(connection, act)
    recipient = table("document_recipient").c
    done = connection.execute(
        update(table("document_recipient"))
        .where(
            recipient.document_id == act.document_id,
            recipient.opened_by == act.person_id,
            recipient.acknowledged_at.is_(None),
        )
        .values(
            acknowledged_at=act.at.isoformat(timespec="milliseconds"),
            acknowledged_by=act.person_id,
        )
    )
    return int(done.rowcount)


def remind(connection: Connection, act: ActArgs) -> int:
    """催阅: notes a reminder at every receipt that is not green; gives how many."""
    row = row_of(connection, act.document_id)
    require(connection, row, Deed.REMIND, act)
    if row.state != "issued":
        raise UserError("文书尚未印发，无从催阅。")
    recipient = table("document_recipient").c
    done = connection.execute(
        update(table("document_recipient"))
        .where(recipient.document_id == act.document_id, recipient.opened_at.is_(None))
        .values(reminded_at=act.at.isoformat(timespec="milliseconds"))
    )
    if done.rowcount:
        record(connection, row, "remind", None, act, None)
    return int(done.rowcount)


def print_slip(connection: Connection, act: ActArgs, copies: Sequence[int]) -> Slip:
    """Notes that `copies` (numbers from 1) were printed. What was printed before is 补印: the
    slip says so, the document's bytes stay as they are."""
    row = row_of(connection, act.document_id)
    wanted = tuple(sorted(set(copies)))
    if not wanted or wanted[0] < 1 or wanted[-1] > COPIES_MAX:
        raise UserError(f"份数应在 1 与 {COPIES_MAX} 之间。")
    before = {one for slip in slips(connection, row.id) for one in slip.copies}
    again = tuple(one for one in wanted if one in before)
    body = json.dumps({"copies": wanted, "again": again})
    record(connection, row, "print", None, replace(act, body=body), None)
    return Slip(wanted, again, act.at)


def slips(connection: Connection, document_id: str) -> list[Slip]:
    """All print runs, the first one first."""
    done = table("document_act").c
    rows = connection.execute(
        select(done.body, done.at)
        .where(done.document_id == document_id, done.act == "print")
        .order_by(done.at, done.id)
    ).all()
    found = []
    for row in rows:
        told = json.loads(row.body)
        at = datetime.fromisoformat(row.at)
        found.append(Slip(tuple(told["copies"]), tuple(told["again"]), at))
    return found
