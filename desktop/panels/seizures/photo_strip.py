"""Photographs as small pictures; the originals are somewhere else. UI thread."""

import base64
from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from desktop.panels.seizures.queries import Picture
from widgets.flow import FlowLayout
from widgets.theme import current_theme

_WIDE: Final = 132
_HIGH: Final = 99
_WORDS: Final = 54  # two lines beneath, and the rim


class PhotoStrip(QWidget):
    """`chosen(Picture)` when one is clicked."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("photo_strip")
        self.buttons: list[QToolButton] = []
        self.empty = QLabel(self.tr("No photographs yet"), self)
        self.empty.setProperty("role", "muted")
        self._flow = QWidget(self)
        self._row = FlowLayout(self._flow, spacing=8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.empty)
        layout.addWidget(self._flow)

    def show_pictures(self, pictures: Sequence[Picture]) -> None:
        """In their order, each with what is known of its original."""
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(one) for one in pictures]
        self.empty.setVisible(not pictures)
        self._flow.setVisible(bool(pictures))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as its lines are at this width: a scroll area asks for no more than one."""
        self._flow.setFixedHeight(self._row.heightForWidth(self.width()) if self.buttons else 0)

    def _button(self, picture: Picture) -> QToolButton:
        theme = current_theme()
        button = QToolButton(self._flow)
        button.setObjectName("photo")
        button.setProperty("kind", "quiet")
        size = QSize(theme.px(_WIDE), theme.px(_HIGH))
        image = QPixmap()
        if picture.thumbnail:
            image.loadFromData(base64.b64decode(picture.thumbnail))
        if not image.isNull():
            button.setIcon(
                QIcon(
                    image.scaled(
                        size,
                        Qt.AspectRatioMode.KeepAspectRatio,
                        Qt.TransformationMode.SmoothTransformation,
                    )
                )
            )
        # A style sheet sets the size of icons of all buttons; this one is a picture.
        button.setStyleSheet(f"qproperty-iconSize: {size.width()}px {size.height()}px;")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        # With its day: a picture of last week is not one of today.
        button.setText(f"{picture.taken_at[5:16].replace('T', ' ')}\n{self._body(picture)}")
        button.setToolTip(f"{picture.name}\nSHA-256 {picture.sha256}")
        button.setFixedSize(size.width() + theme.px(16), size.height() + theme.px(_WORDS))
        button.clicked.connect(partial(self._choose, picture))
        self._row.addWidget(button)
        button.show()
        return button

    def _choose(self, picture: Picture, _checked: bool = False) -> None:
        self.chosen.emit(picture)

    def _body(self, picture: Picture) -> str:
        """Where the original is: here and to be sent, here and at the hub, or not here yet."""
        if picture.body == "local":
            return self.tr("to be sent")
        if picture.body in ("sent", "cached"):
            return self.tr("sent")
        return self.tr("small picture only")
