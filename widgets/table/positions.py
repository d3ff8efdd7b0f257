"""Where each id of a long list stands. UI thread, but `prepare` is for the thread that made it.

A dictionary of a million rows takes 150 ms to build and 100 MB to keep; numpy needs 5 ms and 4 MB
when the ids are numbers of rows, which lie close together. Short lists do not import numpy.
"""

from array import array
from collections.abc import Callable, Sequence
from typing import Any, Final

SHORT_ROWS: Final = 5_000
# A table by id may have this many places for each row before it is larger than a sorted list.
_PLACES_A_ROW: Final = 8
_PLACES_FREE: Final = 1 << 20
_STEP_ROWS: Final = 50_000  # numpy keeps the interpreter for a third of a millisecond


class Positions:
    """Made of one snapshot; does nothing until the first `row_of`, unless prepared before."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.ids = ids
        self._short: dict[int, int] | None = None
        self._table: Any = None
        self._sorted: tuple[Any, Any] | None = None

    def row_of(self, row_id: int) -> int | None:
        """The row of an id, or None when the snapshot lacks it."""
        if len(self.ids) <= SHORT_ROWS:
            if self._short is None:
                self._short = {int(one): row for row, one in enumerate(self.ids)}
            return self._short.get(row_id)
        if self._table is None and self._sorted is None:
            self._index()
        return self._in_table(row_id) if self._sorted is None else self._in_sorted(row_id)

    def prepare(self, breathe: Callable[[], None]) -> "Positions":
        """Does the work of the first `row_of` now, in steps with `breathe` in between. A lane
        calls it, so that the window need not do it for a million rows in one go."""
        if len(self.ids) > SHORT_ROWS:
            self._index(breathe)
        return self

    def _index(self, breathe: Callable[[], None] = lambda: None) -> None:
        import numpy as np  # noqa: PLC0415  Most lists are short, and the first one must be quick.

        if isinstance(self.ids, array) and self.ids.typecode == "q":
            ids = np.frombuffer(self.ids, dtype=np.int64)
        else:
            ids = np.fromiter(self.ids, dtype=np.int64, count=len(self.ids))
        highest = int(ids.max())
        if int(ids.min()) >= 0 and highest < _PLACES_FREE + _PLACES_A_ROW * len(ids):
            table = np.empty(highest + 1, dtype=np.int32)
            for at in range(0, len(table), _STEP_ROWS):
                breathe()
                table[at : at + _STEP_ROWS] = -1
            for at in range(0, len(ids), _STEP_ROWS):
                breathe()
                part = ids[at : at + _STEP_ROWS]
                table[part] = np.arange(at, at + len(part), dtype=np.int32)
            self._table = table
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
