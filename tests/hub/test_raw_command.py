"""Raw SQL of a table's owner, at the hub and in a replica: what remote command refuses wherever it
is written, to a wrong post and to the right post of somebody else."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from desktop.rules.operations import fingerprint
from storage.faults import RefusedByRule
from storage.ids import new_id
from storage.schema import table
from storage.session import Session
from tests.hub.conftest import Town
from tests.stores import new_store

POSTS = ("operator", "deputy_chief", "vice_president", "president", "police", "clerk")
PEOPLE = (*POSTS, "bureau_chief", "foreign", "commander")  # foreign: the chief of another court


def at(minute: float) -> str:
    return f"2026-11-23T09:{int(minute):02d}:{int(minute * 60) % 60:02d}.000+08:00"


@dataclass
class Place:
    """A database with a team and its people; `run` gives the words of the refusal, or none."""

    prefix: str
    run: Callable[[str], str]
    team: str = field(default_factory=new_id)
    people: dict[str, str] = field(default_factory=lambda: {name: new_id() for name in PEOPLE})

    def put(self, into: str, /, **values: Any) -> str:
        """Inserts a row under an id of its own."""
        row = {"id": new_id(), **values}
        told = ", ".join("null" if one is None else f"'{one}'" for one in row.values())
        names = ", ".join(f'"{one}"' for one in row)
        return self.run(f"insert into {self.prefix}{into} ({names}) values ({told})")

    def settle(self, number: int) -> None:
        """Courts, team and people."""
        courts = new_id(), new_id()
        for n, court in enumerate(courts):
            named = {"code": f"豫{number + n}", "name": "某院", "short_name": "某"}
            assert self.put("court", id=court, **named) == ""
        team = {"id": self.team, "court_id": courts[0], "name": "一", "kind": "implementation"}
        assert self.put("team", **team, number=number) == ""
        for name, person in self.people.items():
            post = {"foreign": "bureau_chief", "commander": "clerk"}.get(name, name)
            of = courts[name == "foreign"]
            assert self.put("person", id=person, court_id=of, name=name, post=post) == ""


@pytest.fixture(scope="module", params=["hub", "replica"])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    if request.param == "hub":
        made = Place("desk.", _at_hub(request.getfixturevalue("town")))
        made.settle(71)
        yield made
        return
    folder: Path = tmp_path_factory.mktemp("raw") / "s"
    with new_store(folder) as replica:
        made = Place("", _in_replica(Session(replica, actor="某人")))
        made.settle(71)
        yield made


def _at_hub(town: Town) -> Callable[[str], str]:
    def run(statement: str) -> str:
        try:
            town.admin.execute(statement)
        except (psycopg.errors.RaiseException, psycopg.errors.CheckViolation) as refused:
            return str(refused)
        return ""

    return run


def _in_replica(session: Session) -> Callable[[str], str]:
    def run(statement: str) -> str:
        try:
            with session.write("办理") as write:
                write.connection.execute(text(statement.replace(":", r"\:")))
        except (RefusedByRule, IntegrityError) as refused:
            return str(refused)
        return ""

    return run


def test_only_the_bureau_chief_sends_for_police(place: Place) -> None:
    request, people = new_id(), place.people
    asked = {"place": "东门", "needed_from": at(30), "needed_to": at(50), "officers": 4}
    asked |= {"maker_id": people["operator"], "made_at": at(0), "reason": "清场"}
    assert place.put("police_request", id=request, team_id=place.team, **asked) == ""

    def act(name: str, who: str, body: str = "") -> str:
        values = {"request_id": request, "team_id": place.team, "at": at(1), "body": body}
        return place.put("police_act", act=name, person_id=people[who], **values)

    assert "尚未发往法警支队" in act("answer", "operator")
    assert act("submit", "operator") == ""
    for who in (*POSTS, "foreign"):
        assert "只能由本院执行局局长" in act("send", who), who
        assert "只能由本院执行局局长" in act("return", who, "不必"), who
    assert act("send", "bureau_chief") == ""
    where = f"{place.prefix}police_request set officers = 40 where id = '{request}'"
    assert "内容不得再改" in place.run(f"update {where}")
    assert act("answer", "operator") == ""


def test_who_starts_an_operation_and_signs_for_a_failed_test(place: Place) -> None:
    people = place.people
    plan: dict[str, Any] = dict.fromkeys(("case_id", "lat_e7", "lon_e7", "ends_at"))
    plan |= {"id": new_id(), "team_id": place.team, "name": "腾房", "case_number": ""}
    plan |= {"place": "三号楼", "starts_at": at(30), "commander_id": people["commander"]}
    plan |= {"plan": "{}", "maker_id": people["deputy_chief"], "made_at": at(0)}
    sha = fingerprint(plan)
    assert place.put("operation", **plan, content_sha256=sha) == ""
    test = new_id()
    sheet = {"sheet": '{"verdict":"fail"}', "sheet_sha256": "a" * 64, "passed": 0, "at": at(2)}
    whose = {"operation_id": plan["id"], "team_id": place.team}
    assert place.put("self_test", id=test, person_id=people["operator"], **whose, **sheet) == ""

    def act(name: str, who: str, minute: int) -> str:
        values = {"content_sha256": sha, "test_id": test, "body": "理由", "at": at(minute)}
        return place.put("operation_act", act=name, person_id=people[who], **whose, **values)

    assert act("submit", "deputy_chief", 1) == ""
    outside = ("operator", "deputy_chief", "police", "clerk", "commander", "foreign")
    for name in ("approve", "override"):
        for who in outside:
            assert act(name, who, 3) != "", (name, who)
    assert act("approve", "bureau_chief", 3) == ""
    assert "设备自检未通过" in act("start", "operator", 4)
    assert act("override", "president", 5) == ""
    for name in ("start", "cancel"):
        for who in ("police", "clerk", "foreign"):
            assert "由现场指挥" in act(name, who, 6), (name, who)
    assert "由现场指挥" in act("start", "deputy_chief", 6), "he drew it up, and leads nothing"
    assert act("start", "commander", 6) == ""
    assert "由现场指挥" in act("finish", "clerk", 7)
    assert act("finish", "operator", 7) == ""


def lend(place: Place, thing: str, name: str, minute: int) -> str:
    to = place.people["police"] if name == "lend" else None
    values = {"equipment_id": thing, "person_id": place.people["operator"], "to_id": to}
    return place.put("equipment_act", act=name, at=at(minute), **values)


def equipment(place: Place) -> str:
    thing = new_id()
    named = {"asset_no": thing[-12:], "name": "执法记录仪", "kind": "body_camera"}
    assert place.put("equipment", id=thing, team_id=place.team, **named) == ""
    return thing


def test_a_thing_is_lent_once_whatever_moment_its_return_bears(place: Place) -> None:
    thing = equipment(place)
    assert lend(place, thing, "lend", 10) == ""
    assert "不得再借" in lend(place, thing, "lend", 11)
    assert lend(place, thing, "give_back", 50) == ""  # a clock that is ahead
    for minute in (9, 10, 20):
        assert "不得再借" in lend(place, thing, "lend", minute), minute
    assert lend(place, thing, "lend", 51) == ""


def test_of_two_loans_at_one_moment_the_hub_takes_one(town: Town) -> None:
    """Neither transaction sees the other's row; they wait for each other."""
    place = Place("desk.", _at_hub(town))
    place.settle(81)
    thing = equipment(place)
    values = f"'lend', '{place.people['operator']}', '{place.people['police']}', '{at(1)}'"
    statement = (
        "insert into desk.equipment_act (id, equipment_id, act, person_id, to_id, at)"
        f" values (gen_random_uuid(), '{thing}', {values})"
    )
    with psycopg.connect(town.server.admin_dsn) as one, ThreadPoolExecutor(1) as pool:
        one.execute(statement)
        other = pool.submit(place.run, statement)
        waiting = "select count(*) from pg_locks where not granted"
        while not other.done() and town.second.one(waiting) == 0:
            pass
        one.commit()
        assert "不得再借" in other.result()


