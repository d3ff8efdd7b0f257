"""The store of one device: a folder with the encrypted replica, drafts, backups, quarantine.

`Replica.open` locks the folder, proves the passphrase, checks a file that was not left in order,
copies and migrates an older schema. Opening takes a key derivation (about 0.1 s) and belongs off
the UI thread; afterwards the object may be used from any thread, through storage.session.
"""

import hmac
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final

from sqlalchemy import Engine, event, insert, select
from sqlalchemy.engine import ExceptionContext
from sqlcipher3 import dbapi2

from storage import engine, key, migrations, quarantine, tries
from storage.faults import DamagedReplica, DiskFull, MissingReplica, ReadOnlyFolder
from storage.ids import new_id
from storage.lock import FolderLock
from storage.schema.outbox import ctl

DATABASE: Final = key.DATABASE
CARD: Final = key.CARD
LOCK: Final = "lock"
BACKUPS: Final = "backups"
INCOMING: Final = "replica.db.incoming"
INCOMING_CARD: Final = "replica.json.incoming"
INCOMING_READY: Final = "incoming.ready"
RESTORED: Final = "restored.mark"  # until the next start has noted it in the replica
_EFFECTIVE: Final = os.access in os.supports_effective_ids


class Replica:
    """An open store. `writing` is held for a write transaction, `committing` round every commit
    and checkpoint of its file."""

    def __init__(self, folder: Path, file_key: key.Key, lock: FolderLock) -> None:
        """Not for callers: use `open`."""
        self.folder = folder
        self.path = folder / DATABASE
        self.key = file_key
        self.device_id = ""
        self.schema_version = ""
        self.writing = threading.Lock()
        self.committing = threading.Lock()
        self.writer_engine: Engine = engine.writer(self.path, file_key)
        self.reader_engine: Engine = engine.readers(self.path, file_key)
        self._lock = lock
        self._suspect = False
        self._closed = False
        for one in (self.writer_engine, self.reader_engine):
            event.listen(one, "handle_error", self._on_error)

    @classmethod
    def open(
        cls,
        folder: Path,
        passphrase: str,
        *,
        create: bool = False,
        derived: key.Key | None = None,
    ) -> "Replica":
        """Opens the store in `folder`, or makes it when `create` and there is none.

        `derived`: the key of this passphrase, where somebody has derived it meanwhile; it is
        proven like one that is derived here, and counts only for the salt of this store.
        Raises the faults of storage.faults. A damaged file is moved to quarantine only when the
        passphrase is proven right; a wrong passphrase never moves anything.
        """
        folder = Path(folder).expanduser()
        lock = _lock_folder(folder, create=create)
        replica: Replica | None = None
        try:
            finish_restore(folder)
            file_key, fresh = _key_for(folder, passphrase, create=create, derived=derived)
            if not fresh:
                _check(folder, file_key, trusted=_trusted(folder / DATABASE, lock))
                _mend_salt(folder / DATABASE, file_key.salt)
            replica = cls(folder, file_key, lock)
            replica._begin(fresh=fresh)
        except BaseException:
            if replica is not None:
                replica._dispose()
            lock.release(clean=lock.left_clean, stamp=lock.stamp_before)
            raise
        return replica

    @property
    def closed(self) -> bool:
        """Whether the store was closed; nothing may be read or written any more."""
        return self._closed

    def close(self) -> None:
        """Waits for the running write, empties the log into the file and gives back the lock."""
        with self.writing:
            if self._closed:
                return
            self._closed = True
            if not self._suspect:
                self._checkpoint()
            self._dispose()
            self._lock.release(clean=not self._suspect, stamp=_stamp(self.path))

    def __enter__(self) -> "Replica":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def prove(self, passphrase: str) -> None:
        """Whether whoever sits here now knows the passphrase of this open store (about 0.1 s).

        Raises WrongPassphrase or TooManyTries.
        """

        def is_right() -> bool:
            return hmac.compare_digest(key.derive(passphrase, self.key.salt).raw, self.key.raw)

        tries.proven(self.folder, is_right)

    @contextmanager
    def filling(self) -> Iterator[None]:
        """More memory for the writing connection while a store is filled from nothing."""
        self._cache(engine.FILLING_CACHE_KIB)
        try:
            yield
        finally:
            self._cache(engine.WRITER_CACHE_KIB)

    def _cache(self, kib: int) -> None:
        with self.writing, self.writer_engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute(f"pragma cache_size = -{kib}")

    def _begin(self, *, fresh: bool) -> None:
        """Brings the schema up to date and reads who this device is."""
        if fresh:
            with self.writer_engine.connect() as connection:
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.execute("pragma journal_mode = wal").fetchall()
        else:
            self._copy_before_upgrade()
        with self.writing, self.writer_engine.connect() as connection:
            transaction = connection.begin()
            migrations.upgrade(connection)
            device = connection.execute(select(ctl.c.device_id)).scalar()
            if device is None:
                device = new_id()
                connection.execute(insert(ctl).values(one=1, applying=0, device_id=device))
            if (self.folder / RESTORED).exists():
                # What counts on from its last row begins anew: others may have seen later rows.
                connection.exec_driver_sql(
                    "insert or replace into _sync (key, value) values ('restored', ?)",
                    (json.dumps({"life": new_id()}),),
                )
            with self.committing:
                transaction.commit()
        (self.folder / RESTORED).unlink(missing_ok=True)
        self.device_id = str(device)
        self.schema_version = migrations.SCHEMA_VERSION
        if key.read_card(self.folder / CARD) is None:
            key.write_card(self.folder / CARD, self.key)

    def _copy_before_upgrade(self) -> None:
        """An older file is copied whole before a migration touches it."""
        with self.reader_engine.connect() as connection:
            version = migrations.current(connection)
        migrations.refuse_newer(version)
        if version is None or version == migrations.SCHEMA_VERSION:
            return
        target = self.folder / BACKUPS / f"before-{version}-{quarantine.stamp()}.db"
        target.parent.mkdir(exist_ok=True)
        copy_into(self, target)

    def _checkpoint(self) -> None:
        with self.committing, self.writer_engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            try:
                driver.execute("pragma wal_checkpoint(truncate)").fetchall()
            except dbapi2.Error:
                # The log stays and is read at the next start; nothing is lost.
                self._suspect = True

    def _dispose(self) -> None:
        # The last connection to close checkpoints, so the writing one goes last, under the lock.
        with self.committing:
            self.reader_engine.dispose()
            self.writer_engine.dispose()

    def _on_error(self, context: ExceptionContext) -> None:
        if isinstance(engine.fault_of(context.original_exception, self.path), DamagedReplica):
            self._suspect = True


