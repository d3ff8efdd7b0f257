"""Letters on the course of the signing matrix: who issues, who is told, what is signed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select, update

from desktop.circulars.specimen import make_specimen
from desktop.circulars.trust import read_authorities
from desktop.circulars.verification import verify
from desktop.errors import UserError
from desktop.panels.supervision.commands import LetterDraft, issue, save_draft
from desktop.panels.supervision.issuing import IssueArgs, may_issue
from desktop.panels.supervision.rules import Act, LetterText
from desktop.panels.supervision.sign_sheet import SignSheet
from desktop.panels.supervision.view import SupervisionView
from storage.schema import table
from tests.panels.real_city import NODE, TODAY, RealCity, real_city
from widgets.pdf_preview import PdfPreview

PIN = "仅供测试-7"


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def draft(city: RealCity, who: str, letter_id: str | None = None) -> LetterDraft:
    return LetterDraft(
        letter_id,
        city.late_case,
        NODE,
        "",
        "red",
        LetterText("依据", "事实", "要求"),
        city.handler,
        TODAY + timedelta(days=5),
        city.person(who),
        TODAY,
    )


def stored(city: RealCity, who: str = "周清和") -> str:
    with city.context.engine.begin() as connection:
        return save_draft(connection, draft(city, who)).letter_id


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("局长乙", True),
        ("副局长甲", True),
        ("周清和", False),
        ("院长丁", False),
        ("顾长风", False),
        ("许南乔", False),
    ],
)
def test_only_whom_the_matrix_names_issues_a_draft(city: RealCity, who: str, may: bool) -> None:
    key = stored(city)
    with city.context.engine.begin() as connection:
        asked = may_issue(connection, IssueArgs(key, city.person(who), TODAY))
        assert asked.allowed is may
        if may:
            assert issue(connection, draft(city, who, key)).serial == 1
            return
        assert set(asked.who_can) >= {"副局长甲", "局长乙"} or who == "许南乔"
        with pytest.raises(UserError, match="不能办理"):
            issue(connection, draft(city, who, key))


def test_nobody_issues_what_he_drafted_and_corrections_change_no_author(city: RealCity) -> None:
    key = stored(city, "局长乙")
    with city.context.engine.begin() as connection:
        with pytest.raises(UserError, match="自己所拟"):
            issue(connection, draft(city, "局长乙", key))
        save_draft(connection, draft(city, "副局长甲", key))
        letter = table("supervision_letter").c
        drafted = connection.execute(select(letter.issuer_id)).scalar()
        assert drafted == city.person("局长乙")
        assert issue(connection, draft(city, "副局长甲", key)).serial == 1
        assert connection.execute(select(letter.issuer_id)).scalar() == city.person("副局长甲")


def test_without_a_name_nothing_is_issued(city: RealCity) -> None:
    nobody = replace(draft(city, "局长乙"), issuer_id=None)
    with (
        city.context.engine.begin() as connection,
        pytest.raises(UserError, match="本人身份"),
    ):
        issue(connection, nobody)


def test_whoever_asked_the_hub_may_ask_again_after_its_refusal(city: RealCity) -> None:
    key = stored(city)
    with city.context.engine.begin() as connection:
        connection.execute(insert(table("_ctl")).values(one=1, device_id="d", hub_id="hub"))
        issue(connection, draft(city, "局长乙", key))
        request = table("request")
        asked = connection.execute(select(request.c.kind)).scalars().all()
        assert asked == ["number_letter"]
        connection.execute(update(request).values(state="accepted"))
        asked_again = may_issue(connection, IssueArgs(key, city.person("局长乙"), TODAY))
        assert asked_again.allowed


def opened(qtbot: QtBot, city: RealCity) -> SupervisionView:
    view = SupervisionView(city.context)
    qtbot.addWidget(view)
    view.resize(1100, 640)
    view.show()
    qtbot.waitExposed(view)
    return view


def test_the_form_says_who_can_and_a_draft_goes_to_him(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    view.apply({"new": "1", "case_id": city.late_case, "node_code": NODE, "subject": ""})
    qtbot.waitUntil(lambda: view.shown_page == "form")
    form = view.form
    assert "局长乙" in form.refusal.text()
    assert form.refusal.isVisible()
    assert not form.form.submit_button.isEnabled()
    qtbot.mouseClick(form.store_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.shown_page == "letter")
    city.sit_down("局长乙")
    qtbot.mouseClick(view.page.act_buttons[Act.ISSUE], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.shown_page == "form")
    assert not form.refusal.isVisible()
    qtbot.waitUntil(form.form.submit_button.isEnabled)
    with qtbot.waitSignal(form.issued):
        qtbot.mouseClick(form.form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.shown_page == "letter")
    assert view.page.letter is not None
    assert view.page.letter.number == "洛执督〔2026〕1号"
    assert view.page.letter.issuer == "局长乙"


def test_the_signed_file_is_what_was_shown_and_a_changed_byte_is_told(
    qtbot: QtBot, city: RealCity, tmp_path: Path
) -> None:
    specimen = make_specimen(
        "虚构市中级人民法院", PIN, from_=city.context.now() - timedelta(days=30)
    )
    (tmp_path / "court.p12").write_bytes(specimen.bundle)
    city.context.settings["signing_certificate"] = str(tmp_path / "court.p12")
    key = stored(city)
    with city.context.engine.begin() as connection:
        issue(connection, draft(city, "局长乙", key))
    city.sit_down("副局长甲")
    view = opened(qtbot, city)
    view.open_letter(key)
    qtbot.waitUntil(lambda: view.shown_page == "letter")
    assert not view.page.sign_button.isVisible(), "another one issued it"
    city.sit_down("局长乙")
    view.open_letter(key)
    qtbot.waitUntil(view.page.sign_button.isVisible)
    qtbot.mouseClick(view.page.sign_button, Qt.MouseButton.LeftButton)
    sheet = view.page.findChild(SignSheet)
    assert sheet is not None
    qtbot.waitUntil(sheet.sign_button.isEnabled)
    on_screen = sheet.preview.data
    assert on_screen.startswith(b"%PDF")
    sheet.pin.setText("falsch")
    qtbot.mouseClick(sheet.sign_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sheet.error.text() != "")
    assert sheet.pin.text() == ""
    sheet.pin.setText(PIN)
    with qtbot.waitSignal(sheet.signed) as told:
        qtbot.mouseClick(sheet.sign_button, Qt.MouseButton.LeftButton)
    file = Path(told.args[0]).read_bytes()
    assert file.startswith(on_screen)
    (tmp_path / "roots").mkdir()
    (tmp_path / "roots" / "authority.pem").write_bytes(specimen.authority)
    trusted = read_authorities(tmp_path / "roots")
    now = city.context.now()
    assert verify(file, trusted, now).state == "sound"
    at = len(on_screen) // 2
    changed = file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]
    assert verify(changed, trusted, now).state == "changed"
    qtbot.waitUntil(lambda: view.page.findChild(PdfPreview) is not None)
    assert city.context.copies[-1] == ("export", "督办单签名件", city.late_case)


def test_a_new_letter_offers_no_signature(qtbot: QtBot, city: RealCity) -> None:
    key = stored(city)
    view = opened(qtbot, city)
    view.open_letter(key)
    qtbot.waitUntil(lambda: view.shown_page == "letter")
    button = view.page.findChild(QPushButton, "sign_file")
    assert button is not None
    assert not button.isVisible()
