"""Which column of the file becomes which field, editable row by row. UI thread."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.importing.preview import Preview


class TargetBox(QComboBox):
    """A drop-down that leaves the wheel to the list it stands in."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class MappingTable(QWidget):
    """Shows and edits source header -> target. `applied` carries the whole mapping."""

    applied = Signal(dict)
    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: dict[str, TargetBox] = {}
        self.missing_label = QLabel(self)
        self.missing_label.setProperty("role", "error")
        self.missing_label.setWordWrap(True)
        self.missing_label.hide()
        self.table = QTableWidget(0, 3, self)
        self.table.setObjectName("exchange_mapping")
        self.table.setHorizontalHeaderLabels(
            [self.tr("Column in the file"), self.tr("Example"), self.tr("Imported as")]
        )
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.apply_button = QPushButton(self.tr("Apply and remember"), self)
        self.apply_button.setProperty("kind", "primary")
        self.apply_button.clicked.connect(lambda: self.applied.emit(self.mapping()))
        self.reset_button = QPushButton(self.tr("Back to the profile's own"), self)
        self.reset_button.clicked.connect(self.reset_requested)
        buttons = QHBoxLayout()
        buttons.addWidget(self.missing_label, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.reset_button)
        buttons.addWidget(self.apply_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)

    def show_preview(self, preview: Preview) -> None:
        """Lists the columns of a file and what each is imported as."""
        titles = preview.profile.targets()
        example = preview.rows[0][1] if preview.rows else ()
        examples = dict(zip(preview.headers, example, strict=False))
        self._boxes.clear()
        self.table.setRowCount(len(preview.targets))
        for row, (header, target) in enumerate(preview.targets.items()):
            self.table.setItem(row, 0, QTableWidgetItem(header))
            self.table.setItem(row, 1, QTableWidgetItem(examples.get(header, "")))
            box = TargetBox(self.table)
            box.addItem(self.tr("Not imported"), "")
            for key, title in titles.items():
                box.addItem(title, key)
            box.setCurrentIndex(max(box.findData(target), 0))
            box.setAccessibleName(header)
            self._boxes[header] = box
            cell = QWidget(self.table)
            room = QHBoxLayout(cell)
            room.setContentsMargins(4, 3, 8, 3)
            room.addWidget(box)
            self.table.setCellWidget(row, 2, cell)
            self.table.setRowHeight(row, box.sizeHint().height() + 6)
        self._show_missing({column.target: column.header for column in preview.binding.missing})

    def _show_missing(self, missing: Mapping[str, str]) -> None:
        names = "、".join(missing.values())
        text = self.tr("Required columns not found: {names}").format(names=names)
        self.missing_label.setText(text)
        self.missing_label.setVisible(bool(missing))

    def mapping(self) -> dict[str, str]:
        """Source header -> target as it stands on the screen."""
        return {header: str(box.currentData() or "") for header, box in self._boxes.items()}

    def choose(self, header: str, target: str) -> None:
        """Chooses a target for a column, as a user would."""
        box = self._boxes[header]
        box.setCurrentIndex(box.findData(target))
