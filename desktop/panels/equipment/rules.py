"""Words, colours and order of equipment on the screen. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from desktop.rules.equipment import FLAG_WORDS, Flag, Ticket
from desktop.rules.self_tests import Line, Verdict

FLAG_STYLES: Final[Mapping[Flag, str]] = {
    Flag.OVERDUE: "overdue",
    Flag.FAULTY: "overdue",
    Flag.CALIBRATE_DUE: "overdue",
    Flag.RETURN_SOON: "due_soon",
    Flag.CALIBRATE_SOON: "due_soon",
    Flag.LENT: "paused",
    Flag.IN_STORE: "normal",
    Flag.RETIRED: "done",
}
# What does not pass is amber, whether it failed or nobody could measure it (S1).
VERDICT_STYLES: Final[Mapping[Verdict, str]] = {
    Verdict.PASS: "normal",
    Verdict.FAIL: "due_soon",
    Verdict.UNMEASURED: "due_soon",
}
MONTHS: Final = 6
WEEKS: Final = 12


def hours_words(hours: float) -> str:
    """A stretch as people say it: under a day in hours, else in days."""
    if hours < 1:
        return f"{max(0, round(hours * 60))} 分钟"
    return f"{hours:.1f} 小时" if hours < 48 else f"{hours / 24:.1f} 天"


def until_words(due: datetime | None, now: datetime) -> str:
    """How far away a moment is, or how long it has gone by."""
    if due is None:
        return ""
    hours = (due - now).total_seconds() / 3600
    told = hours_words(abs(hours))
    return f"还有 {told}" if hours >= 0 else f"已过 {told}"


def ticket_state(ticket: Ticket, now: datetime) -> tuple[str, str]:
    """(style key, words) of a fault ticket."""
    if ticket.open:
        return ("overdue", "超时未修") if ticket.late(now) else ("due_soon", "待修复")
    return ("done_late", "超时修复") if ticket.late(now) else ("done", "按时修复")


def repair_reading(mean_hours: float | None, share: float | None, repaired: int) -> str:
    """The one sentence beneath the plot of repair times."""
    if mean_hours is None or share is None:
        return "近六个月没有修复的故障。"
    return (
        f"近六个月修复 {repaired} 件，平均 {hours_words(mean_hours)}，"
        f"其中 {share:.0%} 在服务时限之内。"
    )


def availability_reading(last: float | None, lowest: float | None) -> str:
    """The one sentence beneath the plot of availability."""
    if last is None or lowest is None:
        return "近十二周没有在用的装备。"
    return f"本周可用率 {last:.1%}，近十二周最低 {lowest:.1%}。"


def flag_words(flags: Sequence[Flag]) -> str:
    """All that is true of a thing, in the order of the words."""
    return "、".join(words for flag, words in FLAG_WORDS.items() if flag in flags)


def fault_of(line: Line) -> str:
    """What a fault ticket says that is made of a line of a self-test."""
    return f"设备自检：{line.cause}"
