"""A plot as a panel: a row of choices, the plot, its corner menu, kept fresh. UI thread."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.contract.chart_menu import ChartMenu
from desktop.contract.context import PanelContext
from desktop.contract.filters import NodeFilter
from desktop.contract.live import LiveRefresh
from widgets.plot import Chart


class PlotPanel(QWidget):
    """Base of the plot panels; a subclass gives `read`, which ends with `live.finished()`.

    `name` is the Chinese name of the files the corner menu writes.
    """

    def __init__(
        self,
        context: PanelContext,
        parent: QWidget | None,
        *,
        chart: Chart,
        name: str,
        tables: Sequence[str],
    ) -> None:
        super().__init__(parent)
        self.context = context
        chart.setParent(self)
        chart.set_framed(False)
        self.menu = ChartMenu(chart, context, name, self)
        self.choices_row = QHBoxLayout()
        self.choices_row.setSpacing(6)
        self.choices_row.addStretch(1)
        self.choices_row.addWidget(self.menu)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 6, 12, 8)
        self.body.setSpacing(4)
        self.body.addLayout(self.choices_row)
        self.body.addWidget(chart, 1)
        self._choices_placed = 0
        self.live = LiveRefresh(self, context, tables, self.read)

    def read(self) -> None:
        """Starts reading what the plot shows; its answer calls `live.finished()`."""
        raise TypeError(f"{type(self).__name__} does not say what it reads")

    def add_choice(self, widget: QWidget) -> None:
        """Puts a control at the left of the row above the plot."""
        self.choices_row.insertWidget(self._choices_placed, widget)
        self._choices_placed += 1

    def add_switch(
        self, options: Sequence[tuple[str, str]], chosen: Callable[[str], None]
    ) -> dict[str, QPushButton]:
        """A segmented switch of (key, label); the first is on. Calls `chosen(key)`."""
        group = QButtonGroup(self)
        group.setExclusive(True)
        buttons: dict[str, QPushButton] = {}
        for key, label in options:
            button = QPushButton(label, self)
            button.setObjectName(f"switch_{key}")
            button.setCheckable(True)
            button.setChecked(not buttons)
            button.setProperty("kind", "segment")
            button.clicked.connect(lambda _checked=False, key=key: chosen(key))
            group.addButton(button)
            self.add_choice(button)
            buttons[key] = button
        return buttons

    def open_nodes(self, filter_: NodeFilter) -> None:
        """Opens the node list of a filter."""
        self.context.open("process_monitor", filter_.to_params())

    def failed(self, sentence: str) -> None:
        """A read was refused: says so and goes on."""
        self.context.notify(sentence, level="error")
        self.live.finished()
