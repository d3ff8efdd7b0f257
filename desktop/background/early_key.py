"""The key of a store, derived while the rest of the desk is still being imported. Any thread.

The derivation takes 0.1 s on purpose and holds no lock of the interpreter, the imports hold
nothing else: side by side they cost the longer of the two. So this module imports no database
library.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from storage import passphrase
from storage.key import CARD, DATABASE, Key, derive, read_card


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a store before it is opened; `key` is not yet proven to be right."""

    passphrase: str | None
    exists: bool
    key: Key | None = None


def exists(folder: Path) -> bool:
    """Whether the folder already holds a store."""
    return (folder / DATABASE).exists()


class EarlyKey:
    """Looks once ahead of the one who asks; both on the same lane, one after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: Found | None = None

    def look(self) -> None:
        """Finds what `take` will give. What goes wrong here goes wrong again there, and is told."""
        with suppress(Exception):
            self._found = _find(self._folder)

    def take(self) -> Found:
        """What was found, once: who asks again after a refusal has it looked for anew."""
        found, self._found = self._found, None
        return found if found is not None else _find(self._folder)


def _find(folder: Path) -> Found:
    known, there = passphrase.find(folder), exists(folder)
    card = read_card(folder / CARD) if known is not None and there else None
    if known is None or card is None:
        return Found(known, there)
    return Found(known, there, derive(known, card.salt))
