"""Reading and writing the replica. Any thread: reads run side by side, writes one after another.

A write is one transaction and leaves one bundle; what it changed comes back as a ChangeSet. Hooks
run inside the transaction, so that projections can never disagree with the facts they show.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text

from storage import outbox
from storage.faults import DiskFull
from storage.records.changes import ALL, IDS_MAX, ChangeSet, Origin, RowIds
from storage.replica import Replica

Hook = Callable[[Connection, ChangeSet], ChangeSet | None]


class Write:
    """One open write. `changes` and `bundle_id` are known once the block was left."""

    def __init__(self, connection: Connection, origin: Origin) -> None:
        """Made by Session."""
        self.connection = connection
        self.changes = ChangeSet(origin=origin)
        self.bundle_id: str | None = None
        self.abandoned = False

    def touch(self, table: str, ids: Iterable[str] | None = None) -> None:
        """Names changed rows of a table that has no triggers; without ids, all of it."""
        named: RowIds = ALL if ids is None else frozenset(ids)
        if not isinstance(named, frozenset) or len(named) > IDS_MAX:
            named = ALL
        self.changes = self.changes.merge(ChangeSet({table: named}, self.changes.origin))

    def abandon(self) -> None:
        """Leaves nothing saved, without an error: the user cancelled."""
        self.abandoned = True


class Session:
    """The door to one replica for one actor."""

    def __init__(
        self,
        replica: Replica,
        *,
        actor: str,
        device: str | None = None,
        before_commit: Sequence[Hook] = (),
    ) -> None:
        """`device` None keeps the device id of the replica; another one is written to it."""
        self.replica = replica
        self.actor = actor
        self.before_commit: list[Hook] = list(before_commit)
        self._writer: int | None = None
        if device is not None and device != replica.device_id:
            with self._transaction() as connection:
                connection.execute(text("update _ctl set device_id = :id"), {"id": device})
            replica.device_id = device

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that refuses writes and sees one snapshot until the block is left."""
        assert not self.replica.closed, "the replica is closed"
        with self.replica.reader_engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, label: str, *, origin: Origin = "me") -> Iterator[Write]:
        """One user action, named by the Chinese `label`: one transaction, one bundle.

        Any exception rolls everything back and goes on. DiskFull and the other faults say that
        nothing was saved. May not be nested.
        """
        with self._transaction() as connection:
            version = self.replica.schema_version
            outbox.sweep(connection, schema_version=version)
            before = outbox.last_seq(connection)
            write = Write(connection, origin)
            yield write
            if write.abandoned:
                connection.rollback()
                write.changes = ChangeSet(origin=origin)
                return
            self._settle(write, before)
            write.bundle_id = outbox.wrap(
                connection,
                actor=self.actor,
                label=label,
                schema_version=version,
                after=before,
            )

    @contextmanager
    def apply(self, *, origin: Origin = "sync") -> Iterator[Write]:
        """Base data that is nobody's edit (a pull, the demo city): no operations, same hooks.

        The flag that silences capture lives inside the transaction, so a crash takes it along.
        """
        with self._transaction() as connection:
            outbox.sweep(connection, schema_version=self.replica.schema_version)
            connection.execute(text("update _ctl set applying = 1"))
            write = Write(connection, origin)
            yield write
            if write.abandoned:
                connection.rollback()
                write.changes = ChangeSet(origin=origin)
                return
            self._settle(write, outbox.last_seq(connection))
            connection.execute(text("update _ctl set applying = 0"))

    def sweep(self) -> int:
        """Wraps operations that another program left; gives how many there were."""
        with self._transaction() as connection:
            return outbox.sweep(connection, schema_version=self.replica.schema_version)

    def _settle(self, write: Write, before: int) -> None:
        """Collects what changed and runs the hooks, which may change more."""
        connection, origin = write.connection, write.changes.origin
        touched = write.changes
        write.changes = touched.merge(self._collected(connection, before, origin))
        for hook in self.before_commit:
            more = hook(connection, write.changes)
            if more is not None:
                touched = touched.merge(ChangeSet(more.rows, origin))
                write.changes = write.changes.merge(ChangeSet(more.rows, origin))
        if self.before_commit:
            write.changes = touched.merge(self._collected(connection, before, origin))
        outbox.clear_notes(connection)

    def _collected(self, connection: Connection, before: int, origin: Origin) -> ChangeSet:
        captured = ChangeSet(outbox.rows_since(connection, before), origin)
        return captured.merge(ChangeSet(outbox.noted_rows(connection), origin))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """BEGIN IMMEDIATE to COMMIT, alone in this process; commits under the file's lock."""
        replica = self.replica
        me = threading.get_ident()
        assert self._writer != me, "a write may not be nested in another"
        with replica.writing:
            assert not replica.closed, "the replica is closed"
            self._writer = me
            try:
                with replica.writer_engine.connect() as connection:
                    connection.begin()
                    yield connection
                    if connection.in_transaction():
                        _still_whole(connection)
                        with replica.committing:
                            connection.commit()
            finally:
                self._writer = None


def _still_whole(connection: Connection) -> None:
    """SQLite ends a transaction by itself on a full disk; what follows must not be committed."""
    driver = connection.connection.driver_connection
    if driver is None or not driver.in_transaction:
        raise DiskFull("磁盘已满，本次操作没有保存。请清理磁盘后重试；此前的数据完好。")
