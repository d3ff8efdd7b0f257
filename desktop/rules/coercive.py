"""How a fine, a summons or a detention stands, folded from what people did. Pure; any thread.

Whether it may be executed is asked of the facts each time and stored nowhere: an approval of these
very words by the president, or by whoever has his power, that nobody took back and that is older
than the act. What was done without one stays in the record as a violation (民诉法第119条).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from desktop.rules.measured import measured

KINDS: Final[Mapping[str, str]] = {
    "fine_decision": "罚款",
    "summons": "拘传",
    "detention_decision": "拘留",
}
# The field that says how much or how long, which whoever approves may lower.
FIGURES: Final[Mapping[str, str]] = {"fine_decision": "amount", "detention_decision": "days"}
# The fact that an execution is for the case, and that of its end.
EXECUTED_EVENTS: Final[Mapping[str, str]] = {
    "fine_decision": "fine_decided",
    "summons": "summoned",
    "detention_decision": "detained",
}
ENDED_EVENTS: Final[Mapping[str, str]] = {
    "fine_decision": "fine_paid",
    "summons": "questioning_ended",
    "detention_decision": "detention_ended",
}
# Begins the note of a version in which whoever approves has changed the figure.
AMENDED: Final = "审批改定"
WITHDRAW_WITHIN: Final = timedelta(minutes=1)


class Stand(StrEnum):
    """Where a measure stands; the values are keys of filters."""

    DRAFT = "draft"
    PENDING = "pending"
    READY = "ready"
    RUNNING = "running"
    RELEASED = "released"
    FINISHED = "finished"
    RECALLED = "recalled"


STAND_WORDS: Final[Mapping[Stand, str]] = {
    Stand.DRAFT: "拟稿中",
    Stand.PENDING: "待批",
    Stand.READY: "可执行",
    Stand.RUNNING: "执行中",
    Stand.RELEASED: "提前解除",
    Stand.FINISHED: "执行完毕",
    Stand.RECALLED: "已撤销",
}
STAND_STYLES: Final[Mapping[Stand, str]] = {
    Stand.DRAFT: "paused",
    Stand.PENDING: "due_soon",
    Stand.READY: "normal",
    Stand.RUNNING: "due_soon",
    Stand.RELEASED: "done",
    Stand.FINISHED: "done",
    Stand.RECALLED: "paused",
}


@dataclass(frozen=True, slots=True)
class Passed:
    """An approval. `head`: by the president of the case's court, or with his power on that day."""

    at: datetime
    id: str
    person_id: str
    content: str
    head: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that voids: a return, or words that were saved (`content`)."""

    at: datetime
    id: str
    content: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """All that decides whether an approval stands."""

    passed: tuple[Passed, ...] = ()
    returned: tuple[Mark, ...] = ()
    words: tuple[Mark, ...] = ()

    def approval(self, at: datetime) -> Passed | None:
        """The newest approval that stood at that moment."""
        found = [one for one in self.passed if one.head and one.at <= at and self._held(one, at)]
        return max(found, key=lambda one: (one.at, one.id), default=None)

    def _held(self, one: Passed, at: datetime) -> bool:
        back = any(
            (one.at, one.id) < (mark.at, mark.id) and mark.at <= at for mark in self.returned
        )
        other = any(one.at < mark.at <= at and mark.content != one.content for mark in self.words)
        return not back and not other


@dataclass(frozen=True, slots=True)
class Done:
    """One act on a measure; see storage.schema.seizures."""

    at: datetime
    id: str
    act: str
    person_id: str
    violation: bool = False
    body: str = ""
    device: str = ""
    pages: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """`approval`: the one that stands now. `violation`: why it is one, empty where it is none."""

    stand: Stand
    approval: Passed | None
    acts: Mapping[str, Done]
    violation: str = ""

    @property
    def executed(self) -> Done | None:
        """Its execution."""
        return self.acts.get("execute")

    @property
    def open(self) -> bool:
        """Whether anything is still to be done."""
        return self.stand not in (Stand.RELEASED, Stand.FINISHED, Stand.RECALLED)


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock. `due`: its last moment, None where the calendar does not tell it yet; `done`:
    the day on which it ended."""

    code: str
    word: str
    due: datetime | None
    done: date | None

    @property
    def running(self) -> bool:
        """Whether it still presses."""
        return self.done is None and self.due is not None


def fold(state: str, history: History, acts: Iterable[Done], now: datetime) -> Standing:
    """The standing of a document in `state` with these acts, in whatever order they came."""
    known = sorted((one for one in acts if one.at <= now), key=lambda one: (one.at, one.id))
    first: dict[str, Done] = {}
    for one in known:
        first.setdefault(one.act, one)
    approval = history.approval(now)
    executed = first.get("execute")
    return Standing(_stand(state, approval, first), approval, first, _violation(executed, history))


