"""What a panel asked for and has not had an answer to yet. UI thread, except `Request.task`.

A request knows its owner and its channel. The newest request of an owner's channel replaces the
older one: the older query is interrupted and its answer dropped. Nothing is delivered to an owner
whose window is gone.
"""

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from desktop.background.lanes import Rank, Task

IDLE_MS: Final = 150
CHECK_MS: Final = 500
# A list asks for its page a paint after its ids have come; a shorter pause would fall between.
CAUGHT_UP_MS: Final = 30


class Request:
    """One open question. `on_result` and `on_error` are called at most once between them."""

    def __init__(
        self,
        owner: Any,
        channel: str | None,
        deadline_s: float,
        on_result: Callable[[Any], None],
        on_error: Callable[[str], None] | None,
        *,
        must_finish: bool = False,
        rank: Rank = Rank.USUAL,
    ) -> None:
        # The strong reference keeps id(owner) from being reused while the question is open.
        self.owner = owner
        self.channel = channel
        self.task = Task(deadline_s, must_finish=must_finish, rank=rank)
        self.on_result = on_result
        self.on_error = on_error
        self.stale = False

    @property
    def alive(self) -> bool:
        """Whether the owner still has its Qt half."""
        return not isinstance(self.owner, QObject) or isValid(self.owner)

    @property
    def wanted(self) -> bool:
        """Whether anybody still waits for the answer."""
        return not self.stale and self.alive


class Errand:
    """A request on its way to a lane and back.

    A lane's thread may hold the last reference to an errand, so an errand that has come back is
    emptied on the UI thread: a part of the window that dies with its last reference must die
    there. That goes for the owner, for a query bound to it, for the frames of a traceback.
    """

    def __init__(self, request: Request, work: Callable[[], Any]) -> None:
        self.task = request.task
        self._request: Request | None = request
        self._work: Callable[[], Any] | None = work
        self._result: Any = None
        self._fault: BaseException | None = None

    def run(self, dropped: Callable[[], BaseException]) -> None:
        """Lane thread. Keeps the answer, or the fault; `dropped` makes that of unwanted work."""
        assert self._request is not None
        assert self._work is not None
        unwanted = not self._request.alive and not self.task.must_finish
        if self.task.cancelled or unwanted:
            self._fault = dropped()
            return
        try:
            self._result = self._work()
        except BaseException as fault:
            # The traceback's frames hold a session; without it the report would lose the place.
            self._fault = fault

    def unpack(self) -> tuple[Request, Any, BaseException | None]:
        """UI thread: request, result, fault; leaves nothing behind for the lane to destroy."""
        request, result, fault = self._request, self._result, self._fault
        assert request is not None, "an errand comes back once"
        self._request = self._work = self._result = self._fault = None
        return request, result, fault


class OpenRequests(QObject):
    """Keeps the open requests, replaces stale ones, watches deadlines, tells when all is quiet."""

    idle = Signal()  # nothing was outstanding for IDLE_MS
    caught_up = Signal()  # nothing of the first rank was outstanding for CAUGHT_UP_MS
    expired = Signal(object)  # a Request whose deadline has passed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.begun = 0  # how many were ever asked
        self._open: set[Request] = set()
        self._newest: dict[tuple[int, str], Request] = {}
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(IDLE_MS)
        self._quiet.timeout.connect(self._on_quiet)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(CAUGHT_UP_MS)
        self._pause.timeout.connect(self.caught_up)
        self._watch = QTimer(self)
        self._watch.setInterval(CHECK_MS)
        self._watch.timeout.connect(self._check_deadlines)

    @property
    def outstanding(self) -> int:
        """How many requests have no answer yet."""
        return len(self._open)

    def begin(self, request: Request) -> None:
        """Opens a request and makes the older one of its channel stale."""
        if request.channel is not None:
            key = (id(request.owner), request.channel)
            older = self._newest.get(key)
            if older is not None:
                older.stale = True
                older.task.cancel()
            self._newest[key] = request
        self._open.add(request)
        self.begun += 1
        self._quiet.stop()
        if request.task.rank == Rank.FIRST:
            self._pause.stop()
        if not self._watch.isActive():
            self._watch.start()

    def end(self, request: Request) -> bool:
        """Closes a request; False when it was closed before (its deadline had passed)."""
        if request not in self._open:
            return False
        self._open.discard(request)
        if request.channel is not None:
            key = (id(request.owner), request.channel)
            if self._newest.get(key) is request:
                del self._newest[key]
        if request.task.rank == Rank.FIRST:
            self.look_up()
        if not self._open:
            self._watch.stop()
            self._quiet.start()
        return True

    def look_up(self) -> None:
        """Emits `caught_up` after its pause unless something of the first rank is asked."""
        if not any(request.task.rank == Rank.FIRST for request in self._open):
            self._pause.start()

    def stop(self) -> None:
        """No more timers; the desk quits."""
        self._quiet.stop()
        self._pause.stop()
        self._watch.stop()
        for request in self._open:
            request.stale = True

    def settle(self) -> None:
        """Emits `idle` after the quiet time even if nothing was ever asked."""
        if not self._open:
            self._quiet.start()

    def _on_quiet(self) -> None:
        if not self._open:
            self.idle.emit()

    def _check_deadlines(self) -> None:
        for request in [one for one in self._open if one.task.late]:
            request.task.cancel()
            self.expired.emit(request)
