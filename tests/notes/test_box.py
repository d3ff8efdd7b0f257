"""The box by real keys and clicks: mention, note for the team, correction, hand-over, draft."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.contract.context import Who
from desktop.notes.box import NotesBox
from desktop.notes.line import NoteRow
from desktop.notes.rules import About
from storage.schema import table
from tests.panels.real_city import RealCity, real_city

# The offscreen platform says that it has no window manager; that is no fault of ours.
pytestmark = pytest.mark.qt_log_ignore(r"This plugin does not support .*")


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    made = real_city(tmp_path)
    made.put(
        "membership",
        person_id=made.operator,
        team_id=made.team,
        role="member",
        from_on="2025-01-01",
    )
    return made


def opened(qtbot: QtBot, city: RealCity, case_id: str = "") -> NotesBox:
    box = NotesBox(city.context)
    qtbot.addWidget(box)
    box.resize(700, 480)
    box.show()
    qtbot.waitExposed(box)
    case = case_id or city.late_case
    box.show_object(About("case", case, case))
    qtbot.waitUntil(lambda: box.shown is not None)
    box.activateWindow()
    box.field.setFocus()
    qtbot.waitUntil(box.field.hasFocus)
    return box


def send(qtbot: QtBot, box: NotesBox) -> None:
    qtbot.mouseClick(box.send, Qt.MouseButton.LeftButton)


def words(box: NotesBox) -> list[str]:
    return [row.note.body for row in box.rows]


def button(row: NoteRow, name: str) -> QPushButton:
    found = row.findChild(QPushButton, name)
    assert found is not None
    return found


def sit_down(city: RealCity, name: str) -> None:
    with city.context.engine.connect() as connection:
        person = table("person").c
        found = connection.execute(select(person.id).where(person.name == name)).scalar_one()
    city.context.who = Who(found, name, "")


def test_a_colleague_is_picked_by_initials_and_gets_the_note(qtbot: QtBot, city: RealCity) -> None:
    box = opened(qtbot, city)
    qtbot.keyClicks(box.field, "@g")
    assert box.field.popup.isVisible()
    assert box.field.popup.list.item(0).text().startswith("顾长风")
    qtbot.keyClicks(box.field, "cf")
    qtbot.keyClick(box.field, Qt.Key.Key_Return)
    assert not box.field.popup.isVisible()
    assert box.field.toPlainText() == "@顾长风 "
    box.field.insertPlainText("请核对扣押清单")
    with qtbot.waitSignal(box.counted):
        send(qtbot, box)
    assert words(box) == ["@顾长风 请核对扣押清单"]
    assert box.field.toPlainText() == ""
    assert city.context.labels == ["写备注"]
    (mention,) = box.rows[0].note.mentions
    assert (mention.name, mention.read) == ("顾长风", False)


def test_the_keys_of_the_field_send_its_note(qtbot: QtBot, city: RealCity) -> None:
    box = opened(qtbot, city)
    box.field.insertPlainText("两行")
    qtbot.keyClick(box.field, Qt.Key.Key_Return)
    box.field.insertPlainText("备注")
    assert box.rows == []
    qtbot.keyClick(box.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert words(box) == ["两行\n备注"]
    qtbot.keyClick(box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(words(box)) == 1, "the key belongs to the field alone"
    assert city.context.notices == []


def test_keys_walk_the_list_and_escape_leaves_it(qtbot: QtBot, city: RealCity) -> None:
    box = opened(qtbot, city)
    qtbot.keyClicks(box.field, "@")
    first = box.field.popup.current()
    qtbot.keyClick(box.field, Qt.Key.Key_Down)
    second = box.field.popup.current()
    assert first is not None
    assert second is not None
    assert first != second
    qtbot.keyClick(box.field, Qt.Key.Key_Tab)
    assert box.field.toPlainText() == f"@{second.name} "
    assert box.field.hasFocus(), "Tab took the name and stayed"
    qtbot.keyClicks(box.field, "@")
    qtbot.keyClick(box.field, Qt.Key.Key_Escape)
    assert not box.field.popup.isVisible()


def test_reading_is_noted_for_the_mentioned_when_it_is_in_sight(
    qtbot: QtBot, city: RealCity
) -> None:
    box = opened(qtbot, city)
    box.field.insertPlainText("@顾长风 请看")
    send(qtbot, box)
    assert not box.rows[0].note.mentions[0].read
    sit_down(city, "顾长风")
    other = NotesBox(city.context)
    qtbot.addWidget(other)
    other.show_object(About("case", city.late_case, city.late_case))
    assert not other.rows[0].note.mentions[0].read, "a box that is not shown is not read"
    other.show()
    qtbot.waitExposed(other)
    qtbot.waitUntil(lambda: other.rows[0].note.mentions[0].read)
    assert city.context.labels[-1] == "阅读备注"


def test_a_note_for_the_team_says_so_and_goes_to_nobody_else(qtbot: QtBot, city: RealCity) -> None:
    box = opened(qtbot, city)
    box.team_only.click()
    assert not box.to.isEnabled()
    box.field.insertPlainText("@许南乔 看")
    send(qtbot, box)
    level, sentence = city.context.notices[-1]
    assert (level, "许南乔" in sentence) == ("error", True)
    assert box.field.toPlainText() == "@许南乔 看", "what was typed is still there"
    box.field.setPlainText("对方有转移财产迹象")
    send(qtbot, box)
    assert box.rows[0].note.team_only
    assert box.rows[0].note.body == "对方有转移财产迹象"


def test_the_author_corrects_his_note_and_nobody_elses(qtbot: QtBot, city: RealCity) -> None:
    box = opened(qtbot, city)
    box.field.insertPlainText("款已到帐")
    send(qtbot, box)
    button(box.rows[0], "correct_note").click()
    assert box.field.toPlainText() == "款已到帐"
    assert not box.team_only.isEnabled()
    box.field.setPlainText("款未到账")
    send(qtbot, box)
    assert words(box) == ["款未到账"]
    assert box.rows[0].note.corrected
    assert box.drop.isHidden()
    sit_down(city, "院长丁")
    box.show_object(None)
    box.show_object(About("case", city.late_case, city.late_case))
    assert button(box.rows[0], "correct_note").isHidden()


def test_who_takes_over_is_asked_for_and_takes_over(qtbot: QtBot, city: RealCity) -> None:
    held = {"case_id": city.late_case, "kind": "handler", "holder_name": "许南乔"}
    city.put("hold", from_on="2026-11-20", holder_id=city.other_handler, **held)
    box = opened(qtbot, city)
    assert box.change.isVisible()
    assert "许南乔" in box.change.text()
    box.to.setCurrentIndex(1)
    assert box.to.currentData() == city.other_handler, "the new handler stands first"
    assert not box.team_only.isEnabled()
    box.field.insertPlainText("笔录在卷二")
    send(qtbot, box)
    qtbot.waitUntil(lambda: bool(box.rows))
    assert not box.change.isVisible()
    assert button(box.rows[0], "take_over").isHidden(), "it is not mine to take"
    sit_down(city, "许南乔")
    box.show_object(None)
    box.show_object(About("case", city.late_case, city.late_case))
    take = button(box.rows[0], "take_over")
    assert not take.isHidden()
    take.click()
    qtbot.waitUntil(lambda: box.rows[0].note.mentions[0].acknowledged)
    assert button(box.rows[0], "take_over").isHidden()


def test_what_is_typed_comes_back_with_its_case(qtbot: QtBot, city: RealCity) -> None:
    box = opened(qtbot, city)
    box.field.insertPlainText("还没写完")
    box.show_object(About("case", city.calm_case, city.calm_case))
    assert box.field.toPlainText() == ""
    box.field.insertPlainText("另一件")
    box.show_object(About("case", city.late_case, city.late_case))
    assert box.field.toPlainText() == "还没写完"
    send(qtbot, box)
    assert list(city.context.drafts) == [f"note:case:{city.calm_case}"]
