"""Invented pictures for the demo's cameras: rectangles and slopes, written as PNG. No Qt.

Numbers between 0 and 1 are shares of the picture's width and height. The same seed gives the same
bytes.
"""

import struct
import zlib
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

import numpy as np

WIDTH: Final = 640
HEIGHT: Final = 360
Color = tuple[int, int, int]
Point = tuple[float, float]

# Five by seven points, a row as bits: what a camera writes into its picture.
_GLYPHS: Final = {
    "0": (14, 17, 19, 21, 25, 17, 14),
    "1": (4, 12, 4, 4, 4, 4, 14),
    "2": (14, 17, 1, 2, 4, 8, 31),
    "3": (31, 2, 4, 2, 1, 17, 14),
    "4": (2, 6, 10, 18, 31, 2, 2),
    "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (6, 8, 16, 30, 17, 17, 14),
    "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12),
    "-": (0, 0, 0, 31, 0, 0, 0),
    ":": (0, 4, 4, 0, 4, 4, 0),
    "C": (14, 17, 16, 16, 16, 17, 14),
    "A": (14, 17, 17, 31, 17, 17, 17),
    "M": (17, 27, 21, 21, 17, 17, 17),
}


class Sheet:
    """A picture in the making."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self._noise = np.random.default_rng(seed)
        self.dots: np.ndarray[Any, np.dtype[np.float64]] = np.zeros((HEIGHT, WIDTH, 3))
        self._y, self._x = np.mgrid[0:HEIGHT, 0:WIDTH]

    def slope(self, top: float, bottom: float, first: Color, last: Color) -> None:
        """A band over the whole width that goes from one colour to the other."""
        y0, y1 = round(top * HEIGHT), round(bottom * HEIGHT)
        share = np.linspace(0, 1, max(1, y1 - y0))[:, None, None]
        self.dots[y0:y1] = np.array(first) * (1 - share) + np.array(last) * share

    def box(self, x0: float, y0: float, x1: float, y1: float, color: Color) -> None:
        """A filled rectangle."""
        rows = slice(max(0, round(y0 * HEIGHT)), round(y1 * HEIGHT))
        self.dots[rows, max(0, round(x0 * WIDTH)) : round(x1 * WIDTH)] = color

    def shape(self, points: Sequence[Point], color: Color, share: float = 1.0) -> None:
        """A filled convex shape, its corners clockwise; `share` below one lets show through."""
        rows, columns = self._around([x for x, _ in points], [y for _, y in points])
        across, down = self._x[rows, columns], self._y[rows, columns]
        inside = np.ones(across.shape, dtype=bool)
        for (ax, ay), (bx, by) in zip(points, (*points[1:], points[0]), strict=True):
            turn = (bx - ax) * WIDTH * (down - ay * HEIGHT)
            inside &= turn - (by - ay) * HEIGHT * (across - ax * WIDTH) >= 0
        self._blend(rows, columns, inside, color, share)

    def disc(self, x: float, y: float, radius: float, color: Color, share: float = 1.0) -> None:
        """A filled circle; the radius is a share of the height."""
        wide = radius * HEIGHT / WIDTH
        rows, columns = self._around([x - wide, x + wide], [y - radius, y + radius])
        across, down = self._x[rows, columns], self._y[rows, columns]
        away = (across - x * WIDTH) ** 2 + (down - y * HEIGHT) ** 2
        self._blend(rows, columns, away <= (radius * HEIGHT) ** 2, color, share)

    def _around(self, xs: Sequence[float], ys: Sequence[float]) -> tuple[slice, slice]:
        """The part of the picture that these corners reach."""
        rows = slice(max(0, int(min(ys) * HEIGHT)), max(0, int(max(ys) * HEIGHT) + 2))
        return rows, slice(max(0, int(min(xs) * WIDTH)), max(0, int(max(xs) * WIDTH) + 2))

    def _blend(self, rows: slice, columns: slice, inside: Any, color: Color, share: float) -> None:
        part = self.dots[rows, columns]
        part[inside] = part[inside] * (1 - share) + np.array(color) * share

    def glow(self, x: float, y: float, radius: float, color: Color) -> None:
        """Light that fades with the distance."""
        away = np.hypot(self._x - x * WIDTH, self._y - y * HEIGHT) / (radius * HEIGHT)
        self.dots += np.exp(-away * 2.2)[:, :, None] * np.array(color)

    def figure(self, x: float, foot: float, tall: float, color: Color) -> None:
        """Somebody, from far."""
        wide = tall * 0.12
        self.disc(x, foot - tall * 0.9, tall * 0.1, color)
        shoulders = ((x - wide, foot - tall * 0.76), (x + wide, foot - tall * 0.76))
        hips = ((x + wide * 0.8, foot - tall * 0.4), (x - wide * 0.8, foot - tall * 0.4))
        self.shape((*shoulders, *hips), color)
        for side in (-1, 1):
            leg = x + side * wide * 0.45
            self.box(leg - wide * 0.3, foot - tall * 0.42, leg + wide * 0.3, foot, color)

    def words(self, text: str, x: float, y: float, dot: int = 2) -> None:
        """Digits as a camera writes them: white with a dark edge."""
        left, top = round(x * WIDTH), round(y * HEIGHT)
        for n, sign in enumerate(text):
            for row, bits in enumerate(_GLYPHS.get(sign, (0,) * 7)):
                for column in range(5):
                    if bits >> (4 - column) & 1:
                        px, py = left + (n * 6 + column) * dot, top + row * dot
                        self.dots[py + 1 : py + dot + 1, px + 1 : px + dot + 1] = 12
                        self.dots[py : py + dot, px : px + dot] = 240

    def png(self) -> bytes:
        """The picture with a little noise and darker corners."""
        away = np.hypot((self._x / WIDTH - 0.5) * 1.2, self._y / HEIGHT - 0.5)
        dots = self.dots * (1.06 - 0.55 * away**2)[:, :, None]
        dots += (
            self._noise.integers(-2, 3, (HEIGHT // 2, WIDTH // 2))
            .repeat(2, 0)
            .repeat(2, 1)[:, :, None]
        )
        body = np.clip(dots, 0, 255).astype(np.uint8) & 0xFC
        rows = np.zeros((HEIGHT, 1 + WIDTH * 3), dtype=np.uint8)
        rows[:, 1:] = body.reshape(HEIGHT, WIDTH * 3)
        head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
        packed = zlib.compress(rows.tobytes(), 3)
        parts = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _gate(sheet: Sheet) -> None:
    """The gate of an estate: pillars, a barrier, a lit lodge, a road that runs to the back."""
    sheet.slope(0, 0.5, (118, 138, 160), (186, 190, 188))
    for n in range(7):
        left = n * 0.15 - 0.03
        top = 0.14 + 0.16 * sheet.rng.random()
        sheet.box(left, top, left + 0.13, 0.5, (96 + n * 3, 102 + n * 2, 110))
        for row in range(6):
            for column in range(4):
                x, y = left + 0.016 + column * 0.029, top + 0.03 + row * 0.055
                lit = sheet.rng.random() < 0.12
                if y < 0.46:
                    color = (226, 204, 142) if lit else (70, 78, 90)
                    sheet.box(x, y, x + 0.016, y + 0.03, color)
    sheet.slope(0.5, 1, (96, 100, 96), (74, 76, 74))
    sheet.shape(((0.44, 0.5), (0.56, 0.5), (0.92, 1), (0.08, 1)), (88, 89, 92))
    for n in range(5):
        near = 0.56 + n * 0.09
        sheet.shape(
            ((0.497, near), (0.503, near), (0.506, near + 0.045), (0.494, near + 0.045)),
            (196, 196, 186),
        )
    for left in (0.2, 0.74):
        sheet.box(left, 0.3, left + 0.06, 0.72, (150, 128, 108))
        sheet.box(left - 0.01, 0.27, left + 0.07, 0.31, (112, 94, 80))
    sheet.box(0.2, 0.2, 0.8, 0.27, (124, 46, 40))
    sheet.box(0.04, 0.44, 0.17, 0.76, (132, 138, 144))
    sheet.box(0.055, 0.5, 0.155, 0.62, (236, 220, 164))
    for n in range(10):
        color = (206, 62, 48) if n % 2 else (228, 228, 224)
        x = 0.27 + n * 0.045
        sheet.shape(((x, 0.6), (x + 0.045, 0.6), (x + 0.045, 0.625), (x, 0.625)), color)
    sheet.figure(0.35, 0.84, 0.27, (38, 42, 56))
    sheet.figure(0.4, 0.85, 0.26, (30, 34, 48))
    sheet.glow(0.105, 0.56, 0.16, (40, 34, 16))


def _building(sheet: Sheet) -> None:
    """A block of flats with the cars of the court in front of it."""
    sheet.slope(0, 0.75, (136, 152, 172), (200, 204, 204))
    sheet.box(0.14, 0.05, 0.88, 0.74, (168, 158, 146))
    sheet.shape(((0.88, 0.05), (1.0, 0.12), (1.0, 0.72), (0.88, 0.74)), (122, 114, 106))
    for row in range(7):
        for column in range(9):
            x, y = 0.17 + column * 0.079, 0.08 + row * 0.088
            dark = (66, 76, 92) if (row * 9 + column) % 5 else (88, 100, 116)
            sheet.box(x, y, x + 0.05, y + 0.055, dark)
            sheet.box(x, y + 0.055, x + 0.05, y + 0.061, (196, 190, 180))
    sheet.box(0.45, 0.58, 0.55, 0.74, (58, 60, 64))
    sheet.slope(0.74, 1, (104, 106, 102), (80, 82, 80))
    for left, body in ((0.1, (232, 232, 230)), (0.62, (226, 228, 230)), (0.36, (52, 58, 70))):
        top = 0.74 if left != 0.36 else 0.8
        sheet.shape(
            (
                (left + 0.05, top),
                (left + 0.19, top),
                (left + 0.23, top + 0.08),
                (left + 0.03, top + 0.08),
            ),
            (44, 54, 68),
        )
        sheet.box(left, top + 0.07, left + 0.25, top + 0.16, body)
        if body != (52, 58, 70):
            sheet.box(left, top + 0.1, left + 0.25, top + 0.125, (32, 72, 150))
            sheet.box(left + 0.1, top - 0.02, left + 0.15, top, (200, 40, 40))
        for wheel in (left + 0.055, left + 0.195):
            sheet.disc(wheel, top + 0.165, 0.04, (22, 22, 24))
    for n, x in enumerate((0.47, 0.52, 0.57)):
        sheet.figure(x, 0.8 + n * 0.01, 0.2, (32, 40, 58))


def _corridor(sheet: Sheet) -> None:
    """A corridor with doors at both sides and people at its end."""
    sheet.slope(0, 1, (150, 148, 140), (150, 148, 140))
    sheet.shape(((0, 0), (1, 0), (0.62, 0.3), (0.38, 0.3)), (196, 194, 186))
    sheet.shape(((0.38, 0.64), (0.62, 0.64), (1.1, 1), (-0.1, 1)), (106, 98, 88))
    sheet.shape(((0, 0), (0.38, 0.3), (0.38, 0.64), (0, 1)), (176, 172, 158))
    sheet.shape(((0.62, 0.3), (1, 0), (1, 1), (0.62, 0.64)), (164, 160, 148))
    sheet.box(0.38, 0.3, 0.62, 0.64, (134, 130, 122))
    sheet.box(0.46, 0.4, 0.54, 0.64, (70, 62, 54))
    for n in range(3):
        far = 0.1 + n * 0.1
        wide = 0.06 - n * 0.014
        for side in (0, 1):
            a, b = (far, far + wide) if side == 0 else (1 - far - wide, 1 - far)
            ta, tb = (0.12 + (far) * 0.62, 0.12 + (far + wide) * 0.62)
            ba, bb = (0.97 - far * 0.86, 0.97 - (far + wide) * 0.86)
            tops = ((a, ta), (b, tb)) if side == 0 else ((a, tb), (b, ta))
            ends = ((b, bb), (a, ba)) if side == 0 else ((b, ba), (a, bb))
            sheet.shape((*tops, *ends), (92, 66, 46))
    for n in range(4):
        y, wide = 0.03 + n * 0.075, 0.12 - n * 0.024
        sheet.box(0.5 - wide / 2, y, 0.5 + wide / 2, y + 0.018 - n * 0.003, (250, 250, 240))
        sheet.glow(0.5, y, 0.2, (16, 16, 14))
    sheet.figure(0.45, 0.78, 0.34, (34, 44, 66))
    sheet.figure(0.53, 0.82, 0.38, (28, 36, 56))
    sheet.figure(0.6, 0.74, 0.28, (76, 70, 62))


def _aerial(sheet: Sheet) -> None:
    """The estate from above: roofs, lawns, a road with cars."""
    sheet.slope(0, 1, (88, 106, 76), (96, 112, 82))
    for n in range(70):
        x, y = sheet.rng.random(), sheet.rng.random()
        sheet.disc(x, y, 0.018 + 0.02 * sheet.rng.random(), (62 + n % 18, 84 + n % 12, 56), 0.8)
    sheet.shape(((0.0, 0.46), (1.0, 0.36), (1.0, 0.52), (0.0, 0.62)), (112, 112, 112))
    sheet.shape(((0.42, 0), (0.53, 0), (0.66, 1), (0.53, 1)), (112, 112, 112))
    for x, y, wide, high in (
        *((0.05, 0.06, 0.3, 0.2), (0.06, 0.7, 0.34, 0.2)),
        *((0.62, 0.06, 0.3, 0.18), (0.72, 0.66, 0.24, 0.24)),
    ):
        dark, roof = (58, 58, 56), (164, 150, 138)
        sheet.shape(
            ((x + 0.02, y + 0.05), (x + wide + 0.02, y + 0.03), (x + wide + 0.02, y + high + 0.04)),
            dark,
            0.6,
        )
        sheet.shape(
            ((x, y), (x + wide, y - 0.02), (x + wide, y + high - 0.02), (x, y + high)), roof
        )
        for n in range(4):
            left = x + 0.02 + n * wide / 4.4
            sheet.box(left, y + 0.04, left + 0.03, y + 0.075, (120, 112, 106))
    colors = ((214, 214, 212), (40, 44, 52), (150, 36, 34), (60, 90, 140), (226, 226, 226))
    for n in range(9):
        x = 0.03 + n * 0.108 + 0.02 * sheet.rng.random()
        y = 0.555 - x * 0.1 - (0.055 if n % 2 else 0)
        sheet.box(x, y, x + 0.042, y + 0.036, colors[n % len(colors)])
        sheet.box(x + 0.012, y + 0.006, x + 0.03, y + 0.03, (36, 42, 52))
    for n in range(3):
        sheet.box(
            0.56 + n * 0.012, 0.7 + n * 0.085, 0.586 + n * 0.012, 0.76 + n * 0.085, (236,) * 3
        )
    sheet.box(0.495, 0.497, 0.505, 0.503, (240, 240, 240))


def _room(sheet: Sheet) -> None:
    """A room that is being cleared: boxes, a table with papers, two officers."""
    sheet.slope(0, 0.66, (188, 182, 168), (170, 164, 150))
    sheet.shape(((0, 0.66), (1, 0.66), (1, 1), (0, 1)), (126, 106, 84))
    sheet.box(0.62, 0.1, 0.92, 0.48, (206, 222, 236))
    sheet.box(0.765, 0.1, 0.775, 0.48, (150, 150, 146))
    sheet.glow(0.77, 0.3, 0.4, (30, 30, 26))
    sheet.box(0.06, 0.2, 0.3, 0.7, (112, 84, 60))
    sheet.box(0.075, 0.23, 0.175, 0.67, (96, 70, 50))
    sheet.box(0.185, 0.23, 0.285, 0.67, (96, 70, 50))
    for n, (x, y) in enumerate(
        ((0.34, 0.62), (0.45, 0.64), (0.39, 0.49), (0.36, 0.78), (0.49, 0.8))
    ):
        sheet.box(x, y, x + 0.11, y + 0.15, (178 - n * 7, 138 - n * 6, 92 - n * 4))
        sheet.box(x + 0.045, y, x + 0.065, y + 0.15, (202, 178, 130))
    sheet.shape(((0.64, 0.7), (0.96, 0.7), (1.0, 0.78), (0.6, 0.78)), (98, 72, 52))
    for leg in (0.63, 0.95):
        sheet.box(leg, 0.78, leg + 0.02, 0.98, (72, 52, 38))
    for n in range(4):
        left = 0.66 + n * 0.07
        sheet.shape(
            ((left + 0.01, 0.715), (left + 0.055, 0.715), (left + 0.05, 0.75), (left, 0.75)),
            (238, 238, 232),
        )
    sheet.figure(0.58, 0.9, 0.46, (30, 40, 62))
    sheet.figure(0.8, 0.86, 0.42, (34, 44, 66))


SCENES: Final[dict[str, Callable[[Sheet], None]]] = {
    "gate": _gate,
    "building": _building,
    "corridor": _corridor,
    "aerial": _aerial,
    "room": _room,
}


def picture(scene: str, seed: int, stamp: str) -> bytes:
    """A scene as PNG with the camera's own time in its corner ("2026-11-24 09:12:40 CAM1")."""
    sheet = Sheet(seed)
    SCENES[scene](sheet)
    sheet.words(stamp, 0.03, 0.04)
    return sheet.png()
