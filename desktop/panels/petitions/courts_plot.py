"""Received, closed and overdue by court, and the rate of resolving. UI thread."""

from datetime import date, timedelta
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.plot_panel import PlotPanel
from desktop.panels.petitions import figures
from desktop.panels.petitions.figures import CourtBar, CourtsArgs
from desktop.panels.petitions.queries import TABLES
from desktop.panels.petitions.rules import Rate, courts_reading, whole_closed
from desktop.petitions.filters import PetitionFilter
from desktop.rules.short_names import narrow_names, short_court
from widgets.plot import Segment, StackedBars

_MODES: Final = ("closed", "received", "overdue", "rate")
_WEEKS: Final = 12


class CourtsPlot(PlotPanel):
    """Bars by court; a click opens their list. 化解率 stands with both numbers it is made of."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self.chart = StackedBars("", "")
        super().__init__(context, parent, chart=self.chart, name="信访分院情况", tables=TABLES)
        self.setObjectName("petition_courts")
        self._mode = "closed"
        self._period = "weeks"
        self._bars: tuple[CourtBar, ...] = ()
        self._shown: tuple[CourtBar, ...] = ()
        self.chart.set_empty_text(self.tr("No petition in this time."))
        self.mode_box = self.add_switch(
            (
                ("closed", self.tr("Closed by court")),
                ("received", self.tr("Received by court")),
                ("overdue", self.tr("Overdue by court")),
                ("rate", self.tr("Rate of resolving")),
            ),
            self._on_mode,
        )
        self.period_box = self.add_switch(
            (
                ("weeks", self.tr("Last 12 weeks")),
                ("week", self.tr("This week")),
                ("last_week", self.tr("Last week")),
                ("month", self.tr("This month")),
                ("year", self.tr("This year")),
            ),
            self._on_period,
        )
        self._make_rate()
        self.chart.bar_clicked.connect(self._on_bar)
        self.set_note(self.tr("petitions"))

    def _make_rate(self) -> None:
        """化解率 of all courts: two numbers that open their lists, and the share."""
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(2, 0, 0, 0)
        row.setSpacing(2)
        self.numerator = QPushButton("—", line)
        self.numerator.setObjectName("rate_numerator")
        self.denominator = QPushButton("—", line)
        self.denominator.setObjectName("rate_denominator")
        self.rate = QLabel("", line)
        self.rate.setProperty("role", "small")
        words = QLabel(self.tr("Rate of resolving ="), line)
        words.setProperty("role", "small")
        over = QLabel("/", line)
        over.setProperty("role", "small")
        for button in (self.numerator, self.denominator):
            button.setProperty("kind", "caption")
        for part in (words, self.numerator, over, self.denominator, self.rate):
            row.addWidget(part)
        row.addStretch(1)
        self.numerator.clicked.connect(lambda _checked=False: self._open_whole(resolved=True))
        self.denominator.clicked.connect(lambda _checked=False: self._open_whole(resolved=False))
        self.body.insertWidget(1, line)

    # Reading

    @property
    def bars(self) -> tuple[CourtBar, ...]:
        """What was read, with the list behind each number."""
        return self._bars

    @property
    def days(self) -> tuple[date, date]:
        """First and last day of the period."""
        return period(self._period, self.context.today())

    def read(self) -> None:
        first, last = self.days
        args = CourtsArgs(self.context.law, self.context.today(), first, last)
        self.context.read(self, "courts", figures.courts_data, args, self._on_data, self.failed)

    def _on_data(self, bars: tuple[CourtBar, ...]) -> None:
        self._bars = bars
        self._paint()
        self.live.finished()

    def _on_mode(self, key: str) -> None:
        self._mode = key
        self.set_note("%" if key == "rate" else self.tr("petitions"))
        self._paint()

    def _on_period(self, key: str) -> None:
        self._period = key
        self.live.ask()

    def _paint(self) -> None:
        whole = Rate(
            sum(bar.resolved.count for bar in self._bars),
            sum(bar.closed.count for bar in self._bars),
        )
        self.numerator.setText(self.tr("{count} resolved").format(count=f"{whole.numerator:,}"))
        self.denominator.setText(self.tr("{count} closed").format(count=f"{whole.denominator:,}"))
        self.rate.setText(whole.text)
        segments, values = self._values()
        self._shown = tuple(bar for bar, row in zip(self._bars, values, strict=True) if any(row))
        shown = [row for row in values if any(row)]
        names = [short_court(bar.name) for bar in self._shown]
        self.chart.set_data(
            names,
            segments,
            shown,
            courts_reading(self._mode, self._bars_words(), whole),
            narrow_categories=narrow_names(names),
        )

    def _values(self) -> tuple[tuple[Segment, ...], list[tuple[float, ...]]]:
        if self._mode == "closed":
            segments = (
                Segment("resolved", self.tr("Resolved"), "normal"),
                Segment("closed", self.tr("Closed otherwise"), "unknown"),
            )
            return segments, [
                (bar.resolved.count, bar.closed.count - bar.resolved.count) for bar in self._bars
            ]
        if self._mode == "rate":
            rate = Segment("rate", self.tr("Rate of resolving"), "normal")
            return (rate,), [
                (round(100 * bar.resolved.count / bar.closed.count, 1) if bar.closed.count else 0,)
                for bar in self._bars
            ]
        if self._mode == "overdue":
            late = Segment("overdue", self.tr("Overdue"), "overdue")
            return (late,), [(bar.overdue.count,) for bar in self._bars]
        came = Segment("received", self.tr("Received"), "accent")
        return (came,), [(bar.received.count,) for bar in self._bars]

    def _bars_words(self) -> list[tuple[str, int, int]]:
        """(court, number, of how many) for the sentence below the plot."""
        if self._mode in ("closed", "rate"):
            return [(bar.name, bar.resolved.count, bar.closed.count) for bar in self._bars]
        key = self._mode
        return [(bar.name, getattr(bar, key).count, getattr(bar, key).count) for bar in self._bars]

    # Lists

    def _on_bar(self, index: int, segment: object) -> None:
        bar = self._shown[index]
        chosen = {
            "received": bar.received,
            "overdue": bar.overdue,
            "rate": bar.closed,
            "closed": bar.resolved if segment == "resolved" else bar.closed,
        }[self._mode]
        self._open(chosen.filter)

    def _open_whole(self, *, resolved: bool) -> None:
        first, last = self.days
        self._open(whole_closed(first, last, resolved=resolved))

    def _open(self, wanted: PetitionFilter) -> None:
        self.context.open("petitions", wanted.to_params())


def period(key: str, today: date) -> tuple[date, date]:
    """First and last day of a period by its key; weeks begin on Monday."""
    monday = today - timedelta(days=today.weekday())
    return {
        "weeks": (monday - timedelta(weeks=_WEEKS - 1), today),
        "week": (monday, today),
        "last_week": (monday - timedelta(weeks=1), monday - timedelta(days=1)),
        "month": (today.replace(day=1), today),
        "year": (today.replace(month=1, day=1), today),
    }[key]
