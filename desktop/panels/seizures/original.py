"""The original of a photograph, upright and as large as the window has room for.

Read on the layout lane: unpacking a telephone's picture takes longer than a frame. UI thread apart
from that.
"""

from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader, QPixmap
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.panels.seizures.queries import Picture
from widgets.parts import named_button, words_label


@dataclass(frozen=True, slots=True)
class Unread:
    """Bytes of an original, and the room for it in pixels."""

    data: bytes
    width: int
    height: int


def read_original(args: Unread) -> QImage:
    """The picture as the camera was held, no larger than its room; a null one for bytes that are
    no picture."""
    held = QBuffer()
    held.setData(QByteArray(args.data))
    held.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(held)
    reader.setAutoTransform(True)
    room = QSize(args.width, args.height)
    if reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90:
        room.transpose()
    size = reader.size()
    if size.width() > room.width() or size.height() > room.height():
        reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class OriginalDialog(QDialog):
    """One original, with its time and its hash."""

    def __init__(self, picture: Picture, image: QImage, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("photo_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(picture.name)
        self.label = QLabel(self)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.setPixmap(QPixmap.fromImage(image))
        below = words_label(self, "small")
        below.setText(f"{picture.taken_at}　SHA-256 {picture.sha256}")
        close = named_button(self, "close_photo", self.tr("Close"))
        close.clicked.connect(lambda _checked=False: self.close())
        foot = QHBoxLayout()
        foot.addWidget(below, 1)
        foot.addWidget(close)
        box = QVBoxLayout(self)
        box.addWidget(self.label, 1)
        box.addLayout(foot)
