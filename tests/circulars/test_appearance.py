"""What is shown and printed of a signed file bears its seal; the file itself stays as it is."""

import io
from datetime import timedelta
from pathlib import Path

import pdfplumber
import pypdf
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QApplication

from desktop.circulars.appearance import as_it_looks
from desktop.circulars.pages import write_official
from desktop.circulars.seal import court_seal, draw_seal
from desktop.circulars.signature import sign
from desktop.circulars.signers import signer_from_file
from desktop.paper.jobs import PrintJobs, PrintRun, Target, print_runs
from tests.circulars.certificates import COURT, SIGNED, WORD, TestAuthority
from tests.circulars.test_pages import BODY, circular

SIZE = QSize(595, 842)


@pytest.fixture(scope="module")
def previewed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("previewed") / "a.pdf"
    return write_official(circular(record=None, body=BODY[:2]), path).read_bytes()


@pytest.fixture(scope="module")
def signed(previewed: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("signed")
    authority = TestAuthority()
    path = authority.issue().bundle(folder / "court.p12", authority.root)
    signer = signer_from_file(path, WORD)
    at = SIGNED + timedelta(minutes=1)
    return sign(previewed, signer, seal=court_seal(COURT), reason="签发", at=at)


def picture(data: bytes, page: int) -> QImage:
    """A page as Qt draws it, on white."""
    buffer = QBuffer()
    kept = QByteArray(data)
    buffer.setData(kept)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    found = QImage(SIZE, QImage.Format.Format_RGB32)
    found.fill("white")
    painter = QPainter(found)
    painter.drawImage(0, 0, document.render(page, SIZE))
    painter.end()
    document.close()
    return found


def red(image: QImage, rect: list[float]) -> int:
    """Red dots inside a rectangle of a page, in points from below."""
    left, low, right, high = (round(edge) for edge in rect)
    return sum(
        (color := image.pixelColor(x, SIZE.height() - y)).red() > 150
        and color.green() < 130
        and color.blue() < 130
        for x in range(left, right)
        for y in range(low, high)
    )


def seal_of(data: bytes) -> tuple[int, list[float]]:
    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(data)).pages):
        for one in page.get("/Annots", []):
            if one.get_object()["/Subtype"] == "/Widget":
                return number, [float(edge) for edge in one.get_object()["/Rect"]]
    raise AssertionError("no field")


def _words_of(data: bytes, page: int, rect: list[float]) -> list[tuple[str, int, int]]:
    """Characters of the seal with their places from the middle of the rectangle, in points."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        left, low, right, high = rect
        found = pdf.pages[page]
        middle = ((left + right) / 2, found.height - (low + high) / 2)
        return sorted(
            (
                char["text"],
                round((char["x0"] + char["x1"]) / 2 - middle[0]),
                round((char["top"] + char["bottom"]) / 2 - middle[1]),
            )
            for char in found.chars
            if char["non_stroking_color"] is not None and _is_red(char["non_stroking_color"])
            if left < char["x0"] < right and low < found.height - char["top"] < high + 5
        )


def _is_red(color: object) -> bool:
    return isinstance(color, tuple) and len(color) == 4 and color[0] == 0 and color[1] > 0.5


def _words_of_the_seal() -> list[tuple[str, int, int]]:
    """The same of the seal as it was drawn for itself."""
    seal = pdfplumber.open(io.BytesIO(draw_seal(court_seal(COURT)))).pages[0]
    middle = float(seal.width) / 2
    return sorted(
        (
            char["text"],
            round((char["x0"] + char["x1"]) / 2 - middle),
            round((char["top"] + char["bottom"]) / 2 - middle),
        )
        for char in seal.chars
    )


def test_the_seal_is_seen_where_it_stands(qapp: QApplication, signed: bytes) -> None:
    page, rect = seal_of(signed)
    # Qt alone does not draw it; should that change one day, the copy is not needed any more.
    assert red(picture(signed, page), rect) == 0
    seen = as_it_looks(signed)
    assert seen.startswith(signed)
    assert red(picture(seen, page), rect) > 1_000
    assert _words_of(seen, page, rect) == _words_of_the_seal()
    for before, after in zip(
        pypdf.PdfReader(io.BytesIO(signed)).pages,
        pypdf.PdfReader(io.BytesIO(seen)).pages,
        strict=True,
    ):
        assert after.extract_text().startswith(before.extract_text())


def test_the_seal_is_printed(qapp: QApplication, signed: bytes, tmp_path: Path) -> None:
    page, rect = seal_of(signed)
    spool = tmp_path / "spool.pdf"
    print_runs(PrintJobs((PrintRun("甲", signed, 2),), Target(spool=spool)))
    count = len(pypdf.PdfReader(io.BytesIO(signed)).pages)
    for copy in range(2):
        assert red(picture(spool.read_bytes(), copy * count + page), rect) > 1_000


def test_a_file_without_fields_or_sense_is_left_alone(previewed: bytes, signed: bytes) -> None:
    for data in (previewed, b"", b"%PDF-1.7 /Widget", signed[: len(signed) // 2]):
        assert as_it_looks(data) is data
