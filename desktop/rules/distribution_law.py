"""In which order money is shared, by kind of debtor and day: resources/law/distribution.toml. Pure.

Any thread.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from desktop.errors import UserError
from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import RowReader, load_versions
from desktop.rules.signing_matrix import UNCONFIRMED, UNCONFIRMED_MARK
from resources import path as resource_path

COSTS: Final = "costs"
KINDS: Final = ("secured", "priority", "ordinary")
WHAT_NAMES: Final = {
    COSTS: "执行费用",
    "secured": "担保债权",
    "priority": "其他优先债权",
    "ordinary": "普通债权",
}
DEBTORS: Final = {"natural": "公民或者其他组织", "enterprise": "企业法人"}
PRO_RATA: Final = "pro_rata"
SEIZURE: Final = "seizure"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the order: what is paid, and how among its own."""

    what: str
    how: str
    article: str
    confidence: str

    def cited(self) -> str:
        """The article with the mark of what nobody has checked."""
        return self.article + (UNCONFIRMED_MARK if self.confidence == UNCONFIRMED else "")


@dataclass(frozen=True, slots=True)
class PlanLaw:
    """One dated version of the whole order for a kind of debtor.

    `waits`: the nodes of the catalogue that run after the plan (objection, counter-opinion, suit).
    """

    debtor: str
    version: str
    valid_from: date
    valid_to: date | None
    stages: tuple[Stage, ...]
    waits: tuple[str, str, str]
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


def plan_law_on(debtor: str, day: date, laws: tuple[PlanLaw, ...] | None = None) -> PlanLaw:
    """The order for `debtor` in force on `day`. Raises UserError where there is none."""
    known = load_distribution_law() if laws is None else laws
    for law in known:
        if law.debtor == debtor and law.in_force(day):
            return law
    raise UserError(f"--on：没有 {day.isoformat()} 适用的分配顺序（{DEBTORS[debtor]}）。")


def load_distribution_law(path: Path | None = None) -> tuple[PlanLaw, ...]:
    """The orders from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/distribution.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> tuple[PlanLaw, ...]:
    return tuple(load_versions(path, "plan", "debtor", _read))


def _read(row: RowReader) -> PlanLaw:
    law = PlanLaw(
        debtor=row.choice("debtor", tuple(DEBTORS)),
        version=row.text("version"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        stages=tuple(_read_stage(one) for one in row.rows("step", "what")),
        waits=(row.text("objection"), row.text("counter"), row.text("suit")),
        article=row.text("article"),
        source=row.text("source"),
        confidence=row.choice("confidence", CONFIDENCES),
        note=row.text("note", ""),
    )
    if sorted(stage.what for stage in law.stages) != sorted(WHAT_NAMES):
        row.note("step", f"{'、'.join(WHAT_NAMES)} 须各有一步")
    row.finish()
    return law


def _read_stage(row: RowReader) -> Stage:
    stage = Stage(
        what=row.choice("what", tuple(WHAT_NAMES)),
        how=row.choice("how", (PRO_RATA, SEIZURE)),
        article=row.text("article"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    if stage.what == COSTS and stage.how == SEIZURE:
        row.note("how", "费用没有查封顺序")
    row.finish()
    return stage
