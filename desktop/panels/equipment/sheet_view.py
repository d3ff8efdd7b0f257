"""A self-test's sheet on the screen: a line each, amber with its cause, one click to a ticket.

UI thread.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.panels.equipment.rules import VERDICT_STYLES
from desktop.rules.self_tests import VERDICT_WORDS, Line, Verdict
from widgets.badge import Badge
from widgets.parts import named_button, words_label

WAITING = ("链路", "时延", "音频", "存储", "时钟")


class SheetView(QWidget):
    """`fault_asked(line)`: make a fault ticket of it."""

    fault_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        self.show_lines(())

    def show_waiting(self, names: Sequence[str]) -> None:
        """A row for everything that is being measured."""
        self.lines = ()
        body, grid = self._new_body()
        for row, name in enumerate((*WAITING, *names)):
            badge = Badge(parent=body)
            badge.set_state("paused", self.tr("Measuring…"))
            grid.addWidget(badge, row, 0, Qt.AlignmentFlag.AlignTop)
            label = words_label(body, "")
            label.setText(name)
            grid.addWidget(label, row, 1, Qt.AlignmentFlag.AlignTop)
        self._put(body, grid, len(WAITING) + len(names))

    def show_lines(self, lines: Sequence[Line], tickets: Sequence[str] = ()) -> None:
        """The sheet, what did not pass on top; `tickets`: ids of things with an open fault."""
        self.lines = tuple(lines)
        body, grid = self._new_body()
        for row, line in enumerate(sorted(lines, key=lambda one: one.verdict is Verdict.PASS)):
            self._add(body, grid, row, line, has_ticket=line.equipment_id in tickets)
        self._put(body, grid, len(lines))

    def _new_body(self) -> tuple[QWidget, QGridLayout]:
        body = QWidget()
        body.setProperty("plain", True)
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(2, 5)
        return body, grid

    def _put(self, body: QWidget, grid: QGridLayout, rows: int) -> None:
        grid.setRowStretch(rows, 1)
        self._area.setWidget(body)

    def _add(
        self,
        body: QWidget,
        grid: QGridLayout,
        row: int,
        line: Line,
        *,
        has_ticket: bool,
    ) -> None:
        top = Qt.AlignmentFlag.AlignTop
        badge = Badge(parent=body)
        badge.setObjectName(f"verdict_{line.key}")
        badge.set_state(VERDICT_STYLES[line.verdict], VERDICT_WORDS[line.verdict])
        grid.addWidget(badge, row, 0, top)
        name = words_label(body, "")
        name.setText(line.name)
        grid.addWidget(name, row, 1, top)
        told = QWidget(body)
        told.setProperty("plain", True)
        inner = QVBoxLayout(told)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(2)
        measured = words_label(told, "")
        measured.setText(line.measured)
        limit = words_label(told, "small")
        limit.setText(self.tr("Wanted: {limit}").format(limit=line.limit))
        limit.setToolTip(line.basis)
        inner.addWidget(measured)
        if line.cause:
            cause = words_label(told, "warning")
            cause.setObjectName(f"cause_{line.key}")
            cause.setText(line.cause)
            inner.addWidget(cause)
        inner.addWidget(limit)
        grid.addWidget(told, row, 2, top)
        if line.verdict is not Verdict.PASS and line.equipment_id:
            button = named_button(body, f"ticket_{line.key}", self.tr("Fault ticket"))
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            if has_ticket:
                button.setText(self.tr("Ticket is open"))
                button.setEnabled(False)
            button.clicked.connect(lambda _checked=False: self.fault_asked.emit(line))
            grid.addWidget(button, row, 3, top)
