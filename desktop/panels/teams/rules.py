"""The filter of the staffing list, and words for kinds and roles. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from desktop.contract.params import many
from storage.records.people import Membership, Post, TeamKind, TeamRole

KIND_WORDS: Final[Mapping[str, str]] = {
    TeamKind.IMPLEMENTATION: "执行实施团队",
    TeamKind.ADJUDICATION: "执行裁决团队",
    TeamKind.INFORMATION: "信息化组",
    TeamKind.PROCESS: "流程管理组",
    TeamKind.ONLINE_CONTROL: "网络查控组",
    TeamKind.PETITION: "信访督办组",
    TeamKind.GENERAL: "综合组",
}
ROLE_WORDS: Final[Mapping[str, str]] = {
    TeamRole.LEADER: "团队负责人",
    TeamRole.JUDGE: "员额法官",
    TeamRole.ASSISTANT: "法官助理",
    TeamRole.CLERK: "书记员",
    TeamRole.POLICE: "司法警察",
    TeamRole.SUPERVISOR: "编入领导",
    TeamRole.DEPUTY: "AB 岗副手",
    TeamRole.MEMBER: "成员",
}
POST_WORDS: Final[Mapping[str, str]] = {
    Post.PRESIDENT: "院长",
    Post.VICE_PRESIDENT: "分管院领导",
    Post.BUREAU_CHIEF: "执行局局长",
    Post.DEPUTY_CHIEF: "执行局副局长",
    Post.COMMISSAR: "政委",
    Post.TRIBUNAL_HEAD: "庭长",
    Post.QUOTA_JUDGE: "员额法官",
    Post.JUDGE_ASSISTANT: "法官助理",
    Post.CLERK: "书记员",
    Post.POLICE: "司法警察",
    Post.OPERATOR: "值班员",
    Post.FINANCE: "案款管理人",
}
ROLE_ORDER: Final = tuple(TeamRole)


@dataclass(frozen=True, slots=True)
class StaffingFilter:
    """Joined by AND; empty means no restriction. `day`: the day whose staffing is shown, None
    for today. `missing`: only teams that lack a post or break a rule."""

    courts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    missing: bool = False
    day: date | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "StaffingFilter":
        """The filter written as text by whoever opens the panel; unknown keys are ignored."""

        day = params.get("day")
        return cls(
            many(params, "courts"),
            many(params, "kinds"),
            params.get("missing") == "1",
            date.fromisoformat(day) if day else None,
        )


def on_day(memberships: Iterable[Membership], day: date) -> list[Membership]:
    """Those in force on `day`; both ends count."""
    return [
        member
        for member in memberships
        if member.from_on <= day and (member.to_on is None or day <= member.to_on)
    ]


def roles_filled(members: Iterable[Membership]) -> dict[TeamRole, int]:
    """How many hold each role."""
    found: dict[TeamRole, int] = {}
    for member in members:
        found[member.role] = found.get(member.role, 0) + 1
    return found
