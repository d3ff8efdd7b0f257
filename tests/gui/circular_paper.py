"""The pages of scenario S2 read again: head, fonts, tables, seal, and the code at the foot."""

import io
from typing import Any

import pdfplumber
import pypdf
import zxingcpp

from storage.hub.chain_verifier import head_code

LINK = "5c" * 32


def is_red(color: Any) -> bool:
    """CMYK without cyan and with magenta and yellow."""
    cyan, magenta, yellow, _black = color
    return bool(cyan == 0 and magenta > 0.5 and yellow > 0.5)


def repeated_heads(pdf: Any) -> int:
    """How many pages begin with the heads of a table that goes on."""
    firsts = [page.extract_text().splitlines()[0] for page in pdf.pages]
    return sum(words.startswith("序号") for words in firsts)


def embedded(font: Any) -> bool:
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    return "/FontFile2" in inner["/FontDescriptor"].get_object()


def words(data: bytes) -> str:
    if not data:
        return ""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def seal_on_name_and_date(file: bytes) -> None:
    read = pypdf.PdfReader(io.BytesIO(file))
    field = read.get_fields()["Seal1"]
    rect = field["/Kids"][0].get_object()["/Rect"] if "/Kids" in field else None
    page_number, box = None, None
    for number, page in enumerate(read.pages):
        for annotation in page.get("/Annots", []):
            one = annotation.get_object()
            if one.get("/Subtype") == "/Widget":
                page_number, box = number, [float(edge) for edge in one["/Rect"]]
    assert page_number is not None
    assert box is not None
    assert rect is None or [float(edge) for edge in rect] == box
    with pdfplumber.open(io.BytesIO(file)) as pdf:
        page = pdf.pages[page_number]
        left, low, right, high = box
        inside = page.crop(
            (left, page.height - high, right, page.height - low), strict=False
        ).extract_text()
    assert "11月3日" in inside
    assert "法院" in inside


def footer_bears_the_chain(file: bytes) -> None:
    """7: the code at the foot is the head of the chain at the moment of the snapshot."""
    with pdfplumber.open(io.BytesIO(file)) as pdf:
        found = [
            code.text
            for page in pdf.pages
            for code in zxingcpp.read_barcodes(page.to_image(resolution=200).original)
        ]
    assert len(found) == 1
    assert found[0].endswith(f":C:4711:{LINK.upper()}")
    assert head_code(4711, LINK) in words(file)
