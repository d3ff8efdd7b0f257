"""Joins a feed's course with a player in its thread. UI thread.

QtMultimedia is loaded when the first feed is opened: a desk that shows no pictures pays nothing,
and a machine that lacks its libraries says so in the feed's place.
"""

import atexit
import time
from typing import TYPE_CHECKING, ClassVar, Final

from PySide6.QtCore import QObject, QSize, QThread, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QImage

from widgets.feeds.course import LIMITS, Act, Course, Limits
from widgets.feeds.records import Cause, FeedSource, FeedState, Picture, Standing

if TYPE_CHECKING:
    from widgets.feeds.eye import Eye

TICK_MS: Final = 250
_GRID_PACE_MS: Final = 80
_LARGE_PACE_MS: Final = 35
_END_WAIT_MS: Final = 2_000


class _Seat(QObject):
    """A player and its thread, held until the thread has ended."""

    living: ClassVar[list["_Seat"]] = []

    def __init__(self, eye: "Eye") -> None:
        super().__init__()
        self.eye = eye
        self.thread_ = QThread()
        self.thread_.setObjectName("feed")
        eye.moveToThread(self.thread_)
        self.thread_.finished.connect(self._ended)
        self.living.append(self)
        self.thread_.start()

    @Slot()
    def _ended(self) -> None:
        self.thread_.wait()
        if self in self.living:
            self.living.remove(self)

    def ask_end(self) -> None:
        """Has the player end; what comes after the program's own end is too late to matter."""
        if self in self.living:
            self.eye.ask_end.emit()

    def end_now(self) -> None:
        """The program ends: whoever still waits for a network then is ended with it."""
        if not self.thread_.wait(_END_WAIT_MS):
            self.thread_.terminate()
            self.thread_.wait(_END_WAIT_MS)


def living_threads() -> int:
    """How many players have not ended yet."""
    return len(_Seat.living)


def _end_all() -> None:
    seats = list(_Seat.living)
    for seat in seats:
        seat.ask_end()
    for seat in seats:
        seat.end_now()
    _Seat.living.clear()


def _begin() -> _Seat:
    """A player in a new thread. Raises ImportError where QtMultimedia cannot be loaded."""
    from widgets.feeds.eye import Eye  # noqa: PLC0415 (loads QtMultimedia, see the module)

    if not _Seat.living:
        # A program may end without its event loop's farewell (a screenshot, an error).
        atexit.unregister(_end_all)
        atexit.register(_end_all)
    return _Seat(Eye())


def line_url(url: str, tries: int) -> str:
    """The address for a try: RTSP goes over the one line first (TCP), which firewalls let through,
    and by datagrams every second time, for cameras that know nothing else."""
    parsed = QUrl(url)
    if parsed.scheme() in ("rtsp", "rtsps") and tries % 2 == 0:
        asked = parsed.query(QUrl.ComponentFormattingOption.FullyEncoded)
        parsed.setQuery(f"{asked}&tcp" if asked else "tcp")  # FFmpeg takes its own word out again
    return parsed.toString(QUrl.ComponentFormattingOption.FullyEncoded)


