"""审批层级: who approves how much on a day, and its change by two persons. Qt-free.

One person proposes, another agrees or refuses; what was refused stays in sight. The database holds
the same (storage.schema.payment_rules), and an order keeps the chain of the day it was asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from desktop.errors import UserError
from storage.ids import new_id
from storage.ledger.tiers import ensure_tiers, has_hub
from storage.schema import table
from storage.schema.payments import (
    APPROVERS,
    PURPOSES,
    SHIPPED_BASIS,
    SHIPPED_FROM,
    SHIPPED_TIERS,
    STAGE_POSTS,
)

PURPOSE_NAMES: Final = {
    "payment": "发放",
    "refund": "退款",
    "fee": "执行费",
    "escrow": "提存",
    "unknown": "不明款退回",
}
LEADERS: Final = APPROVERS  # a chain has one of these stages (法发〔2017〕6号第12条)


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier as it is stored; amounts in fen, `upto_fen` exclusive. Shipped ones have nobody who
    proposed them."""

    id: str
    purpose: str
    from_fen: int
    upto_fen: int | None
    stages: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    basis: str
    confidence: str
    proposed_by: str | None
    proposed_at: str
    agreed_by: str | None
    agreed_at: str
    state: str

    def covers(self, day: date) -> bool:
        """Whether it is agreed and its days hold `day`."""
        return (
            self.state == "agreed"
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )

    @property
    def change(self) -> tuple[object, ...]:
        """What tiers proposed together share: they are settled together."""
        return (
            *(self.proposed_by, self.proposed_at, self.from_fen, self.upto_fen, self.stages),
            *(self.valid_from, self.valid_to, self.basis),
        )


@dataclass(frozen=True, slots=True)
class TierChange:
    """A proposal: for each of `purposes` the same band, chain and days."""

    purposes: Sequence[str]
    from_fen: int
    upto_fen: int | None
    stages: Sequence[str]
    valid_from: date
    valid_to: date | None
    basis: str
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TierVerdict:
    """What the second person says about tiers that were proposed together (their ids)."""

    ids: Sequence[str]
    agreed: bool
    person_id: str | None
    at: datetime


def tiers(connection: Connection) -> list[TierRow]:
    """Every tier that was ever proposed, the newest first; with the shipped ones, which a desk
    that works alone writes down only when the first order is asked for."""
    found = [_tier(row) for row in connection.execute(select(table("approval_tier")))]
    known = {one.id for one in found}
    if SHIPPED_TIERS[0][0] not in known and not has_hub(connection):
        found += [_shipped(row) for row in SHIPPED_TIERS]
    return sorted(found, key=lambda one: (one.valid_from, one.id), reverse=True)


def _shipped(row: tuple[str, str, int, int | None, str]) -> TierRow:
    key, purpose, low, high, stages = row
    return TierRow(
        id=key,
        purpose=purpose,
        from_fen=low,
        upto_fen=high,
        stages=tuple(stages.split(",")),
        valid_from=date.fromisoformat(SHIPPED_FROM),
        valid_to=None,
        basis=SHIPPED_BASIS,
        confidence="unconfirmed",
        proposed_by=None,
        proposed_at="",
        agreed_by=None,
        agreed_at="",
        state="agreed",
    )


def _tier(row: Any) -> TierRow:
    return TierRow(
        id=row.id,
        purpose=row.purpose,
        from_fen=row.from_fen,
        upto_fen=row.upto_fen,
        stages=tuple(row.stages.split(",")),
        valid_from=date.fromisoformat(row.valid_from),
        valid_to=None if row.valid_to is None else date.fromisoformat(row.valid_to),
        basis=row.basis,
        confidence=row.confidence,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at or "",
        agreed_by=row.agreed_by,
        agreed_at=row.agreed_at or "",
        state=row.state,
    )


def propose_tier(connection: Connection, change: TierChange) -> list[str]:
    """Stores a change as proposed; gives its ids. UserError with everything that is wrong."""
    wrong = []
    if change.person_id is None:
        wrong.append("须以本人身份提出变更：在座人员未设定")
    if not change.purposes or any(one not in PURPOSES for one in change.purposes):
        wrong.append("须选定款项用途")
    if change.from_fen < 0 or (change.upto_fen is not None and change.upto_fen <= change.from_fen):
        wrong.append("金额上限须大于下限")
    wrong += _chain_faults(change.stages)
    if change.valid_from < change.at.date():
        wrong.append("生效日不能早于今天")
    if change.valid_to is not None and change.valid_to < change.valid_from:
        wrong.append("失效日早于生效日")
    if not change.basis.strip():
        wrong.append("须写明依据")
    if wrong:
        raise UserError("；".join(wrong) + "。")
    ensure_tiers(connection)  # a change before the shipped ones are there would stand alone
    rows = [
        {
            "id": new_id(),
            "purpose": purpose,
            "from_fen": change.from_fen,
            "upto_fen": change.upto_fen,
            "stages": ",".join(change.stages),
            "valid_from": change.valid_from.isoformat(),
            "valid_to": None if change.valid_to is None else change.valid_to.isoformat(),
            "basis": change.basis.strip(),
            "confidence": "confirmed",
            "proposed_by": change.person_id,
            "proposed_at": change.at.isoformat(timespec="milliseconds"),
        }
        for purpose in change.purposes
    ]
    connection.execute(insert(table("approval_tier")), rows)
    return [str(row["id"]) for row in rows]


def _chain_faults(stages: Sequence[str]) -> list[str]:
    order = [code for code in STAGE_POSTS if code in stages]
    if not stages or len(order) != len(stages):
        return ["须选定审批环节"]
    if list(stages) != order:
        return ["审批环节须自下而上"]
    if not set(stages) & set(LEADERS):
        return ["发放案款须经执行局局长或者院领导批准（法发〔2017〕6号第十二条）"]
    return []


def settle_tier(connection: Connection, verdict: TierVerdict) -> None:
    """Agrees on a proposed change or refuses it; never by whoever proposed it."""
    tier = table("approval_tier")
    rows = connection.execute(select(tier).where(tier.c.id.in_(verdict.ids))).all()
    if not rows:
        raise UserError("这项变更已不存在。")
    for row in rows:
        fault = tier_fault(_tier(row), verdict.person_id, verdict.at.date(), verdict.agreed)
        if fault:
            raise UserError(f"{fault}。")
    connection.execute(
        update(tier)
        .where(tier.c.id.in_(verdict.ids))
        .values(
            state="agreed" if verdict.agreed else "refused",
            agreed_by=verdict.person_id,
            agreed_at=verdict.at.isoformat(timespec="milliseconds"),
        )
    )


def tier_fault(tier: TierRow, person_id: str | None, day: date, agreed: bool = True) -> str:
    """Why this person cannot settle a change on that day; empty when he can."""
    if tier.state != "proposed":
        return "这项变更已经处理"
    if person_id is None:
        return "须以本人身份处理变更：在座人员未设定"
    if person_id == tier.proposed_by:
        return "变更须由提出人以外的人同意"
    if agreed and tier.valid_to is not None and tier.valid_to < day:
        return "变更的效力期间已过，只能否决"
    return ""
