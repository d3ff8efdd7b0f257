"""The paged model: never blocks, never shows a stale answer, bounded, sound under Qt's tester."""

import weakref
from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from widgets.table import Cell, Column, PagedTableModel, StaticSource, positions
from widgets.table.columns import as_cell, cell_text
from widgets.table.discards import TURN_ROWS, Discards
from widgets.table.model import LOADED_ROLE, PAGE_ROWS, PAGES_MAX
from widgets.table.source import SnapshotDone

COLUMNS = (Column("case", "Case", kind="mono"), Column("days", "Days", kind="number"))
Row = Mapping[str, object]
Answer = Callable[[], None]


class Source:
    """Rows that a test changes; answers at once, or when the test says so, or from a timer."""

    def __init__(self, count: int, *, mode: str = "now") -> None:
        self.ids = list(range(1, count + 1))
        self.version = 0
        self.mode = mode
        self.held: list[Answer] = []
        self.snapshots: list[tuple[str | None, bool]] = []
        self.pages: list[list[int]] = []
        self.timers = QObject()

    def snapshot(self, sort: str | None, descending: bool, done: SnapshotDone) -> None:
        self.snapshots.append((sort, descending))
        ids = sorted(self.ids, reverse=descending) if sort else list(self.ids)
        self._answer(partial(done, ids))

    def page(self, ids: Sequence[int], done: Callable[[Mapping[int, Row]], None]) -> None:
        self.pages.append(list(ids))
        present = set(self.ids)
        rows = {i: {"case": f"c{i}v{self.version}", "days": i} for i in ids if i in present}
        self._answer(partial(done, rows))

    def _answer(self, answer: Answer) -> None:
        if self.mode == "now":
            answer()
        elif self.mode == "held":
            self.held.append(answer)
        else:
            QTimer.singleShot(1, self.timers, answer)

    def release(self) -> None:
        held, self.held = self.held, []
        for answer in held:
            answer()


def checked_model(source: Source) -> PagedTableModel:
    model = PagedTableModel(COLUMNS, source)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def shown(model: PagedTableModel, row: int, column: int = 0) -> str:
    return str(model.index(row, column).data())


def load(qtbot: QtBot, model: PagedTableModel, row: int) -> None:
    shown(model, row)
    qtbot.waitUntil(lambda: bool(model.index(row, 0).data(LOADED_ROLE)))


def test_one_snapshot_gives_count_and_places_at_once(qtbot: QtBot) -> None:
    model = checked_model(Source(1284))
    model.refresh()
    assert model.rowCount() == 1284
    assert model.id_at(1283) == 1284
    assert model.row_of(1284) == 1283
    assert model.row_of(9999) is None
    assert model.id_at(-1) is None
    assert model.id_at(5000) is None


def test_data_asks_later_and_only_once_for_a_page(qtbot: QtBot) -> None:
    source = Source(1000)
    model = checked_model(source)
    model.refresh()
    qtbot.waitUntil(lambda: bool(source.pages))
    source.pages.clear()
    for row in range(400, 460):
        assert model.index(row, 0).data() == ""
    assert source.pages == []
    with qtbot.waitSignal(model.page_arrived):
        pass
    assert source.pages == [list(range(401, 601))]
    assert shown(model, 400) == "c401v0"


def test_one_change_signal_for_a_page(qtbot: QtBot) -> None:
    source = Source(1000)
    model = checked_model(source)
    model.refresh()
    spans: list[tuple[int, int, int]] = []
    model.dataChanged.connect(
        lambda first, last: spans.append((first.row(), last.row(), last.column()))
    )
    load(qtbot, model, 250)
    assert (200, 399, 1) in spans
    assert len([span for span in spans if span[0] == 200]) == 1


def test_pages_far_from_the_viewport_are_not_asked_for(qtbot: QtBot) -> None:
    source = Source(10_000)
    model = checked_model(source)
    model.refresh()
    load(qtbot, model, 0)
    model.set_viewport(8000, 8040)
    source.pages.clear()
    for row in (600, 2000, 4000, 8010):
        shown(model, row)
    load(qtbot, model, 8010)
    assert [page[0] for page in source.pages] == [8001]


def test_the_cache_is_bounded(qtbot: QtBot) -> None:
    source = Source(PAGE_ROWS * (PAGES_MAX + 20))
    model = PagedTableModel(COLUMNS, source)
    model.refresh()
    for page in range(PAGES_MAX + 20):
        load(qtbot, model, page * PAGE_ROWS)
    in_memory = [row for row in range(model.rowCount()) if model.row_values(row) is not None]
    assert len(in_memory) == PAGES_MAX * PAGE_ROWS


