"""From a folder to an open desk: passphrase, faults, creation; all inside the window."""

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.bootstrap import Desk, Options
from storage.backup import daily
from storage.replica import Replica
from tests.passphrase import PASSPHRASE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Start = Callable[[Path], Desk]


@pytest.fixture
def start(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.delenv("EDESK_PASSPHRASE", raising=False)
    desks: list[Desk] = []

    def make(folder: Path) -> Desk:
        desk = Desk(qapp, Options(folder, language="zh_CN", size=(1200, 800)))
        desks.append(desk)
        desk.window.show()
        desk.open()
        return desk

    yield make
    for desk in desks:
        desk.window.close()
        assert desk.close()
        desk.window.deleteLater()


def _type(qtbot: QtBot, desk: Desk, text: str, again: str | None = None) -> None:
    page = desk.window.unlock
    first = page.findChild(QLineEdit, "passphrase")
    second = page.findChild(QLineEdit, "passphrase_again")
    assert first is not None
    assert second is not None
    first.setText(text)
    if again is not None:
        second.setText(again)
    qtbot.keyClick(first, Qt.Key.Key_Return)


def _words(desk: Desk, name: str) -> str:
    label = desk.window.unlock.findChild(QLabel, name)
    assert label is not None
    return label.text()


def _shown(desk: Desk, name: str) -> bool:
    field = desk.window.unlock.findChild(QLineEdit, name)
    return field is not None and field.isVisible()


def test_a_wrong_passphrase_shows_its_sentence_under_the_field(
    start: Start, make_store: Callable[[Path], Path], tmp_path: Path, qtbot: QtBot
) -> None:
    desk = start(make_store(tmp_path / "store"))
    qtbot.waitUntil(lambda: _shown(desk, "passphrase"))
    assert QApplication.activeModalWidget() is None
    _type(qtbot, desk, "wrong one")
    qtbot.waitUntil(lambda: bool(desk.window.unlock.error))
    assert "口令" in desk.window.unlock.error
    assert _shown(desk, "passphrase")
    with qtbot.waitSignal(desk.ready, timeout=10_000):
        _type(qtbot, desk, PASSPHRASE)
    assert desk.window.desk is not None


def test_a_known_passphrase_asks_nothing(
    start: Start,
    make_store: Callable[[Path], Path],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = make_store(tmp_path / "store")
    monkeypatch.setenv("EDESK_PASSPHRASE", PASSPHRASE)
    desk = start(folder)
    with qtbot.waitSignal(desk.ready, timeout=10_000):
        pass
    assert not desk.window.unlock.error


def test_a_new_store_wants_the_passphrase_twice(start: Start, tmp_path: Path, qtbot: QtBot) -> None:
    desk = start(tmp_path / "new")
    qtbot.waitUntil(lambda: _shown(desk, "passphrase_again"))
    _type(qtbot, desk, "short", "short")
    assert "8" in desk.window.unlock.error
    _type(qtbot, desk, "long enough", "other words")
    assert "不一致" in desk.window.unlock.error
    with qtbot.waitSignal(desk.ready, timeout=10_000):
        _type(qtbot, desk, "long enough", "long enough")
    assert (tmp_path / "new" / "replica.db").exists()


def test_a_store_in_use_has_its_page_and_opens_on_retry(
    start: Start,
    make_store: Callable[[Path], Path],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = make_store(tmp_path / "store")
    monkeypatch.setenv("EDESK_PASSPHRASE", PASSPHRASE)
    with Replica.open(folder, PASSPHRASE):
        desk = start(folder)
        with qtbot.waitSignal(desk.refused, timeout=10_000) as refusal:
            pass
        assert str(os.getpid()) in refusal.args[0] or "进程" in refusal.args[0]
        assert _words(desk, "unlock_sentence") == refusal.args[0]
    retry = desk.window.unlock.findChild(QPushButton, "act-retry")
    assert retry is not None
    with qtbot.waitSignal(desk.ready, timeout=10_000):
        qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)


def test_a_damaged_store_offers_its_newest_backup(
    start: Start,
    make_store: Callable[[Path], Path],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = make_store(tmp_path / "store")
    monkeypatch.setenv("EDESK_PASSPHRASE", PASSPHRASE)
    with Replica.open(folder, PASSPHRASE) as replica:
        assert daily(replica, date(2026, 9, 1)) is not None
    file = folder / "replica.db"
    whole = bytearray(file.read_bytes())
    for place in range(4096, len(whole), 997):
        whole[place] ^= 0xFF
    file.write_bytes(bytes(whole))
    desk = start(folder)
    with qtbot.waitSignal(desk.refused, timeout=10_000):
        pass
    assert "损坏" in _words(desk, "unlock_title")
    restore = desk.window.unlock.findChild(QPushButton, "act-restore")
    assert restore is not None
    with qtbot.waitSignal(desk.ready, timeout=20_000):
        qtbot.mouseClick(restore, Qt.MouseButton.LeftButton)
    assert list((folder / "quarantine").iterdir())
