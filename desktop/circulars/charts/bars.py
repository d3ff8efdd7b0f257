"""Bars by category, upright or lying, with their numbers at their ends. Any thread."""

from collections.abc import Iterator
from math import ceil
from typing import Final

from desktop.circulars.charts import frame, pens
from desktop.circulars.charts.frame import EDGE, GAP, TEXT_LINE, Area
from desktop.circulars.charts.scale import Scale, ticks
from desktop.circulars.charts.words import SIZES, fitted, size_for, wrapped
from desktop.circulars.geometry import LEFT, LINE, LINES, PAPER_HIGH, RIGHT, SIZE_SMALL_5, WIDE
from desktop.circulars.ink import Ink
from desktop.circulars.official import Bars, Chart
from desktop.errors import UserError

_LINES_UPRIGHT: Final = 8
_LINES_MAX: Final = LINES - 4  # of a page, so that caption, name and date have room, too
_SHARE: Final = 0.72  # of its place that a bar, or a group of upright ones, takes
_SHARE_MANY: Final = 0.9
_BAR_WIDE_MAX: Final = 26.0  # points
_LYING: Final = 10.0  # points a bar that lies, with what is between two of them
_LYING_MIN: Final = 7.5
_NAME_LINES_MAX: Final = 5
_NAMES_WIDE_MAX: Final = 0.36  # of the width, for the names of lying bars
_UNKNOWN: Final = "—"


def lines_high(ink: Ink, chart: Chart, plot: Bars) -> int:
    """Lines of the page it takes. Raises UserError for more lying bars than a page holds."""
    if plot.upright:
        return _LINES_UPRIGHT
    around = _above(ink, chart, plot) + 2 * TEXT_LINE + EDGE + 2 * GAP
    count = max(1, len(plot.labels))
    for each in (_row_high(plot, _LYING), _row_high(plot, _LYING_MIN)):
        lines = ceil((around + count * each) / LINE)
        if lines <= _LINES_MAX:
            return lines
    if around + count * _row_high(plot, _LYING_MIN) > _LINES_MAX * LINE:
        raise UserError(f"图“{chart.caption}”的类别过多，一页排不下：请分成几幅图。")
    return _LINES_MAX


def draw_upright(ink: Ink, chart: Chart, plot: Bars, top: float, foot: float) -> None:
    """Bars side by side, their names below."""
    names = _legend_names(plot)
    frame.draw_above(ink, chart.values.title, names, top + EDGE, frame.bar_sample)
    marks = ticks(list(_known(plot)), digits=chart.values.digits, from_zero=True)
    left = LEFT + frame.number_room(ink, chart.values, marks)
    slot = (RIGHT - left) / max(1, len(plot.labels))
    labels, label_size = wrapped(ink, plot.labels, slot - 2, _NAME_LINES_MAX)
    below = max(map(len, labels), default=0) * (label_size + 1) + GAP
    group = min(slot * _SHARE, _BAR_WIDE_MAX * len(plot.series))
    each = group / max(1, len(plot.series))
    numbers = [_number(chart, value) for one in plot.series for value in one.values]
    size = size_for(ink, numbers, slot - 2 if len(plot.series) == 1 else each)
    turned_size = min(SIZES[0], max(SIZES[-1], each))
    longest = max((frame.width(ink, text, turned_size) for text in numbers), default=0.0)
    over = size + GAP if size is not None else longest + GAP
    title_high = TEXT_LINE if chart.other.title else 0.0
    negative = over if marks[0] < 0 else 0.0
    area = Area(
        left,
        top + EDGE + _above(ink, chart, plot) + over,
        RIGHT,
        foot - below - title_high - negative,
    )
    scale = Scale(tuple(marks), area.bottom, area.top)
    frame.draw_upright_axis(ink, chart.values, scale, area)
    base = scale.at(0)
    for place, lines in enumerate(labels):
        middle = left + (place + 0.5) * slot
        for number, one in enumerate(plot.series):
            x = middle - group / 2 + number * each
            value = one.values[place]
            _draw_bar(ink, number, x, base, each, scale.at(value or 0))
            _draw_number(ink, _number(chart, value), x + each / 2, scale, value, size, turned_size)
        for row, line in enumerate(lines):
            at = area.bottom + negative + GAP + row * (label_size + 1)
            ink.line(line, middle - line.right * label_size / 2, at, label_size, label_size)
    pens.plain_pen(ink.canvas)
    ink.canvas.line(area.left, PAPER_HIGH - base, area.right, PAPER_HIGH - base)
    frame.draw_title_below(ink, chart.other.title, area, foot)


