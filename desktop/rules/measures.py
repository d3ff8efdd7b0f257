"""Control measures: the longest lawful term, and the warnings before one runs out. Pure.

Expiry days are calendar days and never roll: rolling could only let a seizure lapse.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.periods import add_months
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path
from storage.records.cases import AssetKind, ControlMeasure

Level = Literal["lapsed", "red", "amber", "notice"]
ASSET_NAMES: Final = {
    AssetKind.DEPOSIT: "银行存款",
    AssetKind.MOVABLE: "动产",
    AssetKind.IMMOVABLE: "不动产",
    AssetKind.RIGHT: "其他财产权",
}


@dataclass(frozen=True, slots=True)
class Term:
    """The longest first and renewed term for one kind of object, by the day it began."""

    asset_kind: AssetKind
    version: str
    valid_from: date
    valid_to: date | None
    initial_months: int
    renewal_months: int
    article: str
    source: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class MeasureRules:
    """All terms, and the ladder: days before expiry on which a warning is due, longest first."""

    terms: tuple[Term, ...]
    thresholds: tuple[int, ...]
    red_from: int
    amber_from: int


@dataclass(frozen=True, slots=True)
class MeasureTerm:
    """The longest term of one measure.

    `corresponding_on` is the last day the law could mean, `end_on` the day before it: where no
    printed day is at hand, the earlier one is taken, so nothing lapses by a day.
    """

    end_on: date
    corresponding_on: date
    months: int
    article: str
    version: str
    confidence: str


@dataclass(frozen=True, slots=True)
class ExpiryAlert:
    """A measure near its end: `threshold` is the tightest rung reached, `days_left` may be < 0."""

    level: Level
    days_left: int
    threshold: int


def longest_end(
    asset_kind: AssetKind, started_on: date, *, renewal: bool, rules: MeasureRules
) -> MeasureTerm | None:
    """The longest lawful term of a measure begun on `started_on`; None before the first rule."""
    for term in rules.terms:
        ended = term.valid_to is not None and started_on > term.valid_to
        if term.asset_kind is asset_kind and term.valid_from <= started_on and not ended:
            months = term.renewal_months if renewal else term.initial_months
            day = add_months(started_on, months)
            return MeasureTerm(
                day - timedelta(days=1),
                day,
                months,
                term.article,
                term.version,
                term.confidence,
            )
    return None


def check_measure(measure: ControlMeasure, rules: MeasureRules) -> list[str]:
    """What is wrong with the days of a measure, as Chinese sentences; empty when nothing is."""
    found = []
    if measure.expires_on < measure.started_on:
        found.append(f"届满日 {measure.expires_on} 早于开始日 {measure.started_on}")
    renewal = measure.renewal_of is not None
    term = longest_end(measure.asset_kind, measure.started_on, renewal=renewal, rules=rules)
    if term is None:
        found.append(f"{measure.started_on} 无有效的控制期限规定，最长期限未知")
    elif measure.expires_on > term.corresponding_on:
        word = "续行" if renewal else "首次"
        found.append(
            f"{ASSET_NAMES[measure.asset_kind]}{word}控制最长 {term.months} 个月"
            f"（{term.article}），"
            f"不得晚于 {term.corresponding_on}，现为 {measure.expires_on}"
        )
    if measure.lifted_on is not None and measure.lifted_on < measure.started_on:
        found.append(f"解除日 {measure.lifted_on} 早于开始日 {measure.started_on}")
    return found


def expiry_alert(measure: ControlMeasure, today: date, rules: MeasureRules) -> ExpiryAlert | None:
    """The warning a measure deserves today; None when it is lifted or far from its end.

    On the expiry day itself the measure still holds; the day after it has lapsed.
    """
    if measure.lifted_on is not None and measure.lifted_on <= today:
        return None
    left = (measure.expires_on - today).days
    if left > max(rules.thresholds):
        return None
    threshold = min(
        (rung for rung in rules.thresholds if rung >= left), default=max(rules.thresholds)
    )
    level: Level = "notice"
    if left < 0:
        level = "lapsed"
    elif left <= rules.red_from:
        level = "red"
    elif left <= rules.amber_from:
        level = "amber"
    return ExpiryAlert(level, left, threshold)


def expiry_rungs_due(
    expires_on: date, fired: Collection[int], today: date, rules: MeasureRules
) -> tuple[int, ...]:
    """The thresholds reached and not yet fired, longest first; each comes exactly once."""
    left = (expires_on - today).days
    return tuple(rung for rung in rules.thresholds if rung >= left and rung not in fired)


def load_measure_rules(path: Path | None = None) -> MeasureRules:
    """The rules from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/measures.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> MeasureRules:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    thresholds = reader.numbers("thresholds")
    if not thresholds or list(thresholds) != sorted(set(thresholds), reverse=True):
        reader.note("thresholds", "应为由大到小、互不相同的天数")
    rules = MeasureRules(
        terms=tuple(_read_term(row) for row in reader.rows("term", "asset_kind")),
        thresholds=thresholds,
        red_from=reader.number("red_from", least=0, most=400),
        amber_from=reader.number("amber_from", least=0, most=400),
    )
    _check_terms(reader, rules.terms)
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return rules


def _read_term(row: RowReader) -> Term:
    term = Term(
        asset_kind=AssetKind(row.choice("asset_kind", tuple(AssetKind))),
        version=row.text("version"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        initial_months=row.number("initial_months", least=1, most=120),
        renewal_months=row.number("renewal_months", least=1, most=120),
        article=row.text("article"),
        source=row.text("source"),
        confidence=row.choice("confidence", CONFIDENCES),
        note=row.text("note", ""),
    )
    row.finish()
    return term


def _check_terms(reader: RowReader, terms: tuple[Term, ...]) -> None:
    for kind in AssetKind:
        own = sorted((t for t in terms if t.asset_kind is kind), key=lambda t: t.valid_from)
        if not own:
            reader.note("term", f"缺少{ASSET_NAMES[kind]}的期限")
        for earlier, later in pairwise(own):
            if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
                name = f"{ASSET_NAMES[kind]} {earlier.version}、{later.version}"
                reader.note("valid_to", f"{name} 的效力期间重叠")
