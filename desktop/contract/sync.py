"""What the desk knows of its sync, and the door to the shared database. Pure but for types.

The driver (desktop.background) keeps one `SyncState` and announces each new one; the status bar,
the sync panel and the header only read it. Panels reach the hub through `SyncDoor.ask` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from desktop.contract.context import Connectable, Owner

T = TypeVar("T")
A = TypeVar("A")
A_contra = TypeVar("A_contra", contravariant=True)

# off: no hub is configured, the desk works alone. paused: a person stopped it. offline: the last
# try failed, another follows at `next_try`. refused: login or rights, waits for a person.
# revoked: an administrator ended this device. upgrade: the hub needs a newer desk for writing.
# guarded: a round would do something that a person has to allow first (`SyncDoor.confirm`).
Phase = Literal[
    "off",
    "paused",
    "connecting",
    "sending",
    "receiving",
    "recovering",
    "current",
    "offline",
    "refused",
    "revoked",
    "upgrade",
    "guarded",
]


@dataclass(frozen=True, slots=True)
class SyncState:
    """One moment of the sync. `pending`: bundles without a verdict; `held`: bundles the hub
    decided against that no person has settled; `oldest`: when the first pending one was made;
    `synced_at`: last complete exchange; `sentence`: what the status bar says of the phase;
    `to_claim`: bundles made here before the first login, `claim_sentence` asks about them;
    `clock_off_ms`: hub minus device at the last contact; `dsn`: without a password."""

    phase: Phase
    sentence: str
    pending: int = 0
    held: int = 0
    oldest: datetime | None = None
    synced_at: datetime | None = None
    next_try: datetime | None = None
    who: str = ""
    roles: tuple[str, ...] = ()
    scopes: tuple[int, ...] = ()
    to_claim: int = 0
    claim_sentence: str = ""
    clock_off_ms: int | None = None
    dsn: str = ""


class HubCall(Protocol):
    """Calls a function of the hub by name (schema `sync`); the answer is JSON as Python values.

    Raises a SyncFault with a sentence for the user.
    """

    def __call__(self, function: str, *values: Any) -> Any: ...


class SyncDoor(Protocol):
    """The sync as panels see it. UI thread."""

    @property
    def changed(self) -> Connectable:
        """Emits each new SyncState."""

    def state(self) -> SyncState:
        """The latest state."""

    def sync_now(self) -> None:
        """Begins a round at once, whatever the back-off says."""

    def pause(self, paused: bool) -> None:
        """Stops exchanging until told otherwise; remembered over a restart."""

    def stay(self, on: bool) -> None:
        """Keeps the line open although nothing moves. A field device hangs up after a quiet minute
        otherwise, and hears of an order only when it looks again."""

    def connect_to(self, dsn: str, password: str, *, remember: bool) -> None:
        """Uses this hub from now on; `remember` puts the password into the system's keyring."""

    def disconnect(self) -> None:
        """Works alone from now on; nothing is deleted."""

    def claim(self) -> None:
        """Sends what was made here under the local account's name under the login's. Only a
        person who has read `claim_sentence` may cause this."""

    def confirm(self) -> None:
        """Lets a guarded round go on, once; `sentence` said why it waits."""

    def ask(
        self,
        owner: Owner,
        question: Callable[[HubCall, A], T],
        args: A,
        on_result: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """Runs `question(call, args)` on the network lane; needs a connection. Refusals come as a
        sentence through `on_error`, or as a notice without it."""
