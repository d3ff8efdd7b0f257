"""The table people work in: pinned header, keyboard, copy, remembered widths. UI thread."""

import json
from collections.abc import Iterable
from typing import Any, Final, Protocol, cast, runtime_checkable

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from widgets.busy import begin_work
from widgets.table.arrangement import NARROWEST_SECTION, Arrangement
from widgets.table.clipboard import rows_as_mime
from widgets.table.column_menu import ColumnMenu
from widgets.table.delegate import CellDelegate, paint_bars, skeleton_bar
from widgets.table.header import TableHeader
from widgets.table.model import COLLECT_ROWS_MAX, PagedTableModel
from widgets.theme import current_theme, theme_notifier

STATE_VERSION: Final = 1
_HEAD: Final = 30
_THUMB: Final = 44  # titles are pressed, too
_KEPT_SELECTION_MAX: Final = 2_000


@runtime_checkable
class ColumnKeeper(Protocol):
    """A widget that remembers what people chose of the columns in the lists inside it."""

    def keep_columns(self, table: "DataTable") -> None:
        """Brings back what was chosen, and from now on keeps what is."""


class DataTable(QTableView):
    """A view over a `PagedTableModel`; selection, current row and scroll survive a refresh."""

    row_activated = Signal(object)
    current_id_changed = Signal(object)
    selection_ids_changed = Signal()
    context_menu_requested = Signal(object, QPoint)
    copied = Signal(int)
    columns_chosen = Signal()  # by a person: which, in what order, how wide, sorted by which

    def __init__(self, model: PagedTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data_model = model
        self._compact = False
        self._empty_title = self.tr("Nothing here")
        self._empty_hint = ""
        self._keeper_sought = False
        self._restoring_columns = False
        self._kept: tuple[int | None, int | None, int, tuple[int, ...]] = (None, None, 0, ())
        self._last_current: int | None = None
        self._restoring = False
        self._delegate = CellDelegate(model, self)
        self._set_up_look()
        self.head = TableHeader(self)
        self.setHorizontalHeader(self.head)
        self.setModel(model)
        self.columns = Arrangement(self.head, model.columns)
        self._set_up_header()
        model.modelAboutToBeReset.connect(self._keep_place)
        model.modelReset.connect(self._restore_place)
        model.snapshot_applied.connect(self._on_snapshot)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._tell_viewport())
        self.doubleClicked.connect(self._on_activated)
        theme_notifier().theme_changed.connect(self._on_theme)
        self._on_theme()

    def _set_up_look(self) -> None:
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMinimumSize(160, 80)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def _set_up_header(self) -> None:
        header = self.head
        header.setMinimumSectionSize(NARROWEST_SECTION)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        header.sectionResized.connect(self._on_section_resized)
        header.sectionMoved.connect(lambda *_: self._on_columns_chosen())
        header.menu_asked.connect(self._show_column_menu)
        self.setSortingEnabled(True)
        header.sortIndicatorChanged.connect(lambda *_: self._on_columns_chosen())
        self.setTabOrder(self, header.hint)

    def _on_theme(self) -> None:
        theme = current_theme()
        height = theme.px(theme.row_compact if self._compact else theme.row)
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        head = theme.px(_HEAD)
        self.head.setFixedHeight(max(head, _THUMB) if theme.touch else head)
        self._lay_out_columns()
        self.viewport().update()

    # What the owner asks for -----------------------------------------------------------------

    def selected_ids(self, *, most: int | None = None) -> tuple[int, ...]:
        """The ids of the selected rows in table order; with `most`, no more than that many."""
        found: list[int] = []
        # The stubs do not say that a selection is a list of blocks.
        blocks = cast(list[QItemSelectionRange], list(self.selectionModel().selection()))  # type: ignore[call-overload]
        for block in sorted(blocks, key=lambda block: block.top()):
            room = block.bottom() + 1 if most is None else block.top() + most - len(found)
            for row in range(block.top(), min(block.bottom() + 1, room)):
                row_id = self.data_model.id_at(row)
                if row_id is not None:
                    found.append(row_id)
        return tuple(dict.fromkeys(found))

    def current_id(self) -> int | None:
        """The id of the current row."""
        index = self.currentIndex()
        return self.data_model.id_at(index.row()) if index.isValid() else None

    def select_id(self, row_id: int, *, scroll: bool = True) -> bool:
        """Makes that row current and the only one selected; False when it is not in the table."""
        row = self.data_model.row_of(row_id)
        if row is None:
            return False
        index = self.data_model.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        if scroll:
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        return True

    def set_empty_text(self, title: str, hint: str) -> None:
        """The words of an empty table: what would be here, and how to fill it."""
        self._empty_title, self._empty_hint = title, hint
        self.viewport().update()

    def set_compact(self, compact: bool) -> None:
        """Lower rows for lists inside other things."""
        self._compact = compact
        self._on_theme()

    def leave_out(self, keys: Iterable[str]) -> None:
        """Columns that say nothing now: out of sight, and nobody is offered them."""
        self.columns.leave_out(keys)
        self._lay_out_columns()

    def turn_column(self, key: str) -> None:
        """A person asks for a column that is away, or hides one that is there."""
        self.columns.turn(key)
        self._on_columns_chosen()

    def save_state(self) -> bytes:
        """The columns that people chose, their widths and order, and the sort, as JSON bytes."""
        sort = {"key": self.data_model.sort_key, "descending": self.data_model.descending}
        state = {"version": STATE_VERSION, "columns": self.columns.saved(), "sort": sort}
        return json.dumps(state).encode()

    def restore_state(self, state: bytes) -> bool:
        """Takes back what `save_state` gave; unknown columns are skipped, nonsense is refused."""
        try:
            saved = json.loads(state)
            if saved["version"] != STATE_VERSION:
                return False
            self._restoring_columns = True
            self.columns.restore(saved["columns"])
            self._restore_sort(saved["sort"])
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            return False
        finally:
            self._restoring_columns = False
        self._lay_out_columns()
        return True

    def _restore_sort(self, sort: dict[str, Any]) -> None:
        keys = [column.key for column in self.data_model.columns]
        if sort["key"] in keys:
            order = Qt.SortOrder.DescendingOrder if sort["descending"] else Qt.SortOrder(0)
            self.sortByColumn(keys.index(sort["key"]), order)

    def copy_selection(self) -> None:
        """Puts the selected rows on the clipboard; rows not in memory are read first."""
        columns = self.columns.wanted()

        def on_rows(rows: list[Any]) -> None:
            QGuiApplication.clipboard().setMimeData(rows_as_mime(columns, rows))
            self.copied.emit(len(rows))

        ids = self.selected_ids(most=COLLECT_ROWS_MAX)
        if ids:
            self.data_model.collect(ids, on_rows)

    # Place kept over a refresh ---------------------------------------------------------------

    def _keep_place(self) -> None:
        top = self.rowAt(0)
        offset = self.rowViewportPosition(top) if top >= 0 else 0
        ids = self.selected_ids(most=_KEPT_SELECTION_MAX)
        self._kept = (self.current_id(), self.data_model.id_at(top), offset, ids)
        self._restoring = True

    def _restore_place(self) -> None:
        current, top, offset, ids = self._kept
        model = self.data_model
        selection = QItemSelection()
        for row_id in ids:
            row = model.row_of(row_id)
            if row is not None:
                selection.select(model.index(row, 0), model.index(row, len(model.columns) - 1))
        flags = QItemSelectionModel.SelectionFlag
        row = model.row_of(current) if current is not None else None
        if row is not None:
            self.selectionModel().setCurrentIndex(model.index(row, 0), flags.NoUpdate)
        self.selectionModel().select(selection, flags.ClearAndSelect)
        self._restoring = False
        self.updateGeometries()
        top_row = model.row_of(top) if top is not None else None
        if top_row is not None:
            height = self.verticalHeader().defaultSectionSize()
            self.verticalScrollBar().setValue(top_row * height - offset)
        self._tell_viewport()
        self._announce_current()
        if ids != self.selected_ids(most=_KEPT_SELECTION_MAX):
            self.selection_ids_changed.emit()

    def _on_snapshot(self, _count: int) -> None:
        self.viewport().update()

    def _tell_viewport(self) -> None:
        first = max(self.rowAt(0), 0)
        visible = self.viewport().height() // max(1, self.verticalHeader().defaultSectionSize())
        self.data_model.set_viewport(first, first + visible + 1)

    # Columns ---------------------------------------------------------------------------------

    def _on_section_resized(self, number: int, _old: int, new: int) -> None:
        if not self.columns.busy and new > 0 and self.isVisible():
            self.columns.set_width(number, new)
            self._on_columns_chosen()

    def _on_columns_chosen(self) -> None:
        if not self._restoring_columns:
            self._lay_out_columns()
            self._tell_chosen()

    def _tell_chosen(self) -> None:
        if self.isVisible() and not self._restoring_columns:
            self.columns_chosen.emit()

    def _use_usual_columns(self) -> None:
        self._restoring_columns = True
        self.columns.forget_choices()
        self._restoring_columns = False
        self._on_columns_chosen()

    def _show_column_menu(self, number: int, place: QPoint) -> None:
        here = self.data_model.columns[number] if number >= 0 else None
        menu = ColumnMenu(self.columns, here, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.turned.connect(self.turn_column)
        menu.usual.connect(self._use_usual_columns)
        if here is None:  # beneath the hint, and no further to the right than it
            place -= QPoint(menu.sizeHint().width() - self.head.hint.width(), 0)
        menu.popup(place)

    def _lay_out_columns(self) -> None:
        if self.model() is None:
            return
        self.columns.lay_out(self.viewport().width(), self.head.hint.wanted_width())
        self.head.hint_columns(self.columns)

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, whoever keeps people's choices for the lists inside it is asked for
        those of this one; see `ColumnKeeper`."""
        super().showEvent(event)
        parent = self.parentWidget()
        while not self._keeper_sought and parent is not None:
            if isinstance(parent, ColumnKeeper):
                self._keeper_sought = True
                parent.keep_columns(self)
            parent = parent.parentWidget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out_columns()
        self._tell_viewport()

    # Events ----------------------------------------------------------------------------------

    def currentChanged(self, current: QModelIndex | QPersistentModelIndex, previous: Any) -> None:  # noqa: N802
        super().currentChanged(current, previous)
        self.viewport().update()
        if not self._restoring:
            self._announce_current()

    def _announce_current(self) -> None:
        row_id = self.current_id()
        if row_id != self._last_current:
            self._last_current = row_id
            self.current_id_changed.emit(row_id)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:  # noqa: N802
        super().selectionChanged(selected, deselected)
        self.viewport().update()  # Qt knows of cells, not of what is free behind them
        if not self._restoring:
            self.selection_ids_changed.emit()

    def _on_activated(self, index: QModelIndex) -> None:
        row_id = self.data_model.id_at(index.row())
        if row_id is not None:
            self.row_activated.emit(row_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_activated(self.currentIndex())
            return
        if event.key() == Qt.Key.Key_Home and not event.modifiers():
            self._go_to_row(0)
            return
        if event.key() == Qt.Key.Key_End and not event.modifiers():
            self._go_to_row(len(self.data_model.ids) - 1)
            return
        super().keyPressEvent(event)

    def _go_to_row(self, row: int) -> None:
        row_id = self.data_model.id_at(row)
        if row_id is not None:
            self.select_id(row_id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self._delegate.hover_row:
            self._delegate.hover_row = row
            self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
        if not index.isValid():
            return
        row_id = self.data_model.id_at(index.row())
        selected = self.selectionModel().isRowSelected(index.row(), QModelIndex())
        if row_id is not None and not selected:
            self.select_id(row_id, scroll=False)
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        else:
            place = event.globalPos()
        self.context_menu_requested.emit(row_id, place)

    def paintEvent(self, event: QPaintEvent) -> None:
        begin_work()
        self._paint_cells(event.rect())
        if self.data_model.rowCount() == 0:
            painter = QPainter(self.viewport())
            if self.data_model.loading:
                self._paint_skeleton(painter)
            else:
                self._paint_empty(painter)
            painter.end()

    def _paint_cells(self, area: QRect) -> None:
        """Cell by cell from here: Qt's own way crosses between C++ and Python for each, which
        doubles the time, and every crossing is a chance for a lane to take the interpreter."""
        first = self.rowAt(max(area.top(), 0))
        if first < 0:
            return
        last = self.rowAt(area.bottom())
        if last < 0:
            last = self.data_model.rowCount() - 1
        header = self.head
        shown = [number for number in range(header.count()) if not header.isSectionHidden(number)]
        self._delegate.begin(min(shown, key=header.visualIndex))
        columns = [
            (number, self.columnViewportPosition(number), self.columnWidth(number))
            for number in shown
        ]
        seen = [
            column
            for column in columns
            if column[1] <= area.right() and column[1] + column[2] > area.left()
        ]
        free = self.viewport().width() - header.length()
        painter = QPainter(self.viewport())
        paint = self._delegate.paint_cell
        for row in range(first, last + 1):
            top, height = self.rowViewportPosition(row), self.rowHeight(row)
            for number, left, width in seen:
                paint(painter, QRect(left, top, width, height), row, number)
            if free > 0:
                end = self.viewport().width() - free
                self._delegate.paint_strip(painter, QRect(end, top, free, height), row)
        painter.end()

    def _paint_skeleton(self, painter: QPainter) -> None:
        theme = current_theme()
        height = self.verticalHeader().defaultSectionSize()
        columns = [
            (number, self.columnViewportPosition(number), self.columnWidth(number))
            for number in range(len(self.data_model.columns))
        ]
        bars = [
            skeleton_bar(QRect(left, row * height, width, height), row, number, theme)
            for row in range(min(self.viewport().height() // height, 60))
            for number, left, width in columns
        ]
        paint_bars(painter, bars, theme)

    def _paint_empty(self, painter: QPainter) -> None:
        theme = current_theme()
        area = self.viewport().rect().adjusted(16, 0, -16, 0)
        middle = area.height() * 2 // 5
        painter.setFont(theme.font("title", bold=True))
        painter.setPen(theme.color("muted"))
        flags = int(Qt.AlignmentFlag.AlignHCenter)
        title = QRect(area.left(), middle - theme.px(26), area.width(), theme.px(24))
        painter.drawText(title, flags | int(Qt.AlignmentFlag.AlignBottom), self._empty_title)
        painter.setFont(theme.font())
        painter.setPen(theme.color("faint_text"))
        hint = QRect(area.left(), middle + theme.px(6), area.width(), theme.px(60))
        painter.drawText(hint, flags | int(Qt.TextFlag.TextWordWrap), self._empty_hint)
