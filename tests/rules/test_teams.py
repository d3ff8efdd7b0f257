"""Staffing: the missing post is named, through time, and police are in one team a day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desktop.rules.rule_files import RuleFileError
from desktop.rules.teams import (
    Absence,
    double_booking,
    history,
    load_team_rules,
    panel_gaps,
    validate_police,
    validate_team,
)
from storage.ids import CourtId, PersonId, TeamId
from storage.records.people import Membership, Person, Post, Team, TeamKind, TeamRole

RULES = load_team_rules()
COURT = CourtId("c")
DAY = date(2017, 6, 1)
L, J, A, C = TeamRole.LEADER, TeamRole.JUDGE, TeamRole.ASSISTANT, TeamRole.CLERK


def person(number: int, *, quota: bool = False, post: Post = Post.CLERK) -> Person:
    return Person(PersonId(f"p{number}"), COURT, f"甲{number}", post, quota)


def team(kind: TeamKind = TeamKind.IMPLEMENTATION, name: str = "第一执行团队") -> Team:
    return Team(TeamId(name), COURT, name, kind)


def members(roles: list[TeamRole], place: Team) -> list[Membership]:
    return [
        Membership(PersonId(f"p{number}"), place.id, role, date(2017, 1, 1), None)
        for number, role in enumerate(roles)
    ]


@pytest.mark.parametrize(
    ("kind", "roles", "missing"),
    [
        (TeamKind.IMPLEMENTATION, [L, J, A, A, C], []),
        (TeamKind.IMPLEMENTATION, [L, J, A, A, A, C, C], []),
        (TeamKind.IMPLEMENTATION, [J, A, A, C], ["缺团队负责人1名"]),
        (TeamKind.IMPLEMENTATION, [L, A, A, C], ["缺员额法官1名"]),
        (TeamKind.IMPLEMENTATION, [L, J, A, C], ["缺法官助理1名"]),
        (TeamKind.IMPLEMENTATION, [L, J, A, A], ["缺书记员1名"]),
        (TeamKind.IMPLEMENTATION, [L, L, J, J, A, A, C], ["团队负责人多1名", "员额法官多1名"]),
        (TeamKind.ADJUDICATION, [J] * 3 + [A] * 3 + [C] * 4, []),
        (TeamKind.ADJUDICATION, [J] * 2 + [A] * 3 + [C] * 5, ["缺员额法官1名", "书记员多1名"]),
        (TeamKind.INFORMATION, [L], []),
        (TeamKind.PROCESS, [A], ["缺组长1名"]),
        (TeamKind.ONLINE_CONTROL, [], ["缺组长1名"]),
        (TeamKind.PETITION, [], ["缺组长1名"]),
        (TeamKind.GENERAL, [], ["缺组长1名"]),
    ],
)
def test_missing_posts(kind: TeamKind, roles: list[TeamRole], missing: list[str]) -> None:
    place = team(kind)
    people = {PersonId(f"p{n}"): person(n, quota=True) for n in range(len(roles))}
    found = validate_team(place, members(roles, place), people, DAY, RULES)
    assert len(found) == len(missing)
    for problem, text in zip(found, missing, strict=True):
        assert text in problem.sentence


def test_a_leader_without_a_pen_is_no_judge() -> None:
    place = team()
    people = {PersonId(f"p{n}"): person(n, quota=False) for n in range(5)}
    found = validate_team(place, members([L, J, A, A, C], place), people, DAY, RULES)
    assert [problem.post for problem in found] == ["员额法官", "员额法官"]
    assert "未入额" in found[0].sentence


def test_history_by_date() -> None:
    place = team()
    people = {PersonId(f"p{n}"): person(n, quota=True) for n in range(5)}
    own = members([L, J, A, A, C], place)
    own[4] = Membership(PersonId("p4"), place.id, C, date(2017, 1, 1), date(2017, 5, 31))
    spans = history(place, own, people, RULES)
    assert [(span.from_on, span.to_on, len(span.problems)) for span in spans] == [
        (date(2017, 1, 1), date(2017, 5, 31), 0),
        (date(2017, 6, 1), None, 1),
    ]
    assert history(place, [], people, RULES) == []


def police(count: int) -> dict[PersonId, Person]:
    return {PersonId(f"p{n}"): person(n, post=Post.POLICE) for n in range(count)}


def test_police_are_each_in_one_team() -> None:
    one, two = team(name="第一执行团队"), team(name="第二执行团队")
    teams = {place.id: place for place in (one, two)}
    people = police(6)
    own = [
        Membership(who, one.id, TeamRole.POLICE, date(2017, 1, 1), None) for who in list(people)[:5]
    ]
    own.append(Membership(PersonId("p0"), two.id, TeamRole.POLICE, date(2017, 3, 1), None))
    texts = [p.sentence for p in validate_police(own, people, teams, DAY, RULES)]
    assert texts == [
        "司法警察甲0同日编入第一执行团队、第二执行团队，一人一日只能在一个团队",
        "司法警察甲5未编入执行团队",
    ]
    assert len(validate_police(own, people, teams, date(2017, 2, 1), RULES)) == 1
    (short,) = [
        p for p in validate_police(own[:5], police(5), teams, DAY, RULES) if p.post == "司法警察"
    ]
    assert short.sentence == "司法警察应6名，现5名"


@pytest.mark.parametrize(
    ("first", "last", "clash"),
    [
        (date(2017, 3, 1), None, True),
        (date(2017, 1, 1), date(2017, 1, 31), False),
        (date(2017, 1, 1), date(2017, 2, 1), True),
        (date(2017, 6, 30), None, True),
        (date(2017, 7, 1), None, False),
    ],
)
def test_double_booking(first: date, last: date | None, clash: bool) -> None:
    who = person(0, post=Post.POLICE)
    old = Membership(who.id, TeamId("一"), TeamRole.POLICE, date(2017, 2, 1), date(2017, 6, 30))
    new = Membership(who.id, TeamId("二"), TeamRole.POLICE, first, last)
    assert (double_booking(new, [old], who) is old) is clash
    assert double_booking(new, [old], person(0)) is None


def test_mistakes_of_the_team_file(tmp_path: Path) -> None:
    path = tmp_path / "teams.toml"
    path.write_text(
        '[[rule]]\nversion="1"\nvalid_from=2017-01-01\nkinds=["choir"]\nname="队"\nbasis="x"\n'
        'confidence="confirmed"\n[[rule.need]]\nrole="leader"\npost="长"\nleast=2\nmost=1\n',
        encoding="utf-8",
    )
    with pytest.raises(RuleFileError) as caught:
        load_team_rules(path)
    assert {problem.field for problem in caught.value.problems} == {"kinds", "most"}


def _panel() -> tuple[Team, list[Membership], dict[PersonId, Person]]:
    place = team(TeamKind.ADJUDICATION, "执行裁决团队")
    own = members([J] * 3 + [A] * 3 + [C] * 4, place)
    people = {PersonId(f"p{n}"): person(n, quota=n < 3) for n in range(10)}
    return place, own, people


def test_leave_makes_a_panel_impossible_on_exactly_its_days() -> None:
    place, own, people = _panel()
    away = [
        Absence(PersonId("p1"), date(2017, 6, 5), date(2017, 6, 9), "请假"),
        Absence(PersonId("p2"), date(2017, 6, 8), date(2017, 6, 12), "病假"),
        Absence(PersonId("p5"), date(2017, 6, 2), date(2017, 6, 30), "培训"),
    ]
    gaps = panel_gaps(place, own, people, away, DAY, date(2017, 6, 30), RULES)
    assert [(gap.from_on.day, gap.to_on.day, gap.present) for gap in gaps] == [
        (5, 7, 2),
        (8, 9, 1),
        (10, 12, 2),
    ]
    assert gaps[1].absent == ("甲1（请假）", "甲2（病假）")
    assert "在岗员额法官1名，不足3名，不能组成合议庭" in gaps[1].sentence


def test_a_full_panel_or_another_kind_of_team_warns_of_nothing() -> None:
    place, own, people = _panel()
    last = date(2017, 6, 30)
    assert panel_gaps(place, own, people, [], DAY, last, RULES) == []
    other = team()
    assert panel_gaps(other, members([L, J], other), people, [], DAY, last, RULES) == []
    left = [replace(own[0], to_on=date(2017, 6, 20)), *own[1:]]
    (gap,) = panel_gaps(place, left, people, [], DAY, last, RULES)
    assert (gap.from_on, gap.to_on, gap.absent) == (date(2017, 6, 21), last, ())
