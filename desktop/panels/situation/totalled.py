"""Rows of a small table whose first one is the total, whatever it is sorted by. UI thread."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from widgets.table import Cell, Column, StaticSource

TOTAL_ID = 0


class TotalledSource(StaticSource):
    """The row with id TOTAL_ID stays on top."""

    def ordered(self, sort: str | None, descending: bool) -> list[int]:
        """As before, but the total first."""
        ids = super().ordered(sort, descending)
        return sorted(ids, key=lambda one: one != TOTAL_ID)


def write_csv(path: Path, columns: Sequence[Column], rows: Sequence[Mapping[str, object]]) -> None:
    """The table as it is read: titles, then rows. Raises OSError."""

    def words(value: object) -> object:
        return (value.text or value.value) if isinstance(value, Cell) else value

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.title for column in columns])
        writer.writerows([[words(row.get(column.key)) for column in columns] for row in rows])
