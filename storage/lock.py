"""One process per store: a lock the operating system takes back when the process dies.

The lock file also remembers whether the last owner closed the store in order. Any thread.
"""

import json
import os
import sys
from pathlib import Path

from storage.faults import ReadOnlyFolder, ReplicaInUse

if sys.platform == "win32":
    import msvcrt

    # Byte ranges are mandatory on Windows: a range past the content leaves the pid readable.
    _RANGE_AT = 1 << 20

    def _take(handle: int) -> None:
        os.lseek(handle, _RANGE_AT, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """Held from construction to `release`. `left_clean` tells how the last owner went."""

    def __init__(self, path: Path) -> None:
        """Takes the lock at `path`; ReplicaInUse or ReadOnlyFolder when that cannot be."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        try:
            self._handle = os.open(path, flags, 0o600)
        except OSError as error:
            raise ReadOnlyFolder(
                f"数据文件夹不可写：{path.parent}。请检查权限或换一个位置。"
            ) from error
        try:
            _take(self._handle)
        except OSError as error:
            pid = self._read().get("pid")
            os.close(self._handle)
            known = f"（进程号 {pid}）" if isinstance(pid, int) else ""
            raise ReplicaInUse(
                f"数据文件夹正被另一个执行指挥台使用{known}。请先关闭它，再打开。",
                pid=pid if isinstance(pid, int) else None,
            ) from error
        before = self._read()
        self.left_clean = before.get("state", "clean") == "clean"
        stamp = before.get("stamp")
        self.stamp_before: list[int] | None = stamp if isinstance(stamp, list) else None
        self._released = False
        self._note({"pid": os.getpid(), "state": "open"})

    def release(self, *, clean: bool, stamp: list[int] | None = None) -> None:
        """Gives the lock back; `clean` False makes the next owner check every page.

        `stamp` is size and time of the file as it was left: a file changed since is checked too.
        """
        if self._released:
            return
        self._released = True
        try:
            self._note({"state": "clean" if clean else "suspect", "stamp": stamp})
        finally:
            os.close(self._handle)

    def _read(self) -> dict[str, object]:
        try:
            os.lseek(self._handle, 0, os.SEEK_SET)
            data = json.loads(os.read(self._handle, 4096) or b"{}")
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    def _note(self, data: dict[str, object]) -> None:
        text = json.dumps(data).encode()
        try:
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, text)
            os.ftruncate(self._handle, len(text))
        except OSError:
            # A full disk must not keep anyone from reading: the lock itself needs no bytes.
            return
