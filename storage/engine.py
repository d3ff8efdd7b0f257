"""Connections to one encrypted file, and the driver's errors in the words of storage.faults.

Two engines per file: one writing connection, and a pool of reading ones that refuse writes and
never checkpoint. SQLite 3.7.0–3.51.2 can corrupt a WAL when two connections commit or checkpoint
at once, so everything that does either happens on the writing connection, under one lock.
Any thread.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from storage.faults import (
    DamagedReplica,
    DiskFault,
    DiskFull,
    ReadOnlyFolder,
    RefusedByRule,
    ReplicaFault,
    ReplicaInUse,
)
from storage.key import Key

BUSY_TIMEOUT_MS: Final = 5_000
WRITER_CACHE_KIB: Final = 32_768
READER_CACHE_KIB: Final = 16_384
FILLING_CACHE_KIB: Final = 196_608  # pages of a fresh store are then encrypted and written once
WAL_AFTER_CHECKPOINT_BYTES: Final = 64 * 1024 * 1024
READERS_MAX: Final = 8
_FREE_BYTES_MIN: Final = 1024 * 1024

# Primary result codes of SQLite (sqlite.org/rescode.html).
_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
_CONSTRAINT: Final = 19
_CONSTRAINT_FAILED: Final = "constraint failed"


def connect(path: Path, key: Key, *, reading: bool = False) -> dbapi2.Connection:
    """One keyed connection in autocommit mode; SQLAlchemy's events begin its transactions."""
    connection = dbapi2.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_MS / 1000
    )
    # The ledger's triggers ask for it: a connection without it books nothing.
    connection.create_function("sha256_hex", 1, _sha256_hex, deterministic=True)
    run = connection.execute
    run("pragma cipher_log_level = NONE")  # It would write to a user's terminal.
    run(f"pragma key = {key.pragma}")
    run(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")
    run("pragma temp_store = memory")
    run("pragma mmap_size = 0")
    run("pragma foreign_keys = on")
    # Without it INSERT OR REPLACE deletes the old row past the triggers.
    run("pragma recursive_triggers = on")
    if reading:
        run("pragma wal_autocheckpoint = 0")
        run(f"pragma cache_size = -{READER_CACHE_KIB}")
        run("pragma query_only = on")
    else:
        run("pragma synchronous = full")
        run(f"pragma cache_size = -{WRITER_CACHE_KIB}")
        run(f"pragma journal_size_limit = {WAL_AFTER_CHECKPOINT_BYTES}")
    return connection


def _sha256_hex(value: object) -> str | None:
    return None if value is None else hashlib.sha256(str(value).encode()).hexdigest()


def writer(path: Path, key: Key) -> Engine:
    """The engine of the one writing connection; its transactions are BEGIN IMMEDIATE."""
    return _engine(path, key, reading=False)


def readers(path: Path, key: Key) -> Engine:
    """The engine of the reading connections; a transaction is one WAL snapshot."""
    return _engine(path, key, reading=True)


def _engine(path: Path, key: Key, *, reading: bool) -> Engine:
    def creator() -> dbapi2.Connection:
        try:
            return connect(path, key, reading=reading)
        except dbapi2.Error as error:
            raise fault_of(error, path, reading=reading) or error from error

    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        creator=creator,
        poolclass=QueuePool,
        pool_size=2 if reading else 1,
        max_overflow=READERS_MAX - 2 if reading else 0,
        pool_timeout=30,
        hide_parameters=True,  # Parties' names must not end in a log or a crash report.
        # The driver's transactions are begun by the event below, rolled back by SQLAlchemy.
        pool_reset_on_return="rollback",
    )
    begin = "BEGIN" if reading else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    @event.listens_for(engine, "handle_error", retval=True)
    def _explain(context: ExceptionContext) -> ReplicaFault | None:
        fault = fault_of(context.original_exception, path, reading=reading)
        if isinstance(fault, DamagedReplica | DiskFull | DiskFault):
            # After a failed page check SQLCipher answers nonsense on the same connection, and
            # after a full disk SQLite has rolled back: a further statement would commit alone.
            context.is_disconnect = True
            context.invalidate_pool_on_disconnect = False
        return fault

    return engine


def fault_of(error: BaseException, path: Path, *, reading: bool = False) -> ReplicaFault | None:
    """The fault a driver's error means; None where it is a bug or the caller's own business."""
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    primary = code & 0xFF
    # The driver gives primary codes only: a trigger's refusal is known by its own words.
    if primary == _CONSTRAINT and _CONSTRAINT_FAILED not in str(error):
        return RefusedByRule(str(error))
    if primary == _FULL or (primary == _IOERR and _free_bytes(path) < _FREE_BYTES_MIN):
        return DiskFull("磁盘已满，本次操作没有保存。请清理磁盘后重试；此前的数据完好。")
    if primary in (_CORRUPT, _NOTADB):
        return DamagedReplica(
            "数据文件已损坏，无法继续读取。请关闭后重新打开，以便隔离并从备份恢复。"
        )
    if primary == _IOERR:
        return DiskFault(f"读写磁盘失败，本次操作没有保存：{path.parent}。请检查磁盘或网络盘连接。")
    if primary in (_BUSY, _LOCKED):
        return ReplicaInUse("数据文件正被另一个程序占用，本次操作没有保存。请稍后重试。")
    if primary in (_READONLY, _CANTOPEN) and not reading:
        return ReadOnlyFolder(f"数据文件夹不可写：{path.parent}。请检查权限或换一个位置。")
    return None


def _free_bytes(path: Path) -> int:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return _FREE_BYTES_MIN


def problems(path: Path, key: Key, *, structure: bool = True) -> list[str]:
    """What is wrong with a file, empty when it is sound: every page's check, then the structure.

    About 0.5 s per 100 MB with `structure`, a third of it without. Each check has a connection
    of its own, because one that met a bad page cannot be trusted afterwards.
    """
    if path.stat().st_size == 0:
        return ["the file is empty"]
    found: list[str] = []
    checks = ("cipher_integrity_check", "quick_check") if structure else ("cipher_integrity_check",)
    for check in checks:
        try:
            found = _asked(path, key, check)
        except dbapi2.Error as error:
            fault = fault_of(error, path)
            if fault is not None and not isinstance(fault, DamagedReplica):
                raise fault from error
            found = [str(error)]
        except MemoryError:
            found = [f"{check} gave up"]
        if found:
            break
    return found


def _asked(path: Path, key: Key, check: str) -> list[str]:
    connection = connect(path, key)
    try:
        rows = connection.execute(f"pragma {check}").fetchmany(20)
        return [str(row[0]) for row in rows if row[0] != "ok"]
    finally:
        connection.close()
