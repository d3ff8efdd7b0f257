"""A column that scrolls where the window is low. UI thread."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from widgets.theme import current_theme

_SIDE_WIDE = 300


def scrolled(column: QWidget, parent: QWidget) -> QScrollArea:
    """`column` as wide as its room, scrolled up and down alone."""
    area = QScrollArea(parent)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumWidth(current_theme().px(_SIDE_WIDE))
    area.setWidget(column)
    return area
