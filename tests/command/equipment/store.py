"""A store with a team, people and things, over the replica's own triggers. All invented."""

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


COURT, TEAM, KEEPER, OFFICER, OTHER, CAMERA, RADIO = map(key, range(1, 8))
OPERATION = key(50)


def put(session: Session, name: str, /, **values: Any) -> None:
    with session.write("备") as write:
        write.connection.execute(insert(table(name)).values(**values))


@contextmanager
def equipped(folder: Path) -> Iterator[Session]:
    """A court, a team, three people, a body camera to be calibrated yearly and a radio."""
    with new_store(folder / "store") as replica:
        session = Session(replica, actor="周")
        put(session, "court", id=COURT, code="豫03", name="甲院", short_name="甲")
        values = {"court_id": COURT, "name": "第一执行团队", "kind": "implementation"}
        put(session, "team", id=TEAM, **values, number=1)
        for person, name in ((KEEPER, "保管员甲"), (OFFICER, "干警乙"), (OTHER, "干警丙")):
            put(session, "person", id=person, court_id=COURT, name=name, post="clerk")
        camera = {"asset_no": "ZB-001", "name": "执法记录仪 A1", "kind": "body_camera"}
        put(session, "equipment", id=CAMERA, team_id=TEAM, **camera, calibrate_days=365)
        radio = {"asset_no": "ZB-002", "name": "对讲机 B1", "kind": "radio"}
        put(session, "equipment", id=RADIO, team_id=TEAM, **radio, keeper_id=KEEPER)
        yield session
