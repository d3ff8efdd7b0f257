"""Money nobody fetches: how long it lies, who has not come, and who was told. Reader lanes.

What lies on a case's account without an order since the first band of the law's file, or under a
delay because its payee does not fetch it; and what lies in 提存.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, func, select

from desktop.contract.law import Law
from desktop.funds.delays import NOT_CLAIMED, delay_grounds
from desktop.funds.holders import NO_HANDLER
from desktop.funds.ladder import standing
from desktop.funds.money_here import Here, Of, money_here
from desktop.funds.notices import PAYEE_TOLD
from desktop.funds.standings import Standing, Unclaimed
from desktop.rules.fund_law import Band, load_fund_law
from storage.schema import table

ESCROW: Final = "提存"
NOT_ASKED: Final = "未提出发放"
_SLICE: Final = 500


def unclaimed(connection: Connection, today: date, law: Law | None = None) -> list[Unclaimed]:
    """Everything that lies, the oldest first."""
    bands = load_fund_law()
    lying = [one for one in standing(connection, today, None, law) if _lies(one)]
    deposits = money_here(connection, today, Of(fund_ids=_escrows(connection)))
    cases = {one.case_id for one in lying if one.case_id is not None}
    cases |= {one.account.case_id for one in deposits if one.account.case_id is not None}
    known = _Known.of(connection, sorted(cases))
    found = []
    for one in lying:
        if one.days_held >= bands.unclaimed_from:
            found.append(_of_part(one, bands.band(one.days_held), known))
    for part in deposits:
        days = (today - part.receipt.arrived_on).days
        found.append(_of_deposit(part, days, bands.band(days), known))
    found.sort(key=lambda one: (-one.days, one.number))
    return found


def _lies(one: Standing) -> bool:
    if one.case_id is None or one.order_id is not None:
        return False
    return one.delay_id is None or one.delay_ground == NOT_CLAIMED


def _escrows(connection: Connection) -> list[str]:
    c = table("fund").c
    asked = select(c.id).where(c.kind == "escrow", c.balance_fen > 0)
    return list(connection.execute(asked).scalars())


@dataclass(frozen=True, slots=True)
class _Known:
    """Of the cases concerned: creditors, handlers, notices."""

    creditors: Mapping[str, str]
    handlers: Mapping[str, str]
    told: Mapping[str, tuple[int, date]]

    @classmethod
    def of(cls, connection: Connection, case_ids: Sequence[str]) -> "_Known":
        creditors: dict[str, list[str]] = defaultdict(list)
        handlers: dict[str, str] = {}
        told: dict[str, tuple[int, date]] = {}
        for at in range(0, len(case_ids), _SLICE):
            some = case_ids[at : at + _SLICE]
            for case_id, name in connection.execute(_creditors(some)):
                creditors[case_id].append(name)
            handlers |= {
                row[0]: row[1] or NO_HANDLER for row in connection.execute(_handlers(some))
            }
            for case_id, count, last in connection.execute(_told(some)):
                told[case_id] = (int(count), date.fromisoformat(last[:10]))
        joined = {key: "、".join(names) for key, names in creditors.items()}
        return cls(joined, handlers, told)


def _creditors(case_ids: Sequence[str]) -> Any:
    party = table("party").c
    return (
        select(party.case_id, party.name)
        .where(party.case_id.in_(case_ids), party.role == "applicant")
        .order_by(party.case_id, party.id)
    )


def _handlers(case_ids: Sequence[str]) -> Any:
    case, person = table("case"), table("person")
    return (
        select(case.c.id, person.c.name)
        .select_from(case.outerjoin(person, person.c.id == case.c.handler_id))
        .where(case.c.id.in_(case_ids))
    )


def _told(case_ids: Sequence[str]) -> Any:
    log = table("execution_log").c
    return (
        select(log.case_id, func.count(), func.max(log.at))
        .where(log.case_id.in_(case_ids), log.kind == "call", log.body.startswith(PAYEE_TOLD))
        .group_by(log.case_id)
    )


def _of_part(one: Standing, band: Band, known: _Known) -> Unclaimed:
    assert one.case_id is not None
    count, last = known.told.get(one.case_id, (0, None))
    ground = delay_grounds().get(one.delay_ground)
    return Unclaimed(
        entry_id=one.entry_id,
        number=one.number,
        case_id=one.case_id,
        case_number=one.case_number,
        handler=known.handlers.get(one.case_id, NO_HANDLER),
        since=one.arrived_on,
        days=one.days_held,
        band=band,
        left_fen=one.left_fen,
        who=known.creditors.get(one.case_id, ""),
        why=NOT_ASKED if ground is None else ground.name,
        told=count,
        last_told=last,
        escrow=False,
    )


def _of_deposit(part: Here, days: int, band: Band, known: _Known) -> Unclaimed:
    case_id = part.account.case_id or ""
    count, last = known.told.get(case_id, (0, None))
    return Unclaimed(
        entry_id=part.receipt.id,
        number=part.receipt.number,
        case_id=case_id,
        case_number=part.account.case_number,
        handler=known.handlers.get(case_id, NO_HANDLER),
        since=part.receipt.arrived_on,
        days=days,
        band=band,
        left_fen=part.left_fen,
        who=part.receipt.payer or known.creditors.get(case_id, ""),
        why=ESCROW,
        told=count,
        last_told=last,
        escrow=True,
    )
