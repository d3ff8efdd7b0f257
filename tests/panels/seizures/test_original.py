"""Originals of photographs as they are shown."""

from io import BytesIO

import pytest
from PIL import Image

from desktop.panels.seizures.original import Unread, read_original


def on_its_side(width: int, height: int) -> bytes:
    """Red above blue for whoever held the camera upright; the bytes lie on their side."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste((255, 0, 0), (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x0112] = 6
    held = BytesIO()
    image.save(held, "JPEG", exif=exif, quality=95)
    return held.getvalue()


@pytest.mark.parametrize(("size", "shown"), [((300, 200), (200, 300)), ((1500, 1000), (266, 400))])
def test_an_original_stands_upright_in_its_room(
    size: tuple[int, int], shown: tuple[int, int]
) -> None:
    image = read_original(Unread(on_its_side(*size), 800, 400))
    assert (image.width(), image.height()) == shown
    above, below = image.pixelColor(10, 10), image.pixelColor(10, image.height() - 10)
    assert above.red() > 200 > above.blue()
    assert below.blue() > 200 > below.red()


def test_bytes_that_are_no_picture_show_nothing() -> None:
    assert read_original(Unread(b"no picture", 100, 100)).isNull()