def draw_lying(ink: Ink, chart: Chart, plot: Bars, top: float, foot: float) -> None:
    """Bars one below the other, their names at the left."""
    frame.draw_above(ink, chart.other.title, _legend_names(plot), top + EDGE, frame.bar_sample)
    marks = ticks(list(_known(plot)), digits=chart.values.digits, from_zero=True)
    labels, label_size = fitted(ink, plot.labels, WIDE * _NAMES_WIDE_MAX)
    names_wide = max((frame.width(ink, text, label_size) for text in labels), default=0.0)
    numbers = [_number(chart, value) for one in plot.series for value in one.values]
    over = max((frame.width(ink, text) for text in numbers), default=0.0) + 2 * GAP
    negative = over if marks[0] < 0 else 0.0
    area = Area(
        LEFT + names_wide + GAP + negative,
        top + EDGE + _above(ink, chart, plot) + GAP,
        RIGHT - over,
        foot - 2 * TEXT_LINE - GAP if chart.values.title else foot - TEXT_LINE - GAP,
    )
    scale = Scale(tuple(marks), area.left, area.right)
    frame.draw_level_axis(ink, chart.values, scale, area)
    slot = (area.bottom - area.top) / max(1, len(labels))
    each = slot * _share(plot) / max(1, len(plot.series))
    size = min(SIZE_SMALL_5, max(SIZES[-1], each + 1))
    for place, label in enumerate(labels):
        middle = area.top + (place + 0.5) * slot
        frame.small(
            ink, label, LEFT + names_wide - frame.width(ink, label, label_size), middle, label_size
        )
        for number, one in enumerate(plot.series):
            y = middle + (number - len(plot.series) / 2) * each
            value = one.values[place]
            x0, x1 = sorted((scale.at(0), scale.at(value or 0)))
            if x1 > x0:
                pens.fill_bar(ink.canvas, number, x0, y, x1 - x0, each)
            words = _number(chart, value)
            left = x1 + GAP if (value or 0) >= 0 else x0 - GAP - frame.width(ink, words, size)
            frame.small(ink, words, left, y + each / 2, size)
    pens.plain_pen(ink.canvas)
    zero = scale.at(0)
    ink.canvas.line(zero, PAPER_HIGH - area.top, zero, PAPER_HIGH - area.bottom)
    frame.draw_title_below(ink, chart.values.title, area, foot)


def _draw_bar(ink: Ink, number: int, x: float, base: float, wide: float, end: float) -> None:
    upper, lower = sorted((base, end))
    if lower > upper:
        pens.plain_pen(ink.canvas)
        pens.fill_bar(ink.canvas, number, x, upper, wide, lower - upper)


def _draw_number(
    ink: Ink,
    words: str,
    middle: float,
    scale: Scale,
    value: float | None,
    size: float | None,
    turned: float,
) -> None:
    """At the end of its bar; upwards where it is wider than its bar has room for."""
    end = scale.at(value or 0)
    under = (value or 0) < 0
    if value is None:  # a dash turned upwards would be none
        size = size or turned
    if size is not None:
        y = end + GAP + size / 2 if under else end - GAP / 2 - size / 2
        frame.small(ink, words, middle - frame.width(ink, words, size) / 2, y, size)
        return
    foot = end + GAP + frame.width(ink, words, turned) if under else end - GAP / 2
    ink.upwards(words, "text", middle + turned * 0.36, foot, turned)


def _legend_names(plot: Bars) -> list[str]:
    """One series is told by the caption and the axis."""
    return [one.name for one in plot.series] if len(plot.series) > 1 else []


def _above(ink: Ink, chart: Chart, plot: Bars) -> float:
    title = chart.values.title if plot.upright else chart.other.title
    return frame.above_lines(ink, title, _legend_names(plot)) * TEXT_LINE


def _row_high(plot: Bars, each: float) -> float:
    return each * max(1, len(plot.series)) / _share(plot)


def _share(plot: Bars) -> float:
    """Of its place that a lying bar, or a group of them, takes."""
    return _SHARE if len(plot.series) < 2 else _SHARE_MANY


def _known(plot: Bars) -> Iterator[float]:
    for one in plot.series:
        yield from (value for value in one.values if value is not None)


def _number(chart: Chart, value: float | None) -> str:
    return _UNKNOWN if value is None else chart.values.number(value)
