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
from pathlib import Path
from typing import Any

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


def withheld() -> list[int]:
    """Milliseconds, since the start, in which the host had each processor; empty elsewhere."""
    if not _STAT.exists():
        return []
    lines = _STAT.read_text("ascii").splitlines()
    each = [line.split() for line in lines if line.startswith("cpu") and line[3].isdigit()]
    return [int(words[8]) * _TICK_MS for words in each]


class Pulse(QObject):
    """Ticks, scrolls, and remembers the longest wait between two ticks, in milliseconds: the
    whole of it, and without what the host withheld meanwhile."""

    def __init__(self, table: Any) -> None:
        super().__init__()
        self._bar = table.verticalScrollBar()
        self._step = max(1, self._bar.pageStep() // 2)
        self._last = time.perf_counter()
        self.worst_ms = self.worst_own_ms = 0.0
        self._withheld = withheld()
        self.late: list[tuple[float, int, float]] = []
        self.ticks = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def restart(self) -> None:
        """Forgets what was measured so far."""
        self._last = time.perf_counter()
        self._withheld = withheld()
        self.worst_ms, self.worst_own_ms, self.ticks, self.late = 0.0, 0.0, 0, []

    def _tick(self) -> None:
        now = time.perf_counter()
        waited = (now - self._last) * 1000 - TICK_MS
        before, self._withheld = self._withheld, withheld()
        taken = max((b - a for a, b in zip(before, self._withheld, strict=True)), default=0)
        self.worst_ms = max(self.worst_ms, waited)
        self.worst_own_ms = max(self.worst_own_ms, waited - taken)
        self.late.append((waited, taken, now))
        self._last = now
        self.ticks += 1
        if self._bar.value() >= self._bar.maximum() - self._step:
            self._step = -abs(self._step)
        elif self._bar.value() <= self._bar.minimum():
            self._step = abs(self._step)
        self._bar.setValue(self._bar.value() + self._step)


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
            still, still_own = pulse.worst_ms, pulse.worst_own_ms
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
            late = [
                f"{waited:.0f} (host {stolen}) at {when - before:.0f} s"
                for waited, stolen, when in sorted(pulse.late, reverse=True)[:12]
            ]
            print(f"import {taken:.1f} s, {pulse.ticks} ticks, latest {late}", flush=True)
            against = "the same scrolling without an import"
            return [
                Ratio(
                    f"worst UI stall, importing {CASES:,} cases and scrolling",
                    pulse.worst_own_ms,
                    still_own,
                    "ms",
                    against,
                    goal=50.0,
                    bound_ours=True,
                ),
                Ratio(
                    "the same with what the host of the machine withheld",
                    pulse.worst_ms,
                    still,
                    "ms",
                    against,
                ),
            ]
