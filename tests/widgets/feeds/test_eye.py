"""The player of one feed: what comes late of a line that was given up is not of the next."""

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tests.widgets.feeds.conftest import PATIENCE_MS

NOWHERE = "http://127.0.0.1:9/live"


def test_the_last_pictures_of_a_line_are_not_shown_as_the_next_ones(qtbot: QtBot) -> None:
    multimedia = pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
    from widgets.feeds.eye import Eye  # noqa: PLC0415 (loads QtMultimedia)

    picture = QImage(64, 36, QImage.Format.Format_ARGB32)
    picture.fill(QColor("teal"))
    frame = multimedia.QVideoFrame(picture)
    eye = Eye()
    shown: list[int] = []
    eye.shown.connect(lambda line, *_: shown.append(line))
    eye.ask_open.emit(1, NOWHERE)
    first = eye.findChildren(multimedia.QVideoSink)[-1]
    first.videoFrameChanged.emit(frame)
    assert shown == [1]
    eye.room = True
    eye.ask_open.emit(2, NOWHERE)
    second = next(sink for sink in eye.findChildren(multimedia.QVideoSink) if sink is not first)
    # The player's own thread hands over what it still had when the line was let go.
    first.videoFrameChanged.emit(frame)
    assert shown == [1]
    second.videoFrameChanged.emit(frame)
    assert shown == [1, 2]
    player = eye.findChild(multimedia.QMediaPlayer)
    with qtbot.waitSignal(player.destroyed, timeout=PATIENCE_MS):
        player.setSource(QUrl())
        eye.deleteLater()
