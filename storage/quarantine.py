"""Files that must not be used any more are moved aside, never deleted. Any thread, lock held."""

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Final

SIDE_FILES: Final = ("-wal", "-shm", "-journal")
FOLDER: Final = "quarantine"


def stamp() -> str:
    """The local time as part of a file name, to the millisecond."""
    return datetime.now().strftime("%Y%m%d-%H%M%S-%f")[:-3]


def set_aside(path: Path, reason: str) -> Path | None:
    """Moves a database with its side files to quarantine/<time>-<reason>/.

    Gives that folder, or None when there was nothing to move. The log goes first: a log left
    behind would be applied to the next file of the same name.
    """
    there = [side for side in (*SIDE_FILES, "") if _with(path, side).exists()]
    if not there:
        return None
    assert re.fullmatch(r"[a-z-]+", reason)
    target = path.parent / FOLDER / f"{stamp()}-{reason}"
    target.mkdir(parents=True, exist_ok=True)
    for side in there:
        source = _with(path, side)
        source.replace(target / source.name)
    sync_folder(path.parent)
    return target


def sync_folder(folder: Path) -> None:
    """Makes renames in `folder` durable, where the system lets one sync a folder."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _with(path: Path, side: str) -> Path:
    return path.with_name(path.name + side)
