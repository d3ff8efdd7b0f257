"""响应时效: by team, how soon orders were answered and met, and what is in hand. UI thread."""

from typing import Final, Literal

from PySide6.QtWidgets import QStackedLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.plot_panel import PlotPanel
from desktop.panels.response import queries
from desktop.panels.response.queries import SHOWN, WORDS, Args, Times
from desktop.panels.response.rules import Soon, load_reading, reading
from desktop.rules.field_orders import OrderState
from desktop.rules.short_names import narrow_names
from widgets.plot import GroupedBars, Segment, StackedBars

What = Literal["answers", "arrivals", "load"]
DAYS: Final = 30
_COLOURS: Final = {
    OrderState.SENT: "overdue",
    OrderState.DELIVERED: "due_soon",
    OrderState.ACKNOWLEDGED: "accent",
    OrderState.EN_ROUTE: "paused",
    OrderState.ON_SCENE: "normal",
    OrderState.REFUSED: "done_late",
}


class ResponseView(PlotPanel):
    """A bar clicked opens the orders of its team."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self.soon = GroupedBars("", "")
        self.load = StackedBars("", "")
        self._pair = QWidget()
        super().__init__(
            context,
            parent,
            chart=self.soon,
            name="响应用时",
            tables=("field_order", "field_order_act", "team"),
        )
        self._what: What = "answers"
        self._times = Times((), (), (), 0)
        self.soon.set_empty_text(self.tr("No order was answered in these days."))
        self.load.set_empty_text(self.tr("No order is under way."))
        self.load.set_framed(False)
        self._stack_charts()
        self.switch = self.add_switch(
            (
                ("answers", self.tr("Answered after")),
                ("arrivals", self.tr("On the scene after")),
                ("load", self.tr("In hand")),
            ),
            self._on_switch,
        )
        self._name()
        self.soon.bar_clicked.connect(self._on_soon)
        self.load.bar_clicked.connect(self._on_load)

    def _stack_charts(self) -> None:
        self.body.removeWidget(self.soon)
        self._stack = QStackedLayout(self._pair)
        self._stack.addWidget(self.soon)
        self._stack.addWidget(self.load)
        self.body.addWidget(self._pair, 1)

    def read(self) -> None:
        args = Args(self.context.now(), DAYS)
        self.context.read(self, "times", queries.times, args, self._on_times, self.failed)

    @property
    def shown(self) -> tuple[Soon, ...]:
        """The bars of times."""
        return self._times.arrivals if self._what == "arrivals" else self._times.answers

    def _on_switch(self, key: str) -> None:
        self._what = "load" if key == "load" else "arrivals" if key == "arrivals" else "answers"
        self._stack.setCurrentWidget(self.load if self._what == "load" else self.soon)
        self._name()
        self._paint()

    def _name(self) -> None:
        if self._what == "load":
            self.menu.set_chart(self.load, "在办指令")
            self.set_note(self.tr("orders under way (orders)"))
            return
        name = "到场用时" if self._what == "arrivals" else "响应用时"
        self.menu.set_chart(self.soon, name)
        self.set_note(self.tr("last {days} days (minutes)").format(days=DAYS))

    def _on_times(self, found: Times) -> None:
        self._times = found
        self._paint()
        self.live.finished()

    def _paint(self) -> None:
        load = self._times.load
        self.load.set_data(
            [one.label for one in load],
            tuple(
                Segment(state.value, word, _COLOURS[state])
                for state, word in zip(SHOWN, WORDS, strict=True)
            ),
            [one.counts for one in load],
            load_reading(load, self._times.unanswered),
            narrow_categories=narrow_names([one.label for one in load]),
        )
        what = "到场用时" if self._what == "arrivals" else "响应用时"
        names = [one.label for one in self.shown]
        self.soon.set_data(
            names,
            (
                Segment("median", self.tr("median"), "accent"),
                Segment("nine", self.tr("nine of ten within"), "due_soon"),
            ),
            [(round(one.median, 1), round(one.nine, 1)) for one in self.shown],
            reading(self.shown, what, DAYS),
        )

    def _on_soon(self, category: int, _segment: object) -> None:
        self._open(self.shown[category].team_id)

    def _on_load(self, category: int, _segment: object) -> None:
        self._open(self._times.load[category].team_id)

    def _open(self, team_id: str) -> None:
        self.context.open("remote_command", {"team_id": team_id})
