"""A court with two teams, a chief, and a plan that may be submitted. All invented."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from sqlalchemy import Connection, insert

from desktop.command.equipment.self_test import FileArgs, file_test
from desktop.command.operations.acts import ActArgs, By, Draft, act, save, start, submit
from desktop.command.operations.reading import operation
from desktop.rules.operation_plan import (
    Contingency,
    Duty,
    Gear,
    GroupPlan,
    Heading,
    Plan,
    Risk,
    RoutePoint,
    Vehicle,
)
from desktop.rules.self_tests import Line, SelfTestSheet, Verdict
from storage.ids import new_id
from storage.schema import table

ZONE: Final = timezone(timedelta(hours=8))
NINE: Final = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


@dataclass
class Town:
    """Ids by name; `teams` first and second."""

    court: str = field(default_factory=new_id)
    other_court: str = field(default_factory=new_id)
    teams: tuple[str, str] = field(default_factory=lambda: (new_id(), new_id()))
    people: dict[str, str] = field(default_factory=dict)

    def by(self, name: str, minutes: float) -> By:
        return By(self.people[name], at(minutes))


POSTS: Final = (
    ("纪明远", "quota_judge"),
    ("苏文清", "judge_assistant"),
    ("陶一鸣", "clerk"),
    ("白若溪", "police"),
    ("值班员", "operator"),
    ("局长", "bureau_chief"),
    ("院长", "president"),
    ("外院局长", "bureau_chief"),
)


def settle(connection: Connection) -> Town:
    """Writes the town."""
    town = Town()
    for key, code, name in (
        (town.court, "豫0391", "甲法院"),
        (town.other_court, "豫0392", "乙法院"),
    ):
        _put(connection, "court", id=key, code=code, name=name, short_name=name[:1])
    for n, (key, name) in enumerate(zip(town.teams, ("一队", "二队"), strict=True), start=61):
        values = {"court_id": town.court, "name": name, "kind": "implementation", "number": n}
        _put(connection, "team", id=key, **values)
    for name, post in POSTS:
        of = town.other_court if name.startswith("外院") else town.court
        town.people[name] = _put(connection, "person", court_id=of, name=name, post=post)
    return town


def _put(connection: Connection, name: str, /, **values: Any) -> str:
    row = {"id": new_id(), **values}
    connection.execute(insert(table(name)).values(**row))
    return str(row["id"])


def heading(town: Town, **more: Any) -> Heading:
    known: dict[str, Any] = {
        "name": "凤鸣苑腾房",
        "team_id": town.teams[0],
        "commander_id": town.people["纪明远"],
        "place": "凤鸣苑3号楼",
        "starts_at": at(60),
        "ends_at": at(240),
    }
    return Heading(**(known | more))


def whole_plan(town: Town) -> Plan:
    person = town.people
    return Plan(
        aim="腾退房屋并交付买受人",
        groups=(
            GroupPlan("外围警戒组", town.teams[0], person["纪明远"], "封控出入口", 30),
            GroupPlan("入户清点组", town.teams[1], person["陶一鸣"], "清点登记", 20),
        ),
        people=(
            Duty(person["纪明远"], "纪明远", "外围警戒组", "现场指挥"),
            Duty(person["苏文清"], "苏文清", "外围警戒组", "宣读文书"),
            Duty(person["陶一鸣"], "陶一鸣", "入户清点组", "登记"),
            Duty(person["白若溪"], "白若溪", "入户清点组", "摄像"),
        ),
        risks=(Risk("亲属聚集阻挠", "high", "提前走访，现场隔离"),),
        contingencies=(Contingency("有人突发疾病", "先救治，暂停清点", "苏文清"),),
        route=(RoutePoint("法院集结", 346_500_000, 1_124_500_000), RoutePoint("凤鸣苑东门")),
        vehicles=(Vehicle("豫C0786警", "白若溪", 7),),
        gear=(Gear("执法记录仪", 4, "陶一鸣"),),
        police=6,
        police_arms="单警装备",
        police_task="外围警戒",
    )


def saved(connection: Connection, town: Town, minutes: float = 0, **more: Any) -> str:
    """A plan as its maker stored it."""
    draft = Draft(None, heading(town, **more), whole_plan(town), town.by("苏文清", minutes))
    return save(connection, draft)


def args(
    connection: Connection,
    town: Town,
    key: str,
    kind: str,
    who: str,
    minutes: float,
    body: str = "",
    test_id: str | None = None,
) -> ActArgs:
    """An act on the operation as it stands now."""
    found = operation(connection, key)
    assert found is not None
    return ActArgs(key, kind, town.by(who, minutes), found.content_sha256, body, test_id)


def self_test(connection: Connection, town: Town, key: str, minutes: float, passed: bool) -> str:
    """A filed self-test, as its own part of the desk files it."""
    verdict = Verdict.PASS if passed else Verdict.FAIL
    line = Line("link", "链路", verdict, "12毫秒", "不超过200毫秒", "" if passed else "无应答")
    who = town.people["值班员"]
    sheet = SelfTestSheet(at(minutes).isoformat(), who, "值班员", "一号机", key, "腾房", (line,))
    return file_test(connection, FileArgs(town.teams[0], sheet))


def approved(connection: Connection, town: Town) -> str:
    """Submitted by its maker, approved by the chief, self-test passed."""
    key = saved(connection, town)
    submit(connection, args(connection, town, key, "submit", "苏文清", 1))
    act(connection, args(connection, town, key, "approve", "局长", 2))
    self_test(connection, town, key, 3, passed=True)
    return key


def running(connection: Connection, town: Town) -> str:
    """Started at nine and ten minutes."""
    key = approved(connection, town)
    start(connection, args(connection, town, key, "start", "值班员", 10))
    return key
