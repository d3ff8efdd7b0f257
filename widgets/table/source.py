"""What a paged table asks of its data, and the small in-memory answer. UI thread."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from widgets.table.columns import Cell
from widgets.table.positions import Positions

Row = Mapping[str, object]
Snapshot = Sequence[int] | Positions  # the ordered ids, with their places if a lane has them
SnapshotDone = Callable[[Snapshot], None]
PageDone = Callable[[Mapping[int, Row]], None]


class PageSource(Protocol):
    """Answers later (or at once), always on the UI thread, at most once per question."""

    def snapshot(self, sort: str | None, descending: bool, done: SnapshotDone) -> None:
        """Asks for the ordered row ids; `sort` is a column key or None for the usual order."""

    def page(self, ids: Sequence[int], done: PageDone) -> None:
        """Asks for the rows of `ids`; a row that is gone is left out of the answer."""


class StaticSource:
    """Rows held in memory, for lists of a few hundred at most.

    The id of a row is its integer "id" when it has one, else its position.
    """

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self._rows: dict[int, Row] = {}
        self.set_rows(rows)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replaces the rows; call the model's `refresh` afterwards."""
        found: dict[int, Row] = {}
        for position, row in enumerate(rows):
            own = row.get("id")
            found[own if isinstance(own, int) else position] = row
        if len(found) != len(rows):
            raise ValueError("two rows share an id")
        self._rows = found

    def snapshot(self, sort: str | None, descending: bool, done: SnapshotDone) -> None:
        """Answers at once."""
        done(self.ordered(sort, descending))

    def ordered(self, sort: str | None, descending: bool) -> list[int]:
        """The ids in order; empty values come last in either direction."""
        ids = list(self._rows)
        if sort is not None:
            known = [i for i in ids if _plain(self._rows[i].get(sort)) is not None]
            empty = [i for i in ids if _plain(self._rows[i].get(sort)) is None]
            known.sort(key=lambda i: _order(self._rows[i].get(sort)), reverse=descending)
            ids = known + empty
        return ids

    def page(self, ids: Sequence[int], done: PageDone) -> None:
        """Answers at once."""
        done({i: self._rows[i] for i in ids if i in self._rows})


def _plain(value: object) -> object:
    if isinstance(value, Cell):
        value = value.value
    return None if value == "" else value


def _order(value: object) -> tuple[int, float, str]:
    """Numbers before words, so that a mixed column sorts instead of raising."""
    plain = _plain(value)
    if isinstance(plain, int | float):
        return (0, float(plain), "")
    return (1, 0.0, str(plain))
