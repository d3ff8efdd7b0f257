"""The door to bodies of attachments: photographs and papers, kept beside the replica, encrypted,
and carried to the hub on a lane of their own. Pure but for types.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktop.contract.context import Owner


@dataclass(frozen=True, slots=True)
class BodyFile:
    """A file to be kept. `mime` as its attachment's row says."""

    path: Path
    mime: str


@dataclass(frozen=True, slots=True)
class Body:
    """What an attachment's row must say of a body, or says: the hash of its original, its bytes."""

    sha256: str
    size: int
    mime: str


class BodyDoor(Protocol):
    """Bodies as panels see them. UI thread; reading, hashing and sealing run on the layout lane."""

    def keep(
        self,
        owner: Owner,
        files: tuple[BodyFile, ...],
        on_result: Callable[[tuple[Body, ...]], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """Takes files in as they are, to be sent once their rows are; the same content twice is
        kept once. One that cannot be read or is too big refuses all."""

    def fetch(
        self,
        owner: Owner,
        body: Body,
        on_result: Callable[[bytes | None], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """The whole body; None while it is not on this device."""