def test_an_answer_to_an_older_snapshot_is_dropped(qtbot: QtBot) -> None:
    source = Source(50, mode="held")
    model = checked_model(source)
    model.refresh()
    late = source.held.pop()
    source.ids = source.ids[:10]
    model.refresh()
    source.release()
    assert model.rowCount() == 10
    late()
    assert model.rowCount() == 10


def test_a_page_asked_for_before_a_change_is_dropped(qtbot: QtBot) -> None:
    source = Source(50, mode="held")
    model = checked_model(source)
    model.refresh()
    source.release()
    shown(model, 0)
    qtbot.waitUntil(lambda: bool(source.held))
    late = source.held.pop()
    source.version = 1
    model.invalidate([3])
    late()
    assert model.index(0, 0).data(LOADED_ROLE) is False
    qtbot.waitUntil(lambda: bool(source.held))
    source.release()
    assert shown(model, 2) == "c3v1"


def test_shown_rows_stay_until_their_replacement_comes(qtbot: QtBot) -> None:
    source = Source(50)
    model = checked_model(source)
    model.refresh()
    load(qtbot, model, 0)
    source.mode = "held"
    source.version = 1
    model.invalidate([1])
    assert shown(model, 0) == "c1v0"
    qtbot.waitUntil(lambda: bool(source.held))
    source.release()
    assert shown(model, 0) == "c1v1"


def test_rows_keep_their_words_over_a_change_of_order(qtbot: QtBot) -> None:
    source = Source(50)
    model = checked_model(source)
    model.refresh()
    load(qtbot, model, 0)
    source.mode = "held"
    model.sort(1, Qt.SortOrder.DescendingOrder)
    source.release()
    assert source.snapshots[-1] == ("days", True)
    assert model.id_at(0) == 50
    assert shown(model, 0) == "c50v0"


def test_a_snapshot_that_shrinks_and_grows(qtbot: QtBot) -> None:
    source = Source(700, mode="timer")
    model = checked_model(source)
    for count in (700, 3, 0, 450, 1):
        source.ids = list(range(1, count + 1))
        with qtbot.waitSignal(model.snapshot_applied):
            model.refresh()
        assert model.rowCount() == count
        if count:
            load(qtbot, model, count - 1)
            assert shown(model, count - 1) == f"c{count}v0"


def test_a_row_gone_since_the_snapshot_shows_a_dash(qtbot: QtBot) -> None:
    source = Source(5)
    model = checked_model(source)
    model.refresh()
    source.ids.remove(2)
    load(qtbot, model, 1)
    assert shown(model, 1) == "—"


def test_collect_reads_what_is_missing_in_the_order_asked(qtbot: QtBot) -> None:
    source = Source(1000)
    model = checked_model(source)
    model.refresh()
    load(qtbot, model, 0)
    answers: list[list[Row]] = []
    model.collect([900, 1, 555], answers.append)
    assert [row["days"] for row in answers[0]] == [900, 1, 555]
    model.collect([], answers.append)
    assert answers[1] == []


def test_only_sortable_columns_sort() -> None:
    source = Source(5)
    columns = (Column("case", "Case", sortable=False), Column("days", "Days", kind="number"))
    model = PagedTableModel(columns, source)
    model.sort(0)
    assert source.snapshots == []
    model.sort(1)
    model.sort(-1)
    assert source.snapshots == [("days", False), (None, False)]


def test_two_columns_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="share a key"):
        PagedTableModel((Column("a", "A"), Column("a", "B")), Source(1))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("size"), st.integers(0, 900)),
            st.tuples(st.just("touch"), st.integers(1, 900)),
            st.tuples(st.just("look"), st.integers(0, 899)),
            st.tuples(st.just("answer"), st.just(0)),
            st.tuples(st.just("sort"), st.integers(0, 1)),
        ),
        max_size=30,
    )
)
def test_any_mix_of_changes_ends_in_the_truth(acts: list[tuple[str, int]]) -> None:
    source = Source(300, mode="held")
    model = checked_model(source)
    model.refresh()
    for act, number in acts:
        if act == "size":
            source.ids = list(range(1, number + 1))
            model.refresh()
        elif act == "touch":
            source.version += 1
            model.invalidate([number])
        elif act == "look" and number < model.rowCount():
            shown(model, number)
            model._ask_wanted()
        elif act == "answer":
            source.release()
        elif act == "sort":
            model.sort(1, Qt.SortOrder(number))
    source.mode = "now"
    source.version += 1
    source.release()
    model.refresh()
    model.invalidate(source.ids)
    for row in range(model.rowCount()):
        shown(model, row)
        model._ask_wanted()
    assert model.rowCount() == len(source.ids)
    for row in range(model.rowCount()):
        assert shown(model, row) == f"c{model.id_at(row)}v{source.version}"


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (3824051620, "money", "38,240,516.20"),
        (-5, "money", "-0.05"),
        (0, "money", "0.00"),
        (None, "money", "—"),
        (1284, "number", "1,284"),
        ("", "text", "—"),
        (("overdue", "超期"), "state", "超期"),
        ("normal", "state", "Normal"),
        (Cell(6, "overdue", "+6"), "number", "+6"),
    ],
)
def test_words_of_values(value: object, kind: str, words: str) -> None:
    assert cell_text(as_cell(value, kind), kind) == words  # type: ignore[arg-type]


