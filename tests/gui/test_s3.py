"""S3, field officer, offline two days: lines 3 and 4 and the room for a thumb in the real window.
Line 6 is tests/gui/test_s3_kill.py."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import insert

from desktop.contract.court_zone import COURT_ZONE
from desktop.shell.registry import discover
from storage.faults import RefusedByRule
from storage.ids import new_id
from storage.schema import table
from storage.session import Session
from tests.command.seizure_office import CASE, DEBTOR, FIRST, SECOND
from tests.gui.conftest import Rig
from tests.gui.s3_town import (
    FieldDesk,
    detention,
    field_desk,
    president_approves,
    six_photographs,
    typed,
)

Open = Callable[..., Rig]
THUMB_PX = 44
pytestmark = pytest.mark.skipif(
    discover().find("seizures") is None or discover().find("field_home") is None,
    reason="this build has no seizures",
)


@pytest.fixture
def desk(open_window: Open, qtbot: QtBot, session: Session) -> FieldDesk:
    return field_desk(open_window, qtbot, session)


def choose_case(desk: FieldDesk) -> QWidget:
    home = desk.view("field_home")
    desk.qtbot.waitUntil(lambda: home.listing.model.rowCount() == 2)
    home.apply({"case_id": CASE})
    desk.qtbot.waitUntil(home.seize_button.isEnabled)
    return home


def fill(desk: FieldDesk, form: QWidget) -> None:
    """Everything but photographs and what the caller leaves out."""
    now = desk.rig.context.now()
    form.second.setCurrentIndex(form.second.findData(SECOND))
    typed(form, "seizure_document_no", "（2026）豫03执41号之二")
    typed(form, "seizure_place", "甲市乙区丙路 18 号院内")
    typed(form, "seizure_lat", "34.6200000")
    typed(form, "seizure_lon", "112.4500000")
    typed(form, "seizure_began", f"{now - timedelta(minutes=40):%Y-%m-%d %H:%M}")
    typed(form, "seizure_ended", f"{now - timedelta(minutes=4):%Y-%m-%d %H:%M}")
    typed(form, "seizure_present", f"{DEBTOR}；见证人 何某")
    typed(form, "seizure_keeper", "涉案车辆停放场")
    typed(form, "seizure_transcript", "出示证件，宣读裁定，被执行人交出钥匙和行驶证。")
    desk.press(form, "add_thing")
    card = form.things.cards[0]
    card.kind.setCurrentIndex(card.kind.findData("vehicle"))
    typed(card, "thing_1_name", "小型轿车")
    typed(card, "thing_1_condition", "能行驶，左前门有划痕")


def test_line_3_a_car_is_seized_and_the_slip_carries_a_code(
    desk: FieldDesk, tmp_path: Path
) -> None:
    home = choose_case(desk)
    assert too_small(desk.rig.window) == []
    desk.press(home, "field_seize")
    view = desk.view("seizures")
    form = view.form
    desk.qtbot.waitUntil(lambda: bool(form.blocks.blocks))
    fill(desk, form)
    assert too_small(desk.rig.window) == []
    for box in form.findChildren(QComboBox):
        assert box.view().sizeHintForRow(0) >= THUMB_PX, box.objectName()
    # The plate is checked against the case: another one asks for its ground.
    typed(form, "thing_1_mark", "豫C·B5678")
    desk.qtbot.waitUntil(lambda: "（2026）豫03执42号" in form.blocks.words())
    typed(form, "thing_1_mark", "豫C·A1234")
    desk.qtbot.waitUntil(lambda: [one.part for one in form.blocks.blocks] == ["photos"])
    assert "与本案查控措施所载一致" in form.things.cards[0].check_words.text()
    assert not form.sign_button.isEnabled(), "the blocks end before the signature"
    photos = six_photographs(tmp_path)
    form.add_files(photos)
    desk.qtbot.waitUntil(form.sign_button.isEnabled, timeout=20_000)
    assert all(one.body == "local" for one in form.pictures), "originals wait to be sent"
    desk.press(form, "sign_seizure")
    desk.qtbot.waitUntil(lambda: view.shown is view.page, timeout=10_000)
    code = view.page.code.text()
    (link,) = desk.rows("receipt_link")
    (seizure,) = desk.rows("seizure")
    assert code == link["code"] == seizure["code"]
    assert (seizure["officer_id"], seizure["second_id"]) == (FIRST, SECOND)
    # Offline: one bundle holds signature and receipt, and waits.
    with desk.rig.session.read() as connection:
        waiting = connection.exec_driver_sql(
            "select count(distinct b.id) from _bundle b join _op o on o.bundle_n = b.n"
            " where o.row_id = ? and b.label = '查封、扣押清单签名' and b.state = 'pending'",
            (link["id"],),
        ).scalar()
    assert waiting == 1
    desk.press(view.page, "print")
    folder = desk.rig.context.documents_folder()
    desk.qtbot.waitUntil(view.page.print_button.isEnabled, timeout=20_000)
    assert len(list(folder.glob("*.pdf"))) == 2
    for path in folder.glob("*.pdf"):
        assert code in "".join(page.extract_text() for page in PdfReader(path).pages)
    desk.press(view.page, "prove")
    desk.qtbot.waitUntil(lambda: "相符" in view.page.proof.text())
    with pytest.raises(RefusedByRule), desk.rig.session.write("生") as write:
        write.connection.exec_driver_sql("update seizure set place = '别处'")


def test_line_4_a_detention_waits_for_the_president_with_no_way_round(
    desk: FieldDesk, session: Session
) -> None:
    home = choose_case(desk)
    assert "须院长批准" in home.detain_button.text()
    assert "院长批准" in home.hint.text()
    desk.press(home, "field_detain")  # offline it can be prepared
    documents = desk.view("documents")
    desk.qtbot.waitUntil(documents.isVisible)
    now = datetime.now(COURT_ZONE)
    with session.write("拟稿") as write:
        document_id = detention(write.connection, now)
    desk.rig.window._refresh()
    desk.rig.window.open_panel("field_home")
    desk.qtbot.waitUntil(lambda: "待批" in home.detain_button.text())
    assert not home.detain_button.isEnabled()
    QTest.mouseClick(home.detain_button, Qt.MouseButton.LeftButton)
    home.detain_button.click()
    assert not desk.rows("measure_act")
    # Nor past the window: the store itself refuses the act.
    act = {"document_id": document_id, "act": "execute", "person_id": FIRST}
    with pytest.raises(RefusedByRule, match="院长"), session.write("生") as write:
        write.connection.execute(
            insert(table("measure_act")).values(id=new_id(), at=now.isoformat(), **act)
        )
    with session.apply() as write:
        president_approves(write.connection, document_id, now - timedelta(minutes=5))
    desk.rig.window._refresh()
    desk.qtbot.waitUntil(lambda: home.detain_button.text() == "执行拘留（院长已批准）")
    assert home.detain_button.isEnabled()


def too_small(window: QWidget) -> list[str]:
    """What can be pressed or typed into and is lower than a thumb."""
    found = []
    kinds = (QAbstractButton, QLineEdit, QComboBox)
    for kind in kinds:
        for one in window.findChildren(kind):
            inside = isinstance(one.parent(), QLineEdit | QComboBox)
            if one.isVisible() and one.isEnabled() and not inside and one.height() < THUMB_PX:
                found.append(f"{one.objectName() or type(one).__name__} {one.height()}")
    return found


@pytest.mark.usefixtures("panels")
def test_the_mode_is_remembered_and_left_again(open_window: Open, qtbot: QtBot) -> None:
    rig = open_window()
    ordinary = rig.window.header._buttons["duty"].height()
    (action,) = [one for one in rig.window.actions() if one.shortcut().toString() == "Shift+F11"]
    action.trigger()
    assert rig.window.perspective == "field"
    assert rig.device.get("perspective") == "field"
    assert rig.window.desk is not None
    assert rig.window.desk._card.isHidden(), "the home leads everywhere"
    qtbot.waitUntil(lambda: rig.window.header._buttons["duty"].height() >= THUMB_PX)
    again = open_window()
    assert again.window.perspective == "field"
    QTest.mouseClick(again.window.header._buttons["duty"], Qt.MouseButton.LeftButton)
    assert again.window.perspective == "duty"
    qtbot.waitUntil(lambda: again.window.header._buttons["duty"].height() == ordinary)
    assert again.window.desk is not None
    assert not again.window.desk._card.isHidden()
