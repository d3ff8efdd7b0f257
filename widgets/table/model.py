"""A table model over a page source: ids at once, rows page by page, never blocking. UI thread.

One snapshot gives every row id in order, so row count, scroll bar, selection by id and jumps
are right at once. `data()` only looks into a bounded cache; a missing page is asked for by a
zero timer after painting, so that one scroll asks once, and only for pages near the viewport.
Answers carry the number of their question; a late one is dropped.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from widgets.table.columns import Cell, Column, as_cell, cell_text
from widgets.table.discards import Discards
from widgets.table.positions import Positions, same_ids
from widgets.table.source import PageSource, Row, Snapshot

PAGE_ROWS: Final = 200
PAGES_MAX: Final = 40
COLLECT_ROWS_MAX: Final = 20_000

LOADED_ROLE: Final = Qt.ItemDataRole.UserRole + 1

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX: Final = QModelIndex()


class PagedTableModel(QAbstractTableModel):
    """Rows by id from a `PageSource`; call `refresh()` once to fill it."""

    snapshot_applied = Signal(int)
    page_arrived = Signal()

    def __init__(
        self, columns: Sequence[Column], source: PageSource, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        if len({column.key for column in columns}) != len(columns):
            raise ValueError("two columns share a key")
        self._columns = tuple(columns)
        self._source = source
        self._ids: Sequence[int] = ()
        self._positions = Positions(())
        self._pages: OrderedDict[int, dict[int, Row]] = OrderedDict()
        self._stale: set[int] = set()
        self._carried: dict[int, Row] = {}
        self._discards = Discards(self)
        self._asked: dict[int, int] = {}
        self._wanted: set[int] = set()
        self._question = 0
        self._snapshot_question = 0
        self._generation = 0
        self._sort: str | None = None
        self._descending = False
        self._loading = False
        self._viewport: tuple[int, int] | None = None
        self._ask_soon = QTimer(self)
        self._ask_soon.setSingleShot(True)
        self._ask_soon.setInterval(0)
        self._ask_soon.timeout.connect(self._ask_wanted)

    # What the owner asks for -----------------------------------------------------------------

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in model order."""
        return self._columns

    @property
    def ids(self) -> Sequence[int]:
        """All row ids in order."""
        return self._ids

    @property
    def sort_key(self) -> str | None:
        """The column key the rows are ordered by; None is the source's usual order."""
        return self._sort

    @property
    def descending(self) -> bool:
        """Whether that order is turned round."""
        return self._descending

    @property
    def loading(self) -> bool:
        """Whether a snapshot has been asked for and has not come."""
        return self._loading

    def refresh(self) -> None:
        """Asks for a new snapshot; what is shown stays until it comes."""
        self._snapshot_question += 1
        self._loading = True
        self._source.snapshot(
            self._sort, self._descending, partial(self._on_snapshot, self._snapshot_question)
        )

    def invalidate(self, ids: Iterable[int]) -> None:
        """Forgets the pages that hold `ids`: shown ones are replaced when the new rows come."""
        changed = set(ids)
        for number in list(self._pages):
            if not changed.isdisjoint(self._page_ids(number)):
                self._outdate(number)
        for number in list(self._asked):
            if not changed.isdisjoint(self._page_ids(number)):
                del self._asked[number]
                self._want(number)
        for row_id in changed:
            self._carried.pop(row_id, None)

    def set_viewport(self, first: int, last: int) -> None:
        """Tells which rows are on screen; only pages near them are asked for."""
        self._viewport = (first, last)

    def id_at(self, row: int) -> int | None:
        """The id of a row, or None outside the table."""
        return int(self._ids[row]) if 0 <= row < len(self._ids) else None

    def row_of(self, row_id: int) -> int | None:
        """The row of an id, or None when the snapshot lacks it."""
        return self._positions.row_of(row_id)

    def row_values(self, row: int) -> Row | None:
        """The row's mapping if it is in memory, else None; asks for nothing."""
        row_id = self.id_at(row)
        if row_id is None:
            return None
        page = self._pages.get(row // PAGE_ROWS)
        if page is not None and row_id in page:
            return page[row_id]
        return self._carried.get(row_id)

    def collect(self, ids: Sequence[int], done: Callable[[list[Row]], None]) -> None:
        """Gives `done` the rows of `ids` in that order, reading those not in memory.

        At most 20,000 rows; the rest is left out. Rows that are gone are left out.
        """
        chosen = list(ids)[:COLLECT_ROWS_MAX]
        found: dict[int, Row] = {}
        missing: list[int] = []
        for row_id in chosen:
            row = self.row_of(row_id)
            values = None if row is None else self.row_values(row)
            if values is None:
                missing.append(row_id)
            else:
                found[row_id] = values
        waiting = -(-len(missing) // PAGE_ROWS)

        def finish() -> None:
            done([found[one] for one in chosen if one in found])

        def on_rows(rows: Mapping[int, Row]) -> None:
            nonlocal waiting
            found.update(rows)
            waiting -= 1
            if waiting == 0:
                finish()

        if not missing:
            finish()
        for start in range(0, len(missing), PAGE_ROWS):
            self._source.page(missing[start : start + PAGE_ROWS], on_rows)

    # Answers ---------------------------------------------------------------------------------

    def _on_snapshot(self, question: int, snapshot: Snapshot) -> None:
        if question != self._snapshot_question:
            return
        self._loading = False
        positions = snapshot if isinstance(snapshot, Positions) else Positions(snapshot)
        ids = positions.ids
        if same_ids(ids, self._ids):
            for number in list(self._pages):
                self._outdate(number)
            for number in list(self._asked):
                del self._asked[number]
                self._want(number)
        else:
            self.beginResetModel()
            self._carry_rows()
            self._generation += 1
            self._ids = ids
            self._positions = positions
            self._pages.clear()
            self._stale.clear()
            self._asked.clear()
            self._wanted.clear()
            self.endResetModel()
        self.snapshot_applied.emit(len(ids))

    def _carry_rows(self) -> None:
        """Keeps the rows in memory by id, so that a refresh does not flash empty rows."""
        older = []
        for page in self._pages.values():
            for row_id, row in page.items():
                if row_id in self._carried:
                    older.append(self._carried.pop(row_id))
                self._carried[row_id] = row
        self._discards.take(older)
        surplus = len(self._carried) - PAGES_MAX * PAGE_ROWS
        gone = list(self._carried)[: max(0, surplus)]
        self._discards.take([self._carried.pop(row_id) for row_id in gone])

    def _on_page(
        self, number: int, question: int, generation: int, rows: Mapping[int, Row]
    ) -> None:
        if generation != self._generation or self._asked.get(number) != question:
            return
        del self._asked[number]
        self._stale.discard(number)
        # A row deleted since the snapshot gets an empty mapping: it shows dashes, not a
        # placeholder that never ends, until the next snapshot drops it.
        self._pages[number] = {one: rows.get(one, {}) for one in self._page_ids(number)}
        self._pages.move_to_end(number)
        while len(self._pages) > PAGES_MAX:
            dropped, gone = self._pages.popitem(last=False)
            self._discards.take(gone.values())
            self._stale.discard(dropped)
        for one in self._page_ids(number):
            self._carried.pop(one, None)
        first = number * PAGE_ROWS
        last = min(first + PAGE_ROWS, len(self._ids)) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))
        self.page_arrived.emit()

    # Pages -----------------------------------------------------------------------------------

    def _page_ids(self, number: int) -> list[int]:
        return [int(one) for one in self._ids[number * PAGE_ROWS : (number + 1) * PAGE_ROWS]]

    def _outdate(self, number: int) -> None:
        """A page on screen stays until its replacement comes; any other goes at once."""
        if self._near_viewport(number):
            self._stale.add(number)
            self._want(number)
        else:
            self._discards.take(self._pages.pop(number, {}).values())
            self._stale.discard(number)

    def _near_viewport(self, number: int) -> bool:
        if self._viewport is None:
            return True
        first, last = self._viewport
        return first // PAGE_ROWS - 1 <= number <= last // PAGE_ROWS + 1

    def _want(self, number: int) -> None:
        self._wanted.add(number)
        if not self._ask_soon.isActive():
            self._ask_soon.start()

    def _ask_wanted(self) -> None:
        wanted, self._wanted = self._wanted, set()
        near = sorted(number for number in wanted if self._near_viewport(number))
        for number in near[:PAGES_MAX]:
            ids = self._page_ids(number)
            if not ids or number in self._asked:
                continue
            if number in self._pages and number not in self._stale:
                continue
            self._question += 1
            self._asked[number] = self._question
            self._source.page(ids, partial(self._on_page, number, self._question, self._generation))

    # Qt's model ------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not index.row() < len(self._ids):
            return None
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(column)
        if role not in _ROW_ROLES:
            return None
        values = self._values_for_painting(index.row())
        if role == LOADED_ROLE:
            return values is not None
        if values is None:
            return "" if role == Qt.ItemDataRole.DisplayRole else None
        cell = as_cell(values.get(column.key), column.kind)
        if role == Qt.ItemDataRole.ToolTipRole:
            longer = values.get(column.tooltip) if column.tooltip else None
            return str(longer) if longer else cell.tooltip or None
        return cell_text(cell, column.kind)

    def cell_for_painting(self, row: int, column: int) -> Cell | None:
        """The cell if its row is in memory; else its page is asked for after this paint.

        A painter asks a hundred times a frame, so it asks here and not by way of an index.
        """
        values = self._values_for_painting(row)
        if values is None:
            return None
        wanted = self._columns[column]
        return as_cell(values.get(wanted.key), wanted.kind)

    def _values_for_painting(self, row: int) -> Row | None:
        """The row in memory; a page that is missing or old is asked for after this paint."""
        number = row // PAGE_ROWS
        page = self._pages.get(number)
        if page is None or number in self._stale:
            if number not in self._asked:
                self._want(number)
        else:
            self._pages.move_to_end(number)
        return self.row_values(row)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(column)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column >= len(self._columns):
            return
        key = self._columns[column].key if column >= 0 else None
        if key is not None and not self._columns[column].sortable:
            return
        descending = key is not None and order == Qt.SortOrder.DescendingOrder
        if (key, descending) == (self._sort, self._descending):
            return
        self._sort, self._descending = key, descending
        self.refresh()


_ROW_ROLES: Final = frozenset(
    (
        int(Qt.ItemDataRole.DisplayRole),
        int(Qt.ItemDataRole.ToolTipRole),
        int(Qt.ItemDataRole.AccessibleTextRole),
        LOADED_ROLE,
    )
)


def alignment(column: Column) -> Qt.AlignmentFlag:
    """Qt's flag for the column's side, centred vertically."""
    side = {
        "left": Qt.AlignmentFlag.AlignLeft,
        "center": Qt.AlignmentFlag.AlignHCenter,
        "right": Qt.AlignmentFlag.AlignRight,
    }[column.side]
    return side | Qt.AlignmentFlag.AlignVCenter
