"""Charts: pyqtgraph set up once, painted on a timer, read by hover, opened by click. UI thread."""

from widgets.plot.bars import Segment, StackedBars
from widgets.plot.chart import Chart
from widgets.plot.days import Day, DayBars
from widgets.plot.funnel import Dot, FunnelPlot
from widgets.plot.groups import GroupedBars
from widgets.plot.heat import HeatMap
from widgets.plot.lines import Series, TrendLines

__all__ = [
    "Chart",
    "Day",
    "DayBars",
    "Dot",
    "FunnelPlot",
    "GroupedBars",
    "HeatMap",
    "Segment",
    "Series",
    "StackedBars",
    "TrendLines",
]
