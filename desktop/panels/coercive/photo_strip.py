"""The pictures of a file in a row, each with who took it and when. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktop.command.measures.evidence import Photo
from widgets.flow import FlowLayout
from widgets.theme import current_theme

_WIDE: Final = 148
_HIGH: Final = 104
_DIGITS: Final = 12


class PhotoStrip(QWidget):
    """Thumbnails; one without bytes says that the picture is still on its way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("photos")
        self._flow = FlowLayout(self)
        self.shown: tuple[Photo, ...] = ()

    def show_photos(self, photos: Sequence[Photo]) -> None:
        """Shows these and no others."""
        if tuple(photos) == self.shown:
            return
        self.shown = tuple(photos)
        while (old := self._flow.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for photo in photos:
            self._flow.addWidget(self._one(photo))
        self.updateGeometry()

    def _one(self, photo: Photo) -> QWidget:
        theme = current_theme()
        frame = QFrame(self)
        frame.setProperty("card", True)
        frame.setFixedWidth(theme.px(_WIDE + 12))
        picture = QLabel(frame)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setFixedHeight(theme.px(_HIGH))
        pixmap = QPixmap()
        if photo.thumbnail and pixmap.loadFromData(photo.thumbnail):
            picture.setPixmap(
                pixmap.scaled(
                    theme.px(_WIDE),
                    theme.px(_HIGH),
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
        else:
            picture.setText(self.tr("Picture not here yet"))
            picture.setProperty("role", "muted")
        name = QLabel(photo.name, frame)
        name.setProperty("role", "small")
        name.setToolTip(
            self.tr("{name}\nSHA-256 {digits}…").format(
                name=photo.name, digits=photo.sha256[:_DIGITS]
            )
        )
        taken = " ".join(filter(None, (photo.taken_at[:16].replace("T", " "), photo.by)))
        below = QLabel(taken, frame)
        below.setProperty("role", "muted")
        below.setVisible(bool(taken))
        column = QVBoxLayout(frame)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(2)
        for part in (picture, name, below):
            column.addWidget(part)
        return frame
