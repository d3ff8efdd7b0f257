"""What the watch over money says of each part: badges, the hint, the filter. Pure; any thread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from desktop.contract.params import as_params, many
from desktop.funds.standings import LIGHTS, Standing, Unclaimed
from desktop.rules.disbursement_law import load_disbursement_law
from desktop.rules.fund_clocks import FundClock
from desktop.rules.fund_law import FundLaw
from storage.records.states import NodeState

LIGHT_WORDS: Final[Mapping[str, str]] = {
    "overdue": "红灯",
    "unknown": "未知",
    "due_soon": "黄灯",
    "normal": "绿灯",
    "paused": "延缓",
}
UNKNOWN_MONEY: Final = "不明款"
OLD_DAYS: Final = 180  # from which on unfetched money is shown red


@dataclass(frozen=True, slots=True)
class WatchFilter:
    """Which parts: lights, colours and steps by their codes, holders by name, one case, words in
    case number, receipt, payer or holder. Empty restricts nothing."""

    lights: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    case_id: str | None = None
    text: str = ""

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open."""
        return as_params(self)

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "WatchFilter":
        """The filter that `to_params` wrote; unknown keys are ignored."""
        return cls(
            lights=tuple(one for one in many(params, "lights") if one in LIGHTS),
            colours=many(params, "colours"),
            steps=many(params, "steps"),
            holders=many(params, "holders"),
            case_id=params.get("case_id") or None,
            text=params.get("text", ""),
        )


def chosen(every: Iterable[Standing], wanted: WatchFilter) -> list[Standing]:
    """Those that fit, in their order."""
    words = wanted.text.casefold().split()
    return [
        one
        for one in every
        if (not wanted.lights or one.light in wanted.lights)
        and (not wanted.colours or one.colour in wanted.colours)
        and (not wanted.steps or one.step in wanted.steps)
        and (not wanted.holders or one.holder_name in wanted.holders)
        and (wanted.case_id is None or one.case_id == wanted.case_id)
        and all(word in _said(one) for word in words)
    ]


def _said(one: Standing) -> str:
    case = one.case_number or UNKNOWN_MONEY
    return f"{case}{one.number}{one.payer}{one.holder_name}{one.order_number}".casefold()


def clock_badge(one: Standing, today: date) -> tuple[str, str]:
    """The light with the words of the clock that presses most, or why it is on without one."""
    if one.delay_id is not None:
        return one.light, "延缓期满未报" if one.step_late else "延缓中"
    if one.due_on is None:
        return one.light, f"已 {one.days_held} 日"
    if not one.certain:
        return one.light, NodeState.UNKNOWN.value
    days = (one.due_on - today).days
    if days < 0:
        return one.light, f"逾期 {-days} 日"
    return one.light, "今日到期" if days == 0 else f"剩 {days} 日"


def held_badge(one: Standing, law: FundLaw) -> tuple[str, str]:
    """Days held, less those of a delay, with the colour's word: it never speaks by colour alone."""
    days = one.days_held - one.days_delayed
    colour = law.colour(days)
    return colour.state, f"{colour.name} {days} 日"


def held_words(one: Standing) -> str:
    """How long it has been here, and what of it was a delay."""
    delayed = f"，其中延缓 {one.days_delayed} 日不计" if one.days_delayed else ""
    return f"{one.arrived_on.isoformat()} 到账，已 {one.days_held} 日{delayed}"


def step_badge(one: Standing) -> tuple[str, str]:
    """The step; its own yellow light where it has been there too long."""
    return "due_soon" if one.step_late else "normal", one.step_name


def hint(one: Standing, today: date, law: FundLaw) -> str:
    """What somebody reads who points at a row: the step, the person, the clock, the colour."""
    since = (today - one.step_since).days
    lines = [
        f"环节：{one.step_name}（自 {one.step_since.isoformat()}，已 {since} 日"
        + ("，黄灯）" if one.step_late else "）"),
        f"经办：{one.holder_name}",
    ]
    if one.delay_ground:
        lines.append(f"延缓：{ground_words(one.delay_ground)}")
    if one.due_on is not None:
        before = "届满" if one.certain else "届满不早于"
        lines.append(f"期限：{one.clock_name}，{before} {one.due_on.isoformat()}（{one.article}）")
    lines.append(f"到账：{held_words(one)}（{held_badge(one, law)[1][0]}色）")
    if one.order_number:
        lines.append(f"发放申请：{one.order_number}")
    return "\n".join(lines)


def ground_words(code: str) -> str:
    """A ground of delay with its article."""
    found = next((one for one in load_disbursement_law().delays if one.code == code), None)
    return code if found is None else f"{found.name}（{found.cited()}）"


def facts(one: Standing, today: date) -> str:
    """What the page says at its head: where the money came from, where it is."""
    payer = f"，付款人 {one.payer}" if one.payer else ""
    lines = [f"到账：{one.number}，{held_words(one)}{payer}"]
    if one.case_id is not None:
        told = "尚未通知承办人" if one.told_on is None else f"{one.told_on.isoformat()} 通知承办人"
        lines.append(f"通知：{told}")
    since = (today - one.step_since).days
    late = "，黄灯" if one.step_late else ""
    lines.append(
        f"环节：{one.step_name}，自 {one.step_since.isoformat()} 起已 {since} 日{late}；"
        f"经办：{one.holder_name}"
    )
    if one.order_number:
        lines.append(f"发放申请：{one.order_number}")
    return "\n".join(lines)


def pressing_first(clocks: Iterable[FundClock]) -> list[FundClock]:
    """Clocks that run before those that have ended, the worst and nearest first."""
    order = (NodeState.OVERDUE, NodeState.UNKNOWN, NodeState.DUE_SOON, NodeState.NORMAL)
    return sorted(
        clocks,
        key=lambda one: (
            not one.open,
            order.index(one.state) if one.state in order else len(order),
            one.due_on or date.max,
        ),
    )


def lying_row(one: Unclaimed) -> dict[str, object]:
    """Money nobody fetches as its list shows it."""
    old = one.band.from_days >= OLD_DAYS
    return {
        "band": ("overdue" if old else "due_soon", one.band.name),
        "case_id": one.case_id,
        "case_number": one.case_number,
        "left_fen": one.left_fen,
        "days": one.days,
        "who": one.who,
        "why": one.why,
        "told": one.told,
        "last_told": None if one.last_told is None else one.last_told.isoformat(),
        "number": one.number,
        "handler": one.handler,
    }


def nudge_words(one: Standing, today: date) -> str:
    """The words of a reminder."""
    due = ""
    if one.due_on is not None:
        days = (one.due_on - today).days
        due = f"，{one.clock_name}{'已逾期 ' + str(-days) if days < 0 else '还剩 ' + str(days)} 日"
    return (
        f"{one.number} 余额停在“{one.step_name}”，自 {one.step_since.isoformat()} 起"
        f"已 {(today - one.step_since).days} 日{due}，请办理。"
    )
