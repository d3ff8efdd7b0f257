"""The head of a table, with a hint at its end while columns are away. UI thread."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QToolButton, QWidget

from widgets.table.arrangement import Arrangement
from widgets.table.columns import Column
from widgets.theme import current_theme

_HINT_EXTRA: Final = 8 + 8
_THUMB: Final = 44


class ColumnHint(QToolButton):
    """Says how many columns are away, names them, and opens the menu of columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "columns")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.hide()

    def tell(self, aside: list[Column], hidden: list[Column]) -> None:
        """Words for the columns that gave way and those hidden by hand."""
        count = len(aside) + len(hidden)
        plain = self.tr("Cols")
        self.setText(self.tr("+{count} more").format(count=count) if count else plain)
        lines = []
        for columns, text in (
            (aside, self.tr("Without room here: {names}")),
            (hidden, self.tr("Hidden by hand: {names}")),
        ):
            if columns:
                names = self.tr(", ").join(column.title for column in columns)
                lines.append(text.format(names=names))
        lines.append(self.tr("Choose columns"))
        self.setToolTip("\n".join(lines))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(self.toolTip())

    def wanted_width(self) -> int:
        """Pixels for its longest usual words, whatever it says now: what it takes must not depend
        on how many columns it makes step aside."""
        theme = current_theme()
        metrics = QFontMetrics(theme.font("small", bold=True))
        words = (self.tr("Cols"), self.tr("+{count} more").format(count=9))
        width = max(metrics.horizontalAdvance(one) for one in words) + theme.px(_HINT_EXTRA)
        return max(width, _THUMB) if theme.touch else width

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.click()
            return
        super().keyPressEvent(event)


class TableHeader(QHeaderView):
    """Titles that can be clicked and moved; `menu_asked` has the number of the column under the
    mouse, -1 for none, and the place on the screen."""

    menu_asked = Signal(int, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._table = parent
        self.hint = ColumnHint(self)
        self.hint.clicked.connect(lambda _checked=False: self._ask_beneath_hint())
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)

    def hint_columns(self, arrangement: Arrangement) -> None:
        """Shows the hint, or hides it where every column that is wanted can be seen."""
        away = arrangement.away()
        aside = [column for column in away if arrangement.standing(column) == "aside"]
        self.hint.tell(aside, [column for column in away if column not in aside])
        if self.hint.hasFocus() and not arrangement.hinted:
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hint.setVisible(arrangement.hinted)
        self._place_hint()
        self.viewport().update()

    def _place_hint(self) -> None:
        width = self.hint.wanted_width()
        self.hint.setGeometry(self.viewport().width() - width, 0, width, self.height())
        self.hint.raise_()

    def _ask_beneath_hint(self) -> None:
        place = self.hint.mapToGlobal(self.hint.rect().bottomLeft())
        self.menu_asked.emit(-1, place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_hint()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask_beneath_hint()
            return
        self.menu_asked.emit(self.logicalIndexAt(event.pos()), event.globalPos())

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N802, N803
        """The title and the arrow of the order keep clear of the hint."""
        free = QRect(rect)
        if not self.hint.isHidden() and rect.left() < self.hint.x() <= rect.right():
            free.setRight(self.hint.x() - 1)
        super().paintSection(painter, free, logicalIndex)
