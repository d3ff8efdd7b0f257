"""Streams that ffmpeg makes: cut and brought back, held, refused; pictures taken; the UI thread."""

import base64
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.widgets.feeds.conftest import PATIENCE_MS, QUICK
from widgets.feeds import Cause, FeedGrid, FeedSource, FeedState, Picture
from widgets.feeds.words import clock_text, last_text, sentence

Make = Callable[..., Any]
STALL_MS = 80  # held up, it would be 150 and more
ROUNDS = 3


def stands(qtbot: QtBot, grid: FeedGrid, feed_id: str, *states: FeedState) -> None:
    """Waits until the feed has been in these states, one after the other."""
    for state in states:
        qtbot.waitUntil(lambda s=state: grid.standings()[feed_id].state is s, timeout=PATIENCE_MS)


@pytest.mark.parametrize("kind", ["mpegts", "mjpeg", "rtsp"])
def test_a_cut_stream_says_when_it_was_last_seen_and_comes_back_by_itself(
    qtbot: QtBot, grid: FeedGrid, make_stream: Make, kind: str
) -> None:
    stream = make_stream(kind)
    before = time.time()
    grid.set_sources([FeedSource("door", "正门", stream.url)])
    stands(qtbot, grid, "door", FeedState.LIVE)
    stream.cut()
    stands(qtbot, grid, "door", FeedState.LOST)
    lost = grid.standings()["door"]
    assert lost.cause in (Cause.CUT, Cause.ENDED, Cause.STOOD)
    assert lost.last_at is not None
    assert before < lost.last_at < time.time()
    assert clock_text(lost.last_at) in last_text(lost)
    assert grid.tile("door").watch.picture is not None  # kept, to be shown dimmed
    with qtbot.waitSignal(grid.standing_changed, timeout=PATIENCE_MS):
        pass  # it tries, in vain
    stream.come_back()
    stands(qtbot, grid, "door", FeedState.LIVE)
    assert grid.standings()["door"].last_at > lost.last_at


@pytest.mark.parametrize("grid", [replace(QUICK, dead_s=600.0)], indirect=True)
def test_a_stream_that_stands_still_is_not_live_although_the_player_plays(
    qtbot: QtBot, grid: FeedGrid, make_stream: Make
) -> None:
    stream = make_stream()
    grid.set_sources([FeedSource("door", "正门", stream.url)])
    stands(qtbot, grid, "door", FeedState.LIVE)
    stream.hold()
    # A busy machine makes a line stand, too; here it is to be the line's own silence.
    silent = time.monotonic() + QUICK.frozen_s + 2 * QUICK.behind_s
    qtbot.waitUntil(
        lambda: time.monotonic() > silent and grid.standings()["door"].state is FeedState.FROZEN,
        timeout=PATIENCE_MS,
    )
    frozen = grid.standings()["door"]
    asked = stream.asked
    course: list[tuple[FeedState, Cause]] = []
    grid.standing_changed.connect(
        lambda key: course.append((grid.standings()[key].state, grid.standings()[key].cause))
    )
    # What waited comes late. It is the past; the line is opened again rather than shown so.
    stream.go_on()
    qtbot.waitUntil(
        lambda: bool(course) and grid.standings()["door"].state is FeedState.LIVE,
        timeout=PATIENCE_MS,
    )
    assert course[0] == (FeedState.OPENING, Cause.BEHIND)
    assert stream.asked > asked, "a picture of the old line was taken for one of the new"
    assert grid.standings()["door"].last_at > frozen.last_at


def test_a_stream_that_stands_still_for_too_long_is_given_up_and_opened_again(
    qtbot: QtBot, grid: FeedGrid, make_stream: Make
) -> None:
    stream = make_stream()
    grid.set_sources([FeedSource("door", "正门", stream.url)])
    stands(qtbot, grid, "door", FeedState.LIVE)
    stream.hold()
    stands(qtbot, grid, "door", FeedState.FROZEN, FeedState.LOST)
    assert grid.standings()["door"].cause is Cause.STOOD
    stream.go_on()
    stands(qtbot, grid, "door", FeedState.LIVE)


