"""A plot as a panel: a line of choices, the plot, its corner menu, kept fresh. UI thread.

The choices look like a caption until the mouse or the keyboard is on them: the plot has the room.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.chart_menu import ChartMenu
from desktop.contract.context import PanelContext
from desktop.contract.filters import NodeFilter
from desktop.contract.live import INTERVAL_MS, LiveRefresh
from widgets.forms import FilterBox
from widgets.plot import Chart
from widgets.theme import current_theme


class CaptionSelect(QComboBox):
    """A choice as wide as the words chosen, so that it reads as part of a caption."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.currentIndexChanged.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.currentText())
        return QSize(words + current_theme().px(28), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(current_theme().px(40), super().minimumSizeHint().height())

    def showPopup(self) -> None:  # noqa: N802
        """The list is as wide as its longest choice, not as the box."""
        metrics = self.fontMetrics()
        words = [self.itemText(index) for index in range(self.count())]
        widest = max((metrics.horizontalAdvance(word) for word in words), default=0)
        self.view().setMinimumWidth(widest + current_theme().px(48))
        super().showPopup()


class PlotPanel(QWidget):
    """Base of the plot panels; a subclass gives `read`, which ends with `live.finished()`.

    `name` is the Chinese name of the files the corner menu writes; `interval_ms` lies between two
    reads, more where one looks at much.
    """

    def __init__(
        self,
        context: PanelContext,
        parent: QWidget | None,
        *,
        chart: Chart,
        name: str,
        tables: Sequence[str],
        interval_ms: int = INTERVAL_MS,
    ) -> None:
        super().__init__(parent)
        self.context = context
        chart.setParent(self)
        chart.set_framed(False)
        chart.set_title("")
        chart.set_note("")
        self.menu = ChartMenu(chart, context, name, self)
        self.choices_row = QHBoxLayout()
        self.choices_row.setSpacing(2)
        self.note = QLabel(self)
        self.note.setProperty("role", "small")
        self.choices_row.addStretch(1)
        self.choices_row.addWidget(self.note)
        self.choices_row.addWidget(self.menu)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 0, 12, 8)
        self.body.setSpacing(2)
        self.body.addLayout(self.choices_row)
        self.body.addWidget(chart, 1)
        self._choices_placed = 0
        self._note_taken = False
        self.live = LiveRefresh(self, context, tables, self.read, interval_ms=interval_ms)

    def read(self) -> None:
        """Starts reading what the plot shows; its answer calls `live.finished()`."""
        raise TypeError(f"{type(self).__name__} does not say what it reads")

    def add_choice(self, widget: QWidget) -> None:
        """Puts a control at the left of the line above the plot."""
        widget.setProperty("kind", "caption")
        self.choices_row.insertWidget(self._choices_placed, widget)
        self._choices_placed += 1

    def add_switch(
        self, options: Sequence[tuple[str, str]], chosen: Callable[[str], None]
    ) -> QComboBox:
        """A box of (key, label); the first is chosen. Calls `chosen(key)` on another choice."""
        box = CaptionSelect(self)
        for key, label in options:
            box.addItem(label, key)
        box.currentIndexChanged.connect(lambda index: chosen(str(box.itemData(index))))
        self.add_choice(box)
        return box

    def add_court_box(self, name: str, all_text: str, *, multiple: bool = False) -> FilterBox:
        """A box of courts without a name before the chosen one: plots are narrow. Another choice
        reads again."""
        box = FilterBox("", all_text=all_text, multiple=multiple, parent=self)
        box.setAccessibleName(name)
        box.changed.connect(self.live.ask)
        self.add_choice(box)
        return box

    def set_note(self, text: str) -> None:
        """The unit at the right of the row; left out where the panel is too narrow for it."""
        self.note.setText(text)
        self.menu.set_note(text)
        self._fit_note()

    def take_note(self) -> QLabel:
        """Gives the unit away to who writes the title of this plot, to stand in its line."""
        self.choices_row.removeWidget(self.note)
        self._note_taken = True
        return self.note

    def set_large(self, large: bool) -> None:
        """On a wall nobody chooses anything: only the unit is said."""
        for index in range(self.choices_row.count()):
            item = self.choices_row.itemAt(index)
            widget = None if item is None else item.widget()
            if widget is not None and widget is not self.note:
                widget.setVisible(not large)
        self.body.setContentsMargins(0 if large else 12, 0, 0 if large else 12, 0 if large else 8)
        self._fit_note()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_note()

    def _fit_note(self) -> None:
        if self._note_taken:
            return
        margins = self.body.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        for index in range(self.choices_row.count()):
            item = self.choices_row.itemAt(index)
            widget = None if item is None else item.widget()
            if widget is not None and widget is not self.note and not widget.isHidden():
                room -= widget.sizeHint().width() + self.choices_row.spacing()
        self.note.setVisible(room >= self.note.sizeHint().width())

    def open_nodes(self, filter_: NodeFilter) -> None:
        """Opens the node list of a filter."""
        self.context.open("process_monitor", filter_.to_params())

    def failed(self, sentence: str) -> None:
        """A read was refused: says so and goes on."""
        self.context.notify(sentence, level="error")
        for chart in self.findChildren(Chart):
            chart.say_instead(sentence)
        self.live.finished()
