"""Where a line of the bank stands, in words. Pure; any thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from desktop.contract.params import as_params, many
from desktop.rules.money import grouped
from storage.records.states import NodeState


class LineState(StrEnum):
    """What became of a line so far."""

    OPEN = "open"
    UNKNOWN = "unknown"
    ASKED = "asked"
    BOOKED = "booked"
    CLAIMED = "claimed"
    UNSETTLED = "unsettled"
    SETTLED = "settled"


STATE_WORDS: Final[Mapping[LineState, str]] = {
    LineState.OPEN: "建议",
    LineState.UNKNOWN: "不明款",
    LineState.UNSETTLED: "出账未对上",
    LineState.ASKED: "待裁定",
    LineState.BOOKED: "已入账",
    LineState.CLAIMED: "不明款已认领",
    LineState.SETTLED: "出账已对上",
}
STATE_STYLES: Final[Mapping[LineState, str]] = {
    LineState.OPEN: "due_soon",
    LineState.UNKNOWN: "unknown",
    LineState.UNSETTLED: "unknown",
    LineState.ASKED: "paused",
    LineState.BOOKED: "done",
    LineState.CLAIMED: "done",
    LineState.SETTLED: "done",
}
TO_DO: Final = (LineState.OPEN, LineState.UNKNOWN, LineState.UNSETTLED)
INCOMING_TO_DO: Final = (LineState.OPEN, LineState.UNKNOWN)
NO_IDEA: Final = "未认领"
NOT_YET: Final = "分析中…"  # the cases are still being read


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines: states (LineState values, empty for all), a case's, part of any word of it."""

    states: tuple[str, ...] = ()
    case_id: str = ""
    text: str = ""

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open."""
        return as_params(self)

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "LineFilter":
        """The filter that `to_params` wrote; `state` alone is one state. Unknown keys are
        ignored."""
        states = many(params, "states") or many(params, "state")
        return cls(states, params.get("case_id", ""), params.get("text", ""))


@dataclass(frozen=True, slots=True)
class FindClock:
    """How long a 不明款 may wait: the day by which its case is to be found."""

    due_on: date | None
    state: NodeState
    basis: str
    name: str


def clock_words(clock: FindClock | None, today: date) -> str:
    """不明款 with what is left of its days."""
    if clock is None or clock.due_on is None:
        return STATE_WORDS[LineState.UNKNOWN]
    left = (clock.due_on - today).days
    if left < 0:
        return f"不明款 超期{-left}日"
    return "不明款 今日到期" if left == 0 else f"不明款 余{left}日"


def clock_style(clock: FindClock | None) -> str:
    """The style key of that clock."""
    return "unknown" if clock is None or clock.due_on is None else clock.state.name.lower()


def chance_words(chance: float) -> str:
    """How likely, never more certain than it is: 98%, >99%."""
    return ">99%" if chance > 0.995 else f"{int(chance * 100)}%"


def points_words(points: int) -> str:
    """+36, −4: ten points are ten times as likely."""
    return f"+{points}" if points >= 0 else f"−{-points}"


def import_words(counts: Mapping[str, int]) -> str:
    """What a file holds and what is known of it, in one line."""
    said = [f"共 {counts['lines']:,} 行", f"新 {counts['new']:,} 行"]
    if counts["known"]:
        said.append(f"已有 {counts['known']:,} 行")
    for key, words in (
        ("matched", "对上虚拟账号"),
        ("proposed", "有建议"),
        ("unknown", "不明"),
        ("unsettled", "出账未对上"),
    ):
        if key in counts:
            said.append(f"{words} {counts[key]:,} 行")
    return "，".join(said)


def gap_words(gaps: Sequence[tuple[str, int, int]]) -> str:
    """Days whose balance does not follow; (day, due, said) in fen."""
    return "；".join(
        f"{day} 余额不衔接：按流水应为 {grouped(due)} 元，银行为 {grouped(told)} 元，可能缺少对账单"
        for day, due, told in gaps
    )