def test_a_login_is_sent_and_never_printed(
    qtbot: QtBot, grid: FeedGrid, make_stream: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    word = base64.b64encode("看守:钥匙".encode()).decode()
    stream = make_stream(login=word)
    wrong = FeedSource("door", "正门", stream.url)
    right = FeedSource("door", "正门", stream.url.replace("//", "//看守:钥匙@"))
    grid.set_sources([wrong])
    stands(qtbot, grid, "door", FeedState.LOST)
    assert grid.standings()["door"].cause is Cause.CANNOT_OPEN
    grid.set_sources([right])
    stands(qtbot, grid, "door", FeedState.LIVE)
    stream.cut()
    stands(qtbot, grid, "door", FeedState.LOST)
    said = "".join(capfd.readouterr()) + repr(right) + sentence(grid.standings()["door"])
    for part in ("钥匙", "%E9%92%A5"):
        assert part not in said


def test_a_picture_is_the_frame_on_show_with_its_moment(
    qtbot: QtBot, grid: FeedGrid, make_stream: Make
) -> None:
    stream = make_stream()
    grid.set_sources([FeedSource("door", "正门", stream.url)])
    with qtbot.waitSignal(grid.nothing_taken, timeout=PATIENCE_MS):
        grid.take("door")
    stands(qtbot, grid, "door", FeedState.LIVE)
    with qtbot.waitSignal(grid.taken, timeout=PATIENCE_MS) as heard:
        qtbot.mouseClick(grid.tile("door").take_button, Qt.MouseButton.LeftButton)
    taken: Picture = heard.args[0]
    image = QImage.fromData(taken.data)
    assert (image.width(), image.height()) == (taken.width, taken.height) == (320, 180)
    assert taken.live
    assert abs(taken.at - time.time()) < 5
    stream.cut()
    stands(qtbot, grid, "door", FeedState.LOST)
    last = grid.standings()["door"].last_at
    with qtbot.waitSignal(grid.taken, timeout=PATIENCE_MS) as heard:
        grid.take("door")
    assert not heard.args[0].live
    assert heard.args[0].at == last


class Beat(QObject):
    """The longest time that the UI thread was away, milliseconds. `beaten`: after each second."""

    beaten = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.worst = 0.0
        self._last = self._begun = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(2)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.worst = max(self.worst, (now - self._last) * 1000)
        self._last = now

        if now - self._begun > 1.0:
            self._begun = now
            self.beaten.emit()

    def begin(self) -> None:
        self.worst, self._last = 0.0, time.perf_counter()
        self._begun = self._last


def test_no_line_holds_up_the_window(qtbot: QtBot, grid: FeedGrid, make_stream: Make) -> None:
    """Four feeds that hang and are let go: leaving each takes up to a tenth of a second, and none
    of it on the UI thread. The machine may be busy with something else, so the best of a few."""
    streams = [make_stream("mjpeg") for _ in range(2)]
    sources = [
        FeedSource(f"{n}", f"图像{n}", stream.url, n)
        for n, stream in enumerate([*streams, *streams])
    ]
    grid.set_sources(sources)
    beat, worst = Beat(), []
    for _ in range(ROUNDS):
        for stream in streams:
            stream.go_on()
        grid.set_watching(True)
        for n in range(4):
            stands(qtbot, grid, f"{n}", FeedState.LIVE)
        for stream in streams:
            stream.hold()
        for n in range(4):
            stands(qtbot, grid, f"{n}", FeedState.FROZEN)
        beat.begin()
        grid.set_watching(False)
        with qtbot.waitSignal(beat.beaten, timeout=PATIENCE_MS):
            pass
        worst.append(beat.worst)
        if worst[-1] < STALL_MS:
            break
    assert min(worst) < STALL_MS


def test_sound_is_off_until_it_is_asked_for(
    qtbot: QtBot, grid: FeedGrid, make_stream: Make
) -> None:
    stream = make_stream("sound")
    grid.set_sources([FeedSource("door", "正门", stream.url)])
    stands(qtbot, grid, "door", FeedState.LIVE)
    tile = grid.tile("door")
    qtbot.waitUntil(tile.sound_button.isVisible, timeout=PATIENCE_MS)
    assert tile.watch.muted
    qtbot.mouseClick(tile.sound_button, Qt.MouseButton.LeftButton)
    assert not tile.watch.muted
    with qtbot.waitSignal(tile.watch.shown, timeout=PATIENCE_MS):
        pass  # it goes on, also on a machine without a sound card
    assert grid.standings()["door"].state is FeedState.LIVE


def test_a_grid_that_nobody_sees_lets_its_lines_go(
    qtbot: QtBot, grid: FeedGrid, make_stream: Make
) -> None:
    stream = make_stream("mjpeg")
    grid.set_sources([FeedSource("door", "正门", stream.url)])
    stands(qtbot, grid, "door", FeedState.LIVE)
    grid.rest_after(0)
    grid.hide()
    stands(qtbot, grid, "door", FeedState.OFF)
    assert grid.standings()["door"].last_at is not None
    grid.show()
    stands(qtbot, grid, "door", FeedState.LIVE)