def copy_into(replica: Replica, target: Path) -> None:
    """Writes a compact copy under the same key; writes may go on meanwhile.

    Copies one snapshot through a connection of its own, so no pool is held up. On any error the
    unfinished copy is removed.
    """
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    connection = engine.connect(replica.path, replica.key)
    try:
        connection.execute("pragma wal_autocheckpoint = 0")
        connection.execute("vacuum into ?", (str(part),))
    except dbapi2.Error as error:
        part.unlink(missing_ok=True)
        raise engine.fault_of(error, target) or error from error
    finally:
        connection.close()
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)
    quarantine.sync_folder(target.parent)


def latest_backup(folder: Path) -> Path | None:
    """The newest local copy of the store in `folder`, by the time it was written."""
    found = [path for path in (folder / BACKUPS).glob("*.db") if path.stat().st_size > 0]
    return max(found, key=lambda path: path.stat().st_mtime_ns, default=None)


def finish_restore(folder: Path) -> Path | None:
    """Completes a restore that was prepared; every step may be repeated after a crash.

    Gives the quarantine folder of the replaced files. Without `incoming.ready` a half prepared
    copy is left alone: it replaced nothing.
    """
    ready = folder / INCOMING_READY
    if not ready.exists():
        return None
    aside = None
    if (folder / INCOMING).exists():
        aside = quarantine.set_aside(folder / DATABASE, "replaced")
        with (folder / RESTORED).open("w") as mark:
            os.fsync(mark.fileno())
        (folder / INCOMING).replace(folder / DATABASE)
    if (folder / INCOMING_CARD).exists():
        (folder / INCOMING_CARD).replace(folder / CARD)
    quarantine.sync_folder(folder)
    ready.unlink()
    return aside


