"""Repair times by kind, and week by week how much was out of use. UI thread."""

from PySide6.QtWidgets import QWidget

from desktop.contract.context import PanelContext
from desktop.contract.plot_panel import PlotPanel
from desktop.panels.equipment.queries import TABLES
from desktop.panels.equipment.rules import WEEKS, availability_reading, repair_reading
from desktop.panels.equipment.service import ServiceBoard, board
from widgets.plot import GroupedBars, Segment, Series, TrendLines


class RepairPlot(PlotPanel):
    """For each kind the mean time of repair beside its service level; a click opens its list."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self.chart = GroupedBars("", "")
        super().__init__(context, parent, chart=self.chart, name="装备修复时间", tables=TABLES)
        self.setObjectName("repair_plot")
        self.shown: ServiceBoard | None = None
        self.set_note(self.tr("mean repair time and service level (hours)"))
        self.chart.set_empty_text(self.tr("Nothing was repaired in the last six months."))
        self.chart.bar_clicked.connect(self._on_bar)

    def read(self) -> None:
        now = self.context.now()
        self.context.read(self, "board", board, now, self._on_board, self.failed)

    def _on_board(self, found: ServiceBoard) -> None:
        self.shown = found
        kinds = [one for one in found.kinds if one.told.mean_hours is not None]
        series = (
            Segment("mean", self.tr("Mean repair time"), "accent"),
            Segment("level", self.tr("Service level"), "due_soon"),
        )
        values = [(round(one.told.mean_hours or 0.0, 1), float(one.level_hours)) for one in kinds]
        whole = found.whole
        reading = repair_reading(whole.mean_hours, whole.share, whole.repaired)
        self.chart.set_data([one.name for one in kinds], series, values, reading)
        self.live.finished()

    def _on_bar(self, index: int, _segment: object) -> None:
        if self.shown is not None:
            kinds = [one for one in self.shown.kinds if one.told.mean_hours is not None]
            self.context.open("equipment", {"list": "1", "kinds": kinds[index].code})


class AvailabilityPlot(PlotPanel):
    """The share of time with an open fault, in percent, over twelve weeks: availability lies close
    to 100, and what it lacks would be a flat line."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self.chart = TrendLines("", "")
        super().__init__(context, parent, chart=self.chart, name="装备可用率", tables=TABLES)
        self.setObjectName("availability_plot")
        self.set_note(self.tr("last {weeks} weeks (%)").format(weeks=WEEKS))
        self.chart.set_empty_text(self.tr("No equipment was in use."))
        self.chart.point_clicked.connect(
            lambda _key, _index: context.open("equipment", {"list": "1", "flags": "faulty"})
        )

    def read(self) -> None:
        now = self.context.now()
        self.context.read(self, "board", board, now, self._on_board, self.failed)

    def _on_board(self, found: ServiceBoard) -> None:
        known = [one.share for one in found.weeks if one.share is not None]
        values = [
            None if one.share is None else round(100 - one.share * 100, 2) for one in found.weeks
        ]
        line = Series("share", self.tr("Out of use"), "due_soon", values)
        reading = availability_reading(found.weeks[-1].share, min(known, default=None))
        self.chart.set_data(
            [one.day for one in found.weeks] if known else (), [line] if known else (), reading
        )
        self.live.finished()
