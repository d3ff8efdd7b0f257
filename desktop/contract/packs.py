"""The door to field packs on this device: opened from their file, given back with a proof. Pure but
for types. Making one is a question to the hub (`SyncDoor.ask`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from desktop.contract.context import Owner


@dataclass(frozen=True, slots=True)
class PackOpened:
    """What a pack brought: its cases, rows that were not here, and when it destroys itself."""

    cases: int
    brought: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PacksReturned:
    """How many packs were destroyed and how many of their rows; the hub hears of it with the next
    exchange."""

    packs: int
    rows: int


class PackDoor(Protocol):
    """Packs as panels see them. UI thread; the work runs on the layout lane."""

    def open(
        self,
        owner: Owner,
        path: Path,
        on_result: Callable[[PackOpened], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """Lays the rows of a pack into the replica. Refused for another device, after its end, and
        once it was destroyed."""

    def give_back(
        self,
        owner: Owner,
        on_result: Callable[[PacksReturned], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """Destroys all packs that lie here; what was done on their rows and is not sent stays."""
