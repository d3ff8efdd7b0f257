"""Every line once: the same file, an overlapping one, the same day in another format."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

from desktop.funds.statements import Line, Statement, look, own_account, read, store
from storage.schema import metadata, table
from storage.session import Session
from tests.funds.bank_files import ACCOUNT, FILES, OPENING, WRITERS, balances, sample


def statement(
    lines: Sequence[Line], *, opening: int | None = OPENING, name: str = "a"
) -> Statement:
    """As if it had been read."""
    days: dict[str, int] = {}
    if opening is not None:
        days = {
            line.booked_on: left for line, left in zip(lines, balances(lines, opening), strict=True)
        }
    sha = f"{random.Random(repr((lines, opening, name))).getrandbits(256):064x}"
    closing = balances(lines, opening)[-1] if opening is not None and lines else opening
    return Statement(
        name, sha, ACCOUNT, tuple(lines), opening, closing, tuple(sorted(days.items()))
    )


def memory_engine() -> Engine:
    """The three tables that statements touch."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    names = ("bank_line", "bank_balance", "fund")
    metadata.create_all(engine, tables=[table(name) for name in names])
    return engine


def kept(connection: Connection) -> list[Any]:
    return list(
        connection.exec_driver_sql(
            "select booked_on, direction, amount_fen, occurrence from bank_line"
            " order by booked_on, direction, amount_fen, occurrence"
        )
    )


def test_two_equal_lines_are_kept_and_the_same_file_adds_nothing(session: Session) -> None:
    found = read(FILES / "icbc.csv", "icbc")
    with session.write("导入") as write:
        first = store(write.connection, found)
    assert (len(first.new_ids), first.known, first.gaps) == (len(sample()), 0, ())
    with session.read() as connection:
        rows = kept(connection)
        assert [row.occurrence for row in rows if row.amount_fen == 50_000] == [1, 2]
        assert look(connection, found).new == 0
        assert own_account(connection) == ACCOUNT
    with session.write("导入") as write:
        again = store(write.connection, found)
    assert (again.new_ids, again.line_ids, again.gaps) == ((), first.line_ids, ())
    assert not write.changes  # not a row was touched
    with session.read() as connection:
        assert kept(connection) == rows


@pytest.mark.parametrize("first", WRITERS)
@pytest.mark.parametrize("then", WRITERS)
def test_the_same_days_in_another_format_add_nothing(first: str, then: str) -> None:
    engine = memory_engine()
    with engine.begin() as connection:
        made = store(connection, read(FILES / WRITERS[first][0], first, account=ACCOUNT))
        again = store(connection, read(FILES / WRITERS[then][0], then, account=ACCOUNT))
        assert again.new_ids == ()
        assert again.line_ids == made.line_ids
    engine.dispose()


_PAYERS = st.sampled_from(["丁满仓", "吴素珍", "洛阳鼎新商贸有限公司", None])
_LINE = st.builds(
    lambda day, way, fen, name, number: Line(
        0, f"2026-11-{day:02d}", way, fen, None, name, None, "案款", None, number
    ),
    st.integers(20, 23),
    st.sampled_from(["in", "in", "in", "out"]),
    st.sampled_from([500, 500, 1_000, 77]),
    _PAYERS,
    st.none(),
)


@settings(max_examples=60)
@given(st.lists(_LINE, max_size=25), st.data())
def test_overlapping_files_come_to_what_one_file_of_all_days_comes_to(
    lines: list[Line], data: st.DataObject
) -> None:
    """Files of whole days, in any order and overlapping, each with every line of its days."""
    lines = sorted(lines, key=lambda line: line.booked_on)
    lines = [replace(line, bank_ref=f"{n:06d}") for n, line in enumerate(lines)]
    spans = data.draw(st.lists(st.tuples(st.integers(20, 23), st.integers(20, 23)), max_size=5))
    engine = memory_engine()
    with engine.begin() as connection:
        for first, last in [*spans, (20, 23)]:
            some = [line for line in lines if first <= int(line.booked_on[-2:]) <= last]
            # What a format leaves out, or numbers by itself, never makes a line another one.
            how = data.draw(st.sampled_from(["same", "no numbers", "no names"]))
            if how == "no numbers":
                some = [replace(line, bank_ref=None) for line in some]
            elif how == "no names":
                some = [replace(line, party_name=None, bank_ref=None, text="") for line in some]
            store(connection, statement(some, opening=None))
        wanted = Counter((line.booked_on, line.direction, line.amount_fen) for line in lines)
        rows = kept(connection)
        assert Counter((row[0], row[1], row[2]) for row in rows) == wanted
        numbers = Counter((row[0], row[1], row[2]) for row in rows if row.occurrence > 0)
        assert numbers == wanted
        for group, count in wanted.items():
            assert sorted(row[3] for row in rows if tuple(row[:3]) == group) == [
                *range(1, count + 1)
            ]
    engine.dispose()


