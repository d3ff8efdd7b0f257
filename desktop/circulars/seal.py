"""The round red seal of a court as a page of its own size, to be laid over name and date.

Drawn from its words (ring, name along the upper arc, star, a lower line), or the court's own print
as a picture. No emblem of the state is drawn: a court whose seal bears it hands in the picture. A
specimen says so across its middle and has no star and a broken ring. Any thread; equal seals give
equal bytes.
"""

import io
import math
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

import resources
from desktop.circulars.faces import Face
from desktop.circulars.geometry import MM, RED
from desktop.circulars.ink import ASCENT
from desktop.circulars.typefaces import Typefaces, typefaces
from desktop.errors import UserError

_NAME_LONGEST: Final = 24  # characters
_LOWER_LONGEST: Final = 10
_PIXELS: Final = (200, 6_000)  # of a picture's side: 120 dots an inch at least
_UNEVEN: Final = 0.05  # by how much a picture's sides may differ
_SMALL: Final = 1_000_000  # bytes a picture may have
_SPECIMEN: Final = "样章"
_NO_FORCE: Final = "虚构无效"
_MIDDLE: Final = ASCENT - 0.5  # of an em box, above its base line
_BOLDER: Final = 0.02  # of the type size
_INNER: Final = math.sin(math.radians(18)) / math.sin(math.radians(54))  # of a star of five points


@dataclass(frozen=True, slots=True)
class Seal:
    """`diameter` in millimetres; `picture`: the court's own print (PNG) instead of a drawn one."""

    name: str
    lower: str
    diameter: float
    picture: bytes = b""
    specimen: bool = False


def court_seal(name: str, *, lower: str | None = None, picture: bytes = b"") -> Seal:
    """A court's seal, of the size in resources/circulars/seal.toml.

    Raises UserError for words that do not fit, characters without a font, or a picture that cannot
    serve.
    """
    data = _data()
    made = Seal(name, data["lower"] if lower is None else lower, float(data["diameter"]), picture)
    if not 1 <= len(name) <= _NAME_LONGEST:
        raise UserError(f"印章名称须为 1 至 {_NAME_LONGEST} 个字。")
    if len(made.lower) > _LOWER_LONGEST:
        raise UserError(f"印章下方文字不能超过 {_LOWER_LONGEST} 个字。")
    typefaces().require({"印章名称": name, "印章下方文字": made.lower})
    if picture:
        _opened(picture)
    return made


def draw_seal(seal: Seal) -> bytes:
    """A PDF of one page, as wide and as high as the seal."""
    faces = typefaces()
    side = seal.diameter * MM
    out = io.BytesIO()
    canvas = Canvas(
        out,
        pagesize=(side, side),
        invariant=1,
        initialFontName=faces.font("song"),
        initialFontSize=side / 10,
    )
    canvas.setFillColorCMYK(*RED)
    canvas.setStrokeColorCMYK(*RED)
    canvas.setBlendMode("Multiply")  # as ink does: what it is pressed on stays to be read
    canvas.translate(side / 2, side / 2)
    if seal.picture:
        picture = ImageReader(_opened(seal.picture))
        canvas.drawImage(picture, -side / 2, -side / 2, side, side, mask="auto")
        if seal.specimen:
            _draw_specimen(canvas, faces, side)
    else:
        _draw(canvas, faces, seal)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


@cache
def _data() -> Mapping[str, Any]:
    with resources.path("circulars/seal.toml").open("rb") as file:
        return tomllib.load(file)


def _opened(picture: bytes) -> Image.Image:
    """The picture, or a UserError that says why it cannot serve."""
    if len(picture) > _SMALL:
        raise UserError("印章图片超过 1 MB。")
    try:
        found = Image.open(io.BytesIO(picture), formats=["PNG"])
        wide, high = found.size
        if not all(_PIXELS[0] <= side <= _PIXELS[1] for side in found.size):
            raise UserError(f"印章图片边长应在 {_PIXELS[0]} 至 {_PIXELS[1]} 像素之间。")
        if abs(wide - high) > _UNEVEN * max(wide, high):
            raise UserError("印章图片应为正方形，圆印充满图片。")
        found.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UserError("印章图片不是完整的 PNG 文件。") from error
    return found


