"""Lanes give way to a window at work, for a while."""

import sys
import threading
import time

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from desktop.background.courtesy import RESTING_S, WORKING_S, Courtesy
from desktop.background.lanes import Task
from desktop.contract import courtesy
from desktop.contract.courtesy import breathe, fetched, in_slices, window_rests, window_works
from widgets.busy import begin_work


@pytest.fixture(autouse=True)
def _rest_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy._State, "own_turn_ends", 0.0)
    monkeypatch.setattr(courtesy._State, "window", None)


class Noted(threading.Event):
    """Notes how long others would wait for it, and lets nobody wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return self.is_set()


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> Noted:
    noted = Noted()
    monkeypatch.setattr(courtesy, "_window_rests", noted)
    return noted


def test_the_window_never_waits_for_itself(rests: Noted) -> None:
    window_works(threading.get_ident())
    breathe()
    window_rests()
    assert rests.waits == []


def test_a_lane_sleeps_while_the_window_works_but_is_never_starved(
    rests: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courtesy, "OWN_TURN_S", 60.0)
    window_works(-1)
    breathe()
    breathe()
    window_rests()
    assert rests.waits == [courtesy.WAIT_MAX_S]


def test_a_lane_goes_on_as_soon_as_the_window_rests() -> None:
    window_works(-1)
    threading.Timer(0.002, window_rests).start()
    begun = time.monotonic()
    breathe()
    assert courtesy._window_rests.is_set()
    assert time.monotonic() - begun < 5.0


def test_no_deadline_passes_while_the_window_takes_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    task = Task(10.0)
    now[0] += 6.0
    window_works(-1)
    now[0] += 50.0
    assert not task.late
    window_works(-1)  # still the same stretch of work
    now[0] += 50.0
    window_rests()
    now[0] += 3.9
    assert not task.late
    now[0] += 0.2
    assert task.late


def test_rows_come_whole_and_in_order_in_small_calls() -> None:
    rows = [(number,) for number in range(1_001)]

    class Cursor:
        def __init__(self) -> None:
            self.at = 0
            self.calls = 0

        def fetchmany(self, size: int) -> list[tuple[int]]:
            self.calls += 1
            part = rows[self.at : self.at + size]
            self.at += size
            return part

    cursor = Cursor()
    assert list(fetched(cursor)) == rows
    assert cursor.calls == len(rows) // courtesy.SLICE_ROWS + 2  # the last one finds no more
    assert list(fetched(None)) == []
    assert [row for part in in_slices(rows) for row in part] == rows
    assert max(map(len, in_slices(rows))) == courtesy.SLICE_ROWS


def test_a_long_list_is_sorted_as_a_short_one_is() -> None:
    rows = [((number * 7_919) % 3_001, number) for number in range(3_500)]
    assert courtesy.sorted_in_slices(rows, lambda row: row[0]) == sorted(
        rows, key=lambda row: row[0]
    )
    assert courtesy.sorted_in_slices(rows[:9], lambda row: -row[0]) == sorted(
        rows[:9], key=lambda row: -row[0]
    )


def test_the_event_loop_says_when_the_window_works(qtbot: QtBot) -> None:
    before = sys.getswitchinterval()
    watch = Courtesy()
    seen: list[tuple[bool, float]] = []

    def work() -> None:
        begin_work()
        seen.append((courtesy._window_rests.is_set(), sys.getswitchinterval()))

    QTimer.singleShot(1, work)
    qtbot.waitUntil(lambda: bool(seen) and courtesy._window_rests.is_set())
    assert [rests for rests, _interval in seen] == [False]
    assert [interval for _rests, interval in seen] == pytest.approx([WORKING_S], rel=0.1)
    assert sys.getswitchinterval() == pytest.approx(RESTING_S, rel=0.1)
    watch.stop()
    begin_work()
    assert courtesy._window_rests.is_set()
    assert sys.getswitchinterval() == before
