"""Reads what falls due in the coming days. Reader lanes."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from desktop.contract.filters import NodeFilter
from desktop.projection import figures, places

DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class DueArgs:
    """`courts`: none for all."""

    today: date
    courts: tuple[str, ...]


def due(connection: Connection, args: DueArgs) -> tuple[figures.DueDay, ...]:
    """One entry a day from today on, with the list behind it."""
    filter_ = NodeFilter(courts=args.courts)
    return tuple(figures.due_next_days(connection, args.today, DAYS, filter_))


def courts(connection: Connection, _args: None) -> tuple[tuple[str, str], ...]:
    """Courts to choose from as (id, name)."""
    return tuple((court.id, court.label) for court in places.courts(connection))
