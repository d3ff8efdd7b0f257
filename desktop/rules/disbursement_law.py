"""Stages of approval, shipped tiers, grounds of delay and deposit: resources/law/disbursement.toml.

Pure. Any thread.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from desktop.errors import UserError
from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.money import fen_of
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from desktop.rules.signing_matrix import UNCONFIRMED, UNCONFIRMED_MARK
from resources import path as resource_path


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the chain: its name and the posts that hold it."""

    code: str
    name: str
    posts: tuple[str, ...]
    basis: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Tier:
    """A shipped tier, in fen; `upto_fen` exclusive, None without end."""

    purposes: tuple[str, ...]
    from_fen: int
    upto_fen: int | None
    stages: tuple[str, ...]
    valid_from: date
    basis: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Why money is delayed or deposited."""

    code: str
    name: str
    article: str
    confidence: str

    def cited(self) -> str:
        """The article with the mark of what nobody has checked."""
        return self.article + (UNCONFIRMED_MARK if self.confidence == UNCONFIRMED else "")


@dataclass(frozen=True, slots=True)
class DisbursementLaw:
    """All of it; `expires` in days."""

    stages: tuple[Stage, ...]
    tiers: tuple[Tier, ...]
    delays: tuple[Ground, ...]
    escrows: tuple[Ground, ...]
    expires: int
    expires_basis: str
    source: str
    confidence: str

    def stage_name(self, code: str) -> str:
        """The Chinese name of a stage; the code itself where it is none of ours."""
        return next((stage.name for stage in self.stages if stage.code == code), code)


def load_disbursement_law(path: Path | None = None) -> DisbursementLaw:
    """The law from `path` (default: the shipped file); RuleFileError names every mistake."""
    return _load(path or resource_path("law/disbursement.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> DisbursementLaw:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    head = None if reader is None else reader.table("catalogue")
    if reader is None or head is None:
        raise RuleFileError(problems)
    law = DisbursementLaw(
        stages=tuple(_stage(row) for row in reader.rows("stage")),
        tiers=tuple(_tier(row) for row in reader.rows("tier", "from")),
        delays=tuple(_ground(row) for row in reader.rows("delay")),
        escrows=tuple(_ground(row) for row in reader.rows("escrow")),
        expires=head.number("expires", least=1, most=3650),
        expires_basis=head.text("expires_basis"),
        source=head.text("source"),
        confidence=head.choice("confidence", CONFIDENCES),
    )
    head.finish()
    reader.finish()
    known = {stage.code for stage in law.stages}
    for tier in law.tiers:
        for code in tier.stages:
            if code not in known:
                reader.note("tier", f"没有环节“{code}”")
    if problems:
        raise RuleFileError(problems)
    return law


def _stage(row: RowReader) -> Stage:
    made = Stage(
        code=row.text("code"),
        name=row.text("name"),
        posts=row.texts("posts"),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return made


def _tier(row: RowReader) -> Tier:
    made = Tier(
        purposes=row.texts("purposes"),
        from_fen=_fen(row, "from"),
        upto_fen=_fen(row, "upto") if row.has("upto") else None,
        stages=row.texts("stages"),
        valid_from=row.day("valid_from"),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return made


def _fen(row: RowReader, field: str) -> int:
    try:
        return fen_of(row.text(field), field)
    except UserError as error:
        row.note(field, str(error))
        return 0


def _ground(row: RowReader) -> Ground:
    made = Ground(
        code=row.text("code"),
        name=row.text("name"),
        article=row.text("article"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return made
