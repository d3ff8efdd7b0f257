"""The menu of a table's columns: what shows, what gave way, what is hidden. UI thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from widgets.table.arrangement import Arrangement, Standing
from widgets.table.columns import Column


class ColumnMenu(QMenu):
    """Stays open while columns are turned on and off, so that the table shows what comes of it.

    turned: the key of a column; usual: everything as it was meant.
    """

    turned = Signal(str)
    usual = Signal()

    def __init__(
        self, arrangement: Arrangement, here: Column | None, parent: QWidget | None = None
    ) -> None:
        """`here`: the column under the mouse, which can be hidden at once."""
        super().__init__(parent)
        self._arrangement = arrangement
        self._actions: dict[str, QAction] = {}
        self.setToolTipsVisible(True)
        if here is not None and len(arrangement.wanted()) > 1:
            words = self.tr("Hide “{name}”").format(name=here.title)
            self.addAction(words, lambda: self.turned.emit(here.key))
            self.addSeparator()
        for column in arrangement.offered():
            action = self.addAction(column.title)
            action.setCheckable(True)
            action.triggered.connect(lambda _on, key=column.key: self._turn(key))
            self._actions[column.key] = action
        self.addSeparator()
        self.addAction(self.tr("Usual columns and widths"), self.usual.emit)
        self._tell()

    def action_of(self, key: str) -> QAction:
        """The entry of a column."""
        return self._actions[key]

    def _turn(self, key: str) -> None:
        self.turned.emit(key)
        self._tell()

    def _tell(self) -> None:
        words: dict[Standing, str] = {"aside": self.tr("no room"), "kept": self.tr("kept in sight")}
        tips: dict[Standing, str] = {
            "aside": self.tr("Choose it to keep it in sight; once more to hide it."),
            "kept": self.tr("Shown although the list may scroll sideways; choose it to hide it."),
        }
        arrangement = self._arrangement
        only = len(arrangement.wanted()) == 1
        for column in arrangement.offered():
            action, standing = self._actions[column.key], arrangement.standing(column)
            word = words.get(standing, "")
            action.setText(f"{column.title}\t{word}" if word else column.title)
            action.setToolTip(tips.get(standing, column.title))
            action.setChecked(standing in ("shown", "kept"))
            action.setEnabled(not (only and action.isChecked()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable():
            if action.isEnabled():
                action.trigger()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.activeAction()
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if action is not None and action.isCheckable() and event.key() in keys:
            if action.isEnabled():
                action.trigger()
            return
        super().keyPressEvent(event)
