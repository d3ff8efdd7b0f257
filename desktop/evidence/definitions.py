"""What each figure of the weekly circular counts (resources/circulars/weekly.toml), dated. Pure
reading; any thread.

A snapshot keeps the definitions it was taken under, so that it is counted in the same way for ever.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, get_args

from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.indicators import indicator_on, load_indicators
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path

Kind = Literal["count", "rate", "days"]
_BETTER: Final = ("more", "less")
UNCHECKED: Final = "〔未核实〕"


@dataclass(frozen=True, slots=True)
class Definition:
    """One measure in one version. `better`: more or less, empty where courts are not ranked by it;
    `target_permille` None where none is set."""

    code: str
    name: str
    kind: str
    numerator: str
    denominator: str
    version: str
    source: str
    confidence: str
    better: str
    target_permille: int | None

    def words(self) -> str:
        """The definition as it is printed, without its name."""
        told = f"{self.numerator}÷{self.denominator}" if self.denominator else self.numerator
        mark = "" if self.confidence == "confirmed" else UNCHECKED
        return f"{told}。依据：{self.source}{mark}，口径版本 {self.version}"


@dataclass(frozen=True, slots=True)
class Definitions:
    """All measures of a day by code, in the order of the file; how courts are compared."""

    measures: tuple[Definition, ...]
    case_words: tuple[str, ...]
    least: int
    level_permille: int

    def of(self, code: str) -> Definition:
        """The measure `code`; KeyError when the file has none."""
        for one in self.measures:
            if one.code == code:
                return one
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class _Dated:
    valid_from: date
    valid_to: date | None
    indicator: str
    definition: Definition


def definitions_on(day: date, path: Path | None = None) -> Definitions:
    """The definitions in force on `day`; RuleFileError names mistakes of the file."""
    dated, case_words, least, level = _load(path or resource_path("circulars/weekly.toml"))
    found = tuple(
        _named(one, day)
        for one in dated
        if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
    )
    return Definitions(found, case_words, least, level)


def _named(one: _Dated, day: date) -> Definition:
    """Name, target and source of a published indicator are those of its own file."""
    made = one.definition
    if not one.indicator:
        return made
    published = indicator_on(load_indicators(), one.indicator, day)
    if published is None:
        return made
    source = f"{published.article}（{published.version}年版：{published.numerator}÷"
    source += f"{published.denominator}）；期限的计算为本院设定"
    return Definition(
        made.code,
        published.name,
        made.kind,
        made.numerator,
        made.denominator,
        made.version,
        source,
        made.confidence,
        made.better,
        published.target_permille,
    )


@lru_cache(maxsize=4)
def _load(path: Path) -> tuple[tuple[_Dated, ...], tuple[str, ...], int, int]:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    dated = tuple(_read(row) for row in reader.rows("measure"))
    cases, ranking = reader.table("cases"), reader.table("ranking")
    case_words = () if cases is None else cases.texts("type_words")
    least, level = 5, 50
    if ranking is not None:
        least = ranking.number("least", least=1, most=1_000)
        level = ranking.number("level_permille", least=1, most=500)
        ranking.finish()
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return dated, case_words, least, level


def _read(row: RowReader) -> _Dated:
    kind = row.choice("kind", get_args(Kind))
    indicator = row.text("indicator", "")
    made = _Dated(
        row.day("valid_from"),
        row.day_or_none("valid_to"),
        indicator,
        Definition(
            code=row.text("code"),
            name=row.text("name", indicator or None),
            kind=kind,
            numerator=row.text("numerator"),
            denominator=row.text("denominator", "" if kind == "count" else None),
            version=row.text("version"),
            source=row.text("source", indicator or None),
            confidence=row.choice("confidence", CONFIDENCES),
            better=row.choice("better", _BETTER) if row.has("better") else "",
            target_permille=None,
        ),
    )
    row.finish()
    return made
