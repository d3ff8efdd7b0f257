"""Sharing a pool among costs and claims, to the fen (参与分配). Pure; any thread.

Amounts in integer fen. The order is dated data (law/distribution.toml, 民诉法解释508、514).
Within one rank everybody gets the same share of their claim, cut to the fen; the fen that are left
go one each to the largest remainders. The order in which costs and claims are given never matters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from desktop.rules.distribution_law import COSTS, DEBTORS, SEIZURE, WHAT_NAMES, PlanLaw
from desktop.rules.money import yuan_text

EXTRA_WHY: Final = "余数最大，补 1 分"


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost of the enforcement; names are unique."""

    name: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A creditor's claim without the doubled part of interest; ids are unique.

    `seizure_rank`: 1 is the first seizure; None seized nothing.
    """

    id: str
    kind: str
    amount_fen: int
    seizure_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """What is shared, and among whom."""

    pool_fen: int
    debtor: str
    costs: tuple[Cost, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What one gets: `floor_fen`, and a fen more where `extra`.

    `remainder`: what the cut took, in parts of the rank's total; comparable within the rank.
    """

    id: str
    claim_fen: int
    floor_fen: int
    remainder: int
    extra: bool

    @property
    def got_fen(self) -> int:
        """What is paid."""
        return self.floor_fen + self.extra


@dataclass(frozen=True, slots=True)
class Rank:
    """One rank of the order: what there was, what was claimed, who got what. `seizure`: the rank
    of the seizures, None where they do not count or nothing was seized."""

    what: str
    seizure: int | None
    by_seizure: bool
    available_fen: int
    shares: tuple[Share, ...]
    article: str

    @property
    def claimed_fen(self) -> int:
        """The sum of the rank."""
        return sum(share.claim_fen for share in self.shares)

    @property
    def paid_fen(self) -> int:
        """What the rank got: all it claimed, or all there was."""
        return sum(share.got_fen for share in self.shares)

    def quota_text(self, share: Share) -> str:
        """The exact share in yuan, cut to eight decimals, so that remainders can be compared."""
        whole = share.floor_fen * 10**6
        if share.remainder:
            whole += share.remainder * 10**6 // self.claimed_fen
        yuan, tail = divmod(whole, 10**8)
        return f"{yuan}.{f'{tail:08d}'.rstrip('0').ljust(2, '0')}"

    def name(self) -> str:
        """执行费用, 普通债权（查封顺位 2）."""
        if not self.by_seizure:
            return WHAT_NAMES[self.what]
        rank = f"查封顺位 {self.seizure}" if self.seizure is not None else "未查封"
        return f"{WHAT_NAMES[self.what]}（{rank}）"

    def words(self) -> str:
        """Why the rank got what it got."""
        if self.paid_fen == self.claimed_fen:
            return "足额"
        if not self.available_fen:
            return "前序已分完"
        return f"按 {yuan_text(self.available_fen)}÷{yuan_text(self.claimed_fen)} 比例，截至分"


