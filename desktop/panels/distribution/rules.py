"""How a plan stands and what the editor works out while one types. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from desktop.errors import UserError
from desktop.rules.calculation_checks import Fault
from desktop.rules.distribution_plan import (
    PlanResult,
    Struck,
    TypedPlan,
    count_plan,
    make_content,
    strike_from,
)
from desktop.rules.money import grouped

_LISTS: Final = {"costs": "费用", "claims": "债权"}
_KEYS: Final = {
    "pool": "可供分配",
    "debtor": "被执行人性质",
    "on": "方案日期",
    "ends_on": "财产执行终结日",
    "name": "名称",
    "id": "债权人",
    "amount": "数额",
    "kind": "种类",
    "principal": "本金",
    "interest": "利息",
    "doubled": "加倍部分",
    "seized_on": "查封日",
    "applied_on": "申请日",
    "seizure_rank": "顺位",
}


class Stand(StrEnum):
    """How a plan stands on a day."""

    DRAFT = "draft"
    WAITING = "waiting"
    OBJECTED = "objected"
    READY = "ready"
    SETTLED = "settled"


STAND_WORDS: Final[Mapping[Stand, str]] = {
    Stand.DRAFT: "草拟",
    Stand.WAITING: "异议期内",
    Stand.OBJECTED: "异议待处理",
    Stand.READY: "异议期满",
    Stand.SETTLED: "已确定",
}
_STYLES: Final[Mapping[Stand, str]] = {
    Stand.DRAFT: "unknown",
    Stand.WAITING: "paused",
    Stand.OBJECTED: "overdue",
    Stand.READY: "due_soon",
    Stand.SETTLED: "done",
}


def stand_of(state: str, wait_until: str, open_objections: int, today: date) -> Stand:
    """From the stored state, the end of the objection period and the objections still open."""
    if state in ("draft", "settled"):
        return Stand(state)
    if open_objections:
        return Stand.OBJECTED
    return Stand.WAITING if wait_until >= today.isoformat() else Stand.READY


def style_of(stand: Stand) -> str:
    """Its style key."""
    return _STYLES[stand]


def words_of(stand: Stand, wait_until: str) -> str:
    """异议期内，至 2026-12-08."""
    words = STAND_WORDS[stand]
    return f"{words}，至 {wait_until}" if stand is Stand.WAITING else words


@dataclass(frozen=True, slots=True)
class Sums:
    """What is typed as a plan, counted; `result` None while something is wrong. `struck`: rows of
    the form that are crossed out, `changes` what that does."""

    plan: TypedPlan
    result: PlanResult | None
    changes: tuple[Struck, ...]
    struck: frozenset[int]
    available_fen: int

    def faults(self) -> list[str]:
        """All of them in words, with the row of the form."""
        return [self.named(fault) for fault in self.plan.faults]

    def named(self, fault: Fault) -> str:
        """债权第 2 行·数额：金额不能为负数."""
        place = fault.place()
        if place is None:
            name = _LISTS.get(fault.field) or _KEYS.get(fault.field, fault.field)
            return f"{name}：{fault.reason}" if name else fault.reason
        rows = self.plan.places.get(place[0], ())
        row = rows[place[1]] if place[1] < len(rows) else place[1]
        key = f"·{_KEYS.get(place[2], place[2])}" if place[2] else ""
        return f"{_LISTS[place[0]]}第 {row + 1} 行{key}：{fault.reason}"

    def cells(self, name: str) -> dict[tuple[int, str], str]:
        """Faults of a list by cell of the form."""
        found: dict[tuple[int, str], str] = {}
        rows = self.plan.places[name]
        for fault in self.plan.faults:
            place = fault.place()
            if place is not None and place[0] == name and place[1] < len(rows):
                key = "creditor" if place[2] == "id" else place[2]
                found.setdefault((rows[place[1]], key), fault.reason)
        return found

    def warnings(self) -> list[str]:
        """Those of the plan, and a pool beyond what is there."""
        if self.result is None:
            return []
        found = list(self.result.warnings)
        pool = self.result.distribution.pool.pool_fen
        if pool > self.available_fen:
            found.append(
                f"可供分配 {grouped(pool)} 元，账户可用余额只有 {grouped(self.available_fen)} 元"
            )
        return found

    def shown(self, name: str) -> tuple[dict[tuple[int, str], str], dict[tuple[int, str], str]]:
        """The columns to read only of a list, and styles for some of their cells."""
        words: dict[tuple[int, str], str] = {}
        states: dict[tuple[int, str], str] = {}
        if self.result is None:
            return words, states
        if name == "costs":
            got = self.result.distribution.costs()
            for row, one in zip(self.plan.places[name], self._asked(name), strict=True):
                words[row, "got"] = grouped(got.get(str(one["name"]), 0))
            return words, states
        for row, one in zip(self.plan.places[name], self._asked(name), strict=True):
            self._claim(row, str(one["id"]), words, states)
        return words, states

    def _claimed(self, claim: str) -> int:
        assert self.result is not None
        ranks = self.result.distribution.ranks
        return next(one.claim_fen for rank in ranks for one in rank.shares if one.id == claim)

    def _asked(self, name: str) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.plan.content.question[name]
        return found

    def _claim(
        self,
        row: int,
        claim: str,
        words: dict[tuple[int, str], str],
        states: dict[tuple[int, str], str],
    ) -> None:
        assert self.result is not None
        result = self.result
        words[row, "got"] = grouped(result.got().get(claim, 0))
        words[row, "amount"] = grouped(self._claimed(claim))
        extra = claim in result.extras()
        rest = result.remainders().get(claim, "")
        words[row, "quota"] = f"{rest} ＋1分" if extra else rest
        doubled = result.got_doubled()
        if claim in doubled:
            words[row, "got_doubled"] = grouped(doubled[claim])
        ranks = {str(one["id"]): one["seizure_rank"] for one in self._asked("claims")}
        if ranks[claim] is not None:
            words[row, "rank"] = str(ranks[claim])
        change = next((one for one in self.changes if one.id == claim), None)
        if change is not None:
            gain = change.gain_fen
            after = "剔除" if change.after_fen is None else grouped(change.after_fen)
            words[row, "change"] = f"{after}（{'＋' if gain > 0 else ''}{grouped(gain)}）"
            states[row, "change"] = "normal" if gain > 0 else "overdue"


@dataclass(frozen=True, slots=True)
class SumsArgs:
    """What the form holds, the rows crossed out, and what the case's account has."""

    typed: Mapping[str, Any]
    struck: frozenset[int]
    available_fen: int


