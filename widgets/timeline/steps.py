"""The steps of a derivation: a mark, a headline and its source beneath. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from widgets.states import paint_shape, state_color
from widgets.theme import current_theme, theme_notifier
from widgets.timeline.records import Step, StepKind

_SHAPES: Final[dict[StepKind, str]] = {
    "start": "normal",
    "due": "due_soon",
    "late": "overdue",
    "done": "done",
}


class _Mark(QWidget):
    """The mark left of a step."""

    def __init__(self, step: Step, parent: QWidget) -> None:
        super().__init__(parent)
        self._step = step
        self.setFixedWidth(current_theme().px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = theme.px(10)
        box = QRectF(1, theme.px(5), size, size)
        step = self._step
        state = step.state or _SHAPES.get(step.kind, "")
        if step.kind in _SHAPES or (step.state and step.kind == "note"):
            paint_shape(painter, box, state, theme)
        elif step.kind == "count":
            self._paint_bar(painter, box, "paused" if not step.state else step.state, 2)
        elif step.kind == "skip":
            paint_shape(painter, box, step.state or "paused", theme)
        elif step.kind == "roll":
            painter.setPen(QPen(theme.color("due_soon_text"), 1.4))
            painter.drawRoundedRect(box, 2, 2)
            painter.drawLine(
                QPointF(box.left(), box.top() + size * 0.32),
                QPointF(box.right(), box.top() + size * 0.32),
            )
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("faint"))
            painter.drawEllipse(box.center(), 2, 2)
        painter.end()

    def _paint_bar(self, painter: QPainter, box: QRectF, state: str, width: int) -> None:
        rect = QRectF(box.center().x() - width / 2, box.top() - 1, width, box.height() + 4)
        painter.fillRect(rect, state_color(state))


class _StepRow(QFrame):
    """One step; its words can be selected with mouse or keys."""

    def __init__(self, step: Step, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(_Mark(step, self))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(_words(step.headline, "", step))
        if step.detail:
            words.addWidget(_words(step.detail, "small", step))
        row.addLayout(words, 1)
        self.setAccessibleName(step.headline)
        self.setAccessibleDescription(step.detail)


def _words(text: str, role: str, step: Step) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    flags = Qt.TextInteractionFlag
    label.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.MinimumExpanding)
    if role:
        label.setProperty("role", role)
    elif step.kind in ("due", "late", "done"):
        font = label.font()
        font.setBold(True)
        label.setFont(font)
    return label


class StepList(QWidget):
    """A vertical list of steps; with `scroll=True` it scrolls by itself."""

    def __init__(self, parent: QWidget | None = None, *, scroll: bool = False) -> None:
        super().__init__(parent)
        self._steps: Sequence[Step] = ()
        self._body = QWidget()
        self._body.setProperty("plain", True)
        self._rows = QVBoxLayout(self._body)
        self._rows.setContentsMargins(0, 0, 4, 0)
        self._rows.setSpacing(12)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        if scroll:
            area = QScrollArea(self)
            area.setWidgetResizable(True)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setWidget(self._body)
            outer.addWidget(area)
        else:
            outer.addWidget(self._body)
        theme_notifier().theme_changed.connect(self._rebuild)

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Replaces the steps."""
        self._steps = tuple(steps)
        self._rebuild()

    def as_text(self) -> str:
        """The steps as plain text, one a line, the source indented beneath."""
        lines: list[str] = []
        for step in self._steps:
            lines.append(step.headline)
            if step.detail:
                lines.append(f"    {step.detail}")
        return "\n".join(lines)

    def _rebuild(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        for step in self._steps:
            self._rows.addWidget(_StepRow(step, self._body))
        self._rows.addStretch(1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
