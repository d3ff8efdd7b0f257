"""现场查封 by real clicks: filled, told what is missing, signed, verified by another."""

from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine, select

from desktop.contract.context import Selection, Who
from desktop.contract.law import load_law
from desktop.panels.seizures.view import SeizuresView
from desktop.rules.receipt_chain import parse_code
from desktop.rules.seizure_form import State
from storage.schema import table
from tests.command.seizure_office import (
    CASE,
    DEBTOR,
    FIRST,
    NOW,
    OTHER_CASE,
    SECOND,
    THIRD,
    furnish,
)
from tests.panels.fake_context import FakeContext, memory_engine


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    engine = memory_engine()
    with engine.begin() as connection:
        furnish(connection)
        connection.exec_driver_sql("insert into _ctl (device_id) values ('dev')")
    who = Who(FIRST, "程远帆", "judge_assistant")
    return FakeContext(engine, load_law(), today=NOW.date(), folder=tmp_path, who=who)


def opened(qtbot: QtBot, context: FakeContext) -> SeizuresView:
    view = SeizuresView(context)
    qtbot.addWidget(view)
    model = view.listing.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(1240, 640)
    view.show()
    qtbot.waitExposed(view)
    return view


def press(qtbot: QtBot, where: QWidget, name: str) -> None:
    button = where.findChild(QPushButton, name)
    assert button is not None, name
    assert button.isEnabled(), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def typed(where: QWidget, name: str, words: str) -> None:
    field = where.findChild((QLineEdit), name) or where.findChild(QPlainTextEdit, name)
    assert field is not None, name
    if isinstance(field, QLineEdit):
        field.setText(words)
    else:
        field.setPlainText(words)


def pictures(folder: Path, count: int) -> list[Path]:
    made = []
    for n in range(count):
        path = folder / f"现场{n}.jpg"
        Image.new("RGB", (320, 240), (20 * n, 90, 140)).save(path)
        made.append(path)
    return made


def fill(qtbot: QtBot, view: SeizuresView) -> None:
    """Everything but the photographs."""
    form = view.form
    form.second.setCurrentIndex(form.second.findData(SECOND))
    typed(form, "seizure_document_no", "（2026）豫03执41号之二")
    typed(form, "seizure_place", "甲市乙区丙路 18 号院内")
    typed(form, "seizure_no_fix", "地下车库内没有信号")
    typed(form, "seizure_began", "08:05")
    typed(form, "seizure_ended", "08:25")
    typed(form, "seizure_present", f"{DEBTOR}；见证人 何某")
    typed(form, "seizure_keeper", "涉案车辆停放场")
    typed(form, "seizure_transcript", "出示证件，宣读裁定，被执行人交出钥匙和行驶证。")
    press(qtbot, form, "add_thing")
    card = form.things.cards[0]
    card.kind.setCurrentIndex(card.kind.findData("vehicle"))
    typed(card, "thing_1_name", "小型轿车")
    typed(card, "thing_1_mark", "豫C·A1234")
    typed(card, "thing_1_condition", "能行驶")


def begun(qtbot: QtBot, context: FakeContext) -> SeizuresView:
    view = opened(qtbot, context)
    view.apply({"new": "1", "case_id": CASE})
    assert view.shown is view.form
    return view


def signed(qtbot: QtBot, context: FakeContext, folder: Path) -> SeizuresView:
    view = begun(qtbot, context)
    fill(qtbot, view)
    view.form.add_files(pictures(folder, 6))
    press(qtbot, view.form, "sign_seizure")
    return view


def stored(engine: Engine, name: str) -> list[dict[str, object]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table(name))).mappings()]


def test_a_new_form_says_at_once_all_that_is_missing(qtbot: QtBot, context: FakeContext) -> None:
    view = begun(qtbot, context)
    said = view.form.blocks.words()
    for words in ("第二名", "地点", "定位", "保管人", "至少须有一项", "笔录", "裁定书"):
        assert words in said
    assert not view.form.sign_button.isEnabled()
    assert DEBTOR not in said, "the only debtor is chosen"


def test_what_was_typed_is_no_longer_asked_for_and_a_click_leads_to_the_rest(
    qtbot: QtBot, context: FakeContext
) -> None:
    view = begun(qtbot, context)
    fill(qtbot, view)
    assert [one.part for one in view.form.blocks.blocks] == ["photos"]
    typed(view.form, "seizure_keeper", "")
    assert [one.part for one in view.form.blocks.blocks] == ["keeper", "photos"]
    press(qtbot, view.form.blocks, "block_keeper")
    keeper = view.form.form.field("keeper").control
    qtbot.waitUntil(keeper.hasFocus)


