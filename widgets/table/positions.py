"""Where each id of a long list stands. UI thread.

A dictionary of a million rows takes 150 ms to build and 100 MB to keep; numpy needs 5 ms and 4 MB
when the ids are numbers of rows, which lie close together. Short lists do not import numpy.
"""

from array import array
from collections.abc import Sequence
from typing import Any, Final

SHORT_ROWS: Final = 5_000
# A table by id may have this many places for each row before it is larger than a sorted list.
_PLACES_A_ROW: Final = 8
_PLACES_FREE: Final = 1 << 20


class Positions:
    """Made of one snapshot; asks for nothing until the first `row_of`."""

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = ids
        self._short: dict[int, int] | None = None
        self._table: Any = None
        self._sorted: tuple[Any, Any] | None = None

    def row_of(self, row_id: int) -> int | None:
        """The row of an id, or None when the snapshot lacks it."""
        if len(self._ids) <= SHORT_ROWS:
            if self._short is None:
                self._short = {int(one): row for row, one in enumerate(self._ids)}
            return self._short.get(row_id)
        if self._table is None and self._sorted is None:
            self._index()
        return self._in_table(row_id) if self._sorted is None else self._in_sorted(row_id)

    def _index(self) -> None:
        import numpy as np  # noqa: PLC0415  Most lists are short, and the first one must be quick.

        if isinstance(self._ids, array) and self._ids.typecode == "q":
            ids = np.frombuffer(self._ids, dtype=np.int64)
        else:
            ids = np.fromiter(self._ids, dtype=np.int64, count=len(self._ids))
        highest = int(ids.max())
        if int(ids.min()) >= 0 and highest < _PLACES_FREE + _PLACES_A_ROW * len(ids):
            self._table = np.full(highest + 1, -1, dtype=np.int32)
            self._table[ids] = np.arange(len(ids), dtype=np.int32)
        else:
            order = np.argsort(ids, kind="stable")
            self._sorted = (ids[order], order)

    def _in_table(self, row_id: int) -> int | None:
        if not 0 <= row_id < len(self._table):
            return None
        row = int(self._table[row_id])
        return None if row < 0 else row

    def _in_sorted(self, row_id: int) -> int | None:
        assert self._sorted is not None
        ids, order = self._sorted
        at = int(ids.searchsorted(row_id))
        return int(order[at]) if at < len(ids) and int(ids[at]) == row_id else None


def same_ids(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two snapshots are equal; two arrays are compared without an object per row."""
    if len(one) != len(other):
        return False
    if isinstance(one, array) and isinstance(other, array):
        return bool(one == other)
    return list(one) == list(other)
