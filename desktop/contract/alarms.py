"""Alarms that somebody must acknowledge, from whoever keeps them to whoever shows them. No Qt.

What a panel's `attend` gives may have `held` and `acknowledge` of AlarmKeeper. The wall stops on
such an alarm until it is acknowledged, and names no panel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

# Posts whose desks write down an alarm that nobody reported; the others only show it.
COMMANDING: Final = frozenset(
    (
        *("operator", "bureau_chief", "deputy_chief", "commissar"),
        *("vice_president", "president"),
    )
)


@dataclass(frozen=True, slots=True)
class HeldAlarm:
    """One that waits. title: who or what it is about; words: what is the matter; detail: what
    helps to act, one line each; since: from when on the matter lasts. corrected: what is known now
    refutes it, and somebody must still take note. `panel_id` with `params` shows more."""

    key: str
    title: str
    words: str
    since: datetime
    detail: tuple[str, ...] = ()
    corrected: bool = False
    panel_id: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class AlarmKeeper(Protocol):
    """Whoever keeps alarms. UI thread."""

    def held(self) -> Sequence[HeldAlarm]:
        """Those that wait, the oldest first; answered from memory."""

    def acknowledge(self, key: str) -> None:
        """Has an alarm ended by the person at the keyboard; a refusal becomes a notice."""
