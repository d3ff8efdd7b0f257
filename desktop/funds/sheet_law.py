"""Which columns the monthly 对账台账 has, and when two days lie too far apart. Dated data; pure."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from desktop.errors import UserError
from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import RowReader, load_versions
from resources import path as resource_path

UNCHECKED: Final = "〔未核实〕"
# What a column can show; amounts stand at the right.
KEYS: Final = (
    *("case_number", "parties", "in_on", "payer", "in_fen"),
    *("out_on", "payee", "out_fen", "left_fen", "remark"),
)
_SHARE_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: what it shows (one of KEYS), its head, its share of the width."""

    key: str
    head: str
    share: int


@dataclass(frozen=True, slots=True)
class SheetLaw:
    """One version of the form."""

    code: str
    title: str
    version: str
    valid_from: date
    valid_to: date | None
    article: str
    source: str
    confidence: str
    days_apart: int
    columns: tuple[SheetColumn, ...]

    def in_force(self, day: date) -> bool:
        """Whether the form is used for a month that ends on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def basis(self) -> str:
        """Article and source as they are printed; what nobody has checked says so."""
        mark = "" if self.confidence == "confirmed" else UNCHECKED
        return f"{self.article}；{self.source}{mark}（{self.version} 版）"


def sheet_law(day: date, path: Path | None = None) -> SheetLaw:
    """The form in force on `day`. RuleFileError names mistakes of the file."""
    found = _load(path or resource_path("law/reconciliation.toml"))
    for one in found:
        if one.in_force(day):
            return one
    raise UserError(f"没有 {day.isoformat()} 适用的对账台账格式。")


@lru_cache(maxsize=4)
def _load(path: Path) -> tuple[SheetLaw, ...]:
    return tuple(load_versions(path, "sheet", "code", _read))


def _read(row: RowReader) -> SheetLaw:
    columns = tuple(_column(one) for one in row.rows("column", "key"))
    keys = [one.key for one in columns]
    if len(set(keys)) != len(keys) or "case_number" not in keys or "left_fen" not in keys:
        row.note("column", "每栏至多一次，且须有案号和结余")
    made = SheetLaw(
        row.text("code"),
        row.text("title"),
        row.text("version"),
        row.day("valid_from"),
        row.day_or_none("valid_to"),
        row.text("article"),
        row.text("source"),
        row.choice("confidence", CONFIDENCES),
        row.number("days_apart", least=0, most=366),
        columns,
    )
    row.finish()
    return made


def _column(row: RowReader) -> SheetColumn:
    share = row.number("share", least=1, most=_SHARE_MAX)
    made = SheetColumn(row.choice("key", KEYS), row.text("head"), share)
    row.finish()
    return made
