"""截图: pictures taken from feeds, with their hash, the moment of the frame and who took them.

A picture is a fact row and never changes; whether its bytes are still those of its hash is worked
out each time somebody looks.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, exists, func, insert, select

from desktop.circulars.names import file_name
from desktop.contract.court_zone import COURT_ZONE, court_time
from desktop.errors import UserError
from storage.ids import new_id
from storage.schema import table

BYTES_MOST: Final = 2_990_000  # as base64 it has to stay within the column's limit
NOTE_MOST: Final = 200
EXTENSIONS: Final = {"image/jpeg": "jpg", "image/png": "png"}
_HEADS: Final = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}

_shot, _feed, _person = table("snapshot"), table("feed"), table("person")
_operation, _act, _log = table("operation"), table("operation_act"), table("run_log")


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to be kept. `at`: the moment of its frame, `now` that of taking it."""

    feed_id: str
    data: bytes = field(repr=False)
    at: datetime
    now: datetime
    person_id: str | None
    operation_id: str | None = None
    case_id: str | None = None
    note: str = ""
    live: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of it."""

    id: str
    sha256: str
    operation: str  # the operation whose log has it, or empty


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One picture without its bytes. Moments with their zone."""

    id: str
    feed_id: str
    feed: str
    at: datetime
    taken_at: datetime
    person: str
    operation: str
    operation_id: str | None
    case_id: str | None
    mime: str
    sha256: str
    size: int
    note: str


@dataclass(frozen=True, slots=True)
class Whole:
    """One picture with its bytes. `whole`: they are those of its hash; `found`: their hash now."""

    line: Snapshot
    data: bytes = field(repr=False)
    found: str

    @property
    def whole(self) -> bool:
        """Whether it is as it was taken."""
        return self.found == self.line.sha256 and len(self.data) == self.line.size


@dataclass(frozen=True, slots=True)
class Asked:
    """Which pictures: the newest `most`, of one feed or one operation where that is named."""

    most: int = 40
    feed_id: str | None = None
    operation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """An operation under way."""

    id: str
    name: str
    team_id: str
    case_id: str | None


def running(connection: Connection, _args: None = None) -> tuple[Running, ...]:
    """The operations that have begun and not ended, the newest first."""

    def has(*acts: str) -> ColumnElement[bool]:
        return exists().where(_act.c.operation_id == _operation.c.id, _act.c.act.in_(acts))

    asked = (
        select(_operation.c.id, _operation.c.name, _operation.c.team_id, _operation.c.case_id)
        .where(has("start"), ~has("finish", "cancel"))
        .order_by(_operation.c.starts_at.desc(), _operation.c.id)
    )
    return tuple(Running(*row) for row in connection.execute(asked))


def keep(connection: Connection, shot: Shot) -> Kept:
    """Keeps a picture and notes it in the log of the operation it belongs to."""
    if shot.person_id is None:
        raise UserError("须以本人身份办理：本机尚未设定在座人员。")
    mime = next((name for head, name in _HEADS.items() if shot.data.startswith(head)), None)
    if mime is None:
        raise UserError("截图不是 JPEG 或者 PNG 图片，未保存。")
    if len(shot.data) > BYTES_MOST:
        raise UserError("截图过大，未保存。")
    if len(shot.note) > NOTE_MOST:
        raise UserError(f"说明不得超过 {NOTE_MOST} 字。")
    feed = connection.execute(select(_feed).where(_feed.c.id == shot.feed_id)).one_or_none()
    if feed is None:
        raise UserError("该图像来源已不存在，截图未保存。")
    made, sha256 = new_id(), hashlib.sha256(shot.data).hexdigest()
    # A camera's frame may come a moment "later" by a clock that is set back meanwhile.
    at = min(shot.at, shot.now)
    connection.execute(
        insert(_shot).values(
            id=made,
            team_id=feed.team_id,
            feed_id=feed.id,
            feed_name=feed.name,
            operation_id=shot.operation_id,
            case_id=shot.case_id,
            person_id=shot.person_id,
            at=_text(at),
            taken_at=_text(shot.now),
            mime=mime,
            sha256=sha256,
            size=len(shot.data),
            body=base64.b64encode(shot.data).decode(),
            note=shot.note.strip(),
        )
    )
    return Kept(made, sha256, _note_in_log(connection, shot, made, sha256, feed.name))


