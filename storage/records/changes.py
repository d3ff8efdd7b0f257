"""What a write changed: tables, row ids, and where it came from. Pure; any thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal

Origin = Literal["me", "sync", "import", "demo"]
IDS_MAX: Final = 5_000


class All(Enum):
    """Stands for every row of a table, where naming each would cost more than re-reading."""

    ALL = "*"


ALL: Final = All.ALL
RowIds = frozenset[str] | All


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Table name -> ids of changed rows, or ALL. `origin` tells whose change it was."""

    rows: Mapping[str, RowIds] = field(default_factory=dict)
    origin: Origin = "me"

    def __bool__(self) -> bool:
        return bool(self.rows)

    def touches(self, *tables: str) -> bool:
        """Whether any of `tables` has a changed row."""
        return any(name in self.rows for name in tables)

    def ids(self, table: str) -> RowIds:
        """The changed ids of `table`; empty when it did not change."""
        return self.rows.get(table, frozenset())

    def merge(self, later: "ChangeSet") -> "ChangeSet":
        """Both changes as one; over IDS_MAX ids of one table become ALL."""
        rows: dict[str, RowIds] = dict(self.rows)
        for name, ids in later.rows.items():
            before = rows.get(name, frozenset())
            if isinstance(before, All) or isinstance(ids, All):
                rows[name] = ALL
            else:
                both = before | ids
                rows[name] = ALL if len(both) > IDS_MAX else both
        return ChangeSet(rows, later.origin if self.origin == later.origin else "sync")
