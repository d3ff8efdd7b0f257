"""Who works in the demo city: persons with posts, teams, and dated memberships. Pure.

Teams follow the plan of the command centre: implementation teams 1+1+N+X, one adjudication team
of three judges, three assistants and four clerks, five function groups, six bailiffs.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from desktop.demo.courts import COURTS, DemoCourt
from desktop.demo.ids import IdMaker
from desktop.demo.names import staff_names
from storage.records.people import Post, TeamKind, TeamRole

_ORDINALS: Final = "一二三四五六"
_GROUPS: Final = (
    ("信息化组", TeamKind.INFORMATION),
    ("流程管理组", TeamKind.PROCESS),
    ("网络查控组", TeamKind.ONLINE_CONTROL),
    ("信访督办组", TeamKind.PETITION),
    ("综合组", TeamKind.GENERAL),
)
_SINCE: Final = date(2023, 12, 1)
_STAFF_MAX: Final = 700
Row = tuple[object, ...]
# How many courts let matters lie; they are small ones, drawn by the seed.
SLOW_COURTS: Final = 3
SMALL_TEAMS_MAX: Final = 2


@dataclass(frozen=True, slots=True)
class Member:
    """A person at work in a team."""

    id: str
    name: str


@dataclass(slots=True)
class DemoTeam:
    """A team with the people who can hold its cases; `weight` is its share within the
    court, `lateness` how often its acts are late beside the city's mean. In a `slow` team matters
    are forgotten for months; elsewhere what is late is done within days."""

    id: str
    court: DemoCourt
    court_id: str
    name: str
    kind: TeamKind
    number: int
    leader: Member
    handlers: list[Member] = field(default_factory=list)
    weight: float = 1.0
    lateness: float = 1.0
    slow: bool = False


@dataclass(slots=True)
class Staff:
    """Rows for the tables, and the teams the cases are dealt to."""

    courts: list[Row] = field(default_factory=list)
    persons: list[Row] = field(default_factory=list)
    posts: list[Row] = field(default_factory=list)
    teams: list[Row] = field(default_factory=list)
    memberships: list[Row] = field(default_factory=list)
    by_court: dict[str, list[DemoTeam]] = field(default_factory=lambda: defaultdict(list))
    court_ids: dict[str, str] = field(default_factory=dict)
    vice_presidents: dict[str, Member] = field(default_factory=dict)
    chiefs: dict[str, Member] = field(default_factory=dict)
    online_control: Member = field(default_factory=lambda: Member("", ""))


class _Builder:
    def __init__(self, rng: Random, ids: IdMaker, today: date) -> None:
        self.rng = rng
        self.ids = ids
        self.today = today
        self.names = iter(staff_names(rng, _STAFF_MAX))
        self.staff = Staff()
        self.numbers = iter(range(1, 500))

    def person(self, court_id: str, post: Post) -> Member:
        member = Member(self.ids(), next(self.names))
        quota = post is Post.QUOTA_JUDGE
        self.staff.persons.append((member.id, court_id, member.name, post.value, int(quota), None))
        row = (self.ids(), member.id, post.value, court_id, _SINCE.isoformat(), None, None)
        self.staff.posts.append(row)
        return member

    def join(self, member: Member, team_id: str, role: TeamRole, since: date = _SINCE) -> None:
        row = (self.ids(), member.id, team_id, role.value, since.isoformat(), None)
        self.staff.memberships.append(row)

    def team(self, court: DemoCourt, name: str, kind: TeamKind, leader: Member) -> DemoTeam:
        court_id = self.staff.court_ids[court.code]
        number = next(self.numbers)
        made = DemoTeam(self.ids(), court, court_id, name, kind, number, leader)
        self.staff.teams.append((made.id, court_id, name, kind.value, number))
        self.staff.by_court[court.code].append(made)
        return made


def _courts(build: _Builder) -> None:
    staff = build.staff
    for court in COURTS:
        staff.court_ids[court.code] = build.ids()
    for court in COURTS:
        superior = staff.court_ids.get(court.under)
        until = court.valid_to.isoformat() if court.valid_to else None
        dated = (court.valid_from.isoformat(), until, int(court.confirmed))
        id_ = staff.court_ids[court.code]
        staff.courts.append((id_, court.code, court.name, court.short, superior, *dated))


def _implementation(build: _Builder, court: DemoCourt, at: int) -> DemoTeam:
    """1 leader + 1 quota judge + N assistants + X clerks."""
    court_id = build.staff.court_ids[court.code]
    leader = build.person(court_id, Post.QUOTA_JUDGE if at else Post.DEPUTY_CHIEF)
    team = build.team(court, f"第{_ORDINALS[at]}执行团队", TeamKind.IMPLEMENTATION, leader)
    build.join(leader, team.id, TeamRole.LEADER)
    judge = build.person(court_id, Post.QUOTA_JUDGE)
    build.join(judge, team.id, TeamRole.JUDGE)
    team.handlers.append(judge)
    for _ in range(build.rng.choice((2, 3, 3, 4))):
        assistant = build.person(court_id, Post.JUDGE_ASSISTANT)
        build.join(assistant, team.id, TeamRole.ASSISTANT)
        team.handlers.append(assistant)
    for _ in range(build.rng.choice((1, 2, 2))):
        build.join(build.person(court_id, Post.CLERK), team.id, TeamRole.CLERK)
    team.weight = build.rng.uniform(0.7, 1.3)
    team.lateness = build.rng.triangular(0.4, 2.4, 0.8)
    return team


def _centre(build: _Builder, court: DemoCourt) -> None:
    """What only the intermediate court has: groups, the adjudication team, bailiffs."""
    court_id = build.staff.court_ids[court.code]
    for name, kind in _GROUPS:
        lead = build.person(court_id, Post.OPERATOR)
        group = build.team(court, name, kind, lead)
        build.join(lead, group.id, TeamRole.LEADER)
        if kind is TeamKind.ONLINE_CONTROL:
            build.staff.online_control = lead
        for _ in range(build.rng.choice((2, 3))):
            build.join(build.person(court_id, Post.OPERATOR), group.id, TeamRole.MEMBER)
    judges = [build.person(court_id, Post.QUOTA_JUDGE) for _ in range(3)]
    team = build.team(court, "执行裁决团队", TeamKind.ADJUDICATION, judges[0])
    for judge in judges:
        build.join(judge, team.id, TeamRole.JUDGE)
        team.handlers.append(judge)
    for post, role, count in (
        (Post.JUDGE_ASSISTANT, TeamRole.ASSISTANT, 3),
        (Post.CLERK, TeamRole.CLERK, 4),
    ):
        for _ in range(count):
            build.join(build.person(court_id, post), team.id, role)
    chairs = (Post.PRESIDENT, Post.COMMISSAR, Post.TRIBUNAL_HEAD, Post.FINANCE, Post.FINANCE)
    for post in chairs:
        build.person(court_id, post)


def _transfers(build: _Builder) -> None:
    """Some assistants and clerks changed teams within their court: the old row ends, one begins."""
    memberships = build.staff.memberships
    courts = {team.id: team for teams in build.staff.by_court.values() for team in teams}
    movable = [
        at
        for at, row in enumerate(memberships)
        if row[3] in (TeamRole.ASSISTANT.value, TeamRole.CLERK.value)
        and courts[str(row[2])].kind is TeamKind.IMPLEMENTATION
    ]
    span = (build.today - _SINCE).days
    for at in build.rng.sample(movable, k=len(movable) // 12):
        id_, person_id, team_id, role, since, _to = memberships[at]
        team = courts[str(team_id)]
        others = [
            other
            for other in build.staff.by_court[team.court.code]
            if other.kind is TeamKind.IMPLEMENTATION and other is not team
        ]
        if not others:
            continue
        moved = _SINCE + timedelta(days=build.rng.randrange(60, max(span - 30, 61)))
        # The row of today keeps its team; the transfer lies before it.
        origin = build.rng.choice(others)
        ended = (moved - timedelta(days=1)).isoformat()
        memberships[at] = (id_, person_id, team_id, role, moved.isoformat(), None)
        memberships.append((build.ids(), person_id, origin.id, role, since, ended))


def build_staff(rng: Random, ids: IdMaker, today: date) -> Staff:
    """Everybody of the city, made from the generator's state alone."""
    build = _Builder(rng, ids, today)
    _courts(build)
    small = [court.code for court in COURTS if 0 < court.teams <= SMALL_TEAMS_MAX]
    slow = set(rng.sample(small, SLOW_COURTS))
    for court in COURTS:
        if not court.teams:
            continue
        court_id = build.staff.court_ids[court.code]
        build.staff.vice_presidents[court.code] = build.person(court_id, Post.VICE_PRESIDENT)
        build.staff.chiefs[court.code] = build.person(court_id, Post.BUREAU_CHIEF)
        if court.code == "豫03":
            _centre(build, court)
        teams = [_implementation(build, court, at) for at in range(court.teams)]
        for team in teams:
            team.slow = court.code in slow
        if court.code == "豫03":
            for team in teams:
                bailiff = build.person(court_id, Post.POLICE)
                build.join(bailiff, team.id, TeamRole.POLICE)
    _transfers(build)
    # Money that finance itself asks for is approved and sent by two others of finance. Last, so
    # that everybody else stays who he was.
    build.person(build.staff.court_ids["豫03"], Post.FINANCE)
    return build.staff
