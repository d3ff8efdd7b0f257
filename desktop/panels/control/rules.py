"""The filter of the expiry list and the words for a measure's rank and term. Pure.

An expiry printed on the notice to assist is never rolled to a working day (查封规定27: 期限届满，
查封的效力消灭), so days left are plain calendar days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from desktop.contract.params import as_params, day, many
from storage.records.cases import AssetKind

KIND_WORDS: Final[Mapping[str, str]] = {
    AssetKind.DEPOSIT: "银行存款",
    AssetKind.MOVABLE: "动产",
    AssetKind.IMMOVABLE: "不动产",
    AssetKind.RIGHT: "其他财产权",
}
SUSPENDED_MODE: Final = "终结本次执行程序"
ALL_CASES: Final = "all"
FIRST: Final = "first"
WAITING: Final = "waiting"
RENEWED: Final = "renewed"
LADDER_DAYS: Final = (60, 30, 15, 7, 3, 1)


@dataclass(frozen=True, slots=True)
class ControlFilter:
    """Joined by AND; empty means no restriction. Days are inclusive. `marks`: first, waiting,
    renewed (of which any may hold). `scope`: "" for cases open or closed only for want of property
    (法〔2016〕373号 has those seizures renewed too), "all" for any case. Lifted and already renewed
    measures never appear."""

    kinds: tuple[str, ...] = ()
    courts: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    expires_from: date | None = None
    expires_to: date | None = None
    case_id: str | None = None
    scope: str = ""

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open."""
        return as_params(self)

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "ControlFilter":
        """The filter that `to_params` wrote; unknown keys are ignored."""
        return cls(
            kinds=many(params, "kinds"),
            courts=many(params, "courts"),
            teams=many(params, "teams"),
            marks=many(params, "marks"),
            expires_from=day(params, "expires_from"),
            expires_to=day(params, "expires_to"),
            case_id=params.get("case_id") or None,
            scope=params.get("scope", ""),
        )


WINDOWS: Final[tuple[tuple[str, str], ...]] = (
    ("due30", "已失效及三十日内"),
    ("lapsed", "已失效未续"),
    ("7", "七日内"),
    ("15", "十五日内"),
    ("30", "三十日内"),
    ("60", "六十日内"),
    ("all", "全部"),
)
DEFAULT_WINDOW: Final = "due30"


def window_days(window: str, today: date) -> tuple[date | None, date | None]:
    """First and last expiry day of a named window; today counts, so 七日内 ends in seven days."""
    if window == "all":
        return None, None
    if window == "lapsed":
        return None, today - timedelta(days=1)
    if window == "due30":
        return None, today + timedelta(days=30)
    return today, today + timedelta(days=int(window))


def window_of(filter_: ControlFilter, today: date) -> str | None:
    """The named window a filter's days amount to; None for days of its own."""
    days = (filter_.expires_from, filter_.expires_to)
    return next((key for key, _ in WINDOWS if window_days(key, today) == days), None)


def with_window(filter_: ControlFilter, window: str, today: date) -> ControlFilter:
    """The same filter over another window."""
    first, last = window_days(window, today)
    return replace(filter_, expires_from=first, expires_to=last)


def rank_words(rank: int) -> str:
    """首封, or the place in waiting."""
    return "首封" if rank == 0 else f"轮候第 {rank} 位"


def rung(days_left: int) -> int | None:
    """The rung of the ladder reached: the smallest of 60/30/15/7/3/1 not below `days_left`."""
    if days_left < 0:
        return None
    return min((step for step in LADDER_DAYS if days_left <= step), default=None)


def term_state(days_left: int) -> tuple[str, str]:
    """Words and style key of a measure by its days left; lapsed is the worst there is."""
    if days_left < 0:
        return f"已失效 {-days_left:,} 日", "overdue"
    reached = rung(days_left)
    if reached is None:
        return "有效", "normal"
    words = "今日到期" if days_left == 0 else f"{reached} 日档"
    return words, "due_soon" if reached <= 30 else "normal"
