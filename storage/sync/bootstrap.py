"""The first pull: table after table straight into an empty replica, and on from there when cut.

The indexes of a table are made after its rows. What is loaded is remembered with
the snapshot it was read in; after a cut only the rest is read, and of what was there already, what
has changed since. The cursor comes last: until then the replica counts as not filled.
"""

import json
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from typing import Final

from sqlalchemy import Connection, Table

from storage import capture
from storage.overlay import TABLES
from storage.session import Session, Write
from storage.sync import census, pull
from storage.sync.port import Cursor, Pulling, Remote, SyncFault, TextRow
from storage.sync.pull import COLUMNS, SLICE, Pulled

_PARTS: Final = "parts"
WORTH_KEEPING: Final = 20_000  # rows; below that a commit costs more than reading them again


def possible(session: Session) -> bool:
    """Whether the replica is empty, or was being filled when the line broke."""
    with session.read() as connection:
        return _parts(connection) is not None or pull.is_empty(connection)


def run(session: Session, remote: Remote) -> Pulled:
    """Fills the replica; gives what was loaded now, without the rows. May be repeated."""
    with session.replica.filling():
        return _run(session, remote)


def _run(session: Session, remote: Remote) -> Pulled:
    with session.read() as connection:
        kept = _parts(connection)
    since, done = kept if kept is not None else (None, [])
    with remote.pull(since) as pulling:
        if since is not None and not _fits(pulling, since):
            _forget(session)
            since, done = None, []
        # First of all: where the hub has nothing for us, there is nothing to ask for.
        pulled = Pulled("ok", pulling.cursor, census=pulling.census())
        complete = False
        while not complete:
            complete = _load_some(session, pulling, pulled, since, done)
    return pulled


def _fits(pulling: Pulling, since: Cursor) -> bool:
    return pulling.state == "ok" and pulling.cursor.scopes == since.scopes


def _parts(connection: Connection) -> tuple[Cursor, list[int]] | None:
    text = connection.exec_driver_sql("select value from _sync where key = ?", (_PARTS,)).scalar()
    if text is None:
        return None
    kept = json.loads(text)
    return pull.cursor_from(kept["cursor"]), list(kept["tables"])


def _forget(session: Session) -> None:
    """Another history or other scopes: what was loaded so far is of no use."""
    with session.apply() as write:
        connection = write.connection
        connection.exec_driver_sql("pragma defer_foreign_keys = on")
        for table in reversed(list(TABLES.values())):
            connection.exec_driver_sql(f'delete from "{table.name}"')
        connection.exec_driver_sql("delete from _sync where key = ?", (_PARTS,))


def _load_some(
    session: Session, pulling: Pulling, pulled: Pulled, since: Cursor | None, done: list[int]
) -> bool:
    """The next tables in one transaction, until it is worth remembering how far it got, or all is
    here; gives whether it is. What is few needs one transaction in all."""
    with session.apply() as write:
        connection = write.connection
        connection.exec_driver_sql("pragma defer_foreign_keys = on")
        count, now, theirs = 0, list(done), pulled.census or {}
        for number in TABLES:
            if number not in done and count < WORTH_KEEPING:
                if not census.empty_at(theirs, number):
                    count += _load(connection, number, pulling)
                now.append(number)
        complete = len(now) == len(TABLES)
        if complete:
            _finish(write, pulling, pulled, since)
        else:
            first = pull.cursor_text(since or pulling.cursor)
            connection.exec_driver_sql(
                "insert or replace into _sync (key, value) values (?, ?)",
                (_PARTS, json.dumps({"cursor": first, "tables": now})),
            )
    done[:] = now
    pulled.loaded += count
    return complete


def _load(connection: Connection, number: int, pulling: Pulling) -> int:
    """One table, whole; its rows come from the network as they are written."""
    table = TABLES[number]
    rows = iter(pulling.whole(number))
    head = list(islice(rows, SLICE))
    if not head:
        return 0
    # A small table is written sooner than its indexes and triggers are taken down and put back.
    large = len(head) == SLICE
    laid = capture.triggers([table]) if large else {}
    indexes = table.indexes if large else ()
    for index in indexes:
        connection.exec_driver_sql(f'drop index if exists "{index.name}"')
    for name in laid:
        connection.exec_driver_sql(f'drop trigger if exists "{name}"')
    count = 0
    for part in _parts_of(head, rows):
        _insert(connection, table, COLUMNS[number], part)
        count += len(part)
    for index in indexes:
        index.create(connection)
    for text in laid.values():
        connection.exec_driver_sql(text)
    return count


def _insert(connection: Connection, table: Table, names: list[str], part: list[TextRow]) -> None:
    """Without the columns in which all of these rows have nothing: the driver takes several
    times as long for a null as for a text, and most cases have none of the later days."""
    filled = [
        n
        for n, name in enumerate(names)
        if part[0][n] is not None
        or table.columns[name].server_default is not None
        or any(row[n] is not None for row in part)
    ]
    columns = ", ".join(f'"{names[n]}"' for n in filled)
    marks = ", ".join("?" * len(filled))
    # id, scope and version are never empty, so there are always several to get.
    values = part if len(filled) == len(names) else list(map(itemgetter(*filled), part))
    connection.exec_driver_sql(f'insert into "{table.name}" ({columns}) values ({marks})', values)


def _parts_of(head: list[TextRow], rows: Iterator[TextRow]) -> Iterator[list[TextRow]]:
    while head:
        yield head
        head = list(islice(rows, SLICE))


def _finish(write: Write, pulling: Pulling, pulled: Pulled, since: Cursor | None) -> None:
    """What changed meanwhile, the proof that all is here, and the cursor."""
    connection = write.connection
    if since is not None:
        for number in TABLES:
            pull.take_changed(pulling, number, pulled)
    pull.merge(connection, pulled)
    theirs = pulled.census or {}
    unlike = census.differing(census.local(connection), theirs)
    for number in unlike:
        # The cure for a table that is not alike is that table again, never all of them.
        again = Pulled("ok", pulled.cursor, whole=True)
        again.rows[number] = list(pulling.whole(number))
        pull.replace_table(connection, number, again)
    if unlike and census.differing(census.local(connection), theirs):
        names = "、".join(TABLES[number].name for number in unlike)
        raise SyncFault(f"首次接收的数据与共享库核对不符（{names}），将重新接收。")
    for table in TABLES.values():
        write.touch(table.name)
    connection.exec_driver_sql("delete from _sync where key = ?", (_PARTS,))
    pull.keep_cursor(connection, pulled.cursor)
