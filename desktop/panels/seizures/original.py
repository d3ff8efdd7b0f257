"""The original of a photograph, upright and as large as the window has room for.

Read on the layout lane: unpacking a telephone's picture takes longer than a frame. UI thread apart
from that.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader, QPixmap
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.contract.bodies import Body
from desktop.contract.context import PanelContext
from desktop.panels.seizures.queries import Picture
from widgets.parts import named_button, words_label

_ROOM: Final = 0.8  # of the window


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


class Originals(QObject):
    """Shows originals over a page; `show` takes the picture that was chosen."""

    def __init__(self, context: PanelContext, page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._page = page

    def show(self, picture: Picture) -> None:
        """Fetches, reads and shows it, or says why not."""
        body = Body(picture.sha256, picture.size, picture.mime)
        self._context.bodies.fetch(self, body, partial(self._on_body, picture))

    def _on_body(self, picture: Picture, data: bytes | None) -> None:
        if data is None:
            words = self.tr("The original is not on this device yet; the small picture is shown.")
            self._context.notify(words, level="info")
            return
        room = self._page.window().size() * _ROOM
        self._context.layout(
            self,
            read_original,
            Unread(data, room.width(), room.height()),
            partial(self._on_original, picture),
        )

    def _on_original(self, picture: Picture, image: QImage) -> None:
        if image.isNull():
            words = self.tr("This device cannot show the original; it is kept as it is.")
            self._context.notify(words, level="info")
            return
        OriginalDialog(picture, image, self._page).open()
