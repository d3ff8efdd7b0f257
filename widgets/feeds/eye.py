"""One player in a thread of its own. Importing this loads QtMultimedia, which may be impossible.

Opening and leaving a connection can wait for a network that answers late or never, and turning a
frame into a picture takes milliseconds; neither may hold up the UI thread. What is heard from a
line bears its number, so that a late word of a line that was given up is known as such.
"""

import ctypes
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QCoreApplication,
    QIODevice,
    QLibraryInfo,
    QObject,
    QSize,
    Qt,
    QUrl,
    Signal,
    Slot,
)
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtMultimedia import (
    QAudioOutput,
    QMediaPlayer,
    QPlaybackOptions,
    QVideoFrame,
    QVideoSink,
)

from widgets.feeds.records import Cause

NETWORK_TIMEOUT_MS: Final = 8_000
# About a second of a camera; by itself FFmpeg looks at up to five before it shows anything.
PROBE_BYTES = 500_000
JPEG_BYTES_MAX: Final = 2_900_000
_QUALITIES: Final = (92, 80, 65, 45)
# While Qt makes a picture of a frame, Python's other threads wait: a large one is made less often.
# (Arithmetic of numpy lets them go on, and measured worse: four threads then ask for each turn.)
_REST: Final = 6
_AV_LOG_QUIET: Final = -8


def _quiet_log() -> None:
    """FFmpeg would print each address it opens, password and all, to the terminal.

    Only the copy that the player has loaded is meant; a wheel holds several of the same name.
    """
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.LibrariesPath))
    places = (folder, folder.parent, folder.parent.parent)
    names = ("libavutil.so*", "libavutil*.dylib", "avutil-*.dll")
    mode = getattr(os, "RTLD_NOLOAD", 0) | getattr(os, "RTLD_LAZY", 0)
    for found in {path for place in places for name in names for path in place.glob(name)}:
        with suppress(OSError, AttributeError):
            ctypes.CDLL(str(found), mode).av_log_set_level(_AV_LOG_QUIET)


class _Line(QObject):
    """What one opening shows. The player hands frames over from a thread of its own, so the last
    ones of a line may come when the next is open already; here they still bear their number."""

    shown = Signal(int, QVideoFrame)

    def __init__(self, number: int, parent: QObject) -> None:
        super().__init__(parent)
        self._number = number
        self.sink = QVideoSink(self)
        self.sink.videoFrameChanged.connect(self._on_frame)

    @Slot(QVideoFrame)
    def _on_frame(self, frame: QVideoFrame) -> None:
        self.shown.emit(self._number, frame)


