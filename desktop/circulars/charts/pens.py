"""How series are told apart on paper, with colour and without. Any thread."""

from collections.abc import Callable
from typing import Any, Final

from desktop.circulars.geometry import (
    INK_DARK,
    INK_LIGHT,
    INK_MIDDLE,
    PAPER_HIGH,
    RED,
)

SERIES_MAX: Final = 4
MARK: Final = 2.4  # half of a mark on a line, in points
_THIN: Final = 0.5
_HATCH: Final = 3.0  # points from stroke to stroke
_DASHES: Final[tuple[list[float], ...]] = ([], [5, 2], [1.5, 1.5], [7, 2, 1.5, 2])


def fill_bar(canvas: Any, number: int, left: float, top: float, wide: float, high: float) -> None:
    """A bar of the series `number`: dark, light, red hatched, or white."""
    foot = PAPER_HIGH - top - high
    canvas.setLineWidth(_THIN)
    if number == 2:
        _hatched(canvas, left, foot, wide, high)
        return
    canvas.setFillGray((INK_DARK, INK_LIGHT, 1.0, 1.0)[number])
    canvas.rect(left, foot, wide, high, stroke=1, fill=1)
    canvas.setFillGray(0)


def line_pen(canvas: Any, number: int) -> None:
    """Sets the pen for the line of the series `number`: each its own dashes."""
    canvas.setLineWidth(1.2)
    canvas.setDash(_DASHES[number])
    if number == 1:
        canvas.setStrokeColorCMYK(*RED)
    else:
        canvas.setStrokeGray((0.0, 0.0, INK_MIDDLE, INK_DARK)[number])


def mark(canvas: Any, number: int, x: float, y: float) -> None:
    """A mark of the series `number` on its line: a dot, a square, a triangle, a lozenge."""
    canvas.setDash([])
    canvas.setLineWidth(0.9)
    if number == 0:
        canvas.setFillGray(0)
        canvas.circle(x, PAPER_HIGH - y, MARK, stroke=0, fill=1)
        return
    corners = {
        1: ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        2: ((-1.2, -1), (1.2, -1), (0, 1.2)),
        3: ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    }[number]
    canvas.setFillGray(1)
    path = canvas.beginPath()
    path.moveTo(x + corners[0][0] * MARK, PAPER_HIGH - y + corners[0][1] * MARK)
    for right, up in corners[1:]:
        path.lineTo(x + right * MARK, PAPER_HIGH - y + up * MARK)
    path.close()
    canvas.drawPath(path, stroke=1, fill=1)
    canvas.setFillGray(0)


def plain_pen(canvas: Any, grey: float = 0.0, thick: float = _THIN) -> None:
    """Sets a full line."""
    canvas.setDash([])
    canvas.setLineWidth(thick)
    canvas.setStrokeGray(grey)


def within(
    canvas: Any, left: float, top: float, right: float, bottom: float, work: Callable[[], None]
) -> None:
    """What `work` draws is seen in that rectangle alone."""
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(left, PAPER_HIGH - bottom, right - left, bottom - top)
    canvas.clipPath(path, stroke=0, fill=0)
    work()
    canvas.restoreState()


def _hatched(canvas: Any, left: float, foot: float, wide: float, high: float) -> None:
    canvas.setStrokeColorCMYK(*RED)
    canvas.setFillGray(1)
    canvas.rect(left, foot, wide, high, stroke=1, fill=1)

    def strokes() -> None:
        at = left - high
        while at < left + wide:
            canvas.line(at, foot, at + high, foot + high)
            at += _HATCH

    within(canvas, left, PAPER_HIGH - foot - high, left + wide, PAPER_HIGH - foot, strokes)
    canvas.setStrokeGray(0)
    canvas.setFillGray(0)
