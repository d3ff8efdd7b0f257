"""What sync asks of a hub, and how a hub may fail. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Json = dict[str, Any]
PullState = Literal["ok", "history", "schema", "too_old"]


class SyncFault(Exception):  # noqa: N818  A fault is a state of the outside, as in storage.faults.
    """Sync cannot go on now. `sentence` is for the status bar; nothing was lost."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Unreachable(SyncFault):
    """The hub does not answer, or is busy: try again later."""


class Stopped(SyncFault):
    """Whoever drives the sync called it off in the middle; nobody needs to hear of it."""


Refusal = Literal["password", "account", "device", "rights", "address", "certificate", "identity"]


class LoginRefused(SyncFault):
    """Password, account or rights: trying again does not help, the queue is kept."""

    def __init__(self, sentence: str, kind: Refusal = "rights") -> None:
        super().__init__(sentence)
        self.kind = kind


class OlderHub(SyncFault):
    """The hub does not know this schema yet: nothing may travel until it was brought up to date."""


class OtherHub(SyncFault):
    """What is here belongs to another hub; a person must say that this one shall replace it."""


class Guarded(SyncFault):
    """A pull would take away more than a day's work ever does; a person must say that it shall."""


class DeviceRevoked(SyncFault):
    """An administrator ended this device; its store must be erased."""


@dataclass(frozen=True, slots=True)
class Hello:
    """What the hub says about itself and about me."""

    history: str
    epoch: int
    who: str
    roles: tuple[str, ...]
    scopes: tuple[int, ...]
    revoked: bool
    clock_off_ms: int
    file_key: str
    at: str
    schema_ver: str = ""
    min_client: str = ""
    title: str = ""
    person: str = ""  # whose cases this login answers for
    offline_days: int = 0  # so long the device may be without the hub; 0: without end

    def may_write(self, schema_version: str) -> bool:
        """Whether the hub still takes edits from a client of this schema."""
        return schema_version >= self.min_client


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where this replica stands in one history of one hub; the snapshot is opaque here."""

    history: str
    epoch: int
    snapshot: str
    scopes: tuple[int, ...]

    @property
    def everything(self) -> bool:
        """Whether it stands for all scopes."""
        return -1 in self.scopes


@dataclass(frozen=True, slots=True)
class Answer:
    """The hub's verdict on one bundle; versions by operation; the signature is the lease."""

    id: str
    verdict: str
    detail: Json | None
    vers: tuple[tuple[int, int], ...]
    history: str | None
    sig: str | None


TextRow = tuple[str | None, ...]


class Pulling(Protocol):
    """One pull under way, in one snapshot of the hub."""

    @property
    def state(self) -> PullState:
        """Whether the cursor still fits."""
        ...

    @property
    def cursor(self) -> Cursor:
        """Where the replica will stand."""
        ...

    @property
    def tables(self) -> Mapping[int, int]:
        """Table number -> changes since the cursor."""
        ...

    def changed(self, number: int) -> Iterator[TextRow]:
        """Changed rows of a table: id, then "t" when it is gone for us, then its columns."""
        ...

    def census(self) -> dict[int, tuple[int, str]]:
        """Table number -> rows that I may see and their checksum; see storage.sync.census."""
        ...

    def whole(self, number: int, scopes: Iterable[int] | None = None) -> Iterator[TextRow]:
        """All rows of a table that I may see, or those of some scopes: its columns."""
        ...

    def filled(self, number: int, columns: Iterable[str]) -> Iterator[TextRow]:
        """Rows of a table that I may see in which one of `columns` is not its default."""
        ...


class Remote(Protocol):
    """The hub as a client reaches it. Every call may raise a SyncFault and may be repeated."""

    def hello(self, device: str, facts: Json) -> Hello:
        """Registers the contact."""
        ...

    def push(self, device: str, bundles: str) -> list[Answer]:
        """Sends bundles (JSON array as text) to be judged."""
        ...

    def replay(self, device: str, bundles: str) -> list[Answer]:
        """Sends decided bundles under their signatures, after the history changed."""
        ...

    def pull(self, cursor: Cursor | None) -> AbstractContextManager[Pulling]:
        """Opens a pull; no lock is held at the hub meanwhile."""
        ...
