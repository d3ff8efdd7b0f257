"""Rates that follow a published one: LPR, and the loan rates before it. Pure; any thread.

A judgment says "one year LPR", "four times the LPR of the day of the contract" or "同期贷款利率".
Such a rate is cut into stretches, one for each published rate, before anything is counted, so that
both methods of interest see plain rates. Days: a published rate counts from its day on; interest
runs from a day to the next one at the rate of the first (算头不算尾). Rates per year, exact.

Where the text is silent 〔未核实〕: the column of the loan rates (档次) follows from the whole
stretch for which interest is asked; "同期" is the loan rate up to 2019-08-19 and then LPR (of one
year, or of more than five years for a longer stretch).
"""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.interest_law import InterestLaw
from desktop.rules.money import decimal_text, rate_of
from desktop.rules.periods import ONE_DAY
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from desktop.rules.signing_matrix import UNCONFIRMED, UNCONFIRMED_MARK
from resources import path as resource_path

LPR: Final = "lpr"
LOAN: Final = "loan"
SAME: Final = "same"
TIMES_MAX: Final = 10
PLUS_MAX: Final = Fraction(1, 4)
_SERIES: Final = {
    "LPR": LPR,
    "基准": LOAN,
    "贷款基准利率": LOAN,
    "LOAN": LOAN,
    "同期": SAME,
    "SAME": SAME,
}
_TERMS: Final = {"6M": 0, "1Y": 1, "3Y": 2, "5Y": 3, "5Y+": 4}
_WORDS: Final = re.compile(
    r"(?P<series>LPR|基准|贷款基准利率|LOAN|同期|SAME)"
    r"(?P<term>6M|1Y|3Y|5Y\+|5Y)?"
    r"(?:@(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}))?"
    r"(?:[×*X](?P<times>[0-9]{1,2}(?:\.[0-9]{1,6})?))?"
    r"(?P<plus>[+-][0-9]{1,2}(?:\.[0-9]{1,6})?%)?"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """LPR 1Y ×1.5 ＋0.5%, or the rate of one day (`fixed_on`). `term`: the column of the loan
    rates, None where the length of the stretch decides."""

    series: str
    term: int | None
    times: Fraction
    plus: Fraction
    fixed_on: date | None


@dataclass(frozen=True, slots=True)
class LprRow:
    """What was published on a day."""

    since: date
    one_year: Fraction
    five_years: Fraction
    confidence: str


@dataclass(frozen=True, slots=True)
class LprLaw:
    """All publications that changed something; `known_to`: the last day they are known for."""

    name: str
    source: str
    confidence: str
    known_to: date
    rows: tuple[LprRow, ...]

    def on(self, day: date) -> LprRow | None:
        """The rates of `day`; None before the first."""
        return next((one for one in reversed(self.rows) if one.since <= day), None)


@dataclass(frozen=True, slots=True)
class RatePiece:
    """One rate per year from `start` to `end`, and what it is made of in words."""

    start: date
    end: date
    rate: Fraction
    label: str


class UnknownRateError(Exception):
    """No rate is known for a day; the message is a Chinese half sentence."""


def reference_of(text: str) -> Reference | None:
    """What "LPR 1Y × 4" means; None for what is no such rate."""
    packed = re.sub(r"[\s　]", "", text).upper().replace("＋", "+").replace("－", "-")
    found = _WORDS.fullmatch(packed)
    if found is None:
        return None
    series, term = _SERIES[found["series"]], found["term"]
    if series == LPR and term not in ("1Y", "5Y", "5Y+"):
        return None
    plus = found["plus"]
    extra = rate_of(plus[1:]) if plus else Fraction(0)
    times = Fraction(found["times"] or 1)
    try:
        fixed = date.fromisoformat(found["day"]) if found["day"] else None
    except ValueError:
        return None
    if extra is None or extra > PLUS_MAX or not 0 < times <= TIMES_MAX:
        return None
    column = None if term is None else _TERMS[term]
    if series == LPR and term == "5Y":
        column = _TERMS["5Y+"]
    return Reference(series, column, times, -extra if plus and plus[0] == "-" else extra, fixed)


def pieces(
    asked: Reference, start: date, end: date, law: InterestLaw, lpr: LprLaw | None = None
) -> tuple[RatePiece, ...]:
    """The rate from `start` to `end`, a piece for each published one. UnknownRateError where a day
    lies before everything that is known."""
    lpr = lpr or load_lpr()
    column = _column(asked, start, end, law)
    if asked.fixed_on is not None:
        rate, label = _rate_on(asked, column, asked.fixed_on, law, lpr)
        return (RatePiece(start, end, rate, f"{asked.fixed_on} 的{label}"),)
    turns = {one.since for one in law.loans} | {one.since for one in lpr.rows}
    turns.add(lpr.known_to + ONE_DAY)
    days = sorted({day for day in turns if start < day < end} | {start, end})
    found: list[RatePiece] = []
    for first, last in pairwise(days):
        rate, label = _rate_on(asked, column, first, law, lpr)
        if found and (found[-1].rate, found[-1].label) == (rate, label):
            found[-1] = RatePiece(found[-1].start, last, rate, label)
        else:
            found.append(RatePiece(first, last, rate, label))
    return tuple(found) or (RatePiece(start, end, *_rate_on(asked, column, start, law, lpr)),)


def _column(asked: Reference, start: date, end: date, law: InterestLaw) -> int:
    return law.term(start, end) if asked.term is None else asked.term


def _rate_on(
    asked: Reference, column: int, day: date, law: InterestLaw, lpr: LprLaw
) -> tuple[Fraction, str]:
    published, label = _published(asked.series, column, day, law, lpr)
    rate = published * asked.times + asked.plus
    if asked.times != 1:
        label += f"×{decimal_text(asked.times, most=6)}"
    if asked.plus:
        sign = "＋" if asked.plus > 0 else "－"
        label += f"{sign}{decimal_text(abs(asked.plus) * 100, most=6)}%"
    if rate < 0:
        raise UnknownRateError(f"{day} 的{label} 为负数")
    return rate, label


def _published(
    series: str, column: int, day: date, law: InterestLaw, lpr: LprLaw
) -> tuple[Fraction, str]:
    row = lpr.on(day)
    if series == LPR and row is None:
        first = lpr.rows[0].since
        raise UnknownRateError(f"LPR 自 {first} 起公布，没有 {day} 的；此前应写“同期”或“基准”")
    if row is not None and series != LOAN:
        long = column == _TERMS["5Y+"]
        unsure = day > lpr.known_to or row.confidence == UNCONFIRMED
        mark = UNCONFIRMED_MARK if unsure else ""
        rate = row.five_years if long else row.one_year
        return rate, f"{'五年期以上' if long else '一年期'} LPR {_percent(rate)}{mark}"
    if day < law.loans[0].since:
        raise UnknownRateError(f"没有 {law.loans[0].since} 以前的贷款基准利率")
    rate = law.loan_on(day).rates[column]
    mark = UNCONFIRMED_MARK if law.loan_confidence == UNCONFIRMED else ""
    return rate, f"{law.term_name(column)}贷款基准利率 {_percent(rate)}{mark}"


def _percent(rate: Fraction) -> str:
    return f"{decimal_text(rate * 100, least=2)}%"


def load_lpr(path: Path | None = None) -> LprLaw:
    """The LPR from `path` (default: the shipped one); RuleFileError names every mistake."""
    return _load(path or resource_path("law/lpr.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> LprLaw:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    confidence = reader.choice("confidence", CONFIDENCES)
    rows = tuple(_read_row(row, confidence) for row in reader.rows("rate", "from"))
    law = LprLaw(
        name=reader.text("name"),
        source=reader.text("source"),
        confidence=confidence,
        known_to=reader.day("known_to"),
        rows=rows,
    )
    if not rows:
        reader.note("rate", "须填写 [[rate]] 表")
    if any(one.since >= other.since for one, other in pairwise(rows)):
        reader.note("rate", "各次利率应由早到晚，不得重复")
    if rows and law.known_to < rows[-1].since:
        reader.note("known_to", "早于最后一次利率")
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return law


def _read_row(row: RowReader, confidence: str) -> LprRow:
    found = LprRow(
        since=row.day("from"),
        one_year=row.rate("one_year"),
        five_years=row.rate("five_years"),
        confidence=row.choice("confidence", CONFIDENCES, confidence),
    )
    row.finish()
    return found
