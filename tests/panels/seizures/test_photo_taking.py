"""Photographs on their way onto a form: one after the other, onto the form they were chosen for."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.command.seizure_office import CASE, OTHER_CASE
from tests.panels.fake_context import FakeContext
from tests.panels.seizures.test_seizures_view import begun, context, fill, pictures, stored

__all__ = ["context"]


def seizures_of_photos(context: FakeContext) -> list[object]:
    """Ids of the seizures on which photographs hang, one for each."""
    return [row["seizure_id"] for row in stored(context.engine, "seizure_photo")]


@pytest.mark.parametrize("way", ["another form", "the list"])
def test_they_hang_on_the_form_they_were_chosen_for(
    qtbot: QtBot, context: FakeContext, tmp_path: Path, way: str
) -> None:
    """The officer goes to the next case while they are read."""
    view = begun(qtbot, context)
    fill(qtbot, view)
    first = view.form.seizure_id
    context.deferred = True
    view.form.add_files(pictures(tmp_path, 2))
    view.form.transcript.setPlainText("写了一句，又写了一句。")
    if way == "another form":
        view.apply({"new": "1", "case_id": OTHER_CASE})
    else:
        QTest.mouseClick(view.form.form.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(seizures_of_photos(context)) == 2)
    assert seizures_of_photos(context) == [first, first]
    (seizure,) = stored(context.engine, "seizure")
    assert (seizure["case_id"], seizure["id"]) == (CASE, first)
    assert seizure["transcript"] == "写了一句，又写了一句。", "as it stood when it was left"
    assert [row["case_id"] for row in stored(context.engine, "attachment")] == [CASE, CASE]


def test_a_bad_file_takes_none_of_the_others_with_it(
    qtbot: QtBot, context: FakeContext, tmp_path: Path
) -> None:
    """As when the card is pulled out, or the disk is full, in the middle."""
    view = begun(qtbot, context)
    good = pictures(tmp_path, 2)
    empty = tmp_path / "空.jpg"
    empty.touch()
    view.form.add_files([good[0], empty, tmp_path / "拔出.jpg", good[1], good[0]])
    assert len(seizures_of_photos(context)) == 2
    told = view.form.note.text().splitlines()
    assert [line.split("：")[0] for line in told] == [
        "空.jpg 是空文件（0 字节），请重新拍摄，或者检查存储卡。",
        "照片无法读取",
        "现场0.jpg",
    ]
    assert not view.form.note.isHidden(), "it stays where the officer looks"


def test_a_picture_of_another_day_is_told(
    qtbot: QtBot, context: FakeContext, tmp_path: Path
) -> None:
    view = begun(qtbot, context)
    fill(qtbot, view)
    today, old = pictures(tmp_path, 2)
    for path, days in ((today, 0), (old, 7)):
        at = (context.now() - timedelta(days=days)).timestamp()
        os.utime(path, (at, at))
    view.form.add_files([today])
    assert len(view.form.photo_note.text().splitlines()) == 1
    view.form.add_files([old])
    assert view.form.photo_note.text().splitlines()[1].strip("其中 ").startswith("1")
    assert "11-23 08:30" in view.form.strip.buttons[0].text()


def test_the_signature_waits_for_those_under_way(
    qtbot: QtBot, context: FakeContext, tmp_path: Path
) -> None:
    view = begun(qtbot, context)
    fill(qtbot, view)
    view.form.add_files(pictures(tmp_path, 6))
    assert view.form.sign_button.isEnabled()
    context.deferred = True
    more = pictures(tmp_path, 7)[6:]
    view.form.add_files(more)
    assert not view.form.sign_button.isEnabled()
    assert not view.form.photo_button.isEnabled()
    qtbot.waitUntil(view.form.sign_button.isEnabled)
    assert len(view.form.pictures) == 7
