"""Worst stall of the user interface while 50,000 cases are imported and the node list scrolls.

A timer of the event loop is due every 5 ms; a stall is how late it comes, that is how long a key
press would have waited. Each tick scrolls the list by half a page, so rows are asked for, arrive
and are painted all the time. The baseline is the same scrolling without an import.

On a shared machine the host takes the processors away now and then, for 20 to 60 ms at a time and
from every program alike. The kernel counts that ("steal"), so it is told apart: the goal is for
what the desk itself causes, and the whole wait stands in a row of its own.
"""

import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer

from benchmarks import import_rows
from benchmarks.demo_store import demo_store
from benchmarks.ratio import Ratio
from benchmarks.running_desk import running_desk, wait_until
from desktop.contract.filters import NodeFilter
from desktop.importing.apply import ImportArgs
from desktop.importing.profile_files import load_profile
from desktop.panels.exchange.commands import import_file

CASES = 50_000
TICK_MS = 5
STILL_S = 10.0


_STAT = Path("/proc/stat")
_TICK_MS = 10  # what the kernel counts in
_COUNTED_WITHIN_MS = 20  # milliseconds after a pause


def withheld() -> list[int]:
    """Milliseconds, since the start, in which the host had each processor; empty elsewhere."""
    if not _STAT.exists():
        return []
    lines = _STAT.read_text("ascii").splitlines()
    each = [line.split() for line in lines if line.startswith("cpu") and line[3].isdigit()]
    return [int(words[8]) * _TICK_MS for words in each]


class Tick(NamedTuple):
    """How long one was late, what the host withheld since the one before (both in milliseconds),
    and when it came (seconds)."""

    late: float
    withheld: int
    at: float


def own(ticks: Sequence[Tick]) -> list[float]:
    """How late each tick was without what the host withheld, in milliseconds.

    The kernel counts at its own clock, so the end of a pause may stand only with the ticks just
    after it.
    """
    found = []
    for place, tick in enumerate(ticks):
        counted = tick.withheld
        for after in ticks[place + 1 : place + 1 + _COUNTED_WITHIN_MS // TICK_MS]:
            if (after.at - tick.at) * 1000 <= _COUNTED_WITHIN_MS:
                counted += after.withheld
        found.append(tick.late - counted)
    return found


class Pulse(QObject):
    """Ticks, scrolls, and remembers every tick."""

    def __init__(self, table: Any) -> None:
        super().__init__()
        self._bar = table.verticalScrollBar()
        self._step = max(1, self._bar.pageStep() // 2)
        self._last = time.perf_counter()
        self._withheld = withheld()
        self.ticks: list[Tick] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def restart(self) -> None:
        """Forgets what was measured so far."""
        self._last = time.perf_counter()
        self._withheld = withheld()
        self.ticks = []

    def _tick(self) -> None:
        now = time.perf_counter()
        waited = (now - self._last) * 1000 - TICK_MS
        before, self._withheld = self._withheld, withheld()
        taken = max((b - a for a, b in zip(before, self._withheld, strict=True)), default=0)
        self.ticks.append(Tick(waited, taken, now))
        self._last = now
        if self._bar.value() >= self._bar.maximum() - self._step:
            self._step = -abs(self._step)
        elif self._bar.value() <= self._bar.minimum():
            self._step = abs(self._step)
        self._bar.setValue(self._bar.value() + self._step)


def _worst(ticks: Sequence[Tick]) -> tuple[float, float]:
    """The longest wait, and the longest one of the desk's own making."""
    return max(tick.late for tick in ticks), max(own(ticks))


def measure() -> list[Ratio]:
    """The worst stall in milliseconds, importing against not importing; own, then whole."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "cases.csv"
        import_rows.write_file(file, CASES)
        store = folder / "store"
        shutil.copytree(demo_store(), store)
        with running_desk(store) as desk:
            desk.window.open_panel("process_monitor")
            view = desk.window.desk.host("process_monitor").view
            view.show_filter(NodeFilter())
            wait_until(lambda: view.model.rowCount() > CASES and not desk.context.outstanding)
            pulse = Pulse(view.table)
            ends = time.perf_counter() + STILL_S
            wait_until(lambda: time.perf_counter() > ends)
            still, still_own = _worst(pulse.ticks)
            outcome: list[object] = []
            context = desk.context
            args = ImportArgs(
                file,
                load_profile("branch_cases"),
                context.today(),
                context.who.name,
                context.now().isoformat(),
            )
            pulse.restart()
            before = time.perf_counter()
            context.write_long(
                view, "导入", import_file, args, lambda *_: None, outcome.append, outcome.append
            )
            wait_until(lambda: bool(outcome))
            wait_until(lambda: not context.outstanding)
            taken = time.perf_counter() - before
            assert not isinstance(outcome[0], str), outcome[0]
            each = sorted(zip(own(pulse.ticks), pulse.ticks, strict=True), reverse=True)
            latest = [f"{o:.0f} of {t.late:.0f} at {t.at - before:.0f} s" for o, t in each[:12]]
            print(f"import {taken:.1f} s, {len(pulse.ticks)} ticks, latest {latest}", flush=True)
            whole, whole_own = _worst(pulse.ticks)
            against = "the same scrolling without an import"
            return [
                Ratio(
                    f"worst UI stall, importing {CASES:,} cases and scrolling",
                    whole_own,
                    still_own,
                    "ms",
                    against,
                    goal=50.0,
                    bound_ours=True,
                ),
                Ratio(
                    "the same with what the host of the machine withheld",
                    whole,
                    still,
                    "ms",
                    against,
                ),
            ]
