"""A new draft in the place of an issued circular: figures are frozen anew, in one read.

Reader lanes, but for what writes. New circulars are frozen in their own panel.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from desktop.contract.law import Law
from desktop.contract.sync import HubCall
from desktop.documents.course import row_of
from desktop.documents.figures_draft import (
    WEEKLY,
    New,
    NewOverdue,
    NewWeekly,
    make_overdue,
    make_weekly,
)
from desktop.documents.figures_issued import named_before, withdrawn_before
from desktop.evidence.overdue_taking import TakeOverdue, take_overdue
from desktop.evidence.snapshot import ChainHead
from desktop.evidence.taking import take
from desktop.evidence.week import Week

_RECORD: Final = re.compile(r"\((\d+),\"?([0-9a-f]{64})\"?\)")


@dataclass(frozen=True, slots=True)
class Freeze:
    """Which circular is to be replaced, by whom, and the moment that the sheet bears; `chain`: the
    head of the audit chain where there is a hub."""

    law: Law
    document_id: str
    person_id: str | None
    at: datetime
    chain: ChainHead | None = None


def frozen(connection: Connection, args: Freeze) -> New:
    """The week of the circular, or what is overdue and passive today, as the facts are now."""
    row = row_of(connection, args.document_id)
    if row.kind == WEEKLY:
        week = Week(date.fromisoformat(row.period_from))
        snapshot = take(connection, args.law, week, args.at, args.chain)
        return NewWeekly(snapshot, args.person_id, args.at, row.id)
    day = args.at.date()
    wanted = TakeOverdue(
        day=day,
        taken_at=args.at,
        named=named_before(connection, day, replaced=row.id),
        withdrawn=withdrawn_before(connection, args.law, day, replaced=row.id),
        chain=args.chain,
    )
    return NewOverdue(take_overdue(connection, args.law, wanted), args.person_id, args.at, row.id)


def replaced(connection: Connection, new: New) -> str:
    """The draft; gives its id. UserError for somebody who may not send such a circular."""
    if isinstance(new, NewWeekly):
        return make_weekly(connection, new)
    return make_overdue(connection, new)


def chain_head(call: HubCall, _args: None) -> ChainHead | None:
    """Network lane. What was decided so far is linked first; nothing before the first link."""
    call("seal")
    answer = call("chain_head")
    if isinstance(answer, tuple | list) and len(answer) == 2:
        return ChainHead(int(answer[0]), str(answer[1]))
    found = _RECORD.fullmatch(answer) if isinstance(answer, str) else None
    return None if found is None else ChainHead(int(found[1]), found[2])
