"""Bodies of attachments on this device: files by SHA-256 beside the replica, encrypted. Any thread.

A file is a header, then one record for each 256 KiB: nonce, ciphertext, tag (AES-256-GCM). What
names the content and its place is bound into every record, so that records cannot be exchanged,
dropped or taken from another file. The key lies in the encrypted replica: it opens with it, is
backed up with it, and goes with it when a store is erased.
"""

import errno
import hashlib
import hmac
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.faults import DiskFull, ReplicaFault
from storage.session import Session

FOLDER: Final = "blobs"
CHUNK: Final = 262_144
SIZE_MAX: Final = 268_435_456  # the hub has to hash a body in one piece
_MAGIC: Final = b"EDB1"
_SALT_BYTES: Final = 16
_HEADER: Final = len(_MAGIC) + _SALT_BYTES
_NONCE: Final = 12
_RECORD: Final = _NONCE + CHUNK + 16
_KEY_ROW: Final = "blob_key"

# local: made here and not at the hub yet; sent: made here, the hub has it; part: half received;
# cached: received. Only what the hub has may be dropped to make room.
State = Literal["local", "sent", "part", "cached"]


class BlobFault(ReplicaFault):
    """A body cannot be kept or read; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Blob:
    """What an attachment's row says of its body."""

    sha256: str
    size: int
    mime: str

    @property
    def chunks(self) -> int:
        """How many pieces it travels in."""
        return -(-self.size // CHUNK)


class BlobStore:
    """All bodies of one replica."""

    def __init__(self, session: Session) -> None:
        """Makes folder and key when they are not there yet."""
        self._session = session
        self.folder = session.replica.folder / FOLDER
        self.folder.mkdir(exist_ok=True)
        self._key = _key_of(session)

    def add(self, source: Path, mime: str) -> Blob:
        """Takes a file in, to be sent; gives what its attachment's row must say.

        The same content twice is stored once. Raises BlobFault for a file that is too big or
        changes meanwhile, DiskFull, OSError when it cannot be read.
        """
        size = source.stat().st_size
        if size > SIZE_MAX:
            raise BlobFault(f"附件超过 {SIZE_MAX // 2**20} MB，无法保存：{source.name}。")
        sha = _sha_of(source)
        blob = Blob(sha, size, mime)
        if self.state(sha) not in ("local", "sent", "cached"):
            with _room(), source.open("rb") as file:
                self._seal(blob, file)
        self._note(blob, "local")
        return blob

    def state(self, sha: str) -> State | None:
        """How much of a body is here; None without any."""
        with self._session.read() as connection:
            found = connection.exec_driver_sql(
                "select state from _blob where sha256 = ?", (sha,)
            ).scalar()
        if found in ("local", "sent", "cached") and not self.path(sha).exists():
            return None
        return found

    def path(self, sha: str) -> Path:
        """Its file; the name tells nothing of the content to whoever sees the folder."""
        return self.folder / hmac.new(self._key, sha.encode(), hashlib.sha256).hexdigest()[:40]

    def read(self, blob: Blob) -> Iterator[bytes]:
        """The whole body, piece by piece; counts as a use. Raises BlobFault when it is damaged."""
        os.utime(self.path(blob.sha256))
        for number in range(blob.chunks):
            yield self.chunk(blob, number)

    def chunk(self, blob: Blob, number: int) -> bytes:
        """One piece. Raises BlobFault when file or piece is missing or damaged."""
        try:
            with self.path(blob.sha256).open("rb") as file:
                cipher = self._cipher(file.read(_HEADER))
                file.seek(_HEADER + number * _RECORD)
                record = file.read(_RECORD)
            return cipher.decrypt(record[:_NONCE], record[_NONCE:], _place(blob, number))
        except (OSError, ValueError, InvalidTag) as error:
            raise BlobFault("本机保存的附件已损坏或缺失。") from error

    def sound(self, blob: Blob) -> bool:
        """Whether the stored body still is what its fingerprint says."""
        digest = hashlib.sha256()
        try:
            for number in range(blob.chunks):
                digest.update(self.chunk(blob, number))
        except BlobFault:
            return False
        return digest.hexdigest() == blob.sha256

    # What the lane does while a body travels

    def received(self, blob: Blob) -> int:
        """How many pieces of a half-received body are here; a torn last one does not count."""
        part = self._part(blob.sha256)
        if not part.exists():
            return 0
        whole = max(0, part.stat().st_size - _HEADER) // _RECORD
        if part.stat().st_size < _HEADER:
            part.unlink()
            return 0
        os.truncate(part, _HEADER + whole * _RECORD)
        return whole

    def append(self, blob: Blob, number: int, body: bytes) -> None:
        """Keeps piece `number`, which must be the next one."""
        part = self._part(blob.sha256)
        with _room():
            if not part.exists():
                self._note(blob, "part")
                part.write_bytes(_MAGIC + secrets.token_bytes(_SALT_BYTES))
            with part.open("r+b") as file:
                cipher = self._cipher(file.read(_HEADER))
                file.seek(_HEADER + number * _RECORD)
                file.write(_record(cipher, blob, number, body))

    def complete(self, blob: Blob) -> bool:
        """Makes a fully received body the stored one; False when it is not what it should be."""
        part, path = self._part(blob.sha256), self.path(blob.sha256)
        if not blob.chunks:
            self.append(blob, 0, b"")
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
        if not self.sound(blob):
            path.unlink()
            self._forget([blob.sha256])
            return False
        self._note(blob, "cached")
        return True

    def sent(self, sha: str, chunks: int, *, whole: bool = False) -> None:
        """How far the hub has it."""
        with self._session.apply() as write:
            write.connection.exec_driver_sql(
                "update _blob set sent_chunks = ?, state = case when ? then 'sent' else state end"
                " where sha256 = ?",
                (chunks, whole, sha),
            )

    # Room

    def used(self) -> int:
        """Bytes of all files."""
        return sum(path.stat().st_size for path in self.folder.iterdir())

    def make_room(self, quota: int, keep: Collection[str] = ()) -> int:
        """Drops bodies that the hub has, longest unused first, until `quota` bytes are kept.

        Never those in `keep` and never what waits to be sent; gives how many went.
        """
        used = self.used()
        if used <= quota:
            return 0
        with self._session.read() as connection:
            found = connection.exec_driver_sql(
                "select sha256 from _blob where state in ('sent', 'cached', 'part')"
            ).scalars()
            names = [sha for sha in found if sha not in keep]
        gone = []
        for sha in sorted(names, key=self._last_use):
            if used <= quota:
                break
            used -= self._unlink(sha)
            gone.append(sha)
        self._forget(gone)
        return len(gone)

    def tidy(self) -> int:
        """Drops bodies no row here speaks of any more, as their case went to another team, and
        forgets those whose file is gone."""
        with self._session.read() as connection:
            found = connection.exec_driver_sql(
                "select b.sha256, b.state, exists (select 1 from attachment a"
                " where a.sha256 = b.sha256) from _blob b where b.state <> 'local'"
            ).fetchall()
        gone = [
            sha
            for sha, state, known in found
            if not known or (state != "part" and not self.path(sha).exists())
        ]
        for sha in gone:
            self._unlink(sha)
        self._forget(gone)
        return len(gone)

    def _unlink(self, sha: str) -> int:
        size = 0
        for path in (self.path(sha), self._part(sha)):
            if path.exists():
                size += path.stat().st_size
                path.unlink()
        return size

    def _last_use(self, sha: str) -> float:
        times = [p.stat().st_mtime for p in (self.path(sha), self._part(sha)) if p.exists()]
        return max(times, default=0.0)

    def _part(self, sha: str) -> Path:
        return self.path(sha).with_suffix(".part")

    def _forget(self, gone: Collection[str]) -> None:
        if gone:
            with self._session.apply() as write:
                write.connection.exec_driver_sql(
                    "delete from _blob where sha256 = ?", [(sha,) for sha in gone]
                )

    def _note(self, blob: Blob, state: State) -> None:
        with self._session.apply() as write:
            write.connection.exec_driver_sql(
                "insert into _blob (sha256, size, mime, path, state) values (?, ?, ?, ?, ?)"
                " on conflict (sha256) do update set state = excluded.state",
                (blob.sha256, blob.size, blob.mime, self.path(blob.sha256).name, state),
            )

    def _cipher(self, header: bytes) -> AESGCM:
        if len(header) != _HEADER or not header.startswith(_MAGIC):
            raise ValueError("not a body of this store")
        salt = header[len(_MAGIC) :]
        return AESGCM(HKDF(SHA256(), 32, salt, b"enforcement-desk attachment").derive(self._key))

    def _seal(self, blob: Blob, source: BinaryIO) -> None:
        part = self._part(blob.sha256)
        header = _MAGIC + secrets.token_bytes(_SALT_BYTES)
        cipher = self._cipher(header)
        digest = hashlib.sha256()
        try:
            with part.open("wb") as file:
                file.write(header)
                for number in range(max(1, blob.chunks)):
                    body = source.read(CHUNK)
                    digest.update(body)
                    file.write(_record(cipher, blob, number, body))
                file.flush()
                os.fsync(file.fileno())
            if digest.hexdigest() != blob.sha256 or source.read(1):
                raise BlobFault("文件在保存过程中发生了变化，请重试。")
            part.replace(self.path(blob.sha256))
        finally:
            part.unlink(missing_ok=True)


def pinned(session: Session, person_id: str) -> set[str]:
    """Bodies that stay here: attachments of the cases this person handles or leads."""
    with session.read() as connection:
        found = connection.exec_driver_sql(
            'select distinct a.sha256 from attachment a join "case" c on c.id = a.case_id'
            " where c.closed_on is null and ? in (c.handler_id, c.leader_id)",
            (person_id,),
        )
        return set(found.scalars())


def _key_of(session: Session) -> bytes:
    """Random, made once. Derived from the passphrase it would be another after a restore, and
    what had not been sent by then would be lost."""
    with session.apply() as write:
        write.connection.exec_driver_sql(
            "insert into _sync (key, value) values (?, ?) on conflict do nothing",
            (_KEY_ROW, secrets.token_hex(32)),
        )
        found = write.connection.exec_driver_sql(
            "select value from _sync where key = ?", (_KEY_ROW,)
        ).scalar_one()
    return bytes.fromhex(str(found))


def _record(cipher: AESGCM, blob: Blob, number: int, body: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, body, _place(blob, number))


def _place(blob: Blob, number: int) -> bytes:
    return f"{blob.sha256}|{blob.size}|{number}".encode()


def _sha_of(source: Path) -> str:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull("磁盘已满，附件没有保存。请清理磁盘后重试。") from error
        raise
