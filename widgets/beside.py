"""Facts by name, and words beside pages: two sides that take turns where there is no room for
both. UI thread."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QWidget,
)

from widgets.parts import words_label
from widgets.theme import current_theme

_LABEL: Final = 96  # logical pixels at 100 %, unless the owner says otherwise


class FactGrid(QWidget):
    """Facts in two columns: a muted name, and words that wrap and can be copied."""

    def __init__(self, parent: QWidget, label: int = _LABEL) -> None:
        super().__init__(parent)
        self.setObjectName("facts")
        self._label = label
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        """(name, words) in the place of what stood there."""
        while (old := self._grid.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, (label, words) in enumerate(facts):
            name = QLabel(label, self)
            name.setProperty("role", "muted")
            name.setFixedWidth(current_theme().px(self._label))
            told = words_label(self, "")
            told.setText(words)
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(told, row, 1)


class BesidePages(QSplitter):
    """Words on the left, pages on the right; in a narrow place `button` says which is seen."""

    def __init__(
        self,
        words: QWidget,
        pages: QWidget,
        button: QPushButton,
        narrow: int,
        sizes: tuple[int, int],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._words, self._pages, self._button = words, pages, button
        self._narrow = narrow
        self._has_pages = True
        self.setChildrenCollapsible(False)
        self.addWidget(words)
        self.addWidget(pages)
        self.setSizes(list(sizes))
        button.setCheckable(True)
        button.toggled.connect(lambda _on: self.take_turns())

    def set_has_pages(self, has: bool) -> None:
        """Whether there is anything to see on the right at all."""
        self._has_pages = has
        self.take_turns()

    def take_turns(self) -> None:
        """Both, or the one that was asked for."""
        narrow = self._has_pages and self.width() < current_theme().px(self._narrow)
        self._button.setVisible(narrow)
        pages = narrow and self._button.isChecked()
        self._words.setVisible(not pages)
        self._pages.setVisible(self._has_pages and (pages or not narrow))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.take_turns()
