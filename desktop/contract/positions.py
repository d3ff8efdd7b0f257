"""What the desk knows of its sources of positions, and the door to them. Pure but for types.

The recorder (desktop.background) keeps one `PositionState` and announces each new one; the map
only reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from desktop.contract.context import Connectable

# Keys of desktop.settings that the sources are made of.
SOURCE_KEYS: Final = (
    *("position_receiver", "position_unit", "gpsd_address", "nmea_port", "nmea_baud"),
    *("traccar_address", "traccar_ca"),
)

# off: nobody asked for it, or nobody is on duty. trouble: it comes back by itself, or not
# ("refused" needs a person). Else it gives points, or will.
Health = Literal["off", "waiting", "trouble", "refused", "live"]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source: its name, how it is, and the sentence for it in Chinese."""

    name: str
    health: Health
    sentence: str


@dataclass(frozen=True, slots=True)
class PositionState:
    """`waiting`: points that are kept but no rows yet; `dropped`: points of this run that were not
    kept since nobody was on duty; `fault`: why what waits is not safe from a crash."""

    lines: tuple[SourceLine, ...] = ()
    waiting: int = 0
    dropped: int = 0
    fault: str = ""


class PositionDoor(Protocol):
    """The sources as panels see them. UI thread."""

    @property
    def changed(self) -> Connectable:
        """Emits each new PositionState."""

    def state(self) -> PositionState:
        """The latest state."""

    def watch(self, wanted: bool) -> None:
        """A map is on show, or no longer: rows come sooner meanwhile. Each True wants its False."""

    def set_token(self, token: str) -> None:
        """Uses this token for the Traccar server and keeps it in the system's keyring; empty
        forgets it."""

    def restart(self) -> None:
        """Makes the sources anew, after their settings changed."""
