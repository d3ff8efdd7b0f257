"""Words, limits and urgency of what waits for a decision. Pure; any thread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from desktop.rules.measured import Limit
from desktop.rules.signing_matrix import STAGE_NAMES, Stage
from storage.records.people import Post


class Kind(StrEnum):
    """What kind of thing waits; the values are the keys of the filter."""

    DOCUMENT = "document"
    OBJECTION = "objection"
    DELEGATION = "delegation"
    CHANGE = "change"
    REPLY = "reply"
    BRIEF = "brief"


KIND_WORDS: Final[Mapping[Kind, str]] = {
    Kind.DOCUMENT: "公文",
    Kind.OBJECTION: "异议",
    Kind.DELEGATION: "授权",
    Kind.CHANGE: "权限变更",
    Kind.REPLY: "督办回复",
    Kind.BRIEF: "请示汇报",
}
# Whose office it is to be the second person of a change and the third of a delegation. The law of
# the desk asks for somebody else only; the inbox shows it to those, not to every clerk.
LEADING: Final = frozenset(
    {
        *(Post.PRESIDENT, Post.VICE_PRESIDENT, Post.BUREAU_CHIEF, Post.DEPUTY_CHIEF),
        Post.COMMISSAR,
    }
)
# In whose inbox a brief lies, by whom it asks; the president chairs the party group, and may
# answer what asks a vice-president as well.
DECIDERS: Final[Mapping[str, frozenset[Post]]] = {
    "president": frozenset({Post.PRESIDENT}),
    "vice_president": frozenset({Post.VICE_PRESIDENT}),
    "party_group": frozenset({Post.PRESIDENT}),
}
# What has a page of its own, where it is decided: the panel, and the parameter that opens it.
ELSEWHERE: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.REPLY: ("supervision", "letter_id"),
    Kind.BRIEF: ("matters", "matter_id"),
}
# No law limits how long an approval may wait; from these days on the inbox marks it.
SLOW_DAYS: Final = 2
STALE_DAYS: Final = 5
STEP_WORDS: Final[Mapping[Stage, str]] = {
    Stage.REVIEW: "审核通过",
    Stage.PANEL: "表决同意",
    Stage.APPROVE: "批准",
    Stage.SIGN: "去签发",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits. `since` is a stored instant; `coercive` is decided one by one."""

    kind: Kind
    id: str
    document_id: str
    case_id: str
    case_number: str
    what: str
    title: str
    stage: str
    stage_word: str
    sender: str
    since: str
    limit: Limit
    coercive: bool
    content: str
    for_whom: str = ""
    reply_by: str = ""

    @property
    def key(self) -> str:
        """Tells it from every other."""
        return f"{self.kind}:{self.id}"


def days_waiting(since: str, today: date) -> int:
    """Calendar days from the stored instant to `today`; none for what came later."""
    return max((today - date.fromisoformat(since[:10])).days, 0)


def urgency(item: Item, today: date) -> tuple[str, str]:
    """Style key and words: beyond the law first, then what takes freedom or money, then age."""
    days = days_waiting(item.since, today)
    waited = f"已等{days}日" if days else "今日"
    if item.limit.fault:
        return "overdue", "超法定限度"
    if item.reply_by and item.reply_by < today.isoformat():
        return "overdue", "已过期限"
    if days >= STALE_DAYS:
        return "overdue", waited
    if item.coercive:
        return "due_soon", f"强制·{waited}"
    return ("due_soon" if days >= SLOW_DAYS else "normal"), waited


def ordered(items: Iterable[Item], today: date) -> list[Item]:
    """The most urgent first, of equal ones the oldest."""
    rank = {"overdue": 0, "due_soon": 1, "normal": 2}
    return sorted(items, key=lambda one: (rank[urgency(one, today)[0]], one.since, one.key))


def batch_fault(items: Iterable[Item]) -> str:
    """Why these cannot be agreed to at once; empty when they can."""
    chosen = list(items)
    coercive = [one for one in chosen if one.coercive]
    if coercive:
        names = "、".join(dict.fromkeys(one.what for one in coercive))
        return f"{names}属于罚款、拘传、拘留，不得批量审批，须逐件查看后办理。"
    wrong = [one for one in chosen if one.kind is not Kind.DOCUMENT]
    if wrong:
        names = "、".join(dict.fromkeys(KIND_WORDS[one.kind] for one in wrong))
        return f"{names}须逐件查看后办理，不能批量同意。"
    for stage, why in (
        (Stage.SIGN, "签发须逐件查看版面，不能批量同意。"),
        (Stage.PANEL, "合议须逐件表决，不能批量同意。"),
    ):
        if any(one.stage == stage for one in chosen):
            return why
    return "" if len(chosen) > 1 else "批量同意须选中两件以上。"


def act_word(stage: str, act: str, body: str) -> str:
    """What an act was, in words."""
    if act == "return":
        return "退回"
    if stage == Stage.PANEL:
        return f"合议表决：{body.partition('：')[0]}"
    named = {"sign": "签发", "issue": "印发", "recall": "撤销", "ask_replies": "征求意见"}
    if act != "pass":
        return named.get(act, act)
    return "送审" if stage == Stage.DRAFT else f"{STAGE_NAMES[Stage(stage)]}通过"