@pytest.mark.parametrize(
    ("plate", "words", "missing"),
    [
        ("豫C·A1234", "与本案查控措施所载一致", []),
        ("豫C·D2468", "与本案财产线索所载一致", []),
        ("豫CB5678", "（2026）豫03执42号", ["item:1:basis"]),
        ("豫CZ9999", "不见于本案", ["item:1:basis"]),
        ("豫C12", "不是号牌", ["item:1:mark"]),
    ],
)
def test_a_plate_is_held_against_the_case_as_it_is_typed(
    qtbot: QtBot, context: FakeContext, plate: str, words: str, missing: list[str]
) -> None:
    view = begun(qtbot, context)
    fill(qtbot, view)
    typed(view.form, "thing_1_mark", plate)
    assert words in view.form.things.cards[0].check_words.text()
    asked = [one.part for one in view.form.blocks.blocks if one.part.startswith("item")]
    assert asked == missing
    basis = view.form.findChild(QLineEdit, "thing_1_basis")
    assert basis is not None
    assert basis.isHidden() is (missing != ["item:1:basis"])


def test_photographs_are_kept_whole_and_hang_on_the_form(
    qtbot: QtBot, context: FakeContext, tmp_path: Path
) -> None:
    view = begun(qtbot, context)
    fill(qtbot, view)
    files = pictures(tmp_path, 4)
    view.form.add_files(files)
    assert sorted(context.bodies.kept.values()) == sorted(path.read_bytes() for path in files)
    assert len(view.form.strip.buttons) == 4
    assert "还差 2 张" in view.form.blocks.words()
    view.form.add_files([*pictures(tmp_path, 6)])
    assert len(stored(context.engine, "attachment")) == 6
    assert view.form.blocks.words() == ""


def test_what_is_no_photograph_is_told_and_the_form_goes_on(
    qtbot: QtBot, context: FakeContext, tmp_path: Path
) -> None:
    view = begun(qtbot, context)
    path = tmp_path / "说明.txt"
    path.write_text("不是照片")
    view.form.add_files([path])
    assert "说明.txt" in context.notices[-1][1]
    assert view.form.photo_button.isEnabled()
    context.bodies.refusal = "磁盘已满"
    view.form.add_files(pictures(tmp_path, 1))
    assert context.notices[-1] == ("error", "现场0.jpg：磁盘已满")
    assert stored(context.engine, "seizure_photo") == []


def test_the_signature_gives_a_code_and_shows_the_page(
    qtbot: QtBot, context: FakeContext, tmp_path: Path
) -> None:
    view = signed(qtbot, context, tmp_path)
    assert view.shown is view.page
    facts = [one.text() for one in view.page.facts.findChildren(QLabel)]
    assert any("未取得（地下车库内没有信号）" in words for words in facts)
    code = view.page.code.text()
    assert parse_code(code) == code
    assert context.labels[-1] == "查封、扣押清单签名"
    (link,) = stored(context.engine, "receipt_link")
    assert link["code"] == code
    assert context.drafts == {}, "nothing is left to be restored"
    press(qtbot, view.page, "prove")
    assert "相符" in view.page.proof.text()
    press(qtbot, view.page, "print")
    made = sorted(tmp_path.glob("*.pdf"))
    assert len(made) == 2
    for path in made:
        assert code in "".join(page.extract_text() for page in PdfReader(path).pages)
    assert context.copies == [("print", "扣押清单、笔录", CASE)]


def test_a_form_that_was_left_is_there_again(qtbot: QtBot, context: FakeContext) -> None:
    view = begun(qtbot, context)
    fill(qtbot, view)
    QTest.mouseClick(view.form.form.cancel_button, Qt.MouseButton.LeftButton)
    assert view.shown is view.list
    view.apply({"new": "1", "case_id": OTHER_CASE})
    assert view.form.transcript.toPlainText() == ""
    again = begun(qtbot, context)
    assert "交出钥匙" in again.form.transcript.toPlainText()
    assert again.form.things.cards[0].texts["mark"].text() == "豫C·A1234"
    assert "恢复" in again.form.note.text() or "restored" in again.form.note.text()


def test_the_next_start_offers_what_was_being_filled(qtbot: QtBot, context: FakeContext) -> None:
    view = begun(qtbot, context)
    fill(qtbot, view)
    view.form.form.edited.emit(view.form.form.values())  # and the battery dies
    again = opened(qtbot, context)
    assert "41" in again.resume_button.text()
    press(qtbot, again, "resume_seizure")
    assert again.shown is again.form
    assert again.form.seizure_id == view.form.seizure_id
    assert "交出钥匙" in again.form.transcript.toPlainText()


def test_a_desk_that_died_right_after_the_signature_begins_a_new_list(
    qtbot: QtBot, context: FakeContext, tmp_path: Path
) -> None:
    view = begun(qtbot, context)
    fill(qtbot, view)
    view.form.form.edited.emit(view.form.form.values())
    kept, first = {**context.drafts}, view.form.seizure_id
    view.form.add_files(pictures(tmp_path, 6))
    press(qtbot, view.form, "sign_seizure")
    context.drafts.update(kept)  # the lid was closed before they were forgotten
    again = begun(qtbot, context)
    assert again.form.seizure_id != first
    assert again.form.transcript.toPlainText() == ""
    assert not again.form.note.isHidden()
    fill(qtbot, again)
    again.form.add_files(pictures(tmp_path, 6))
    press(qtbot, again.form, "sign_seizure")
    assert [row["signed_at"] is None for row in stored(context.engine, "seizure")] == [False] * 2


