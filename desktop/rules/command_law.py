"""Templates of orders and whom an unanswered one is told to, from resources/law/command.toml.

Pure apart from reading the file once; any thread.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path

WHOM: Final = ("duty_leader", "bureau_chief", "vice_president")
ASKED: Final = ("place", "body", "due")
ASKED_MAX: Final = 2
DAY_S: Final = 24 * 3600
DUE_MINUTES_MAX: Final = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class OrderRung:
    """`after_s`: seconds after the sending; `whom`: a word of WHOM; the days are inclusive."""

    n: int
    after_s: int
    whom: str
    name: str
    valid_from: date
    valid_to: date | None
    basis: str
    confidence: str


@dataclass(frozen=True, slots=True)
class OrderTemplate:
    """`ask`: the fields that are typed, words of ASKED; `due_minutes` 0: no time is set."""

    code: str
    name: str
    title: str
    ask: tuple[str, ...]
    body_label: str
    due_minutes: int


@dataclass(frozen=True, slots=True)
class CommandLaw:
    """The whole file."""

    rungs: tuple[OrderRung, ...]
    templates: tuple[OrderTemplate, ...]

    def ladder(self, day: date) -> tuple[OrderRung, ...]:
        """The rungs in force on `day`, the first one first; of one number the newest version."""
        found: dict[int, OrderRung] = {}
        for rung in sorted(self.rungs, key=lambda one: one.valid_from):
            if rung.valid_from <= day and (rung.valid_to is None or day <= rung.valid_to):
                found[rung.n] = rung
        return tuple(found[n] for n in sorted(found))

    def template(self, code: str) -> OrderTemplate | None:
        """The template of that code."""
        return next((one for one in self.templates if one.code == code), None)


def load_command_law(path: Path | None = None) -> CommandLaw:
    """The rules from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/command.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> CommandLaw:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    law = CommandLaw(
        rungs=tuple(_rung(row) for row in reader.rows("order_rung", "n")),
        templates=tuple(_template(row) for row in reader.rows("order_template", "code")),
    )
    for day in {rung.valid_from for rung in law.rungs}:
        ladder = law.ladder(day)
        if any(lower.after_s >= upper.after_s for lower, upper in pairwise(ladder)):
            reader.note("order_rung", f"{day} 起的催办时间应逐级增加")
    codes = [one.code for one in law.templates]
    for code in {code for code in codes if codes.count(code) > 1}:
        reader.note("order_template", f"模板“{code}”重复")
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return law


def _rung(row: RowReader) -> OrderRung:
    made = OrderRung(
        n=row.number("n", least=1, most=9),
        after_s=row.number("after_s", least=10, most=DAY_S),
        whom=row.choice("whom", WHOM),
        name=row.text("name"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return made


def _template(row: RowReader) -> OrderTemplate:
    asked = row.texts("ask")
    if not 1 <= len(asked) <= ASKED_MAX or any(one not in ASKED for one in asked):
        row.note("ask", f"应为一至两项，取自 {'、'.join(ASKED)}")
    made = OrderTemplate(
        code=row.text("code"),
        name=row.text("name"),
        title=row.text("title"),
        ask=tuple(asked),
        body_label=row.text("body_label"),
        due_minutes=row.number("due_minutes", least=0, most=DUE_MINUTES_MAX),
    )
    row.finish()
    return made
