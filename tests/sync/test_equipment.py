"""Equipment at the hub: who may write, what it refuses, and two desks that lend one thing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from desktop.command.equipment import acts as do
from desktop.command.equipment import probes
from desktop.command.equipment.register import item, names_of, refusals, refused_words
from desktop.rules.self_tests import SelfTestSheet
from storage.hub import users
from storage.ids import new_id
from storage.records.changes import ChangeSet
from tests.command.equipment.test_self_test import sheet
from tests.hub.conftest import PASSWORD, Officer, Town
from tests.sync.conftest import Laptop

PERSON, EQUIPMENT, ACT, SELF_TEST = 2, 79, 80, 81
ZONE = timezone(timedelta(hours=8))
NINE = datetime(2026, 11, 29, 9, 0, tzinfo=ZONE)


@pytest.fixture(scope="module")
def people(town: Town) -> dict[str, str]:
    """The people behind the logins, and another whose things are lent to."""
    made: dict[str, str] = {}
    users.add(town.admin, "money", PASSWORD, ["finance"], [1])
    users.add(town.admin, "mate", PASSWORD, ["handler"], [1])
    for who in ("first", "second", "mate", "money", "audit", "borrower"):
        row = {"id": new_id(), "court_id": town.court, "name": f"某{who}", "post": "clerk"}
        assert town.centre.verdict((PERSON, row["id"], "I", row, None)) == "applied"
        made[who] = row["id"]
        town.admin.execute(
            "update sync.account set person_id = %s where who = %s", (row["id"], who)
        )
    return made


@pytest.fixture
def camera(town: Town) -> str:
    """A new body camera of the first team."""
    key = new_id()
    named = {"asset_no": key[-12:], "name": "执法记录仪", "kind": "body_camera"}
    row = {"id": key, "team_id": town.teams[1], **named}
    assert town.first.verdict((EQUIPMENT, key, "I", row, None)) == "applied"
    return key


def act(of: str, name: str, person: str, minutes: float = 0, **more: Any) -> dict[str, Any]:
    at = (NINE + timedelta(minutes=minutes)).isoformat(timespec="seconds")
    row = {"id": new_id(), "equipment_id": of, "act": name, "person_id": person, "at": at}
    return row | more


def answer(officer: Officer, table: int, row: dict[str, Any]) -> tuple[str, str]:
    """The verdict on a row, and what the hub said of it."""
    said = officer.push(officer.bundle((table, row["id"], "I", row, None)))[0]
    return said["verdict"], str((said.get("detail") or {}).get("message", ""))


def test_the_hub_itself_refuses(town: Town, people: dict[str, str], camera: str) -> None:
    me, to = people["first"], people["borrower"]

    def put(*args: Any, **more: Any) -> tuple[str, str]:
        return answer(town.first, ACT, act(camera, *args, **more))

    assert put("give_back", me)[1].startswith("该装备没有借出")
    assert put("lend", me, 1, to_id=to) == ("applied", "")
    assert put("lend", me, 2, to_id=to) == ("rejected", "该装备已经借出，归还之前不得再借。")
    assert put("lend", me, 0.5, to_id=to)[0] == "rejected", "also one that was made before"
    assert put("hand_over", me, 3, to_id=me)[0] == "applied"
    assert put("give_back", me, 4)[0] == "applied"
    fault = act(camera, "fault", me, 5, body="无法开机")
    assert answer(town.first, ACT, fault)[0] == "applied"
    assert "未修复的故障" in put("lend", me, 6, to_id=to)[1]
    assert "不属于这件装备" in put("repair", me, 7, ticket=new_id())[1]
    assert put("repair", me, 7, ticket=fault["id"])[0] == "applied"
    assert "已经修复" in put("repair", me, 8, ticket=fault["id"])[1]
    assert put("lend", me, 9, to_id=to)[0] == "applied"
    assert put("retire", me, 10, body="遗失")[0] == "applied"
    for name, more in (("give_back", {}), ("check", {}), ("fault", {"body": "坏"})):
        assert "已经报废" in put(name, me, 11, **more)[1]
    assert put("lend", me, 12)[0] != "applied", "to nobody"


def test_a_number_of_the_register_is_given_once(town: Town, camera: str) -> None:
    taken = town.admin.execute(
        "select asset_no from desk.equipment where id = %s", (camera,)
    ).fetchone()
    assert taken is not None
    named = {"asset_no": taken[0], "name": "另一件", "kind": "radio"}
    row = {"id": new_id(), "team_id": town.teams[2], **named}
    assert town.second.verdict((EQUIPMENT, row["id"], "I", row, None)) != "applied"


def test_wrong_roles_and_other_names_are_refused(
    town: Town, people: dict[str, str], camera: str
) -> None:
    lent = act(camera, "lend", people["borrower"], to_id=people["borrower"])
    assert town.first.verdict((ACT, lent["id"], "I", lent, None)) == "not_permitted", "another's"
    for who in ("audit", "money"):
        officer = Officer(who, town.server.dsn(who, PASSWORD))
        lent = act(camera, "lend", people[who], to_id=people["borrower"])
        assert officer.verdict((ACT, lent["id"], "I", lent, None)) == "not_permitted"
        with pytest.raises(Exception, match="permission denied"):
            officer.one("insert into desk.equipment_act (id) values (%s)", new_id())
        officer.connection.close()
    lent = act(camera, "lend", people["second"], to_id=people["borrower"])
    assert town.second.verdict((ACT, lent["id"], "I", lent, None)) != "applied", "another team's"
    lent = act(camera, "lend", people["first"], to_id=people["borrower"])
    assert town.first.verdict((ACT, lent["id"], "I", lent, None)) == "applied"
    for change in ({"to_id": people["first"]}, {"at": "2020-01-01T00:00:00+08:00"}):
        old = {name: lent[name] for name in change}
        assert town.first.verdict((ACT, lent["id"], "U", change, old)) != "applied", "a fact"


def self_test(town: Town, person: str, made: SelfTestSheet, **more: Any) -> dict[str, Any]:
    row = {"id": new_id(), "team_id": town.teams[1], "person_id": person, "at": made.at}
    return row | {"passed": 1, "sheet": made.text(), "sheet_sha256": made.sha256()} | more


def test_a_failed_sheet_is_not_taken_as_passed(town: Town, people: dict[str, str]) -> None:
    me = people["first"]
    bad = self_test(town, me, sheet(good=False))
    assert answer(town.first, SELF_TEST, bad) == (
        "rejected",
        "自检表中有未通过的项目，不能记为通过。",
    )
    empty = self_test(town, me, replace(sheet(), lines=()))
    assert answer(town.first, SELF_TEST, empty)[0] == "rejected"
    assert answer(town.first, SELF_TEST, self_test(town, me, sheet())) == ("applied", "")
    honest = self_test(town, me, sheet(good=False), passed=0)
    assert answer(town.first, SELF_TEST, honest) == ("applied", "")


def test_of_two_desks_that_lend_one_thing_one_is_told_by_whom_and_when(
    town: Town, people: dict[str, str], camera: str, laptop: Callable[..., Laptop]
) -> None:
    quick, slow = laptop("first"), laptop("mate")
    for one, minutes in ((quick, 1), (slow, 0)):  # the slower one even lent it before
        at = NINE + timedelta(minutes=minutes)
        by = do.By(people[one.who], at)
        loan = do.Loan((camera,), people["borrower"], at + timedelta(days=1), by)
        with one.session.write("借出") as write:
            do.lend(write.connection, loan)
    quick.sync()
    heard: list[ChangeSet] = []
    slow.session.before_commit.append(lambda _connection, changes: heard.append(changes))
    slow.sync()
    slow.sync()
    with slow.session.read() as connection:
        thing, names = item(connection, camera), names_of(connection)
    assert thing is not None
    assert thing.standing.now_with.by_id == people["first"], "what the hub took is what counts"
    assert thing.standing.oddities == ()
    told = [refused_words(one, thing, names) for one in thing.refused]
    assert len(told) == 1
    assert told[0].startswith("您 11-29 09:00 的借出未被共享库采纳：执法记录仪")
    assert told[0].endswith("已由 某first 于 11-29 09:01 借给 某borrower。")
    with slow.session.read() as connection:
        assert [words for _act, words in refusals(connection)] == told
    assert any(changes.touches("equipment_act") for changes in heard), "else nobody would be told"
    with quick.session.read() as connection:
        other = item(connection, camera)
    assert other is not None
    assert other.refused == ()


def test_the_hub_tells_its_time_to_a_self_test(
    town: Town, people: dict[str, str], laptop: Callable[..., Laptop]
) -> None:
    one = laptop("first")
    found = probes.link(one.remote.call, 5)
    assert (len(found.round_trips_ms), found.lost, found.why) == (5, 0, "")
    assert found.clock_off_ms is not None
    assert abs(found.clock_off_ms) < 1000, "hub and device share this machine's clock"
    auditor = Officer("audit", town.server.dsn("audit", PASSWORD))
    assert auditor.one("select sync.clock_ms()") > 0
    auditor.connection.close()
