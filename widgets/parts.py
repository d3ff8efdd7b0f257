"""Small parts that every page is made of. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget


def words_label(parent: QWidget, role: str) -> QLabel:
    """Words that wrap and can be copied; what stands in a record is never read as mark-up.

    `role`: a role of the style sheet, or empty for plain text.
    """
    made = QLabel(parent)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        made.setProperty("role", role)
    return made


def named_button(parent: QWidget, name: str, text: str) -> QPushButton:
    """A button that tests and style sheets know by its object name."""
    made = QPushButton(text, parent)
    made.setObjectName(name)
    return made


def scrolled(body: QWidget, parent: QWidget) -> QScrollArea:
    """`body` as high as it likes and never wider than its place."""
    scroll = QScrollArea(parent)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(body)
    return scroll


def scrolled_column(parts: Sequence[QWidget], parent: QWidget) -> QScrollArea:
    """Parts one below the other, in a place that scrolls."""
    body = QWidget(parent)
    body.setProperty("plain", True)
    inner = QVBoxLayout(body)
    inner.setContentsMargins(0, 0, 8, 0)
    inner.setSpacing(8)
    for part in parts:
        inner.addWidget(part)
    inner.addStretch(1)
    return scrolled(body, parent)
