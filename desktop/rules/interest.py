"""Interest for delayed performance by running balance, with every step. Pure; any thread.

Time is cut wherever something changes: a due day, a payment, a suspension, another law, another
rate. Within a stretch the balance stands still, and each stretch adds its product. Everything is
exact and rounded half up to the fen once, at the end; a payment meets what has accrued up to its
day, rounded so. 法释〔2014〕8号, before 2014-08-01 法释〔2009〕6号; choices in interest.toml.

desktop.rules.interest_parts computes the same part by part and shares none of this code.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise

from desktop.rules.day_count import between
from desktop.rules.debt import COSTS, DEBT, RMB, Debt
from desktop.rules.interest_law import (
    BENCHMARK,
    TOGETHER,
    DoubledLaw,
    InterestLaw,
    LoanRates,
    load_interest_law,
)
from desktop.rules.interest_steps import Paid, Steps, Totals
from desktop.rules.money import InputError, half_up, yuan_text
from desktop.rules.periods import ONE_DAY


@dataclass(frozen=True, slots=True)
class Interest:
    """What has accrued up to `until`, paid or not, in fen; and how it comes about."""

    debt: Debt
    law: InterestLaw
    totals: Totals
    steps: Steps

    def to_json(self) -> dict[str, object]:
        """What the command line prints; the currency only where it is a foreign one."""
        currency = {} if self.debt.currency == RMB else {"currency": self.debt.currency}
        return {**self.totals.to_json(), **currency, "steps": self.steps.to_json()}


@dataclass(slots=True)
class _Part:
    """The sums of one kind and due day, and the stretches by loan rates not yet settled."""

    due: date
    kind: str
    left: int
    late: list[tuple[date, date, LoanRates]] = field(default_factory=list)


def interest(debt: Debt, law: InterestLaw | None = None) -> Interest:
    """The interest on `debt`. Raises InputError for a payment above all that was owed that day."""
    law = law or load_interest_law()
    run = _Run(debt, law)
    run.go()
    return Interest(debt, law, run.totals(), run.steps)


class _Run:
    def __init__(self, debt: Debt, law: InterestLaw) -> None:
        self.debt, self.law = debt, law
        self.parts = [_Part(due, kind, amount) for (due, kind), amount in debt.by_part().items()]
        self.costs = [part for part in self.parts if part.kind == COSTS]
        self.others = [part for part in self.parts if part.kind != COSTS]
        self.payments = debt.by_day()
        self.out = [one for one in debt.suspensions if not one.at_debtor_request]
        self.general, self.doubled = Fraction(0), Fraction(0)
        self.paid_general, self.paid_doubled = 0, 0
        self.steps = Steps(debt, law)

    def go(self) -> None:
        """From the first day that matters to the last."""
        points = self._points()
        self._at(points[0])
        for first, last in pairwise(points):
            self._stretch(first, last)
            self._at(last)
        self._settle_all(self.debt.until)
        self.steps.close(self.totals())

    def totals(self) -> Totals:
        """The sums, each rounded once."""
        return Totals(
            general_fen=half_up(self.general),
            doubled_fen=half_up(self.doubled),
            paid_general_fen=self.paid_general,
            paid_doubled_fen=self.paid_doubled,
            left_fen=sum(part.left for part in self.parts),
        )

    def _points(self) -> list[date]:
        """Where a stretch may end; a day belongs to the stretch that ends with it."""
        days = {part.due for part in self.parts} | set(self.payments)
        days |= {day for one in self.debt.general for day in (one.start, one.end)}
        start = min(days)
        days |= {day for one in self.out for day in (one.first - ONE_DAY, one.last)}
        days |= set(self.law.turns())
        until = self.debt.until
        return sorted({day for day in days if start <= day <= until} | {min(start, until), until})

    def _stretch(self, first: date, last: date) -> None:
        left = sum(part.left for part in self.parts if part.kind == DEBT)
        for number, one in enumerate(self.debt.general):
            if left and one.start <= first and last <= one.end:
                amount = left * one.rate * between(one.per, one.basis, first, last)
                self.general += amount
                self.steps.general(number, first, last, left)
        day = first + ONE_DAY
        if not any(part.due <= first and part.left for part in self.parts):
            return
        law = self.law.on(day)
        late = [part for part in self.parts if part.due <= first and part.left]
        late = [part for part in late if self._bears(part, law)]
        if not late:
            return
        overdue = sum(part.left for part in late)
        if law.suspensions and any(one.first <= day <= one.last for one in self.out):
            self.steps.excluded(first, last, overdue, law)
        elif law.method == BENCHMARK:
            for part in late:
                part.late.append((first, last, self.law.loan_on(day)))
        else:
            self.doubled += overdue * law.rate * (last - first).days
            self.steps.doubled(first, last, overdue, law)

    def _bears(self, part: _Part, law: DoubledLaw) -> bool:
        return law.bears(part.kind, costs_in_base=self.debt.costs_in_base)

    def _at(self, day: date) -> None:
        """What happens at the end of a day: money comes in, then a law may end."""
        if day in self.payments:
            self._pay(day, self.payments[day])
        if any(one.valid_to == day for one in self.law.doubled):
            self._settle_all(day)

    def _pay(self, day: date, money: int) -> None:
        law = self.law.on(day)
        together = law.order == TOGETHER
        clear = self._together if together else self._debt_first
        to_costs, to_doubled = clear(self.costs, day, money, law)
        rest = money - to_costs - to_doubled
        to_general = min(rest, max(half_up(self.general) - self.paid_general, 0))
        rest -= to_general
        to_principal, with_it = clear(self.others, day, rest, law)
        rest -= to_principal + with_it
        to_doubled += with_it
        if not together:
            # The doubled part comes last (法释〔2014〕8号第4条).
            last = min(rest, max(half_up(self.doubled) - self.paid_doubled, 0))
            to_doubled, rest = to_doubled + last, rest - last
        if rest:
            over = rest
            raise InputError(
                self.debt.field_of(day) + ".amount",
                f"{day.isoformat()} 的付款比当日全部债务多 {yuan_text(over)} 元",
            )
        self.paid_general += to_general
        self.paid_doubled += to_doubled
        left = sum(part.left for part in self.parts)
        paid = Paid(day, money, to_general, to_principal, to_doubled, left, costs_fen=to_costs)
        self.steps.payment(paid, law)

    def _debt_first(
        self, parts: list[_Part], _day: date, money: int, _law: DoubledLaw
    ) -> tuple[int, int]:
        """The sums, the earliest due first (法释〔2014〕8号第4条)."""
        rest = money
        for part in parts:
            cleared = min(part.left, rest)
            part.left -= cleared
            rest -= cleared
        return money - rest, 0

    def _together(
        self, parts: list[_Part], day: date, money: int, law: DoubledLaw
    ) -> tuple[int, int]:
        """Debt and its own doubled part in one (并还): D + D × i = P. What D does not take of P is
        interest, so that payment, debt and interest agree to the fen."""
        rest, principal = money, 0
        for part in parts:
            if not (part.left and rest):
                continue
            factor = self._factor(part, law, day)
            whole = half_up(part.left * factor)
            if rest >= part.left + whole:
                cleared, charged = part.left, whole
            else:
                cleared = min(half_up(rest / (1 + factor)), part.left)
                charged = rest - cleared
            self.steps.loans(part.late, cleared, charged, law, self._term(part, law, day))
            self.doubled += charged
            part.left -= cleared
            principal += cleared
            rest -= cleared + charged
        return principal, money - rest - principal

    def _settle_all(self, day: date) -> None:
        """What is still unpaid when a law by loan rates ends, or the count does."""
        for part in self.parts:
            if part.late and part.left:
                law = self.law.on(part.late[-1][1])
                amount = part.left * self._factor(part, law, day)
                term = self._term(part, law, day)
                self.steps.loans(part.late, part.left, amount, law, term)
                self.doubled += amount
            part.late = []

    def _term(self, part: _Part, law: DoubledLaw, day: date) -> int:
        return self.law.term(max(part.due, law.valid_from - ONE_DAY), day)

    def _factor(self, part: _Part, law: DoubledLaw, day: date) -> Fraction:
        """The interest on one fen of the part, up to `day`."""
        term = self._term(part, law, day)
        return _sum(
            loan.rates[term] * law.times * (last - first).days / law.year_days
            for first, last, loan in part.late
        )


def _sum(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))
