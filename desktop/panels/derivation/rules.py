"""Puts a derivation into the lines, bar and sentences of the pane. Pure; any thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from desktop.rules.attribution import Share
from desktop.rules.derivation import Derivation
from desktop.rules.steps import Step
from storage.records.states import STYLE_KEY, NodeState

EACH_MAX: Final = 6
LineKind = Literal["start", "count", "skip", "roll", "due", "late", "note", "done"]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the step list: headline, a quieter second line, style key or empty."""

    kind: LineKind
    headline: str
    detail: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the attribution bar: who, how many days, and the style key of those days."""

    label: str
    days: int
    state: str
    tooltip: str


def day(on: date, year: int) -> str:
    """A day as the pane writes it; the year is named where it is not the year one reads in."""
    short = f"{on.month} 月 {on.day} 日"
    return short if on.year == year else f"{on.year} 年 {short}"


def stretch(start: date, end: date, year: int) -> str:
    """First and last day of a stretch, both inside."""
    if start == end:
        return day(start, year)
    return f"{day(start, year)} — {day(end, year)}"


def lines(found: Derivation) -> list[Line]:
    """The whole derivation, top to bottom."""
    year = found.as_of.year
    made = [_line(step, found, year) for step in found.steps]
    if found.done_on is not None:
        late = found.state is NodeState.DONE_LATE
        how = f"逾期 {found.overdue_days} 日完成" if late else "在期限内完成"
        made.append(Line("done", f"{found.done_on.isoformat()} 办结", how, STYLE_KEY[found.state]))
    return made


def _line(step: Step, found: Derivation, year: int) -> Line:
    document = f"，{step.document_no}" if step.document_no else ""
    span = stretch(step.from_on, step.to_on, year)
    match step.kind:
        case "start":
            number = f" {found.start.document_no}" if found.start.document_no else ""
            return Line(
                "start", f"{found.start.on.isoformat()} {found.start.name}{number}", step.why
            )
        case "count":
            return Line("count", f"{span} 计 {step.days} 日", step.why + document, "accent")
        case "skip":
            detail = step.why + document + _each(step, year)
            return Line("skip", f"{span} 扣除 {step.days} 日", detail, "paused")
        case "roll":
            # The stretch is of days off; the period ends on the first day after it.
            after = step.to_on + timedelta(days=1)
            head = f"{span}{_named(step)}，顺延至 {day(after, year)}"
            return Line("roll", head, step.why, "due_soon")
        case "extend":
            return Line("count", f"{span} 延长 {step.days} 日", step.why + document, "accent")
        case "due":
            return Line("due", _due_words(found), limit_words(found), "due_soon")
        case "late":
            return Line("late", _late_words(found), blame(found.attribution), "overdue")
        case "unknown":
            return Line("note", "期限不能确定", step.why, "unknown")
        case _:
            return Line("note", step.why, document.lstrip("，"))


def _named(step: Step) -> str:
    """The reason of the days off: one word for all of them, or that they are days of rest."""
    reasons = {note.reason for note in step.dates}
    if len(reasons) == 1:
        return f" 为{reasons.pop()}"
    return " 休息" if reasons and not any("暂停" in reason for reason in reasons) else ""


def _each(step: Step, year: int) -> str:
    """The single days of a stretch with more reasons than one; the sheet lists all of them."""
    reasons = {note.reason for note in step.dates}
    if len(reasons) < 2:
        return ""
    told = "、".join(f"{day(note.on, year)}{note.reason}" for note in step.dates[:EACH_MAX])
    rest = len(step.dates) - EACH_MAX
    return f"：{told}" + (f" 等 {len(step.dates)} 日" if rest > 0 else "")


def _due_words(found: Derivation) -> str:
    if found.due_on is None:
        return "本节点没有期限"
    moment = f" {found.due_at:%H:%M}" if found.due_at is not None else ""
    before = "应止" if found.certain else "应止不早于"
    return f"{before} {found.due_on.isoformat()}{moment}"


def _late_words(found: Derivation) -> str:
    if found.done_on is not None:
        return f"逾期 {found.overdue_days} 日"
    return f"截至 {day(found.as_of, found.as_of.year)}逾期 {found.overdue_days} 日"


def limit_words(found: Derivation) -> str:
    """Article, limit, and the version of the rule that was in force on the start day."""
    if not found.limit_text:
        return found.basis
    said = f"{found.article}，{found.limit_text}；规则版本 {found.rule_version}"
    force = in_force(found)
    return f"{said}（{force}）" if force else said


def in_force(found: Derivation) -> str:
    """The days on which this version of the rule holds."""
    if found.valid_from is None:
        return ""
    start = f"{found.valid_from.isoformat()} 起施行"
    return f"{start}，至 {found.valid_to.isoformat()} 止" if found.valid_to else start


def blame(shares: Sequence[Share]) -> str:
    """Who held the matter during the late days, longest first."""
    late: dict[str, int] = {}
    for share in shares:
        if share.late_days:
            late[share.holder_name] = late.get(share.holder_name, 0) + share.late_days
    ordered = sorted(late.items(), key=lambda item: (-item[1], item[0]))
    return " · ".join(f"{name} {days} 日" for name, days in ordered)


def parts(shares: Sequence[Share]) -> list[Part]:
    """The attribution bar in time order; the days add up to the elapsed days exactly.

    A holder whose stretch runs over the due day gives two pieces: in time, then late.
    """
    made: list[Part] = []
    for share in shares:
        span = f"{share.from_on.isoformat()} — {share.to_on.isoformat()}"
        in_time = share.days - share.late_days
        tip = f"{share.holder_name}：{span}，{share.days} 日，其中逾期 {share.late_days} 日"
        if in_time:
            state = "paused" if share.kind == "pause" else "normal"
            made.append(Part(share.holder_name, in_time, state, tip))
        if share.late_days:
            made.append(Part(f"{share.holder_name}（逾期）", share.late_days, "overdue", tip))
    return made


def legend(shares: Sequence[Share]) -> str:
    """The sum under the bar: it equals the elapsed days, late days told apart."""
    total = sum(share.days for share in shares)
    late = sum(share.late_days for share in shares)
    if not total:
        return ""
    return f"合计 {total} 日" + (f"，其中逾期 {late} 日" if late else "")
