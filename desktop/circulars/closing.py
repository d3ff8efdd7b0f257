"""发文机关署名 and 成文日期: who issues a document and when, and where seals may stand. Any thread.

Under a seal the date stands four characters from the right with the name in the middle above it; a
joint document has its names in columns of which each holds a seal, the date below the last. Without
a seal the names stand one below the other, two characters from the right, and the date two
characters further in (GB/T 9704—2012, 7.3.5).
"""

from dataclasses import dataclass
from math import ceil
from typing import Final

from reportlab.pdfbase.pdfdoc import PDFDictionary

from desktop.circulars.body import drawing, note_rows, together
from desktop.circulars.flow import Row
from desktop.circulars.geometry import (
    CHAR,
    CHARS,
    LEFT,
    LINE,
    PAPER_HIGH,
    SEAL_WIDE,
    SIZE_3,
)
from desktop.circulars.ink import Ink
from desktop.circulars.lines import Line, Span, break_lines
from desktop.circulars.official import Official, day_words
from desktop.errors import UserError

SEAL_ROOM: Final = "seal"  # a named destination: from the last words to the foot of the date
_SEAL_IN: Final = 4.0  # characters right of the date, where a seal will stand over it
_PLAIN_IN: Final = 2.0
_DAY_IN: Final = 2.0  # from the first character of a name without a seal to that of the date
_BLANK: Final = 2  # rows above the first name
_COLUMNS_MAX: Final = 3
_BANDS_MAX: Final = 3
_BAND: Final = ceil(SEAL_WIDE / LINE)  # rows from a band of seals to the next one
_BETWEEN: Final = 1.0  # characters, at least, from one name to its neighbour


@dataclass(frozen=True, slots=True)
class _Placed:
    """A name or the date: characters from the left edge, rows from the first name."""

    line: Line
    left: float
    row: int


def closing_rows(document: Official, ink: Ink) -> list[Row]:
    """Two blank rows, names, date and note; of minutes the note alone.

    Raises UserError for more organs than three bands of seals hold.
    """
    note = note_rows(ink, document.note)
    if document.form == "minutes":
        return [Row(), *note] if note else []
    placed = _names(document, ink) + _day(document, ink)
    rows = [Row() for _ in range(_BLANK + 1 + max(one.row for one in placed))]
    for number, row in enumerate(rows[_BLANK:]):
        parts = [drawing(one.line, one.left) for one in placed if one.row == number]
        row.draw = together(parts) if parts else None
    return rows + note


def seal_room_rows(document: Official, ink: Ink, tail: list[Row]) -> list[Row]:
    """What tells in the file where seals may stand, to be put before `tail`: each as wide as what
    it stands over, from the words above down to the foot of the date. `seal` is the room of the
    organ in charge, `seal-2` that of the next one, and so on; a name without a date below it has
    its room so that the middle of its seal is on the name.
    """
    if not document.seal or document.made_on is None or document.form == "minutes":
        return []
    names, (day,) = _names(document, ink), _day(document, ink)
    blank = next(n for n, row in enumerate(tail) if row.draw is not None)

    def draw(on: Ink, top: float) -> None:
        rooms = {}
        for number, name in enumerate(names, start=1):
            last = number == len(names)
            over, foot_row = (day, day.row) if last else (name, name.row)
            left = LEFT + over.left * CHAR
            high = blank if name.row == 0 else _BLANK
            upper = PAPER_HIGH - top - (blank + name.row - high) * LINE
            under = (LINE - SIZE_3) / 2 if last else -SIZE_3 / 2
            foot = PAPER_HIGH - top - (blank + foot_row + 1) * LINE + under
            called = SEAL_ROOM if number == 1 else f"{SEAL_ROOM}-{number}"
            right = left + over.line.right * CHAR
            rooms[called] = on.canvas.bookmarkPage(
                called, "FitR", left=left, bottom=foot, right=right, top=upper
            )
        # reportlab writes no names of destinations by itself.
        on.canvas._doc.Catalog.Dests = PDFDictionary(rooms)

    return [Row(draw, high=0.0)]


def _names(document: Official, ink: Ink) -> list[_Placed]:
    lines = [_plain(ink, name) for name in document.organs]
    if document.seal and document.joint:
        return _in_columns(lines)
    widest = max(line.right for line in lines)
    day = _plain(ink, day_words(document.made_on)).right if document.made_on else 0.0
    if document.seal:
        (line,) = lines
        if not day:
            return [_Placed(line, CHARS - _SEAL_IN - line.right, 0)]
        middle = CHARS - _SEAL_IN - day / 2
        return [_Placed(line, min(middle - line.right / 2, CHARS - line.right), 0)]
    left = CHARS - _PLAIN_IN - max(widest, day + _DAY_IN if day else 0.0)
    return [_Placed(line, left, row) for row, line in enumerate(lines)]


def _in_columns(lines: list[Line]) -> list[_Placed]:
    """Each name in the middle of its column, the last band at the right, as the date is."""
    widest = max(line.right for line in lines)
    columns = min(_COLUMNS_MAX, len(lines))
    while columns > 1 and CHARS / columns < widest + _BETWEEN:
        columns -= 1
    bands = ceil(len(lines) / columns)
    if bands > _BANDS_MAX:
        raise UserError("联合行文的机关过多或名称过长，印章排不下：请使用规范化简称或减少机关。")
    found = []
    for number, line in enumerate(lines):
        band, place = divmod(number, columns)
        if band == bands - 1:
            place += columns * bands - len(lines)
        wide = CHARS / columns if columns > 1 else CHARS / 2
        middle = (place + 0.5) * wide if columns > 1 else CHARS - wide / 2
        found.append(_Placed(line, min(middle - line.right / 2, CHARS - line.right), band * _BAND))
    return found


def _day(document: Official, ink: Ink) -> list[_Placed]:
    if document.made_on is None:
        return []
    last = _names(document, ink)[-1]
    line = _plain(ink, day_words(document.made_on))
    if not document.seal:
        left = last.left + _DAY_IN
    elif document.joint:
        left = last.left + (last.line.right - line.right) / 2
    else:
        left = CHARS - _SEAL_IN - line.right
    return [_Placed(line, left, last.row + 1)]


def _plain(ink: Ink, words: str) -> Line:
    """One line, however long."""
    return break_lines([Span(words or " ")], ink.width, CHARS + len(words), justify=False)[0]