class FeedWatch(QObject):
    """Watches one feed. `changed` when its standing did, `shown` when there is a new picture."""

    changed = Signal()
    shown = Signal()
    taken = Signal(object)  # Picture, or None when there is none yet

    def __init__(
        self,
        source: FeedSource,
        parent: QObject | None = None,
        *,
        limits: Limits = LIMITS,
    ) -> None:
        super().__init__(parent)
        self.source = source
        self.picture: QImage | None = None
        self.memory: tuple[QImage, float] | None = None  # kept from before, with its moment
        self.muted = True
        self._course = Course(time.monotonic, limits)
        self._eye: Eye | None = None
        self._line = 0
        self._taking = 0
        self._room = (QSize(640, 360), _GRID_PACE_MS)
        self._has_sound = False
        self._told: Standing | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        # The signal of our death must reach the player although we are gone by then.
        self._held: list[_Seat] = []
        held = self._held

        def end() -> None:
            for seat in held:
                seat.ask_end()

        self.destroyed.connect(end)

    # What the grid asks

    @property
    def standing(self) -> Standing:
        """How it stands now."""
        course, left = self._course, self._course.retry_in()
        return Standing(
            course.state,
            course.cause,
            course.last_at,
            None if left is None else int(left + 0.999),
            course.tries,
            self._has_sound,
        )

    def start(self) -> None:
        """Begins to watch, or goes on."""
        if self._course.state is FeedState.UNAVAILABLE:
            return
        self._timer.start()
        self._do(self._course.start())

    def stop(self) -> None:
        """Lets the line go; the last picture stays, with its moment."""
        self._timer.stop()
        self._do(self._course.stop())

    def retry(self) -> None:
        """Tries now."""
        self._do(self._course.retry())

    def set_source(self, source: FeedSource) -> None:
        """Another name, cell or address of the same feed; only the address opens it again."""
        was, self.source = self.source, source
        if source.url != was.url and self._course.state not in (
            FeedState.OFF,
            FeedState.UNAVAILABLE,
        ):
            self._do(self._course.stop())
            self._do(self._course.start())
        elif source != was:
            self.changed.emit()

    def set_room(self, size: QSize, *, large: bool) -> None:
        """How large the tile is, in pixels of the screen; a large one moves more smoothly."""
        room = (size, _LARGE_PACE_MS if large else _GRID_PACE_MS)
        if room != self._room:
            self._room = room
            if self._eye is not None:
                self._eye.ask_room.emit(*room)

    def set_muted(self, muted: bool) -> None:
        """Sound off or on."""
        self.muted = muted
        if self._eye is not None:
            self._eye.ask_sound.emit(not muted)
        self.changed.emit()

    def take(self) -> None:
        """Asks for the picture as it is now, whole; `taken` brings it."""
        if self._eye is None or self.picture is None:
            self.taken.emit(None)
            return
        self._taking += 1
        self._eye.ask_take.emit(self._taking)

    # Inside

    def _do(self, act: Act) -> None:
        if act is Act.OPEN:
            self._line += 1
            self._has_sound = False  # until this line says so
            eye = self._eye or self._make_eye()
            if eye is not None:
                eye.ask_open.emit(self._line, line_url(self.source.url, self._course.tries))
                eye.ask_sound.emit(not self.muted)
        elif act is Act.CLOSE:
            self._line += 1
            if self._eye is not None:
                self._eye.ask_close.emit()
        self._tell()

    def _make_eye(self) -> "Eye | None":
        try:
            seat = _begin()
        except ImportError:
            self._timer.stop()
            self._course.unavailable()
            return None
        eye = self._eye = seat.eye
        self._held.append(seat)
        eye.shown.connect(self._on_shown)
        eye.broke.connect(self._on_broke)
        eye.sounding.connect(self._on_sounding)
        eye.taken.connect(self._on_taken)
        eye.ask_room.emit(*self._room)
        return eye

    def _tick(self) -> None:
        self._do(self._course.tick())

    def _tell(self) -> None:
        standing = self.standing
        told = self._told
        self._told = standing
        # The moment moves with each frame; while it is live nobody waits to be told that.
        if told is None or _without_moment(told) != _without_moment(standing):
            self.changed.emit()

    def _on_shown(self, line: int, picture: QImage, moment: float, came: float, stamp: int) -> None:
        if self._eye is not None:
            self._eye.room = True
        if line != self._line:
            return
        act = self._course.frame(moment, stamp, came)
        self.picture = picture
        self._do(act)
        self.shown.emit()

    def _on_broke(self, line: int, cause: str) -> None:
        if line == self._line:
            self._do(self._course.broke(Cause(cause)))

    def _on_sounding(self, line: int, on: bool) -> None:
        if line == self._line and on != self._has_sound:
            self._has_sound = on
            self._tell()

    def _on_taken(self, number: int, made: tuple[bytes, float, int, int] | None) -> None:
        if number != self._taking:
            return
        if made is None:
            self.taken.emit(None)
            return
        data, moment, width, height = made
        live = self._course.state is FeedState.LIVE
        self.taken.emit(Picture(self.source.id, data, moment, width, height, live))


def _without_moment(standing: Standing) -> tuple[object, ...]:
    moment = None if standing.state is FeedState.LIVE else standing.last_at
    return (
        *(standing.state, standing.cause, standing.retry_s, standing.tries, standing.has_sound),
        moment,
    )
