"""A difference between bank, ledger and cases, and the notes that explain it.

Differences are derived each time and never stored: one that is settled is gone by itself. A note
explains one difference at one amount; a later note replaces it, and both stay. Any thread;
`explain` on the writer lane.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection, insert

from desktop.errors import UserError
from storage.ids import new_id
from storage.schema import table

Kind = Literal["line_without_entry", "entry_without_line", "bank_ledger", "case_ledger"]
KIND_WORDS: Final[dict[Kind, str]] = {
    "line_without_entry": "银行有、账上无",
    "entry_without_line": "账上有、银行无",
    "bank_ledger": "银行与账目不一致",
    "case_ledger": "账目与案件不一致",
}
NOTE_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote about a difference that stood at `amount_fen`."""

    amount_fen: int
    body: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of the list. `fen`: by how much the bank has more than the ledger because of it, or
    the account more than its entries; 0 where only days differ."""

    kind: Kind
    about_id: str
    words: str
    day: str
    fen: int
    age: int = 0
    party: str = ""
    number: str = ""
    case_id: str | None = None
    case_number: str = ""
    note: Note | None = None

    @property
    def key(self) -> str:
        """The same as long as it is the same difference."""
        return f"{self.kind}:{self.about_id}"

    @property
    def explained(self) -> bool:
        """Whether the last note was written about this very amount."""
        return self.note is not None and self.note.amount_fen == self.fen


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the form holds."""

    kind: Kind
    about_id: str
    amount_fen: int
    body: str
    person_id: str | None
    at: datetime


def explain(connection: Connection, given: Explanation) -> str:
    """Stores a note; gives its id. UserError without words or without a person."""
    body = given.body.strip()
    if not body:
        raise UserError("请写明差异的原因。")
    if len(body) > NOTE_MAX:
        raise UserError(f"说明超过 {NOTE_MAX} 字。")
    if given.person_id is None:
        raise UserError("没有登记使用人，不能说明差异。")
    note_id = new_id()
    connection.execute(
        insert(table("reconcile_note")).values(
            id=note_id,
            kind=given.kind,
            about_id=given.about_id,
            amount_fen=given.amount_fen,
            body=body,
            person_id=given.person_id,
            at=given.at.isoformat(timespec="seconds"),
        )
    )
    return note_id


def latest_notes(connection: Connection, until: str = "9999") -> dict[str, Note]:
    """The last note of each difference, by its key, as it was at the moment `until`."""
    rows = connection.exec_driver_sql(
        "select n.kind || ':' || n.about_id, n.amount_fen, n.body, coalesce(p.name, ''), n.at"
        " from reconcile_note n left join person p on p.id = n.person_id where n.at <= ?"
        " order by n.at, n.id",
        (until,),
    )
    return {key: Note(*rest) for key, *rest in rows}


def notes_of(connection: Connection, kind: Kind, about_id: str) -> tuple[Note, ...]:
    """All notes of one difference, the last one first."""
    rows = connection.exec_driver_sql(
        "select n.amount_fen, n.body, coalesce(p.name, ''), n.at from reconcile_note n"
        " left join person p on p.id = n.person_id where n.kind = ? and n.about_id = ?"
        " order by n.at desc, n.id desc",
        (kind, about_id),
    )
    return tuple(Note(*row) for row in rows)
