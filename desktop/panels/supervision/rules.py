"""What may happen to a supervision letter, and the words it is filled with. Pure; any thread.

A letter runs draft → issued → replied → closed; a reply that does not answer goes back
(returned) and is answered again. It can be withdrawn until it is closed; its number stays taken,
so the year's numbers have no gap. The addressee never reviews his own reply.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from desktop.circulars.names import subject_words
from desktop.errors import UserError


class LetterState(StrEnum):
    """States as stored in `supervision_letter.state`."""

    DRAFT = "draft"
    ISSUED = "issued"
    REPLIED = "replied"
    RETURNED = "returned"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What a person can do with a letter."""

    ISSUE = "issue"
    REPLY = "reply"
    CLOSE = "close"
    RETURN = "return"
    WITHDRAW = "withdraw"


STATE_WORDS: Final[Mapping[LetterState, str]] = {
    LetterState.DRAFT: "草稿",
    LetterState.ISSUED: "待回复",
    LetterState.REPLIED: "待审核",
    LetterState.RETURNED: "退回重办",
    LetterState.CLOSED: "已办结",
    LetterState.WITHDRAWN: "已撤回",
}
ACT_WORDS: Final[Mapping[Act, str]] = {
    Act.ISSUE: "签发",
    Act.REPLY: "登记回复",
    Act.CLOSE: "办结",
    Act.RETURN: "退回重办",
    Act.WITHDRAW: "撤回",
}
LEVEL_WORDS: Final[Mapping[str, str]] = {"green": "绿色", "yellow": "黄色", "red": "红色"}
LEVEL_STYLES: Final[Mapping[str, str]] = {
    "green": "normal",
    "yellow": "due_soon",
    "red": "overdue",
}
WAITING: Final = (LetterState.ISSUED, LetterState.RETURNED)
OPEN: Final = (LetterState.DRAFT, LetterState.ISSUED, LetterState.REPLIED, LetterState.RETURNED)

_NEXT: Final[Mapping[tuple[LetterState, Act], LetterState]] = {
    (LetterState.DRAFT, Act.ISSUE): LetterState.ISSUED,
    (LetterState.DRAFT, Act.WITHDRAW): LetterState.WITHDRAWN,
    (LetterState.ISSUED, Act.REPLY): LetterState.REPLIED,
    (LetterState.ISSUED, Act.WITHDRAW): LetterState.WITHDRAWN,
    (LetterState.REPLIED, Act.CLOSE): LetterState.CLOSED,
    (LetterState.REPLIED, Act.RETURN): LetterState.RETURNED,
    (LetterState.RETURNED, Act.REPLY): LetterState.REPLIED,
    (LetterState.RETURNED, Act.WITHDRAW): LetterState.WITHDRAWN,
}


def next_state(state: LetterState, act: Act) -> LetterState:
    """The state after `act`; UserError names the state in which that cannot be done."""
    found = _NEXT.get((state, act))
    if found is None:
        raise UserError(f"督办单现为“{STATE_WORDS[state]}”，不能{ACT_WORDS[act]}。")
    return found


def acts(state: LetterState) -> tuple[Act, ...]:
    """What can be done in `state`, in the order of the buttons."""
    return tuple(act for act in Act if (state, act) in _NEXT)


def check_reviewer(reviewer_id: str | None, addressee_id: str) -> None:
    """Refuses a review by the person who had to answer: nobody judges his own reply."""
    if reviewer_id is not None and reviewer_id == addressee_id:
        raise UserError("受督办人不能审核自己的回复，请由他人审核。")


_NUMBER: Final = re.compile(r"(?:\D*[〔\[［（(](\d{4})[〕\]］）)])?\D*?(\d{1,6})号?\s*")


def typed_number(text: str) -> tuple[int | None, int | None]:
    """Year and serial of a letter number as typed, whole or only its last digits; else Nones."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None, None
    return (int(found[1]) if found[1] else None), int(found[2])


def state_style(state: LetterState, reply_by: date, today: date) -> str:
    """Style key of a letter: late only while somebody still owes the reply."""
    if state is LetterState.CLOSED:
        return "done"
    if state in WAITING:
        if today > reply_by:
            return "overdue"
        return "due_soon" if state is LetterState.RETURNED or today == reply_by else "normal"
    return "paused" if state is LetterState.REPLIED else "unknown"


def days_unanswered(state: LetterState, reply_by: date, today: date) -> int:
    """Whole days since the reply was due; 0 while it is not late or nobody owes it."""
    if state not in WAITING:
        return 0
    return max(0, (today - reply_by).days)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the escalation ladder of a letter: planned, and fired or not."""

    number: int
    due_on: date
    post: str
    text: str
    fired_on: date | None
    to_person: str


@dataclass(frozen=True, slots=True)
class LateNode:
    """What a letter is written about, taken from the derivation of one node.

    `pauses`: Chinese lines, one per stretch not counted. `holders`: Chinese line of who held the
    matter for how many days. `article` and `source` name the limit.
    """

    case_number: str
    node_name: str
    subject: str
    team: str
    handler: str
    started_on: date | None  # None: the letter is about no single node
    due_on: date | None
    overdue_days: int
    article: str
    source: str
    limit_text: str
    pauses: tuple[str, ...] = ()
    holders: str = ""


@dataclass(frozen=True, slots=True)
class LetterText:
    """The three written parts of a letter."""

    basis: str
    facts: str
    demand: str


def day_text(day: date) -> str:
    """A day as official letters write it: Arabic digits, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def compose(node: LateNode, as_of: date) -> LetterText:
    """Fills a letter from a derivation, so that nobody retypes a date."""
    subject = subject_words(node.subject)
    basis = f"依据{node.article}" if node.article else "依据执行流程节点管理规定"
    if node.limit_text:
        basis += f"，“{node.node_name}”期限为{node.limit_text}"
    if node.source and node.source not in basis:
        basis += f"（{node.source}）"
    basis += "。"

    facts = _standing(node, subject, as_of)
    if node.pauses:
        facts += "其间依法扣除：" + "；".join(node.pauses) + "。"
    if node.holders:
        facts += node.holders
    who = f"{node.team}{node.handler}" if node.team else node.handler
    facts += f"该节点由{who}承办。" if who else ""
    demand = (
        f"请于收到本单后立即办理“{node.node_name}”，在流程系统中如实登记，"
        "并在回复期限前书面回复办理结果；确有法定扣除或延长事由的，附文书编号。"
    )
    return LetterText(basis, facts, demand)


def _standing(node: LateNode, subject: str, as_of: date) -> str:
    if node.started_on is None:
        return f"{node.case_number}案截至{day_text(as_of)}尚未办结。"
    text = f"{node.case_number}案“{node.node_name}”{subject}节点自{day_text(node.started_on)}起算，"
    text += f"应于{day_text(node.due_on)}前完成，" if node.due_on else "应止日尚不能确定，"
    late = f"已逾期{node.overdue_days}日" if node.overdue_days > 0 else "尚未完成"
    return f"{text}截至{day_text(as_of)}{late}。"
