"""What a list panel reads, as values: queries, and a filter with the day it is asked on. No Qt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import Connection

from desktop.contract.paging import Row, SnapshotArgs

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Dated(Generic[F]):
    """A filter and the day it is asked on."""

    filter: F
    today: date


@dataclass(frozen=True, slots=True)
class ListQueries(Generic[F]):
    """What a list reads: ordered ids of a filter, rows by id, and the tables both depend on."""

    snapshot: Callable[[Connection, SnapshotArgs[Dated[F]]], Sequence[int]]
    rows: Callable[[Connection, Sequence[int], date], Mapping[int, Row]]
    tables: tuple[str, ...]


class DatedPage(Generic[F]):
    """A page query bound to the day of the last snapshot. Called on reader lanes."""

    def __init__(self, queries: ListQueries[F], today: date) -> None:
        self._rows = queries.rows
        self.today = today

    def __call__(self, connection: Connection, ids: Sequence[int]) -> Mapping[int, Row]:
        return self._rows(connection, ids, self.today)
