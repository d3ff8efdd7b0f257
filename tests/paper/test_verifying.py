"""A file is judged in words; the settings of signatures are tried before they are stored."""

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from desktop.circulars.official import Head, Official, Paragraph
from desktop.contract.court_zone import COURT_ZONE
from desktop.documents.pages import rendered
from desktop.paper.pen import SignPages, pen_of, sign_pages
from desktop.paper.setup import KEYS, SigningSetup
from desktop.paper.verifying import VerifyView
from tests.documents.office import Office
from tests.panels.clicks import shown
from tests.panels.real_city import TODAY
from tests.paper.conftest import COURT, PIN

AT = datetime(TODAY.year, TODAY.month, TODAY.day, 8, 30, tzinfo=COURT_ZONE)
PAGES = Official(
    Head(COURT + "文件", "虚中法〔2026〕1号"),
    "关于测试的通知",
    "各基层人民法院",
    (Paragraph("请照办。"),),
    COURT,
    TODAY,
)


@pytest.fixture
def files(desk: Office, tmp_path: Path) -> dict[str, Path]:
    """A signed file, one with a byte changed, one without signature, and one that is none."""
    pages = rendered(PAGES)
    pen = pen_of(desk.city.context.setting)
    signed = sign_pages(SignPages(pages, pen, PIN, COURT, "签发", AT))
    assert signed.startswith(pages)
    at = len(pages) // 2
    changed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    found = {}
    for name, data in (
        ("sound", signed),
        ("changed", changed),
        ("unsigned", pages),
        ("unreadable", b"no pdf"),
    ):
        found[name] = tmp_path / f"{name}.pdf"
        found[name].write_bytes(data)
    return found


@pytest.mark.parametrize(
    ("name", "badge", "words"),
    [
        ("sound", "Valid", "签发机构可信"),
        ("changed", "Changed or damaged", "与签署时不一致"),
        ("unsigned", "Not signed", "没有电子签名"),
        ("unreadable", "Changed or damaged", "不是 PDF"),
    ],
)
def test_a_dropped_file_gets_its_verdict(
    qtbot: QtBot, desk: Office, files: dict[str, Path], name: str, badge: str, words: str
) -> None:
    view = VerifyView(desk.city.context)
    shown(qtbot, view, 1000, 700)
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(files[name]))])
    event = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.CopyAction,
        dropped,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(view.verified) as told:
        view.dropEvent(event)
    assert told.args[0].state == name
    assert view.badge.accessibleName() == badge
    assert words in view.verdict.text()
    if name in ("sound", "unsigned"):
        assert view.preview.data == files[name].read_bytes()
    if name == "sound":
        assert COURT in view.details.text()
        assert "2026年11月23日 08:30:00" in view.details.text()
        assert "签署后未被改动" in view.details.text()


def test_without_authorities_no_signer_is_confirmed(
    qtbot: QtBot, desk: Office, files: dict[str, Path]
) -> None:
    desk.city.context.settings["roots_folder"] = ""
    view = VerifyView(desk.city.context)
    qtbot.addWidget(view)
    view.verify(files["sound"])
    assert view.badge.accessibleName() == "Signer unknown"
    assert "签发者不在本院信任之列" in view.details.text()
    assert "No folder" in view.roots.text()
    view.verify(files["sound"].with_name("gone.pdf"))
    assert view.verdict.text().startswith("无法读取文件")


def test_a_certificate_is_tried_and_the_settings_are_stored(
    qtbot: QtBot, desk: Office, tmp_path: Path
) -> None:
    context = desk.city.context
    bundle = context.settings.pop("signing_certificate")
    page = SigningSetup(context)
    shown(qtbot, page, 700, 800)
    page.pin.setText(PIN)
    qtbot.mouseClick(page.try_button, Qt.MouseButton.LeftButton)
    assert "尚未设定签名证书" in page.answer.text()
    page.form.set_values({"signing_certificate": bundle})
    page.pin.setText("wrong")
    qtbot.mouseClick(page.try_button, Qt.MouseButton.LeftButton)
    assert page.answer.text() == "证书文件的口令不对，或文件已损坏。"
    page.pin.setText(PIN)
    with qtbot.waitSignal(page.read):
        qtbot.mouseClick(page.try_button, Qt.MouseButton.LeftButton)
    assert page.badge.accessibleName() == "Can sign"
    assert COURT in page.answer.text()
    assert "2029-" in page.answer.text()
    assert "For trial only" in page.answer.text()
    assert page.pin.text() == ""
    page.form.set_values({"time_stamp_address": "ftp://x"})
    page.form.submit()
    assert "signing_certificate" not in context.settings
    page.form.set_values({"time_stamp_address": "", "roots_folder": str(tmp_path / "none")})
    page.form.submit()
    assert "signing_certificate" not in context.settings
    page.form.set_values({"roots_folder": str(tmp_path)})
    with qtbot.waitSignal(page.saved):
        page.form.submit()
    assert context.settings["signing_certificate"] == bundle
    assert context.settings["roots_folder"] == str(tmp_path)
    assert PIN not in str(context.settings) + str(context.drafts)
    again = SigningSetup(context)
    qtbot.addWidget(again)
    assert {key: again.form.values()[key] for key in KEYS} == {
        key: context.setting(key) for key in KEYS
    }


def test_an_expired_certificate_is_read_but_cannot_sign(qtbot: QtBot, desk: Office) -> None:
    page = SigningSetup(desk.city.context)
    qtbot.addWidget(page)
    desk.city.context.turn_day(TODAY.replace(year=2030))
    page.pin.setText(PIN)
    page.try_certificate()
    assert page.badge.accessibleName() == "Cannot sign"
    assert "到期" in page.answer.text()
