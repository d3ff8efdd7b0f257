"""案件情况: received, closed and open of a period, by word, court, team or handler. UI thread."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.chart_menu import ChartMenu
from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.offers import Offers
from desktop.panels.situation import queries
from desktop.panels.situation.columns import GROUP, RATE, columns
from desktop.panels.situation.queries import (
    MEASURES,
    By,
    Group,
    Offered,
    Situation,
    SituationArgs,
    rest_of,
)
from desktop.panels.situation.rules import (
    Counts,
    Period,
    last_twelve_months,
    modes_reading,
    months_back,
    months_between,
    rate_text,
    reading,
    this_year,
)
from desktop.panels.situation.totalled import TOTAL_ID, TotalledSource, write_csv
from widgets.figure import FigureCard
from widgets.forms import FilterBox, Option
from widgets.plot import Segment, StackedBars
from widgets.table import Cell, DataTable, PagedTableModel
from widgets.theme import current_theme, theme_notifier

TABLES: Final = ("case", "node_clock", "team", "person", "court")
BARS_MAX: Final = 7
_FIGURES: Final = ("old", "received", "closed", "open", RATE)
_TOKENS: Final = {"old": "faint", "received": "accent", "closed": "normal", "open": "paused"}
_LOW: Final = 400
_HIGH: Final = 640
_NARROW: Final = 900
_PLOT_MARGINS: Final = 76
_PAIR: Final = 30
_PAIRS: Final = (("old", "received"), ("closed", "open"))


class SituationView(QWidget):
    """Choices, five numbers, two plots, the table; any number or bar opens its list."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.shown: Situation | None = None
        self._bars: tuple[Group, ...] = ()
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.setInterval(0)
        self._fitting.timeout.connect(self._fit_bars)
        self._make_boxes()
        self._make_figures()
        self._make_plots()
        self._make_table()
        self._arrange()
        self.live = LiveRefresh(self, context, TABLES, self._read)
        self._connect()
        Offers(self, context, queries.offers, None, self._on_offers)

    def apply(self, params: Mapping[str, str]) -> None:
        """Chooses the grouping and the court of `params` (by, court)."""
        if params.get("by"):
            self.by_box.setCurrentIndex(max(0, self.by_box.findData(params["by"])))
        self.court_box.set_selected((params["court"],) if params.get("court") else ())
        self.live.ask()

    # Parts

    def _make_boxes(self) -> None:
        self.period_box = QComboBox(self)
        for key, words in (
            ("year", self.tr("This year")),
            ("twelve", self.tr("Last twelve months")),
            ("months", self.tr("Chosen months")),
        ):
            self.period_box.addItem(words, key)
        self.first_box, self.last_box = QComboBox(self), QComboBox(self)
        self.first_box.setAccessibleName(self.tr("First month"))
        self.last_box.setAccessibleName(self.tr("Last month"))
        self._offer_months(self.context.today())
        self.by_box = QComboBox(self)
        for key, words in (
            ("court", self.tr("By court")),
            ("team", self.tr("By team")),
            ("handler", self.tr("By handler")),
            ("type_word", self.tr("By type word")),
        ):
            self.by_box.addItem(words, key)
        self.court_box = FilterBox(
            self.tr("Court"), all_text=self.tr("All courts"), multiple=False, parent=self
        )
        # In a low panel plots and table take turns.
        self.page_box = QComboBox(self)
        self.page_box.addItem(self.tr("Plots"), "plots")
        self.page_box.addItem(self.tr("Table"), "table")
        self.period_label = QLabel(self)
        self.period_label.setProperty("role", "muted")

    def _make_figures(self) -> None:
        titles = (
            self.tr("Old stock"),
            self.tr("Received"),
            self.tr("Closed"),
            self.tr("Open at the end"),
            self.tr("Closed within the statutory period"),
        )
        self.figures: dict[str, FigureCard] = {}
        for key, title in zip(_FIGURES, titles, strict=True):
            card = FigureCard(title, self)
            card.setObjectName(f"situation_{key}")
            measure = "in_time" if key == RATE else key
            card.clicked.connect(lambda measure=measure: self.open_list(None, measure))
            self.figures[key] = card

    def _make_plots(self) -> None:
        self.bars = StackedBars("", "", horizontal=True, parent=self)
        self.modes = StackedBars("", "", horizontal=True, parent=self)
        self.bars_title = QLabel(self)
        self.modes_title = QLabel(self.tr("How closed"), self)
        self.legend = QLabel(self)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        for label in (self.bars_title, self.modes_title):
            label.setProperty("role", "title")
        for chart in (self.bars, self.modes):
            chart.set_framed(False)
            chart.set_title("")
            chart.set_note("")
        self.bars.set_empty_text(self.tr("No case in this period. Choose another period or court."))
        self.modes.set_empty_text(self.tr("No case was closed in this period."))
        self.bars_menu = ChartMenu(self.bars, self.context, "案件情况", self)
        self.bars_menu.set_note("件")
        self.modes_menu = ChartMenu(self.modes, self.context, "结案方式", self)
        self.modes_menu.set_note("件")
        self.modes_menu.setObjectName("modes_menu")
        self._segments = (
            Segment("old", self.tr("Old stock"), _TOKENS["old"]),
            Segment("received", self.tr("Received"), _TOKENS["received"]),
            Segment("closed", self.tr("Closed"), _TOKENS["closed"]),
            Segment("open", self.tr("Open"), _TOKENS["open"]),
        )

    def _make_table(self) -> None:
        self._source = TotalledSource(())
        self._rows: list[dict[str, object]] = []
        self.model = PagedTableModel(columns(), self._source, self)
        self.table = DataTable(self.model, self)
        self.table.set_empty_text(
            self.tr("No case in this period"), self.tr("Choose another period or court.")
        )
        self.csv_button = QPushButton(self.tr("Save table (CSV)"), self)
        self.definition = QLabel(self)
        self.definition.setProperty("role", "small")
        self.definition.setWordWrap(True)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        for box in (
            *(self.period_box, self.first_box, self.last_box, self.by_box),
            *(self.court_box, self.page_box, self.period_label),
        ):
            top.addWidget(box)
        top.addStretch(1)
        top.addWidget(self.csv_button)
        self._cards_row = QWidget(self)
        cards = QHBoxLayout(self._cards_row)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(10)
        for card in self.figures.values():
            cards.addWidget(card, 1)
        self._plots = plots = QWidget(self)
        pair = QHBoxLayout(plots)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(16)
        for title, extra, menu, chart, share in (
            (self.bars_title, self.legend, self.bars_menu, self.bars, 3),
            (self.modes_title, None, self.modes_menu, self.modes, 2),
        ):
            column = QVBoxLayout()
            head = QHBoxLayout()
            head.addWidget(title)
            if extra is not None:
                head.addSpacing(8)
                head.addWidget(extra)
            head.addStretch(1)
            head.addWidget(menu)
            column.addLayout(head)
            column.addWidget(chart, 1)
            pair.addLayout(column, share)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setObjectName("situation_splitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(plots)
        splitter.addWidget(self.table)
        splitter.setSizes([560, 440])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self._cards_row)
        layout.addWidget(splitter, 1)
        layout.addWidget(self.definition)
        self._show_months()

    def _connect(self) -> None:
        self.period_box.currentIndexChanged.connect(self._on_period)
        for box in (self.first_box, self.last_box, self.by_box):
            box.currentIndexChanged.connect(lambda _index: self.live.ask())
        self.court_box.changed.connect(self.live.ask)
        self.page_box.currentIndexChanged.connect(lambda _index: self._fit())
        self.bars.bar_clicked.connect(self._on_bar)
        self.modes.bar_clicked.connect(self._on_mode)
        self.table.clicked.connect(self._on_cell)
        self.table.row_activated.connect(lambda _id: self._on_cell(self.table.currentIndex()))
        self.csv_button.clicked.connect(lambda _checked=False: self.save_table())
        self.context.day_changed.connect(self._offer_months)
        theme_notifier().theme_changed.connect(self._show_legend)

    # Choices

    @property
    def period(self) -> Period:
        """The days chosen, never beyond today."""
        today = self.context.today()
        chosen = self.period_box.currentData()
        if chosen == "year":
            return this_year(today)
        if chosen == "twelve":
            return last_twelve_months(today)
        first, last = (
            date.fromisoformat(str(box.currentData())) for box in (self.first_box, self.last_box)
        )
        found = months_between(first, last)
        return Period(found.first, min(found.last, today))

    @property
    def by(self) -> By:
        """The grouping chosen."""
        by: By = self.by_box.currentData()
        return by

    def _offer_months(self, today: date, earliest: date | None = None) -> None:
        months = months_back(earliest or today, today)
        for box in (self.first_box, self.last_box):
            kept = box.currentData()
            box.blockSignals(True)
            box.clear()
            for month in months:
                box.addItem(f"{month:%Y-%m}", month.isoformat())
            box.setCurrentIndex(max(0, box.findData(kept)))
            box.blockSignals(False)

    def _show_months(self) -> None:
        for box in (self.first_box, self.last_box):
            box.setVisible(self.period_box.currentData() == "months")

    def _on_period(self, _index: int) -> None:
        self._show_months()
        self.live.ask()

    def _on_offers(self, found: Offered) -> None:
        self._offer_months(self.context.today(), found.earliest)
        kept = self.court_box.selected()
        self.court_box.blockSignals(True)
        self.court_box.set_options([Option(key, name) for key, name in found.courts])
        self.court_box.set_selected(kept)
        self.court_box.blockSignals(False)

    # Reading and showing

    def _read(self) -> None:
        court = next(iter(self.court_box.selected()), None)
        args = SituationArgs(
            self.context.today(), self.period, self.by, None if court is None else str(court)
        )
        self.context.read(
            *(self, "situation", queries.situation, args, self._on_situation, self._on_error)
        )

    def _on_error(self, sentence: str) -> None:
        self.context.notify(sentence, level="error")
        self.live.finished()

    def _on_situation(self, found: Situation) -> None:
        self.shown = found
        self.period_label.setText(found.args.period.words())
        self.definition.setText(found.definition)
        self._show_figures(found.total)
        self._show_bars(found)
        self.modes.set_data(
            [mode.label for mode in found.modes],
            (Segment("count", self.tr("Closed"), _TOKENS["closed"]),),
            [(mode.count,) for mode in found.modes],
            modes_reading([(mode.label, mode.count) for mode in found.modes]),
        )
        total = {"id": TOTAL_ID, GROUP: self.tr("Total"), **_cells(found.total)}
        self._rows = [total] if found.groups else []
        for number, group in enumerate(found.groups, 1):
            self._rows.append({"id": number, GROUP: group.label, **_cells(group.counts)})
        self._source.set_rows(self._rows)
        self.model.refresh()
        self.live.finished()

    def _show_figures(self, total: Counts) -> None:
        for key in _FIGURES[:4]:
            self.figures[key].set_figure(f"{getattr(total, key):,}", self.tr("cases"))
        share = f"{total.in_time:,} / {total.judged:,}"
        self.figures[RATE].set_figure(rate_text(total.rate), share)

    def _show_bars(self, found: Situation) -> None:
        """Two bars a group, equally long: what there was, and what became of it."""
        groups = sorted(found.groups, key=lambda group: -group.counts.load)
        most = self._bars_that_fit()
        shown = list(groups if len(groups) <= most else groups[: most - 1])
        if len(groups) > len(shown):
            shown.append(rest_of(groups[len(shown) :], self.tr("Others")))
        self._bars = tuple(shown)
        names: list[str] = []
        values: list[list[int]] = []
        for group in shown:
            names += [group.label, self.tr("{group}: outcome").format(group=group.label)]
            for pair in _PAIRS:
                values.append(
                    [
                        getattr(group.counts, part.key) if part.key in pair else 0
                        for part in self._segments
                    ]
                )
        words = reading(found.total, [(group.label, group.counts) for group in groups])
        self.bars.set_data(names, self._segments, values, words)
        self.bars_title.setText(self.by_box.currentText())
        self._show_legend()

    def _bars_that_fit(self) -> int:
        """Groups whose two bars are still wide enough to be told apart and clicked."""
        room = self.bars.height() - current_theme().px(_PLOT_MARGINS)
        return max(2, min(BARS_MAX, room // current_theme().px(_PAIR)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """A high panel shows everything; a lower one plots or table, a low one without cards."""
        theme = current_theme()
        low, whole = self.height() < theme.px(_LOW), self.height() >= theme.px(_HIGH)
        page = self.page_box.currentData()
        for widget in (self._cards_row, self.definition):
            widget.setVisible(not low)
        self.page_box.setVisible(not whole)
        self.period_label.setVisible(self.width() >= theme.px(_NARROW))
        self._plots.setVisible(whole or page == "plots")
        self.table.setVisible(whole or page == "table")
        self.table.setToolTip(self.definition.text() if low else "")
        self._fitting.start()

    def _fit_bars(self) -> None:
        if self.shown is not None and len(self._bars) != min(
            self._bars_that_fit(), len(self.shown.groups)
        ):
            self._show_bars(self.shown)

    def _show_legend(self) -> None:
        theme = current_theme()
        self.legend.setText(
            "　".join(
                f'<span style="color:{theme.hex(part.state)}">■</span>'
                f'<span style="color:{theme.hex("muted")}"> {part.label}</span>'
                for part in self._segments
            )
        )

    # Opening lists, saving

    def open_list(self, group: Group | None, measure: str) -> None:
        """Opens exactly the cases a number counts."""
        if self.shown is not None:
            listed = self.shown.list_of(group, measure)
            self.context.open("workload_cases", listed.to_params())

    def _on_bar(self, category: int, segment: object) -> None:
        pair = _PAIRS[category % 2]
        measure = str(segment) if segment in pair else pair[1]
        self.open_list(self._bars[category // 2], measure)

    def _on_mode(self, category: int, _segment: object) -> None:
        if self.shown is not None:
            listed = self.shown.modes[category].cases
            self.context.open("workload_cases", listed.to_params())

    def _on_cell(self, index: QModelIndex) -> None:
        row_id = self.model.id_at(index.row())
        if self.shown is None or row_id is None:
            return
        key = self.model.columns[index.column()].key
        if key == GROUP:
            return
        group = None if row_id == TOTAL_ID else self.shown.groups[row_id - 1]
        self.open_list(group, key if key in MEASURES else "in_time")

    def save_table(self) -> None:
        """Writes the table into the documents folder."""
        if self.shown is None:
            return
        folder = self.context.documents_folder()
        period = self.shown.args.period
        target = folder / f"案件情况 {period.first.isoformat()}—{period.last.isoformat()}.csv"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_csv(target, self.model.columns, self._rows)
        except OSError as fault:
            text = self.tr("Could not be saved: {reason}").format(
                reason=fault.strerror or str(fault)
            )
            self.context.notify(text, level="error")
            return
        self.context.notify(self.tr("Saved: {file}").format(file=target), level="done")


def _cells(counts: Counts) -> dict[str, object]:
    made: dict[str, object] = {key: getattr(counts, key) for key in MEASURES}
    rate = counts.rate
    made[RATE] = Cell(None if rate is None else float(rate), text=rate_text(rate))
    return made
