"""A table of figures: courts by measures, and each figure can be opened. UI thread."""

from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.panels.weekly.tables import FigureCell, FigureTable
from widgets.theme import current_theme, theme_notifier

Index = QModelIndex | QPersistentModelIndex
_EMPTY: Final = FigureTable("", (), (), ())
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FiguresModel(QAbstractTableModel):
    """One table of figures; it is replaced as a whole."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = _EMPTY

    def set_table(self, table: FigureTable) -> None:
        """Shows another table."""
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    def cell(self, index: Index) -> FigureCell:
        """The cell of an index."""
        return self.table.rows[index.row()][1][index.column()]

    def court_id(self, index: Index) -> str:
        """Whose line it is."""
        return self.table.rows[index.row()][0]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default.
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default.
        return 0 if parent.isValid() else len(self.table.heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.table.heads[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if self.table.numbers[section] else _LEFT
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        cell = self.cell(index)
        theme = current_theme()
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.note or cell.text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.table.numbers[index.column()] else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            if cell.look:
                return theme.text_color(cell.look)
            return theme.color("link" if cell.code else "text")
        if role == Qt.ItemDataRole.FontRole:
            return theme.font("body", bold=index.row() == len(self.table.rows) - 1)
        return None


class FiguresTable(QTableView):
    """`figure_asked(court id, code, part)` follows a click or Enter on a figure."""

    figure_asked = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = FiguresModel(self)
        self.setModel(self.figures)
        self.setObjectName("figures_table")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(current_theme().px(26))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(current_theme().px(56))
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setMouseTracking(True)
        self.clicked.connect(self._ask)
        self.activated.connect(self._ask)
        self.entered.connect(self._hover)
        theme_notifier().theme_changed.connect(self._on_theme)

    def _on_theme(self) -> None:
        self.verticalHeader().setDefaultSectionSize(current_theme().px(26))

    def set_table(self, table: FigureTable) -> None:
        """Shows a table; columns of words take the room that is left over."""
        self.figures.set_table(table)
        self.horizontalHeader().setStretchLastSection(bool(table.numbers) and not table.numbers[-1])

    def _hover(self, index: QModelIndex) -> None:
        opens = bool(self.figures.cell(index).code)
        shape = Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def _ask(self, index: QModelIndex) -> None:
        cell = self.figures.cell(index)
        if cell.code:
            self.figure_asked.emit(self.figures.court_id(index), cell.code, cell.part)
