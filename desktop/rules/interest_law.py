"""The law of interest for delayed performance by day, from resources/law/interest.toml. Pure.

Rates are exact fractions. Any thread.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from desktop.errors import UserError
from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.debt import COSTS, DEBT, PENALTY
from desktop.rules.money import rate_of
from desktop.rules.periods import ONE_DAY, add_months
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from desktop.rules.signing_matrix import UNCONFIRMED, UNCONFIRMED_MARK
from resources import path as resource_path

DAILY: Final = "daily"
BENCHMARK: Final = "benchmark"
DEBT_FIRST: Final = "debt_first"
TOGETHER: Final = "together"
PER: Final = ("day", "month", "year")
_TERM_NAMES: Final = ("六个月以内", "六个月至一年", "一至三年", "三至五年", "五年以上")


@dataclass(frozen=True, slots=True)
class DoubledLaw:
    """How the doubled part runs on the days of one version, and in which order payments count.

    `suspensions`: whether days of a suspension that the debtor did not ask for stay out.
    """

    version: str
    valid_from: date
    valid_to: date | None
    method: str
    rate: Fraction
    times: int
    year_days: int
    suspensions: bool
    order: str
    base: tuple[str, ...]
    article: str
    source: str
    confidence: str
    note: str

    def cited(self) -> str:
        """The article with the mark of what nobody has checked."""
        return self.article + (UNCONFIRMED_MARK if self.confidence == UNCONFIRMED else "")

    def bears(self, kind: str, *, costs_in_base: bool) -> bool:
        """Whether a sum of `kind` bears the doubled part; of costs the case decides."""
        return costs_in_base if kind == COSTS else kind in self.base

    def ends_before(self, day: date) -> bool:
        """Whether the version is no longer in force on `day`."""
        return self.valid_to is not None and self.valid_to < day


@dataclass(frozen=True, slots=True)
class LoanRates:
    """Loan rates per year from a day on, one for each term."""

    since: date
    rates: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class GeneralLaw:
    """What is said of general interest, and the highest rates that are no slip of the hand."""

    article: str
    source: str
    confidence: str
    note: str
    most: Mapping[str, Fraction]

    def cited(self) -> str:
        """The article with the mark of what nobody has checked."""
        return self.article + (UNCONFIRMED_MARK if self.confidence == UNCONFIRMED else "")


@dataclass(frozen=True, slots=True)
class BaseLaw:
    """What is said of penalties and litigation costs."""

    article: str
    source: str
    confidence: str
    note: str

    def cited(self) -> str:
        """The article with the mark of what nobody has checked."""
        return self.article + (UNCONFIRMED_MARK if self.confidence == UNCONFIRMED else "")


@dataclass(frozen=True, slots=True)
class InterestLaw:
    """All versions, in their order and without gaps; loan rates in their order."""

    doubled: tuple[DoubledLaw, ...]
    general: GeneralLaw
    base: BaseLaw
    loans: tuple[LoanRates, ...]
    months: tuple[int, ...]
    loan_source: str
    loan_confidence: str

    @property
    def first_day(self) -> date:
        """The first day of which anything is known."""
        return self.doubled[0].valid_from

    def on(self, day: date) -> DoubledLaw:
        """The version in force on `day`. Raises UserError before the first one."""
        for law in reversed(self.doubled):
            if law.valid_from <= day:
                return law
        raise UserError(f"没有 {day.isoformat()} 适用的迟延履行利息规则。")

    def loan_on(self, day: date) -> LoanRates:
        """The loan rates of `day`."""
        return next(one for one in reversed(self.loans) if one.since <= day)

    def term(self, due: date, last: date) -> int:
        """The column of the loan rates for a debt that was late from `due` to `last`."""
        longer = (n for n, months in enumerate(self.months) if last <= add_months(due, months))
        return next(longer, len(self.months))

    def term_name(self, term: int) -> str:
        """六个月以内 and so on."""
        return _TERM_NAMES[term]

    def turns(self) -> tuple[date, ...]:
        """The last days before another version or another loan rate counts."""
        days = {one.valid_from for one in self.doubled} | {one.since for one in self.loans}
        return tuple(sorted(day - ONE_DAY for day in days))


def load_interest_law(path: Path | None = None) -> InterestLaw:
    """The law from `path` (default: the shipped one); RuleFileError names every mistake."""
    return _load(path or resource_path("law/interest.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> InterestLaw:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    doubled = tuple(_read_doubled(row) for row in reader.rows("doubled", "version"))
    _check_order(reader, doubled)
    general = reader.table("general")
    base, benchmark = reader.table("base"), reader.table("benchmark")
    for name, table in (("general", general), ("base", base), ("benchmark", benchmark)):
        if table is None:
            reader.note(name, f"须填写 [{name}] 表")
    if general is None or base is None or benchmark is None or problems:
        if general is not None:
            _read_general(general)
        if base is not None:
            _read_base(base)
        if benchmark is not None:
            _read_loans(benchmark)
        raise RuleFileError(problems)
    months, loans = _read_loans(benchmark)
    law = InterestLaw(
        doubled=doubled,
        general=_read_general(general),
        base=_read_base(base),
        loans=loans,
        months=months,
        loan_source=benchmark.text("source"),
        loan_confidence=benchmark.choice("confidence", CONFIDENCES),
    )
    benchmark.finish()
    reader.finish()
    if loans and any(one.method == BENCHMARK for one in doubled):
        first = min(one.valid_from for one in doubled if one.method == BENCHMARK)
        if first < loans[0].since:
            benchmark.note("rate", f"没有 {first.isoformat()} 的利率")
    if problems:
        raise RuleFileError(problems)
    return law


def _check_order(reader: RowReader, doubled: tuple[DoubledLaw, ...]) -> None:
    if not doubled:
        reader.note("doubled", "须填写 [[doubled]] 表")
    for one, other in pairwise(doubled):
        if one.valid_to is None or one.valid_to + ONE_DAY != other.valid_from:
            reader.note("doubled", f"“{one.version}”与“{other.version}”的效力期间不相衔接")
    if doubled and doubled[-1].valid_to is not None:
        reader.note("doubled", f"“{doubled[-1].version}”之后没有规则")


def _read_doubled(row: RowReader) -> DoubledLaw:
    method = row.choice("method", (DAILY, BENCHMARK))
    daily = method == DAILY
    law = DoubledLaw(
        version=row.text("version"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        method=method,
        rate=row.rate("rate") if daily else Fraction(0),
        times=1 if daily else row.number("times", least=1, most=4),
        year_days=1 if daily else row.number("year_days", least=360, most=366),
        suspensions=row.flag("suspensions", default=True),
        order=row.choice("order", (DEBT_FIRST, TOGETHER)),
        base=tuple(row.texts("base")),
        article=row.text("article"),
        source=row.text("source"),
        confidence=row.choice("confidence", CONFIDENCES),
        note=row.text("note", ""),
    )
    if daily == (law.order == TOGETHER):
        row.note("order", "daily 应为 debt_first，benchmark 应为 together")
    if not law.base or not set(law.base) <= {DEBT, PENALTY}:
        row.note("base", f"应为 {DEBT}、{PENALTY} 中的若干项")
    row.finish()
    return law


def _read_general(row: RowReader) -> GeneralLaw:
    general = GeneralLaw(
        article=row.text("article"),
        source=row.text("source"),
        confidence=row.choice("confidence", CONFIDENCES),
        note=row.text("note", ""),
        most={per: row.rate(f"{per}_most") for per in PER},
    )
    row.finish()
    return general


def _read_base(row: RowReader) -> BaseLaw:
    base = BaseLaw(
        article=row.text("article"),
        source=row.text("source"),
        confidence=row.choice("confidence", CONFIDENCES),
        note=row.text("note", ""),
    )
    row.finish()
    return base


def _read_loans(row: RowReader) -> tuple[tuple[int, ...], tuple[LoanRates, ...]]:
    months = row.numbers("months")
    if len(months) != len(_TERM_NAMES) - 1 or list(months) != sorted(set(months)):
        row.note("months", f"应为 {len(_TERM_NAMES) - 1} 个由短到长的月数")
    loans = []
    for one in row.rows("rate", "from"):
        texts = one.texts("rates")
        rates = [rate_of(text) for text in texts]
        known = [rate for rate in rates if rate is not None and rate < 1]
        if len(known) != len(_TERM_NAMES):
            one.note("rates", f"应为 {len(_TERM_NAMES)} 个年利率，写作 5.60%")
        loans.append(LoanRates(one.day("from"), tuple(known)))
        one.finish()
    if any(one.since >= other.since for one, other in pairwise(loans)):
        row.note("rate", "各次利率应由早到晚，不得重复")
    if not loans:
        row.note("rate", "须填写 [[benchmark.rate]] 表")
    return months, tuple(loans)
