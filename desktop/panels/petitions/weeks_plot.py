"""Petitions received, closed and overdue week by week. UI thread."""

from typing import Final

from PySide6.QtWidgets import QWidget

from desktop.contract.context import PanelContext
from desktop.contract.plot_panel import PlotPanel
from desktop.panels.petitions import figures
from desktop.panels.petitions.figures import Figure, FigureArgs, Week
from desktop.panels.petitions.queries import TABLES, Offered
from desktop.panels.petitions.rules import weeks_reading
from widgets.forms import Option
from widgets.plot import Series, TrendLines

_COLORS: Final = {"received": "accent", "closed": "normal", "overdue": "overdue"}


class WeeksPlot(PlotPanel):
    """Three lines over twelve weeks; a point opens its list."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self.chart = TrendLines("", "")
        super().__init__(context, parent, chart=self.chart, name="信访每周趋势", tables=TABLES)
        self.setObjectName("petition_weeks")
        self._weeks: tuple[Week, ...] = ()
        self.set_note(self.tr("last {weeks} weeks (petitions)").format(weeks=figures.WEEKS))
        self.chart.set_empty_text(self.tr("No petition in these weeks."))
        self.court_box = self.add_court_box(self.tr("Court"), self.tr("All courts"))
        self.chart.point_clicked.connect(self._on_point)

    @property
    def weeks(self) -> tuple[Week, ...]:
        """What is shown, with the list behind each point."""
        return self._weeks

    def set_offered(self, found: Offered) -> None:
        """The courts to choose from."""
        was = self.court_box.blockSignals(True)
        kept = self.court_box.selected()
        self.court_box.set_options([Option(one.id, one.label, one.sounds) for one in found.courts])
        self.court_box.set_selected(kept)
        self.court_box.blockSignals(was)

    def read(self) -> None:
        court = next(iter(self.court_box.selected()), None)
        args = FigureArgs(
            self.context.law, self.context.today(), None if court is None else str(court)
        )
        self.context.read(self, "weeks", figures.weeks_data, args, self._on_weeks, self.failed)

    def _on_weeks(self, weeks: tuple[Week, ...]) -> None:
        self._weeks = weeks
        words = {
            "received": self.tr("Received"),
            "closed": self.tr("Closed"),
            "overdue": self.tr("Overdue"),
        }
        series = [
            Series(key, label, _COLORS[key], [_of(week, key).count for week in weeks])
            for key, label in words.items()
        ]
        shown = any(value for one in series for value in one.values)
        last = weeks[-1]
        self.chart.set_data(
            [week.to_on for week in weeks] if shown else (),
            series if shown else (),
            weeks_reading(
                last.received.count, last.closed.count, [week.overdue.count for week in weeks]
            ),
        )
        self.live.finished()

    def _on_point(self, key: str, index: int) -> None:
        self.context.open("petitions", _of(self._weeks[index], key).filter.to_params())


def _of(week: Week, key: str) -> Figure:
    found = {"received": week.received, "closed": week.closed, "overdue": week.overdue}
    return found[key]
