"""Keeps the desk in exchange with its hub and knows, at every moment, how that stands. UI thread.

Rounds run on the network lane, one after another; this object says when: every three seconds, at
once when somebody rang the hub's bell or something was written here, and after a failure by the
retry's jitter. Between two rounds a socket notifier listens, so no thread waits for the network.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

from desktop.background import sync_wiring as wired
from desktop.background import sync_words as words
from desktop.background.lanes import LaneFullError, Task
from desktop.background.requests import Errand, OpenRequests, Request
from desktop.background.sync_session import SyncSession
from desktop.background.sync_wiring import Desk, Wiring
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.sync import HubCall, Phase, SyncState
from desktop.errors import DeskError
from storage.faults import ReplicaFault
from storage.records.changes import ChangeSet
from storage.sync import claims
from storage.sync.counts import Counts
from storage.sync.pace import OUTAGE_S, Retry
from storage.sync.port import (
    DeviceRevoked,
    Guarded,
    LoginRefused,
    OlderHub,
    OtherHub,
    Stopped,
    SyncFault,
    Unreachable,
)

if TYPE_CHECKING:
    from desktop.background.sync_exchange import Exchange, Outcome

T = TypeVar("T")
A = TypeVar("A")

ROUND_S: Final = 24 * 3600.0
ASK_S: Final = 30.0
REFUSED_S: Final = 300.0  # a locked account may be unlocked, a right granted
FIELD_IDLE_S: Final = 60.0
BELL_S: Final = 0.3  # desks that hear one bell do not all ask in the same instant
# Phases in which nothing begins by itself.
_RESTING: Final[frozenset[Phase]] = frozenset(("off", "paused", "revoked", "guarded"))


class SyncDriver(QObject):
    """Implements desktop.contract.sync.SyncDoor."""

    changed = Signal(object)  # SyncState
    revoked = Signal(str)  # the sentence; the store is to be erased
    rounded = Signal(object)  # Outcome, after each complete round

    def __init__(self, desk: Desk, wiring: Wiring, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._wiring = wiring
        self._local = wiring.session.actor
        self._state = SyncState("off", "")
        self._counts = Counts()
        self._retry = Retry(wiring.chance)
        self._exchange: Exchange | None = None
        self._life = 0  # answers of an exchange that was ended are dropped
        self._on_lane = 0
        self._wanted: float | None = None  # a round was asked for while the lane was busy
        self._reached_by = ("", "", False)
        self._failed_at: datetime | None = None
        self._staying = False
        self._waited = False  # after an outage: the random start has been waited for
        self._tried = 0  # the newest bundle that the last round could have sent
        self._moved_at = time.monotonic()
        self._told_of_claim = False
        self._notifier: QSocketNotifier | None = None
        self._questions = OpenRequests(self)
        self._questions.expired.connect(self._on_expired)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._begin)
        self._set_phase("off")
        desk.written.connect(self.recount)

    # The door

    def state(self) -> SyncState:
        """See SyncDoor."""
        return self._state

    def sync_now(self) -> None:
        """See SyncDoor. Also ends a pause."""
        if self._state.phase == "paused":
            self.pause(paused=False)
        elif self._state.phase not in _RESTING:
            self._retry.worked()
            self._waited = True
            self._wake(0.0)

    def pause(self, paused: bool) -> None:
        """See SyncDoor."""
        self._desk.set_setting("hub_paused", "1" if paused else "0")
        exchange = self._exchange
        if exchange is None:
            return
        if paused:
            self._life += 1
            self._timer.stop()
            exchange.stop()
            self._set_phase("paused", next_try=None)
            self._hang_up(exchange)
        else:
            self._configure(*self._reached_by)

    def stay(self, on: bool) -> None:
        """See SyncDoor."""
        self._staying = on
        if on and self._state.phase == "current":
            self._wake(0.0)

    def connect_to(self, dsn: str, password: str, *, remember: bool) -> None:
        """See SyncDoor. Raises ValueError for a string that is none."""
        from storage.sync import login  # noqa: PLC0415

        bare, _user = login.parted(dsn)
        self._desk.set_setting("hub_dsn", bare)
        self._desk.set_setting("hub_paused", "0")
        self._configure(dsn, password, remember)

    def disconnect(self) -> None:  # type: ignore[override]
        """See SyncDoor; QObject's own of this name is not used."""
        self._desk.set_setting("hub_dsn", "")
        self._configure("", "", False)

    def claim(self) -> None:
        """See SyncDoor."""
        who, local, session = self._state.who, self._local, self._wiring.session
        if self._exchange is not None and who and self._state.to_claim:
            self._run(lambda: claims.claim(session, local, who), lambda _n: self.recount())

    def confirm(self) -> None:
        """See SyncDoor."""
        if self._exchange is not None and self._state.phase == "guarded":
            self._exchange.allowed = True
            self._set_phase("connecting")
            self._wake(0.0)

    def ask(
        self,
        owner: Any,
        question: Callable[[HubCall, A], T],
        args: A,
        on_result: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """See SyncDoor. No answer within 30 s is a refusal."""
        exchange = self._exchange
        request = Request(owner, None, ASK_S, on_result, on_error)
        self._questions.begin(request)
        if exchange is None:
            self._refuse(request, words.not_set_up())
            return
        errand = Errand(request, lambda: exchange.ask(question, args))

        def work() -> Callable[[], None]:
            errand.run(lambda: Stopped(words.not_connected()))
            return lambda: self._on_answer(errand)

        if not self._submit(request.task, work):
            self._refuse(request, words.not_connected())

    # The desk's own use

    def start(self) -> None:
        """Begins with the hub of the command line, else of the settings."""
        self._desk.read(self, "sync-last", wired.last_contact, None, self._on_last, wired.ignore)
        given = self._wiring.given
        try:
            self._configure(given or self._desk.setting("hub_dsn"), "", False)
        except ValueError as wrong:
            self._set_phase("refused", str(wrong))

    def recount(self) -> None:
        """Counts what waits; own work is then on its way at once."""
        asked = (self._local, self._state.who)
        self._desk.read(self, "sync", wired.count_for, asked, self._on_counts, wired.ignore)

    def tell_wiped(self) -> Callable[[], None]:
        """What tells the hub that this device's store is erased; for a thread of its own."""
        exchange = self._exchange
        return exchange.tell_wiped if exchange is not None else lambda: None

    def close(self) -> None:
        """No more rounds; the connection ends with the lane."""
        self._life += 1
        self._timer.stop()
        self._questions.stop()
        self._drop_exchange()

    # Setting up

    def _configure(self, dsn: str, password: str, remember: bool) -> None:
        """Ends the exchange there is and begins another, or none."""
        self._life += 1
        self._timer.stop()
        self._drop_exchange()
        self._waited = False
        self._wanted = self._failed_at = None
        self._tried = 0
        self._retry.worked()
        self._reached_by = (dsn, password, remember)
        if not dsn:
            self._wiring.session.actor = self._local
            self._set_phase("off", dsn="", who="", roles=(), scopes=(), next_try=None)
            self.recount()
            return
        from storage.sync import login  # noqa: PLC0415  A desk that works alone needs no psycopg.

        bare, user = login.parted(dsn)
        if user:
            # From here on bundles carry the login, also before the hub is reached.
            self._wiring.session.actor = user
        self._exchange = self._made(bare, password or login.password_in(dsn), remember)
        self._set_phase("connecting", dsn=bare, who=user, next_try=None)
        self.recount()
        if self._desk.setting("hub_paused") == "1":
            self._set_phase("paused")
        else:
            self._wake(self._wiring.chance.uniform(0.0, BELL_S))

    def _made(self, bare: str, password: str | None, remember: bool) -> Exchange:
        # A desk that works alone shall not wait for it at the start.
        from desktop.background.sync_exchange import Exchange  # noqa: PLC0415

        stopped = threading.Event()
        wiring, life = self._wiring, self._life
        session = SyncSession(wiring.session, stopped.is_set, self._announce)
        return Exchange(
            session,
            lambda: wiring.reach(session, bare, password, remember),
            lambda phase, n: wiring.hub.post(partial(self._on_phase, life, phase, n)),
            name=socket.gethostname(),
            app_ver=wiring.app_ver,
            stopped=stopped,
        )

    def _drop_exchange(self) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.stop()
            self._hang_up(exchange)

    # Rounds

    def _wake(self, delay_s: float) -> None:
        """A round in so many seconds, or sooner if one was to begin sooner."""
        if self._state.phase in _RESTING or self._exchange is None:
            return
        if self._on_lane:
            self._wanted = delay_s if self._wanted is None else min(self._wanted, delay_s)
            return
        wanted = max(0, int(delay_s * 1000))
        if not self._timer.isActive() or self._timer.remainingTime() > wanted:
            self._timer.start(wanted)

    def _begin(self) -> None:
        exchange = self._exchange
        if exchange is None or self._state.phase in _RESTING:
            return
        if self._on_lane:
            self._wanted = 0.0
            return
        outage = not self._waited and not self._is_field() and self._outage_s() >= OUTAGE_S
        self._tried = max(self._tried, self._counts.mine)
        self._run(partial(exchange.round, only_hello=outage), self._on_round)

    def _run(self, do: Callable[[], T], on_done: Callable[[T], None]) -> None:
        """Runs `do` on the network lane; its faults end in `_on_fault`."""
        life = self._life

        def work() -> Callable[[], None]:
            try:
                result = do()
            except BaseException as fault:
                caught = fault
                return lambda: self._on_fault(caught) if life == self._life else None
            return lambda: on_done(result) if life == self._life else None

        self._submit(Task(ROUND_S), work)

    def _hang_up(self, exchange: Exchange) -> None:
        def work() -> Callable[[], None]:
            exchange.close()
            return lambda: None

        self._submit(Task(ROUND_S, must_finish=True), work)

    def _submit(self, task: Task, work: Callable[[], Callable[[], None]]) -> bool:
        """`work` runs on the lane and gives what follows here; False when the lane takes no more.

        The notifier is silent meanwhile: the lane may open or close its socket.
        """
        self._listen(None)

        def run() -> None:
            follow = work()
            self._wiring.hub.post(lambda: self._on_landed(follow))

        try:
            accepted = self._wiring.lane.submit(task, run)
        except LaneFullError:
            accepted = False
        self._on_lane += accepted
        return accepted

    def _on_landed(self, follow: Callable[[], None]) -> None:
        self._on_lane -= 1
        try:
            follow()
        finally:
            if not self._on_lane:
                wanted, self._wanted = self._wanted, None
                if wanted is not None:
                    self._wake(wanted)
                self._listen(self._exchange.fileno() if self._exchange is not None else None)

    def _listen(self, fileno: int | None) -> None:
        """Between two calls: whatever makes the socket readable is a reason to look."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if fileno is not None and not self._on_lane:
            self._notifier = QSocketNotifier(fileno, QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._on_bell)

    def _on_bell(self) -> None:
        self._listen(None)
        self._wake(self._wiring.chance.uniform(0.0, BELL_S))

    # What comes back

    def _on_phase(self, life: int, phase: Phase, number: int) -> None:
        if life == self._life and self._on_lane:
            self._set_phase(phase, number=number)

    def _on_round(self, outcome: Outcome) -> None:
        told = outcome.told
        self._wiring.session.actor = told.who
        now, facts = datetime.now(COURT_ZONE), wired.facts_of(told)
        if outcome.deferred:
            self._waited = True
            wait_s = self._wiring.chance.uniform(0.0, OUTAGE_S)
            start = now + timedelta(seconds=wait_s)
            self._set_phase("connecting", words.deferred(start), next_try=start, **facts)
            self._wake(wait_s)
            return
        self._retry.worked()
        self._failed_at = None
        self._waited = False
        if outcome.moved:
            self._moved_at = time.monotonic()
        phase: Phase = "current" if outcome.may_write else "upgrade"
        self._set_phase(phase, synced_at=now, next_try=None, **facts)
        self.recount()
        self.rounded.emit(outcome)
        for sentence in outcome.bodies.said:
            self._desk.notify(sentence, level="warning")
        quiet = not outcome.more and time.monotonic() - self._moved_at >= FIELD_IDLE_S
        if quiet and self._is_field() and not self._staying:
            if self._exchange is not None:
                self._hang_up(self._exchange)
            self._wake(self._retry.poll(FIELD_IDLE_S))
        else:
            self._wake(0.0 if outcome.more else self._retry.poll())

    def _on_fault(self, fault: BaseException) -> None:
        if isinstance(fault, Stopped):
            return
        if isinstance(fault, DeviceRevoked):
            self._set_phase("revoked", fault.sentence, next_try=None)
            self.revoked.emit(fault.sentence)
            return
        if isinstance(fault, OtherHub | Guarded):
            self._set_phase("guarded", fault.sentence, next_try=None)
            return
        refused = isinstance(fault, LoginRefused | OlderHub)
        delay_s = REFUSED_S if refused else self._retry.failed()
        if isinstance(fault, LoginRefused) and fault.kind == "password":
            # Another wrong try could lock the account; a person has to type it.
            self._set_phase("refused", fault.sentence, next_try=None)
            return
        now = datetime.now(COURT_ZONE)
        self._failed_at = self._failed_at or now
        phase: Phase = "refused" if refused else "offline"
        next_try = now + timedelta(seconds=delay_s)
        self._set_phase(phase, self._said(fault), next_try=next_try)
        self.recount()
        self._wake(delay_s)

    def _said(self, fault: BaseException) -> str:
        """The fault's own sentence; none where the phase's says all."""
        if isinstance(fault, Unreachable):
            return ""
        if isinstance(fault, SyncFault):
            return fault.sentence
        if isinstance(fault, DeskError | ReplicaFault):
            return str(fault)
        self._wiring.on_crash(fault)
        return words.crashed()

    def _on_counts(self, counts: Counts) -> None:
        self._counts = counts
        who = self._state.who
        question = (
            words.claim_question(counts.to_claim, self._local, who) if counts.to_claim else ""
        )
        self._set(
            replace(
                self._state,
                pending=counts.pending,
                held=counts.held,
                oldest=counts.oldest,
                to_claim=counts.to_claim,
                claim_sentence=question,
            )
        )
        phase = self._state.phase
        if question and phase == "current" and not self._told_of_claim:
            self._told_of_claim = True
            self._desk.notify(question, level="warning")
        resting = phase in ("offline", "refused", "upgrade") or self._state.next_try
        if counts.mine > self._tried and not resting:
            self._wake(0.0)

    def _on_last(self, at: datetime | None) -> None:
        if at is not None and self._state.synced_at is None:
            self._set_phase(self._state.phase, self._state.sentence, synced_at=at)

    def _on_answer(self, errand: Errand) -> None:
        request, answer, fault = errand.unpack()
        if fault is None:
            if self._questions.end(request) and request.wanted:
                request.on_result(answer)
            return
        if isinstance(fault, Stopped):
            self._refuse(request, words.not_connected())
            return
        if isinstance(fault, Unreachable) and self._state.phase == "current":
            self._wake(0.0)
        self._refuse(request, self._said(fault) or str(fault))

    def _on_expired(self, request: Request) -> None:
        self._refuse(request, words.took_too_long())

    def _refuse(self, request: Request, sentence: str) -> None:
        if not self._questions.end(request) or not request.wanted:
            return
        if request.on_error is not None:
            request.on_error(sentence)
        else:
            self._desk.notify(sentence, level="error")

    def _announce(self, changes: ChangeSet) -> None:
        """Network lane."""
        self._wiring.hub.post(lambda: self._desk.announce(changes))

    # The state

    def _set_phase(
        self, phase: Phase, sentence: str = "", *, number: int = 0, **facts: Any
    ) -> None:
        state = replace(self._state, phase=phase, **facts)
        said = sentence or words.sentence(phase, state, self._failed_at, number)
        self._set(replace(state, sentence=said))

    def _set(self, state: SyncState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit(state)

    def _is_field(self) -> bool:
        """A laptop that goes out: it has no share in the hub's busy moments."""
        return "field" in self._state.roles and -1 not in self._state.scopes

    def _outage_s(self) -> float:
        if self._failed_at is None:
            return 0.0
        return (datetime.now(COURT_ZONE) - self._failed_at).total_seconds()
