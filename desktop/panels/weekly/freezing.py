"""Freezes a week: the chain's head where there is a hub, then the rows, in one read. UI thread."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from desktop.contract.context import Owner, PanelContext
from desktop.contract.law import Law
from desktop.contract.sync import HubCall
from desktop.documents.figures_issued import named_before, withdrawn_before
from desktop.evidence.overdue_snapshot import OverdueSnapshot
from desktop.evidence.overdue_taking import TakeOverdue, take_overdue
from desktop.evidence.snapshot import ChainHead, Snapshot
from desktop.evidence.taking import take
from desktop.evidence.week import Week

_RECORD: Final = re.compile(r"\((\d+),\"?([0-9a-f]{64})\"?\)")
_WITHOUT_HUB: Final = ("off",)


@dataclass(frozen=True, slots=True)
class Freezing:
    """What is to be frozen, and the moment that it bears."""

    law: Law
    week: Week
    at: datetime
    chain: ChainHead | None = None


@dataclass(frozen=True, slots=True)
class FreezingDay:
    """As `Freezing`, for what is overdue or passive on a day."""

    law: Law
    day: date
    at: datetime
    chain: ChainHead | None = None


def freeze(
    context: PanelContext,
    owner: Owner,
    args: Freezing,
    on_taken: Callable[[Snapshot], None],
    on_error: Callable[[str], None],
) -> None:
    """Asks the hub for the head of its chain, reads the week, and gives the snapshot.

    A desk with a hub that does not answer freezes nothing: the sheet would lack its head.
    """

    def read(head: ChainHead | None) -> None:
        context.read(owner, "freeze", _take, replace(args, chain=head), on_taken, on_error)

    _with_head(context, owner, read, on_error)


def freeze_day(
    context: PanelContext,
    owner: Owner,
    args: FreezingDay,
    on_taken: Callable[[OverdueSnapshot], None],
    on_error: Callable[[str], None],
) -> None:
    """As `freeze`, for a day's overdue nodes and passive enforcement."""

    def read(head: ChainHead | None) -> None:
        context.read(owner, "freeze", _take_day, replace(args, chain=head), on_taken, on_error)

    _with_head(context, owner, read, on_error)


def _with_head(
    context: PanelContext,
    owner: Owner,
    read: Callable[[ChainHead | None], None],
    on_error: Callable[[str], None],
) -> None:
    if context.sync.state().phase in _WITHOUT_HUB:
        read(None)
    else:
        context.sync.ask(owner, _head, None, read, partial(_no_head, on_error))


def _take_day(connection: Any, args: FreezingDay) -> OverdueSnapshot:
    named = named_before(connection, args.day)
    back = withdrawn_before(connection, args.law, args.day)
    wanted = TakeOverdue(args.day, args.at, named, args.chain, back)
    return take_overdue(connection, args.law, wanted)


def _take(connection: Any, args: Freezing) -> Snapshot:
    return take(connection, args.law, args.week, args.at, args.chain)


def _head(call: HubCall, _args: None) -> ChainHead | None:
    """Network lane. What was decided so far is linked first."""
    call("seal")
    return head_from(call("chain_head"))


def head_from(answer: object) -> ChainHead | None:
    """The head as the hub's function gives it: a record, or nothing before the first link."""
    if isinstance(answer, tuple | list) and len(answer) == 2:
        return ChainHead(int(answer[0]), str(answer[1]))
    found = _RECORD.fullmatch(answer) if isinstance(answer, str) else None
    return None if found is None else ChainHead(int(found[1]), found[2])


def _no_head(on_error: Callable[[str], None], sentence: str) -> None:
    on_error(f"共享库没有给出审计链链头，未固定数据：{sentence}")
