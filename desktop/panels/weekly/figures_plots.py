"""The two plots of a weekly circular on the screen; a click opens the figure. UI thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.evidence.figures import CourtFigures, Figures
from desktop.evidence.snapshot import Snapshot
from desktop.rules.ranking import Count, Standing, control_lines
from widgets.plot import Dot, FunnelPlot, GroupedBars, Segment

_LOOKS = {Standing.HIGH: "done", Standing.LOW: "overdue", Standing.WITHIN: "normal"}


class FiguresPlots(QWidget):
    """`figure_asked(court id, code, part)` as tables have it."""

    figure_asked = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.totals = GroupedBars(self.tr("Received and closed by court"), self.tr("petitions"))
        self.closing = FunnelPlot(self.tr("Closing rate over volume"), self.tr("% of due"))
        self.closing.set_empty_text(
            self.tr("Fewer than two courts have enough matters to be compared.")
        )
        self._courts: list[str] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.totals, 1)
        layout.addWidget(self.closing, 1)
        self.totals.bar_clicked.connect(self._on_bar)
        self.closing.dot_clicked.connect(
            lambda court: self.figure_asked.emit(court, "closing_rate", "both")
        )

    def show_figures(self, snapshot: Snapshot, figures: Figures) -> None:
        """Draws both."""
        courts = [one for one in figures.courts if one.court is not None]
        self._courts = [one.court.id for one in courts if one.court is not None]
        city = figures.city
        self.totals.set_data(
            [one.name for one in courts],
            (
                Segment("received", self.tr("Received"), "paused"),
                Segment("closed", self.tr("Closed"), "normal"),
            ),
            [(one["received"].hits, one["closed"].hits) for one in courts],
            self.tr("The city received {received} and closed {closed} in this week.").format(
                received=city["received"].hits, closed=city["closed"].hits
            ),
        )
        self._show_closing(snapshot, figures, courts)

    def _show_closing(
        self, snapshot: Snapshot, figures: Figures, courts: list[CourtFigures]
    ) -> None:
        places = figures.places["closing_rate"]
        compared = [
            (one, places[one.court.id])
            for one in courts
            if one.court is not None and places[one.court.id].standing is not Standing.FEW
        ]
        if len(compared) < 2:
            self.closing.set_data((), (), (0.0, ""))
            return
        counts = [place.count for _one, place in compared]
        whole = Count(sum(one.hits for one in counts), sum(one.of for one in counts))
        level = snapshot.definitions.level_permille / 1_000 / len(compared)
        curve = [
            (float(n), 100 * low, 100 * high)
            for n, low, high in control_lines(whole, max(one.of for one in counts), level)
        ]
        outside = [
            one.name for one, place in compared if place.standing in (Standing.HIGH, Standing.LOW)
        ]
        dots = [
            Dot(
                one.court.id,
                one.name,
                float(place.count.of),
                100 * place.count.hits / place.count.of,
                _LOOKS[place.standing],
                named=one.name in outside,
            )
            for one, place in compared
            if one.court is not None
        ]
        rate = 100 * whole.hits / whole.of
        said = (
            self.tr("Outside what chance explains: {names}.").format(names="、".join(outside))
            if outside
            else self.tr("All courts lie within what chance explains.")
        )
        self.closing.set_data(
            dots, curve, (rate, self.tr("City {rate}%").format(rate=f"{rate:.1f}")), said
        )

    def _on_bar(self, category: int, code: object) -> None:
        if 0 <= category < len(self._courts):
            self.figure_asked.emit(self._courts[category], str(code), "both")
