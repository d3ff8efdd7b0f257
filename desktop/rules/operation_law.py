"""The amounts that operations are judged by (resources/law/operations.toml), as of a day. Pure."""

from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Final

from desktop.errors import UserError
from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path

UNITS: Final = ("second", "percent", "count")
AMOUNT_MAX: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class OperationLimits:
    """What is in force on one day. `checkin`, `alarm_least` in seconds; `yellow`, `alarm` in
    percent of a group's interval: passed until it turns yellow, exceeded until the alarm."""

    checkin: int
    yellow: int
    alarm: int
    alarm_least: int
    officers_least: int
    groups_most: int
    text_most: int


CODES: Final = tuple(item.name for item in fields(OperationLimits))


@dataclass(frozen=True, slots=True)
class OperationLimit:
    """One dated amount, with why it is so large."""

    code: str
    name: str
    amount: int
    unit: str
    valid_from: date
    valid_to: date | None
    basis: str
    confidence: str

    def in_force(self, day: date) -> bool:
        """Whether it counts on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class OperationLaw:
    """The whole file."""

    limits: tuple[OperationLimit, ...]

    def on(self, day: date) -> OperationLimits:
        """The amounts in force. UserError: none for some code on that day."""
        found = {row.code: row.amount for row in self.limits if row.in_force(day)}
        lacking = [code for code in CODES if code not in found]
        if lacking:
            raise UserError(f"{day} 没有行动的这些限值：{'、'.join(lacking)}")
        return OperationLimits(**found)


def load_operation_law(path: Path | None = None) -> OperationLaw:
    """The rules from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/operations.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> OperationLaw:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    rows = tuple(_limit(row) for row in reader.rows("limit"))
    for code in CODES:
        if not any(row.code == code for row in rows):
            reader.note("limit", f"缺少限值“{code}”")
    for one, other in combinations(rows, 2):
        if one.code == other.code and (
            one.in_force(other.valid_from) or other.in_force(one.valid_from)
        ):
            reader.note("limit", f"“{one.code}”的两个版本效力期间重叠")
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return OperationLaw(rows)


def _limit(row: RowReader) -> OperationLimit:
    made = OperationLimit(
        code=row.choice("code", CODES),
        name=row.text("name"),
        amount=row.number("amount", least=1, most=AMOUNT_MAX),
        unit=row.choice("unit", UNITS),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return made
