"""Bank × ledger × case: every planted difference is found, none invented, and both sides meet.

EDESK_BOOKS sets the number of random books.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update

from desktop.errors import UserError
from desktop.funds.differences import Explanation, explain, notes_of
from desktop.funds.reconcile import Reconciliation, last_day, reconcile
from storage.ledger.post import ZONE
from storage.schema import table
from storage.schema.funds import BANK, SUSPENSE
from tests.funds.raw_books import RawBooks, day, raw_books

APART = 5  # days_apart of the shipped form
DAYS = 12
BOOKS = int(os.environ.get("EDESK_BOOKS", "40"))  # random books; the whole series has 2,000


@pytest.fixture
def books() -> Iterator[RawBooks]:
    with raw_books() as made:
        yield made


def found(books: RawBooks, on: str) -> dict[str, int]:
    """key -> fen of what is listed on a day; the two sides have met, or a row says why not."""
    books.settle()
    state = reconcile(books.connection, on)
    books.connection.exec_driver_sql("delete from fund_entry where kind = 'hold'")
    listed = {one.key: one.fen for one in state.differences}
    assert len(listed) == len(state.differences), "two differences share a key"
    assert sum(listed.values()) == state.bank_fen - state.ledger_fen
    timely = ("line_without_entry", "entry_without_line")
    rest = sum(one.fen for one in state.differences if one.kind not in timely)
    assert state.adjusted_bank_fen - state.adjusted_ledger_fen == rest
    assert state.cases_fen == state.ledger_fen
    return listed


# A table of cases: (what is written, what is listed at the end of day 9)


def _booked(books: RawBooks) -> dict[str, int]:
    books.entry(day(1), 500, line=books.line(day(1), 500))
    books.entry(day(2), -200, line=books.line(day(3), -200))
    return {}


def _nothing_booked(books: RawBooks) -> dict[str, int]:
    same = [books.line(day(1), 500) for _ in range(2)]  # two truly equal lines
    out = {f"line_without_entry:{books.line(day(2), -70)}": -70}
    return {f"line_without_entry:{line}": 500 for line in same} | out


def _line_comes_later(books: RawBooks) -> dict[str, int]:
    paid = books.entry(day(8), -300)
    books.match(books.line(day(10), -300), paid)  # after the day that is asked
    return {f"entry_without_line:{paid}": 300}


def _matched_later(books: RawBooks) -> dict[str, int]:
    books.match(books.line(day(9), -300), books.entry(day(8), -300))
    return {}


def _line_gone(books: RawBooks) -> dict[str, int]:
    return {f"entry_without_line:{books.entry(day(1), 500, line=books.new('gone'))}": -500}


def _other_amount(books: RawBooks) -> dict[str, int]:
    return {f"bank_ledger:{books.entry(day(1), 500, line=books.line(day(1), 530))}": 30}


def _other_direction(books: RawBooks) -> dict[str, int]:
    return {f"bank_ledger:{books.entry(day(1), 500, line=books.line(day(1), -500))}": -1_000}


def _days_apart(books: RawBooks) -> dict[str, int]:
    books.entry(day(1), 400, line=books.line(day(1 + APART), 400))
    return {f"bank_ledger:{books.entry(day(1), 500, line=books.line(day(2 + APART), 500))}": 0}


def _reversed(books: RawBooks) -> dict[str, int]:
    line = books.line(day(1), 500)
    books.back(books.entry(day(1), 500, line=line), day(2), 500)
    return {f"line_without_entry:{line}": 500}


def _reversed_later(books: RawBooks) -> dict[str, int]:
    books.back(books.entry(day(1), 500, line=books.line(day(1), 500)), day(10), 500)
    return {}


def _reversed_and_booked_again(books: RawBooks) -> dict[str, int]:
    line = books.line(day(1), 500)
    books.back(books.entry(day(1), 500, line=line), day(2), 500)
    books.entry(day(2), 500, line=line)
    return {}


def _came_back(books: RawBooks) -> dict[str, int]:
    """The bank itself shows the money coming back: both its lines have their entry."""
    paid = books.entry(day(1), -500, line=books.line(day(1), -500))
    books.match(books.line(day(3), 500), books.back(paid, day(3), -500))
    return {}


def _came_back_unmatched(books: RawBooks) -> dict[str, int]:
    out = books.line(day(1), -500)
    books.back(books.entry(day(1), -500, line=out), day(3), -500)
    back = books.line(day(3), 500)
    return {f"line_without_entry:{out}": -500, f"line_without_entry:{back}": 500}


def _came_back_to_whom_it_was_sent(books: RawBooks) -> dict[str, int]:
    """退汇: nobody has to join what is plain."""
    out = books.line(day(1), -500, party="乙")
    books.back(books.entry(day(1), -500, line=out), day(3), -500)
    books.line(day(3), 500, party="乙")
    return {}


def _came_back_twice(books: RawBooks) -> dict[str, int]:
    _came_back_to_whom_it_was_sent(books)
    return {f"line_without_entry:{books.line(day(4), 500, party='乙')}": 500}


def _came_in_before_it_was_sent(books: RawBooks) -> dict[str, int]:
    early = books.line(day(1), 500, party="乙")
    out = books.line(day(2), -500, party="乙")
    books.back(books.entry(day(2), -500, line=out), day(3), -500)
    return {f"line_without_entry:{early}": 500, f"line_without_entry:{out}": -500}


def _came_back_on_another_account(books: RawBooks) -> dict[str, int]:
    out = books.line(day(1), -500, party="乙")
    books.back(books.entry(day(1), -500, line=out), day(3), -500)
    back = books.line(day(3), 500, party="乙", account="2")
    return {f"line_without_entry:{out}": -500, f"line_without_entry:{back}": 500}


def _came_back_and_was_not_reversed(books: RawBooks) -> dict[str, int]:
    books.entry(day(1), -500, line=books.line(day(1), -500, party="乙"))
    return {f"line_without_entry:{books.line(day(3), 500, party='乙')}": 500}


def _taken_out_again_by_the_bank(books: RawBooks) -> dict[str, int]:
    line = books.line(day(1), 500, party="乙")
    books.back(books.entry(day(1), 500, line=line), day(2), 500)
    books.line(day(2), -500, party="乙")
    return {}


def _booked_twice(books: RawBooks) -> dict[str, int]:
    line = books.line(day(1), 500)
    books.entry(day(1), 500, line=line)
    return {f"entry_without_line:{books.entry(day(1), 500, line=line)}": -500}


def _one_entry_two_lines(books: RawBooks) -> dict[str, int]:
    entry = books.entry(day(1), 500, line=books.line(day(1), 500))
    second = books.line(day(2), 500)
    books.match(second, entry)
    return {f"line_without_entry:{second}": 500}


def _balance_fits(books: RawBooks) -> dict[str, int]:
    books.entry(day(1), 500, line=books.line(day(1), 500))
    books.balance(day(0), 0)
    books.balance(day(1), 500)
    books.balance(day(9), 500)
    return {}


def _statement_lacks_a_line(books: RawBooks) -> dict[str, int]:
    books.entry(day(1), 500, line=books.line(day(1), 500))
    books.balance(day(1), 500)
    return {f"bank_ledger:{books.balance(day(4), 620)}": 120}  # and not again on later days


def _opening_balance(books: RawBooks) -> dict[str, int]:
    books.entry(day(3), 500, line=books.line(day(3), 500))
    opening = books.balance(day(1), 9_000)
    books.balance(day(5), 9_500)
    return {f"bank_ledger:{opening}": 9_000}


def _two_accounts(books: RawBooks) -> dict[str, int]:
    books.entry(day(1), 500, line=books.line(day(1), 500))
    books.entry(day(2), 70, line=books.line(day(2), 70, account="2"))
    books.balance(day(2), 500)
    return {f"bank_ledger:{books.balance(day(2), 71, account='2')}": 1}


def _two_statements_of_a_day(books: RawBooks) -> dict[str, int]:
    books.entry(day(1), 500, line=books.line(day(1), 500))
    first = books.balance(day(1), 480)
    books.balance(day(1), 500, file="b")  # the one that was read last counts
    return {f"bank_ledger:{first}": 0}


def _after_the_day(books: RawBooks) -> dict[str, int]:
    books.line(day(10), 500)
    books.entry(day(10), -70)
    books.balance(day(11), 1_000)
    return {}


CASES = [
    value for name, value in list(globals().items()) if name.startswith("_") and callable(value)
]


@pytest.mark.parametrize("write", CASES, ids=lambda one: one.__name__)
def test_what_is_listed_at_the_end_of_a_day(books: RawBooks, write: Any) -> None:
    expected = write(books)
    assert found(books, day(9)) == expected


def test_a_difference_goes_by_itself_and_is_older_each_day(books: RawBooks) -> None:
    paid = books.entry(day(2), -300)
    books.settle()
    ages = {}
    for n in (2, 3, 5):
        (one,) = reconcile(books.connection, day(n)).differences
        ages[n] = one.age
        assert (one.key, one.fen, one.words) == (
            *(f"entry_without_line:{paid}", 300),
            "账上已付、银行未付",
        )
    assert ages == {2: 0, 3: 1, 5: 3}
    books.match(books.line(day(6), -300), paid)
    assert not reconcile(books.connection, day(6)).differences
    assert len(reconcile(books.connection, day(5)).differences) == 1  # that day stays as it was


def test_a_line_whose_entry_was_reversed_says_so(books: RawBooks) -> None:
    paid = books.entry(day(1), -500, line=books.line(day(1), -500))
    back = books.back(paid, day(2), -500)
    books.settle()
    (one,) = reconcile(books.connection, day(2)).differences
    assert f"号{paid[-6:]} 已由 号{back[-6:]} 冲正" in one.words


def test_both_sides_are_brought_to_one_figure(books: RawBooks) -> None:
    """The statement of the textbooks, with all four kinds on it."""
    books.entry(day(1), 10_000, line=books.line(day(1), 10_000))
    books.line(day(2), 700)
    books.line(day(2), -40)
    books.entry(day(2), 1_500)
    books.entry(day(2), -900)
    books.balance(day(2), 10_660)
    books.settle()
    state = reconcile(books.connection, day(2))
    assert (state.bank_fen, state.ledger_fen, state.cases_fen) == (10_660, 10_600, 10_600)
    open_ = state.unreached
    assert (open_.bank_in, open_.bank_out, open_.ledger_in, open_.ledger_out) == (
        700,
        40,
        1_500,
        900,
    )
    assert state.adjusted_bank_fen == state.adjusted_ledger_fen == 11_260
    assert state.untold == ()


def test_an_account_that_does_not_agree_with_its_entries_is_named(books: RawBooks) -> None:
    books.entry(day(1), 500, line=books.line(day(1), 500))
    fund = table("fund")
    books.connection.execute(update(fund).where(fund.c.id == books.fund).values(balance_fen=501))
    books.settle()
    (one,) = reconcile(books.connection, day(1)).differences
    assert (one.key, one.fen, one.case_id) == (f"case_ledger:{books.fund}", 1, books.case)
    assert one.case_number == "（2026）豫0399执1号"
    books.connection.execute(
        update(fund).where(fund.c.id == books.fund).values(balance_fen=500, held_fen=7)
    )
    (one,) = reconcile(books.connection, day(1)).differences
    assert (one.words, one.fen) == ("账户已批准金额与分录合计不符", 7)


def test_what_hangs_and_what_waits_in_suspense_is_listed(books: RawBooks) -> None:
    books.entry(day(1), 500, line=books.line(day(1), 500))
    fund = table("fund").c
    books.connection.execute(
        update(table("fund")).where(fund.id == books.fund).values(in_suspense=True)
    )
    books._entry("receipt", day(2), 80, (BANK, SUSPENSE), line_id=books.line(day(2), 80))
    books.settle()
    listed = {one.key: one.words for one in reconcile(books.connection, day(2)).differences}
    assert listed == {
        f"case_ledger:{books.fund}": "账户挂账：已批准的超过余额",
        f"case_ledger:{SUSPENSE}": "暂记账户尚有余额",
    }


def test_a_later_note_replaces_the_earlier_and_both_stay(books: RawBooks) -> None:
    court = books.connection.execute(text("select id from court")).scalar_one()
    person = books.put("person", court_id=court, name="林会计", post="finance")
    paid = books.entry(day(2), -300)
    books.settle()

    def say(body: str, fen: int, hour: int, by: str | None = person) -> str:
        at = datetime(2026, 9, 5, hour, tzinfo=ZONE)
        return explain(books.connection, Explanation("entry_without_line", paid, fen, body, by, at))

    say("银行次日入账", 300, 9)
    say("已向银行查询，待退汇", 300, 10)
    (one,) = reconcile(books.connection, day(9)).differences
    assert one.explained
    assert one.note is not None
    assert (one.note.body, one.note.by) == ("已向银行查询，待退汇", "林会计")
    kept = notes_of(books.connection, "entry_without_line", paid)
    assert [note.body for note in kept] == ["已向银行查询，待退汇", "银行次日入账"]
    # What was said of another amount explains nothing.
    say("误写", 299, 11)
    (one,) = reconcile(books.connection, day(9)).differences
    assert not one.explained
    for body, by, said in (
        ("  ", person, "原因"),
        ("x", None, "使用人"),
        ("长" * 501, person, "字"),
    ):
        with pytest.raises(UserError, match=said):
            say(body, 300, 12, by)


def test_a_desk_with_a_part_of_the_ledger_claims_nothing(books: RawBooks) -> None:
    books.line(day(1), 500)
    books.connection.execute(
        text("insert into _ctl (device_id, hub_id, scopes) values ('d', 'h', '[3]')")
    )
    assert reconcile(books.connection, day(1)) == Reconciliation(day(1), False)
    books.connection.execute(text("update _ctl set scopes = '[3, -1]'"))
    assert len(reconcile(books.connection, day(1)).differences) == 1


@pytest.mark.parametrize(
    ("month", "last"),
    [("2026-02", "2026-02-28"), ("2024-02", "2024-02-29"), ("2026-12", "2026-12-31")],
)
def test_the_last_day_of_a_month(month: str, last: str) -> None:
    assert last_day(month) == last


# Random books with random faults


@dataclass(frozen=True)
class Deal:
    """Money that moved, and what went wrong with it. Days count from 0; None: never."""

    fen: int
    line_on: int | None
    entry_on: int | None
    by_match: bool
    line_fen: int  # what the stored line says
    line_lost: bool
    doubled: bool
    back_on: int | None
    again_on: int | None


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    fen = draw(st.integers(1, 5_000)) * draw(st.sampled_from((1, -1)))
    line_on = draw(st.none() | st.integers(0, DAYS))
    entry_on = (
        draw(st.none() | st.integers(0, DAYS))
        if line_on is not None
        else draw(st.integers(0, DAYS))
    )
    changed = draw(st.sampled_from((0, 0, 0, 1, 40)))
    back_on = again_on = None
    if entry_on is not None and draw(st.booleans()):
        back_on = draw(st.integers(entry_on, DAYS))
        again_on = draw(st.none() | st.integers(back_on, DAYS))
    return Deal(
        fen,
        line_on,
        entry_on,
        draw(st.booleans()),
        fen + changed * (1 if fen > 0 else -1),
        line_on is not None and draw(st.sampled_from((False, False, True))),
        line_on is not None and draw(st.sampled_from((False, False, True))),
        back_on,
        again_on,
    )


def _plant(books: RawBooks, deal: Deal) -> dict[str, str | None]:
    """Writes a deal; gives the ids of line, copy, entry and the entry booked again."""
    line = copy = entry = again = None
    if deal.line_on is not None:
        line = books.line(day(deal.line_on), deal.line_fen)
        copy = books.line(day(deal.line_on), deal.line_fen) if deal.doubled else None
    if deal.entry_on is not None:
        own = None if deal.by_match else line
        entry = books.entry(day(deal.entry_on), deal.fen, line=own)
        if deal.by_match and line is not None:
            books.match(line, entry)
    if entry is not None and deal.back_on is not None:
        books.back(entry, day(deal.back_on), deal.fen)
        if deal.again_on is not None:
            again = books.entry(day(deal.again_on), deal.fen, line=line)
    if line is not None and deal.line_lost:
        books.connection.exec_driver_sql("delete from bank_line where id = ?", (line,))
    return {"line": line, "copy": copy, "entry": entry, "again": again}


def _expected(deal: Deal, ids: dict[str, str | None], on: int) -> dict[str, int]:
    """By the plain meaning of the words, one deal at a time."""
    listed: dict[str, int] = {}
    line_there = ids["line"] is not None and not deal.line_lost and (deal.line_on or 0) <= on
    standing, booked_on = None, 0  # the entry that counts at the end of the day
    if deal.entry_on is not None and deal.entry_on <= on:
        standing, booked_on = ids["entry"], deal.entry_on
        if deal.back_on is not None and deal.back_on <= on:
            standing = None
            if deal.again_on is not None and deal.again_on <= on:
                standing, booked_on = ids["again"], deal.again_on
    if line_there and standing is None:
        listed[f"line_without_entry:{ids['line']}"] = deal.line_fen
    if standing is not None and not line_there:
        listed[f"entry_without_line:{standing}"] = -deal.fen
    if standing is not None and line_there:
        apart = abs(booked_on - (deal.line_on or 0)) > APART
        if deal.line_fen != deal.fen or apart:
            listed[f"bank_ledger:{standing}"] = deal.line_fen - deal.fen
    if ids["copy"] is not None and (deal.line_on or 0) <= on:
        listed[f"line_without_entry:{ids['copy']}"] = deal.line_fen
    return listed


def _told(books: RawBooks, planted: list[Deal], days: set[int], on: int) -> dict[str, int]:
    """Statements that tell the truth of what the bank moved; where the stored lines of the days
    since the one before add up to something else, it is listed."""
    listed, last = {}, -1
    for n in sorted(days):
        moved = [d for d in planted if d.line_on is not None]
        truth = sum(d.fen for d in moved if (d.line_on or 0) <= n)
        balance = books.balance(day(n), truth)
        since = [d for d in moved if last < (d.line_on or 0) <= n]
        kept = sum(d.line_fen * ((not d.line_lost) + d.doubled) for d in since)
        apart = sum(d.fen for d in since) - kept
        if apart and n <= on:
            listed[f"bank_ledger:{balance}"] = apart
        last = n
    return listed


@settings(max_examples=BOOKS)
@given(
    planted=st.lists(deals(), max_size=8),
    told=st.sets(st.integers(0, DAYS), max_size=4),
    on=st.integers(0, DAYS),
)
def test_every_planted_difference_is_found_and_none_invented(
    planted: list[Deal], told: set[int], on: int
) -> None:
    with raw_books() as books:
        expected: dict[str, int] = {}
        for deal in planted:
            expected |= _expected(deal, _plant(books, deal), on)
        expected |= _told(books, planted, told, on)
        assert found(books, day(on)) == expected
