"""500 units that all move once a second, on the map with a base map and on a bare QGraphicsView.

A tick of the event loop is due every 5 ms; a stall is how late it comes. Other programs of a busy
machine make it late, too: a stall of the desk's own making is no longer than the processor time
that its thread has used since the tick before, and the goal is for that one; the whole wait stands
in a row of its own, beside what the bare view had to wait. The desk's map is in a
window of 1920 × 1080 with the base map that comes along, labels, headings, circles of accuracy, 25
trails and two fences; every move is a new list of units to `set_units`. The baseline is a
QGraphicsView of the same size whose scene holds as many items, each one pixmap, without labels and
without a ground.

Ten minutes of positions are 600 moves. Time is compressed: a move comes every 100 ms instead of
every second, so that the 600 moves take one minute; each costs what it would at 1 Hz, but the rest
between two is a tenth, which is the harder case. The cost of a frame is the processor time of
giving all 500 new places and painting the picture that shows them, measured apart from the run.
Memory is the growth of the process over the last 500 of the 600 moves, once caches are warm.

`python -m benchmarks.map_units --minutes 10` plays the time itself: one move a second, for so many
minutes on each side; memory is then the growth after the first minute.
"""

import argparse
import gc
import math
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.ratio import Ratio

UNITS = 500
MOVES = 600
WARM = 100
MOVE_MS = 100
TICK_MS = 5
SIZE = (1920, 1080)
TRAILS = 25
_STATES = ("normal", "normal", "normal", "due_soon", "overdue", "paused", "unknown")
_KINDS = ("person", "vehicle", "police")


@dataclass(frozen=True)
class Pace:
    """How many moves, of which some are left out of the count, and how many ms apart."""

    moves: int = MOVES
    warm: int = WARM
    every_ms: int = MOVE_MS


def real_time(minutes: int) -> Pace:
    """One move a second; the first minute warms the caches."""
    return Pace(60 * minutes, min(60, 30 * minutes), 1_000)


class Walk:
    """Places of all units, move after move; the same for both sides."""

    def __init__(self) -> None:
        draw = random.Random(61)
        self._starts = [
            (112.45 + draw.gauss(0, 0.12), 34.62 + draw.gauss(0, 0.07), draw.uniform(0, 360))
            for _ in range(UNITS)
        ]

    def places(self, move: int) -> list[tuple[float, float, float]]:
        """(longitude, latitude, heading) of each unit; some 15 m from where it was before."""
        found = []
        for longitude, latitude, turn in self._starts:
            angle = math.radians(turn + move * 2)
            found.append(
                (
                    longitude + 0.0045 * math.sin(angle),
                    latitude + 0.0037 * math.cos(angle),
                    (turn + move * 2 + 90) % 360,
                )
            )
        return found


def _marks(places: Sequence[tuple[float, float, float]]) -> list[Any]:
    from widgets.map import UnitMark  # noqa: PLC0415

    return [
        UnitMark(
            f"u{n}",
            f"执行{n:03d}",
            longitude,
            latitude,
            _KINDS[n % 3],  # type: ignore[arg-type]
            _STATES[n % len(_STATES)],
            heading,
            age_s=1.0,
            accuracy_m=20.0 if n % 3 else 400.0,
            source="GPS",
            opacity=0.5 if n % 11 == 0 else 1.0,
            stale=n % 11 == 0,
        )
        for n, (longitude, latitude, heading) in enumerate(places)
    ]


def _our_map(walk: Walk) -> tuple[Any, Callable[[int], None]]:
    """The map and what moves all its units."""
    import resources  # noqa: PLC0415
    from widgets.map import Fence, MapView, Trail  # noqa: PLC0415

    view = MapView(lambda work, args, take: take(work(args)))
    view.resize(*SIZE)
    view.open_base(str(resources.path("map/invented.geojson")))
    view.set_fences(
        [Fence("a", "甲", [(112.45, 34.62)], 3000.0), Fence("b", "乙", [(112.5, 34.6)], 900.0)]
    )
    tails = [walk.places(move) for move in range(-40, 0)]
    view.set_trails(
        [Trail(f"u{n}", [(tail[n][0], tail[n][1]) for tail in tails]) for n in range(TRAILS)]
    )
    view.show()
    return view, lambda move: view.set_units(_marks(walk.places(move)))


