"""What may be done with a petition now, and why not; words of acts and lists. Pure; any thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from desktop.petitions.filters import PetitionFilter
from desktop.rules.calendar import WorkCalendar
from storage.records.states import NodeState

LEVEL_STYLES: Final[Mapping[str, str]] = {
    "general": "normal",
    "listed": "overdue",
    "tour": "due_soon",
    "leader": "paused",
}
RESULT_STYLES: Final[Mapping[str, str]] = {
    "resolved": "done",
    "unresolved": "done_late",
    "terminated": "paused",
    "written_off": "unknown",
}
OPEN_STATES: Final = (
    NodeState.OVERDUE,
    NodeState.UNKNOWN,
    NodeState.DUE_SOON,
    NodeState.NORMAL,
)
CHANNELS: Final = {
    "visit": "来访",
    "letter": "来信",
    "call": "来电",
    "online": "网上",
    "order": "交办",
}
REPLY_WORDS: Final = {
    "in_time": "按期回复",
    "late": "逾期回复",
    "waiting": "待回复",
    "missed": "逾期未复",
}
# Days since it came, both inside; the last has no end.
AGES: Final = ((0, 15), (16, 30), (31, 60), (61, None))
_WALK_MAX: Final = 800
NAMED_FROM: Final = 5  # closed petitions of a court whose rate is spoken of


class Act(StrEnum):
    """What a person can do with a petition; the names of acts in the thread."""

    REGISTER = "register"
    SCREEN = "screen"
    ASSIGN = "assign"
    PASS_ON = "pass_on"
    REPLY_IN = "reply_in"
    REPLY_OUT = "reply_out"
    PROMISE = "promise"
    KEPT = "kept"
    REMIND = "remind"
    HANG = "hang"
    UNHANG = "unhang"
    LEVEL = "level"
    TELL = "tell"
    CLOSE = "close"
    REOPEN = "reopen"
    VISIT = "visit"
    MERGE = "merge"
    UNMERGE = "unmerge"
    NOTE = "note"


ACT_WORDS: Final[Mapping[Act, str]] = {
    Act.REGISTER: "登记",
    Act.SCREEN: "甄别",
    Act.ASSIGN: "交办",
    Act.PASS_ON: "传达",
    Act.REPLY_IN: "收到回复",
    Act.REPLY_OUT: "回复上级",
    Act.PROMISE: "承诺",
    Act.KEPT: "兑现承诺",
    Act.REMIND: "催办",
    Act.HANG: "挂网督办",
    Act.UNHANG: "摘牌",
    Act.LEVEL: "督办等级",
    Act.TELL: "告知信访人",
    Act.CLOSE: "办结",
    Act.REOPEN: "重新办理",
    Act.VISIT: "再次来访",
    Act.MERGE: "合并",
    Act.UNMERGE: "撤销合并",
    Act.NOTE: "记事",
}
# What carries the matter on stands as buttons of its own, the rest in a menu.
MAIN_ACTS: Final = (
    Act.REGISTER,
    Act.SCREEN,
    Act.ASSIGN,
    Act.REPLY_IN,
    Act.REPLY_OUT,
    Act.TELL,
    Act.CLOSE,
    Act.REOPEN,
    Act.UNMERGE,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """What decides about acts. `open_promises`: not kept yet. `children`: merged into it."""

    closed: bool = False
    registered: bool = False
    lower: bool = False
    screened: bool = False
    assigned: bool = False
    told: bool = False
    hung: bool = False
    open_promises: int = 0
    merged: bool = False
    children: int = 0


def condition_of(row: Mapping[str, Any], seat: str, open_promises: int, children: int) -> Condition:
    """The condition of a stored petition; `seat`: the court that sorts others' matters."""
    return Condition(
        closed=row["closed_on"] is not None,
        registered=row["registered_on"] is not None,
        lower=row["court_id"] != seat,
        screened=row["screened_on"] is not None,
        assigned=row["assigned_to"] is not None,
        told=row["told_on"] is not None,
        hung=row["hung_on"] is not None and row["unhung_on"] is None,
        open_promises=open_promises,
        merged=row["duplicate_of"] is not None,
        children=children,
    )


def why_not(act: Act, now: Condition) -> str:
    """Why an act cannot be done now; empty when it can.

    The command refuses for the same reasons, also when another desk was faster.
    """
    if act in (Act.VISIT, Act.NOTE):
        return ""
    if act is Act.REOPEN:
        return "" if now.closed else "尚未办结"
    if act is Act.UNMERGE:
        return "" if now.merged else "未并入他件"
    if now.closed:
        return "已办结，须先重新办理"
    reasons: Mapping[Act, tuple[tuple[bool, str], ...]] = {
        Act.REGISTER: ((now.registered, "已登记"),),
        Act.SCREEN: ((now.screened, "已甄别"),),
        Act.ASSIGN: ((not now.registered, "须先登记"),),
        Act.KEPT: ((not now.open_promises, "没有待兑现的承诺"),),
        Act.REMIND: ((not now.assigned, "尚未交办，无人可催"),),
        Act.HANG: ((now.hung, "已挂网"),),
        Act.UNHANG: ((not now.hung, "未在挂网"),),
        Act.CLOSE: (
            (not now.registered, "须先登记"),
            (not now.told, "尚未告知信访人"),
            (now.hung, "挂网督办尚未由专人摘牌"),
        ),
        Act.MERGE: ((now.merged, "已并入另一件"), (now.children > 0, "已有他件并入本件")),
    }
    return "；".join(why for holds, why in reasons.get(act, ()) if holds)


