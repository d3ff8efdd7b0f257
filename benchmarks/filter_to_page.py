"""From a changed filter to the first painted page of the node list, against the bare SQL.

The desk's side begins with the call that a click on a filter makes and ends when the table has
painted rows of the new list. The baseline runs the same two statements (ordered ids, first page)
on a bare connection to the same encrypted file and fetches all rows.

The goal is on the whole tour of filters: a list that SQL answers in two milliseconds still costs
the desk two thread hops and the painting of some thirty rows, which is a ratio about the painter
and not about the filter. The single rows are in the table, so that nothing hides in the sum.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from sqlalchemy import event

from benchmarks.demo_store import demo_store
from benchmarks.ratio import Ratio
from benchmarks.running_desk import running_desk, wait_until
from desktop.contract.filters import NodeFilter
from desktop.contract.paging import SnapshotArgs
from desktop.projection.select import NodeQuery, choices, node_ids, node_rows

ROUNDS = 5
PAGE = 200


def _filters(connection: Any) -> dict[str, NodeFilter]:
    found = choices(connection)
    running = ("正常", "临期", "超期", "暂停", "未知")
    return {
        "overdue": NodeFilter(states=("超期",)),
        "overdue and due soon": NodeFilter(states=("超期", "临期")),
        "one court, open": NodeFilter(courts=(found.courts[0].id,), states=running),
        "one team, every state": NodeFilter(teams=(found.teams[0].id,)),
        "one node, every state": NodeFilter(nodes=("N06",)),
        "every node": NodeFilter(),
    }


def _bare(connection: Any, wanted: NodeFilter, today: Any) -> Callable[[], object]:
    """The statements that the desk's queries make, recorded once, then run bare."""
    said: list[tuple[str, Any]] = []

    def record(_c: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        said.append((statement, values))

    event.listen(connection, "before_cursor_execute", record)
    ids = node_ids(connection, SnapshotArgs(NodeQuery(wanted, today), None, False))
    node_rows(connection, ids[:PAGE], today)
    event.remove(connection, "before_cursor_execute", record)
    raw = connection.connection.dbapi_connection

    def run() -> None:
        for statement, values in said:
            raw.execute(statement, values).fetchall()

    return run


def measure() -> list[Ratio]:
    """The tour, then one row a filter."""
    rows: list[Ratio] = []
    with running_desk(demo_store()) as desk:
        desk.window.open_panel("process_monitor")
        view = desk.window.desk.host("process_monitor").view
        with desk.store.session.read() as connection:
            today = desk.context.today()
            for name, wanted in _filters(connection).items():
                taken, raw = [], []
                bare = _bare(connection, wanted, today)
                for _ in range(ROUNDS):
                    view.show_filter(NodeFilter(text="no such case"))
                    wait_until(lambda: view.model.rowCount() == 0)
                    wait_until(lambda: not desk.context.outstanding)
                    before = time.perf_counter()
                    bare()
                    raw.append(time.perf_counter() - before)
                    taken.append(_to_page(view, wanted))
                count = view.model.rowCount()
                rows.append(
                    Ratio(
                        f"filter to first page: {name} ({count:,} rows)",
                        median(taken) * 1000,
                        median(raw) * 1000,
                        "ms",
                        "the bare SQL, fetched",
                    )
                )
    tour = Ratio(
        "filter to first page: the six filters in turn",
        sum(row.ours for row in rows),
        sum(row.baseline for row in rows),
        "ms",
        "the bare SQL, fetched",
        goal=3.0,
    )
    return [tour, *rows]


def _to_page(view: Any, wanted: NodeFilter) -> float:
    before = time.perf_counter()
    view.show_filter(wanted)
    wait_until(lambda: view.model.rowCount() > 0 and view.model.row_values(0) is not None)
    view.table.viewport().repaint()
    return time.perf_counter() - before
