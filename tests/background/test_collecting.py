"""Garbage is collected on the UI thread alone, and lanes never end what belongs to the window."""

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from desktop.background import collecting
from desktop.background.collecting import Collecting
from desktop.background.context import DeskContext
from desktop.background.lanes import Lane, Task
from desktop.contract.collector import calm_collector, tend
from tests.background.conftest import Rig


class Knot:
    """Refers to itself, so only the collector can free it."""

    def __init__(self) -> None:
        self.self = self


def make_garbage(rounds: int) -> None:
    for _round in range(rounds):
        kept = [Knot() for _each in range(1_000)]
        del kept


@pytest.fixture
def collector(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collecting]:
    monkeypatch.setattr(collecting, "START_MS", 1)
    monkeypatch.setattr(collecting, "AWAY_MS", 1)
    monkeypatch.setattr(collecting, "FULL_EVERY_S", 0.0)
    made = Collecting()
    yield made
    made.stop()
    assert gc.isenabled()


@pytest.fixture
def collected_on() -> Iterator[list[tuple[int, int]]]:
    """(thread, generation) of every collection."""
    seen: list[tuple[int, int]] = []

    def note(phase: str, info: dict[str, Any]) -> None:
        if phase == "start":
            seen.append((threading.get_ident(), info["generation"]))

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


def test_long_work_leaves_little_to_collect_at_its_end(
    collector: Collecting,
) -> None:
    gc.collect()
    kept: list[Knot] = []
    looks = []
    for _round in range(10):
        kept += [Knot() for _each in range(2 * collecting.YOUNG_MIN)]
        collector._collect_young()
        looks.append(gc.get_count()[1])
    assert max(looks) <= collecting.MIDDLE_AFTER
    assert looks.count(0) >= 3  # the middle ones had their turn meanwhile


def test_lanes_never_collect(
    collector: Collecting, collected_on: list[tuple[int, int]], qtbot: QtBot
) -> None:
    lane = Lane("test", 2)
    done: list[bool] = []

    def work() -> None:
        with calm_collector():
            make_garbage(100)
            tend()
        make_garbage(100)
        done.append(True)

    lane.submit(Task(60), work)
    lane.submit(Task(60), work)
    qtbot.waitUntil(lambda: len(done) == 2 and bool(collected_on), timeout=20_000)
    assert lane.shut(2)
    assert {thread for thread, _generation in collected_on} == {threading.get_ident()}


def test_what_lanes_leave_behind_is_freed(collector: Collecting, qtbot: QtBot) -> None:
    knot = Knot()
    gone = weakref.ref(knot)
    del knot
    lane = Lane("test", 1)
    lane.submit(Task(60), lambda: make_garbage(2))
    qtbot.waitUntil(lambda: gone() is None)
    assert lane.shut(2)


def test_everything_is_collected_after_a_long_rest(
    collector: Collecting, collected_on: list[tuple[int, int]], rig: Rig, qtbot: QtBot
) -> None:
    collector.attach(rig.context)
    rig.context.settle()
    qtbot.waitUntil(lambda: 2 in {generation for _thread, generation in collected_on})


class Part(QObject):
    """A part of a window that asks with a query of its own and tells where it dies."""

    def __init__(self, died_on: list[int]) -> None:
        super().__init__()
        weakref.finalize(self, lambda: died_on.append(threading.get_ident()))
        self.reached = threading.Event()

    def query(self, _connection: object, _args: object) -> int:
        self.reached.set()
        return 1


def test_an_asker_that_lets_go_dies_on_the_ui_thread(rig: Rig, qtbot: QtBot) -> None:
    context: DeskContext = rig.context
    died_on: list[int] = []
    rounds = 200
    for _round in range(rounds):
        part = Part(died_on)
        context.read(part, "rows", part.query, None, lambda _one: None)
        del part
    qtbot.waitUntil(lambda: len(died_on) == rounds)
    assert set(died_on) == {threading.get_ident()}


def test_a_fault_on_a_lane_dies_on_the_ui_thread(rig: Rig, qtbot: QtBot) -> None:
    died_on: list[int] = []

    class Broken(Part):
        def query(self, _connection: object, _args: object) -> int:
            raise ZeroDivisionError

    part = Broken(died_on)
    rig.context.read(part, "rows", part.query, None, lambda _one: None)
    del part
    qtbot.waitUntil(lambda: bool(rig.crashes))
    rig.crashes.clear()
    gc.collect()
    qtbot.waitUntil(lambda: bool(died_on))
    assert set(died_on) == {threading.get_ident()}


class Asked(QObject):
    """As much of a context as the collector knows."""

    idle = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.begun = 0


@pytest.mark.parametrize(("asked_since", "full"), [(0, True), (1, False)])
def test_everything_is_collected_only_if_nothing_was_asked_since_the_last_rest(
    collector: Collecting,
    collected_on: list[tuple[int, int]],
    qtbot: QtBot,
    asked_since: int,
    full: bool,
) -> None:
    context = Asked()
    collector.attach(cast("DeskContext", context))
    context.idle.emit()
    context.begun += asked_since
    collected_on.clear()
    qtbot.waitUntil(lambda: not collector.away_pending, timeout=5_000)
    assert (2 in {generation for _thread, generation in collected_on}) is full
