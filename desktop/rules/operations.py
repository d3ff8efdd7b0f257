"""重大强制执行活动: how an operation stands, read from its acts, and who may do what next (M04).

Approval, self-test and start count for the words of the plan that they bear the fingerprint of.
The result depends on the acts alone, never on the order in which they came. Pure; any thread.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from storage.records.people import Post

APPROVERS: Final = (Post.BUREAU_CHIEF, Post.VICE_PRESIDENT, Post.PRESIDENT)
STARTERS: Final = (Post.OPERATOR, *APPROVERS)
# What the fingerprint goes over, in this order; the databases work it out from the same columns.
PLAN_WORDS: Final = (
    *("team_id", "name", "case_id", "case_number", "place", "lat_e7", "lon_e7"),
    *("starts_at", "ends_at", "commander_id", "plan"),
)


class State(StrEnum):
    """Where an operation stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    RUNNING = "running"
    FINISHED = "finished"
    REPORTED = "reported"
    CANCELLED = "cancelled"


STATE_WORDS: Final[Mapping[State, str]] = {
    State.DRAFT: "草拟",
    State.SUBMITTED: "待批准",
    State.RETURNED: "已退回",
    State.APPROVED: "已批准",
    State.RUNNING: "行动中",
    State.FINISHED: "已结束",
    State.REPORTED: "已报告",
    State.CANCELLED: "已取消",
}
STATE_STYLES: Final[Mapping[State, str]] = {
    State.DRAFT: "unknown",
    State.SUBMITTED: "due_soon",
    State.RETURNED: "overdue",
    State.APPROVED: "paused",
    State.RUNNING: "normal",
    State.FINISHED: "due_soon",
    State.REPORTED: "done",
    State.CANCELLED: "unknown",
}
ACT_WORDS: Final[Mapping[str, str]] = {
    "submit": "送审",
    "approve": "批准",
    "return": "退回",
    "override": "签字放行",
    "start": "开始行动",
    "finish": "结束行动",
    "cancel": "取消行动",
    "report": "出具报告",
}


@dataclass(frozen=True, slots=True)
class Act:
    """One row of `operation_act`. `at` with its zone, by the clock of whoever did it."""

    id: str
    act: str
    person_id: str
    at: datetime
    content_sha256: str
    test_id: str | None = None
    body: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """An operation at one moment. `changed`: its words are others than those that were submitted
    or approved last, so that it must be submitted anew."""

    state: State
    submitted: Act | None = None
    approved: Act | None = None
    returned: Act | None = None
    started: Act | None = None
    finished: Act | None = None
    cancelled: Act | None = None
    reported: Act | None = None
    overrides: tuple[Act, ...] = ()
    changed: bool = False

    def overridden(self, test_id: str | None) -> Act | None:
        """Who signed that it starts in spite of that self-test."""
        return next((one for one in self.overrides if one.test_id == test_id), None)


def stand(content_sha256: str, acts: Iterable[Act], now: datetime | None = None) -> Standing:
    """How an operation with these words stands, at `now` or after all its acts."""
    facts = sorted(
        {one.id: one for one in acts if now is None or one.at <= now}.values(),
        key=lambda one: (one.at, one.id),
    )
    first: dict[str, Act] = {}
    for one in facts:
        first.setdefault(one.act, one)
    started, cancelled = first.get("start"), first.get("cancel")
    begun = content_sha256 if started is None else started.content_sha256
    returned = next((one for one in reversed(facts) if one.act == "return"), None)
    since = [
        one for one in facts if returned is None or (one.at, one.id) > (returned.at, returned.id)
    ]
    mine = [one for one in since if one.content_sha256 == begun]
    submitted = next((one for one in mine if one.act == "submit"), None)
    approved = next((one for one in mine if one.act == "approve"), None)
    finished = first.get("finish") if started is not None else None
    reported = first.get("report") if finished is not None else None
    if started is not None and (cancelled is None or started.at <= cancelled.at):
        state = State.RUNNING
        cancelled = None
        if finished is not None:
            state = State.FINISHED if reported is None else State.REPORTED
    elif cancelled is not None:
        state = State.CANCELLED
    elif approved is not None and submitted is not None:
        state = State.APPROVED
    elif submitted is not None:
        state = State.SUBMITTED
    else:
        state = State.RETURNED if returned is not None and not since else State.DRAFT
    overrides = tuple(one for one in facts if one.act == "override")
    changed = state is State.DRAFT and any(one.act in ("submit", "approve") for one in since)
    return Standing(
        state,
        submitted,
        approved,
        returned,
        started,
        finished,
        cancelled,
        reported,
        overrides,
        changed,
    )


