"""Acts on matters over the real tables: who may do what, and what the list then counts."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.errors import UserError
from desktop.panels.matters.commands import By, MatterAct, MatterDraft, act, save
from desktop.panels.matters.queries import (
    Matter,
    MatterFilter,
    matter,
    overdue_count,
    rows,
    snapshot,
)
from desktop.panels.matters.rules import Act, State, state_of
from storage.schema import table
from tests.panels.fake_context import CHINA
from tests.panels.real_city import TODAY, RealCity, real_city

AT = datetime(2026, 11, 23, 9, 20, tzinfo=CHINA)


class Desk:
    """The city with its people by name."""

    def __init__(self, city: RealCity) -> None:
        self.city = city
        with city.context.engine.connect() as connection:
            found = connection.execute(select(table("person").c.name, table("person").c.id))
            self.people: dict[str, str] = {row.name: row.id for row in found}

    def by(self, who: str = "周清和", at: datetime = AT) -> By:
        return By(self.people[who], at)

    def save(self, draft: MatterDraft) -> str:
        with self.city.context.engine.begin() as connection:
            return save(connection, draft)

    def act(self, key: str, kind: Act, who: str = "周清和", body: str = "", **more: Any) -> State:
        with self.city.context.engine.begin() as connection:
            return act(connection, MatterAct(key, kind, self.by(who), body, **more))

    def read(self, key: str) -> Matter:
        with self.city.context.engine.connect() as connection:
            found = matter(connection, key)
        assert found is not None
        return found

    def count(self) -> tuple[int, str]:
        with self.city.context.engine.connect() as connection:
            return overdue_count(connection, TODAY)

    def opinion(self, **more: Any) -> MatterDraft:
        told = {"source": "本地论坛", "heat": 4, "tone": "negative", "due_on": date(2026, 11, 24)}
        return MatterDraft(
            None, "opinion", "网帖称执行不力", "帖文", TODAY, self.by(), **{**told, **more}
        )

    def brief(self, who: str = "周清和", **more: Any) -> MatterDraft:
        told = {"advice": "逐案核查", "asked_of": "president"}
        return MatterDraft(
            None, "brief", "终本比例偏高", "三院偏高", TODAY, self.by(who), **{**told, **more}
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(real_city(tmp_path))


ORDER = {"due_on": date(2026, 12, 7)}


def test_an_item_is_answered_and_closed_by_name(desk: Desk) -> None:
    key = desk.save(desk.opinion(case_number="(2026)豫0381执2962号"))
    found = desk.read(key)
    assert (found.state, found.case_id) == (State.OPEN, desk.city.late_case)
    owner = {"owner_id": desk.people["顾长风"], **ORDER}
    assert desk.act(key, Act.ASSIGN, **owner) is State.OPEN
    assert desk.act(key, Act.REPLY, "顾长风", "该案已恢复执行") is State.ANSWERED
    assert desk.act(key, Act.CLOSE, "院长丁", "网帖已平息") is State.CLOSED
    found = desk.read(key)
    assert (found.answered_by, found.closed_by, found.owner) == ("顾长风", "院长丁", "顾长风")
    assert [line.kind for line in found.thread] == ["close", "reply", "assign", "raise"]
    for kind in Act:
        if kind is not Act.CHANGE:
            with pytest.raises(UserError, match="已办结"):
                desk.act(key, kind, body="再来", owner_id=desk.people["顾长风"], **ORDER)
    with pytest.raises(UserError, match="已办结"):
        desk.save(replace(desk.opinion(), matter_id=key))


def test_a_brief_goes_from_problem_to_follow_up(desk: Desk) -> None:
    key = desk.save(desk.brief())
    assert desk.read(key).state is State.DRAFT
    with pytest.raises(UserError, match="本人"):
        desk.act(key, Act.SUBMIT, "顾长风")
    assert desk.act(key, Act.SUBMIT) is State.SUBMITTED
    with pytest.raises(UserError, match="待批示"):
        desk.save(replace(desk.brief(), matter_id=key))
    owner = {"owner_id": desk.people["顾长风"], **ORDER}
    for who, sentence in (("周清和", "自己"), ("院领导丙", "报请院长"), ("局长乙", "报请院长")):
        with pytest.raises(UserError, match=sentence):
            desk.act(key, Act.DECIDE, who, "同意", **owner)
    with pytest.raises(UserError, match="承办人和期限"):
        desk.act(key, Act.DECIDE, "院长丁", "同意")
    with pytest.raises(UserError, match="批示"):
        desk.act(key, Act.DECIDE, "院长丁", " ", **owner)
    assert desk.act(key, Act.DECIDE, "院长丁", "同意", **owner) is State.DECIDED
    assert desk.act(key, Act.CLOSE, "顾长风", "已逐案核查") is State.CLOSED


@pytest.mark.parametrize(
    ("asked_of", "who", "may"),
    [
        ("party_group", "院长丁", True),
        ("party_group", "院领导丙", False),
        ("vice_president", "院领导丙", True),
        ("vice_president", "院长丁", True),
        ("vice_president", "局长乙", False),
    ],
)
def test_who_decides_follows_from_who_is_asked(
    desk: Desk, asked_of: str, who: str, may: bool
) -> None:
    key = desk.save(desk.brief(asked_of=asked_of))
    desk.act(key, Act.SUBMIT)
    wanted = {"owner_id": desk.people["顾长风"], **ORDER}
    if may:
        assert desk.act(key, Act.DECIDE, who, "同意", **wanted) is State.DECIDED
    else:
        with pytest.raises(UserError, match="不能批示"):
            desk.act(key, Act.DECIDE, who, "同意", **wanted)


def test_a_president_does_not_decide_what_he_reported_himself(desk: Desk) -> None:
    key = desk.save(desk.brief("院长丁"))
    desk.act(key, Act.SUBMIT, "院长丁")
    with pytest.raises(UserError, match="自己"):
        desk.act(key, Act.DECIDE, "院长丁", "同意", owner_id=desk.people["顾长风"], **ORDER)


def test_a_brief_that_was_taken_back_can_be_changed(desk: Desk) -> None:
    key = desk.save(desk.brief())
    desk.act(key, Act.SUBMIT)
    with pytest.raises(UserError, match="本人"):
        desk.act(key, Act.WITHDRAW, "院长丁")
    assert desk.act(key, Act.WITHDRAW) is State.DRAFT
    desk.save(replace(desk.brief(advice="只查两院"), matter_id=key))
    assert desk.read(key).advice == "只查两院"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"title": " "}, "标题"),
        ({"source": ""}, "来源"),
        ({"heat": 6}, "热度"),
        ({"tone": "angry"}, "倾向"),
        ({"due_on": date(2026, 11, 22)}, "回应期限"),
        ({"raised_on": date(2026, 11, 24)}, "晚于今天"),
        ({"case_number": "（2026）豫0381执9999号"}, "没有案件"),
        ({"case_number": "随便写"}, "没有案件"),
        ({"kind": "brief", "asked_of": None}, "报请"),
        ({"kind": "brief", "asked_of": "president", "advice": ""}, "建议"),
        ({"kind": "brief", "asked_of": "president", "advice": "长" * 900}, "一页"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(
    desk: Desk, more: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        desk.save(replace(desk.opinion(), **more))
    with desk.city.context.engine.connect() as connection:
        assert connection.execute(table("matter").select()).all() == []


def test_nobody_acts_without_a_name(desk: Desk) -> None:
    nobody = By(None, AT)
    with pytest.raises(UserError, match="本人身份"):
        desk.save(replace(desk.opinion(), by=nobody))
    key = desk.save(desk.opinion())
    wanted = MatterAct(key, Act.CLOSE, nobody, "办结")
    with pytest.raises(UserError, match="本人身份"), desk.city.context.engine.begin() as connection:
        act(connection, wanted)


def test_what_is_late_is_counted_once_it_is_owed(desk: Desk) -> None:
    assert desk.count() == (0, "")
    early = {"raised_on": date(2026, 11, 18), "due_on": date(2026, 11, 20)}
    late = desk.save(replace(desk.opinion(), **early))
    desk.save(desk.opinion())
    assert desk.count() == (1, "overdue")
    desk.act(late, Act.REPLY, body="已回应")
    assert desk.count() == (0, "")


def test_states_in_sql_are_those_of_the_rules(desk: Desk) -> None:
    keys = []
    for n, kind in enumerate(("opinion", "brief") * 3):
        draft = desk.opinion() if kind == "opinion" else desk.brief()
        keys.append(desk.save(replace(draft, title=f"第{n}件")))
    desk.act(keys[2], Act.REPLY, body="已回应")
    desk.act(keys[4], Act.CLOSE, body="无需回应")
    for key in (keys[3], keys[5]):
        desk.act(key, Act.SUBMIT)
    order = {"owner_id": desk.people["顾长风"], **ORDER}
    desk.act(keys[5], Act.DECIDE, "院长丁", "同意", **order)
    with desk.city.context.engine.connect() as connection:
        for state in State:
            wanted = Dated(MatterFilter(states=(state.value,)), TODAY)
            ids = snapshot(connection, SnapshotArgs(wanted, None, False))
            calendar = desk.city.law.court_calendar
            found = {str(row["id"]) for row in rows(calendar, connection, ids, TODAY).values()}
            here = {
                row.id
                for row in connection.execute(table("matter").select())
                if state_of(row.kind, row.submitted_on, row.answered_on, row.closed_on) is state
            }
            assert found == here, state
            assert here, f"no matter is {state}"
