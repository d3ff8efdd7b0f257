"""Users and devices by real clicks; the hub's own rules are tried in tests/hub/test_admin.py."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.contract.sync import SyncState
from desktop.panels.accounts import rules
from desktop.panels.accounts.view import AccountsView
from storage.sync.port import LoginRefused
from tests.panels.clicks import shown
from tests.panels.real_city import RealCity, real_city

BOSS = SyncState("current", "已同步", who="boss", roles=("administrator",), scopes=(-1,))
CLERK = SyncState("current", "已同步", who="clerk", roles=("operator",), scopes=(1,))
PLAIN: dict[str, Any] = {
    "title": "承办人",
    "person": "",
    "roles": ["handler"],
    "scopes": [1],
    "locked_at": None,
    "made_at": "2026-01-05T09:00:00+08:00",
    "made_by": "postgres",
    "last_seen": "2026-11-22T09:00:00+08:00",
    "devices": 1,
    "password_until": None,
}
USERS = [{"who": "boss", **PLAIN}, {"who": "clerk", **PLAIN}, {"who": "off", **PLAIN}]
USERS[2] = {**USERS[2], "locked_at": "2026-11-01T09:00:00+08:00"}
DEVICE = {
    "id": "018e0000-0000-7000-8000-00000000000d",
    "owner": "clerk",
    "name": "外勤本 3",
    "users": ["clerk"],
    "first_seen": "2026-10-01T09:00:00+08:00",
    "last_seen": "2026-11-22T09:00:00+08:00",
    "unsent": 4,
    "unsent_since": "2026-11-12T09:00:00+08:00",
    "clock_off_ms": 120,
    "app_ver": "0.3",
    "schema_ver": "0006",
}


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    made = real_city(tmp_path)
    made.context.sync.answers.update(
        admin_users=lambda: USERS,
        admin_devices=lambda: [DEVICE],
        admin_rights=lambda *_all: None,
        admin_lock=lambda *_all: 1,
        admin_revoke=lambda _id: None,
        admin_reset=secret,
        admin_new_user=lambda user: secret(user["who"]),
        change_password=lambda _new: None,
    )
    return made


def secret(who: str) -> dict[str, str]:
    return {"who": who, "password": "abcd-efgh-jkmn-pqrs", "until": "2026-11-30T09:00:00+08:00"}


def opened(qtbot: QtBot, city: RealCity, state: SyncState = BOSS) -> AccountsView:
    city.context.sync.say(state)
    view = AccountsView(city.context)
    shown(qtbot, view, 1100, 720)
    return view


def press(qtbot: QtBot, view: AccountsView, name: str) -> None:
    button = view.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    assert button.isVisible(), name
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(qtbot: QtBot, view: AccountsView, row: int, *, device: bool = False) -> None:
    table = view.device_table if device else view.user_table
    qtbot.waitUntil(lambda: table.model().rowCount() > row)
    at = table.visualRect(table.model().index(row, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    page = view.device if device else view.rights
    qtbot.waitUntil(lambda: view.side.currentWidget() is page and page.isVisible())
    key = DEVICE["id"] if device else USERS[row]["who"]
    qtbot.waitUntil(lambda: key in (view.device.device.get("id"), view.rights.user.get("who")))


def acts(city: RealCity, name: str) -> list[Any]:
    return [act[1:] for act in city.context.sync.acts if isinstance(act, tuple) and act[0] == name]


def test_the_lists_say_how_each_account_and_device_stands(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    for model in (view.user_model, view.device_model):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtbot.waitUntil(lambda: view.user_model.rowCount() == 3)
    assert view.device_model.rowCount() == 1
    view.reload()
    assert view.user_model.rowCount() == 3
    choose(qtbot, view, 0, device=True)
    assert "久未送出" in str(rules.device_state(DEVICE, city.context.now()))
    assert "没有送出" in view.device.hint.text()


def test_who_is_no_administrator_finds_his_password_alone(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city, CLERK)
    assert not view.lists.isVisible()
    assert not view.new_button.isVisible()
    assert acts(city, "admin_users") == []
    press(qtbot, view, "my_password")
    QTest.keyClicks(view.password.first, "a-new-password")
    QTest.keyClicks(view.password.again, "another-password")
    press(qtbot, view, "change_password")
    assert acts(city, "change_password") == []
    view.password.again.clear()
    QTest.keyClicks(view.password.again, "a-new-password")
    press(qtbot, view, "change_password")
    assert acts(city, "change_password") == [("a-new-password",)]
    # The next line is opened with it, and it stands in no field any more.
    assert ("connect", "", "a-new-password", True) in city.context.sync.acts
    assert view.password.first.text() == view.password.again.text() == ""


def test_rights_are_given_at_once_and_never_to_oneself(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    choose(qtbot, view, 1)
    view.rights.roles.set_selected(("judge", "field"))
    view.rights.scopes.set_selected((-1,))
    press(qtbot, view, "save_rights")
    (asked,) = acts(city, "admin_rights")
    assert (asked[0], sorted(asked[1]), asked[2]) == ("clerk", ["field", "judge"], [-1])
    assert len(acts(city, "admin_users")) == 2  # read again after the change
    choose(qtbot, view, 0)
    assert "your own account" in view.rights.note.text()
    for name in ("save_rights", "lock_user", "reset_password"):
        button = view.rights.findChild(QPushButton, name)
        assert not button.isEnabled(), name


def test_a_lock_is_set_and_lifted(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    choose(qtbot, view, 1)
    press(qtbot, view, "lock_user")
    choose(qtbot, view, 2)
    assert view.rights.lock_button.text() == "Unlock"
    press(qtbot, view, "lock_user")
    assert acts(city, "admin_lock") == [("clerk", True), ("off", False)]


def test_a_password_is_shown_once(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    press(qtbot, view, "new_user")
    QTest.keyClicks(view.new_user.login, "Field 3")
    press(qtbot, view, "make_user")
    assert acts(city, "admin_new_user") == []  # the name says why in its field
    view.new_user.login.clear()
    QTest.keyClicks(view.new_user.login, "field_3")
    view.new_user.roles.set_selected(("field",))
    press(qtbot, view, "make_user")
    (asked,) = acts(city, "admin_new_user")
    assert asked[0] == {"who": "field_3", "title": "", "roles": ["field"], "scopes": []}
    assert view.secret.password.text() == "abcd-efgh-jkmn-pqrs"
    press(qtbot, view, "copy_secret")
    assert QGuiApplication.clipboard().text() == "abcd-efgh-jkmn-pqrs"
    press(qtbot, view, "secret_done")
    assert view.secret.password.text() == ""
    choose(qtbot, view, 1)
    press(qtbot, view, "reset_password")
    assert view.secret.password.text() == "abcd-efgh-jkmn-pqrs"


def test_a_device_is_revoked_after_a_second_word(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    choose(qtbot, view, 0, device=True)
    press(qtbot, view, "revoke_device")
    assert "4" in view.device.warning.text()
    press(qtbot, view, "revoke_keep")
    assert acts(city, "admin_revoke") == []
    press(qtbot, view, "revoke_device")
    press(qtbot, view, "revoke_sure")
    assert acts(city, "admin_revoke") == [(DEVICE["id"],)]


def test_a_refusal_is_told_and_nothing_is_lost(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)

    def refuse(*_all: object) -> None:
        raise LoginRefused("您的账号没有这项权利。")

    city.context.sync.answers["admin_rights"] = refuse
    choose(qtbot, view, 1)
    view.rights.roles.set_selected(("judge",))
    press(qtbot, view, "save_rights")
    assert view.problem.isVisible()
    assert view.problem.text() == "您的账号没有这项权利。"
    assert view.rights.roles.value() == ("judge",)
    assert view.rights.form.submit_button.isEnabled()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "正常"),
        ({"locked_at": "2026-11-01T09:00:00+08:00"}, "已锁定"),
        ({"password_until": "2026-11-22T09:00:00+08:00"}, "初始口令过期"),
        ({"password_until": "2026-11-29T09:00:00+08:00"}, "待改口令"),
        ({"last_seen": None}, "从未登录"),
    ],
)
def test_state_of_an_account(changes: dict[str, Any], words: str) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=8)))
    assert rules.user_state({**PLAIN, **changes}, now)[1] == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unsent": 0, "unsent_since": None}, "正常"),
        ({"unsent_since": "2026-11-22T09:00:00+08:00"}, "正常"),
        ({}, "久未送出"),
        ({"unsent": 0, "clock_off_ms": -301_000}, "时钟偏差"),
        ({"last_seen": "2026-09-05T09:00:00+08:00"}, "久未联系"),
        ({"last_seen": "2026-08-01T09:00:00+08:00"}, "须重新装载"),
        ({"revoked_at": "2026-11-20T09:00:00+08:00"}, "待清除"),
        (
            {
                "revoked_at": "2026-11-20T09:00:00+08:00",
                "wiped_at": "2026-11-21T09:00:00+08:00",
            },
            "已清除",
        ),
    ],
)
def test_state_of_a_device(changes: dict[str, Any], words: str) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=8)))
    assert rules.device_state({**DEVICE, **changes}, now)[1] == words