def test_static_source_sorts_with_empty_values_last() -> None:
    source = StaticSource([{"n": 2}, {"n": None}, {"n": 10}, {"n": Cell(1)}])
    answers: list[Sequence[int]] = []
    source.snapshot("n", False, answers.append)
    source.snapshot("n", True, answers.append)
    assert answers == [[3, 0, 2, 1], [2, 0, 3, 1]]


def test_header_and_parents(qtbot: QtBot) -> None:
    model = checked_model(Source(3))
    model.refresh()
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Case"
    assert model.headerData(5, Qt.Orientation.Horizontal) is None
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.rowCount(QModelIndex()) == 3


@given(
    ids=st.lists(st.integers(-5, 20_000) | st.integers(0, 2**62), unique=True, max_size=60),
    short=st.booleans(),
    asked=st.integers(-10, 20_010),
)
def test_a_long_list_finds_its_rows_as_a_short_one_does(
    ids: list[int], short: bool, asked: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(positions, "SHORT_ROWS", 100 if short else 0)
        patch.setattr(positions, "_STEP_ROWS", 7)
        for held in (ids, array("q", ids)):
            for found in (positions.Positions(held), positions.Positions(held).prepare(_rest)):
                assert [found.row_of(one) for one in ids] == list(range(len(ids)))
                assert found.row_of(asked) == (ids.index(asked) if asked in ids else None)


def _rest() -> None:
    """Nobody else wants the interpreter here."""


def test_a_lane_prepares_the_places_so_that_the_window_need_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = array("q", range(10, 20_010))
    breaths: list[int] = []
    snapshot = positions.Positions(ids).prepare(lambda: breaths.append(1))
    assert breaths
    monkeypatch.setattr(positions.Positions, "_index", None)  # no second time

    class Prepared(Source):
        def snapshot(self, _sort: str | None, _descending: bool, done: SnapshotDone) -> None:
            done(snapshot)

    model = checked_model(Prepared(0))
    model.refresh()
    assert model.ids is ids
    assert model.row_of(19_999) == 19_989


def test_snapshots_are_equal_or_not_whatever_holds_them() -> None:
    assert positions.same_ids([1, 2, 3], array("q", [1, 2, 3]))
    assert positions.same_ids(array("q", [1, 2]), array("q", [1, 2]))
    assert not positions.same_ids(array("q", [1, 2]), array("q", [2, 1]))
    assert not positions.same_ids([1, 2], [1, 2, 3])


def test_rows_that_are_not_needed_go_a_few_at_a_time(qtbot: QtBot) -> None:
    class Kept:
        pass

    discards = Discards()
    rows = [Kept() for _ in range(3 * TURN_ROWS)]
    seen = [weakref.ref(row) for row in rows]
    discards.take(rows)
    rows.clear()
    alive = [sum(one() is not None for one in seen)]

    def look() -> bool:
        now = sum(one() is not None for one in seen)
        if now != alive[-1]:
            alive.append(now)
        return now == 0

    assert alive == [3 * TURN_ROWS]
    qtbot.waitUntil(look)
    assert all(a - b <= 2 * TURN_ROWS for a, b in pairwise(alive))
    assert discards.held == 0


def test_a_refresh_lets_go_of_the_rows_out_of_sight(qtbot: QtBot) -> None:
    source = Source(PAGE_ROWS * 12)
    model = PagedTableModel(COLUMNS, source)
    model.refresh()
    for row in range(0, PAGE_ROWS * 12, PAGE_ROWS):
        model.set_viewport(row, row + 10)
        model.data(model.index(row, 0))
        qtbot.waitUntil(lambda row=row: model.row_values(row) is not None)  # type: ignore[misc]
    model.set_viewport(0, 10)
    model.refresh()  # the same ids: pages far from the screen are out of date
    assert model.row_values(PAGE_ROWS * 8) is None
    assert model._discards.held > PAGE_ROWS
    qtbot.waitUntil(lambda: model._discards.held == 0)
