"""What both databases refuse of feeds and pictures, whoever writes past the desk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert, update

from storage.faults import RefusedByRule
from storage.ids import new_id
from storage.schema import table
from storage.session import Session
from tests.command.feeds.rows import DOOR, OFFICER, OTHER_TEAM, TEAM, put, snapshot, watched
from tests.hub.conftest import PASSWORD, Officer, Town, built_town

FEED, SNAPSHOT = 82, 83
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a frame later than its picture": ({"at": "2026-11-23T09:00:03+08:00"}, "不能晚于"),
    "a hash that is none": ({"sha256": "abc"}, "SHA-256"),
    "another kind of file": ({"mime": "application/pdf"}, "JPEG"),
    "for another team than its feed": ({"team_id": OTHER_TEAM}, "不属同一团队"),
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with watched(tmp_path_factory.mktemp("feeds")) as made:
        yield made


@pytest.mark.parametrize("name", WRONG)
def test_a_replica_refuses_a_picture(session: Session, name: str) -> None:
    wrong, words = WRONG[name]
    with pytest.raises(RefusedByRule, match=words):
        put(session, "snapshot", **snapshot(**wrong))


def test_a_replica_keeps_a_picture_as_it_is(session: Session) -> None:
    put(session, "snapshot", **snapshot())
    shots = table("snapshot")
    with pytest.raises(RefusedByRule), session.write("改") as write:
        write.connection.execute(update(shots).values(note="另有说明"))
    with pytest.raises(RefusedByRule), session.write("删") as write:
        write.connection.execute(shots.delete())


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "rtsp://看守:钥匙@10.0.0.1/live"},
        {"url": "file:///etc/passwd"},
        {"name": "  "},
        {"place": -1},
    ],
)
def test_a_replica_refuses_a_feed(session: Session, wrong: dict[str, Any]) -> None:
    lawful = {"id": new_id(), "team_id": TEAM, "name": "院内", "url": "http://10.0.0.9/x"}
    with pytest.raises(Exception, match=r"CHECK|名称") as refused, session.write("加") as write:
        write.connection.execute(insert(table("feed")).values(**(lawful | wrong)))
    assert "钥匙" not in str(refused.value)


def test_a_feed_out_of_use_gives_no_pictures(session: Session) -> None:
    feed = new_id()
    values = {"name": "旧机位", "url": "http://10.0.0.7/x", "retired_on": "2026-11-20"}
    put(session, "feed", id=feed, team_id=TEAM, **values)
    with pytest.raises(RefusedByRule, match="已经停用"):
        put(session, "snapshot", **snapshot(id=new_id(), feed_id=feed))
    before = {"at": "2026-11-19T09:00:00+08:00", "taken_at": "2026-11-19T09:00:00+08:00"}
    put(session, "snapshot", **snapshot(id=new_id(), feed_id=feed, **before))


@pytest.fixture(scope="module")
def town(server_folder: Path) -> Iterator[Town]:
    with built_town(server_folder / "feeds") as made:
        yield made


def test_the_hub_refuses_the_same_and_whoever_may_not_write(town: Town) -> None:
    team = {TEAM: town.teams[1], OTHER_TEAM: town.teams[2]}
    person = {"id": OFFICER, "court_id": town.court, "name": "某人", "post": "clerk"}
    assert town.centre.verdict((2, OFFICER, "I", person, None)) == "applied"
    town.admin.execute("update sync.account set person_id = %s where who = 'first'", (OFFICER,))
    feed = {"id": DOOR, "team_id": team[TEAM], "name": "正门", "url": "rtsp://10.0.0.1/x"}
    word = feed | {"id": new_id(), "url": "rtsp://a:b@10.0.0.1/x"}

    def put_as(officer: Officer, number: int, row: dict[str, Any]) -> str:
        return officer.verdict((number, row["id"], "I", row, None))

    assert put_as(town.first, FEED, word) != "applied", "a login in the address"
    assert put_as(town.second, FEED, feed) != "applied", "for another team"
    assert put_as(town.first, FEED, feed) == "applied"
    lawful = snapshot(team_id=team[TEAM])
    for name, (wrong, words) in WRONG.items():
        row = lawful | {"id": new_id()} | wrong
        row["team_id"] = team.get(row["team_id"], row["team_id"])
        assert put_as(town.first, SNAPSHOT, row) != "applied", name
        columns = ", ".join(f'"{column}"' for column in row)
        marks = ", ".join(["%s"] * len(row))
        with pytest.raises(psycopg.errors.RaiseException, match=words):
            town.admin.execute(
                f"insert into desk.snapshot ({columns}) values ({marks})", list(row.values())
            )
    foreign = lawful | {"id": new_id(), "person_id": new_id()}
    assert put_as(town.first, SNAPSHOT, foreign) != "applied", "in another's name"
    assert put_as(town.first, SNAPSHOT, lawful) == "applied"
    audit = Officer("audit", town.server.dsn("audit", PASSWORD))
    try:
        assert put_as(audit, SNAPSHOT, lawful | {"id": new_id()}) != "applied", "an auditor"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            audit.connection.execute("update desk.snapshot set note = 'x'")
    finally:
        audit.connection.close()
