"""What a reconciliation costs the database as the lines grow."""

from collections.abc import Iterator

import pytest

from desktop.funds.reconcile import reconcile
from storage.schema.funds import BANK
from tests.funds.raw_books import ACCOUNT, RawBooks, raw_books


@pytest.fixture
def books() -> Iterator[RawBooks]:
    with raw_books() as made:
        yield made


def _fill(books: RawBooks, after: int, upto: int) -> None:
    """Lines of the bank, each with its entry but every thousandth."""
    books.connection.exec_driver_sql(
        "insert into bank_line (id, account, booked_on, direction, amount_fen, text, fingerprint,"
        f" file_sha256) with recursive n(n) as (select {after} + 1 union all select n + 1 from n"
        f" where n < {upto}) select printf('line%032d', n), '{ACCOUNT}',"
        " date('2026-01-01', (n % 300) || ' days'), 'in', n, '', n, '' from n"
    )
    books.connection.exec_driver_sql(
        "insert into fund_entry (id, kind, amount_fen, number, at, maker, debit_id, credit_id,"
        " booked_on, line_id, seq, case_id) select 'entr' || substr(id, 5), 'receipt', amount_fen,"
        f" id, booked_on, '甲', '{BANK}', '{books.fund}', booked_on, id, amount_fen,"
        f" '{books.case}' from bank_line where amount_fen % 1000 <> 0 and amount_fen > {after}"
    )
    books.connection.exec_driver_sql(
        "update fund set balance_fen = (select sum(amount_fen) from fund_entry) where id = ?",
        (books.fund,),
    )
    books.connection.exec_driver_sql(
        "update fund set balance_fen = -(select sum(amount_fen) from fund_entry) where id = ?",
        (BANK,),
    )


def test_twice_as_many_lines_cost_twice_as_much(books: RawBooks) -> None:
    """In steps of the database's machine: a plan that looks each line up in a list would cost
    four times as much."""
    raw = books.connection.connection.dbapi_connection
    assert raw is not None
    steps = []
    for after, upto in ((0, 5_000), (5_000, 10_000)):
        _fill(books, after, upto)
        seen = [0]

        def count(seen: list[int] = seen) -> None:
            seen[0] += 1

        raw.set_progress_handler(count, 100)
        state = reconcile(books.connection, "2026-12-31")
        raw.set_progress_handler(None, 0)
        assert len(state.differences) == upto // 1_000
        steps.append(seen[0])
    assert steps[0] > 100
    assert steps[1] < 2.5 * steps[0]
