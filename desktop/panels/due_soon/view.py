"""Bars of the next fourteen days; days off are marked by the court calendar. UI thread."""

from typing import Literal

from PySide6.QtWidgets import QWidget

from desktop.contract.context import PanelContext
from desktop.contract.offers import Offers
from desktop.contract.plot_panel import PlotPanel
from desktop.panels.due_soon import queries
from desktop.panels.due_soon.queries import DueArgs
from desktop.panels.due_soon.rules import Due, due_reading
from desktop.projection.figures import DueDay
from desktop.rules.calendar import DayKind
from widgets.forms import Option
from widgets.plot import Day, DayBars

_WEEKEND = 5


class DueSoonView(PlotPanel):
    """A day clicked opens the nodes that fall due on it."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self.chart = DayBars("", "")
        super().__init__(
            context, parent, chart=self.chart, name="未来十四日到期", tables=("node_clock", "court")
        )
        self._days: tuple[DueDay, ...] = ()
        self.set_note(self.tr("open nodes by due day (nodes)"))
        self.chart.set_empty_text(self.tr("Nothing falls due in the next fourteen days."))
        self.court_box = self.add_court_box(self.tr("Court"), self.tr("All courts"), multiple=True)
        self.chart.day_clicked.connect(self._on_day)
        Offers(self, context, queries.courts, None, self._on_courts)

    @property
    def data(self) -> tuple[DueDay, ...]:
        """What is shown, with the list behind each day."""
        return self._days

    def read(self) -> None:
        chosen = tuple(str(key) for key in self.court_box.selected())
        args = DueArgs(self.context.today(), chosen)
        self.context.read(self, "due", queries.due, args, self._on_due, self.failed)

    def _on_courts(self, found: tuple[tuple[str, str], ...]) -> None:
        self.court_box.blockSignals(True)
        self.court_box.set_options([Option(key, name) for key, name in found])
        self.court_box.blockSignals(False)

    def _on_due(self, days: tuple[DueDay, ...]) -> None:
        self._days = days
        calendar = self.context.law.court_calendar
        kinds = [calendar.day(day.day) for day in days]
        shown = any(day.count for day in days)
        self.chart.set_data(
            [self._bar(day, kind) for day, kind in zip(days, kinds, strict=True)] if shown else (),
            due_reading(
                [
                    Due(day.day, day.count, None if kind is None else kind.off)
                    for day, kind in zip(days, kinds, strict=True)
                ]
            ),
        )
        self.live.finished()

    def _bar(self, day: DueDay, kind: DayKind | None) -> Day:
        off = kind.off if kind is not None else False
        weekend = day.day.weekday() >= _WEEKEND
        mark: Literal["workday", "weekend", "holiday"] = "workday"
        if off:
            mark = "holiday" if kind is not None and kind.name and not weekend else "weekend"
        near = (day.day - self.context.today()).days <= 2
        if kind is None:
            note = self.tr("days off of this year are not published")
        else:
            note = kind.name or ""
        return Day(day.day, day.count, mark, "due_soon" if near else "normal", note)

    def _on_day(self, index: int) -> None:
        self.open_nodes(self._days[index].filter)
