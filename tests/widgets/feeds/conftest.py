"""Real streams, and a grid that has ended all its players when a test is over."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.widgets.feeds.streams import FFMPEG, HttpStream, RtspStream
from widgets.feeds import FeedGrid
from widgets.feeds.course import Limits
from widgets.feeds.watch import living_threads

# What QtMultimedia says of a machine without graphics card, sound server or screen recording.
NOISE = (
    r"(QRhi.*|.*pipewire.*|.*HW decoder.*|[Pp]ulse.*|.*FFmpeg.*|.*ALSA.*|No audio.*|Demuxing.*"
    r"|.*media.*)"
)
QUICK = Limits(frozen_s=0.8, open_s=15.0, dead_s=2.0, behind_s=0.4, waits=(0.3, 0.6, 1.0))
PATIENCE_MS = 30_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "feeds" in item.path.parts:
            item.add_marker(pytest.mark.qt_log_ignore(NOISE))


@pytest.fixture
def make_stream() -> Iterator[Callable[..., HttpStream | RtspStream]]:
    """Begins streams: a kind of HttpStream, or "rtsp"."""
    if FFMPEG is None:
        pytest.skip("no ffmpeg on this machine")
    begun: list[HttpStream | RtspStream] = []

    def make(kind: str = "mpegts", **options: str) -> HttpStream | RtspStream:
        made = RtspStream() if kind == "rtsp" else HttpStream(kind, **options)
        begun.append(made)
        return made

    yield make
    for stream in begun:
        stream.close()


@pytest.fixture
def grid(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[FeedGrid]:
    """A grid on screen that finds out quickly. Its parameter: other limits."""
    pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
    # The streams of the tests are thin: by the size of a camera's they would be probed for seconds.
    monkeypatch.setattr("widgets.feeds.eye.PROBE_BYTES", 8_192)
    made = FeedGrid(limits=getattr(request, "param", QUICK))
    made.resize(960, 540)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.set_sources(())
    qtbot.waitUntil(lambda: living_threads() == 0, timeout=PATIENCE_MS)
    made.deleteLater()