def test_another_officer_at_the_same_desk_does_not_find_my_form(
    qtbot: QtBot, context: FakeContext
) -> None:
    view = begun(qtbot, context)
    fill(qtbot, view)
    view.form.form.edited.emit(view.form.form.values())
    mine, context.who = context.who, Who(SECOND, "陆知行", "police")
    other = begun(qtbot, context)
    assert not other.resume_button.isVisible()
    assert other.form.transcript.toPlainText() == ""
    context.who = mine
    assert "交出钥匙" in begun(qtbot, context).form.transcript.toPlainText()


def test_after_the_signature_there_is_nothing_to_go_on_with(
    qtbot: QtBot, context: FakeContext, tmp_path: Path
) -> None:
    view = signed(qtbot, context, tmp_path)
    press(qtbot, view.page, "back")
    assert not view.resume_button.isVisible()


def test_the_original_of_a_photograph_is_shown_where_it_is(
    qtbot: QtBot, context: FakeContext, tmp_path: Path
) -> None:
    view = begun(qtbot, context)
    fill(qtbot, view)
    view.form.add_files(pictures(tmp_path, 1))
    QTest.mouseClick(view.form.strip.buttons[0], Qt.MouseButton.LeftButton)
    before = view.form.findChild(QDialog, "photo_dialog")
    assert before is not None, "it is looked at before the list is signed"
    press(qtbot, before, "close_photo")
    view.form.add_files(pictures(tmp_path, 6))
    press(qtbot, view.form, "sign_seizure")
    QTest.mouseClick(view.page.strip.buttons[0], Qt.MouseButton.LeftButton)
    dialog = view.page.findChild(QDialog, "photo_dialog")
    assert dialog is not None
    words = "".join(label.text() for label in dialog.findChildren(QLabel))
    assert view.page.strip.buttons[0].toolTip().split()[-1] in words
    press(qtbot, dialog, "close_photo")
    context.bodies.kept.clear()
    QTest.mouseClick(view.page.strip.buttons[1], Qt.MouseButton.LeftButton)
    assert context.notices[-1][0] == "info"


def test_typing_is_kept_within_a_second(qtbot: QtBot, context: FakeContext) -> None:
    view = begun(qtbot, context)
    QTest.keyClicks(view.form.transcript, "abc")
    qtbot.waitUntil(
        lambda: context.drafts.get(view.form.draft_key, {}).get("transcript") == "abc",
        timeout=1_000,
    )


def test_another_person_verifies_and_enters_the_measure(
    qtbot: QtBot, context: FakeContext, tmp_path: Path
) -> None:
    view = signed(qtbot, context, tmp_path)
    assert view.page.findChild(QPushButton, "verify_1") is None, "not whoever seized it"
    context.who = Who(THIRD, "苏清晏", "clerk")
    other = opened(qtbot, context)
    line = other.lines[0]
    assert line.state is State.SIGNED
    other.table.select_id(other.listing.model.id_at(0))
    press(qtbot, other, "open_seizure")
    press(qtbot, other.page, "verify_1")
    assert stored(context.engine, "seizure_item")[0]["status"] == "verified"
    assert other.lines[0].state is State.VERIFIED
    press(qtbot, other.page, "measure_1")
    measures = [one for one in stored(context.engine, "control_measure") if one["case_id"] == CASE]
    assert {one["expires_on"] for one in measures} == {"2028-10-19", "2028-11-29"}
    words = "".join(label.text() for label in other.page.cards[0].findChildren(QLabel))
    assert "measures" in words or "已登记为查控措施" in words


def test_a_denial_asks_for_its_reason(qtbot: QtBot, context: FakeContext, tmp_path: Path) -> None:
    signed(qtbot, context, tmp_path)
    context.who = Who(THIRD, "苏清晏", "clerk")
    view = opened(qtbot, context)
    view.apply({"seizure_id": view.lines[0].id})
    press(qtbot, view.page, "deny_1")
    dialog = view.page.findChild(QDialog, "deny_thing")
    assert dialog is not None
    words = dialog.findChild(QPlainTextEdit, "text")
    assert words is not None
    words.setPlainText("已过户他人")
    press(qtbot, dialog, "accept")
    (item,) = stored(context.engine, "seizure_item")
    assert (item["status"], item["note"]) == ("denied", "已过户他人")
    assert view.lines[0].state is State.DISPUTED


def test_the_selected_case_or_a_typed_one_begins_a_form(qtbot: QtBot, context: FakeContext) -> None:
    view = opened(qtbot, context)
    press(qtbot, view, "new_seizure")
    dialog = view.findChild(QDialog, "ask_case")
    assert dialog is not None
    number = dialog.findChild(QLineEdit, "text")
    assert number is not None
    number.setText("(2026)豫03执42号")
    press(qtbot, dialog, "accept")
    assert view.shown is view.form
    assert "42" in view.form.title.text()
    view.form.form.close_keeping_draft()
    context.select(Selection(CASE))
    press(qtbot, view, "new_seizure")
    assert "41" in view.form.title.text()
