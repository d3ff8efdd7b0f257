"""What is signed is what was on the screen; a PIN is used once and kept nowhere."""

import gc
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import update

from desktop.documents.course import row_of, submit
from desktop.documents.pages import file_of, fingerprint
from desktop.paper.pen import Pen, ReadCertificate, SignPages
from desktop.paper.signing import SignBox
from storage.schema import table
from tests.documents.office import AT, Office
from tests.panels.clicks import shown
from tests.panels.real_city import TODAY
from tests.paper.conftest import PIN, sit


def _box(qtbot: QtBot, desk: Office) -> SignBox:
    box = SignBox(desk.city.context)
    shown(qtbot, box, 1000, 700)
    return box


def _type_pin(qtbot: QtBot, box: SignBox, pin: str) -> None:
    qtbot.keyClicks(box.pin, "x")  # typing clears what was said before
    box.pin.setText(pin)
    qtbot.mouseClick(box.sign_button, Qt.MouseButton.LeftButton)


def test_the_bytes_on_the_screen_are_signed_and_kept(
    qtbot: QtBot, desk: Office, ready: Callable[[], str], tmp_path: Path
) -> None:
    made = ready()
    box = _box(qtbot, desk)
    box.sign_document(made)
    on_screen = box.preview.data
    assert on_screen.startswith(b"%PDF")
    assert box.preview.pages.document.pageCount() >= 1
    with qtbot.waitSignal(box.signed) as told:
        _type_pin(qtbot, box, PIN)
    assert told.args == [made]
    with desk.engine.connect() as connection:
        row = row_of(connection, made)
        file = file_of(connection, made, "signed")
    assert row.state == "signed"
    assert file.startswith(on_screen)
    assert len(file) > len(on_screen)
    assert row.render_sha256 == fingerprint(on_screen)
    assert box.preview.data == file
    assert box.pin.text() == ""
    assert not box.pin.isVisible()
    # What is looked at now is the seal.
    bar = box.preview.pages.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() > 0)
    if shutil.which("pdfsig"):
        path = tmp_path / "signed.pdf"
        path.write_bytes(file)
        said = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False)
        assert "Signature is Valid" in said.stdout


@pytest.mark.parametrize("by_key", [True, False])
def test_a_wrong_pin_is_one_sentence_and_the_pages_stay(
    qtbot: QtBot, desk: Office, ready: Callable[[], str], by_key: bool
) -> None:
    made = ready()
    box = _box(qtbot, desk)
    box.sign_document(made)
    on_screen = box.preview.data
    box.pin.setText("1234")
    if by_key:
        qtbot.keyClick(box.pin, Qt.Key.Key_Return)
    else:
        qtbot.mouseClick(box.sign_button, Qt.MouseButton.LeftButton)
    assert box.error.text() == "证书文件的口令不对，或文件已损坏。"
    assert box.error.isVisible()
    assert box.pin.text() == ""
    assert box.preview.data == on_screen
    with desk.engine.connect() as connection:
        assert row_of(connection, made).state == "signing"
    with qtbot.waitSignal(box.signed):
        _type_pin(qtbot, box, PIN)


def test_an_empty_pin_asks_for_one(qtbot: QtBot, desk: Office, ready: Callable[[], str]) -> None:
    box = _box(qtbot, desk)
    box.sign_document(ready())
    qtbot.mouseClick(box.sign_button, Qt.MouseButton.LeftButton)
    assert box.error.text() == "Enter the PIN."


def test_no_object_keeps_the_pin(qtbot: QtBot, desk: Office, ready: Callable[[], str]) -> None:
    box = _box(qtbot, desk)
    box.sign_document(ready())
    word = "错误口令之一二三"
    _type_pin(qtbot, box, word)
    gc.collect()
    holders: list[Any] = [
        one for one in gc.get_objects() if isinstance(one, SignPages | ReadCertificate)
    ]
    assert not holders
    assert word not in repr(SignPages(b"", Pen(), word, "", "", AT))
    assert word not in repr(desk.city.context.__dict__)
    for part in (box, box.preview, box.pin):
        assert word not in repr(vars(part))


def test_who_may_not_sign_reads_who_can(
    qtbot: QtBot, desk: Office, ready: Callable[[], str]
) -> None:
    made = ready()
    sit(desk, "clerk")
    box = _box(qtbot, desk)
    box.sign_document(made)
    assert box.refusal.isVisible()
    assert "局长乙" in box.refusal.text()
    assert not box.pin.isVisible()
    assert not box.sign_button.isVisible()
    # The pages are there to be read all the same.
    assert box.preview.data.startswith(b"%PDF")


def test_a_document_without_number_takes_one_first(
    qtbot: QtBot, desk: Office, ready: Callable[[], str]
) -> None:
    ready()
    with desk.engine.begin() as connection:
        other = desk.draft(connection)
        submit(connection, desk.act(connection, other, "clerk"))
        row = row_of(connection, other)
    assert (row.state, row.serial) == ("signing", None)
    box = _box(qtbot, desk)
    box.sign_document(other)
    assert box.number_button.isVisible()
    assert not box.pin.isVisible()
    qtbot.mouseClick(box.number_button, Qt.MouseButton.LeftButton)
    assert box.title.text().startswith(f"{row.series}〔{TODAY.year}〕2号")
    assert box.pin.isVisible()
    assert not box.number_button.isVisible()


def test_words_that_changed_meanwhile_are_not_signed(
    qtbot: QtBot, desk: Office, ready: Callable[[], str]
) -> None:
    made = ready()
    box = _box(qtbot, desk)
    box.sign_document(made)
    document = table("document")
    with desk.engine.begin() as connection:
        fields = row_of(connection, made).fields.replace("案款", "物品")
        connection.execute(update(document).where(document.c.id == made).values(fields=fields))
    _type_pin(qtbot, box, PIN)
    assert "改动" in box.refusal.text()
    assert not box.pin.isVisible()
    with desk.engine.connect() as connection:
        assert row_of(connection, made).state == "signing"
