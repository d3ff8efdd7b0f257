"""A money debt of a judgment as the calculators take it. Pure; any thread.

Amounts in integer fen. `field` says where a figure was written, for the sentence that refuses it.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

DEBT: Final = "debt"
PENALTY: Final = "penalty"
COSTS: Final = "costs"
# In the order in which sums due on one day are cleared; costs are cleared before everything.
KINDS: Final = (COSTS, DEBT, PENALTY)
KIND_NAMES: Final = {DEBT: "本金", PENALTY: "违约金", COSTS: "诉讼费用"}
RMB: Final = "CNY"


@dataclass(frozen=True, slots=True)
class Instalment:
    """A sum that the judgment fixes, and the day on which its time for performance ends.

    `kind`: principal (without general interest), a penalty, or litigation costs; only principal
    bears general interest, and the law of the day says whether a penalty bears the doubled part.
    """

    amount_fen: int
    due: date
    kind: str = DEBT


@dataclass(frozen=True, slots=True)
class Conversion:
    """A sum in a foreign currency, in parts of a hundred, turned into RMB at a middle rate."""

    currency: str
    amount: int
    rate: Fraction
    on: date
    fen: int


@dataclass(frozen=True, slots=True)
class Payment:
    """What came in on a day: paid, transferred from an account, or fetched by a sale."""

    on: date
    amount_fen: int
    field: str = "payments"


@dataclass(frozen=True, slots=True)
class Suspension:
    """Both days inside. Days that the debtor did not ask for are not charged (第3条第3款)."""

    first: date
    last: date
    at_debtor_request: bool


@dataclass(frozen=True, slots=True)
class GeneralRate:
    """General interest as the judgment orders it, on all unpaid principal; `end` is never open.

    A rate that follows a published one is cut into stretches with one rate each: `item` is the
    place of the whole in the question, `label` what the rate of the stretch is made of.
    """

    rate: Fraction
    per: str
    basis: str
    start: date
    end: date
    item: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Debt:
    """All of it, up to the day `until`. Order within the lists means nothing.

    `costs_in_base`: whether litigation costs bear the doubled part, for this case. Amounts are in
    hundredths of `currency`; `converted`: what was turned into RMB before the count.
    """

    principal: tuple[Instalment, ...]
    payments: tuple[Payment, ...]
    suspensions: tuple[Suspension, ...]
    general: tuple[GeneralRate, ...]
    until: date
    costs_in_base: bool = False
    currency: str = RMB
    converted: tuple[Conversion, ...] = ()

    def by_part(self) -> dict[tuple[date, str], int]:
        """Sums by due day and kind, in the order in which they are cleared."""
        found: dict[tuple[date, str], int] = {}
        for one in sorted(self.principal, key=_turn):
            found[one.due, one.kind] = found.get((one.due, one.kind), 0) + one.amount_fen
        return found

    def by_due(self) -> dict[date, int]:
        """Sums of all kinds by due day, the earliest first."""
        found: dict[date, int] = {}
        for one in sorted(self.principal, key=lambda one: one.due):
            found[one.due] = found.get(one.due, 0) + one.amount_fen
        return found

    def by_day(self) -> dict[date, int]:
        """Payments by day, the earliest first: what came in on one day is one sum."""
        found: dict[date, int] = {}
        for one in sorted(self.payments, key=lambda one: one.on):
            found[one.on] = found.get(one.on, 0) + one.amount_fen
        return found

    def field_of(self, day: date) -> str:
        """Where the last payment of `day` was written."""
        return next((one.field for one in reversed(self.payments) if one.on == day), "payments")


def _turn(one: Instalment) -> tuple[bool, date, int]:
    return one.kind != COSTS, one.due, KINDS.index(one.kind)
