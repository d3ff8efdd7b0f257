"""Courts, persons, posts and teams as records."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from storage.ids import CourtId, PersonId, TeamId


class Post(StrEnum):
    """A post held within a court; values are stored, so they never change meaning."""

    PRESIDENT = "president"  # 院长
    VICE_PRESIDENT = "vice_president"  # 分管院领导
    BUREAU_CHIEF = "bureau_chief"  # 执行局局长
    DEPUTY_CHIEF = "deputy_chief"  # 执行局副局长(未入额)
    COMMISSAR = "commissar"  # 政委(未入额)
    TRIBUNAL_HEAD = "tribunal_head"  # 庭长(未入额)
    QUOTA_JUDGE = "quota_judge"  # 员额法官
    JUDGE_ASSISTANT = "judge_assistant"  # 法官助理
    CLERK = "clerk"  # 书记员
    POLICE = "police"  # 司法警察
    OPERATOR = "operator"  # 指挥中心值班员
    FINANCE = "finance"  # 案款管理人


class TeamKind(StrEnum):
    """What a team is for (洛中法〔2017〕57号)."""

    IMPLEMENTATION = "implementation"  # 执行实施团队 1+1+N+X
    ADJUDICATION = "adjudication"  # 执行裁决团队 3/3/4
    INFORMATION = "information"  # 信息化组
    PROCESS = "process"  # 流程管理组
    ONLINE_CONTROL = "online_control"  # 网络查控组
    PETITION = "petition"  # 信访督办组
    GENERAL = "general"  # 综合组


class TeamRole(StrEnum):
    """The role a member plays in one team."""

    LEADER = "leader"  # 团队负责人
    JUDGE = "judge"  # 员额法官
    ASSISTANT = "assistant"  # 法官助理
    CLERK = "clerk"  # 书记员
    POLICE = "police"  # 司法警察
    SUPERVISOR = "supervisor"  # 编入团队的未入额领导
    DEPUTY = "deputy"  # AB 岗副手
    MEMBER = "member"  # 功能组成员


@dataclass(frozen=True, slots=True)
class Court:
    """A court and the days on which its code (法院代字) is valid; `valid_to` is inclusive."""

    id: CourtId
    code: str
    name: str
    short_name: str
    superior_id: CourtId | None
    valid_from: date | None
    valid_to: date | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff. `quota` tells whether the person holds a judge's pen (入额)."""

    id: PersonId
    court_id: CourtId
    name: str
    post: Post
    quota: bool


@dataclass(frozen=True, slots=True)
class Team:
    """A team or function group of one court."""

    id: TeamId
    court_id: CourtId
    name: str
    kind: TeamKind


@dataclass(frozen=True, slots=True)
class Membership:
    """One person's dated place in one team; `to_on` inclusive, None while it lasts."""

    person_id: PersonId
    team_id: TeamId
    role: TeamRole
    from_on: date
    to_on: date | None
