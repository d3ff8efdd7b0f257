"""A table over many pages whose pages are cut one after another, so that its time grows with its
rows and not with their square. Any thread.

reportlab's own table looks through all that is left at every page: 350 pages took two minutes.
"""

from collections.abc import Sequence
from typing import Any, Final

from reportlab.lib import colors
from reportlab.platypus import Flowable, Table, TableStyle

from desktop.circulars.faces import Face
from desktop.circulars.official import Column
from desktop.circulars.plain import paragraph
from desktop.circulars.typefaces import Typefaces
from desktop.circulars.wide import WideTable

INK: Final = colors.HexColor("#1B2433")
_RULE: Final = colors.HexColor("#9AA5B8")
_SHADE: Final = colors.HexColor("#EEF1F6")
_SIZE, _LEADING = 8.5, 11.5
_ABOVE, _BELOW, _LEFT, _RIGHT = 2.0, 2.5, 4.0, 5.0  # points round the words of a cell
_SLACK: Final = 0.01

Row = tuple[list[Any], float]  # cells and how high they are


class WideRows(Flowable):  # type: ignore[misc]
    """The rows of `table` from `first` on, below its heads. `wide` is the width of the table and
    `page` the height of an empty page, in points."""

    def __init__(
        self, table: WideTable, faces: Typefaces, wide: float, page: float, first: int = 0
    ) -> None:
        super().__init__()
        self._table, self._faces = table, faces
        self._wide, self._page, self._first = wide, page, first
        shares = sum(column.share for column in table.columns)
        self._widths = [wide * column.share / shares for column in table.columns]
        self._strong, self._joined = frozenset(table.strong), frozenset(table.joined)
        self._head = self._cells([column.head for column in table.columns], strong=True)
        self._rows: list[Row] = []
        self._drawn: Any = None

    def wrap(self, _wide: float, high: float) -> tuple[float, float]:
        """As high as all that is left, or higher than the room."""
        end, used = self._fitting(high)
        if end < len(self._table.rows):
            return self._wide, high + 1
        self._drawn = self._part(end)
        self._drawn.wrapOn(self.canv, self._wide, high)
        return self._wide, used

    def split(self, wide: float, high: float) -> list[Any]:
        """What fits on this page, and the rest; nothing where not even the first rows do."""
        end, _used = self._fitting(high)
        end = self._whole(end)
        if end > self._first:
            return [self._part(end), self._rest(end)]
        if high < self._page - _SLACK:
            return []  # on the next page it may
        end, _used = self._fitting(high)
        if end > self._first:  # joined rows that are higher than a page
            return [self._part(end), self._rest(end)]
        parts = self._part(self._first + 1).split(wide, high)  # within its only row
        return [*parts, self._rest(self._first + 1)]

    def draw(self) -> None:
        """Draws what `wrap` has measured."""
        self._drawn.drawOn(self.canv, 0, 0)

    def _fitting(self, high: float) -> tuple[int, float]:
        """The first row that has no room, and how high those before it are with the heads."""
        used, place = self._head[1], self._first
        while place < len(self._table.rows):
            row = self._row(place)[1]
            if used + row > high + _SLACK:
                break
            used += row
            place += 1
        return place, used

    def _whole(self, end: int) -> int:
        """Back to where no joined rows are parted."""
        while self._first < end < len(self._table.rows) and end in self._joined:
            end -= 1
        return end

    def _rest(self, first: int) -> "WideRows":
        made = WideRows(self._table, self._faces, self._wide, self._page, first)
        made._rows = self._rows[first - self._first :]
        return made

    def _row(self, place: int) -> Row:
        while len(self._rows) <= place - self._first:
            at = self._first + len(self._rows)
            self._rows.append(self._cells(self._table.rows[at], strong=at in self._strong))
        return self._rows[place - self._first]

    def _cells(self, words: Sequence[str], *, strong: bool) -> Row:
        cells: list[Any] = [
            self._cell(one, column, strong=strong) if one else ""
            for one, column in zip(words, self._table.columns, strict=True)
        ]
        highs = [
            cell.wrap(wide - _LEFT - _RIGHT, self._page)[1]
            for cell, wide in zip(cells, self._widths, strict=True)
            if cell
        ]
        return cells, max([_LEADING, *highs]) + _ABOVE + _BELOW

    def _cell(self, words: str, column: Column, *, strong: bool) -> Any:
        face: Face = "hei" if strong else "song"
        return paragraph(
            words, self._faces, size=_SIZE, leading=_LEADING, align=column.align, face=face
        )

    def _part(self, end: int) -> Any:
        """The rows up to `end` with the heads, as a table that is drawn as it is."""
        rows = [self._row(place) for place in range(self._first, end)]
        heights = [self._head[1], *(high for _cells, high in rows)]
        one = len(rows) == 1 and heights[1] > self._page - heights[0]
        made = Table(
            [self._head[0], *(cells for cells, _high in rows)],
            colWidths=self._widths,
            rowHeights=None if one else heights,  # a row that is cut finds its own
            repeatRows=1,
            hAlign="LEFT",
            splitInRow=1,
        )
        made.setStyle(TableStyle(self._style(end)))
        return made

    def _style(self, end: int) -> list[Any]:
        strong = [place - self._first + 1 for place in self._strong if self._first <= place < end]
        style: list[Any] = [
            ("FONTNAME", (0, 0), (-1, -1), self._faces.font("song")),  # else one not embedded
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
            ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
            ("LINEBELOW", (0, 0), (-1, 0), 0.5, INK),
            ("LINEBELOW", (0, -1), (-1, -1), 0.8, INK),
            ("TOPPADDING", (0, 0), (-1, -1), _ABOVE),
            ("BOTTOMPADDING", (0, 0), (-1, -1), _BELOW),
            ("LEFTPADDING", (0, 0), (-1, -1), _LEFT),
            ("RIGHTPADDING", (0, 0), (-1, -1), _RIGHT),
        ]
        style += [("BACKGROUND", (0, place), (-1, place), _SHADE) for place in strong]
        style += [
            ("LINEBELOW", (0, at), (-1, at), 0.4, _RULE)
            for at, place in enumerate(range(self._first + 1, end), start=1)
            if place not in self._joined
        ]
        return style
