"""What the network lane does for one hub and one login. Free of Qt.

One connection stays open. A look that brings nothing costs the hub one call and this device no
write; once a minute the device says hello, so that the hub knows what waits here and since when.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeVar

from desktop.background.sync_bodies import Bodies, Carried
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.sync import HubCall, Phase
from storage.session import Session
from storage.sync import engine, heads, packs, pull, spent
from storage.sync.counts import count
from storage.sync.pace import BatchSize
from storage.sync.port import Hello, Remote, Stopped, SyncFault

T = TypeVar("T")
A = TypeVar("A")
HELLO_S: Final = 60.0


class Link(Remote, Protocol):
    """A remote that keeps a connection."""

    @property
    def connected(self) -> bool:
        """Whether a connection stands."""
        ...

    def call(self, function: str, *values: Any) -> Any:
        """Calls a function of the hub by name."""
        ...

    def fileno(self) -> int | None:
        """What becomes readable when the hub has something to say."""
        ...

    def rang(self) -> bool:
        """Whether the bell was rung during the calls since this was last asked."""
        ...

    def close(self) -> None:
        """Ends the connection; the next call opens one."""
        ...

    def stop(self) -> None:
        """Breaks off what is under way, for good. Any thread."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a round ended. `deferred`: only said hello, as asked; `moved`: something came or went;
    `bodies`: what was carried of attachments; `rang`: somebody wrote while it was under way."""

    told: Hello
    done: engine.Round
    may_write: bool
    deferred: bool = False
    bodies: Carried = field(default_factory=Carried)
    rang: bool = False

    @property
    def more(self) -> bool:
        """Whether another round has something to do at once."""
        return self.rang or self.bodies.more

    @property
    def moved(self) -> bool:
        """Whether this round had anything to do."""
        return bool(self.done.pulled or self.done.pushed or self.done.whole)


class Exchange:
    """Runs rounds and questions, one after another; `tell` hears phases with a number of bundles.

    `stop` may be called on any thread.
    """

    def __init__(
        self,
        session: Session,
        make_link: Callable[[], Link],
        tell: Callable[[Phase, int], None],
        *,
        name: str = "",
        app_ver: str = "",
        stopped: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._make_link = make_link
        self._tell = tell
        self._name = name
        self._app_ver = app_ver
        self._clock = clock
        self._stopped = stopped or threading.Event()
        self._link: Link | None = None
        self._told: Hello | None = None
        self._greeted_at = 0.0
        self._kept_at = 0.0
        self._size = BatchSize()
        self._tidied: date | None = None
        self._bodies = Bodies(session, make_link, clock)
        self.allowed = False  # a person has confirmed what the last round refused to do alone

    def stop(self) -> None:
        """Ends what is under way within a fraction of a second. Any thread."""
        self._stopped.set()
        link = self._link
        if link is not None:
            link.stop()
        self._bodies.stop()

    def close(self) -> None:
        """Ends the connection; the next round opens one."""
        if self._link is not None:
            self._link.close()
        self._bodies.close()

    def fileno(self) -> int | None:
        """What becomes readable when the hub has something to say. While the lane is idle."""
        return None if self._link is None else self._link.fileno()

    def round(self, *, only_hello: bool = False) -> Outcome:
        """Hello when it is due, then push and pull. Raises a SyncFault where it had to stop."""
        # Also where the hub cannot be reached: a field pack ends by its day, not by a line.
        packs.expire(self._session)
        link = self._ready()
        if not link.connected:
            self._tell("connecting", 0)
        done = engine.Round()
        told, fresh = self._greeted(link, only_hello=only_hello)
        may_write = told.may_write(self._session.replica.schema_version)
        if only_hello:
            return Outcome(told, done, may_write, deferred=True)
        if fresh:
            self._settle_with(link, told, done, may_write=may_write)
        if may_write:
            self._send(link, told, done, all_of_it=fresh)
        link.rang()  # what was rung for before this is in what comes now
        self._receive(link, told, done, keep=fresh)
        if fresh or done.pulled or done.pushed:
            engine.remember_contact(self._session)
        if fresh:
            packs.settle(self._session, link.call)
            heads.note(self._session, link.call, told.at)
            self._tidy()
        bodies = self._bodies.carry(told.who, told.person) if may_write else Carried()
        return Outcome(told, done, may_write, bodies=bodies, rang=link.rang())

    def _tidy(self) -> None:
        """Once a day, when nothing else is left to do."""
        today = datetime.now(COURT_ZONE).date()
        if self._tidied != today:
            spent.let_go(self._session, datetime.now(COURT_ZONE))
            self._tidied = today

    def ask(self, question: Callable[[HubCall, A], T], args: A) -> T:
        """A panel's question."""
        link = self._ready()
        if not link.connected:
            # The hub must know this device before it answers anything.
            self._greeted(link, only_hello=True)
        return question(link.call, args)

    def tell_wiped(self) -> None:
        """Tells the hub that nothing is left here. The store is gone; only the line is used."""
        link, device = self._make_link(), self._session.replica.device_id
        try:
            link.hello(device, {"wiped": True, "clock_ms": int(time.time() * 1000), "unsent": 0})
        except SyncFault:  # It answers that the device is revoked, as it must; or it is away.
            pass
        finally:
            link.close()

    def _ready(self) -> Link:
        if self._stopped.is_set():
            raise Stopped("")
        if self._link is None:
            self._link = self._make_link()
            if self._stopped.is_set():
                self._link.stop()
        return self._link

    def _greeted(self, link: Link, *, only_hello: bool) -> tuple[Hello, bool]:
        """The hub's last word, and whether a full round has to follow it."""
        now = self._clock()
        due = not link.connected or now - self._greeted_at >= HELLO_S
        if self._told is None or due or only_hello:
            self._told = engine.hello(self._session, link, app_ver=self._app_ver, name=self._name)
            self._greeted_at = now
        fresh = self._kept_at != self._greeted_at
        return self._told, fresh

    def _settle_with(self, link: Link, told: Hello, done: engine.Round, *, may_write: bool) -> None:
        """What has to be agreed before anything else travels."""
        engine.agree(self._session, told, other_hub=self.allowed)
        self._session.sweep()
        cursor = pull.load_cursor(self._session)
        if cursor is not None and cursor.history != told.history:
            self._tell("recovering", 0)
        if may_write:
            done.recovered = engine.recover(self._session, link, told)

    def _send(self, link: Link, told: Hello, done: engine.Round, *, all_of_it: bool) -> None:
        """Looks at files begin no sending of their own: they go with other work, or each minute."""
        with self._session.read() as connection:
            waiting = count(connection, "", told.who)
        if not (waiting.unsent if all_of_it else waiting.mine):
            return
        self._tell("sending", waiting.pending)
        engine.send(
            self._session,
            link,
            told.who,
            done,
            size=self._size,
            on_batch=lambda _n: self._tell("sending", waiting.pending - done.pushed),
        )

    def _receive(self, link: Link, told: Hello, done: engine.Round, *, keep: bool) -> None:
        cursor = pull.load_cursor(self._session)
        if cursor is None or done.pushed:
            self._tell("receiving", 0)
        engine.receive(
            self._session, link, done, history=told.history, keep=keep, allowed=self.allowed
        )
        self._kept_at = self._greeted_at
        self.allowed = False
