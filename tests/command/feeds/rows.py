"""A store with two teams and a feed of each, and a picture taken from one. All invented."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from storage.schema import table
from storage.session import Session
from tests.stores import new_store


def key(n: int) -> str:
    return f"00000000-0000-7000-8000-{n:012d}"


COURT, TEAM, OTHER_TEAM, OFFICER, CHIEF, DOOR, YARD = map(key, range(1, 8))
JPEG = b"\xff\xd8\xff\xe0" + b"invented" * 20


def put(session: Session, name: str, /, **values: Any) -> None:
    with session.write("备") as write:
        write.connection.execute(insert(table(name)).values(**values))


@contextmanager
def watched(folder: Path) -> Iterator[Session]:
    """Two teams, a feed of each."""
    with new_store(folder / "store") as replica:
        session = Session(replica, actor="周")
        put(session, "court", id=COURT, code="豫03", name="甲院", short_name="甲")
        for n, team in enumerate((TEAM, OTHER_TEAM), 1):
            values = {"court_id": COURT, "name": f"第{n}团队", "kind": "implementation"}
            put(session, "team", id=team, **values, number=n)
        for person, post in ((OFFICER, "operator"), (CHIEF, "bureau_chief")):
            put(session, "person", id=person, court_id=COURT, name=f"某{post}", post=post)
        for n, (feed, team) in enumerate(((DOOR, TEAM), (YARD, OTHER_TEAM))):
            url = f"rtsp://10.0.0.{n}/live"
            put(session, "feed", id=feed, team_id=team, name=f"图像{n}", url=url, place=n)
        yield session


def snapshot(**more: Any) -> dict[str, Any]:
    """A lawful row."""
    return {
        "id": key(90),
        "team_id": TEAM,
        "feed_id": DOOR,
        "feed_name": "图像0",
        "person_id": OFFICER,
        "at": "2026-11-23T09:00:00+08:00",
        "taken_at": "2026-11-23T09:00:02+08:00",
        "mime": "image/jpeg",
        "sha256": hashlib.sha256(JPEG).hexdigest(),
        "size": len(JPEG),
        "body": base64.b64encode(JPEG).decode(),
        **more,
    }
