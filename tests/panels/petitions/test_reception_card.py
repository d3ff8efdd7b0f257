"""The reception card by keys alone: whole, fast, with earlier petitions found while it is typed."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
import zxingcpp
from pypdf import PdfReader
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.panels.petitions.card import DRAFT_KEY
from desktop.panels.petitions.receipts import ReceiptPrint, print_receipt, receipt
from desktop.panels.petitions.view import PetitionsView
from desktop.petitions import commands as do
from storage.schema import table
from tests.panels.real_city import TODAY, RealCity, real_city

CASE = "（2026）豫0381执2962号"
# What a practised clerk needs: to go to a field and know what belongs there, and for a key.
FIELD_S = 3.0
KEY_S = 0.2
CARD_S = 90.0
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
PLAIN = Qt.KeyboardModifier.NoModifier


class Keys:
    """Types into whatever has the focus, as a keyboard does, and counts what it types."""

    def __init__(self, view: PetitionsView) -> None:
        self._view = view
        self.pressed = 0

    @property
    def _at(self) -> QWidget:
        focused = QApplication.focusWidget()
        assert focused is not None
        assert self._view.isAncestorOf(focused)
        return focused

    def press(
        self, key: Qt.Key, with_: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self._at, key, with_)
        self.pressed += 1

    def type(self, text: str) -> None:
        """Latin text key by key; Chinese as an input method gives it, two keys a character."""
        for char in text:
            if char.isascii():
                QTest.keyClick(self._at, char)
                self.pressed += 1
            else:
                event = QInputMethodEvent()
                event.setCommitString(char)
                QApplication.sendEvent(self._at, event)
                self.pressed += 2

    def tab(self, times: int = 1) -> None:
        for _ in range(times):
            self.press(Qt.Key.Key_Tab)

    def at(self) -> str:
        return self._at.objectName()


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def open_view(qtbot: QtBot, city: RealCity) -> PetitionsView:
    view = PetitionsView(city.context)
    qtbot.addWidget(view)
    view.resize(1100, 720)
    view.show()
    view.activateWindow()
    qtbot.waitExposed(view)
    view.apply({"new": "1"})
    qtbot.waitUntil(lambda: view.shown_page == "card" and view.card.fields.first.hasFocus())
    return view


def stored(city: RealCity) -> list[dict[str, object]]:
    petition = table("petition")
    with city.context.engine.connect() as connection:
        found = connection.execute(select(petition).order_by(petition.c.id)).mappings()
        return [dict(row) for row in found]


def acts(city: RealCity, petition_id: object) -> list[tuple[str, str, str | None]]:
    act = table("petition_act")
    with city.context.engine.connect() as connection:
        found = connection.execute(
            select(act.c.kind, act.c.body, act.c.due_on)
            .where(act.c.petition_id == petition_id)
            .order_by(act.c.at, act.c.id)
        )
        return [(row.kind, row.body, row.due_on) for row in found]


def earlier(city: RealCity, name: str = "张伟") -> do.Received:
    me = do.By(city.operator, datetime.combine(TODAY - timedelta(days=9), time(9)))
    with city.context.engine.begin() as connection:
        card = do.Reception(name, city.court, "款未发", contact="13800001234", case_number=CASE)
        return do.receive(connection, card, me)


def close_preview(view: PetitionsView) -> None:
    """The paper that printing has opened."""
    preview = view.done.findChild(QObject, "pdf_preview")
    assert isinstance(preview, QWidget)
    preview.close()


def noted(city: RealCity, due: date) -> dict[str, Any]:
    """The one petition as the card above has it, with its three acts."""
    (row,) = stored(city)
    assert row["petitioner"] == "张伟"
    assert row["case_id"] == city.late_case
    assert row["case_number"] == CASE
    assert row["registered_on"] == TODAY.isoformat()
    assert str(row["summary"]).startswith("反映案款到账后未及时发放，要求说明")
    assert [kind for kind, _body, _due in acts(city, row["id"])] == ["visit", "register", "promise"]
    kind, body, promised = acts(city, row["id"])[2]
    assert (kind, promised) == ("promise", due.isoformat())
    assert f"{due.month}月{due.day}日" in body
    assert DRAFT_KEY not in city.context.drafts
    return dict(row)


def test_the_whole_card_by_keyboard_within_ninety_seconds(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    keys = Keys(view)
    fields = 0

    def on(name: str) -> None:
        nonlocal fields
        assert keys.at() == name
        fields += 1

    on("petitioner")
    keys.type("张伟")
    keys.press(Qt.Key.Key_Return)
    on("identity_no")
    keys.type("410305197001011234")
    keys.tab()
    on("contact")
    keys.type("13800001234")
    keys.tab()
    on("people")
    keys.tab()
    on("case")
    keys.type("2962")
    qtbot.waitUntil(view.card.fields.case.popup.isVisible)
    keys.tab()
    assert view.card.fields.case.text() == CASE
    on("court")  # filled from the case: passed over
    assert view.card.fields.court.key == city.court
    keys.tab()
    on("source")
    keys.tab()
    on("class")
    keys.tab()
    on("channel")
    keys.tab()
    on("summary")
    keys.press(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    keys.type("，要求说明")
    keys.tab()
    on("demand")
    keys.press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    keys.tab()
    on("promise_on")
    due = TODAY + timedelta(days=7)
    keys.type(f"{due:%Y%m%d}")
    keys.tab()
    on("promise")
    keys.press(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    keys.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: view.shown_page == "done")

    seconds = fields * FIELD_S + keys.pressed * KEY_S
    assert fields == 13
    assert keys.pressed <= 90
    assert seconds <= CARD_S, f"{seconds:.0f} s for {fields} fields and {keys.pressed} keys"

    row = noted(city, due)
    assert view.done.code.text() == row["code"]

    # One key prints, and the next goes on to the next visitor.
    keys.press(Qt.Key.Key_Return)
    path = city.context._folder / f"信访回执_{row['code']}.pdf"
    assert path.exists()
    assert ("print", "信访回执", city.late_case) in city.context.copies
    close_preview(view)
    view.activateWindow()
    qtbot.waitUntil(view.done.next_button.hasFocus)
    keys.press(Qt.Key.Key_Return)
    qtbot.waitUntil(view.card.fields.first.hasFocus)
    assert view.card.fields.first.text() == ""


def test_courts_are_found_by_initials_and_wrong_ones_refused(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    court = view.card.fields.court
    court.setFocus()
    keys = Keys(view)
    for typed, key in (
        ("xc", city.other_court),
        ("dongcheng", city.court),
        ("西", city.other_court),
    ):
        court.clear()
        keys.type(typed)
        keys.tab()
        assert court.key == key, typed
        court.setFocus()
    court.clear()
    keys.type("北城")
    keys.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert view.shown_page == "card"
    errors = {key: view.card.form.field(key).error() for key in ("petitioner", "court", "summary")}
    assert all(errors.values()), errors
    assert stored(city) == []


def test_every_wrong_field_is_told_in_one_pass(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    fields = view.card.fields
    fields.promise_on.setText("yesterday")
    QTest.keyClick(fields.first, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wrong = [key for key in view.card.form.values() if view.card.form.field(key).error()]
    assert wrong == ["petitioner", "court", "summary", "promise_on", "promise"]
    # What only the store can know comes back to its fields, too.
    fields.first.setText("来访人")
    fields.court.set_value({"key": city.court, "text": "东城"})
    fields.texts["summary"].setPlainText("案款")
    fields.promise_on.set_value(TODAY - timedelta(days=1))
    fields.texts["promise"].setPlainText("回访")
    QTest.keyClick(fields.first, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wrong = [key for key in view.card.form.values() if view.card.form.field(key).error()]
    assert wrong == ["promise_on"]
    assert stored(city) == []


def test_an_earlier_petition_is_found_while_typing_and_gets_the_visit(
    qtbot: QtBot, city: RealCity
) -> None:
    before = earlier(city)
    view = open_view(qtbot, city)
    keys = Keys(view)
    keys.type("章伟")
    keys.tab(4)
    keys.type("2026豫0381执2962")
    qtbot.waitUntil(lambda: bool(view.card.alike.rows))
    (like,) = view.card.alike.rows
    assert (like.code, like.visits) == (before.code, 1)
    assert set(like.reasons) == {"姓名同音", "案号相同"}
    keys.tab()
    keys.press(Qt.Key.Key_F4)
    assert view.card.attached == before.code
    assert view.card.banner.isVisible()
    keys.press(Qt.Key.Key_F4)
    assert view.card.attached == ""
    keys.press(Qt.Key.Key_F4)
    while keys.at() != "summary":
        keys.tab()
    keys.type("again")
    keys.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: view.shown_page == "done")
    assert view.done.code.text() == before.code
    assert len(stored(city)) == 1
    assert [(kind, body) for kind, body, _due in acts(city, before.petition_id)] == [
        ("visit", "款未发"),
        ("visit", "again"),
    ]
    assert city.context.labels[-1] == "再次来访登记"


def test_f4_without_an_earlier_petition_says_so(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    keys = Keys(view)
    keys.press(Qt.Key.Key_F4)
    assert view.card.attached == ""
    assert view.card.note.text()


def test_what_was_typed_survives_a_crash(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    keys = Keys(view)
    keys.type("zhang")
    keys.tab(4)
    keys.type("2962")
    qtbot.waitUntil(view.card.fields.case.popup.isVisible)
    keys.tab()
    while keys.at() != "promise_on":
        keys.tab()
    keys.type("20261201")
    qtbot.waitUntil(
        lambda: city.context.drafts.get(DRAFT_KEY, {}).get("promise_on") == "2026-12-01",
        timeout=1_500,
    )
    again = open_view(qtbot, city)  # the desk as it starts after a crash
    assert again.card.fields.first.text() == "zhang"
    assert again.card.fields.case.key == city.late_case
    assert again.card.fields.court.key == city.court
    assert again.card.fields.promise_on.value() == TODAY.replace(month=12, day=1)
    view.close()
    again.activateWindow()
    qtbot.waitUntil(again.isActiveWindow)
    QTest.keyClick(again.card.fields.first, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert again.card.fields.first.text() == ""
    assert DRAFT_KEY not in city.context.drafts


def test_escape_goes_back_and_keeps_the_draft(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    keys = Keys(view)
    keys.type("li")
    keys.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: view.shown_page == "list")
    assert city.context.drafts[DRAFT_KEY]["petitioner"] == "li"


def test_the_case_looked_at_is_offered_and_never_taken_by_itself(
    qtbot: QtBot, city: RealCity
) -> None:
    view = open_view(qtbot, city)
    view.apply({"new": "1", "case_id": city.late_case, "node_code": "N11"})
    qtbot.waitUntil(lambda: CASE in view.card.form.field("case")._below.text())
    keys = Keys(view)
    keys.tab(4)
    keys.tab()
    assert view.card.fields.case.key == ""
    view.card.fields.case.setFocus()
    keys.press(Qt.Key.Key_Down)
    assert view.card.fields.case.key == city.late_case
    assert view.card.fields.court.key == city.court


def test_the_card_opens_with_the_case_it_is_asked_for(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.apply({"new": "1", "case_id": city.late_case, "node_code": "N11", "fill": "1"})
    qtbot.waitUntil(lambda: view.card.fields.case.key == city.late_case)
    assert view.card.fields.court.key == city.court
    view.card.fields.first.setText("来访人")
    view.card.fields.texts["summary"].setPlainText("查控迟延")
    QTest.keyClick(view.card.fields.first, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: view.shown_page == "done")
    assert stored(city)[0]["node_code"] == "N11"


def test_an_order_from_above_has_its_day(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    form = view.card.form
    assert not form.field("superior_due").isVisible()
    form.field("source").set_value("spc")
    assert form.field("superior_due").isVisible()
    due = TODAY + timedelta(days=20)
    form.set_values(
        {
            "petitioner": "来访人",
            "court": {"key": city.court, "text": "东城"},
            "superior_due": due,
            "summary": "督办",
            "register": False,
        }
    )
    QTest.keyClick(view.card.fields.first, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: view.shown_page == "done")
    (row,) = stored(city)
    assert (row["source"], row["superior_due"], row["registered_on"]) == ("spc", str(due), None)


def test_alt_digits_are_for_the_text_that_is_written(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    summary, demand = (view.card.fields.texts[key] for key in ("summary", "demand"))
    summary.setFocus()
    first = view.card.phrases.shown
    demand.setFocus()
    assert view.card.phrases.shown != first
    QTest.keyClick(demand, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(demand, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert demand.toPlainText() == "；".join(view.card.phrases.shown[:2])
    assert isinstance(summary, QPlainTextEdit)
    assert summary.toPlainText() == ""


def test_the_receipt_says_what_was_noted(city: RealCity, tmp_path: Path) -> None:
    before = earlier(city)
    me = do.By(city.operator, datetime.combine(TODAY, time(9)))
    with city.context.engine.begin() as connection:
        do.visit(connection, before.petition_id, "再次反映\t未发放", me)
        kept = do.promise(connection, before.petition_id, "回访", TODAY, me)
        do.keep(connection, before.petition_id, kept, me)
        do.promise(connection, before.petition_id, "书面答复", TODAY + timedelta(days=8), me)
        found = receipt(connection, before.petition_id)
    args = ReceiptPrint(found, city.context.now(), tmp_path / "receipt.pdf")
    pages = PdfReader(print_receipt(args)).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    for wanted in (before.code, CASE, "张伟", "再次反映", "书面答复", "2026年12月1日", "12368"):
        assert wanted in text, wanted
    assert "回访" not in text
    assert len(pages) == 1
    with pdfplumber.open(args.path) as opened:
        codes = zxingcpp.read_barcodes(opened.pages[0].to_image(resolution=200).original)
    assert [code.text for code in codes] == [before.code]