def _stand(state: str, approval: Passed | None, acts: Mapping[str, Done]) -> Stand:
    if "release" in acts:
        return Stand.RELEASED
    if "finish" in acts or "pay" in acts:
        return Stand.FINISHED
    if "execute" in acts:
        return Stand.RUNNING
    if state == "recalled":
        return Stand.RECALLED
    if approval is not None:
        return Stand.READY
    return Stand.DRAFT if state in ("draft", "replying") else Stand.PENDING


def _violation(executed: Done | None, history: History) -> str:
    if executed is None:
        return ""
    if history.approval(executed.at) is None:
        later = [one for one in history.passed if one.head and one.at > executed.at]
        when = f"{executed.at:%m-%d %H:%M} 执行时未经院长批准"
        if not later:
            return when
        return f"{when}，{min(one.at for one in later):%m-%d %H:%M} 才批准"
    return "登记时注明未经批准" if executed.violation else ""


def withdraw_fault(standing: Standing, person_id: str | None, now: datetime) -> str:
    """Why the person may not take his approval back at `now`; empty when he may."""
    if standing.executed is not None:
        return "该措施已经执行，不得撤回；可以决定提前解除。"
    if standing.approval is None:
        return "本件没有可以撤回的批准。"
    if standing.approval.person_id != person_id:
        return "只有批准人本人可以撤回批准。"
    if now - standing.approval.at > WITHDRAW_WITHIN:
        return "批准已逾一分钟，不能撤回；不宜执行的，请通知承办团队停止执行并撤销文书。"
    return ""


def may_release(kind: str, standing: Standing) -> bool:
    """Whether 提前解除 is a thing to decide: a detention that runs."""
    return kind == "detention_decision" and standing.stand is Stand.RUNNING


def detention_end(since: datetime, days: str) -> datetime | None:
    """The hour at which a detention of so many days is over, a day being 24 hours from its
    execution; None without a number of days. No holiday moves it."""
    if not (days.isascii() and days.isdigit()):
        return None
    return since.replace(second=0, microsecond=0) + int(days) * timedelta(days=1)


def next_acts(kind: str, state: str, standing: Standing) -> tuple[str, ...]:
    """What is to be done next by the team, the most pressing first."""
    acts = standing.acts
    if standing.stand is Stand.DRAFT:
        return ("submit",)
    if standing.stand is Stand.READY:
        return ("execute",) if state in ("signed", "issued") else ("sign", "execute")
    if standing.executed is None:
        return ()
    found = []
    if state in ("draft", "replying") and standing.approval is None:
        found.append("submit")  # what was urgent is reported at once, 民诉法解释第181条
    ended = not standing.open
    if kind == "detention_decision" and not ended:
        found += [one for one in ("notify_family", "hand_over") if one not in acts]
    if kind == "detention_decision" and "notify_family" not in acts and ended:
        found.append("notify_family")
    if kind != "summons":
        found += _review(acts)
    if not ended:
        found.append("pay" if kind == "fine_decision" else "finish")
    return tuple(found)


def _review(acts: Mapping[str, Done]) -> list[str]:
    if "serve" not in acts:
        return ["serve"]
    if "ask_review" in acts:
        return [] if "decide_review" in acts else ["decide_review"]
    return [] if "lapse" in acts else ["ask_review", "lapse"]


NEXT_WORDS: Final[Mapping[str, str]] = {
    "submit": "送审",
    "sign": "编号、签发决定书",
    "execute": "执行",
    "notify_family": "通知家属",
    "hand_over": "送交看管",
    "serve": "送达决定书",
    "ask_review": "登记复议申请",
    "decide_review": "登记复议决定",
    "lapse": "登记期满未申请复议",
    "finish": "登记执行完毕",
    "pay": "登记缴纳",
    "release": "提前解除",
    "withdraw": "撤回批准",
    "approve": "批准",
}


def amends(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether nothing but the figure of the measure differs."""
    figure = FIGURES.get(kind)
    if figure is None:
        return False
    keys = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    return keys == {figure}


def figure_fault(kind: str, text: str, party: str, day: date) -> str:
    """Why a figure as it would be stored (days, or fen) cannot be, with the article; empty when it
    can. party: kind of the party it is against, see `measured`."""
    figure = FIGURES.get(kind)
    if figure is None:
        return ""
    return measured(kind, {figure: text}, party, day).fault


def left_words(due: datetime, now: datetime) -> str:
    """剩1日4小时, 剩35分, 逾2小时: to the hour, and to the minute at the end."""
    seconds = int(abs((due - now).total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, minutes = rest // 3_600, rest % 3_600 // 60
    if days:
        words = f"{days}日{hours}小时" if hours else f"{days}日"
    else:
        words = f"{hours}小时{minutes:02d}分" if hours else f"{minutes}分"
    return f"剩{words}" if due >= now else f"逾{words}"
