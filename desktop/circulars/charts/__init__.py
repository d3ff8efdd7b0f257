"""Figures of official documents, drawn as lines and areas: sharp in print, told apart without
colour, with the numbers in the typeface of the text. Any thread."""

from typing import Final

from desktop.circulars.charts import frame, pens
from desktop.circulars.charts.bars import draw_lying, draw_upright, lines_high
from desktop.circulars.charts.funnel import LINES_HIGH as FUNNEL_HIGH
from desktop.circulars.charts.funnel import draw_funnel
from desktop.circulars.charts.trends import LINES_HIGH as TREND_HIGH
from desktop.circulars.charts.trends import draw_lines
from desktop.circulars.flow import Row
from desktop.circulars.geometry import LINE
from desktop.circulars.ink import Ink
from desktop.circulars.official import Bars, Chart, Funnel

_AFTER: Final = 0.35  # lines left below the caption, before the words go on


def chart_row(ink: Ink, chart: Chart) -> Row:
    """A chart and the caption below it as one row, which is never cut, on the lines of the page.

    Raises ValueError for a series that is not as long as the labels or for too many of them,
    UserError for more bars than a page holds.
    """
    plot = chart.plot
    if isinstance(plot, Funnel):
        count = FUNNEL_HIGH
    else:
        if len(plot.series) > pens.SERIES_MAX:
            raise ValueError(f"a chart tells {pens.SERIES_MAX} series apart")
        if any(len(one.values) != len(plot.labels) for one in plot.series):
            raise ValueError("a series of a chart is not as long as its labels")
        count = lines_high(ink, chart, plot) if isinstance(plot, Bars) else TREND_HIGH

    def draw(on: Ink, top: float) -> None:
        foot = top + (count - _AFTER) * LINE
        on.canvas.saveState()  # what follows is drawn in black again
        if isinstance(plot, Funnel):
            draw_funnel(on, chart, plot, top, foot)
        elif isinstance(plot, Bars):
            (draw_upright if plot.upright else draw_lying)(on, chart, plot, top, foot)
        else:
            draw_lines(on, chart, plot, top, foot)
        on.canvas.restoreState()
        frame.draw_caption(on, chart.caption, foot)

    return Row(draw, (count + 1) * LINE, words=True)
