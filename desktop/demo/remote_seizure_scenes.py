"""Invented photographs for the demo's seizures: small pictures as a telephone would make them, as
base64 text of a JPEG. No Qt; the same arguments give the same bytes."""

import base64
from io import BytesIO
from random import Random
from typing import Any, Final

WIDTH: Final = 320
HEIGHT: Final = 240
_CAR: Final = (66, 96, 138)
_DARK: Final = (28, 33, 42)
_GLASS: Final = (150, 176, 196)
VIEWS: Final = {
    "vehicle": ("front", "back", "left", "right", "number", "dial"),
    "realty": ("door", "notice"),
    "movable": ("stock",),
    "cash": ("notes",),
}


def photograph(view: str, seed: int, plate: str = "") -> bytes:
    """The JPEG of one view."""
    # Imported here: most starts of the desk make no city.
    from PIL import Image, ImageDraw  # noqa: PLC0415

    rng = Random(seed)
    light = rng.randrange(-14, 15)
    image = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    for y in range(HEIGHT):
        shade = (172 if y < 128 else 118) + light - y // 6
        draw.line((0, y, WIDTH, y), fill=(shade, shade + 3, shade + 8))
    _SCENES[view](draw, rng, plate)
    held = BytesIO()
    image.save(held, "JPEG", quality=72)
    return held.getvalue()


def small(data: bytes) -> str:
    """As an attachment's row keeps it."""
    return base64.b64encode(data).decode()


def _end_on(draw: Any, rng: Random, plate: str, lamps: tuple[int, int, int]) -> None:
    """A car from before or behind."""
    draw.ellipse((60, 196, 260, 224), fill=(60, 62, 66))
    draw.rounded_rectangle((70, 92, 250, 206), 22, fill=_CAR)
    draw.polygon(((96, 96), (116, 52), (204, 52), (224, 96)), fill=_CAR)
    draw.polygon(((106, 94), (122, 60), (198, 60), (214, 94)), fill=_GLASS)
    for left in (78, 206):
        draw.rounded_rectangle((left, 122, left + 36, 144), 7, fill=lamps)
        draw.rectangle((left + 4, 200, left + 30, 220), fill=_DARK)
    draw.rectangle((118, 164, 202, 186), fill=(24, 66, 156))
    draw.text((134, 169), plate[1:], fill=(240, 240, 240))


def _front(draw: Any, rng: Random, plate: str) -> None:
    _end_on(draw, rng, plate, (246, 240, 210))


def _back(draw: Any, rng: Random, plate: str) -> None:
    _end_on(draw, rng, plate, (188, 44, 38))


def _side(draw: Any, facing: int) -> None:
    draw.ellipse((34, 196, 292, 218), fill=(60, 62, 66))
    body = [
        (30, 170),
        (42, 128),
        (96, 120),
        (130, 78),
        (214, 78),
        (252, 120),
        (294, 132),
        (294, 180),
    ]
    glass = [(108, 120), (138, 86), (208, 86), (238, 120)]
    if facing < 0:
        body = [(WIDTH - x, y) for x, y in body]
        glass = [(WIDTH - x, y) for x, y in glass]
    draw.polygon(body, fill=_CAR)
    draw.polygon(glass, fill=_GLASS)
    draw.line((172, 86, 172, 178), fill=_DARK, width=3)
    for left in (62, 214):
        draw.ellipse((left, 156, left + 50, 206), fill=_DARK)
        draw.ellipse((left + 14, 170, left + 36, 192), fill=(170, 174, 180))


def _left(draw: Any, rng: Random, plate: str) -> None:
    _side(draw, 1)


def _right(draw: Any, rng: Random, plate: str) -> None:
    _side(draw, -1)
    draw.line((150, 140, 196, 152), fill=(220, 222, 226), width=2)  # the scratch


def _number(draw: Any, rng: Random, plate: str) -> None:
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=(52, 58, 66))
    draw.rounded_rectangle((40, 92, 280, 148), 6, fill=(196, 200, 204))
    letters = "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(17))
    draw.text((84, 114), " ".join(letters), fill=_DARK)


def _dial(draw: Any, rng: Random, plate: str) -> None:
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=(20, 22, 26))
    for middle in (96, 224):
        draw.ellipse((middle - 62, 58, middle + 62, 182), outline=(190, 196, 204), width=3)
        end = rng.randrange(-34, 35)
        draw.line((middle, 120, middle + end, 78), fill=(228, 72, 48), width=3)
    draw.text((138, 196), f"{rng.randrange(41_000, 96_000)} km", fill=(236, 240, 244))


def _door(draw: Any, rng: Random, plate: str) -> None:
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=(150, 140, 128))
    for left in (78, 166):
        draw.rectangle((left, 40, left + 80, 224), fill=_GLASS, outline=(86, 84, 80), width=5)
    draw.rectangle((60, 12, 264, 36), fill=(132, 40, 38))
    draw.polygon(((112, 92), (214, 132), (206, 152), (104, 112)), fill=(244, 242, 236))


def _notice(draw: Any, rng: Random, plate: str) -> None:
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=(178, 186, 192))
    draw.rectangle((92, 18, 228, 214), fill=(248, 247, 242))
    draw.rectangle((124, 34, 196, 44), fill=_DARK)
    for y in range(62, 176, 12):
        draw.line((106, y, 214 - rng.randrange(0, 36), y), fill=(110, 112, 116), width=2)
    draw.ellipse((166, 158, 214, 206), outline=(196, 40, 36), width=3)


def _stock(draw: Any, rng: Random, plate: str) -> None:
    for row in range(3):
        for column in range(5 - row):
            left, top = 40 + column * 50 + row * 24, 168 - row * 48
            shade = rng.randrange(-12, 13)
            draw.rectangle(
                (left, top, left + 46, top + 44),
                fill=(176 + shade, 138 + shade, 92 + shade),
                outline=(110, 84, 56),
            )
            draw.line((left, top + 20, left + 46, top + 20), fill=(212, 190, 150), width=4)


def _notes(draw: Any, rng: Random, plate: str) -> None:
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=(112, 92, 74))
    for n in range(5):
        left, top = 50 + n * 34, 60 + rng.randrange(0, 40)
        draw.rectangle(
            (left, top, left + 84, top + 116), fill=(206, 108, 104), outline=(150, 62, 60)
        )
        draw.rectangle((left, top + 46, left + 84, top + 62), fill=(244, 242, 236))


_SCENES: Final = {
    "front": _front,
    "back": _back,
    "left": _left,
    "right": _right,
    "number": _number,
    "dial": _dial,
    "door": _door,
    "notice": _notice,
    "stock": _stock,
    "notes": _notes,
}
