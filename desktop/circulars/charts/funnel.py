"""控制图: rates over counts between limits that chance explains; who is outside is named."""

from collections.abc import Sequence
from typing import Final

from desktop.circulars.charts import frame, pens
from desktop.circulars.charts.frame import EDGE, GAP, TEXT_LINE, Area
from desktop.circulars.charts.labels import Box, Wanted, placed, spread
from desktop.circulars.charts.scale import Scale, ticks
from desktop.circulars.geometry import (
    INK_DARK,
    INK_MIDDLE,
    LEFT,
    PAPER_HIGH,
    RED,
    RIGHT,
    SIZE_SMALL_5,
)
from desktop.circulars.ink import Ink
from desktop.circulars.official import Chart, Dot, Funnel, Limit

LINES_HIGH: Final = 9  # of the page
_RADIUS: Final = 2.4
_DASHES: Final[tuple[list[float], ...]] = ([5, 2.5], [1.5, 2])
_LEADER: Final = 7.0  # points from a dot from which on a fine line leads to its name


def draw_funnel(ink: Ink, chart: Chart, plot: Funnel, top: float, foot: float) -> None:
    """Counts to the right, rates upwards; names of the lines stand at their right ends."""
    frame.draw_above(ink, chart.values.title, (), top + EDGE)
    counts = [dot.count for dot in plot.dots]
    rates = [dot.rate for dot in plot.dots] + [plot.centre] + _shown(plot.limits, counts)
    marks = ticks(rates, digits=chart.values.digits, from_zero=False)
    across = ticks(counts, digits=chart.other.digits, from_zero=True, most=8)
    centre = f"{plot.centre_name}{chart.values.number(plot.centre)}"
    right = max(frame.width(ink, text) for text in (centre, *(one.name for one in plot.limits)))
    title_high = TEXT_LINE if chart.other.title else 0.0
    area = Area(
        LEFT + frame.number_room(ink, chart.values, marks),
        top + EDGE + frame.above_lines(ink, chart.values.title, ()) * TEXT_LINE + 2 * GAP,
        RIGHT - right - GAP,
        foot - title_high - TEXT_LINE - GAP,
    )
    up = Scale(tuple(marks), area.bottom, area.top)
    along = Scale(tuple(across), area.left, area.right)
    frame.draw_level_axis(ink, chart.other, along, area)
    frame.draw_upright_axis(ink, chart.values, up, area)
    pens.within(
        ink.canvas,
        area.left,
        area.top,
        area.right,
        area.bottom,
        lambda: _draw_limits(ink, plot, along, up, area),
    )
    _draw_ends(ink, plot, centre, up, area)
    _draw_dots(ink, plot.dots, along, up, area)
    frame.draw_title_below(ink, chart.other.title, area, foot)


def _shown(limits: Sequence[Limit], counts: Sequence[float]) -> list[float]:
    """Limits from the smallest count on; left of it they run out of the chart."""
    least = min(counts, default=0.0)
    inside = [point for one in limits for point in one.curve if point[0] >= least]
    return [rate for _, low, high in inside for rate in (low, high)]


def _draw_limits(ink: Ink, plot: Funnel, along: Scale, up: Scale, area: Area) -> None:
    pens.plain_pen(ink.canvas, thick=0.9)
    y = PAPER_HIGH - up.at(plot.centre)
    ink.canvas.line(area.left, y, area.right, y)
    for number, limit in enumerate(plot.limits):
        pens.plain_pen(ink.canvas, INK_DARK, 0.8)
        ink.canvas.setDash(_DASHES[number % len(_DASHES)])
        for side in (1, 2):
            path = ink.canvas.beginPath()
            for place, point in enumerate(limit.curve):
                x, at = along.at(point[0]), PAPER_HIGH - up.at(point[side])
                (path.lineTo if place else path.moveTo)(x, at)
            ink.canvas.drawPath(path, stroke=1, fill=0)
    ink.canvas.setDash([])


def _draw_ends(ink: Ink, plot: Funnel, centre: str, up: Scale, area: Area) -> None:
    """Names of the lines, at the height where they leave the chart."""
    told = [(centre, plot.centre)]
    for limit in plot.limits:
        if limit.curve:
            _, low, high = limit.curve[-1]
            told += [(limit.name, low), (limit.name, high)]
    at = [min(max(up.at(rate), area.top), area.bottom) for _, rate in told]
    middles = spread(at, SIZE_SMALL_5 + 1, area.top - GAP, area.bottom + GAP)
    for (words, _), middle in zip(told, middles, strict=True):
        frame.small(ink, words, area.right + GAP, middle)


def _draw_dots(ink: Ink, dots: Sequence[Dot], along: Scale, up: Scale, area: Area) -> None:
    places = [(along.at(dot.count), up.at(dot.rate)) for dot in dots]
    for dot, (x, y) in zip(dots, places, strict=True):
        pens.plain_pen(ink.canvas, INK_MIDDLE if not dot.outside else 0.0, 0.8)
        if dot.outside:
            ink.canvas.setFillColorCMYK(*RED)
            side = 2 * _RADIUS
            ink.canvas.rect(x - _RADIUS, PAPER_HIGH - y - _RADIUS, side, side, stroke=1, fill=1)
        else:
            ink.canvas.setFillGray(1)
            ink.canvas.circle(x, PAPER_HIGH - y, _RADIUS, stroke=1, fill=1)
        ink.canvas.setFillGray(0)
    named = [(dot, place) for dot, place in zip(dots, places, strict=True) if dot.outside]
    taken = [Box(x - 3, y - 3, x + 3, y + 3) for x, y in places]
    wanted = [Wanted(x, y, frame.width(ink, dot.name), SIZE_SMALL_5 + 1) for dot, (x, y) in named]
    room = Box(area.left + 1, area.top - 2 * GAP, area.right, area.bottom - 1)
    for (dot, (x, y)), box in zip(named, placed(wanted, taken, room), strict=True):
        _lead(ink, x, y, box)
        frame.small(ink, dot.name, box.left, (box.top + box.bottom) / 2)


def _lead(ink: Ink, x: float, y: float, box: Box) -> None:
    near_x, near_y = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
    if abs(near_x - x) + abs(near_y - y) > _LEADER:
        pens.plain_pen(ink.canvas, INK_MIDDLE)
        ink.canvas.line(x, PAPER_HIGH - y, near_x, PAPER_HIGH - near_y)
