"""Rows on pages: groups, heads that come again, and what goes along with name and date."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.circulars.flow import Page, Row, flowed, taken_along
from desktop.circulars.geometry import HIGH, LINE


def _rows(count: int) -> list[Row]:
    return [Row(words=True) for _ in range(count)]


@pytest.mark.parametrize(
    ("count", "begins", "pages"),
    [(22, 0, [22]), (23, 0, [22, 1]), (22, 5, [17, 5]), (1, 22, [0, 1]), (0, 3, [0])],
)
def test_a_page_holds_22_lines(count: int, begins: int, pages: list[int]) -> None:
    assert [len(page.rows) for page in flowed(_rows(count), begins * LINE)] == pages


def test_what_stays_with_the_next_goes_with_it() -> None:
    rows = _rows(23)
    rows[20].with_next = rows[21].with_next = True
    assert [len(page.rows) for page in flowed(rows, 0)] == [20, 3]
    for row in rows:
        row.with_next = True  # a group that no page holds
    assert [len(page.rows) for page in flowed(rows, 0)] == [22, 1]


def test_heads_come_again_where_a_table_goes_on() -> None:
    head = Row(high=10)
    rows = [head, *(Row(high=100, words=True, heads=(head,)) for _ in range(9))]
    first, second = flowed(rows, 0)
    assert (len(first.rows), second.rows[0], len(second.rows)) == (7, head, 4)
    (page,) = flowed([*rows[:3], Row(to_grid=True, high=0), Row()], 0)
    assert (10 + 200 + page.rows[-2].high) % LINE == pytest.approx(0, abs=1e-6)


def test_words_go_along_but_no_table_is_torn_for_them() -> None:
    table = [Row(high=30, words=True), Row(high=30, words=True), Row(to_grid=True, high=0)]
    page = Page(rows=[*_rows(3), *table, *_rows(1)])
    assert len(taken_along(page, 2)) == 1
    assert len(page.rows) == 6
    page = Page(rows=[*_rows(1), Row(with_next=True), *_rows(2)])
    assert len(taken_along(page, 2)) == 3  # the head of these words does not stay behind
    assert taken_along(Page(rows=_rows(1)), 2) == []


@given(
    st.lists(st.tuples(st.floats(5, 120), st.booleans(), st.booleans()), max_size=80),
    st.integers(0, 20),
)
def test_no_row_is_lost_cut_or_out_of_its_order(
    shapes: list[tuple[float, bool, bool]], begins: int
) -> None:
    head = Row(high=20)
    rows = [
        Row(high=high, with_next=with_next, heads=(head,) if in_table else ())
        for high, with_next, in_table in shapes
    ]
    pages = flowed(rows, begins * LINE)
    assert [row for page in pages for row in page.rows if row is not head] == rows
    assert all(page.used <= HIGH + 1e-6 for page in pages)
