"""Where a seal stands: 端正居中下压, over the year and on the month of the date (骑年压月).

The document itself tells where its date is (`pages.SEAL_ROOM`), so a seal finds its place from the
bytes alone. Any thread.
"""

from dataclasses import dataclass
from typing import Any, Final

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from desktop.circulars.geometry import LINE, MM, SIZE_3
from desktop.circulars.pages import SEAL_ROOM

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


def sealed_spot(reader: PdfFileReader, diameter: float) -> Spot | None:
    """Where a seal of so many millimetres stands in a document of ours; None where the document
    leaves no room for one."""
    try:
        marked: Any = reader.root["/Dests"][f"/{SEAL_ROOM}"]
        page = _page_of(reader, marked.raw_get(0).reference)
        left, foot, right, words = (float(marked[n]) for n in (2, 3, 4, 5))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, PdfError):
        return None
    radius = diameter * MM / 2
    middle = foot + (LINE + SIZE_3) / 2  # between name and date
    highest = words - radius  # it does not cover the words
    lowest = highest - LINE + _UNDER_WORDS
    return Spot(page, (left + right) / 2, min(highest, max(lowest, middle + _BELOW)))


def _page_of(reader: PdfFileReader, wanted: Any) -> int:
    for number in range(int(reader.root["/Pages"]["/Count"])):
        found, _inherited = reader.find_page_for_modification(number)  # type: ignore[no-untyped-call]
        if found.reference == wanted:
            return number
    raise ValueError("the page is not in the document")
