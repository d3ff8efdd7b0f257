"""Copies are counted by what came out; a reprint is told, and the file stays as it was signed."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.documents.pages import file_of
from desktop.documents.receipts import COPIES_MAX, slips
from desktop.errors import OutsideError, UserError
from desktop.paper.copies import copy_numbers, copy_words
from desktop.paper.jobs import PrintJobs, PrintRun, Target, print_runs
from desktop.paper.printing import PrintBox, PrintItem
from desktop.paper.signing import SignBox
from tests.documents.office import Office
from tests.panels.clicks import shown
from tests.paper.conftest import PIN


@given(st.sets(st.integers(1, COPIES_MAX), min_size=1))
def test_numbers_are_read_as_they_are_written(numbers: set[int]) -> None:
    assert copy_numbers(copy_words(numbers)) == tuple(sorted(numbers))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7", (7,)),
        ("1-3", (1, 2, 3)),
        (" 3 － 4，１ ", (1, 3, 4)),
        ("1至2、2—3", (1, 2, 3)),
        ("", None),
        ("0", None),
        ("5-3", None),
        ("501", None),
        ("七", None),
        ("1-2-3", None),
    ],
)
def test_what_is_no_number_of_a_copy_is_refused(text: str, found: tuple[int, ...] | None) -> None:
    if found is not None:
        assert copy_numbers(text) == found
        return
    with pytest.raises(UserError, match="份号"):
        copy_numbers(text)


@pytest.fixture
def signed(qtbot: QtBot, desk: Office, ready: Callable[[], str]) -> tuple[str, bytes]:
    """A notice signed at the desk, and its file."""
    made = ready()
    box = SignBox(desk.city.context)
    qtbot.addWidget(box)
    box.sign_document(made)
    box.pin.setText(PIN)
    with qtbot.waitSignal(box.signed):
        box.sign()
    with desk.engine.connect() as connection:
        return made, file_of(connection, made, "signed")


def _box(qtbot: QtBot, desk: Office, made: str, copies: int) -> PrintBox:
    box = PrintBox(desk.city.context)
    shown(qtbot, box, 1100, 700)
    box.show_items([PrintItem(made, "关于报送的通知", "洛中法执〔2026〕1号", copies)])
    return box


def _words(data: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def test_eighteen_copies_then_copy_seven_again(
    qtbot: QtBot, desk: Office, signed: tuple[str, bytes], tmp_path: Path
) -> None:
    made, file = signed
    box = _box(qtbot, desk, made, 18)
    assert box.preview.data == file
    assert box.rows[0].numbers.text() == "1—18"
    spool = tmp_path / "spool.pdf"
    pages = len(pypdf.PdfReader(io.BytesIO(file)).pages)
    with qtbot.waitSignal(box.printed) as told:
        box.print(Target(spool=spool))
    assert told.args[0][made].copies == tuple(range(1, 19))
    assert len(pypdf.PdfReader(spool).pages) == 18 * pages
    assert "印 18 份" in _words(box.preview.data).replace("\n", "")
    # The next ones are numbered behind; the reprint is asked for by its number.
    assert box.rows[0].numbers.text() == "19—36"
    box.rows[0].numbers.setText("7")
    with qtbot.waitSignal(box.printed) as told:
        box.print(Target(spool=spool))
    assert told.args[0][made].again == (7,)
    assert len(pypdf.PdfReader(spool).pages) == pages
    slip = _words(box.preview.data).replace("\n", "")
    assert "补印：第 7 份" in slip
    assert "累计印 19 份，其中补印 1 份" in slip
    assert hashlib.sha256(file).hexdigest()[:20] in slip
    with desk.engine.connect() as connection:
        assert [run.again for run in slips(connection, made)] == [(), (7,)]
        assert file_of(connection, made, "signed") == file
    assert [copy[0] for copy in desk.city.context.copies] == ["print", "print"]


def test_a_file_for_the_folder_is_the_signed_one_byte_by_byte(
    qtbot: QtBot, desk: Office, signed: tuple[str, bytes], tmp_path: Path
) -> None:
    made, file = signed
    box = _box(qtbot, desk, made, 1)
    box.printer.setCurrentIndex(box.printer.count() - 1)
    assert not box.tray.isEnabled()
    with qtbot.waitSignal(box.printed):
        qtbot.mouseClick(box.print_button, Qt.MouseButton.LeftButton)
    (path,) = tmp_path.glob("*〔2026〕1号.pdf")
    assert path.read_bytes() == file
    assert str(path) in box.said.text()


def test_what_was_not_printed_is_not_counted(
    qtbot: QtBot, desk: Office, signed: tuple[str, bytes]
) -> None:
    made, _file = signed
    box = _box(qtbot, desk, made, 2)
    box.print(Target(printer="没有这台打印机"))
    assert box.said.text() == "没有找到打印机“没有这台打印机”。"
    assert box.print_button.isEnabled()
    box.rows[0].numbers.setText("七")
    box.print(Target(printer="没有这台打印机"))
    assert "不是份号" in box.rows[0].error.text()
    with desk.engine.connect() as connection:
        assert not slips(connection, made)


def test_a_draft_is_not_printed(qtbot: QtBot, desk: Office, ready: Callable[[], str]) -> None:
    box = _box(qtbot, desk, ready(), 1)
    box.print()
    assert box.said.text().endswith("尚未签发，不能印制。")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4 no pages"])
def test_a_broken_file_is_refused_by_name(data: bytes, tmp_path: Path, qapp: Any) -> None:
    jobs = PrintJobs((PrintRun("甲", data, 1),), Target(spool=tmp_path / "out.pdf"))
    with pytest.raises(OutsideError, match="“甲”"):
        print_runs(jobs)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    jobs = PrintJobs((PrintRun("甲", b"x", 1),), Target(folder=tmp_path / "file" / "below"))
    with pytest.raises(OutsideError, match="无法写入"):
        print_runs(jobs)
