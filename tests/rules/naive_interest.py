"""Interest for delayed performance day by day: a third hand, slow and simple, for the tests."""

from datetime import date, timedelta
from fractions import Fraction

from desktop.rules.debt import Debt, GeneralRate
from desktop.rules.interest_law import load_interest_law

DAY = timedelta(days=1)
CHANGE = date(2014, 8, 1)
DAILY = Fraction(175, 1_000_000)


def half_up(value: Fraction) -> int:
    """As on paper: add a half, drop what is behind the point."""
    return int(value + Fraction(1, 2))


def naive_interest(debt: Debt) -> tuple[int, int, int]:
    """Doubled part, general interest and unpaid principal in fen, by walking through every day."""
    walk = _Walk(debt)
    day = first = min([*(due for due, _ in walk.left), *(one.start for one in debt.general)])
    while True:
        if day > first:
            walk.charge(day)
        walk.pay(day, debt.by_day().get(day, 0))
        if day == min(CHANGE - DAY, debt.until):
            walk.settle(day)
        if day == debt.until:
            return half_up(walk.doubled), half_up(walk.general), sum(walk.left.values())
        day += DAY


class _Walk:
    def __init__(self, debt: Debt) -> None:
        self.debt = debt
        # Costs first, then by day; of one day the principal before the penalty.
        keys = {(one.due, one.kind) for one in debt.principal}
        keys_in_order = sorted(keys, key=lambda key: (key[1] != "costs", key[0], key[1]))
        self.left = {
            key: sum(o.amount_fen for o in debt.principal if (o.due, o.kind) == key)
            for key in keys_in_order
        }
        # Interest on one fen since its due day, by term of the loan; before 2014-08-01 alone.
        self.index = {key: [Fraction(0)] * 5 for key in self.left}
        self.general = self.doubled = Fraction(0)
        self.paid_general = self.paid_doubled = 0

    def charge(self, day: date) -> None:
        """One day passes."""
        principal = sum(fen for (_, kind), fen in self.left.items() if kind == "debt")
        self.general += _general(self.debt, day, principal)
        bearing = {"debt"} | ({"costs"} if self.debt.costs_in_base else set())
        if day < CHANGE:
            bearing.add("penalty")
            loan = load_interest_law().loan_on(day)
            for (due, kind), index in self.index.items():
                for term, rate in enumerate(loan.rates):
                    index[term] += rate * 2 / 360 if due < day and kind in bearing else 0
        elif not _stopped(self.debt, day):
            late = (fen for (due, kind), fen in self.left.items() if due < day and kind in bearing)
            self.doubled += DAILY * sum(late)

    def pay(self, day: date, money: int) -> None:
        """Costs, general interest, then the debt (with its own interest while there is an index),
        then the doubled part."""
        money = self._clear(day, money, [key for key in self.left if key[1] == "costs"])
        used = min(money, max(0, half_up(self.general) - self.paid_general))
        self.paid_general += used
        money = self._clear(day, money - used, [key for key in self.left if key[1] != "costs"])
        self.paid_doubled += min(money, max(0, half_up(self.doubled) - self.paid_doubled))

    def _clear(self, day: date, money: int, keys: list[tuple[date, str]]) -> int:
        for key in keys:
            left = self.left[key]
            factor = self.index[key][_term(key[0], day)] if day < CHANGE else Fraction(0)
            whole = half_up(left * factor)
            part = left if money >= left + whole else min(left, half_up(money / (1 + factor)))
            extra = min(money - part, whole if part == left else money)
            extra = extra if factor else 0
            self.left[key] -= part
            self.doubled += extra
            self.paid_doubled += extra
            money -= part + extra
        return money

    def settle(self, day: date) -> None:
        """The old law ends, or the count does."""
        for key, left in self.left.items():
            self.doubled += left * self.index[key][_term(key[0], day)]


def _general(debt: Debt, day: date, left: int) -> Fraction:
    """The interest of the night before `day`."""
    return sum(
        (left * one.rate / _length(one, day - DAY) for one in debt.general if _runs(one, day)),
        Fraction(0),
    )


def _runs(one: GeneralRate, day: date) -> bool:
    return one.start < day <= one.end


def _length(one: GeneralRate, night: date) -> Fraction:
    """How many days the period of a rate has."""
    if one.per == "day":
        return Fraction(1)
    if one.basis == "actual":
        if one.per == "year":
            return Fraction(
                (night.replace(month=12, day=31) - night.replace(month=1, day=1)).days + 1
            )
        following = (night.replace(day=1) + 32 * DAY).replace(day=1)
        return Fraction((following - night.replace(day=1)).days)
    return Fraction(int(one.basis), 12 if one.per == "month" and one.basis != "30" else 1)


def _stopped(debt: Debt, day: date) -> bool:
    return any(
        one.first <= day <= one.last for one in debt.suspensions if not one.at_debtor_request
    )


def _term(due: date, day: date) -> int:
    """0 up to half a year, 1 up to one, 2 up to three, 3 up to five, 4 above."""
    months = (day.year - due.year) * 12 + day.month - due.month
    # A month that has no corresponding day is over with its last one, which is never behind it.
    whole = months + (1 if day.day > due.day else 0)
    return next((term for term, most in enumerate((6, 12, 36, 60)) if whole <= most), 4)
