"""One update of a plot on screen against bare pyqtgraph `setData`, 20 lines of 365 points.

Both sides take new numbers and paint them into the same pixels. The baseline is a PlotWidget with
one PlotDataItem a line and nothing else; the desk's plot also chooses its ticks, names every line
at its end and keeps its colours and its reading up to date. A second row is the workload plot:
20 teams of five segments against as many pyqtgraph bars.
"""

import os
import sys
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from benchmarks.ratio import Ratio, seconds

LINES = 20
POINTS = 365
TEAMS = 20
UPDATES = 20
SIZE = (640, 360)
_COLORS = ("normal", "due_soon", "overdue", "paused", "unknown")


def _series(draw: np.random.Generator) -> list[list[float]]:
    return [list(np.cumsum(draw.integers(-5, 6, POINTS)) + 200.0) for _ in range(LINES)]


def _bare_lines(numbers: list[list[list[float]]]) -> Callable[[], None]:
    import pyqtgraph as pg  # noqa: PLC0415

    widget = pg.PlotWidget()
    widget.resize(*SIZE)
    x = np.arange(POINTS, dtype=float)
    lines = [widget.plot(x, np.zeros(POINTS), pen=pg.mkPen("w", width=1)) for _ in range(LINES)]
    widget.show()

    def run() -> None:
        for update in numbers:
            for line, values in zip(lines, update, strict=True):
                line.setData(x, np.asarray(values))
            widget.grab()

    return run


def _our_lines(numbers: list[list[list[float]]]) -> Callable[[], None]:
    from widgets.plot import Series, TrendLines  # noqa: PLC0415

    chart = TrendLines("")
    chart.resize(*SIZE)
    chart.show()
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(POINTS)]

    def run() -> None:
        for update in numbers:
            series = [
                Series(str(n), f"{n} 队", _COLORS[n % len(_COLORS)], values)
                for n, values in enumerate(update)
            ]
            chart.set_data(days, series, "")
            chart._paint_now()
            chart.grab()

    return run


def _bare_bars(numbers: list[np.ndarray]) -> Callable[[], None]:
    import pyqtgraph as pg  # noqa: PLC0415

    widget = pg.PlotWidget()
    widget.resize(*SIZE)
    x = np.arange(TEAMS)
    bars = [pg.BarGraphItem(x=x, height=np.ones(TEAMS), width=0.7) for _ in _COLORS]
    for bar in bars:
        widget.addItem(bar)
    widget.show()

    def run() -> None:
        for update in numbers:
            base = np.zeros(TEAMS)
            for bar, heights in zip(bars, update, strict=True):
                bar.setOpts(x=x, y0=base, height=heights)
                base = base + heights
            widget.grab()

    return run


def _our_bars(numbers: list[np.ndarray]) -> Callable[[], None]:
    from widgets.plot import Segment, StackedBars  # noqa: PLC0415

    chart = StackedBars("")
    chart.resize(*SIZE)
    chart.show()
    names = [f"{n} 队" for n in range(TEAMS)]
    segments = [Segment(key, key, key) for key in _COLORS]

    def run() -> None:
        for update in numbers:
            chart.set_data(names, segments, update.T.tolist(), "")
            chart._paint_now()
            chart.grab()

    return run


def measure() -> list[Ratio]:
    """Two rows: milliseconds for one update and its picture."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    app = QApplication.instance() or QApplication(sys.argv[:1])
    draw = np.random.default_rng(26)
    lines = [_series(draw) for _ in range(UPDATES)]
    bars = [draw.integers(5, 60, (len(_COLORS), TEAMS)) for _ in range(UPDATES)]
    rows = []
    for name, bare, ours, numbers in (
        (f"plot update, {LINES} lines × {POINTS}", _bare_lines, _our_lines, lines),
        (f"plot update, {TEAMS} stacked bars", _bare_bars, _our_bars, bars),
    ):
        baseline, own = bare(numbers), ours(numbers)
        app.processEvents()
        baseline()  # both warm: fonts and caches are filled once
        own()
        per_update = 1000 / UPDATES
        rows.append(
            Ratio(
                name,
                seconds(own) * per_update,
                seconds(baseline) * per_update,
                "ms",
                "bare pyqtgraph setData",
            )
        )
    return rows


if __name__ == "__main__":
    for row in measure():
        print(f"{row.name}: {row.ours:.2f} / {row.baseline:.2f} {row.unit} = {row.ratio:.2f}")
