"""Random debts for the tests of interest: payments that fit, suspensions, rates of every basis."""

import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from desktop.rules.day_count import BASES
from desktop.rules.debt import (
    COSTS,
    DEBT,
    PENALTY,
    Debt,
    GeneralRate,
    Instalment,
    Payment,
    Suspension,
)
from desktop.rules.interest import interest
from desktop.rules.money import InputError

# Where something changes: loan rates, the law, leap days, month ends.
EDGES = (
    *(date(2008, 12, 22), date(2008, 12, 23), date(2012, 7, 5), date(2012, 7, 6)),
    *(date(2014, 7, 30), date(2014, 7, 31), date(2014, 8, 1), date(2014, 8, 2)),
    *(date(2016, 2, 28), date(2016, 2, 29), date(2016, 3, 1), date(2016, 12, 31)),
)
# Mostly principal; the other kinds of sums now and then.
KINDS = (DEBT, DEBT, DEBT, PENALTY, COSTS)
RATES = {"day": ("0.0005", "0.00021"), "month": ("0.02", "0.005"), "year": ("0.06", "0.0435")}


def random_day(rng: random.Random, since: date, upto: date) -> date:
    """A day of the span, now and then one where something changes."""
    edges = [edge for edge in EDGES if since <= edge <= upto]
    if edges and rng.random() < 0.25:
        return rng.choice(edges)
    return since + timedelta(days=rng.randint(0, (upto - since).days))


def random_debt(rng: random.Random, first: date = date(2008, 1, 1)) -> Debt:
    """A debt whose payments are never more than what is owed on their day."""
    start = random_day(rng, first, first + timedelta(days=rng.choice((40, 400, 3_300))))
    until = random_day(rng, start, start + timedelta(days=rng.choice((1, 90, 800, 3_000))))
    principal = tuple(
        Instalment(rng.choice((1, 99, 10_000, rng.randint(1, 10**9))), due, rng.choice(KINDS))
        for due in (
            start,
            *(random_day(rng, start, until) for _ in range(rng.choice((0, 0, 1, 3)))),
        )
    )
    debt = Debt(
        *(principal, (), _suspensions(rng, start, until), _general(rng, start, until), until),
        costs_in_base=rng.random() < 0.5,
    )
    for _ in range(rng.choice((0, 1, 2, 5))):
        most = sum(one.amount_fen for one in principal)
        paid = Payment(random_day(rng, start, until), rng.randint(0, most))
        more = replace(debt, payments=(*debt.payments, paid))
        try:
            interest(more)
        except InputError:
            continue
        debt = more
    return debt


def _suspensions(rng: random.Random, start: date, until: date) -> tuple[Suspension, ...]:
    found = []
    for _ in range(rng.choice((0, 0, 1, 3))):
        first = random_day(rng, start - timedelta(days=30), until + timedelta(days=10))
        last = first + timedelta(days=rng.choice((0, 1, 30, 200)))
        found.append(Suspension(first, last, rng.random() < 0.4))
    return tuple(found)


def _general(rng: random.Random, start: date, until: date) -> tuple[GeneralRate, ...]:
    found = []
    for _ in range(rng.choice((0, 1, 1, 2))):
        per = rng.choice(tuple(BASES))
        begin = random_day(rng, start - timedelta(days=200), until)
        end = random_day(rng, begin, until)
        rate, basis = Fraction(rng.choice(RATES[per])), rng.choice(BASES[per])
        found.append(GeneralRate(rate, per, basis, begin, end))
    return tuple(found)
