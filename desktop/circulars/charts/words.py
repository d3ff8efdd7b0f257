"""Words of a chart: made to fit by a smaller type, by more lines, at last by an ellipsis."""

from collections.abc import Sequence
from typing import Final

from desktop.circulars.geometry import SIZE_SMALL_5
from desktop.circulars.ink import Ink
from desktop.circulars.lines import Line, Span, break_lines

SIZES: Final = (SIZE_SMALL_5, 8.0, 7.0)  # points; none is smaller
_MORE: Final = "…"


def size_for(ink: Ink, texts: Sequence[str], wide: float) -> float | None:
    """The largest type in which each of them is at most `wide`; None where none does."""
    widest = max((ink.wide(text, "text", 1.0) for text in texts), default=0.0)
    return next((size for size in SIZES if widest * size <= wide), None)


def fitted(ink: Ink, texts: Sequence[str], wide: float) -> tuple[list[str], float]:
    """Words of one line each, and their type."""
    size = size_for(ink, texts, wide)
    if size is not None:
        return list(texts), size
    size = SIZES[-1]
    return [_shortened(ink, text, wide / size) for text in texts], size


def wrapped(
    ink: Ink, texts: Sequence[str], wide: float, most: int
) -> tuple[list[list[Line]], float]:
    """Words in at most `most` lines each, and their type."""
    for size in SIZES:
        made = [_broken(ink, text, wide / size) for text in texts]
        if max(map(len, made), default=0) <= most:
            return made, size
    return [lines if len(lines) <= most else _cut(ink, lines, most) for lines in made], size


def _broken(ink: Ink, text: str, room: float) -> list[Line]:
    return break_lines([Span(text)], ink.width, max(1.0, room), justify=False)


def _cut(ink: Ink, lines: list[Line], most: int) -> list[Line]:
    last = lines[most - 1].text[:-1] + _MORE
    return [*lines[: most - 1], *break_lines([Span(last)], ink.width, len(last) + 1.0)]


def _shortened(ink: Ink, text: str, room: float) -> str:
    if ink.wide(text, "text", 1.0) <= room:
        return text
    while text and ink.wide(text + _MORE, "text", 1.0) > room:
        text = text[:-1]
    return text + _MORE
