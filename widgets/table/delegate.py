"""Paints one cell: text, number, date, money, state badge or the placeholder. UI thread."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QStaticText, QTransform
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from widgets.states import badge_width, paint_badge
from widgets.table.columns import EMPTY_TEXT, Cell, Column, cell_text
from widgets.table.model import PagedTableModel
from widgets.theme import Theme, current_theme

PADDING: Final = 8
_TOKENS: Final = (
    *("selection", "hover", "accent", "selection_text"),
    *("faint", "muted", "text"),
)
_WORDS_MAX: Final = 1_000


class CellDelegate(QStyledItemDelegate):
    """Knows the columns, the model and the row under the mouse; asks the theme for the rest.

    Every frame of a scroll asks a hundred times, so `begin` looks up once what holds for a whole
    paint, and words are shaped once for the width they stand in.
    """

    def __init__(self, model: PagedTableModel, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._model = model
        self._columns = model.columns
        self._view = view
        self.hover_row = -1
        self._current_row = -1
        self._marked_column = 0
        self._selected: dict[int, bool] = {}
        self._look: _Look | None = None

    def begin(self, marked_column: int) -> None:
        """A paint begins; `marked_column` bears the mark of the current row."""
        self._current_row = self._view.currentIndex().row() if self._view.hasFocus() else -1
        self._marked_column = marked_column
        self._selected.clear()
        self._looked()

    def _looked(self) -> "_Look":
        theme = current_theme()
        if self._look is None or self._look.theme is not theme:
            self._look = _Look(theme, self._columns)
        return self._look

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        self.paint_cell(painter, option.rect, index.row(), index.column())

    def paint_cell(self, painter: QPainter, rect: QRect, row: int, place: int) -> None:
        """Paints the cell of a row and a column, by their numbers in the model, into `rect`."""
        look = self._look or self._looked()
        selected = self._selected.get(row)
        if selected is None:
            chosen = self._view.selectionModel().isRowSelected(row, QModelIndex())
            selected = self._selected[row] = chosen
        if selected:
            painter.fillRect(rect, look.colors["selection"])
        elif row == self.hover_row:
            painter.fillRect(rect, look.colors["hover"])
        if row == self._current_row and place == self._marked_column:
            # So that moves by the keyboard can be followed.
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), look.colors["accent"])
        cell = self._model.cell_for_painting(row, place)
        if cell is None:
            paint_skeleton(painter, rect, row, place, look.theme)
            return
        column = self._columns[place]
        text = cell_text(cell, column.kind)
        if column.kind == "state":
            if cell.state:
                paint_badge(painter, rect.adjusted(4, 0, -4, 0), cell.state, text, look.theme)
            return
        painter.setFont(look.font)
        painter.setPen(look.pen(column, cell, text, selected=selected))
        words, width = look.words(column, text, rect.width() - 2 * PADDING)
        left = rect.left() + PADDING
        if column.side != "left":
            free = rect.width() - 2 * PADDING - width
            left += free if column.side == "right" else free // 2
        painter.drawStaticText(left, rect.top() + (rect.height() - look.height) // 2, words)

    def paint_strip(self, painter: QPainter, rect: QRect, row: int) -> None:
        """What is free behind the last cell of a row belongs to the row. After its cells."""
        look = self._look or self._looked()
        if self._selected.get(row):
            painter.fillRect(rect, look.colors["selection"])
        elif row == self.hover_row:
            painter.fillRect(rect, look.colors["hover"])

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        rect = view.visualRect(index)
        QToolTip.showText(event.globalPos(), self.tip(rect.width(), index), view.viewport(), rect)
        return True

    def tip(self, width: int, index: QModelIndex | QPersistentModelIndex) -> str:
        """Words that are cut at `width` pixels, whole; then what the row says beyond them."""
        column = self._columns[index.column()]
        words = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        more = str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
        look = self._looked()
        if column.kind == "state":
            cut = badge_width(words, look.theme) > width - 8
        else:
            cut = look.metrics.horizontalAdvance(words) > width - 2 * PADDING + 1
        return "\n".join([words] * (cut and words not in more) + [more] * bool(more))

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        theme = current_theme()
        column = self._columns[index.column()]
        metrics = self._looked().metrics
        words = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        extra = theme.px(32) if column.kind == "state" else 2 * PADDING + 2
        return QSize(metrics.horizontalAdvance(words) + extra, theme.px(theme.row))


class _Look:
    """What a theme means for cells, made once for it."""

    def __init__(self, theme: Theme, columns: tuple[Column, ...]) -> None:
        self.theme = theme
        self.font = theme.font()
        self.metrics = QFontMetrics(self.font)
        self.height = self.metrics.height()
        self.colors = {name: theme.color(name) for name in _TOKENS}
        self._text_colors: dict[str, QColor] = {}
        self._words: dict[tuple[str, str, int], tuple[QStaticText, int]] = {}

    def pen(self, column: Column, cell: Cell, text: str, *, selected: bool) -> QColor:
        """The colour of the words."""
        if selected:
            return self.colors["selection_text"]
        if cell.state:
            found = self._text_colors.get(cell.state)
            if found is None:
                found = self._text_colors[cell.state] = self.theme.text_color(cell.state)
            return found
        if text == EMPTY_TEXT:
            return self.colors["faint"]
        return self.colors["muted" if column.kind == "date" else "text"]

    def words(self, column: Column, text: str, room: int) -> tuple[QStaticText, int]:
        """The words as they fit into `room` pixels, and their width."""
        wanted = (column.key, text, room)
        known = self._words.pop(wanted, None)
        if known is None:
            if len(self._words) >= _WORDS_MAX:
                # What was not painted for longest goes, one at a time. By age alone the names that
                # every page has would go together, and be shaped anew in one frame of 28 ms.
                del self._words[next(iter(self._words))]
            known = self._shaped(column, text, room)
        self._words[wanted] = known
        return known

    def _shaped(self, column: Column, text: str, room: int) -> tuple[QStaticText, int]:
        if column.shorten is not None and self.metrics.horizontalAdvance(text) > room + 1:
            text = column.shorten(text)
        mode = Qt.TextElideMode.ElideRight
        if column.kind == "mono":
            mode = Qt.TextElideMode.ElideMiddle
        shown = self.metrics.elidedText(text, mode, room + 1)
        made = QStaticText(shown)
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.prepare(QTransform(), self.font)
        return made, self.metrics.horizontalAdvance(shown)


def paint_skeleton(painter: QPainter, rect: QRect, row: int, column: int, theme: Theme) -> None:
    """A quiet bar where a value will be."""
    paint_bars(painter, [skeleton_bar(rect, row, column, theme)], theme)


def skeleton_bar(rect: QRect, row: int, column: int, theme: Theme) -> QRectF:
    """The place of the bar in a cell; lengths differ so that it looks like text."""
    share = 0.45 + 0.4 * ((row * 7 + column * 5) % 8) / 8
    height = theme.px(8)
    return QRectF(
        rect.left() + PADDING,
        rect.center().y() - height / 2 + 1,
        max(0.0, (rect.width() - 2 * PADDING) * share),
        height,
    )


def paint_bars(painter: QPainter, bars: Iterable[QRectF], theme: Theme) -> None:
    """Many bars in one go: a list that waits for its first page has hundreds."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("skeleton"))
    round_by = theme.px(8) / 2
    for bar in bars:
        painter.drawRoundedRect(bar, round_by, round_by)
    painter.restore()
