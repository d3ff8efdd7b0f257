"""A signed file as it looks: what is seen of signatures, drawn into the pages of a copy.

Qt draws no fields of a PDF, and a seal is the appearance of one; on the screen and on paper it
would lack. The copy is for showing and printing alone: the signed file stays as it is. Any thread.
"""

import io
from dataclasses import dataclass
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

_FIELDS: Final = b"/Widget"
_A4_HIGH: Final = 841.89  # points
_NAME: Final = "/EdeskField{}"
_Dictionary: Any = generic.DictionaryObject  # has no types


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file looks like; `page` (from 0) and `top` (points from the upper edge) of its first
    seal, -1 and 0 where it has none."""

    data: bytes
    page: int = -1
    top: float = 0.0


def as_it_looks(data: bytes) -> bytes:
    """The file itself where it has no fields or cannot be read, else a copy with their looks."""
    return seen(data).data


def seen(data: bytes) -> Seen:
    """As `as_it_looks`, and where the first seal stands."""
    if _FIELDS not in data:
        return Seen(data)
    try:
        writer: Any = IncrementalPdfFileWriter(io.BytesIO(data))
        places = [place for page in range(_pages(writer)) for place in _draw_fields(writer, page)]
        if not places:
            return Seen(data)
        out = io.BytesIO()
        writer.write(out)
        return Seen(out.getvalue(), *places[0])
    except Exception:  # a foreign file may break a reader in any way
        return Seen(data)


def _pages(writer: Any) -> int:
    return int(writer.root["/Pages"]["/Count"])


def _draw_fields(writer: Any, number: int) -> list[tuple[int, float]]:
    """Draws the fields of a page; gives the page and the upper edge of each."""
    page: Any = writer.find_page_for_modification(number)[0].get_object()
    drawn: list[tuple[int, float]] = []
    high = float(page["/MediaBox"][3]) if "/MediaBox" in page else _A4_HIGH
    for place, one in enumerate(page.get("/Annots", ())):
        field: Any = one.get_object()
        if field.get("/Subtype") != "/Widget" or "/AP" not in field:
            continue
        look = field["/AP"].raw_get("/N")
        form = look.get_object()
        if not isinstance(look, generic.IndirectObject) or "/BBox" not in form:
            continue
        name = _NAME.format(place)
        if not drawn:
            # What the page leaves behind (it may stand on its head) must not move the seal.
            before = writer.add_object(generic.StreamObject(stream_data=b"q "))
            writer.add_stream_to_page(number, before, prepend=True)
            after = writer.add_object(generic.StreamObject(stream_data=b" Q "))
            writer.add_stream_to_page(number, after)
        stream = generic.StreamObject(stream_data=_placed(field["/Rect"], form["/BBox"], name))
        resources = _Dictionary({_named("/XObject"): _Dictionary({_named(name): look})})
        writer.add_stream_to_page(number, writer.add_object(stream), resources=resources)
        drawn.append((number, high - _corners(field["/Rect"])[3]))
    return drawn


def _named(text: str) -> generic.NameObject:
    return generic.NameObject(text)


def _placed(rect: Any, box: Any, name: str) -> bytes:
    """The operators that put a form of that box into the rectangle of its field."""
    left, low, right, high = _corners(rect)
    x, y, to_x, to_y = _corners(box)
    wide = (right - left) / (to_x - x)
    tall = (high - low) / (to_y - y)
    matrix = (wide, 0.0, 0.0, tall, left - x * wide, low - y * tall)
    return f"q {' '.join(f'{part:.5f}' for part in matrix)} cm {name} Do Q".encode()


def _corners(edges: Any) -> tuple[float, float, float, float]:
    """Left, low, right, high: a rectangle of a PDF may name any two opposite corners."""
    one, two, three, four = (float(edge) for edge in edges)
    return min(one, three), min(two, four), max(one, three), max(two, four)
