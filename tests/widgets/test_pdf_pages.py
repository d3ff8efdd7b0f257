"""Pages of a PDF: what is shown is what was handed over, and another size is no other layout."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPdfWidgets import QPdfView
from pytestqt.qtbot import QtBot
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from widgets.pdf_pages import PdfPages


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three pages; `needle` stands on the first and twice on the last."""
    path = tmp_path / "pages.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for page in range(3):
        canvas.drawString(100, 700, f"page number {page + 1}")
        for line in range((1, 0, 2)[page]):
            canvas.drawString(100, 600 - 20 * line, "a needle in the hay")
        canvas.showPage()
    canvas.save()
    return path


@pytest.fixture
def pages(qtbot: QtBot) -> PdfPages:
    made = PdfPages()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_bytes_and_file_show_the_same(pages: PdfPages, file: Path) -> None:
    pages.show_bytes(file.read_bytes())
    assert pages.loaded
    first = [pages.document.getAllText(n).text() for n in range(3)]
    assert pages.page_words.text() == "Page 1 of 3"
    pages.show_file(file)
    assert [pages.document.getAllText(n).text() for n in range(3)] == first
    pages.show_bytes(b"no pdf")
    assert not pages.loaded
    assert pages.page_words.text() == "This file cannot be shown."
    pages.show_bytes(file.read_bytes())
    assert pages.loaded
    pages.clear()
    assert not pages.loaded


def test_words_are_found_one_after_another(qtbot: QtBot, pages: PdfPages, file: Path) -> None:
    pages.show_bytes(file.read_bytes())
    pages.find_entry.setText("needle")
    qtbot.waitUntil(lambda: pages.find_words.text() == "3 found")
    stops = []
    for _ in range(4):
        qtbot.keyClick(pages.find_entry, Qt.Key.Key_Return)
        stops.append(pages.view.currentSearchResultIndex())
    assert stops == [0, 1, 2, 0]
    pages.find_entry.setText("nothing of this kind")
    qtbot.waitUntil(lambda: pages.find_words.text() == "0 found")
    pages.find_entry.clear()
    assert pages.find_words.text() == ""


def test_size_is_chosen_by_the_window_until_a_person_chooses(pages: PdfPages, file: Path) -> None:
    pages.show_bytes(file.read_bytes())
    pages.resize(500, 700)
    assert pages.view.zoomMode() == QPdfView.ZoomMode.FitToWidth
    pages.resize(1900, 900)
    assert pages.view.zoomMode() == QPdfView.ZoomMode.Custom
    usual = pages.view.zoomFactor()
    pages.zoom_by(1.2)
    assert pages.view.zoomFactor() == pytest.approx(usual * 1.2)
    pages.resize(600, 900)
    assert pages.view.zoomFactor() == pytest.approx(usual * 1.2)
    for _ in range(30):
        pages.zoom_by(1.2)
    assert pages.view.zoomFactor() == 5.0
    for _ in range(40):
        pages.zoom_by(1 / 1.2)
    assert pages.view.zoomFactor() == 0.25
    pages.fit_page()
    assert pages.view.zoomMode() == QPdfView.ZoomMode.FitInView
    # From a fitted size one goes on from what is seen, not from the last factor.
    pages.zoom_by(1.2)
    assert 0.3 < pages.view.zoomFactor() < 3
    pages.fit_width()
    assert pages.view.zoomMode() == QPdfView.ZoomMode.FitToWidth


def test_a_place_of_a_page_is_shown(qtbot: QtBot, pages: PdfPages, file: Path) -> None:
    pages.resize(1200, 700)
    pages.show_bytes(file.read_bytes())
    assert pages.view.zoomMode() == QPdfView.ZoomMode.Custom
    bar = pages.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    pages.go_to(1, 0)
    second = bar.value()
    assert second > 0
    assert pages.page_words.text() == "Page 2 of 3"
    pages.go_to(1, 400)
    dots = pages.view.zoomFactor() * pages.view.logicalDpiX() / 72
    assert bar.value() - second == pytest.approx((400 - 120) * dots, abs=3)