def test_an_alarm_ends_by_whoever_may_and_not_before_it_is_one(place: Place) -> None:
    group, operation, people = new_id(), new_id(), place.people
    named = {"operation_id": operation, "operation_name": "腾房", "team_id": place.team}
    more = {"name": "一组", "leader_id": people["police"], "checkin_s": 1800}
    assert place.put("operation_group", id=group, **named, **more) == ""
    key = "silent:1795396200000"  # 2026-11-23T09:10+08:00

    def report(name: str, who: str, minute: int, about: str = "") -> str:
        values = {"operation_id": operation, "group_id": group, "team_id": place.team}
        values |= {"at": at(minute), "about": about}
        return place.put("checkin", act=name, person_id=people[who], **values)

    assert report("join", "operator", 10) == ""
    for minute in (5, 10, 39):
        assert "尚未发生" in report("acknowledge", "operator", minute, key), minute
    assert "组长不得确认" in report("acknowledge", "police", 45, key)
    assert report("acknowledge", "operator", 45) != "", "of no alarm"
    assert report("acknowledge", "operator", 45, key) == ""


def test_notes_of_alarms_and_looks_stay(place: Place) -> None:
    """What was looked at and who took note: no later word undoes it. (The hub's owner could; no
    login is he, and the doors let nobody else: see tests/command/positions/test_hub.py.)"""
    if place.prefix:
        pytest.skip("facts are guarded there by their doors")
    note, look = new_id(), new_id()
    who = {"person_id": place.people["operator"], "at": at(1)}
    assert place.put("alarm_note", id=note, alarm="leave|x", team_id=place.team, **who) == ""
    seen = {"act": "open", "object": "unit", "purpose": "寻车"}
    assert place.put("read_log", id=look, **who, **seen) == ""
    assert {table(name).info["policy"] for name in ("alarm_note", "read_log")} == {"fact"}
    for name in ("alarm_note", "read_log"):
        assert "已发生的事实" in place.run(f"delete from {name}")
        assert "已发生的事实" in place.run(f"update {name} set at = 'x'")