def _draw(canvas: Canvas, faces: Typefaces, seal: Seal) -> None:
    data = _data()["drawn"]
    share = seal.diameter / float(_data()["diameter"])  # a smaller seal is smaller in all its parts
    mm = {key: float(value) * share * MM for key, value in data.items()}
    radius = seal.diameter * MM / 2
    canvas.setLineWidth(mm["ring"])
    if seal.specimen:
        canvas.setDash([4 * MM * share, 1.2 * MM * share])
    canvas.circle(0, 0, radius - mm["ring"] / 2, stroke=1, fill=0)
    canvas.setDash([])
    _draw_name(canvas, faces, seal.name, radius - mm["ring"] - mm["name_gap"], mm["name_high"])
    if seal.specimen:
        _draw_specimen(canvas, faces, 2 * radius)
        lower = _NO_FORCE
    else:
        _draw_star(canvas, mm["star"])
        lower = seal.lower
    if lower:
        wide = mm["lower_high"] * len(lower)
        with _at(canvas, 0, -mm["lower_below"], 0, min(1.1, 18 * MM * share / wide)):
            _words(canvas, faces, lower, "song", mm["lower_high"])


def _draw_name(canvas: Canvas, faces: Typefaces, name: str, outer: float, high: float) -> None:
    """Characters between the radius `outer` and `high` less, at equal angles about the top."""
    data = _data()["drawn"]
    count = len(name)
    step = min(float(data["name_step"]), float(data["name_span"]) / max(1, count - 1))
    radius = outer - high / 2
    room = math.radians(step) * (outer - high)  # where the feet of neighbours come closest
    scale = min(float(data["name_wide"]), 0.96 * room / high)
    for place, char in enumerate(name):
        angle = step * (place - (count - 1) / 2)
        x = radius * math.sin(math.radians(angle))
        y = radius * math.cos(math.radians(angle))
        with _at(canvas, x, y, -angle, scale):
            _words(canvas, faces, char, "song", high)


def _draw_star(canvas: Canvas, radius: float) -> None:
    path = canvas.beginPath()
    for corner in range(10):
        far = radius if corner % 2 == 0 else radius * _INNER
        turn = math.radians(36 * corner)
        point = (far * math.sin(turn), far * math.cos(turn))
        path.lineTo(*point) if corner else path.moveTo(*point)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _draw_specimen(canvas: Canvas, faces: Typefaces, side: float) -> None:
    """样章, a quarter of the seal high, where a real one has its star."""
    with _at(canvas, 0, 0, 0, 1.0):
        _words(canvas, faces, _SPECIMEN, "hei", side / 4)


@contextmanager
def _at(canvas: Canvas, x: float, y: float, angle: float, scale: float) -> Iterator[None]:
    """Draws about a point, turned, and `scale` as wide as high."""
    canvas.saveState()
    canvas.translate(x, y)
    canvas.rotate(angle)
    canvas.scale(scale, 1)
    yield
    canvas.restoreState()


def _words(canvas: Canvas, faces: Typefaces, words: str, face: Face, size: float) -> None:
    """In the middle of the origin."""
    left = -sum(faces.width(char, face) for char in words) * size / 2
    canvas.setLineWidth(_BOLDER * size)
    made = canvas.beginText(left, -_MIDDLE * size)
    made.setTextRenderMode(2)  # filled, and drawn round: what is cut for print has no thin strokes
    for run in faces.runs(words, face):
        made.setFont(run.font, size)
        made.textOut(run.text)
    canvas.drawText(made)
