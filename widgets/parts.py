"""Small parts that every page is made of. UI thread."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget


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
