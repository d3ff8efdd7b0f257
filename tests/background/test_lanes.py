"""Lanes, the hub and the coalescer by themselves."""

import threading
import time
from datetime import date
from itertools import pairwise

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.background.coalesce import Coalescer
from desktop.background.court_time import CourtTime
from desktop.background.hub import Hub
from desktop.background.lanes import Lane, LaneFullError, Rank, Task
from storage.records.changes import ALL, ChangeSet


def test_a_full_lane_refuses() -> None:
    lane = Lane("test", 1, queue_max=2)
    gate = threading.Event()
    lane.submit(Task(10), gate.wait)
    lane.submit(Task(10), gate.wait)
    with pytest.raises(LaneFullError, match="后台任务过多"):
        lane.submit(Task(10), gate.wait)
    gate.set()
    assert lane.shut(2)


def test_a_closed_lane_takes_nothing() -> None:
    lane = Lane("test", 1)
    assert lane.shut(1)
    assert not lane.submit(Task(1), lambda: None)


def test_the_hub_runs_calls_of_all_threads_in_order(qtbot: QtBot) -> None:
    hub = Hub(lambda fault: pytest.fail(str(fault)))
    seen: dict[int, list[int]] = {0: [], 1: [], 2: []}

    def post(source: int) -> None:
        for number in range(2_000):
            hub.post(lambda number=number: seen[source].append(number))  # type: ignore[misc]

    threads = [threading.Thread(target=post, args=(source,)) for source in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    qtbot.waitUntil(lambda: sum(map(len, seen.values())) == 6_000)
    assert all(numbers == list(range(2_000)) for numbers in seen.values())


def test_a_closed_hub_finishes_what_it_has_and_takes_no_more(qtbot: QtBot) -> None:
    hub = Hub(lambda fault: pytest.fail(str(fault)))
    seen: list[str] = []
    hub.post(lambda: seen.append("before"))
    hub.close()
    hub.post(lambda: seen.append("after"))
    assert seen == ["before"]


def test_a_hundred_thousand_changes_become_few_announcements(qtbot: QtBot) -> None:
    coalescer = Coalescer()
    heard: list[tuple[float, ChangeSet]] = []
    coalescer.announced.connect(lambda changes: heard.append((time.monotonic(), changes)))
    for number in range(100_000):
        coalescer.add(ChangeSet({"node_event": frozenset((str(number),))}))
    coalescer.add(ChangeSet({"case": frozenset(("last",))}))
    qtbot.waitUntil(lambda: heard[-1][1].touches("case"), timeout=2_000)
    assert len(heard) <= 2 + 5 * (heard[-1][0] - heard[0][0])
    assert heard[-1][1].ids("node_event") is ALL
    gaps = [late[0] - early[0] for early, late in pairwise(heard)]
    assert all(gap > 0.15 for gap in gaps)


def test_the_day_turns_once(qtbot: QtBot) -> None:
    owner = QObject()
    clock = CourtTime("2026-09-30", owner)
    heard: list[date] = []
    clock.day_changed.connect(heard.append)
    assert clock.now().date() == date(2026, 9, 30)
    clock.check()
    clock.hold(date(2026, 10, 1))
    clock.check()
    assert heard == [date(2026, 10, 1)]
    clock.stop()


def test_rows_in_view_overtake_counts_and_keep_their_order() -> None:
    lane = Lane("test", 1)
    gate = threading.Event()
    ran: list[str] = []
    lane.submit(Task(10), lambda: gate.wait(5) and None)
    asked = [(Rank.LAST, "count"), (Rank.USUAL, "plot"), (Rank.FIRST, "page 1")]
    for rank, name in [*asked, (Rank.FIRST, "page 2"), (Rank.USUAL, "plot 2")]:
        lane.submit(Task(10, rank=rank), lambda name=name: ran.append(name))  # type: ignore[misc]
    gate.set()
    assert lane.finish(5)
    assert ran == ["page 1", "page 2", "plot", "plot 2", "count"]
    assert not lane.tasks()
    assert lane.shut(1)