@dataclass(frozen=True, slots=True)
class Distribution:
    """A finished plan: ranks in their order; what nobody claims is left for the debtor."""

    pool: Pool
    law: PlanLaw
    ranks: tuple[Rank, ...]
    left_fen: int

    def allocations(self) -> dict[str, int]:
        """What each claim gets, in the order of the ranks."""
        return _got(rank for rank in self.ranks if rank.what != COSTS)

    def costs(self) -> dict[str, int]:
        """What is paid on each cost."""
        return _got(rank for rank in self.ranks if rank.what == COSTS)

    def to_json(self) -> dict[str, object]:
        """What the command line prints."""
        return {
            "allocations": {name: yuan_text(fen) for name, fen in self.allocations().items()},
            "costs": {name: yuan_text(fen) for name, fen in self.costs().items()},
            "left": yuan_text(self.left_fen),
            "steps": self._steps(),
        }

    def _steps(self) -> list[dict[str, object]]:
        law = self.law
        rule: dict[str, object] = {
            "kind": "rule",
            "debtor": DEBTORS[law.debtor],
            "version": law.version,
            "article": law.cited(),
            "source": law.source,
            "note": law.note,
        }
        return [rule, *(_rank_step(rank) for rank in self.ranks)]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a claim when others are struck; `after_fen` is None for the struck one."""

    id: str
    before_fen: int
    after_fen: int | None

    @property
    def gain_fen(self) -> int:
        """How much more it gets, negative for less."""
        return (self.after_fen or 0) - self.before_fen

    def to_json(self) -> dict[str, object]:
        """With decimals as text."""
        return {
            "id": self.id,
            "before": yuan_text(self.before_fen),
            "after": yuan_text(self.after_fen) if self.after_fen is not None else None,
            "change": yuan_text(self.gain_fen),
        }


def share_out(available: int, claims: Iterable[tuple[str, int]]) -> tuple[Share, ...]:
    """Shares `available` fen among claims (id, fen) of one rank; larger claims stand first.

    Nobody gets more than the claim. Fen that the cut leaves go to the largest remainders; of equal
    ones to the smaller claim, for which a fen is more, and of equal claims to the id that comes
    first in code points.
    """
    given = sorted(claims, key=lambda one: (-one[1], one[0]))
    total = sum(amount for _, amount in given)
    if available >= total:
        return tuple(Share(name, amount, amount, 0, extra=False) for name, amount in given)
    cut = [(name, amount, *divmod(available * amount, total)) for name, amount in given]
    short = available - sum(floor for _, _, floor, _ in cut)
    first = sorted(cut, key=lambda one: (-one[3], one[1], one[0]))[:short]
    lucky = {name for name, _, _, _ in first}
    return tuple(
        Share(name, amount, floor, rest, extra=name in lucky) for name, amount, floor, rest in cut
    )


def distribute(pool: Pool, law: PlanLaw) -> Distribution:
    """Shares the pool by `law`. Costs and claims that it names must have unique names and ids."""
    left = pool.pool_fen
    ranks: list[Rank] = []
    for stage in law.stages:
        for seizure, given in _groups(pool, stage.what, by_seizure=stage.how == SEIZURE):
            shares = share_out(left, given)
            rank = Rank(stage.what, seizure, stage.how == SEIZURE, left, shares, stage.cited())
            ranks.append(rank)
            left -= rank.paid_fen
    return Distribution(pool, law, tuple(ranks), left)


def strike(pool: Pool, struck: Sequence[str], law: PlanLaw) -> tuple[Change, ...]:
    """Who gets how much more or less when claims are struck; unchanged ones are left out.

    Largest gain first. Raises KeyError for an id that is no claim.
    """
    before = distribute(pool, law).allocations()
    for name in struck:
        before[name]
    kept = tuple(claim for claim in pool.claims if claim.id not in struck)
    after = distribute(replace(pool, claims=kept), law).allocations()
    changes = [Change(name, fen, after.get(name)) for name, fen in before.items()]
    moved = [one for one in changes if one.gain_fen or one.after_fen is None]
    return tuple(sorted(moved, key=lambda one: (-one.gain_fen, one.id)))


def _groups(
    pool: Pool, what: str, *, by_seizure: bool
) -> list[tuple[int | None, list[tuple[str, int]]]]:
    """Those who are paid at one time, in the order in which they are; nobody makes no group."""
    if what == COSTS:
        costs = [(cost.name, cost.amount_fen) for cost in pool.costs]
        return [(None, costs)] if costs else []
    found: dict[int | None, list[tuple[str, int]]] = {}
    for claim in pool.claims:
        if claim.kind == what:
            rank = claim.seizure_rank if by_seizure else None
            found.setdefault(rank, []).append((claim.id, claim.amount_fen))
    last = max((rank for rank in found if rank is not None), default=0) + 1
    return sorted(found.items(), key=lambda one: last if one[0] is None else one[0])


def _got(ranks: Iterable[Rank]) -> dict[str, int]:
    return {share.id: share.got_fen for rank in ranks for share in rank.shares}


def _rank_step(rank: Rank) -> dict[str, object]:
    """One rank for recounting: available × claim ÷ claimed is `quota`, cut to `floor`, then comes
    `extra`."""
    return {
        "kind": "rank",
        "name": rank.name(),
        "what": rank.what,
        "seizure_rank": rank.seizure,
        "available": yuan_text(rank.available_fen),
        "claimed": yuan_text(rank.claimed_fen),
        "paid": yuan_text(rank.paid_fen),
        "left": yuan_text(rank.available_fen - rank.paid_fen),
        "article": rank.article,
        "why": rank.words(),
        "shares": [
            {
                "id": share.id,
                "claim": yuan_text(share.claim_fen),
                "quota": rank.quota_text(share),
                "floor": yuan_text(share.floor_fen),
                "extra": yuan_text(int(share.extra)),
                "got": yuan_text(share.got_fen),
                "short": yuan_text(share.claim_fen - share.got_fen),
                "why": EXTRA_WHY if share.extra else "",
            }
            for share in rank.shares
        ],
    }