def sums(args: SumsArgs) -> Sums:
    """Counts what is typed; never raises for what a user typed. Any lane."""
    made = make_content(args.typed)
    if made.faults:
        return Sums(made, None, (), args.struck, args.available_fen)
    try:
        result = count_plan(made.content)
    except UserError as refused:
        fault = Fault("", str(refused).rstrip("。"))
        wrong = TypedPlan(made.content, made.places, (fault,))
        return Sums(wrong, None, (), args.struck, args.available_fen)
    rows = {row: n for n, row in enumerate(made.places["claims"])}
    claims = made.content.question["claims"]
    names = [str(claims[rows[row]]["id"]) for row in args.struck if row in rows]
    changes = strike_from(result, names) if names else ()
    return Sums(made, result, changes, args.struck, args.available_fen)


def total_words(result: PlanResult) -> str:
    """费用 50.00 ＋ 债权 950.00 ＋ 剩余 0.00 ＝ 1,000.00 元."""
    costs = sum(result.distribution.costs().values())
    claims = sum(result.got().values())
    doubled = sum(result.got_doubled().values())
    parts = [f"费用 {grouped(costs)}", f"债权 {grouped(claims)}"]
    if result.doubled:
        parts.append(f"加倍部分 {grouped(doubled)}")
    parts.append(f"剩余 {grouped(result.left_fen)}")
    whole = costs + claims + doubled + result.left_fen
    return f"{' ＋ '.join(parts)} ＝ {grouped(whole)} 元"


# Orders

PURPOSE_WORDS: Final = {"payment": "发放", "fee": "执行费", "escrow": "提存"}
ORDER_WORDS: Final[Mapping[str, str]] = {
    "asked": "待裁定",
    "approving": "审批中",
    "approved": "待送出",
    "sent": "已送出",
    "unknown": "结果未知",
    "paid": "已支付",
    "moved": "已转账",
    "returned": "已退回",
    "failed": "支付失败",
    "expired": "逾期退回",
    "withdrawn": "已撤回",
}
