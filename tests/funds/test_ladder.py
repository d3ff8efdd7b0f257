"""The ladder of money that waits: parts, steps, holders, clocks, over a real ledger."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from desktop.contract.court_zone import court_today
from desktop.funds.ladder import standing
from desktop.funds.money_here import money_here
from storage.ledger import moments, post
from storage.ledger.post import Slip
from storage.session import Session
from tests.funds.purse import Purse, purse_of

TODAY = court_today()


@pytest.fixture
def purse(session: Session) -> Purse:
    return purse_of(session)


def busy(
    connection: Connection,
    cases: list[str],
    rng: random.Random,
    rounds: int,
    held: list[str] | None = None,
) -> None:
    """Money comes, is assigned, granted, paid, taken back, moved and reversed, at random. `held`:
    grants of before, which may be paid now."""
    held = [] if held is None else held
    done: list[str] = []
    for _ in range(rounds):
        one, fen = rng.choice(cases), rng.randrange(1, 900)
        who = Slip(rng.choice("甲乙丙"), memo="更正")
        match rng.randrange(10):
            case 0 | 1 | 2:
                answer = post.receive(connection, rng.choice([one, None]), fen, who, payer="付款人")
            case 3:
                answer = post.assign(connection, one, fen, who)
            case 4 | 5:
                answer = post.hold(connection, one, fen, who, payee="收款人")
                held += [answer.entry_id] if answer.entry_id else []
                continue
            case 6 if held:
                answer = post.pay(connection, held.pop(rng.randrange(len(held))), who)
            case 7 if held:
                answer = post.release(connection, held.pop(rng.randrange(len(held))), who)
            case 8:
                way = rng.choice([("case", "fee"), ("case", "escrow"), ("escrow", "case")])
                answer = post.transfer(connection, one, fen, who, way=way)
            case _ if done:
                answer = post.reverse(connection, rng.choice(done), who)
                continue
            case _:
                continue
        done += [answer.entry_id] if answer.entry_id else []


@pytest.mark.parametrize("seed", range(15))
def test_the_parts_always_sum_to_the_balance(purse: Purse, seed: int) -> None:
    rng = random.Random(seed)
    cases = [purse.case() for _ in range(3)]
    with purse.session.write("记账") as write:
        busy(write.connection, cases, rng, 120)
    with purse.session.read() as connection:
        found = standing(connection, TODAY)
        sums: Counter[str] = Counter()
        for one in found:
            sums[one.fund_id] += one.left_fen
        funds = connection.exec_driver_sql(
            "select id, balance_fen, held_fen from fund where kind in ('case', 'unknown')"
        ).all()
        assert {row[0]: row[1] for row in funds if row[1]} == dict(sums)
        assert funds
        # What is granted and not paid is meant for its order, whole.
        granted: Counter[str] = Counter()
        for one in found:
            if one.order_id is not None:
                granted[one.fund_id] += one.left_fen
        assert {row[0]: row[2] for row in funds if row[2]} == dict(granted)
        some = [one for one in found if one.case_id == cases[0]]
        assert standing(connection, TODAY, [cases[0]]) == some, "one case alone is no other thing"


@pytest.mark.parametrize("seed", range(5))
def test_a_past_day_is_told_as_it_was(
    purse: Purse, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    cases = [purse.case() for _ in range(2)]
    held: list[str] = []
    told: dict[date, list[tuple[str, int, str]]] = {}
    first = date(2026, 3, 2)
    for day in (first + timedelta(days=n) for n in range(6)):
        monkeypatch.setattr(moments, "datetime", clock_at(day))
        with purse.session.write("记账") as write:
            busy(write.connection, cases, rng, 25, held)
        with purse.session.read() as connection:
            told[day] = parts_on(connection, day)
    with purse.session.read() as connection:
        assert parts_on(connection, first - timedelta(days=1)) == []
        assert {day: parts_on(connection, day) for day in told} == told
    assert len({len(one) for one in told.values()}) > 1


def parts_on(connection: Connection, day: date) -> list[tuple[str, int, str]]:
    """What was here on a day: receipt, fen, grant."""
    return sorted(
        (one.receipt.number, one.left_fen, one.grant.number if one.grant else "")
        for one in money_here(connection, day)
    )


def clock_at(day: date) -> type[datetime]:
    """A clock that always says noon of that day."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime(day.year, day.month, day.day, 12, tzinfo=tz)

    return Clock
