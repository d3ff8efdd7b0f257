"""Which nodes this desk is told of, as a setting. Pure."""

from dataclasses import dataclass
from typing import Final

SUBSCRIPTION: Final = "overdue_nodes"  # key of the setting: codes of nodes; empty for all of them
TOLD: Final = "overdue_told"  # key of the setting: JSON of row key -> day on which it was told


@dataclass(frozen=True, slots=True)
class FreshFilter:
    """`nodes`: codes subscribed to; none for all."""

    nodes: tuple[str, ...] = ()


def subscription(text: str) -> tuple[str, ...]:
    """The codes of a stored subscription, each once, in their order."""
    return tuple(sorted({code for code in text.split(",") if code}))


def stored(nodes: tuple[str, ...]) -> str:
    """A subscription as it is stored."""
    return ",".join(sorted(set(nodes)))
