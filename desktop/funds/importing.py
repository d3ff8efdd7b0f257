"""A statement into the store: lines kept, what is sure booked, the rest proposed. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from desktop.funds.booking import Booked, book_found
from desktop.funds.matching import Proposal, propose
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
    """What an import would do; nothing is written. `own_account`: what the store knows."""

    statement: Statement
    look: Look
    own_account: str

    @property
    def new_lines(self) -> Sequence[Line]:
        """The lines that are not there yet."""
        pairs = zip(self.statement.lines, self.look.known, strict=True)
        return tuple(line for line, known in pairs if known is None)


def import_statement(connection: Connection, statement: Statement, by: str | None) -> Imported:
    """Stores a statement and books what may be booked alone; the same file again does nothing.

    by: id of the person at the keyboard; None keeps the lines and books none. Writer lane.
    """
    stored = store(connection, statement)
    if by is None:
        return Imported(stored, Booked(), tuple(propose(connection, stored.new_ids)))
    booked, proposals = book_found(connection, stored.new_ids, by)
    return Imported(stored, booked, tuple(proposals))


def preview(connection: Connection, statement: Statement) -> Preview:
    """Which lines of a file are new. Reader lanes."""
    return Preview(statement, look(connection, statement), own_account(connection))
