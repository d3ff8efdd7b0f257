"""The lock over a real window: nothing shows or acts, nothing is lost, the right one goes on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.admitting import join_lock
from desktop.background.admission import Admission
from desktop.background.sync_driver import SyncDriver
from desktop.contract.court_zone import COURT_ZONE
from desktop.shell import cover
from storage import tries
from storage.sync import engine, memory
from tests.gui.conftest import Rig
from tests.passphrase import PASSPHRASE

Open = Callable[..., Rig]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def rig(panels: Path, open_window: Open) -> Rig:
    """A window whose lock is joined as the desk joins it."""
    made = open_window()
    driver = cast(SyncDriver, made.context.sync)
    made.window.admission = Admission(  # type: ignore[attr-defined]
        made.context, made.session, driver, parent=made.window
    )
    join_lock(made.window.admission, made.window.locking, driver)  # type: ignore[attr-defined]
    return made


def answer(qtbot: QtBot, rig: Rig, text: str) -> None:
    page = rig.window.locking.page
    field = page.findChild(QLineEdit, "passphrase")
    button = page.findChild(QPushButton, "submit")
    assert field is not None
    assert button is not None
    field.setText(text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_locked_and_unlocked_with_everything_as_it_was(qtbot: QtBot, rig: Rig) -> None:
    window = rig.window
    assert window.desk is not None
    window.desk.docks.set_floating("why")
    floating = window.desk.host("why").window()  # type: ignore[union-attr]
    qtbot.waitUntil(floating.isVisible)
    before = window.desk.docks.save()
    qtbot.keyClick(
        window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    )
    qtbot.waitUntil(lambda: window.locking.up)
    assert window.locking.page.isVisible()
    assert not window.desk.isVisible()
    assert not window.status.isVisible()
    sheet = floating.findChild(cover._Sheet)
    assert sheet is not None
    assert sheet.geometry() == floating.rect()
    assert not window.desk.host("why").isEnabled()  # type: ignore[union-attr]
    floating.resize(floating.width() + 80, floating.height() + 40)
    qtbot.waitUntil(lambda: sheet.geometry() == floating.rect())
    # Keys, panels and perspectives do nothing behind it.
    qtbot.keyClick(window, Qt.Key.Key_F6)
    window.enter("wall")
    window.open_panel("letters")
    letters = window.desk.host("letters")
    assert letters is not None
    assert letters.view is None
    assert window.perspective == "duty"
    answer(qtbot, rig, "not this one")
    qtbot.waitUntil(lambda: "口令不正确" in window.locking.page.error)
    assert window.locking.up
    answer(qtbot, rig, PASSPHRASE)
    qtbot.waitUntil(lambda: not window.locking.up)
    assert window.desk.isVisible()
    assert window.status.isVisible()
    assert window.desk.host("why").isEnabled()  # type: ignore[union-attr]
    floating.resize(floating.width() - 80, floating.height() - 40)
    assert window.desk.docks.floating() == ("why",)
    assert len(window.desk.docks.save()) == len(before)
    with qtbot.waitSignal(letters.built):
        qtbot.keyClick(window, Qt.Key.Key_F6)


def test_too_many_wrong_ones_make_everybody_wait(qtbot: QtBot, rig: Rig) -> None:
    window = rig.window
    window.locking.ask()
    for number in range(tries.FREE):
        answer(qtbot, rig, f"wrong {number}")
        said = "30 秒" if number == tries.FREE - 1 else "请重新输入"
        qtbot.waitUntil(lambda words=said: words in window.locking.page.error)
        window.locking.page.ask_again()
    answer(qtbot, rig, PASSPHRASE)
    qtbot.waitUntil(lambda: "连续输错" in window.locking.page.error)
    assert window.locking.up


def test_a_pause_locks_and_a_touch_begins_it_anew(qtbot: QtBot, rig: Rig) -> None:
    window = rig.window
    handle = window.windowHandle()
    window.locking.idle._on_window(handle)
    window.menus.minutes[5].trigger()
    assert rig.device.get("lock_minutes") == "5"
    timer = window.locking.idle._timer
    assert timer.isActive()
    pause = timer.interval()
    assert pause == 5 * cover.MINUTE_MS
    timer.stop()
    QTest.mouseMove(handle, QPoint(30, 30))
    QTest.mouseClick(
        handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(3, 3)
    )
    assert timer.isActive()
    assert timer.interval() == pause
    timer.start(1)  # the pause is over
    qtbot.waitUntil(lambda: window.locking.up)
    timer.setInterval(pause)
    answer(qtbot, rig, PASSPHRASE)
    qtbot.waitUntil(lambda: not window.locking.up)
    window.menus.minutes[0].trigger()
    assert not timer.isActive()


def test_neither_the_wall_nor_a_demonstration_locks_by_itself(
    qtbot: QtBot, panels: Path, open_window: Open, rig: Rig
) -> None:
    rig.window.enter("wall")
    rig.window.locking.idle.idle.emit()
    assert not rig.window.locking.up
    rig.window.enter("duty")
    rig.window.locking.idle.idle.emit()
    assert rig.window.locking.up


def test_the_time_without_the_hub_ends_and_begins_again(qtbot: QtBot, rig: Rig) -> None:
    window, session = rig.window, rig.session
    admission: Admission = window.admission  # type: ignore[attr-defined]
    engine.remember_contact(session)
    with session.apply() as write:
        memory.keep(write.connection, "hello", {"offline_days": 2})
        long_ago = (datetime.now(COURT_ZONE) - timedelta(days=3)).isoformat()
        write.connection.exec_driver_sql(
            "update _sync set value = ? where key = 'synced_at'", (long_ago,)
        )
    admission.look()
    qtbot.waitUntil(lambda: window.locking.up)
    page = window.locking.page
    connect = page.findChild(QPushButton, "act-connect")
    assert connect is not None
    # The passphrase does not help, and a lock meanwhile is asked for afterwards.
    admission.lock()
    field = page.findChild(QLineEdit, "passphrase")
    assert field is not None
    assert not field.isVisible()
    engine.remember_contact(session)
    cast(SyncDriver, rig.context.sync).rounded.emit(None)
    qtbot.waitUntil(field.isVisible)
    answer(qtbot, rig, PASSPHRASE)
    qtbot.waitUntil(lambda: not window.locking.up)


def test_a_popup_is_closed_by_the_lock(qtbot: QtBot, rig: Rig) -> None:
    rig.window.menus.root.popup(QPoint(10, 10))
    qtbot.waitUntil(rig.window.menus.root.isVisible)
    rig.window.locking.ask()
    assert rig.window.locking.up
    assert QApplication.activePopupWidget() is None
    assert not rig.window.menus.root.isVisible()
