"""Erases a store: the device was revoked, or its owner gives it back. Any thread, store closed.

The key card and the file headers go first: without the salt in them no passphrase opens the rest.
Then every byte is overwritten before the files are removed. On a disk that remaps its blocks
overwriting proves nothing; the encryption does.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FIRST: Final = ("replica.json", "replica.db", "drafts.db", "positions.db")
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Proof:
    """What was erased: number of files and bytes, and one SHA-256 over their last contents."""

    files: int
    size: int
    sha256: str


def erase(folder: Path) -> Proof:
    """Overwrites and removes every file below `folder`, the folder itself stays empty.

    A file that cannot be removed is at least overwritten. Raises OSError only when a file can be
    neither.
    """
    digest, size, count = hashlib.sha256(), 0, 0
    found = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    found.sort(key=lambda path: (path.name not in _FIRST, str(path)))
    for path in found:
        digest.update(str(path.relative_to(folder)).encode())
        size += _overwrite(path, digest)
        count += 1
        try:
            path.unlink()
        except OSError:
            if path.stat().st_size:
                raise
    for below in sorted(folder.rglob("*"), reverse=True):
        if below.is_symlink():
            below.unlink()
        elif below.is_dir():
            below.rmdir()
    return Proof(count, size, digest.hexdigest())


def erase_file(path: Path) -> Proof:
    """Overwrites and removes one file. Raises OSError."""
    digest = hashlib.sha256()
    size = _overwrite(path, digest)
    path.unlink()
    return Proof(1, size, digest.hexdigest())


def _overwrite(path: Path, digest: "hashlib._Hash") -> int:
    size = path.stat().st_size
    with path.open("r+b", buffering=0) as file:
        done = 0
        while block := file.read(_BLOCK):
            digest.update(block)
            file.seek(done)
            file.write(os.urandom(len(block)))
            done += len(block)
        os.fsync(file.fileno())
        file.truncate(0)
    return size
