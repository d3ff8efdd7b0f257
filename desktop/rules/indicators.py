"""Definitions of the published indicators: names, numerators, denominators, targets, by date.

A figure is shown with its definition and version beside it. Pure; any thread.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path


@dataclass(frozen=True, slots=True)
class Indicator:
    """One version of a definition; `target_permille` 900 means 90 %."""

    code: str
    name: str
    version: str
    valid_from: date
    valid_to: date | None
    numerator: str
    denominator: str
    target_permille: int
    article: str
    confidence: str


def indicator_on(indicators: tuple[Indicator, ...], code: str, day: date) -> Indicator | None:
    """The definition of `code` in force on `day`."""
    for indicator in indicators:
        ended = indicator.valid_to is not None and day > indicator.valid_to
        if indicator.code == code and indicator.valid_from <= day and not ended:
            return indicator
    return None


def load_indicators(path: Path | None = None) -> tuple[Indicator, ...]:
    """The definitions from `path` (default: the shipped law); RuleFileError names mistakes."""
    return _load(path or resource_path("law/indicators.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> tuple[Indicator, ...]:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    found = tuple(_read(row) for row in reader.rows("indicator"))
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return found


def _read(row: RowReader) -> Indicator:
    indicator = Indicator(
        code=row.text("code"),
        name=row.text("name"),
        version=row.text("version"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        numerator=row.text("numerator"),
        denominator=row.text("denominator"),
        target_permille=row.number("target_permille", least=0, most=1_000),
        article=row.text("article"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return indicator
