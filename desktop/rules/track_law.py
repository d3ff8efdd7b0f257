"""What positions are judged by, dated, from resources/law/field.toml.

Pure apart from reading the file once; any thread.
"""

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

UNITS: Final = ("metre", "second", "day", "metre_per_second", "count")
AMOUNT_MAX: Final = 100_000
OTHER: Final = "manual"  # whose fading a source follows that the law does not name


@dataclass(frozen=True, slots=True)
class FieldLimit:
    """One dated amount with its reason."""

    code: str
    name: str
    amount: int
    unit: str
    valid_from: date
    valid_to: date | None
    basis: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Fading:
    """How positions of one source grow old; ages in seconds of event time, `rough_m` metres."""

    source: str
    name: str
    rank: int
    fresh_s: int
    stale_s: int
    gone_s: int
    rough_m: int
    valid_from: date
    valid_to: date | None
    basis: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The amounts of one day: seconds, metres, metres per second, days (`late_most`,
    `person_way`)."""

    stop_radius: int
    stop_time: int
    leave_time: int
    gap: int
    fence_enter: int
    fence_leave: int
    near_time: int
    alone_time: int
    companion_age: int
    accuracy_max: int
    accuracy_assumed: int
    speed_max: int
    jump_points: int
    clock_ahead: int
    late_most: int
    person_way: int
    source_window: int
    ranks: tuple[tuple[str, int], ...] = ()

    def rank(self, source: str) -> int:
        """Of two sources at the same time the one with the lower number counts."""
        return next((rank for name, rank in self.ranks if name == source), AMOUNT_MAX)


CODES: Final = tuple(item.name for item in fields(Limits) if item.name != "ranks")


@dataclass(frozen=True, slots=True)
class FieldLaw:
    """The whole file."""

    limits: tuple[FieldLimit, ...]
    fadings: tuple[Fading, ...]

    def on(self, day: date) -> Limits:
        """The amounts in force. UserError: none for some code on that day."""
        found = {row.code: row.amount for row in self.limits if _in_force(row, day)}
        lacking = [code for code in CODES if code not in found]
        if lacking:
            raise UserError(f"{day} 没有现场定位的这些限值：{'、'.join(lacking)}")
        ranks = tuple(sorted((row.source, row.rank) for row in self.fadings if _in_force(row, day)))
        return Limits(**found, ranks=ranks)

    def fading(self, source: str, day: date) -> Fading:
        """How positions of that source grow old on `day`; an unknown source like a report by
        hand. UserError: no rule on that day."""
        rows = {row.source: row for row in self.fadings if _in_force(row, day)}
        found = rows.get(source) or rows.get(OTHER)
        if found is None:
            raise UserError(f"{day} 没有来源“{source}”的定位新旧规则")
        return found


def way_closed(law: FieldLaw, day: date, today: date) -> str:
    """Why a person's way of that day is not shown any more, with the rule; empty where it is."""
    limit = next(r for r in law.limits if r.code == "person_way" and _in_force(r, today))
    if (today - day).days <= limit.amount:
        return ""
    mark = "" if limit.confidence == "confirmed" else "〔未核实〕"
    return (
        f"{day} 的人员轨迹已过 {limit.amount} 日的可查期限{mark}，不再提供；"
        "行动中的，请回放该次行动。"
    )


def _in_force(row: FieldLimit | Fading, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def load_field_law(path: Path | None = None) -> FieldLaw:
    """The rules from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/field.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> FieldLaw:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    law = FieldLaw(
        limits=tuple(_limit(row) for row in reader.rows("limit")),
        fadings=tuple(_fading(row) for row in reader.rows("fading", "source")),
    )
    for code in CODES:
        if not any(row.code == code for row in law.limits):
            reader.note("limit", f"缺少限值“{code}”")
    if not any(row.source == OTHER for row in law.fadings):
        reader.note("fading", f"缺少来源“{OTHER}”")
    for name, clash in _clashes(law):
        reader.note(name, f"“{clash}”的两个版本效力期间重叠")
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return law


def _clashes(law: FieldLaw) -> list[tuple[str, str]]:
    named: list[tuple[str, str, FieldLimit | Fading]] = [
        *(("limit", row.code, row) for row in law.limits),
        *(("fading", row.source, row) for row in law.fadings),
    ]
    return [
        one[:2]
        for one, other in combinations(named, 2)
        if one[:2] == other[:2]
        and (_in_force(one[2], other[2].valid_from) or _in_force(other[2], one[2].valid_from))
    ]


def _limit(row: RowReader) -> FieldLimit:
    made = FieldLimit(
        code=row.choice("code", CODES),
        name=row.text("name"),
        amount=row.number("amount", least=0, most=AMOUNT_MAX),
        unit=row.choice("unit", UNITS),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return made


def _fading(row: RowReader) -> Fading:
    made = Fading(
        source=row.text("source"),
        name=row.text("name"),
        rank=row.number("rank", least=0, most=99),
        fresh_s=row.number("fresh_s", least=1, most=AMOUNT_MAX),
        stale_s=row.number("stale_s", least=2, most=AMOUNT_MAX),
        gone_s=row.number("gone_s", least=3, most=AMOUNT_MAX),
        rough_m=row.number("rough_m", least=1, most=AMOUNT_MAX),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    if not made.fresh_s < made.stale_s < made.gone_s:
        row.note("stale_s", "应有 fresh_s < stale_s < gone_s")
    row.finish()
    return made
