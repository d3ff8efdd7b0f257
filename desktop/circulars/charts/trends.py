"""Lines over weeks, each with its last number at its end. Any thread."""

from itertools import pairwise
from math import ceil
from typing import Final

from desktop.circulars.charts import frame, pens
from desktop.circulars.charts.frame import EDGE, GAP, TEXT_LINE, Area
from desktop.circulars.charts.labels import spread
from desktop.circulars.charts.scale import Scale, ticks
from desktop.circulars.geometry import LEFT, PAPER_HIGH, RIGHT, SIZE_SMALL_5
from desktop.circulars.ink import Ink
from desktop.circulars.official import Chart, Lines

LINES_HIGH: Final = 7  # of the page


def draw_lines(ink: Ink, chart: Chart, plot: Lines, top: float, foot: float) -> None:
    """A legend above, weeks below, gaps where a week is not known."""
    title, names = chart.values.title, [one.name for one in plot.series]
    frame.draw_above(ink, title, names, top + EDGE, frame.line_sample)
    known = [value for one in plot.series for value in one.values if value is not None]
    marks = ticks(known, digits=chart.values.digits, from_zero=False)
    ends = [_last(one.values) for one in plot.series]
    words = [chart.values.number(end[1]) if end else "" for end in ends]
    title_high = TEXT_LINE if chart.other.title else 0.0
    area = Area(
        LEFT + frame.number_room(ink, chart.values, marks),
        top + EDGE + frame.above_lines(ink, title, names) * TEXT_LINE + 2 * GAP,
        RIGHT - max((frame.width(ink, text) for text in words), default=0.0) - 3 * GAP,
        foot - title_high - TEXT_LINE - GAP,
    )
    scale = Scale(tuple(marks), area.bottom, area.top)
    frame.draw_upright_axis(ink, chart.values, scale, area)
    step = area.wide / max(1, len(plot.labels))
    places = [area.left + (n + 0.5) * step for n in range(len(plot.labels))]
    _draw_weeks(ink, plot.labels, places, step, area)
    for number, one in enumerate(plot.series):
        _draw_line(ink, number, list(zip(places, one.values, strict=True)), scale)
    at = [scale.at(end[1]) if end else area.bottom for end in ends]
    told = [n for n, end in enumerate(ends) if end]
    middles = spread([at[n] for n in told], SIZE_SMALL_5 + 1, area.top - 2 * GAP, area.bottom)
    for n, middle in zip(told, middles, strict=True):
        end = ends[n]
        assert end is not None
        frame.small(ink, words[n], places[end[0]] + 2 * GAP, middle)
    frame.draw_title_below(ink, chart.other.title, area, foot)


def _draw_weeks(
    ink: Ink, labels: tuple[str, ...], places: list[float], step: float, area: Area
) -> None:
    """Names of weeks, as many as have room; the last one is always told."""
    widest = max((frame.width(ink, label) for label in labels), default=0.0)
    every = max(1, ceil((widest + 2 * GAP) / step))
    pens.plain_pen(ink.canvas)
    ink.canvas.line(area.left, PAPER_HIGH - area.bottom, area.right, PAPER_HIGH - area.bottom)
    for n, label in enumerate(labels):
        if (len(labels) - 1 - n) % every == 0:
            x = places[n] - frame.width(ink, label) / 2
            frame.small(ink, label, x, area.bottom + GAP + SIZE_SMALL_5 / 2)
            y = PAPER_HIGH - area.bottom
            ink.canvas.line(places[n], y, places[n], y + GAP)


def _draw_line(
    ink: Ink, number: int, points: list[tuple[float, float | None]], scale: Scale
) -> None:
    pens.line_pen(ink.canvas, number)
    for (x0, before), (x1, after) in pairwise(points):
        if before is not None and after is not None:
            y0, y1 = scale.at(before), scale.at(after)
            ink.canvas.line(x0, PAPER_HIGH - y0, x1, PAPER_HIGH - y1)
    for x, value in points:
        if value is not None:
            pens.mark(ink.canvas, number, x, scale.at(value))
    pens.plain_pen(ink.canvas)


def _last(values: tuple[float | None, ...]) -> tuple[int, float] | None:
    found = [(n, value) for n, value in enumerate(values) if value is not None]
    return found[-1] if found else None
