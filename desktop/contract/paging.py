"""What the query of a paged list gets. Any thread; free of Qt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

F = TypeVar("F")
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SnapshotArgs(Generic[F]):
    """What a snapshot query gets: the filter and the order (column key, or None for the usual)."""

    filter: F
    sort: str | None
    descending: bool
