"""Received and paid by day, the age of what is held, the days that payments take. UI thread."""

from datetime import timedelta
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.contract.context import PanelContext
from desktop.contract.plot_panel import PlotPanel
from desktop.funds import ages
from desktop.funds.ages import AgeFilter, Band, MonthDays
from desktop.funds.days import DayFlow
from desktop.funds.entries import EntryFilter
from desktop.panels.fund_board.queries import TABLES, pay_days, per_day
from desktop.panels.fund_board.rules import (
    FIGURES,
    ages_reading,
    days_reading,
    pay_reading,
    wan,
)
from widgets.plot import GroupedBars, Segment, Series, StackedBars, TrendLines
from widgets.table.columns import state_word

_COLORS: Final = {"received": "accent", "paid": "normal"}
_MONTHS: Final = 6
_LATE_BANDS: Final = 1
SLOW_MS: Final = 5_000  # between two reads that look at the whole ledger


class DaysPlot(PlotPanel):
    """Two lines; a point opens the entries of its day."""

    opened = Signal(object, str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self.chart = TrendLines("", "")
        super().__init__(context, parent, chart=self.chart, name="案款每日收付", tables=TABLES)
        self.setObjectName("fund_days")
        self._flows: tuple[DayFlow, ...] = ()
        self._span = 30
        self.set_note(self.tr("10,000 yuan a day"))
        self.chart.set_empty_text(self.tr("No money came or went in these days."))
        self.switch = self.add_switch(
            [("30", self.tr("30 days")), ("90", self.tr("90 days")), ("365", self.tr("A year"))],
            self._on_span,
        )
        self.chart.point_clicked.connect(self._on_point)

    @property
    def flows(self) -> tuple[DayFlow, ...]:
        """What is shown."""
        return self._flows

    def read(self) -> None:
        today = self.context.today()
        span = (today - timedelta(days=self._span - 1), today)
        self.context.read(self, "days", per_day, span, self._on_flows, self.failed)

    def _on_span(self, key: str) -> None:
        self._span = int(key)
        self.live.ask()

    def _on_flows(self, flows: tuple[DayFlow, ...]) -> None:
        self._flows = flows
        sides = {
            "received": [one.received_fen for one in flows],
            "paid": [one.paid_fen for one in flows],
        }
        some = any(any(values) for values in sides.values())
        series = [
            Series(key, FIGURES[key], _COLORS[key], [wan(fen) for fen in values])
            for key, values in sides.items()
        ]
        self.chart.set_data(
            [one.day for one in flows] if some else (),
            series if some else (),
            days_reading(sides["received"], sides["paid"]),
        )
        self.live.finished()

    def _on_point(self, key: str, index: int) -> None:
        day = self._flows[index].day
        filter_ = EntryFilter(figure=key, from_on=day, to_on=day, live=True)
        self.opened.emit(filter_, f"{day.isoformat()} {FIGURES[key]}")


class AgesPlot(PlotPanel):
    """A bar for each band; it opens the money in that is still there."""

    opened = Signal(object, str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self.chart = StackedBars("", "")
        super().__init__(
            context,
            parent,
            chart=self.chart,
            name="在账案款账龄",
            tables=TABLES,
            interval_ms=SLOW_MS,
        )
        self.setObjectName("fund_ages")
        self._bands: tuple[Band, ...] = ()
        self.set_note(self.tr("today, by days held (10,000 yuan)"))
        self.chart.set_empty_text(self.tr("No money of a case is held."))
        self.chart.bar_clicked.connect(self._on_bar)

    @property
    def bands(self) -> tuple[Band, ...]:
        """What is shown."""
        return self._bands

    def read(self) -> None:
        self.context.read(
            self, "ages", ages.ages, self.context.today(), self._on_bands, self.failed
        )

    def _on_bands(self, bands: tuple[Band, ...]) -> None:
        self._bands = bands
        some = any(band.fen for band in bands)
        states = list(dict.fromkeys(band.state for band in bands))
        self.chart.set_data(
            [band.words for band in bands] if some else (),
            [Segment(state, state_word(state), state) for state in states] if some else (),
            [[wan(band.fen) if band.state == state else 0.0 for state in states] for band in bands]
            if some
            else (),
            ages_reading([(one.words, one.fen, one.receipts) for one in bands], _LATE_BANDS),
        )
        self.live.finished()

    def _on_bar(self, index: int, _segment: object) -> None:
        self.opened.emit(AgeFilter(index), f"在账 {self._bands[index].words} 日")


class PayDaysPlot(PlotPanel):
    """Two bars a month: weighted by amount, and each payment alike."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self.chart = GroupedBars("", "")
        super().__init__(
            context,
            parent,
            chart=self.chart,
            name="平均发放天数",
            tables=TABLES,
            interval_ms=SLOW_MS,
        )
        self.setObjectName("fund_pay_days")
        self._months: tuple[MonthDays, ...] = ()
        self.set_note(self.tr("mean days to payment"))
        self.chart.set_empty_text(self.tr("Nothing was paid in these months."))

    @property
    def months(self) -> tuple[MonthDays, ...]:
        """What is shown."""
        return self._months

    def read(self) -> None:
        args = (self.context.today(), _MONTHS)
        self.context.read(self, "pay_days", pay_days, args, self._on_months, self.failed)

    def _on_months(self, months: tuple[MonthDays, ...]) -> None:
        self._months = months
        some = any(month.count for month in months)
        self.chart.set_data(
            [f"{one.month:%Y-%m}" for one in months] if some else (),
            [
                Segment("by_amount", self.tr("by amount"), "accent"),
                Segment("by_count", self.tr("by payment"), "normal"),
            ],
            [
                [round(one.by_amount or 0.0, 1), round(one.by_count or 0.0, 1)]
                for one in (months if some else ())
            ],
            pay_reading(
                [(f"{one.month:%Y-%m}", one.by_amount, one.by_count, one.count) for one in months]
            ),
        )
        self.live.finished()
