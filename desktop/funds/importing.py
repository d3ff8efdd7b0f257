"""A statement into the store: lines kept, what is sure booked, the rest proposed. No Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from desktop.funds.booking import Booked, Progress, book_found
from desktop.funds.evidence import LineFacts
from desktop.funds.matching import BankLine, Proposal, consider, propose
from desktop.funds.remembered import remembered
from desktop.funds.statements.model import Line, Statement
from desktop.funds.statements.storing import Look, Stored, look, own_account, store


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did with the lines that were new, and what it thinks of each."""

    stored: Stored
    booked: Booked
    proposals: tuple[Proposal, ...]

    @property
    def sure(self) -> int:
        """Lines paid to a case's own account."""
        return sum(one.sure for one in self.proposals)

    @property
    def proposed(self) -> int:
        """Lines with a proposal that waits for a person."""
        return sum(not one.sure and not one.empty for one in self.proposals)

    @property
    def unknown(self) -> int:
        """Money that came in and nothing explains."""
        return sum(one.incoming and one.empty for one in self.proposals)

    @property
    def outgoing_open(self) -> int:
        """Money that went out and fits no order."""
        return sum(not one.incoming and one.empty for one in self.proposals)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do; nothing is written. `own_account`: what the store knows; `counts`:
    of the new lines, how many are matched, proposed, unknown and unsettled."""

    statement: Statement
    look: Look
    own_account: str
    counts: Mapping[str, int]


def import_statement(
    connection: Connection,
    statement: Statement,
    by: str | None,
    progress: Progress = lambda _done, _total: True,
) -> Imported:
    """Stores a statement and books what may be booked alone; the same file again does nothing.

    by: id of the person at the keyboard; None keeps the lines and books none. Writer lane.
    """
    stored = store(connection, statement)
    if by is None:
        return Imported(stored, Booked(), tuple(propose(connection, stored.new_ids)))
    booked, proposals = book_found(connection, stored.new_ids, by, progress)
    return Imported(stored, booked, tuple(proposals))


def preview(connection: Connection, statement: Statement) -> Preview:
    """Which lines of a file are new, and what is thought of them. Reader lanes."""
    found = look(connection, statement)
    pairs = zip(statement.lines, found.known, strict=True)
    fresh = [_as_stored(line, n) for n, (line, known) in enumerate(pairs) if known is None]
    thought = consider(connection, fresh, remembered(connection))
    return Preview(statement, found, own_account(connection), _counts(thought))


def _as_stored(line: Line, n: int) -> BankLine:
    facts = LineFacts(
        str(n),
        line.booked_on,
        line.amount_fen,
        line.party_name or "",
        line.party_account or "",
        line.text,
        line.reference or "",
    )
    return BankLine(facts, line.direction, line.bank_ref or "")


def _counts(thought: Sequence[Proposal]) -> dict[str, int]:
    return {
        "matched": sum(one.sure for one in thought),
        "proposed": sum(not one.sure and not one.empty for one in thought),
        "unknown": sum(one.incoming and one.empty for one in thought),
        "unsettled": sum(not one.incoming and one.empty for one in thought),
    }