def allowed(now: Condition) -> tuple[Act, ...]:
    """What can be done, in the order of the acts."""
    return tuple(act for act in Act if not why_not(act, now))


def next_act(now: Condition) -> Act | None:
    """What carries the matter on; its button is the accented one."""
    if now.closed:
        return None
    steps = (
        (Act.REGISTER, not now.registered),
        (Act.SCREEN, now.lower and not now.screened),
        (Act.ASSIGN, not now.assigned),
        (Act.TELL, not now.told),
        (Act.CLOSE, True),
    )
    return next((act for act, due in steps if due and not why_not(act, now)), None)


def blocked(now: Condition) -> str:
    """One line about the main acts that are not offered, with their reasons."""
    if now.closed:
        return ""
    wanted = (Act.ASSIGN, Act.CLOSE)
    told = [f"{ACT_WORDS[act]}：{why}" for act in wanted if (why := why_not(act, now))]
    return "暂不能" + "　".join(told) if told else ""


def workdays_left(calendar: WorkCalendar, today: date, due: date) -> int | None:
    """Working days after `today` to `due`; below zero the working days since it passed. None
    where the calendar does not know."""
    first, last, sign = (today, due, 1) if due >= today else (due, today, -1)
    count, at = 0, first
    for _ in range(_WALK_MAX):
        if at >= last:
            return sign * count
        at += timedelta(days=1)
        works = calendar.is_workday(at)
        if works is None:
            return None
        count += works
    return None


def clock_words(state: NodeState, due: date | None, today: date, workdays: int | None) -> str:
    """The words of a state badge: how late, or how much is left."""
    if due is None or state is NodeState.UNKNOWN:
        return NodeState.UNKNOWN.value
    days = (due - today).days
    if days < 0:
        return f"超期 {-days} 日"
    if days == 0:
        return "今日到期"
    return f"剩 {days} 日" if workdays is None else f"剩 {workdays} 工作日"


def age_days(first: int, last: int | None, today: date) -> dict[str, Any]:
    """The days of receiving, as parts of a filter, of what is `first` to `last` days old."""
    return {
        "received_to": today - timedelta(days=first),
        "received_from": None if last is None else today - timedelta(days=last),
    }


def filter_words(wanted: PetitionFilter) -> str:
    """What restricts the list and stands in no box; empty for none."""
    told: list[str] = []
    spans = (
        ("收到", wanted.received_from, wanted.received_to),
        ("办结", wanted.closed_from, wanted.closed_to),
    )
    for word, first, last in spans:
        if first or last:
            told.append(f"{first or '…'} 至 {last or '…'} {word}")
    if wanted.overdue_on:
        told.append(f"{wanted.overdue_on} 日终超期")
    if wanted.reply:
        told.append(REPLY_WORDS[wanted.reply])
    if wanted.resent:
        told.append("催办或重发")
    if wanted.repeat:
        told.append("重复来访")
    if wanted.posted:
        told.append("曾挂网督办")
    if wanted.case_id:
        told.append("本案信访")
    return " · ".join(told)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with both numbers it is made of."""

    numerator: int
    denominator: int

    @property
    def text(self) -> str:
        """Percent with one digit; a dash where there is nothing to divide by."""
        if not self.denominator:
            return "—"
        return f"{100 * self.numerator / self.denominator:.1f} %"

    @property
    def parts(self) -> str:
        """Numerator / denominator."""
        return f"{self.numerator:,} / {self.denominator:,}"


def whole_closed(first: date, last: date, *, resolved: bool) -> PetitionFilter:
    """Everything closed in a period, or what of it was resolved."""
    results = ("resolved",) if resolved else ()
    return PetitionFilter(open=None, closed_from=first, closed_to=last, results=results)


def courts_reading(mode: str, bars: Sequence[tuple[str, int, int]], whole: Rate) -> str:
    """One sentence below the plot of courts; `bars`: court, number, of how many."""
    if mode in ("closed", "rate"):
        if not whole.denominator:
            return "这段时间没有办结的信访件。"
        text = f"办结 {whole.denominator:,} 件，化解 {whole.numerator:,} 件，化解率 {whole.text}"
        # Of a handful of cases a low rate says nothing, and a name beside it would.
        full = [(n / of, of, name) for name, n, of in bars if of >= NAMED_FROM]
        if len(full) < 2:
            return f"{text}。"
        least = min(full)
        return f"{text}；{least[2]}最低（{100 * least[0]:.1f} %，{least[1]} 件）。"
    total = sum(count for _name, count, _of in bars)
    word = "超期未结" if mode == "overdue" else "收到"
    if not total:
        return f"没有{word}的信访件。"
    name, most, _of = max(bars, key=lambda bar: bar[1])
    return f"{word} {total:,} 件，{name}最多（{most:,} 件）。"


def weeks_reading(received: int, closed: int, overdue: Sequence[int]) -> str:
    """One sentence below the weekly lines; `overdue`: at each week's end."""
    now = overdue[-1] if overdue else 0
    before = overdue[-2] if len(overdue) > 1 else now
    step = now - before
    move = f"较上周{'增加' if step > 0 else '减少'} {abs(step)} 件" if step else "与上周持平"
    return f"本周收到 {received:,} 件，办结 {closed:,} 件；超期未结 {now:,} 件，{move}。"