NOON = (
    Line(1, "2026-11-26", "in", 50_000, None, "丁满仓", None, "案款", None, "001"),
    Line(2, "2026-11-26", "in", 50_000, None, "吴素珍", None, "案款", None, "002"),
)


def test_halves_of_a_day_are_put_together(session: Session) -> None:
    later = (
        NOON[1],
        Line(3, "2026-11-26", "in", 50_000, None, "丁满仓", None, "案款", None, "003"),
    )
    with session.write("导入") as write:
        store(write.connection, statement(NOON))
        made = store(write.connection, statement(later, opening=OPENING + 50_000))
    assert (made.known, len(made.new_ids)) == (1, 1)
    with session.write("导入") as write:  # the whole day: nothing more
        done = store(write.connection, statement((*NOON, later[1])))
    assert done.new_ids == ()
    assert done.gaps == ()


@pytest.mark.parametrize(
    ("change", "new"),
    [
        ({}, 0),
        ({"party_name": "丁满"}, 0),  # cut
        ({"party_name": "丁*仓"}, 0),
        ({"party_name": None, "bank_ref": None, "text": ""}, 0),
        ({"bank_ref": "MT0000001"}, 0),  # another format's number
        ({"bank_ref": "009"}, 1),  # the same bank's next number
        ({"party_name": "丁来福"}, 0),  # the same account, its name written otherwise
        ({"party_name": "丁来福", "party_account": None}, 1),
        ({"party_account": None}, 0),
        ({"party_account": "6222****0011"}, 0),
        ({"party_account": "6222020000000000012"}, 1),
        ({"text": "别的附言"}, 0),
        ({"amount_fen": 50_001}, 1),
        ({"direction": "out"}, 1),
        ({"booked_on": "2026-11-27"}, 1),
    ],
)
def test_what_makes_a_line_another_one(session: Session, change: dict[str, Any], new: int) -> None:
    with session.write("导入") as write:
        one = replace(NOON[0], party_account="6222020000000000011")
        store(write.connection, statement([one], opening=None))
        made = store(write.connection, statement([replace(one, **change)], opening=None))
    assert len(made.new_ids) == new


def test_a_day_with_the_same_end_is_the_same_day_whatever_its_numbers(session: Session) -> None:
    renumbered = [replace(line, bank_ref=f"9{n}9") for n, line in enumerate(NOON)]
    with session.write("导入") as write:
        store(write.connection, statement(NOON))
        assert store(write.connection, statement(renumbered, name="b")).new_ids == ()


def test_equal_lines_by_the_hundred_are_counted_fast(session: Session) -> None:
    one = Line(1, "2026-11-26", "in", 50_000, None, "丁满仓", None, "案款")
    with session.write("导入") as write:
        store(write.connection, statement([one] * 1_000, opening=None))
        made = store(write.connection, statement([one] * 1_003, opening=None))
    assert len(made.new_ids) == 3


def test_a_missing_day_shows_as_a_gap(session: Session) -> None:
    lines = sample()
    at = balances(lines, OPENING)
    first, last = lines[:4], lines[6:]
    with session.write("导入") as write:
        assert store(write.connection, statement(first)).gaps == ()
        made = store(write.connection, statement(last, opening=at[5]))
    (gap,) = made.gaps
    assert (gap.day, gap.said_fen - gap.due_fen) == ("2026-11-27", 123_450 + 99)
    with session.write("导入") as write:  # the day between closes the gap
        store(write.connection, statement(lines[4:6], opening=at[3]))
        assert store(write.connection, statement(last, opening=at[5])).gaps == ()


def test_balances_of_days_are_kept_once(session: Session) -> None:
    found = read(FILES / "ccb.xlsx", "ccb")
    with session.write("导入") as write:
        store(write.connection, found)
        store(write.connection, found)
    with session.read() as connection:
        rows = connection.exec_driver_sql("select day, balance_fen from bank_balance order by day")
        assert [tuple(row) for row in rows] == list(found.balances)