class Eye(QObject):
    """Lives in a thread that is not the UI's; asked by its `ask_…` signals alone.

    `shown(line, picture, moment, came, stamp)`: a new frame, made small enough for its tile; when
    it came by the calendar and by the clock that never runs back. `room`: set by whoever shows it
    once he is done; until then further frames are let go.
    """

    ask_open = Signal(int, str)
    ask_close = Signal()
    ask_room = Signal(QSize, int)
    ask_sound = Signal(bool)
    ask_take = Signal(int)
    ask_end = Signal()

    shown = Signal(int, QImage, float, float, object)
    broke = Signal(int, str)
    sounding = Signal(int, bool)
    taken = Signal(int, object)  # number asked with, (bytes, moment, width, height) or None

    def __init__(self) -> None:
        super().__init__()
        self.room = True
        self._line = 0
        self._player: QMediaPlayer | None = None
        self._shows: _Line | None = None
        self._audio: QAudioOutput | None = None
        self._size = QSize(640, 360)
        self._pace_s = 0.08
        self._sent = 0.0
        self._cost = 0.0  # seconds that the last frame took
        self._whole: QImage | None = None
        self._moment = 0.0
        self._seen = False
        for asked, answer in (
            (self.ask_open, self._open),
            (self.ask_close, self._close),
            (self.ask_room, self._set_room),
            (self.ask_sound, self._set_sound),
            (self.ask_take, self._take),
            (self.ask_end, self._end),
        ):
            asked.connect(answer)

    @Slot(int, str)
    def _open(self, line: int, url: str) -> None:
        player = self._player or self._make_player()
        self._line, self._seen, self.room = 0, False, True
        player.setSource(QUrl())  # the words of the old line end here
        self._show(player, line)
        self._line = line
        player.setSource(QUrl(url))
        player.play()

    def _show(self, player: QMediaPlayer, line: int) -> None:
        was, self._shows = self._shows, _Line(line, self)
        self._shows.shown.connect(self._on_frame)
        player.setVideoSink(self._shows.sink)
        if was is not None:
            was.deleteLater()

    @Slot()
    def _close(self) -> None:
        self._line = 0
        if self._player is not None:
            self._player.setSource(QUrl())

    @Slot(QSize, int)
    def _set_room(self, size: QSize, pace_ms: int) -> None:
        self._size, self._pace_s = size, pace_ms / 1000

    @Slot(bool)
    def _set_sound(self, on: bool) -> None:
        if self._player is None or (self._audio is None and not on):
            return
        if self._audio is None:
            # Only now: without an output the player decodes no sound at all.
            self._audio = QAudioOutput(self)
            self._player.setAudioOutput(self._audio)
        self._audio.setMuted(not on)

    @Slot(int)
    def _take(self, number: int) -> None:
        made = None
        if self._whole is not None:
            data = jpeg(self._whole)
            made = (data, self._moment, self._whole.width(), self._whole.height())
        self.taken.emit(number, made)

    @Slot()
    def _end(self) -> None:
        self._close()
        for part in (self._player, self._shows, self._audio):
            if part is not None:
                part.deleteLater()
        self._player = self._shows = self._audio = None
        self.thread().quit()

    def _make_player(self) -> QMediaPlayer:
        # Frames are turned into pictures without the graphics card: its surfaces belong to the
        # UI thread, and the desk draws its widgets without it.
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ForceRasterWidgets)
        player = self._player = QMediaPlayer(self)
        _quiet_log()
        options = QPlaybackOptions()
        options.setPlaybackIntent(QPlaybackOptions.PlaybackIntent.LowLatencyStreaming)
        options.setNetworkTimeout(NETWORK_TIMEOUT_MS)
        options.setProbeSize(PROBE_BYTES)
        player.setPlaybackOptions(options)
        player.errorOccurred.connect(self._on_error)
        player.mediaStatusChanged.connect(self._on_status)
        player.hasAudioChanged.connect(lambda on: self.sounding.emit(self._line, on))
        return player

    @Slot(int, QVideoFrame)
    def _on_frame(self, line: int, frame: QVideoFrame) -> None:
        now = time.monotonic()
        if not self._line or line != self._line or not frame.isValid() or not self.room:
            return
        if self._seen and now - self._sent < max(self._pace_s, self._cost * _REST):
            return
        moment = time.time()
        picture = frame.toImage()
        if picture.isNull():
            return
        self._sent, self._moment, self._whole, self._seen = now, moment, picture, True
        self.room = False
        small = fitted(picture, self._size)
        self._cost = time.monotonic() - now
        self.shown.emit(line, small, moment, now, frame.startTime())

    @Slot(QMediaPlayer.Error, str)
    def _on_error(self, error: QMediaPlayer.Error, _words: str) -> None:
        if error == QMediaPlayer.Error.FormatError:
            self._break(Cause.FORMAT)
        elif error != QMediaPlayer.Error.NoError:
            self._break(Cause.CUT if self._seen else Cause.CANNOT_OPEN)

    @Slot(QMediaPlayer.MediaStatus)
    def _on_status(self, status: QMediaPlayer.MediaStatus) -> None:
        if status == QMediaPlayer.MediaStatus.EndOfMedia:
            self._break(Cause.ENDED if self._seen else Cause.NO_ANSWER)
        elif status == QMediaPlayer.MediaStatus.InvalidMedia:
            self._break(Cause.CANNOT_OPEN)
        elif (
            status == QMediaPlayer.MediaStatus.LoadedMedia
            and self._player is not None
            and not self._player.hasVideo()
        ):
            self._break(Cause.FORMAT)

    def _break(self, cause: Cause) -> None:
        if self._line:
            self.broke.emit(self._line, cause.value)


def fitted(picture: QImage, size: QSize) -> QImage:
    """The picture for a tile of that size in pixels; never made larger."""
    if picture.width() <= size.width() and picture.height() <= size.height():
        return picture
    return picture.scaled(
        size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def jpeg(picture: QImage) -> bytes:
    """JPEG of at most JPEG_BYTES_MAX bytes, as good as that allows."""
    data = b""
    for quality in _QUALITIES:
        held = QByteArray()
        buffer = QBuffer(held)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QImageWriter(buffer, QByteArray(b"jpeg"))
        writer.setQuality(quality)
        writer.write(picture)
        data = bytes(held.data())
        if len(data) <= JPEG_BYTES_MAX:
            break
    return data
