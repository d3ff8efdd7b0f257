"""Interest for delayed performance part by part: the recount of desktop.rules.interest. Pure.

Every payment is a part of the principal with a life of its own, from its due day to its payment;
so is what stays unpaid, up to the end. Each part is charged for the days of its life, and the sums
of all parts are the interest. It shares no arithmetic with the running balance, only the measure
of days that a basis is. Amounts in fen. Any thread.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from desktop.rules.day_count import between
from desktop.rules.debt import COSTS, DEBT, Debt
from desktop.rules.interest_law import BENCHMARK, TOGETHER, DoubledLaw, InterestLaw
from desktop.rules.interest_law import load_interest_law as _law
from desktop.rules.interest_steps import Totals
from desktop.rules.money import InputError, half_up

_DAY = timedelta(days=1)
Key = tuple[date, str]  # due day and kind


@dataclass(frozen=True, slots=True)
class Part:
    """`amount_fen` of a kind, due on `due` and paid on `last`, or unpaid up to it.

    `days`: of its delay that are charged. `general` and `doubled` in fen, exact.
    """

    amount_fen: int
    due: date
    last: date
    paid: bool
    days: int
    general: Fraction
    doubled: Fraction
    kind: str = DEBT


@dataclass(frozen=True, slots=True)
class ByParts:
    """The recount: every part, and the same sums as the running balance."""

    parts: tuple[Part, ...]
    totals: Totals


def by_parts(debt: Debt, law: InterestLaw | None = None) -> ByParts:
    """Counts `debt` part by part. Raises InputError as the running balance does."""
    book = _Book(debt, law or _law())
    paid_general = paid_doubled = 0
    for day, money in debt.by_day().items():
        extra, rest = book.clear(day, money, costs=True)
        owed = half_up(book.general_through(day)) - paid_general
        general = max(0, min(rest, owed))
        doubled, rest = book.clear(day, rest - general, costs=False)
        paid_general += general
        paid_doubled += extra + doubled
        paid_doubled += book.clear_doubled(day, rest, paid_doubled)
    left = sum(book.open.values())
    book.end()
    totals = Totals(
        general_fen=half_up(sum((part.general for part in book.parts), Fraction(0))),
        doubled_fen=half_up(sum((part.doubled for part in book.parts), Fraction(0))),
        paid_general_fen=paid_general,
        paid_doubled_fen=paid_doubled,
        left_fen=left,
    )
    return ByParts(tuple(book.parts), totals)


class _Book:
    """Parts that are closed, and what is still open by due day."""

    def __init__(self, debt: Debt, law: InterestLaw) -> None:
        self.debt, self.law = debt, law
        self.open = debt.by_part()
        self.parts: list[Part] = []
        self._closed_general, self._closed_doubled = Fraction(0), Fraction(0)
        self._stops = _union(
            [(one.first, one.last) for one in debt.suspensions if not one.at_debtor_request]
        )

    def general_through(self, day: date) -> Fraction:
        """General interest of all parts up to `day`."""
        left = sum(fen for (_, kind), fen in self.open.items() if kind == DEBT)
        return self._closed_general + self._general(left, day)

    def clear(self, day: date, money: int, *, costs: bool) -> tuple[int, int]:
        """Turns `money` into parts of litigation costs, or of everything else; gives how much of
        it went to their own doubled part, and what is left of it."""
        law = self.law.on(day)
        doubled = 0
        for key in self.open:
            if not money or not self.open[key] or (key[1] == COSTS) != costs:
                continue
            if law.order == TOGETHER:
                debt, extra = self._split(self.open[key], money, key, day, law)
                doubled += extra
                self._close(debt, key, day, paid=True, doubled=Fraction(extra))
            else:
                debt, extra = min(money, self.open[key]), 0
                self._close(debt, key, day, paid=True, doubled=self._doubled(debt, key, day))
            money -= debt + extra
        return doubled, money

    def clear_doubled(self, day: date, money: int, paid_doubled: int) -> int:
        """What goes to the doubled part once all else is cleared; more than that cannot be."""
        doubled = 0
        if self.law.on(day).order != TOGETHER:
            doubled = min(money, max(0, half_up(self._closed_doubled) - paid_doubled))
        if money > doubled:
            raise InputError(self.debt.field_of(day) + ".amount", "付款超过当日全部债务")
        return doubled

    def end(self) -> None:
        """Closes what is unpaid on the last day."""
        for key, amount in list(self.open.items()):
            if amount:
                last = max(key[0], self.debt.until)
                self._close(amount, key, last, paid=False, doubled=self._doubled(amount, key, last))

    def _close(self, amount: int, key: Key, last: date, *, paid: bool, doubled: Fraction) -> None:
        due, kind = key
        self.open[key] -= amount
        general = Fraction(0)
        if kind == DEBT:
            general = self._general(amount, min(last, self.debt.until))
        self._closed_general += general
        self._closed_doubled += doubled
        days = sum(self._days(due, last, law) for law in self._laws(kind))
        self.parts.append(Part(amount, due, last, paid, days, general, doubled, kind))

    def _laws(self, kind: str) -> list[DoubledLaw]:
        """Those under which sums of a kind bear the doubled part."""
        in_base = self.debt.costs_in_base
        return [law for law in self.law.doubled if law.bears(kind, costs_in_base=in_base)]

    def _general(self, amount: int, day: date) -> Fraction:
        whole = Fraction(0)
        for one in self.debt.general:
            whole += amount * one.rate * between(one.per, one.basis, one.start, min(one.end, day))
        return whole

    def _doubled(self, amount: int, key: Key, last: date) -> Fraction:
        due, kind = key
        charges = (amount * self._charge(due, last, law) for law in self._laws(kind))
        return sum(charges, Fraction(0))

    def _charge(self, due: date, last: date, law: DoubledLaw) -> Fraction:
        """What one fen costs between two days under one law."""
        if law.method != BENCHMARK:
            return law.rate * self._days(due, last, law)
        first, final = _within(due, last, law)
        if final <= first:
            return Fraction(0)
        column = self.law.term(first, final)
        whole = Fraction(0)
        since = [one.since for one in self.law.loans]
        for one, next_day in zip(self.law.loans, [*since[1:], date.max], strict=True):
            start, end = max(first, one.since - _DAY), min(final, next_day - _DAY)
            if start < end:
                days = (end - start).days - self._stopped(start, end, law)
                whole += one.rates[column] * days
        return whole * law.times / law.year_days

    def _split(
        self, owed: int, money: int, key: Key, day: date, law: DoubledLaw
    ) -> tuple[int, int]:
        """Debt and doubled part that `money` clears together (并还)."""
        bears = law in self._laws(key[1])
        factor = self._charge(key[0], day, law) if bears else Fraction(0)
        interest = half_up(owed * factor)
        if owed + interest <= money:
            return owed, interest
        debt = min(owed, half_up(money / (1 + factor)))
        return debt, money - debt

    def _days(self, due: date, last: date, law: DoubledLaw) -> int:
        first, final = _within(due, last, law)
        if final <= first:
            return 0
        return (final - first).days - self._stopped(first, final, law)

    def _stopped(self, first: date, last: date, law: DoubledLaw) -> int:
        if not law.suspensions:
            return 0
        return sum(
            max(0, (min(last, end) - max(first, start - _DAY)).days) for start, end in self._stops
        )


def _within(due: date, last: date, law: DoubledLaw) -> tuple[date, date]:
    """The stretch between two days that lies under a law; its first day is not charged."""
    return max(due, law.valid_from - _DAY), last if law.valid_to is None else min(
        last, law.valid_to
    )


def _union(stretches: list[tuple[date, date]]) -> list[tuple[date, date]]:
    """Stretches of whole days, joined where they meet."""
    joined: list[tuple[date, date]] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1] + _DAY:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined
