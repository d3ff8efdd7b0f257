"""Court fees by amount: execution, preservation, acceptance. Pure; any thread.

Amounts in integer fen. The brackets are dated data with their article (resources/law/fees.toml,
诉讼费用交纳办法第13条、第14条); each bracket that an amount reaches is one step of the result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from desktop.errors import UserError
from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.money import (
    AMOUNT_FEN_MAX,
    decimal_text,
    half_up,
    product_text,
    yuan_text,
)
from desktop.rules.rule_files import RowReader, load_versions
from desktop.rules.signing_matrix import UNCONFIRMED, UNCONFIRMED_MARK
from resources import path as resource_path

FEE_KINDS: Final = ("execution", "preservation", "acceptance")


@dataclass(frozen=True, slots=True)
class Bracket:
    """What is charged on the part of an amount above `above_fen`: `rate` of it, or `flat_fen`."""

    above_fen: int
    rate: Fraction
    flat_fen: int


@dataclass(frozen=True, slots=True)
class FeeTable:
    """One dated version of the table of a kind; `most_fen`: its ceiling."""

    kind: str
    name: str
    version: str
    valid_from: date
    valid_to: date | None
    brackets: tuple[Bracket, ...]
    most_fen: int | None
    article: str
    source: str
    confidence: str
    note: str

    def in_force(self, day: date) -> bool:
        """Whether the version counts on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def cited(self) -> str:
        """The article with the mark of what nobody has checked."""
        return self.article + (UNCONFIRMED_MARK if self.confidence == UNCONFIRMED else "")


@dataclass(frozen=True, slots=True)
class FeeStep:
    """One bracket that the amount reaches: its part, the rate or the flat sum, the product.

    `upto_fen` is where the bracket ends, None for the last one. `amount` in fen, exact.
    """

    above_fen: int
    upto_fen: int | None
    part_fen: int
    rate: Fraction | None
    amount: Fraction

    def words(self) -> str:
        """The bracket in words: 不超过 10000.00 元, 超过 10000.00 元至 500000.00 元的部分."""
        if self.above_fen == 0 and self.upto_fen is not None:
            return f"不超过 {yuan_text(self.upto_fen)} 元"
        upto = f"至 {yuan_text(self.upto_fen)} 元" if self.upto_fen is not None else ""
        return f"超过 {yuan_text(self.above_fen)} 元{upto}的部分"

    def to_json(self) -> dict[str, object]:
        """The step with decimals as text; `rate` is null where the bracket has a flat sum."""
        return {
            "kind": "bracket",
            "above": yuan_text(self.above_fen),
            "up_to": yuan_text(self.upto_fen) if self.upto_fen is not None else None,
            "part": yuan_text(self.part_fen),
            "rate": decimal_text(self.rate) if self.rate is not None else None,
            "amount": product_text(self.amount),
            "why": self.words(),
        }


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee with every step of the count; `sum_` before rounding and ceiling."""

    table: FeeTable
    day: date
    amount_fen: int
    steps: tuple[FeeStep, ...]
    sum_: Fraction
    fee_fen: int

    @property
    def capped(self) -> bool:
        """Whether the ceiling took something away."""
        return half_up(self.sum_) > self.fee_fen

    def to_json(self) -> dict[str, object]:
        """What the command line prints."""
        steps = [step.to_json() for step in self.steps]
        if self.capped:
            why = f"最多不超过 {yuan_text(self.fee_fen)} 元"
            steps.append({"kind": "ceiling", "amount": yuan_text(self.fee_fen), "why": why})
        return {
            "kind": self.table.kind,
            "name": self.table.name,
            "amount": yuan_text(self.amount_fen),
            "fee": yuan_text(self.fee_fen),
            "on": self.day.isoformat(),
            "article": self.table.cited(),
            "source": self.table.source,
            "version": self.table.version,
            "confidence": self.table.confidence,
            "note": self.table.note,
            "steps": steps,
        }


def fee(kind: str, amount_fen: int, day: date, tables: Sequence[FeeTable] | None = None) -> Fee:
    """The fee of `kind` on `amount_fen` by the table in force on `day`.

    Raises UserError where no table is in force.
    """
    known = load_fees() if tables is None else tables
    table = next((one for one in known if one.kind == kind and one.in_force(day)), None)
    if table is None:
        raise UserError(f"--on：没有 {day.isoformat()} 适用的收费标准（{kind}）。")
    ends = [one.above_fen for one in table.brackets[1:]]
    steps = []
    for bracket, upto in zip(table.brackets, [*ends, None], strict=True):
        reached = amount_fen if upto is None else min(amount_fen, upto)
        if reached <= bracket.above_fen and bracket.above_fen:
            break
        part = reached - bracket.above_fen
        flat = bool(bracket.flat_fen)
        amount = Fraction(bracket.flat_fen) if flat else part * bracket.rate
        rate = None if flat else bracket.rate
        steps.append(FeeStep(bracket.above_fen, upto, part, rate, amount))
    whole = sum((step.amount for step in steps), Fraction(0))
    rounded = half_up(whole)
    most = table.most_fen
    return Fee(
        table, day, amount_fen, tuple(steps), whole, rounded if most is None else min(rounded, most)
    )


def load_fees(path: Path | None = None) -> tuple[FeeTable, ...]:
    """The tables from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/fees.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> tuple[FeeTable, ...]:
    return tuple(load_versions(path, "fee", "kind", _read))


def _read(row: RowReader) -> FeeTable:
    most = row.number("most", least=1, most=AMOUNT_FEN_MAX) if row.has("most") else None
    table = FeeTable(
        kind=row.choice("kind", FEE_KINDS),
        name=row.text("name"),
        version=row.text("version"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        brackets=tuple(_read_bracket(one) for one in row.rows("bracket", "above")),
        most_fen=most,
        article=row.text("article"),
        source=row.text("source"),
        confidence=row.choice("confidence", CONFIDENCES),
        note=row.text("note", ""),
    )
    starts = [bracket.above_fen for bracket in table.brackets]
    if not starts or starts[0] != 0:
        row.note("bracket", "第一档应从 0 起")
    if any(one >= other for one, other in pairwise(starts)):
        row.note("bracket", "各档应由低到高，不得重复")
    row.finish()
    return table


def _read_bracket(row: RowReader) -> Bracket:
    rate = row.rate("rate") if row.has("rate") else Fraction(0)
    flat = row.number("flat", least=1, most=AMOUNT_FEN_MAX) if row.has("flat") else 0
    if row.has("rate") == row.has("flat"):
        row.note("rate", "rate 与 flat 须填写其一")
    bracket = Bracket(row.number("above", least=0, most=AMOUNT_FEN_MAX), rate, flat)
    row.finish()
    return bracket
