"""A text field as high as what it holds: one line while it is empty. UI thread."""

from typing import Final

from PySide6.QtCore import QEvent, QSizeF, Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from widgets.theme import current_theme

_AROUND: Final = 12  # pixels of frame, margin and padding, above and below together
_TOUCH: Final = 46  # pixels at least, where it is pressed with a thumb
_MARGIN: Final = 1  # pixels; the style has its own padding


class GrowingText(QPlainTextEdit):
    """Grows from one line to `most` of them; scrolls beyond. Tab leaves it."""

    def __init__(self, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = most
        self.setProperty("kind", "growing")
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(_MARGIN)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit(self.document().size())

    def changeEvent(self, event: QEvent) -> None:
        """A line is higher in another theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit(self.document().size())

    def _fit(self, size: QSizeF) -> None:
        # The layout of a plain text counts lines, not pixels.
        wanted = max(1, round(size.height()))
        lines = min(wanted, self._most)
        high = self.fontMetrics().lineSpacing() * lines + _AROUND
        self.setFixedHeight(max(high, _TOUCH) if current_theme().touch else high)
        bar = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            bar.ScrollBarAsNeeded if wanted > lines else bar.ScrollBarAlwaysOff
        )
