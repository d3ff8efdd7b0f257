"""How the store is: versions, soundness, counts, what waits to be sent, room on the disk.

Reads every page of the file: about half a second per 100 MB. Off the UI thread.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlcipher3 import dbapi2

from storage import engine
from storage.backup import count_rows
from storage.outbox import Pending, pending
from storage.replica import Replica, latest_backup
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Health:
    """One examination. Sizes are bytes; `problems` is empty when the file is sound."""

    folder: Path
    device_id: str
    schema_version: str
    sqlite_version: str
    cipher_version: str
    problems: tuple[str, ...]
    rows: Mapping[str, int]
    pending: Pending
    file_bytes: int
    log_bytes: int
    free_bytes: int
    latest_backup: Path | None
    latest_backup_at: datetime | None
    quarantined: tuple[str, ...]


def examine(replica: Replica) -> Health:
    """Examines an open replica; writes are held back while its pages are read."""
    with replica.writing:
        problems = engine.problems(replica.path, replica.key)
    connection = engine.connect(replica.path, replica.key, reading=True)
    try:
        rows = count_rows(connection) if not problems else {}
        cipher = str(connection.execute("pragma cipher_version").fetchone()[0])
    finally:
        connection.close()
    with Session(replica, actor="").read() as reader:
        waiting = pending(reader)
    backup = latest_backup(replica.folder)
    log = replica.path.with_name(replica.path.name + "-wal")
    quarantine = replica.folder / "quarantine"
    return Health(
        folder=replica.folder,
        device_id=replica.device_id,
        schema_version=replica.schema_version,
        sqlite_version=dbapi2.sqlite_version,
        cipher_version=cipher,
        problems=tuple(problems),
        rows=rows,
        pending=waiting,
        file_bytes=replica.path.stat().st_size,
        log_bytes=log.stat().st_size if log.exists() else 0,
        free_bytes=shutil.disk_usage(replica.folder).free,
        latest_backup=backup,
        latest_backup_at=(
            datetime.fromtimestamp(backup.stat().st_mtime).astimezone() if backup else None
        ),
        quarantined=tuple(sorted(path.name for path in quarantine.glob("*"))),
    )
