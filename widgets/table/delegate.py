"""Paints one cell: text, number, date, money, state badge or the placeholder. UI thread."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from widgets.states import paint_badge
from widgets.table.columns import EMPTY_TEXT, Cell, Column, cell_text
from widgets.table.model import VALUE_ROLE, alignment
from widgets.theme import Theme, current_theme

PADDING: Final = 8


class CellDelegate(QStyledItemDelegate):
    """Knows the columns and the row under the mouse; asks the theme for everything else."""

    def __init__(self, columns: tuple[Column, ...], view: QAbstractItemView) -> None:
        super().__init__(view)
        self._columns = columns
        self._view = view
        self.hover_row = -1
        self._flags = {
            column.key: int(alignment(column)) | int(Qt.TextFlag.TextSingleLine)
            for column in columns
        }
        self._fonts: tuple[Theme, QFont, QFontMetrics] | None = None

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme = current_theme()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(rect, theme.color("selection"))
        elif index.row() == self.hover_row:
            painter.fillRect(rect, theme.color("hover"))
        self._paint_current_mark(painter, rect, index, theme)
        column = self._columns[index.column()]
        # Asked once per cell and paint: each question goes through Qt and back.
        cell = index.data(VALUE_ROLE)
        if isinstance(cell, Cell):
            self._paint_cell(painter, rect, column, cell, selected=selected)
        else:
            paint_skeleton(painter, rect, index.row(), index.column(), theme)
        painter.restore()

    def _paint_current_mark(
        self,
        painter: QPainter,
        rect: QRect,
        index: QModelIndex | QPersistentModelIndex,
        theme: Theme,
    ) -> None:
        """A bar at the left end of the current row, so that keyboard moves can be followed."""
        current = self._view.currentIndex()
        if current.row() != index.row() or not self._view.hasFocus():
            return
        header = getattr(self._view, "horizontalHeader", None)
        if header is not None and header().visualIndex(index.column()) == 0:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), theme.color("accent"))

    def _paint_cell(
        self, painter: QPainter, rect: QRect, column: Column, cell: Cell, *, selected: bool
    ) -> None:
        theme = current_theme()
        text = cell_text(cell, column.kind)
        if column.kind == "state":
            if cell.state:
                room = rect.adjusted(4, 0, -4, 0)
                paint_badge(painter, room, cell.state, text, theme)
            return
        font, metrics = self._font(theme)
        painter.setFont(font)
        painter.setPen(self._pen(theme, column, cell, text, selected=selected))
        room = rect.adjusted(PADDING, 0, -PADDING, 0)
        if column.shorten is not None and metrics.horizontalAdvance(text) > room.width() + 1:
            text = column.shorten(text)
        mode = Qt.TextElideMode.ElideRight
        if column.kind == "mono":
            mode = Qt.TextElideMode.ElideMiddle
        painter.drawText(
            room,
            self._flags[column.key],
            metrics.elidedText(text, mode, room.width() + 1),
        )

    def _pen(
        self, theme: Theme, column: Column, cell: Cell, text: str, *, selected: bool
    ) -> QColor:
        if selected:
            return theme.color("selection_text")
        if cell.state:
            return theme.text_color(cell.state)
        if text == EMPTY_TEXT:
            return theme.color("faint")
        return theme.color("muted" if column.kind == "date" else "text")

    def _font(self, theme: Theme) -> tuple[QFont, QFontMetrics]:
        """The body font and its metrics, made once per theme and not once per cell."""
        if self._fonts is None or self._fonts[0] is not theme:
            font = theme.font()
            self._fonts = (theme, font, QFontMetrics(font))
        return self._fonts[1], self._fonts[2]

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        theme = current_theme()
        column = self._columns[index.column()]
        _, metrics = self._font(theme)
        words = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        extra = theme.px(32) if column.kind == "state" else 2 * PADDING + 2
        return QSize(metrics.horizontalAdvance(words) + extra, theme.px(theme.row))


def paint_skeleton(painter: QPainter, rect: QRect, row: int, column: int, theme: Theme) -> None:
    """A quiet bar where a value will be; lengths differ so that it looks like text."""
    share = 0.45 + 0.4 * ((row * 7 + column * 5) % 8) / 8
    height = theme.px(8)
    bar = QRectF(
        rect.left() + PADDING,
        rect.center().y() - height / 2 + 1,
        max(0.0, (rect.width() - 2 * PADDING) * share),
        height,
    )
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("skeleton"))
    painter.drawRoundedRect(bar, height / 2, height / 2)
    painter.restore()
