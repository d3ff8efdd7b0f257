"""A money debt of a judgment as the calculators take it. Pure; any thread.

Amounts in integer fen. `field` says where a figure was written, for the sentence that refuses it.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Instalment:
    """Principal (without general interest) and the day on which its time for performance ends."""

    amount_fen: int
    due: date


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
    """General interest as the judgment orders it, on all unpaid principal; `end` is never open."""

    rate: Fraction
    per: str
    basis: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Debt:
    """All of it, up to the day `until`. Order within the lists means nothing."""

    principal: tuple[Instalment, ...]
    payments: tuple[Payment, ...]
    suspensions: tuple[Suspension, ...]
    general: tuple[GeneralRate, ...]
    until: date

    def by_due(self) -> dict[date, int]:
        """Principal by due day, the earliest first."""
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
