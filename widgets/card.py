"""A framed surface with a title, a note at the right and a body. UI thread."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.theme import current_theme


class Card(QFrame):
    """`body` is where content goes; `header` takes buttons at its right end."""

    def __init__(self, title: str = "", note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        theme = current_theme()
        self._title = QLabel(title)
        self._title.setProperty("role", "title")
        self._note = QLabel(note)
        self._note.setProperty("role", "muted")
        self.header = QHBoxLayout()
        self.header.setSpacing(theme.grid)
        self.header.addWidget(self._title)
        self.header.addStretch(1)
        self.header.addWidget(self._note)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.grid)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(14, 12, 14, 12)
        outer.setSpacing(theme.grid)
        outer.addLayout(self.header)
        outer.addLayout(self.body, 1)
        self.set_title(title)
        self.set_note(note)

    def set_title(self, text: str) -> None:
        """Changes the title; an empty one takes no room."""
        self._title.setText(text)
        self._title.setVisible(bool(text))

    def set_note(self, text: str) -> None:
        """Changes the words at the right of the title."""
        self._note.setText(text)
        self._note.setVisible(bool(text))
