"""A layout that sets its items side by side and goes on in the next line when one is full."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Left to right, top to bottom, `spacing()` pixels between items and lines.

    `fill` shares out what is left of a line among its items.
    """

    def __init__(
        self, parent: QWidget | None = None, *, spacing: int = 8, fill: bool = False
    ) -> None:
        super().__init__(parent)
        self._fill = fill
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        width = sum(item.sizeHint().width() + self.spacing() for item in self._shown())
        return QSize(width, self._line_height())

    def minimumSize(self) -> QSize:  # noqa: N802
        width = max((item.minimumSize().width() for item in self._shown()), default=0)
        return QSize(width, self._line_height())

    def _line_height(self) -> int:
        return max((item.sizeHint().height() for item in self._shown()), default=0)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        taken = 0
        for item in self._shown():
            wanted = item.sizeHint().width()
            if not lines or taken + wanted > width:
                lines.append([])
                taken = 0
            lines[-1].append(item)
            taken += wanted + self.spacing()
        return lines

    def _place(self, rect: QRect, *, move: bool) -> int:
        y = rect.y()
        lines = self._lines(rect.width())
        for line in lines:
            height = max(item.sizeHint().height() for item in line)
            if move:
                self._place_line(line, QRect(rect.x(), y, rect.width(), height))
            y += height + self.spacing()
        return y - rect.y() - (self.spacing() if lines else 0)

    def _place_line(self, line: list[QLayoutItem], room: QRect) -> None:
        # One that is wider than the line is made narrower rather than cut off.
        widths = [min(item.sizeHint().width(), room.width()) for item in line]
        if self._fill:
            left = room.width() - sum(widths) - self.spacing() * (len(line) - 1)
            widths = [width + max(0, left) // len(line) for width in widths]
        x = room.x()
        for item, width in zip(line, widths, strict=True):
            height = item.sizeHint().height()
            y = room.y() + (room.height() - height) // 2
            item.setGeometry(QRect(QPoint(x, y), QSize(width, height)))
            x += width + self.spacing()
