"""重大强制执行活动: states from acts in any order, who may do what, plans checked whole."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.errors import UserError
from desktop.rules.operation_law import load_operation_law
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
    check,
    plan_text,
    read_plan,
)
from desktop.rules.operations import (
    APPROVERS,
    PLAN_WORDS,
    Act,
    Standing,
    State,
    fingerprint,
    may,
    next_step,
    stand,
)
from storage.schema import operations as schema

ZONE: Final = timezone(timedelta(hours=8))
START: Final = datetime(2026, 11, 29, 9, 0, tzinfo=ZONE)
LIMITS: Final = load_operation_law().on(START.date())
MINE, OTHER = "a" * 64, "b" * 64


def act(
    kind: str, minute: int, *, who: str = "甲", sha: str = MINE, test: str | None = None
) -> Act:
    return Act(
        f"{minute:04d}{kind}{sha[0]}", kind, who, START + timedelta(minutes=minute), sha, test
    )


SUBMIT, APPROVE = act("submit", 1), act("approve", 2, who="局长")
BEGIN, END = act("start", 3, test="t"), act("finish", 9)


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ((), State.DRAFT),
        ((SUBMIT,), State.SUBMITTED),
        ((SUBMIT, APPROVE), State.APPROVED),
        ((APPROVE,), State.DRAFT),  # nobody submitted it
        ((act("submit", 1, sha=OTHER), act("approve", 2, sha=OTHER)), State.DRAFT),
        ((SUBMIT, act("return", 2)), State.RETURNED),
        ((SUBMIT, APPROVE, act("return", 3)), State.RETURNED),
        ((SUBMIT, act("return", 2), act("submit", 3)), State.SUBMITTED),
        ((SUBMIT, APPROVE, act("return", 3), act("submit", 4)), State.SUBMITTED),
        ((SUBMIT, APPROVE, BEGIN), State.RUNNING),
        ((SUBMIT, APPROVE, BEGIN, END), State.FINISHED),
        ((SUBMIT, APPROVE, BEGIN, END, act("report", 11)), State.REPORTED),
        ((SUBMIT, APPROVE, act("cancel", 3)), State.CANCELLED),
        ((SUBMIT, APPROVE, BEGIN, act("cancel", 5)), State.RUNNING),
    ],
)
def test_the_state_follows_from_the_acts(acts: tuple[Act, ...], state: State) -> None:
    assert stand(MINE, acts).state is state


def test_changed_words_need_a_new_approval_and_the_old_words_keep_theirs() -> None:
    acts = (SUBMIT, APPROVE)
    changed = stand(OTHER, acts)
    assert (changed.state, changed.changed) == (State.DRAFT, True)
    assert "重新送审" in next_step(changed, tested=True)
    assert stand(MINE, acts).state is State.APPROVED


def test_the_past_is_read_by_its_moment() -> None:
    acts = (SUBMIT, APPROVE, BEGIN, END)
    seen = [stand(MINE, acts, START + timedelta(minutes=n)).state for n in (0, 1, 2, 5, 9)]
    assert seen == [State.DRAFT, State.SUBMITTED, State.APPROVED, State.RUNNING, State.FINISHED]


_KINDS: Final = ("submit", "approve", "return", "start", "finish", "cancel", "report", "override")
_ACTS: Final = st.lists(
    st.builds(
        act,
        st.sampled_from(_KINDS),
        st.integers(0, 30),
        sha=st.sampled_from((MINE, OTHER)),
    ),
    max_size=14,
)


@given(_ACTS, st.randoms())
def test_the_order_of_arrival_changes_nothing(acts: list[Act], luck: Any) -> None:
    expected = stand(MINE, acts)
    mixed = [*acts, *acts]
    luck.shuffle(mixed)
    assert stand(MINE, mixed) == expected


@given(_ACTS)
def test_nothing_is_approved_but_by_an_approval_of_these_words(acts: list[Act]) -> None:
    if stand(MINE, acts).state is State.APPROVED:
        assert any(one.act == "approve" and one.content_sha256 == MINE for one in acts)


@pytest.mark.parametrize(
    ("wish", "state", "who", "post", "tested", "words"),
    [
        ("approve", State.SUBMITTED, "局长", "bureau_chief", True, ""),
        ("approve", State.SUBMITTED, "院长", "president", True, ""),
        ("approve", State.SUBMITTED, "乙", "quota_judge", True, "须由本院执行局局长"),
        ("approve", State.SUBMITTED, "甲", "bureau_chief", True, "不得批准自己的"),
        ("approve", State.DRAFT, "局长", "bureau_chief", True, "不能批准"),
        ("return", State.SUBMITTED, "乙", "clerk", True, "须由本院执行局局长"),
        ("override", State.APPROVED, "甲", "bureau_chief", False, "不得批准自己的"),
        ("start", State.APPROVED, "乙", "operator", True, ""),
        ("start", State.APPROVED, "乙", "operator", False, "设备自检"),
        ("start", State.SUBMITTED, "乙", "operator", True, "不能开始行动"),
        ("edit", State.RUNNING, "乙", "operator", True, "不能修改方案"),
        ("finish", State.RUNNING, "乙", "operator", True, ""),
        ("cancel", State.RUNNING, "乙", "operator", True, "不能取消行动"),
    ],
)
def test_who_may_do_what(
    wish: str, state: State, who: str, post: str, tested: bool, words: str
) -> None:
    told = may(
        wish, Standing(state, SUBMIT), person_id=who, post=post, maker_id="甲", tested=tested
    )
    assert (words in told) if words else told == ""


@pytest.mark.parametrize(
    ("wish", "givers", "words"),
    [
        ("approve", {"局长"}, ""),
        ("approve", set(), "受其授权"),
        ("approve", {"甲"}, "代行其职务"),  # 甲 drew it up
        ("approve", {"甲", "局长"}, ""),
        ("return", {"甲"}, ""),
    ],
)
def test_a_stand_in_has_the_power_of_the_giver(wish: str, givers: set[str], words: str) -> None:
    told = may(
        *(wish, Standing(State.SUBMITTED, SUBMIT)),
        person_id="乙",
        post="clerk",
        maker_id="甲",
        stands_for=givers,
    )
    assert (words in told) if words else told == ""


def test_nobody_acts_without_a_name() -> None:
    told = may("submit", Standing(State.DRAFT), person_id=None, post="", maker_id="甲")
    assert "本人身份" in told


def test_rules_and_databases_hash_the_same_words() -> None:
    assert PLAN_WORDS == schema.PLAN_WORDS
    assert tuple(post.value for post in APPROVERS) == schema.PLAN_APPROVERS


@given(st.sampled_from(PLAN_WORDS), st.text(max_size=5), st.text(max_size=5))
def test_other_words_have_another_fingerprint(column: str, one: str, other: str) -> None:
    values: dict[str, object] = dict.fromkeys(PLAN_WORDS, "值")
    same = fingerprint({**values, column: one}) == fingerprint({**values, column: other})
    assert same == (one == other)
    assert fingerprint({**values, column: None}) != fingerprint({**values, column: one})


# Plans

HEADING: Final = Heading("清场", "team", "p1", "三号楼", START, START + timedelta(hours=3))
GOOD: Final = Plan(
    aim="腾退房屋",
    groups=(
        GroupPlan("外围", "team", "p1", "警戒", 30),
        GroupPlan("清点", "team", "p3", "清点", 20),
    ),
    people=(
        Duty("p1", "甲", "外围", "指挥"),
        Duty("p2", "乙", "外围", "警戒"),
        Duty("p3", "丙", "清点", "登记"),
        Duty("p4", "丁", "清点", "摄像"),
    ),
    risks=(Risk("聚集", "high", "劝离"),),
    contingencies=(Contingency("突发疾病", "送医", "乙"),),
    route=(RoutePoint("集结点", 346_500_000, 1_124_500_000),),
    vehicles=(Vehicle("豫C0001警", "乙", 5),),
    gear=(Gear("执法记录仪", 4),),
    police=6,
    police_task="警戒",
)


def test_a_whole_plan_has_no_fault() -> None:
    assert check(HEADING, GOOD, LIMITS) == ()


def test_an_empty_plan_says_everything_at_once() -> None:
    found = check(Heading("", "", "", "", None), Plan(), LIMITS)
    assert [fault.field for fault in found] == [
        *("name", "team_id", "commander_id", "place", "starts_at", "aim"),
        *("groups", "risks", "contingencies", "route"),
    ]
    assert all(fault.reason for fault in found)


_G, _P = GOOD.groups, GOOD.people


@pytest.mark.parametrize(
    ("plan", "faults"),
    [
        (replace(GOOD, groups=(_G[0], replace(_G[1], minutes=0))), [("groups", 1, "minutes")]),
        (replace(GOOD, groups=(_G[0], replace(_G[1], minutes=None))), [("groups", 1, "minutes")]),
        (replace(GOOD, groups=(_G[0], replace(_G[1], leader_id="p1"))),
         [("groups", 1, "leader_id")]),
        (replace(GOOD, groups=(_G[0], replace(_G[1], task=" "))), [("groups", 1, "task")]),
        (replace(GOOD, people=_P[:3]), [("groups", 1, "name")]),
        (replace(GOOD, people=(*_P, Duty("p2", "乙", "清点", "押车"))),
         [("people", 4, "person_id")]),
        (replace(GOOD, people=(*_P, Duty("p9", "戊", "别组", "押车"))), [("people", 4, "group")]),
        (replace(GOOD, police=0), [("police", None, "")]),
        (replace(GOOD, police=None), [("police", None, "")]),
        (replace(GOOD, police_task=""), [("police_task", None, "")]),
        (replace(GOOD, route=(RoutePoint("甲", 1, None),)), [("route", 0, "lat_e7")]),
        (replace(GOOD, route=(RoutePoint("甲", 910_000_000, 1),)), [("route", 0, "lat_e7")]),
        (replace(GOOD, route=(RoutePoint("甲", 1, 1_810_000_000),)), [("route", 0, "lon_e7")]),
        (replace(GOOD, vehicles=(Vehicle("豫C1", "乙", 3),)), [("vehicles", None, "")]),
        (replace(GOOD, vehicles=(Vehicle("", "", None),)), [
            ("vehicles", 0, "plate"), ("vehicles", 0, "driver"), ("vehicles", 0, "seats"),
        ]),
        (replace(GOOD, gear=(Gear("", 0),)), [("gear", 0, "name"), ("gear", 0, "count")]),
        (replace(GOOD, contingencies=(Contingency("甲"),)), [
            ("contingencies", 0, "response"), ("contingencies", 0, "who"),
        ]),
        (replace(GOOD, risks=(Risk("甲", "odd", "乙"),)), [("risks", 0, "level")]),
        (replace(GOOD, aim="长" * 3000), [("aim", None, "")]),
    ],
)  # fmt: skip
def test_each_fault_has_its_place(plan: Plan, faults: list[tuple[str, int | None, str]]) -> None:
    found = check(HEADING, plan, LIMITS)
    assert [(one.field, one.row, one.column) for one in found] == faults


def test_the_commander_goes_along_and_time_goes_forward() -> None:
    wrong = replace(HEADING, commander_id="p9", ends_at=START)
    assert [one.field for one in check(wrong, GOOD, LIMITS)] == ["ends_at", "commander_id"]


def test_a_plan_is_written_in_one_way_and_read_again() -> None:
    assert read_plan(plan_text(GOOD)) == GOOD
    assert plan_text(read_plan(plan_text(GOOD))) == plan_text(GOOD)


@pytest.mark.parametrize("text", ["", "[]", "1", '{"groups": 3}', '{"groups": [3]}'])
def test_what_is_no_plan_is_refused_in_words(text: str) -> None:
    with pytest.raises(UserError, match="无法读取"):
        read_plan(text)


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert read_plan('{"aim": "甲", "later": 1, "gear": [{"name": "乙", "later": 2}]}') == Plan(
        aim="甲", gear=(Gear("乙"),)
    )