def _note_in_log(connection: Connection, shot: Shot, made: str, sha256: str, feed: str) -> str:
    if shot.operation_id is None:
        return ""
    found = next((one for one in running(connection) if one.id == shot.operation_id), None)
    if found is None:
        return ""
    moment = f"{shot.at.astimezone(COURT_ZONE):%H:%M:%S}"
    words = f"截取图像“{feed}”，画面时间 {moment}，SHA-256 {sha256[:12]}…"
    if not shot.live:
        words += "（来源当时已中断，为最后画面）"
    if shot.note.strip():
        words += f"：{shot.note.strip()}"
    connection.execute(
        insert(_log).values(
            id=new_id(),
            operation_id=found.id,
            team_id=found.team_id,
            person_id=shot.person_id,
            at=_text(shot.now),
            kind="picture",
            body=words,
            about="snapshot",
            about_id=made,
        )
    )
    return found.name


_LINE: Final = (
    *(_shot.c.id, _shot.c.feed_id, _shot.c.feed_name, _shot.c.at, _shot.c.taken_at),
    *(_person.c.name.label("person"), _operation.c.name.label("operation")),
    *(_shot.c.operation_id, _shot.c.case_id, _shot.c.mime, _shot.c.sha256, _shot.c.size),
    _shot.c.note,
)


def snapshots(connection: Connection, asked: Asked) -> tuple[Snapshot, ...]:
    """The newest pictures first, without their bytes."""
    query = _joined(*_LINE).order_by(_shot.c.taken_at.desc(), _shot.c.id.desc()).limit(asked.most)
    if asked.feed_id:
        query = query.where(_shot.c.feed_id == asked.feed_id)
    if asked.operation_id:
        query = query.where(_shot.c.operation_id == asked.operation_id)
    return tuple(_line(row) for row in connection.execute(query))


def count(connection: Connection, _args: None = None) -> int:
    """How many pictures are kept here."""
    return int(connection.execute(select(func.count()).select_from(_shot)).scalar_one())


def whole(connection: Connection, snapshot_id: str) -> Whole | None:
    """One picture with its bytes and their hash as worked out now; None where it is not here."""
    found = wholes(connection, (snapshot_id,))
    return found.get(snapshot_id)


def wholes(connection: Connection, ids: tuple[str, ...]) -> Mapping[str, Whole]:
    """Several pictures with their bytes, by id."""
    query = _joined(*_LINE, _shot.c.body).where(_shot.c.id.in_(ids))
    made = {}
    for row in connection.execute(query):
        try:
            data = base64.b64decode(row.body, validate=True)
        except (binascii.Error, ValueError):
            data = b""
        made[row.id] = Whole(_line(row), data, hashlib.sha256(data).hexdigest())
    return made


def export_name(line: Snapshot) -> str:
    """A name for the file of a picture, from its feed, the moment of its frame and its hash."""
    moment = f"{line.at:%Y-%m-%d %H%M%S}"
    return file_name("截图", line.feed, moment, line.sha256[:8], suffix=f".{EXTENSIONS[line.mime]}")


def _text(at: datetime) -> str:
    return at.astimezone(COURT_ZONE).isoformat(timespec="seconds")


def _joined(*columns: Any) -> Any:
    source = _shot.join(_person, _person.c.id == _shot.c.person_id)
    source = source.outerjoin(_operation, _operation.c.id == _shot.c.operation_id)
    return select(*columns).select_from(source)


def _line(row: Any) -> Snapshot:
    return Snapshot(
        row.id,
        row.feed_id,
        row.feed_name,
        court_time(row.at),
        court_time(row.taken_at),
        row.person,
        row.operation or "",
        row.operation_id,
        row.case_id,
        row.mime,
        row.sha256,
        row.size,
        row.note,
    )
