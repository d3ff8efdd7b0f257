"""工作动态: a short report, read by everybody once another has approved it. Pure; any thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

STATE_WORDS: Final[Mapping[str, str]] = {
    "draft": "草稿",
    "submitted": "待审核",
    "returned": "已退回",
    "posted": "已发布",
}
APPROVERS: Final = (
    *("bureau_chief", "deputy_chief", "commissar", "tribunal_head"),
    *("vice_president", "president", "operator"),
)
TITLE_MAX: Final = 60
BODY_MAX: Final = 2000


@dataclass(frozen=True, slots=True)
class Hand:
    """Whoever sits at the desk; `own_court`: whether he is of the writer's court."""

    person_id: str | None
    post: str
    own_court: bool


def deeds(state: str, author_id: str, hand: Hand) -> tuple[str, ...]:
    """change, submit, post, return: what is open to somebody now."""
    if hand.person_id is None:
        return ()
    mine = hand.person_id == author_id
    if state in ("draft", "returned"):
        return ("change", "submit") if mine else ()
    if state == "submitted" and not mine and hand.own_court and hand.post in APPROVERS:
        return ("post", "return")
    return ()


def faults(title: str, body: str) -> dict[str, str]:
    """Field → sentence, all at once."""
    found = {}
    if not title.strip():
        found["title"] = "请写标题。"
    elif len(title.strip()) > TITLE_MAX:
        found["title"] = f"标题不超过 {TITLE_MAX} 字，现有 {len(title.strip())} 字。"
    if not body.strip():
        found["body"] = "请写内容。"
    elif len(body.strip()) > BODY_MAX:
        found["body"] = f"内容不超过 {BODY_MAX} 字，现有 {len(body.strip())} 字。"
    return found
