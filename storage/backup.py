"""Copies that are proven to open, and the way back from one.

A backup is one encrypted file, readable with the passphrase alone on a bare machine. It is opened
and checked after it was written, before it gets its name. Off the UI thread: a copy takes about
one second per 100 MB and does not hold up writes.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlcipher3 import dbapi2

from storage import engine, key, migrations, quarantine
from storage.faults import (
    DamagedReplica,
    DiskFault,
    DiskFull,
    MissingReplica,
    ReadOnlyFolder,
    ReplicaFault,
    WrongPassphrase,
)
from storage.lock import FolderLock
from storage.replica import (
    BACKUPS,
    CARD,
    INCOMING,
    INCOMING_CARD,
    INCOMING_READY,
    LOCK,
    Replica,
    copy_into,
    finish_restore,
)

DAILY_KEPT: Final = 14
WEEKLY_KEPT: Final = 8
_DAILY_NAME: Final = re.compile(r"daily-(\d{4}-\d{2}-\d{2})\.db")
_NO_SPACE: Final = 28
_READ_ONLY: Final = (13, 30)


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a proven copy holds: rows per table, its schema and when it was written."""

    path: Path
    schema_version: str
    made_at: str
    rows: Mapping[str, int]


def backup(replica: Replica, target: Path) -> BackupReport:
    """Writes one snapshot of the open replica to `target` and proves it.

    `target` appears only when the copy is complete and sound. DiskFull, ReadOnlyFolder or
    DamagedReplica otherwise.
    """
    target = target.expanduser()
    unproven = target.with_name(target.name + ".unproven")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_into(replica, unproven)
        report = _proven(unproven, replica.key)
        unproven.replace(target)
        quarantine.sync_folder(target.parent)
    except OSError as error:
        _drop(unproven)
        raise _from_system(error, target.parent) from error
    except ReplicaFault:
        _drop(unproven)
        raise
    return BackupReport(target, report.schema_version, report.made_at, report.rows)


def daily(replica: Replica, today: date) -> BackupReport | None:
    """Today's local backup, None when it is there already; older ones are thinned out."""
    folder = replica.folder / BACKUPS
    target = folder / f"daily-{today.isoformat()}.db"
    if target.exists():
        return None
    report = backup(replica, target)
    for old in superseded([path.name for path in folder.iterdir()]):
        (folder / old).unlink(missing_ok=True)
    return report


def superseded(names: list[str]) -> list[str]:
    """The daily backups to drop: all but the newest 14, and the newest of each of 8 weeks.

    Names that are not daily backups are never named here.
    """
    found = [(match[1], name) for name in names if (match := _DAILY_NAME.fullmatch(name))]
    newest_first = sorted(found, reverse=True)
    kept = {name for _, name in newest_first[:DAILY_KEPT]}
    weeks: dict[tuple[int, int], str] = {}
    for day, name in newest_first[DAILY_KEPT:]:
        calendar = date.fromisoformat(day).isocalendar()
        weeks.setdefault((calendar.year, calendar.week), name)
    kept.update(list(weeks.values())[:WEEKLY_KEPT])
    return [name for _, name in newest_first if name not in kept]


def restore(folder: Path, source: Path, passphrase: str) -> BackupReport:
    """Makes `source` the replica of `folder`; what was there goes to quarantine first.

    The copy is proven before anything is replaced, and the replacement is a few renames that a
    later start completes if this one dies half way. Works where no store ever was.
    """
    folder, source = folder.expanduser(), source.expanduser()
    if not source.is_file():
        raise MissingReplica(f"备份文件不存在：{source}。")
    # A file that is no backup, or another passphrase, must not leave an empty folder behind.
    try:
        file_key = _key_of(source, passphrase)
    except OSError as error:
        raise _from_system(error, source) from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReadOnlyFolder(f"无法建立数据文件夹：{folder}。请检查权限或换一个位置。") from error
    lock = FolderLock(folder / LOCK)
    try:
        report = _prepare(folder, source, file_key)
        finish_restore(folder)
    except OSError as error:
        raise _from_system(error, folder) from error
    finally:
        lock.release(clean=False)
    return report


def _prepare(folder: Path, source: Path, file_key: key.Key) -> BackupReport:
    """Copies and proves the incoming file, then marks it ready to be swapped in."""
    incoming, card = folder / INCOMING, folder / INCOMING_CARD
    (folder / INCOMING_READY).unlink(missing_ok=True)
    shutil.copyfile(source, incoming)
    try:
        report = _proven(incoming, file_key)
        migrations.refuse_newer(report.schema_version)
    except ReplicaFault:
        incoming.unlink(missing_ok=True)
        raise
    before = key.read_card(folder / CARD)
    if before is not None and before.check != file_key.check():
        # Drafts lie under the replica's key and could not be read under another one.
        quarantine.set_aside(folder / "drafts.db", "other-key")
    key.write_card(card, file_key)
    with incoming.open("rb+") as file:
        os.fsync(file.fileno())
    with (folder / INCOMING_READY).open("w") as file:
        os.fsync(file.fileno())
    quarantine.sync_folder(folder)
    return BackupReport(source, report.schema_version, report.made_at, report.rows)


def _key_of(source: Path, passphrase: str) -> key.Key:
    """The key of a copy; its salt stands in its first bytes."""
    salt = key.salt_of(source)
    if salt is None:
        raise DamagedReplica(f"备份文件不完整：{source}。请换用另一份备份。")
    made = key.derive(passphrase, salt)
    if not key.fits(source, made):
        raise WrongPassphrase("口令与这份备份不符，或所选文件不是执行指挥台的备份；未作任何改动。")
    return made


def _proven(path: Path, file_key: key.Key) -> BackupReport:
    """Opens a copy, checks every page and counts every table."""
    if engine.problems(path, file_key):
        raise DamagedReplica(f"备份文件已损坏，不能使用：{path}。请换用另一份备份。")
    connection = engine.connect(path, file_key, reading=True)
    try:
        rows = count_rows(connection)
        version = connection.execute("select version_num from alembic_version").fetchone()
    except dbapi2.Error as error:
        raise engine.fault_of(error, path) or DamagedReplica(
            f"所选文件不是执行指挥台的备份：{path}。"
        ) from error
    finally:
        connection.close()
    made_at = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    return BackupReport(path, str(version[0]), made_at.isoformat(timespec="seconds"), rows)


def count_rows(connection: dbapi2.Connection) -> dict[str, int]:
    """Rows per table of any schema version, tables of SQLite itself left out."""
    names = connection.execute(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' "
        "and name <> 'alembic_version' order by name"
    ).fetchall()
    counts: dict[str, int] = {}
    for (name,) in names:
        found = connection.execute(f'select count(*) from "{name}"').fetchone()
        counts[str(name)] = int(found[0])
    return counts


def _drop(path: Path) -> None:
    """Removes an unfinished copy; its own failure must not hide the first one."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _from_system(error: OSError, folder: Path) -> ReplicaFault:
    if error.errno == _NO_SPACE:
        return DiskFull(f"磁盘已满，备份没有完成：{folder}。请清理磁盘或换一个位置后重试。")
    if error.errno in _READ_ONLY:
        return ReadOnlyFolder(f"文件夹不可写：{folder}。请检查权限或换一个位置。")
    return DiskFault(f"读写磁盘失败：{folder}（{error.strerror}）。")
