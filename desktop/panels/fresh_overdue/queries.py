"""Overdue nodes that no circular has named within the quiet days and none under way names. Reader
lanes. Row numbers are those of `node_clock`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from desktop.circulars.names import subject_words
from desktop.contract.filters import NodeFilter
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.documents.figures_issued import named_before, on_their_way
from desktop.evidence.overdue_taking import node_key
from desktop.panels.fresh_overdue.rules import SUBSCRIPTION, FreshFilter, subscription
from desktop.projection.select import NodeQuery, node_ids, node_rows
from storage.records.states import NodeState
from storage.schema import table
from storage.schema.local import clock_key, node_clock

_OVERDUE = (NodeState.OVERDUE.value,)
_IN_MAX = 500


def waiting(connection: Connection, today: date) -> tuple[int, str]:
    """How many of the nodes subscribed to wait for a circular, for the navigator."""
    count = len(fresh(connection, today, subscribed(connection)))
    return count, "overdue" if count else ""


def subscribed(connection: Connection) -> tuple[str, ...]:
    """What this desk is told of."""
    return subscription(setting(connection, SUBSCRIPTION))


def setting(connection: Connection, key: str) -> str:
    """A setting of this desk; empty where it is not set."""
    kept = table("setting").c
    return str(connection.execute(select(kept.value).where(kept.key == key)).scalar() or "")


def fresh(
    connection: Connection,
    today: date,
    nodes: tuple[str, ...],
    sort: str | None = None,
    descending: bool = False,
) -> dict[int, str]:
    """Number of each node that waits → key of its row in a circular; the longest overdue first."""
    query = NodeQuery(NodeFilter(states=_OVERDUE, nodes=nodes), today)
    ids = node_ids(connection, SnapshotArgs(query, sort, descending))
    if not ids:
        return {}
    keys = _keys(connection, ids)
    told = named_before(connection, today).keys() | on_their_way(connection, today)
    return {n: keys[n] for n in ids if n in keys and keys[n] not in told}


def _keys(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    clock = node_clock.c
    found: dict[int, str] = {}
    for at in range(0, len(ids), _IN_MAX):
        rows = connection.execute(
            select(clock.n, clock.case_id, clock.node_code, clock.subject).where(
                clock.n.in_(list(ids[at : at + _IN_MAX]))
            )
        )
        found |= {row[0]: node_key(row[1], row[2], row[3]) for row in rows}
    return found


def snapshot(connection: Connection, args: SnapshotArgs[Dated[FreshFilter]]) -> Sequence[int]:
    """Ordered numbers of the list."""
    asked = args.filter
    return list(fresh(connection, asked.today, asked.filter.nodes, args.sort, args.descending))


def rows(
    connection: Connection, ids: Sequence[int], today: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids`, keyed as the columns of the list."""
    return {n: _shown(row) for n, row in node_rows(connection, ids, today).items()}


def _shown(row: Mapping[str, Any]) -> dict[str, object]:
    return dict(row) | {"what": f"{row['node']}{subject_words(row['subject'])}"}


def choices(connection: Connection, _args: None) -> tuple[tuple[str, str], ...]:
    """Codes and names of the nodes that may be subscribed to."""
    key = clock_key.c
    found = connection.execute(select(key.id, key.label).where(key.kind == "node").order_by(key.n))
    return tuple((str(code), str(label)) for code, label in found)
