"""Pictures off the UI thread: made small for the strip, read for the viewer, written to a file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from desktop.circulars.paper import write_atomically
from desktop.command.feeds.snapshots import Whole
from desktop.errors import UserError


@dataclass(frozen=True, slots=True)
class Small:
    """A picture for the strip. `whole`: it is as it was taken."""

    id: str
    image: QImage
    whole: bool


@dataclass(frozen=True, slots=True)
class FileArgs:
    """A picture for a file."""

    path: Path
    data: bytes = field(repr=False)


def smalls(args: tuple[Sequence[Whole], QSize]) -> tuple[Small, ...]:
    """Makes pictures as large as the strip shows them; one that cannot be read is empty."""
    found, size = args
    return tuple(Small(one.line.id, _fitted(read(one), size), one.whole) for one in found)


def _fitted(image: QImage, size: QSize) -> QImage:
    if image.isNull():
        return image
    return image.scaled(
        size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def lasts(found: Sequence[Whole]) -> tuple[tuple[str, QImage, float], ...]:
    """(feed, picture, moment) of pictures that are as they were taken."""
    return tuple(
        (one.line.feed_id, image, one.line.at.timestamp())
        for one in found
        if one.whole and not (image := read(one)).isNull()
    )


def read(found: Whole) -> QImage:
    """The picture itself; empty when its bytes are none."""
    return QImage.fromData(found.data)


def write(args: FileArgs) -> Path:
    """Writes the bytes as they are kept, so that their hash can be worked out from the file."""
    if not args.data:
        raise UserError("截图内容无法读取，未导出。")
    return write_atomically(args.path, lambda name: Path(name).write_bytes(args.data))
