"""Where a seal stands: 端正居中下压, over the year and on the month of the date (骑年压月).

The document itself tells where its names and its date are, in named destinations (seal, and of a
joint document seal-2 and so on; the last one reaches down to the date), so seals find their places
from the bytes alone. Any thread.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from desktop.circulars.geometry import LINE, MM, SIZE_3

_ROOM: Final = re.compile(r"/seal(?:-([2-9]))?")
# Name and date are a little below the middle of the seal (居印章中心偏下位置).
_BELOW: Final = 2.5 * MM
# From the foot of the last words to the end of their line; the seal is within a line of the words.
_UNDER_WORDS: Final = (LINE - SIZE_3) / 2


@dataclass(frozen=True, slots=True)
class Spot:
    """The middle of a seal: page from 0, and points from the lower left corner of the paper."""

    page: int
    x: float
    y: float


def sealed_spots(reader: PdfFileReader, diameter: float) -> list[Spot]:
    """Where seals of so many millimetres stand in a document of ours, the organ in charge first;
    none where the document leaves no room for any."""
    try:
        named: Mapping[str, Any] = reader.root["/Dests"]
        found = {int(one[1] or 1): named[one[0]] for one in map(_ROOM.fullmatch, named) if one}
        rooms = [_room(reader, found[number]) for number in sorted(found)]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, PdfError):
        return []
    last = len(rooms)
    return [room.spot(diameter, dated=n == last) for n, room in enumerate(rooms, start=1)]


@dataclass(frozen=True, slots=True)
class _Room:
    """As wide as the words it stands over, from the text above them (`words`) to their foot."""

    page: int
    left: float
    foot: float
    right: float
    words: float

    def spot(self, diameter: float, *, dated: bool) -> Spot:
        radius = diameter * MM / 2
        highest = self.words - radius  # it does not cover the text
        lowest = highest - LINE + _UNDER_WORDS
        covered = self.foot + ((LINE + SIZE_3) / 2 if dated else SIZE_3 / 2)
        height = min(highest, max(lowest, covered + _BELOW))
        return Spot(self.page, (self.left + self.right) / 2, height)


def _room(reader: PdfFileReader, marked: Any) -> _Room:
    left, foot, right, words = (float(marked[n]) for n in (2, 3, 4, 5))
    return _Room(_page_of(reader, marked.raw_get(0).reference), left, foot, right, words)


def _page_of(reader: PdfFileReader, wanted: Any) -> int:
    for number in range(int(reader.root["/Pages"]["/Count"])):
        found, _inherited = reader.find_page_for_modification(number)  # type: ignore[no-untyped-call]
        if found.reference == wanted:
            return number
    raise ValueError("the page is not in the document")
