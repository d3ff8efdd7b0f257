"""Bulletins by real clicks: written by one, approved by another, then read by everybody."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.command.bulletins import Asking, Verdict, bulletins, settle
from desktop.errors import UserError
from desktop.panels.bulletins import queries
from desktop.panels.bulletins.view import BulletinsView
from desktop.rules.bulletins import BODY_MAX, TITLE_MAX, Hand, deeds, faults
from tests.panels.real_city import TODAY, RealCity, real_city


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def open_view(qtbot: QtBot, city: RealCity, who: str) -> BulletinsView:
    city.sit_down(who)
    view = BulletinsView(city.context)
    qtbot.addWidget(view)
    model = view.list.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(1100, 700)
    view.show()
    qtbot.waitExposed(view)
    return view


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def write(qtbot: QtBot, view: BulletinsView, title: str, body: str) -> None:
    press(qtbot, view.new_button)
    head, text = (view.form.field(key).control for key in ("title", "body"))
    assert isinstance(head, QLineEdit)
    assert isinstance(text, QPlainTextEdit)
    head.setText(title)
    text.setPlainText(body)


def counted(city: RealCity, name: str) -> int:
    with city.context.engine.connect() as connection:
        return queries.count(connection, TODAY, city.person(name))[0]


def test_written_by_one_and_approved_by_another(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "顾长风")
    write(qtbot, view, "一日执结六案", "六件当日到账、当日发放。")
    press(qtbot, view.form.submit_button)
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 1)
    view.list.table.select_id(0)
    assert not view.post_button.isVisible(), "nobody approves his own"
    assert (counted(city, "局长乙"), counted(city, "许南乔")) == (1, 0)

    chief = open_view(qtbot, city, "局长乙")
    qtbot.waitUntil(lambda: chief.list.model.rowCount() == 1)
    chief.list.table.select_id(0)
    press(qtbot, chief.return_button)
    dialog = chief.findChild(QDialog, "return_bulletin_reason")
    assert dialog is not None
    reason = dialog.findChild(QLineEdit, "text")
    assert reason is not None
    reason.setText("请写明金额")
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: counted(city, "顾长风") == 1)

    again = open_view(qtbot, city, "顾长风")
    qtbot.waitUntil(lambda: again.list.model.rowCount() == 1)
    again.list.table.select_id(0)
    assert "请写明金额" in again.course.text()
    press(qtbot, again.change_button)
    press(qtbot, again.form.submit_button)
    qtbot.waitUntil(lambda: counted(city, "局长乙") == 1)

    last = open_view(qtbot, city, "局长乙")
    qtbot.waitUntil(lambda: last.list.model.rowCount() == 1)
    last.list.table.select_id(0)
    press(qtbot, last.post_button)
    qtbot.waitUntil(lambda: "局长乙" in last.course.text())
    reader = open_view(qtbot, city, "许南乔")
    qtbot.waitUntil(lambda: reader.list.model.rowCount() == 1)
    reader.search.setText("没有这句")
    qtbot.waitUntil(lambda: reader.list.model.rowCount() == 0)
    reader.search.setText("当日 顾长风")
    qtbot.waitUntil(lambda: reader.list.model.rowCount() == 1)


def test_the_command_refuses_the_author_and_strangers(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "局长乙")
    write(qtbot, view, "动态", "内容。")
    press(qtbot, view.form.submit_button)
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 1)
    with city.context.engine.begin() as connection:
        (one,) = bulletins(connection, Asking(city.person("局长乙")))
        now = city.context.now()
        with pytest.raises(UserError, match="作者不得审核"):
            settle(connection, Verdict(one.id, "post", city.person("局长乙"), now))
        for name in ("顾长风", "许南乔"):
            with pytest.raises(UserError, match="不能这样办理"):
                settle(connection, Verdict(one.id, "post", city.person(name), now))
        assert settle(connection, Verdict(one.id, "post", city.person("院长丁"), now)) == "posted"


def test_what_was_typed_is_kept(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "顾长风")
    write(qtbot, view, "只写了一半", "")
    press(qtbot, view.form.cancel_button)
    press(qtbot, view.new_button)
    qtbot.waitUntil(lambda: view.form.values()["title"] == "只写了一半")
    press(qtbot, view.form.submit_button)
    assert view.form.field("body").error()


def test_faults_and_deeds() -> None:
    assert set(faults(" ", "")) == {"title", "body"}
    assert set(faults("题" * (TITLE_MAX + 1), "文" * (BODY_MAX + 1))) == {"title", "body"}
    assert faults("题", "文") == {}
    chief = Hand("b", "bureau_chief", own_court=True)
    assert deeds("submitted", "a", chief) == ("post", "return")
    assert deeds("submitted", "b", chief) == ()
    assert deeds("submitted", "a", Hand("b", "bureau_chief", own_court=False)) == ()
    assert deeds("submitted", "a", Hand("b", "clerk", own_court=True)) == ()
    assert deeds("posted", "b", chief) == ()
    assert deeds("returned", "a", Hand("a", "clerk", own_court=True)) == ("change", "submit")


def test_what_is_typed_into_one_that_was_sent_back_is_kept(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "顾长风")
    write(qtbot, view, "执结六案", "当日发放。")
    press(qtbot, view.form.submit_button)
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 1)
    with city.context.engine.begin() as connection:
        (one,) = bulletins(connection, Asking(city.person("顾长风")))
        back = Verdict(one.id, "return", city.operator, city.context.now(), "请写明案号")
        settle(connection, back)

    again = open_view(qtbot, city, "顾长风")
    qtbot.waitUntil(lambda: again.list.model.rowCount() == 1)
    again.list.table.select_id(0)
    press(qtbot, again.change_button)
    again.form.field("body").control.insertPlainText("案号待补。")  # type: ignore[attr-defined]
    # The window is closed once it is kept, and another opened.
    qtbot.waitUntil(lambda: again.draft_key in city.context.drafts)
    other = open_view(qtbot, city, "顾长风")
    qtbot.waitUntil(lambda: other.list.model.rowCount() == 1)
    other.list.table.select_id(0)
    press(qtbot, other.change_button)
    assert "案号待补。" in str(other.form.values()["body"])


def test_what_others_have_not_posted_crowds_nothing_out(
    city: RealCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.command.bulletins.LIMIT", 2)
    values = {"team_id": city.team, "author_id": city.person("许南乔"), "body": "一"}
    posted = {"state": "posted", "shared": True, "approved_by": city.operator}
    city.put("bulletin", **values, **posted, posted_at="2026-11-20", day="2026-11-20", title="5%")
    for n in range(3):
        city.put("bulletin", **values, day="2026-11-23", title=f"草稿{n}")
    with city.context.engine.connect() as connection:
        found = bulletins(connection, Asking(city.person("顾长风")))
        assert [one.title for one in found] == ["5%"]
        assert [one.title for one in bulletins(connection, Asking(city.operator, "%"))] == ["5%"]
