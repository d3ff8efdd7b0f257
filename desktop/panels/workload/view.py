"""The workload plot: open cases by team or handler, or cases closed a week. UI thread."""

from PySide6.QtWidgets import QStackedLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.offers import Offers
from desktop.contract.plot_panel import PlotPanel
from desktop.panels.workload import queries
from desktop.panels.workload.queries import STATES, By, Courts, LoadArgs, LoadData
from desktop.panels.workload.rules import Load, closed_reading, load_reading
from desktop.rules.short_names import narrow_names
from storage.records.states import STYLE_KEY
from widgets.forms import Option
from widgets.plot import Segment, StackedBars

_SEGMENTS = tuple(Segment(state.value, state.value, STYLE_KEY[state]) for state in STATES)


class WorkloadView(PlotPanel):
    """Bars of open cases in the colours of their worst open node; a click opens their list."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self.bars = StackedBars("", "")
        self.weeks = StackedBars("", "")
        self._pair = QWidget()
        super().__init__(
            context,
            parent,
            chart=self.bars,
            name="团队负荷",
            tables=("case", "node_clock", "team", "person"),
        )
        self._by: By = "team"
        self._closed = False
        self._data = LoadData((), ())
        self.set_note(self.tr("open cases (cases)"))
        self.bars.set_empty_text(self.tr("No open cases here. Import cases or choose a court."))
        self.weeks.set_empty_text(self.tr("No case was closed in these weeks."))
        self.weeks.set_framed(False)
        self.weeks.set_title("")
        self.weeks.set_note("")
        self._stack_charts()
        self.switch = self.add_switch(
            (
                ("team", self.tr("By team")),
                ("handler", self.tr("By handler")),
                ("closed", self.tr("Closed a week")),
            ),
            self._on_switch,
        )
        self.court_box = self.add_court_box(self.tr("Court"), self.tr("All courts"))
        self.bars.bar_clicked.connect(self._on_bar)
        self.weeks.bar_clicked.connect(self._on_week)
        self._court_known = False
        self._offered = False  # one's own court is chosen once, when there is one
        Offers(self, context, queries.courts, context.who.person_id, self._on_courts)

    def read(self) -> None:
        if not self._court_known:
            self.live.finished()
            return
        court = next(iter(self.court_box.selected()), None)
        args = LoadArgs(self.context.today(), self._by, None if court is None else str(court))
        self.context.read(self, "load", queries.load, args, self._on_load, self.failed)

    @property
    def data(self) -> LoadData:
        """What is shown, with the list behind each bar."""
        return self._data

    def _stack_charts(self) -> None:
        self.body.removeWidget(self.bars)
        self._stack = QStackedLayout(self._pair)
        self._stack.addWidget(self.bars)
        self._stack.addWidget(self.weeks)
        self.body.addWidget(self._pair, 1)

    def _on_courts(self, found: Courts) -> None:
        self.court_box.blockSignals(True)
        kept = self.court_box.selected() if self._offered else (found.own,)
        self.court_box.set_options([Option(key, name) for key, name in found.courts])
        self.court_box.set_selected(kept)
        self.court_box.blockSignals(False)
        self._court_known = True
        self._offered = bool(found.courts)
        self.live.ask()

    def _on_switch(self, key: str) -> None:
        self._closed = key == "closed"
        self._stack.setCurrentWidget(self.weeks if self._closed else self.bars)
        if self._closed:
            self.menu.set_chart(self.weeks, "每周结案")
            self.set_note(self.tr("cases closed a week (cases)"))
            return
        self.set_note(self.tr("open cases (cases)"))
        self.menu.set_chart(self.bars, "团队负荷" if key == "team" else "承办人负荷")
        self._by = "handler" if key == "handler" else "team"
        self.live.ask()

    def _on_load(self, data: LoadData) -> None:
        self._data = data
        loads = [Load(bar.label, bar.open, bar.overdue) for bar in data.bars]
        rest = loads.pop() if loads and loads[-1].label == queries.REST else None
        self.bars.set_data(
            [bar.label for bar in data.bars],
            _SEGMENTS,
            [bar.counts for bar in data.bars],
            load_reading(loads, rest),
            narrow_categories=narrow_names([bar.label for bar in data.bars]),
        )
        closed = [week.closed for week in data.weeks]
        self.weeks.set_data(
            [f"{week.to_on:%m-%d}" for week in data.weeks],
            (Segment("closed", self.tr("closed"), "accent"),),
            [(count,) for count in closed],
            closed_reading(closed),
        )
        self.live.finished()

    def _on_bar(self, category: int, segment: object) -> None:
        bar = self._data.bars[category]
        keys = [state.value for state in STATES]
        filter_ = bar.whole if segment is None else bar.lists[keys.index(str(segment))]
        self.context.open("workload_cases", filter_.to_params())

    def _on_week(self, category: int, _segment: object) -> None:
        self.context.open("workload_cases", self._data.weeks[category].cases.to_params())