def next_step(standing: Standing, tested: bool) -> str:
    """What is to be done next, in words; `tested`: a start may rest on the last self-test."""
    match standing.state:
        case State.DRAFT:
            return "方案已改动，须重新送审" if standing.changed else "完善方案后送审"
        case State.SUBMITTED:
            return "等待局长或者院领导批准"
        case State.RETURNED:
            return "按退回意见修改后重新送审"
        case State.APPROVED:
            return "可以开始行动" if tested else "做设备自检"
        case State.RUNNING:
            return "按时报平安，随时记事"
        case State.FINISHED:
            return "出具行动报告"
        case _:
            return ""


def may(
    act: str,
    standing: Standing,
    *,
    person_id: str | None,
    post: str,
    maker_id: str,
    commander_id: str = "",
    tested: bool = False,
    stands_for: Collection[str] = (),
) -> str:
    """Why the person cannot do it now, in a sentence; empty when he can. The databases refuse the
    same. `commander_id`: of its plan. `tested`: the last self-test passed, or was set aside by a
    signature; `stands_for`: the approvers whose post the person has by delegation today."""
    if person_id is None:
        return "须以本人身份办理：本机尚未设定在座人员。"
    where = {
        "edit": (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED),
        "submit": (State.DRAFT, State.RETURNED),
        "approve": (State.SUBMITTED,),
        "return": (State.SUBMITTED, State.APPROVED),
        "override": (State.APPROVED,),
        "start": (State.APPROVED,),
        "finish": (State.RUNNING,),
        "report": (State.FINISHED, State.REPORTED),
        "cancel": (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED),
    }[act]
    words = {"edit": "修改方案", **ACT_WORDS}[act]
    if standing.state not in where:
        return f"行动{STATE_WORDS[standing.state]}，不能{words}。"
    if act in ("approve", "return", "override"):
        own = {maker_id, standing.submitted.person_id if standing.submitted else maker_id}
        chief = post in {one.value for one in APPROVERS}
        if not chief and not stands_for:
            return "行动方案须由本院执行局局长、院领导或者受其授权代行职务的人批准。"
        if act != "return" and person_id in own:
            return "拟制人、送审人不得批准自己的行动方案。"
        if act != "return" and not chief and own.issuperset(stands_for):
            return "授权人本人拟制、送审的行动方案，不得由代行其职务的人批准。"
    if act in ("start", "finish", "cancel") and not (
        person_id == commander_id
        or (act == "cancel" and person_id == maker_id)
        or post in {one.value for one in STARTERS}
        or stands_for
    ):
        return (
            f"{words}由现场指挥、本院指挥中心值班员、执行局局长、院领导"
            "或者受其授权代行职务的人办理。"
        )
    if act == "start" and not tested:
        return "开始之前须通过设备自检；未通过的，须由局长或者院领导签字放行。"
    return ""


def words_text(values: Mapping[str, object]) -> str:
    """The text that is hashed: each value with its length before it, as `plan_sql` of the schema
    has it, so that no two plans read the same."""
    parts = []
    for name in PLAN_WORDS:
        value = values.get(name)
        parts.append("-" if value is None else f"{len(str(value))}:{value}")
    return ",".join(parts)


def fingerprint(values: Mapping[str, object]) -> str:
    """SHA-256 of all words of an operation, by column."""
    return hashlib.sha256(words_text(values).encode()).hexdigest()
