"""How long money lies, and the days payments took: recounted fen by fen by another way."""

from collections import defaultdict, deque
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.funds import ages
from desktop.funds.account import end_of
from desktop.funds.ages import AgeFilter, band_of, months_before, pay_days, take
from desktop.funds.board import BoardArgs, board_at
from desktop.funds.days import per_day
from desktop.funds.entries import EntryFilter, total
from desktop.funds.money_here import money_here
from storage.session import Session
from tests.funds.books import FIRST, Books, fill, new_books

DAYS = 90


@pytest.fixture
def books(session: Session) -> Books:
    return fill(new_books(session), DAYS)


def test_bands_are_half_open_and_bear_the_colours_of_the_watch() -> None:
    assert [band_of(n) for n in (0, 4, 5, 9, 10, 14, 15, 29, 30, 400)] == [
        *(0, 0, 1, 1, 2, 2, 3, 3, 4, 4)
    ]


@pytest.mark.parametrize("offset", [0, 20, 45, 61, DAYS, DAYS + 40])
def test_the_bands_sum_to_what_is_held_and_open_their_receipts(books: Books, offset: int) -> None:
    today = FIRST + timedelta(days=offset)
    with books.session.read() as connection:
        bands = ages.ages(connection, today)
        parts: dict[str, int] = defaultdict(int)
        for part in money_here(connection, today):
            if part.account.kind == "case":
                parts[part.receipt.id] += part.left_fen
        held = board_at(connection, BoardArgs(end_of(today))).board.held
        assert sum(band.fen for band in bands) == held
        for n, band in enumerate(bands):
            args = SnapshotArgs(Dated(AgeFilter(n), today), None, False)
            seqs = list(ages.snapshot(connection, args))
            found = ages.rows(connection, seqs, today)
            assert len(seqs) == len(found) == band.receipts
            assert sum(row["left_fen"] for row in found.values()) == band.fen
            # The list of what waits says the same of every receipt.
            assert all(parts.pop(row["id"]) == row["left_fen"] for row in found.values())
            assert len({row["case_id"] for row in found.values()}) == band.cases
            ordered = [found[seq]["arrived_on"] for seq in seqs]
            assert ordered == sorted(ordered)
        assert not parts


def by_hand(connection: Connection, case_id: str) -> list[tuple[str, int, int]]:
    """Each fen a coin: coins in a row, payments take the first."""
    fund = connection.exec_driver_sql(
        "select id from fund where case_id = ? and kind = 'case'", (case_id,)
    ).scalar()
    rows = connection.exec_driver_sql(
        "select kind, amount_fen, booked_on, credit_id from fund_entry e"
        " where (debit_id = :f or credit_id = :f) and kind not in ('hold', 'release', 'reversal')"
        " and not exists (select 1 from fund_entry r where r.reverses = e.id) order by seq",
        {"f": fund},
    ).all()
    coins = [day for _k, fen, day, credit in rows if credit == fund for _ in range(fen)]
    found = []
    for kind, fen, day, credit in rows:
        if credit == fund:
            continue
        taken, coins = coins[:fen], coins[fen:]
        if kind == "payment":
            lay = [
                max(0, (date.fromisoformat(day) - date.fromisoformat(one)).days) for one in taken
            ]
            found.append((day, fen, sum(lay)))
    return found


def test_the_days_of_payments_agree_with_counting_coins(session: Session) -> None:
    books = new_books(session)

    def wrong(case_id: str) -> str:
        return books.reverse(books.receive(case_id, 33), "重复入账")

    acts: list[tuple[int, Callable[[str], str]]] = [
        (0, lambda one: books.receive(one, 70)),
        (4, lambda one: books.receive(one, 50)),
        (5, wrong),
        (6, lambda one: books.move(one, 9, ("case", "fee"))),
        (30, lambda one: books.pay(books.hold(one, 80))),
        (50, lambda one: books.pay(books.hold(one, 11))),
    ]
    course = [
        (3 * n + day, case_id, act) for n, case_id in enumerate(books.cases) for day, act in acts
    ]
    for day, case_id, act in sorted(course, key=lambda one: one[0]):
        books.go(FIRST + timedelta(days=day))
        act(case_id)
    today = books.at.date()
    with session.read() as connection:
        months = pay_days(connection, today, 4)
        hand: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for case_id in books.cases:
            for day, fen, lay in by_hand(connection, case_id):
                hand[day[:7]].append((fen, lay))
    assert sum(len(one) for one in hand.values()) == 8
    for month in months:
        mine = hand.get(f"{month.month:%Y-%m}", [])
        assert month.count == len(mine)
        assert month.fen == sum(fen for fen, _lay in mine)
        if mine:
            mean = sum((Fraction(lay, fen) for fen, lay in mine), Fraction(0)) / len(mine)
            assert month.by_count == pytest.approx(float(mean))
            assert month.by_amount == pytest.approx(sum(lay for _fen, lay in mine) / month.fen)
        else:
            assert month.by_count is month.by_amount is None
    assert [month.count > 0 for month in months].count(True) >= 2


def lain(came: list[tuple[date, int]], went: list[tuple[date, int]]) -> list[int]:
    """What `take` says of each amount that went out."""
    into = deque([day, fen] for day, fen in came)
    return [take(into, day, fen) for day, fen in went]


def test_a_plain_example() -> None:
    """100 came on the 1st, 300 on the 11th; 200 went out on the 21st: 100 lay 20 days, 100 ten."""
    came = [(date(2026, 3, 1), 100), (date(2026, 3, 11), 300)]
    assert lain(came, [(date(2026, 3, 21), 200)]) == [200 * 15]
    assert lain(came, [(date(2026, 3, 1), 100), (date(2026, 3, 11), 300)]) == [0, 0]
    assert lain(came, [(date(2026, 2, 20), 100)]) == [0]
    assert lain([], [(date(2026, 2, 20), 100)]) == [0]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 500)), max_size=8),
    st.lists(st.tuples(st.integers(60, 99), st.integers(1, 300)), max_size=8),
)
def test_no_coin_lies_longer_than_the_first_or_shorter_than_the_last(
    came: list[tuple[int, int]], out: list[tuple[int, int]]
) -> None:
    start = date(2026, 1, 1)
    lots = [(start + timedelta(days=day), fen) for day, fen in sorted(came)]
    went = [(start + timedelta(days=day), fen) for day, fen in sorted(out)]
    enough = sum(fen for _day, fen in lots) >= sum(fen for _day, fen in went)
    for (day, fen), lay in zip(went, lain(lots, went), strict=True):
        assert lay >= 0
        if lots and enough:
            assert (day - lots[-1][0]).days * fen <= lay <= (day - lots[0][0]).days * fen


def test_months_before() -> None:
    assert months_before(date(2026, 2, 14), 4) == (
        *(date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)),
    )


def test_every_day_is_the_sum_of_its_list(books: Books) -> None:
    with books.session.read() as connection:
        days = per_day(connection, FIRST, FIRST + timedelta(days=DAYS))
        assert [one.day for one in days] == [FIRST + timedelta(days=n) for n in range(DAYS + 1)]
        for one in days:
            for figure, fen in (("received", one.received_fen), ("paid", one.paid_fen)):
                filter_ = EntryFilter(figure=figure, from_on=one.day, to_on=one.day, live=True)
                assert total(connection, filter_).fen == fen
        assert sum(one.received_fen > 0 for one in days) > 20
        assert sum(one.paid_fen > 0 for one in days) > 5
        now = board_at(connection, BoardArgs()).board
        assert sum(one.received_fen for one in days) == now.received
        assert sum(one.paid_fen for one in days) == now.paid
