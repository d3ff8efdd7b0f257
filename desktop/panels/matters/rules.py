"""The course of a public opinion item and of a brief, and their clocks. Pure; any thread."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final, Literal

import resources
from desktop.errors import UserError
from desktop.rules.calendar import WorkCalendar
from desktop.rules.reply_day import reply_day
from storage.records.people import Post

Kind = Literal["opinion", "brief"]
KIND_WORDS: Final[Mapping[str, str]] = {"opinion": "舆情", "brief": "汇报"}
TONE_WORDS: Final[Mapping[str, str]] = {"negative": "负面", "neutral": "中性", "positive": "正面"}
HEAT_WORDS: Final[Mapping[int, str]] = {
    1: "1 极少关注",
    2: "2 少量关注",
    3: "3 一般关注",
    4: "4 较多转发",
    5: "5 广泛传播",
}
ASKED_WORDS: Final[Mapping[str, str]] = {
    "party_group": "院党组",
    "president": "院长",
    "vice_president": "分管院领导",
}
# Who decides what is asked of whom. The president chairs the party group.
DECIDERS: Final[Mapping[str, frozenset[str]]] = {
    "party_group": frozenset((Post.PRESIDENT.value,)),
    "president": frozenset((Post.PRESIDENT.value,)),
    "vice_president": frozenset((Post.PRESIDENT.value, Post.VICE_PRESIDENT.value)),
}


class State(StrEnum):
    """Where a matter stands; derived from its days."""

    OPEN = "open"  # an opinion item that waits for its answer
    ANSWERED = "answered"
    DRAFT = "draft"  # a brief that nobody was asked yet
    SUBMITTED = "submitted"
    DECIDED = "decided"
    CLOSED = "closed"


STATE_WORDS: Final[Mapping[State, str]] = {
    State.OPEN: "待回应",
    State.ANSWERED: "已回应",
    State.DRAFT: "起草",
    State.SUBMITTED: "待批示",
    State.DECIDED: "待落实",
    State.CLOSED: "已办结",
}


class Act(StrEnum):
    """What can be done with a matter."""

    CHANGE = "change"
    ASSIGN = "assign"
    REPLY = "reply"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    DECIDE = "decide"
    REMIND = "remind"
    CLOSE = "close"


ACT_WORDS: Final[Mapping[str, str]] = {
    "raise": "登记",
    "change": "修改",
    "assign": "交办",
    "reply": "发布回应",
    "submit": "提交",
    "withdraw": "撤回",
    "decide": "批示",
    "remind": "催办",
    "note": "备注",
    "close": "办结",
}
_ACTS: Final[Mapping[State, tuple[Act, ...]]] = {
    State.OPEN: (Act.REPLY, Act.ASSIGN, Act.REMIND, Act.CHANGE, Act.CLOSE),
    State.ANSWERED: (Act.CLOSE, Act.ASSIGN),
    State.DRAFT: (Act.SUBMIT, Act.CHANGE),
    State.SUBMITTED: (Act.DECIDE, Act.WITHDRAW, Act.REMIND),
    State.DECIDED: (Act.CLOSE, Act.ASSIGN, Act.REMIND),
    State.CLOSED: (),
}


def acts(state: State) -> tuple[Act, ...]:
    """What can be done now, the usual next step first."""
    return _ACTS[state]


def state_of(
    kind: str, submitted_on: str | None, answered_on: str | None, closed_on: str | None
) -> State:
    """The state of a matter from its days."""
    if closed_on is not None:
        return State.CLOSED
    if kind == "opinion":
        return State.OPEN if answered_on is None else State.ANSWERED
    if answered_on is not None:
        return State.DECIDED
    return State.DRAFT if submitted_on is None else State.SUBMITTED


@dataclass(frozen=True, slots=True)
class Conventions:
    """Of resources/matters.toml: working days by heat 1 to 5, days of warning, who issues."""

    basis: str
    reply: tuple[int, ...]
    reply_warn: int
    follow_up: int
    follow_up_warn: int
    issuer: str


@cache
def conventions() -> Conventions:
    """The conventions of this office; UserError when they make no sense."""
    with resources.path("matters.toml").open("rb") as file:
        read = tomllib.load(file)
    reply, follow = read["reply"], read["follow_up"]
    days = tuple(int(n) for n in reply["workdays"])
    found = Conventions(
        basis=str(reply["basis"]),
        reply=days,
        reply_warn=int(reply["warn_workdays"]),
        follow_up=int(follow["workdays"]),
        follow_up_warn=int(follow["warn_workdays"]),
        issuer=str(read["brief"]["issuer"]),
    )
    if len(days) != len(HEAT_WORDS) or min(*days, found.follow_up) < 1:
        raise UserError("舆情与汇报参数有误：期限须为正整数，回应期限须按热度各定一个。")
    return found


def reply_due(found_on: date, heat: int | None, calendar: WorkCalendar) -> date:
    """When an opinion item is to be answered; without a heat as the calmest one."""
    return reply_day(found_on, conventions().reply[(heat or 1) - 1], calendar)[0]


def follow_up_due(decided_on: date, calendar: WorkCalendar) -> date:
    """When a decision is to be carried out, if it says nothing else."""
    return reply_day(decided_on, conventions().follow_up, calendar)[0]


def awaited(state: State, due_on: date | None) -> bool:
    """Whether the clock runs: an item that is not answered, a decision not carried out."""
    return state in (State.OPEN, State.DECIDED) and due_on is not None


def style_of(state: State, due_on: date | None, today: date, calendar: WorkCalendar) -> str:
    """Style key of a matter: late only while its clock runs."""
    if state is State.CLOSED:
        return "done"
    if not awaited(state, due_on):
        return "due_soon" if state is State.SUBMITTED else "paused"
    assert due_on is not None
    if today > due_on:
        return "overdue"
    known = conventions()
    warn = known.reply_warn if state is State.OPEN else known.follow_up_warn
    return "due_soon" if due_on <= reply_day(today, warn, calendar)[0] else "normal"


def days_late(state: State, due_on: date | None, today: date) -> int:
    """Whole days since the due day; 0 while it is not late or nothing is owed."""
    if not awaited(state, due_on):
        return 0
    assert due_on is not None
    return max(0, (today - due_on).days)


# A brief is one page. Its table takes 34 characters a line, one of which a line that may not end
# where it is full gives away; the rule between two rows takes as much as half a line.
_CHARS: Final = 33
LINES_MAX: Final = 12
TITLE_MAX: Final = 30
TEXT_MAX: Final = 4_000
DECISION_MAX: Final = 45  # characters, so that name and day stand in its second line


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text as they are printed; tabs, which no typeface has, become blanks."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def lines_of(*texts: str) -> int:
    """How many lines texts take on paper at most."""
    parts = [one for text in texts for one in paragraphs(text)]
    return math.ceil(sum(math.ceil(len(one) / _CHARS) for one in parts) + len(parts) / 2)


def page_fault(title: str, body: str, advice: str) -> str:
    """A sentence when a brief would not stand on one page; empty when it does."""
    if len(title) > TITLE_MAX:
        return f"标题不得超过 {TITLE_MAX} 字。"
    over = lines_of(body, advice) - LINES_MAX
    return f"汇报须在一页之内：问题与建议约多出 {over} 行，请精简。" if over > 0 else ""


def decision_fault(text: str, what: str) -> str:
    """A sentence when a decision, or what came of it, has no room on the page of its brief."""
    over = len(" ".join(text.split())) - DECISION_MAX
    return (
        f"{what}须在 {DECISION_MAX} 字以内，一页的汇报上才写得下；现多出 {over} 字。"
        if over > 0
        else ""
    )
