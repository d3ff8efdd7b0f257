"""A small table to type figures into: rows grow as one types, Ctrl+V takes cells of a spreadsheet.

UI thread.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from widgets.forms.rows import Index, RowColumn, RowsModel
from widgets.theme import current_theme, theme_notifier

_ROWS_SEEN: Final = 6
_NARROWEST: Final = 0.94
_OFFERS_SEEN: Final = 12
_BESIDE: Final = 36  # margins and scroll bar of a list, in pixels
_EDITS: Final = (
    QAbstractItemView.EditTrigger.CurrentChanged
    | QAbstractItemView.EditTrigger.SelectedClicked
    | QAbstractItemView.EditTrigger.DoubleClicked
    | QAbstractItemView.EditTrigger.AnyKeyPressed
    | QAbstractItemView.EditTrigger.EditKeyPressed
)


class RowsEditor(QWidget):
    """A heading, the table, and a button that takes the current row out.

    `edited()` follows each change by the user; `row_chosen(int)` the current row.
    """

    edited = Signal()
    row_chosen = Signal(int)

    def __init__(
        self,
        title: str,
        columns: Sequence[RowColumn],
        parent: QWidget | None = None,
        *,
        rows_seen: int = _ROWS_SEEN,
        grows: bool = True,
    ) -> None:
        super().__init__(parent)
        self._rows_seen = rows_seen
        self.model = RowsModel(columns, self, grows=grows)
        self.title = QLabel(title, self)
        self.title.setProperty("role", "small")
        self.remove_button = QPushButton(self.tr("Remove row"), self)
        self.remove_button.setObjectName("remove_row")
        self.remove_button.setProperty("kind", "quiet")
        self.remove_button.setAutoDefault(False)
        self.remove_button.setVisible(grows)
        self.table = _Table(self.model, self)
        self.table.setAccessibleName(title)
        self.note = QLabel(self)
        self.note.setProperty("role", "group")
        self.note.setWordWrap(True)
        self.note.hide()
        self._head = QHBoxLayout()
        self._head.setSpacing(8)
        self._head.addWidget(self.title, 1)
        self._head.addWidget(self.remove_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._head)
        layout.addWidget(self.table)
        layout.addWidget(self.note)
        self.remove_button.clicked.connect(lambda _checked=False: self._remove())
        self.model.edited.connect(self.edited)
        for signal in (self.model.rowsInserted, self.model.rowsRemoved, self.model.modelReset):
            signal.connect(self._fit)
        self.table.selectionModel().currentRowChanged.connect(
            lambda now, _before: self.row_chosen.emit(now.row())
        )
        theme_notifier().theme_changed.connect(self._on_theme)
        self._on_theme()

    # What the owner asks for

    def add_button(self, button: QPushButton) -> None:
        """Another button beside that which takes a row out."""
        self._head.insertWidget(self._head.count() - 1, button)

    def set_note(self, text: str) -> None:
        """A sentence beneath the table."""
        self.note.setText(text)
        self.note.setHidden(not text)

    def values(self) -> list[dict[str, str]]:
        """See RowsModel."""
        return self.model.values()

    def set_values(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Other rows; `edited` is not told."""
        self.table.close_editor()
        self.model.set_values(rows)

    def commit(self) -> None:
        """Takes over what is still being typed in a cell."""
        self.table.close_editor()

    def current_row(self) -> int | None:
        """The row the cursor is in; None in the blank one."""
        row = self.table.currentIndex().row()
        return row if 0 <= row < len(self.model.values()) else None

    # Inside

    def _remove(self) -> None:
        row = self.current_row()
        if row is not None:
            self.table.close_editor()
            self.model.remove(row)

    def _on_theme(self) -> None:
        theme = current_theme()
        self.table.verticalHeader().setDefaultSectionSize(theme.px(theme.row))
        self.table.horizontalHeader().setFixedHeight(theme.px(28))
        self.table.lay_out_columns()
        self._fit()

    def _fit(self, *_args: object) -> None:
        """As high as its rows, up to a number of them."""
        theme = current_theme()
        rows = min(max(self.model.rowCount(), 2), self._rows_seen)
        bar = self.table.horizontalScrollBar()
        wide = bar.sizeHint().height() if self.table.overflows() else 0
        self.table.setFixedHeight(theme.px(28) + rows * theme.px(theme.row) + 4 + wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


class _Table(QTableView):
    def __init__(self, model: RowsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._columns = model.columns
        self._model = model
        self.setModel(model)
        self.setItemDelegate(_CellEditors(model.columns, self))
        self.setEditTriggers(_EDITS)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setProperty("sheet", True)
        self.setShowGrid(True)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(36)

    def lay_out_columns(self) -> None:
        """Each its width; what is left over goes to those that stretch, and in a narrow place all
        give way a little."""
        theme = current_theme()
        widths = [theme.px(column.width) for column in self._columns]
        seen = self.viewport().width()
        if seen < sum(widths):
            share = max(seen / sum(widths), _NARROWEST)
            widths = [int(width * share) for width in widths]
        room = seen - sum(widths)
        shares = sum(column.stretch for column in self._columns)
        for n, column in enumerate(self._columns):
            more = room * column.stretch // shares if shares and room > 0 else 0
            self.setColumnWidth(n, widths[n] + more)

    def overflows(self) -> bool:
        """Whether the columns are wider than what is seen of them."""
        return sum(self.columnWidth(n) for n in range(len(self._columns))) > self.viewport().width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lay_out_columns()

    def close_editor(self) -> None:
        """Ends the open editor, taking over what it holds."""
        editor = self.indexWidget(self.currentIndex())
        if editor is not None:
            self.commitData(editor)
            self.closeEditor(editor, QStyledItemDelegate.EndEditHint.NoHint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Paste) and at.isValid():
            self._model.paste(at, QGuiApplication.clipboard().text())
            return
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and at.isValid():
            self._model.setData(at, "")
            return
        super().keyPressEvent(event)


class _CellEditors(QStyledItemDelegate):
    def __init__(self, columns: Sequence[RowColumn], parent: QWidget) -> None:
        super().__init__(parent)
        self._columns = columns

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        column = self._columns[index.column()]
        if column.offers:
            return self._offering(column, parent)
        if column.kind != "choice":
            line = QLineEdit(parent)
            line.setProperty("cell", True)
            if column.kind == "money":
                line.setAlignment(Qt.AlignmentFlag.AlignRight)
            return line
        box = QComboBox(parent)
        box.setProperty("cell", True)
        for key, word in column.choices:
            box.addItem(word, key)
        box.activated.connect(lambda _n: self.commitData.emit(box))
        return box

    def _offering(self, column: RowColumn, parent: QWidget) -> QWidget:
        """Anything may be typed; the list and what is found in it are an offer."""
        box = QComboBox(parent)
        box.setProperty("cell", True)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.setMaxVisibleItems(_OFFERS_SEEN)
        # The list is as wide as its words, and the cell no wider than its column.
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for one in column.offers:
            box.addItem(one.label, one.id)
        longest = max(box.fontMetrics().horizontalAdvance(one.label) for one in column.offers)
        box.view().setMinimumWidth(longest + _BESIDE)
        found = QCompleter(box.model(), box)
        found.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        found.setFilterMode(Qt.MatchFlag.MatchContains)
        box.setCompleter(found)
        box.activated.connect(lambda _n: self.commitData.emit(box))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        raw = index.data(Qt.ItemDataRole.EditRole)
        if isinstance(editor, QComboBox) and editor.isEditable():
            chosen = self._columns[index.column()].offered(raw)
            editor.setCurrentIndex(-1 if chosen is None else editor.findData(chosen.id))
            editor.setEditText(raw)
        elif isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(editor.findData(raw), 0))
        elif isinstance(editor, QLineEdit):
            editor.setText(raw)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QComboBox) and editor.isEditable():
            model.setData(index, editor.currentText())
        elif isinstance(editor, QComboBox):
            model.setData(index, editor.currentData())
        elif isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        # Enter goes on to the next cell, as in a form.
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
                self.commitData.emit(editor)
                self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.EditNextItem)
                return True
        return super().eventFilter(editor, event)