def _lock_folder(folder: Path, *, create: bool) -> FolderLock:
    try:
        if not create and not folder.is_dir():
            what = "这是一个文件，不是数据文件夹" if folder.exists() else "数据文件夹不存在"
            raise MissingReplica(f"{what}：{folder}。")
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReadOnlyFolder(f"无法使用数据文件夹：{folder}。请检查权限或换一个位置。") from error
    for path in (folder, folder / DATABASE):
        # SQLite itself would fall back to reading and say nothing until the first write.
        if path.exists() and not os.access(path, os.W_OK, effective_ids=_EFFECTIVE):
            raise ReadOnlyFolder(f"数据文件夹不可写：{folder}。请检查权限或换一个位置。")
    return FolderLock(folder / LOCK)


def _key_for(
    folder: Path, passphrase: str, *, create: bool, derived: key.Key | None
) -> tuple[key.Key, bool]:
    """The proven key, and whether the database is still to be made."""
    path = folder / DATABASE
    if not path.exists() or path.stat().st_size == 0:
        if not create:
            raise MissingReplica(f"该文件夹中没有数据文件：{folder}。")
        made = key.derive(passphrase, key.new_salt())
        key.write_card(folder / CARD, made)
        return made, True
    card = key.read_card(folder / CARD)
    salt = card.salt if card is not None else key.salt_of(path)
    if salt is None:
        raise _quarantined(folder, "the file is shorter than its salt")
    if derived is None or derived.salt != salt:
        derived = key.derive(passphrase, salt)
    tried = derived

    def is_right() -> bool:
        return tried.check() == card.check if card is not None else key.fits(path, tried)

    tries.proven(folder, is_right)
    return tried, False


def _mend_salt(path: Path, salt: bytes) -> None:
    """Damage in the salt alone is mended from the card: no page check covers those bytes."""
    if key.salt_of(path) == salt:
        return
    with path.open("rb+") as file:
        file.write(salt)
        os.fsync(file.fileno())


def _stamp(path: Path) -> list[int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def _trusted(path: Path, lock: FolderLock) -> bool:
    """Left in order by its last owner and not changed by anyone since."""
    return lock.left_clean and lock.stamp_before == _stamp(path)


def _check(folder: Path, file_key: key.Key, *, trusted: bool) -> None:
    """A trusted file is only looked into; any other is checked page by page."""
    path = folder / DATABASE
    found: list[str] = []
    try:
        connection = engine.connect(path, file_key)
        try:
            connection.execute("select count(*) from sqlite_schema").fetchone()
            if not trusted:
                # The check reads the file, not the log: a page torn in a crash is whole there.
                connection.execute("pragma wal_checkpoint(truncate)").fetchall()
        finally:
            connection.close()
        if not trusted:
            found = engine.problems(path, file_key)
    except dbapi2.Error as error:
        fault = engine.fault_of(error, path)
        if isinstance(fault, DiskFull):
            # No room to empty the log: reading must go on, the check waits for the next start.
            return
        if not isinstance(fault, DamagedReplica):
            raise fault or error from error
        found = [str(error)]
    except MemoryError:
        found = ["the file could not be read"]
    if found:
        raise _quarantined(folder, "; ".join(found))


def _quarantined(folder: Path, why: str) -> DamagedReplica:
    """Moves the damaged file aside and names the way back."""
    target = quarantine.set_aside(folder / DATABASE, "damaged")
    if target is not None:
        (target / "reason.txt").write_text(why, "utf-8")
    backup = latest_backup(folder)
    advice = (
        f"可从最近的备份恢复：{backup}。"
        if backup
        else "本机没有备份，请联系管理员从其他位置恢复。"
    )
    return DamagedReplica(
        f"数据文件已损坏，原文件已完整移入隔离区：{target}。{advice}",
        quarantined=target,
        latest_backup=backup,
    )
