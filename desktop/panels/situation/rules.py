"""Periods, rows and words of the case situation. Pure; any thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from desktop.rules.indicators import Indicator

MONTHS_MAX: Final = 120
_CONFIDENCE: Final = {"confirmed": "已核对", "unconfirmed": "待核对"}


@dataclass(frozen=True, slots=True)
class Period:
    """The days looked at, both ends included."""

    first: date
    last: date

    @property
    def before(self) -> date:
        """The day whose end is the beginning of the period."""
        return self.first - timedelta(days=1)

    def words(self) -> str:
        """2026-01-01 至 2026-11-23."""
        return f"{self.first.isoformat()} 至 {self.last.isoformat()}"


def this_year(today: date) -> Period:
    """From New Year to today."""
    return Period(date(today.year, 1, 1), today)


def last_twelve_months(today: date) -> Period:
    """The current month and the eleven before it, up to today."""
    months = today.year * 12 + today.month - 1 - 11
    return Period(date(months // 12, months % 12 + 1, 1), today)


def month_end(first: date) -> date:
    """The last day of the month that begins on `first`."""
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def months_between(first: date, last: date) -> Period:
    """Whole months from that of `first` to that of `last`, in either order."""
    first, last = min(first, last), max(first, last)
    return Period(first.replace(day=1), month_end(last.replace(day=1)))


def months_back(earliest: date, today: date) -> list[date]:
    """First days of the months from today's back to that of `earliest`, newest first."""
    months = [today.replace(day=1)]
    while months[-1] > earliest and len(months) < MONTHS_MAX:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months


@dataclass(frozen=True, slots=True)
class Counts:
    """旧存 + 新收 = 已结 + 未结. `in_time` and `late` are the closed cases whose statutory day is
    certain; `closed` may hold more."""

    old: int = 0
    received: int = 0
    closed: int = 0
    open: int = 0
    in_time: int = 0
    late: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.old + other.old,
            self.received + other.received,
            self.closed + other.closed,
            self.open + other.open,
            self.in_time + other.in_time,
            self.late + other.late,
        )

    @property
    def load(self) -> int:
        """Everything there was to do in the period."""
        return self.old + self.received

    @property
    def judged(self) -> int:
        """Denominator of the rate in time."""
        return self.in_time + self.late

    @property
    def rate(self) -> Decimal | None:
        """Closed in time in percent, half up to two decimals; None without a closed case."""
        if not self.judged:
            return None
        share = Decimal(100 * self.in_time) / Decimal(self.judged)
        return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


def rate_text(rate: Decimal | None) -> str:
    """91.27%, or a dash."""
    return "—" if rate is None else f"{rate}%"


def reading(total: Counts, labelled: Sequence[tuple[str, Counts]]) -> str:
    """One sentence: whether more was closed than came in, and where most is left."""
    if not total.load:
        return "所选期间没有案件。"
    change = total.open - total.old
    if change:
        step = f"，未结较期初{'增' if change > 0 else '减'} {abs(change):,} 件"
    else:
        step = "，未结与期初持平"
    head = f"新收 {total.received:,} 件，结案 {total.closed:,} 件{step}"
    left = [(label, counts.open) for label, counts in labelled if counts.open]
    if len(left) < 2:
        return head + "。"
    label, most = max(left, key=lambda pair: pair[1])
    return f"{head}；{label}未结最多，{most:,} 件，占 {100 * most / total.open:.1f}%。"


def modes_reading(modes: Sequence[tuple[str, int]]) -> str:
    """One sentence: the mode most cases ended in."""
    whole = sum(count for _, count in modes)
    if not whole:
        return "所选期间没有结案。"
    label, most = max(modes, key=lambda pair: pair[1])
    return f"结案 {whole:,} 件中，{label} {most:,} 件，占 {100 * most / whole:.1f}%。"


def definition(indicator: Indicator | None) -> str:
    """The definition shown beneath the numbers, with its version and standing."""
    stocks = (
        "旧存：期初未结；新收：期内立案；已结：期内结案；未结：期末未结；旧存＋新收＝已结＋未结。"
    )
    if indicator is None:
        return stocks + "所选期间没有有效的法定期限内结案率口径。"
    return (
        f"{stocks}{indicator.name}（口径第 {indicator.version} 版，"
        f"{indicator.valid_from.isoformat()} 起施行，{_CONFIDENCE[indicator.confidence]}）＝"
        f"{indicator.numerator} ÷ {indicator.denominator}，没有法定结案期限或应止日未知的结案不计；"
        f"目标 {indicator.target_permille / 10:g}%；依据：{indicator.article}。"
    )
