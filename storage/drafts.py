"""Typed but not submitted text, in a small encrypted file of its own.

A long import holds the replica's write transaction for minutes; typing must be safe meanwhile, so
drafts do not share that file. Any thread; `save` is durable when it returns (a few milliseconds).
"""

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2

from storage import engine, quarantine
from storage.faults import DamagedReplica, ReplicaFault
from storage.key import Key
from storage.replica import Replica

DATABASE: Final = "drafts.db"
_CACHE_KIB: Final = 1_024
_CREATE: Final = (
    "create table if not exists draft"
    "(key text primary key not null, value text not null, saved_at text not null)"
)


class Drafts:
    """Key -> JSON object. One connection, one lock."""

    def __init__(self, path: Path, key: Key) -> None:
        """Opens `path`; a file that cannot be read goes to quarantine and a new one is begun."""
        self._path = path
        self._key = key
        self._lock = threading.Lock()
        try:
            self._connection = _opened(path, key)
        except DamagedReplica:
            self._connection = self._begun_anew()

    @classmethod
    def open(cls, replica: Replica) -> "Drafts":
        """The drafts of an open replica, under the same key."""
        return cls(replica.folder / DATABASE, replica.key)

    def save(self, key: str, value: Mapping[str, Any]) -> None:
        """Keeps `value` under `key`; TypeError when it is not JSON."""
        body = json.dumps(dict(value), ensure_ascii=False)
        now = datetime.now().astimezone().isoformat(timespec="milliseconds")
        self._run(
            "insert into draft(key, value, saved_at) values (?, ?, ?) on conflict(key) "
            "do update set value = excluded.value, saved_at = excluded.saved_at",
            (key, body, now),
        )

    def load(self, key: str) -> dict[str, Any] | None:
        """What was kept under `key`, or None."""
        rows = self._run("select value from draft where key = ?", (key,))
        return _object(rows[0][0]) if rows else None

    def discard(self, key: str) -> None:
        """Forgets `key`; nothing happens when there is none."""
        self._run("delete from draft where key = ?", (key,))

    def all(self) -> dict[str, dict[str, Any]]:
        """Every kept draft, oldest first."""
        rows = self._run("select key, value from draft order by saved_at, key", ())
        return {str(key): _object(value) for key, value in rows}

    def close(self) -> None:
        """Closes the file; may be called twice."""
        with self._lock:
            self._connection.close()

    def _run(self, statement: str, values: tuple[str, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._once(statement, values)
            except (DamagedReplica, MemoryError):
                # What is typed now must be kept, whatever became of the older drafts.
                self._connection.close()
                self._connection = self._begun_anew()
                return self._once(statement, values)

    def _once(self, statement: str, values: tuple[str, ...]) -> list[tuple[Any, ...]]:
        try:
            # Autocommit: the statement is durable when it returns.
            return list(self._connection.execute(statement, values).fetchall())
        except dbapi2.Error as error:
            fault: ReplicaFault | None = engine.fault_of(error, self._path)
            raise fault or error from error

    def _begun_anew(self) -> dbapi2.Connection:
        quarantine.set_aside(self._path, "damaged-drafts")
        return _opened(self._path, self._key)


def _opened(path: Path, key: Key) -> dbapi2.Connection:
    connection: dbapi2.Connection | None = None
    try:
        connection = engine.connect(path, key)
        connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
        connection.execute("pragma journal_mode = wal").fetchall()
        connection.execute(_CREATE)
    except (dbapi2.Error, MemoryError) as error:
        if connection is not None:
            connection.close()
        if isinstance(error, MemoryError):
            raise DamagedReplica("草稿文件已损坏。") from error
        raise engine.fault_of(error, path) or error from error
    return connection


def _object(body: str) -> dict[str, Any]:
    value = json.loads(body)
    assert isinstance(value, dict)
    return value
