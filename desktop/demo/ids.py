"""Ids of demo rows: shaped as UUIDv7 and drawn from the seed, so that a city can be made again.

Ids rise in the order they are drawn, which keeps the primary-key indexes append-only while a
million rows go in. Pure; any thread.
"""

from datetime import UTC, date, datetime

_PER_MS = 1 << 12
_MASK_62 = (1 << 62) - 1
_MIX = 0x9E3779B97F4A7C15


class IdMaker:
    """Draws ids one after another; the same seed and day give the same ids."""

    def __init__(self, seed: int, day: date) -> None:
        self._ms = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
        self._salt = (seed * _MIX + 0x632BE59BD9B4E019) & _MASK_62
        self._drawn = 0

    def __call__(self) -> str:
        """The next id: 48 bits of rising time, version 7, 12 bits of count, 62 mixed bits."""
        drawn = self._drawn
        self._drawn = drawn + 1
        stamp = f"{self._ms + drawn // _PER_MS:012x}"
        mixed = (self._salt ^ (drawn * _MIX)) & _MASK_62
        low = f"{mixed | 1 << 63:016x}"
        return f"{stamp[:8]}-{stamp[8:]}-7{drawn % _PER_MS:03x}-{low[:4]}-{low[4:]}"
