"""The trend of overdue nodes over 26 weeks, the city beside one's own court. UI thread."""

from PySide6.QtWidgets import QWidget

from desktop.contract.context import PanelContext
from desktop.contract.offers import Offers
from desktop.contract.plot_panel import PlotPanel
from desktop.panels.overdue import queries
from desktop.panels.overdue.queries import Courts, Trend, TrendArgs
from desktop.panels.overdue.rules import trend_reading
from widgets.forms import FilterBox, Option
from widgets.plot import Series, TrendLines

_CITY = "city"
_COURT = "court"


class OverdueTrendView(PlotPanel):
    """Two lines; a point clicked opens the nodes that were overdue at that week's end."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self.chart = TrendLines("", "")
        super().__init__(
            context, parent, chart=self.chart, name="超期节点趋势", tables=("node_clock", "court")
        )
        self._trend: Trend | None = None
        self._courts: dict[str, str] = {}
        self._court_known = False
        self._offered = False  # one's own court is chosen once, when there is one
        self.set_note(self.tr("last {weeks} weeks (nodes)").format(weeks=queries.WEEKS))
        self.chart.set_empty_text(self.tr("No overdue node in these weeks."))
        self.court_box = FilterBox(
            self.tr("Beside the city"), all_text=self.tr("City only"), multiple=False, parent=self
        )
        self.add_choice(self.court_box)
        self.court_box.changed.connect(self.live.ask)
        self.chart.point_clicked.connect(self._on_point)
        Offers(self, context, queries.courts, context.who.person_id, self._on_courts)

    @property
    def data(self) -> Trend | None:
        """What is shown, with the list behind each point."""
        return self._trend

    def read(self) -> None:
        if not self._court_known:
            self.live.finished()
            return
        court = next(iter(self.court_box.selected()), None)
        args = TrendArgs(self.context.today(), None if court is None else str(court))
        self.context.read(self, "trend", queries.trend, args, self._on_trend, self.failed)

    def _on_courts(self, found: Courts) -> None:
        self._courts = dict(found.courts)
        self.court_box.blockSignals(True)
        kept = self.court_box.selected() if self._offered else (found.own,)
        self.court_box.set_options([Option(key, name) for key, name in found.courts])
        self.court_box.set_selected(kept)
        self.court_box.blockSignals(False)
        self._court_known = True
        self._offered = bool(found.courts)
        self.live.ask()

    def _on_trend(self, trend: Trend) -> None:
        self._trend = trend
        series = [Series(_CITY, self.tr("City"), "overdue", trend.city)]
        if trend.court:
            court = str(next(iter(self.court_box.selected()), ""))
            label = self._courts.get(court, self.tr("Court"))
            series.append(Series(_COURT, label, "paused", trend.court))
        shown = any(trend.city)
        self.chart.set_data(
            trend.days if shown else (),
            series if shown else (),
            trend_reading(trend.city, trend.rise),
        )
        self.live.finished()

    def _on_point(self, series: str, index: int) -> None:
        if self._trend is not None:
            lists = self._trend.city_lists if series == _CITY else self._trend.court_lists
            self.open_nodes(lists[index])
