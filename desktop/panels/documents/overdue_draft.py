"""Drafts the circular on overdue nodes and passive enforcement of a day: its facts are frozen in
one read, and the draft keeps them. Reader lanes, but for what writes.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from desktop.contract.law import Law
from desktop.contract.sync import HubCall
from desktop.documents.course import ActArgs, row_of
from desktop.documents.figures_draft import NewOverdue, make_overdue
from desktop.documents.figures_issued import named_before, withdrawn_before
from desktop.errors import UserError
from desktop.evidence.overdue_snapshot import OverdueSnapshot
from desktop.evidence.overdue_taking import TakeOverdue, take_overdue
from desktop.evidence.snapshot import ChainHead
from desktop.panels.documents.possible import may_draft

_RECORD: Final = re.compile(r"\((\d+),\"?([0-9a-f]{64})\"?\)")


@dataclass(frozen=True, slots=True)
class Freeze:
    """The day, the moment that the sheet bears, and the head of the chain where there is a hub."""

    law: Law
    day: date
    at: datetime
    chain: ChainHead | None = None


def frozen(connection: Connection, args: Freeze) -> OverdueSnapshot:
    """What is overdue and passive on the day, without what was named within the quiet days; and
    what it takes back of earlier circulars."""
    wanted = TakeOverdue(
        day=args.day,
        taken_at=args.at,
        named=named_before(connection, args.day),
        withdrawn=withdrawn_before(connection, args.law, args.day),
        chain=args.chain,
    )
    return take_overdue(connection, args.law, wanted)


def drafted(connection: Connection, args: NewOverdue) -> str:
    """The draft; gives its id. UserError for somebody who may not draft it, naming who can."""
    made = make_overdue(connection, args)
    row = row_of(connection, made)
    said = may_draft(connection, row, ActArgs(made, args.author_id, args.at, row.content_sha256))
    if not said.allowed:
        raise UserError(said.reason)
    return made


def chain_head(call: HubCall, _args: None) -> ChainHead | None:
    """Network lane. What was decided so far is linked first; nothing before the first link."""
    call("seal")
    answer = call("chain_head")
    if isinstance(answer, tuple | list) and len(answer) == 2:
        return ChainHead(int(answer[0]), str(answer[1]))
    found = _RECORD.fullmatch(answer) if isinstance(answer, str) else None
    return None if found is None else ChainHead(int(found[1]), found[2])