def _bare_view(walk: Walk) -> tuple[Any, Callable[[int], None]]:
    """A plain scene of as many pixmaps and what moves them."""
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtGui import QColor, QPixmap  # noqa: PLC0415
    from PySide6.QtWidgets import QGraphicsScene, QGraphicsView  # noqa: PLC0415

    scene = QGraphicsScene(0, 0, *SIZE)
    view = QGraphicsView(scene)
    scene.setParent(view)
    view.resize(*SIZE)
    view.setFrameShape(QGraphicsView.Shape.NoFrame)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    picture = QPixmap(24, 24)
    picture.fill(QColor("#2FA98C"))
    items = [scene.addPixmap(picture) for _ in range(UNITS)]
    view.show()

    def move(step: int) -> None:
        for item, (longitude, latitude, _) in zip(items, walk.places(step), strict=True):
            item.setPos(
                SIZE[0] / 2 + (longitude - 112.45) * 2000, SIZE[1] / 2 - (latitude - 34.62) * 2400
            )

    return view, move


def _memory() -> float:
    """Megabytes of the process that lie in memory."""
    import psutil  # noqa: PLC0415  Only those who measure have it.

    gc.collect()
    return float(psutil.Process().memory_info().rss / 1e6)


def _run(app: Any, move: Callable[[int], None], pace: Pace) -> tuple[float, float, float]:
    """All moves in a running event loop: (own worst stall, whole one, both ms; growth in %)."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer  # noqa: PLC0415

    loop = QEventLoop()
    # The worst alone is kept: a list of all ticks would itself be memory that grows.
    state = {"move": 0, "memory": 0.0, "last": time.perf_counter(), "used": time.thread_time()}
    state |= {"own": 0.0, "whole": 0.0}

    def tick() -> None:
        now, used = time.perf_counter(), time.thread_time()
        late = (now - state["last"]) * 1000 - TICK_MS
        state["whole"] = max(state["whole"], late)
        state["own"] = max(state["own"], min(late, (used - state["used"]) * 1000))
        state["last"], state["used"] = now, used

    def step() -> None:
        if state["move"] == pace.warm:
            state["memory"] = _memory()
            state["own"] = state["whole"] = 0.0
            state["last"], state["used"] = time.perf_counter(), time.thread_time()
        if state["move"] == pace.moves:
            loop.quit()
            return
        move(int(state["move"]))
        state["move"] += 1

    timers = []
    for every, work in ((TICK_MS, tick), (pace.every_ms, step)):
        timer = QTimer(loop)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(work)
        timer.start(every)
        timers.append(timer)
    loop.exec()
    for timer in timers:
        timer.stop()
    growth = (_memory() / state["memory"] - 1) * 100
    app.processEvents()
    return state["own"], state["whole"], growth


def _frame(view: Any, move: Callable[[int], None]) -> float:
    """Milliseconds for new places of all units and the picture of them."""
    surface = getattr(view, "canvas", None) or view.viewport()
    step = [MOVES]

    def once() -> None:
        step[0] += 1
        move(step[0])
        surface.repaint()

    taken = []
    for number in range(65):
        before = time.process_time()
        once()
        if number >= 5:
            taken.append(time.process_time() - before)
    return median(taken) * 1000


def measure(pace: Pace | None = None) -> list[Ratio]:
    """Four rows: frame, stall, the whole stall, memory."""
    pace = pace or Pace()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    app = QApplication.instance() or QApplication(sys.argv[:1])
    found = []
    for make in (_bare_view, _our_map):
        view, move = make(Walk())
        app.processEvents()
        move(0)
        app.processEvents()
        stall, whole, growth = _run(app, move, pace)
        found.append((stall, whole, growth, _frame(view, move)))
        view.close()
        view.deleteLater()
        app.processEvents()
    bare, ours = found
    against = f"bare QGraphicsView, {UNITS} pixmaps"
    rows = (
        ("frame of the map", 3, "ms", None),
        ("worst UI stall", 0, "ms", 50.0),
        ("the same with the time of other programs", 1, "ms", None),
        ("growth of memory", 2, "%", 5.0),
    )
    return [
        Ratio(
            f"{name}, {UNITS} units moving, {pace.moves} moves",
            ours[place],
            bare[place],
            unit,
            against,
            goal=goal,
            bound_ours=True,
        )
        for name, place, unit, goal in rows
    ]


def _asked() -> Pace | None:
    parser = argparse.ArgumentParser(description="500 units on the map")
    parser.add_argument("--minutes", type=int, metavar="N", help="play N minutes at 1 Hz")
    minutes = parser.parse_args().minutes
    if minutes is not None and minutes < 1:
        parser.error("--minutes must be 1 or more")
    return None if minutes is None else real_time(minutes)


if __name__ == "__main__":
    for row in measure(_asked()):
        print(f"{row.name}: {row.ours:.2f} / {row.baseline:.2f} {row.unit} = {row.ratio:.2f}")
