"""Kinds of equipment, their calibration and repair, dated, from resources/law/equipment.toml.

Pure apart from reading the file once; any thread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol

from desktop.errors import UserError
from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path

LIMITS: Final = ("loan_days", "calibrate_soon", "loan_soon")
OTHER: Final = "other"  # the kind of what the file does not name


@dataclass(frozen=True, slots=True)
class Kind:
    """One dated kind. `tested`: a self-test looks at it; `calibrate_days` 0: none is needed;
    `repair_hours`: how long a repair may take (服务时限)."""

    code: str
    name: str
    tested: bool
    calibrate_days: int
    repair_hours: int
    valid_from: date
    valid_to: date | None
    basis: str
    confidence: str


@dataclass(frozen=True, slots=True)
class EquipmentLimit:
    """One dated amount: loan_days and calibrate_soon in days, loan_soon in hours."""

    code: str
    name: str
    amount: int
    unit: str
    valid_from: date
    valid_to: date | None
    basis: str
    confidence: str


class _Dated(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class EquipmentLaw:
    """The whole file."""

    kinds: tuple[Kind, ...]
    limits: tuple[EquipmentLimit, ...]

    def kinds_on(self, day: date) -> Mapping[str, Kind]:
        """The kinds in force, in the order of the file."""
        return {row.code: row for row in self.kinds if _in_force(row, day)}

    def kind(self, code: str, day: date) -> Kind:
        """A kind; what is not known is like other equipment. UserError: none on that day."""
        found = self.kinds_on(day)
        if code not in found and OTHER not in found:
            raise UserError(f"{day} 没有装备类别“{code}”的规则")
        return found.get(code) or found[OTHER]

    def amount(self, code: str, day: date) -> int:
        """A limit in force. UserError: none on that day."""
        for row in self.limits:
            if row.code == code and _in_force(row, day):
                return row.amount
        raise UserError(f"{day} 没有装备管理的限值“{code}”")


def _in_force(row: _Dated, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def load_equipment_law(path: Path | None = None) -> EquipmentLaw:
    """The rules from `path` (default: the shipped file); RuleFileError names every mistake."""
    return _load(path or resource_path("law/equipment.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> EquipmentLaw:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    law = EquipmentLaw(
        tuple(_kind(row) for row in reader.rows("kind")),
        tuple(_limit(row) for row in reader.rows("limit")),
    )
    if not any(row.code == OTHER for row in law.kinds):
        reader.note("kind", f"缺少类别“{OTHER}”")
    for code in LIMITS:
        if not any(row.code == code for row in law.limits):
            reader.note("limit", f"缺少限值“{code}”")
    named: tuple[tuple[str, Sequence[_Dated]], ...] = (("kind", law.kinds), ("limit", law.limits))
    for name, rows in named:
        for place, row in enumerate(rows):
            if any(one.code == row.code and _clash(one, row) for one in rows[:place]):
                reader.note(name, f"“{row.code}”的两个版本效力期间重叠")
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return law


def _clash(one: _Dated, other: _Dated) -> bool:
    return _in_force(one, other.valid_from) or _in_force(other, one.valid_from)


def _kind(row: RowReader) -> Kind:
    made = Kind(
        code=row.text("code"),
        name=row.text("name"),
        tested=row.flag("tested", False),
        calibrate_days=row.number("calibrate_days", least=0, most=3650),
        repair_hours=row.number("repair_hours", least=1, most=8760),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return made


def _limit(row: RowReader) -> EquipmentLimit:
    made = EquipmentLimit(
        code=row.choice("code", LIMITS),
        name=row.text("name"),
        amount=row.number("amount", least=0, most=3650),
        unit=row.choice("unit", ("day", "hour")),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return made
