"""How bodies of attachments travel: one piece a step, after everything else. No thread, no sleep.

Whoever drives the sync calls `step` while nothing of more weight is to be done, on a connection
of the lane's own. Whatever is cut off is taken up at the next missing piece; a body the hub has
already is proven, not sent. A body that is refused holds up no other.
"""

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from storage.session import Session
from storage.sync.blobs import Blob, BlobFault, BlobStore, pinned
from storage.sync.port import (
    DeviceRevoked,
    LoginRefused,
    Stopped,
    SyncFault,
    Unreachable,
)

QUOTA: Final = 2 * 2**30
RETRY_S: Final = 300.0
_TRIES: Final = 2
_NOTED_EVERY: Final = 16
_OVER: Final = (Unreachable, LoginRefused, DeviceRevoked, Stopped)

# idle: nothing to do. waiting: operations go first. sent, received: one piece travelled. done: a
# body is where it belongs. missing: the hub does not have it yet. refused: a sentence says why.
Kind = Literal["idle", "waiting", "sent", "received", "done", "missing", "refused"]


class Call(Protocol):
    """A function of the hub by name, as storage.sync.postgres offers it."""

    def __call__(self, function: str, *values: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did. `at` of `of` pieces are where they belong."""

    kind: Kind
    row_id: str = ""
    at: int = 0
    of: int = 0
    sentence: str = ""

    @property
    def more(self) -> bool:
        """Whether another step may follow at once."""
        return self.kind not in ("idle", "waiting")


@dataclass(frozen=True, slots=True)
class _Job:
    row_id: str
    blob: Blob
    upload: bool


_UPLOADS: Final = (
    "select a.id, a.sha256, a.size, a.mime from attachment a"
    " join _blob b on b.sha256 = a.sha256 and b.state = 'local'"
    " where not exists (select 1 from _op o join _bundle u on u.n = o.bundle_n"
    "  where o.row_id = a.id and u.state <> 'decided') order by a.id"
)
_DOWNLOADS: Final = (
    "select a.id, a.sha256, a.size, a.mime from attachment a"
    " left join _blob b on b.sha256 = a.sha256"
    " where b.state is null or b.state = 'part' order by a.size, a.id"
)


class BlobLane:
    """One officer's attachments on one device. `step` belongs to one thread, `want` to any."""

    def __init__(
        self,
        session: Session,
        store: BlobStore,
        call: Call,
        *,
        busy: Callable[[], bool] = lambda: False,
        person_id: str = "",
        quota: int = QUOTA,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`busy`: whether operations wait for the line; `person_id`: whose cases are kept here."""
        self._session = session
        self._store = store
        self._call = call
        self._busy = busy
        self._person_id = person_id
        self._quota = quota
        self._clock = clock
        self._lock = threading.Lock()
        self._wanted: deque[str] = deque()
        self._tied: set[str] = set()
        self._later: dict[str, float] = {}
        self._job: _Job | None = None
        self._steps: Iterator[Step] = iter(())

    def want(self, row_id: str) -> None:
        """Somebody opens this attachment: it goes before all else of the lane."""
        with self._lock:
            if row_id not in self._wanted:
                self._wanted.append(row_id)
        self._later.pop(row_id, None)

    def step(self) -> Step:
        """One piece up or down. Raises a SyncFault when the hub cannot be used at all."""
        if self._busy():
            return Step("waiting")
        if self._job is None or (self._wanted and self._job.row_id not in self._wanted):
            self._job = self._next()
            if self._job is None:
                return Step("idle")
            self._steps = self._upload(self._job) if self._job.upload else self._download(self._job)
        job = self._job
        try:
            made = next(self._steps)
        except BaseException as fault:
            self._job = None
            if isinstance(fault, _OVER) or not isinstance(fault, SyncFault | BlobFault):
                raise
            made = Step("refused", job.row_id, sentence=str(fault))
        if made.kind in ("done", "missing", "refused"):
            self._job = None
            self._settled(job.row_id, made)
        return made

    def _settled(self, row_id: str, made: Step) -> None:
        with self._lock:
            if row_id in self._wanted:
                self._wanted.remove(row_id)
        if made.kind != "done":
            self._later[row_id] = self._clock() + RETRY_S

    def _next(self) -> _Job | None:
        """Wanted first, then what only this device has, then what shall be at hand."""
        self._store.tidy()
        with self._session.read() as connection:
            uploads = connection.exec_driver_sql(_UPLOADS).fetchall()
            downloads = connection.exec_driver_sql(_DOWNLOADS).fetchall()
        with self._lock:
            wanted = list(self._wanted)
        there = {row[0]: _Job(row[0], Blob(*row[1:]), upload=False) for row in downloads}
        for row_id in wanted:
            if row_id in there:
                return there[row_id]
            with self._lock:
                self._wanted.remove(row_id)
        now = self._clock()
        for row in uploads:
            if row[0] not in self._tied and self._later.get(row[0], now) <= now:
                return _Job(row[0], Blob(*row[1:]), upload=True)
        return self._pinned(there, now)

    def _pinned(self, there: dict[str, _Job], now: float) -> _Job | None:
        if not self._person_id or not there:
            return None
        mine = pinned(self._session, self._person_id)
        room = self._quota - self._store.used()
        for row_id, job in there.items():
            fits = job.blob.size <= room
            if job.blob.sha256 in mine and fits and self._later.get(row_id, now) <= now:
                return job
        return None

    # Up

    def _upload(self, job: _Job) -> Iterator[Step]:
        blob, row_id = job.blob, job.row_id
        device = self._session.replica.device_id
        told = self._call("blob_begin", device, row_id)
        for _ in range(_TRIES):
            while told["state"] == "send" and told["next"] < blob.chunks:
                number = told["next"]
                body = self._store.chunk(blob, number)
                told = self._call("blob_put", device, row_id, number, body)
                if number % _NOTED_EVERY == 0:
                    self._store.sent(blob.sha256, number + 1)
                yield Step("sent", row_id, number + 1, blob.chunks)
            if told["state"] == "send":
                told = self._call("blob_finish", device, row_id)
                # Another desk finished first, or the hub lost pieces: it says what is left to do.
                if told["state"] == "send":
                    continue
            if told["state"] == "prove":
                told = self._call("blob_prove", device, row_id, self._proof(blob, told["nonce"]))
            if told["state"] != "wrong":
                break
            if not self._store.sound(blob):
                raise BlobFault("本机保存的附件已损坏，无法上传。请从原处重新添加。")
            told = self._call("blob_begin", device, row_id)
        yield self._sent(job, told["state"])

    def _sent(self, job: _Job, state: str) -> Step:
        blob = job.blob
        if state == "done":
            self._tied.add(job.row_id)
            if not self._untied(blob.sha256):
                self._store.sent(blob.sha256, blob.chunks, whole=True)
            return Step("done", job.row_id, blob.chunks, blob.chunks)
        sentence = {
            "gone": "附件所在案件已不在您的范围内，正文未能上传，仍保存在本机。",
            "too_big": "附件超过共享库允许的大小，正文仅保存在本机。",
        }.get(state, "附件上传未能完成，稍后重试。")
        return Step("refused", job.row_id, sentence=sentence)

    def _untied(self, sha: str) -> bool:
        """Whether another row here speaks of this body that is not tied to it at the hub yet."""
        with self._session.read() as connection:
            rows = connection.exec_driver_sql("select id from attachment where sha256 = ?", (sha,))
            return any(row_id not in self._tied for row_id in rows.scalars())

    def _proof(self, blob: Blob, nonce: str) -> str:
        digest = hashlib.sha256(nonce.encode())
        for body in self._store.read(blob):
            digest.update(body)
        return digest.hexdigest()

    # Down

    def _download(self, job: _Job) -> Iterator[Step]:
        blob, row_id = job.blob, job.row_id
        device = self._session.replica.device_id
        for number in range(self._store.received(blob), blob.chunks):
            body = self._call("blob_get", device, row_id, number)
            if body is None:
                yield Step("missing", row_id, sentence="附件正文还没有传到共享库。")
                return
            self._store.append(blob, number, bytes(body))
            yield Step("received", row_id, number + 1, blob.chunks)
        if not self._store.complete(blob):
            yield Step("refused", row_id, sentence="收到的附件与登记的内容不符，已丢弃。")
            return
        keep = {blob.sha256}
        if self._person_id:
            keep |= pinned(self._session, self._person_id)
        self._store.make_room(self._quota, keep)
        yield Step("done", row_id, blob.chunks, blob.chunks)
