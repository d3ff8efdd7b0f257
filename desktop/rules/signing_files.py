"""From resources/law/signing.toml to the baseline of the signing matrix. Any thread.

Every mistake of the file is named at once, also a matrix that the law does not allow.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from desktop.errors import UserError
from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from desktop.rules.signing_matrix import (
    STEP_MAX,
    UNCONFIRMED,
    Baseline,
    Document,
    Stage,
    Step,
    broken,
    parse_signers,
)
from resources import path as resource_path


def load_signing(path: Path | None = None) -> Baseline:
    """The matrix in `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/signing.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> Baseline:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    versions: list[Document] = []
    codes: set[str] = set()
    for row in reader.rows("document"):
        found = _read_document(row)
        if found and found[0].code in codes:
            row.note("code", f"文书代码“{found[0].code}”重复")
        codes |= {document.code for document in found}
        versions += found
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return Baseline(tuple(versions))


def _read_document(row: RowReader) -> list[Document]:
    code, name = row.text("code"), row.text("name")
    flags = {
        flag: row.flag(flag, default=False) for flag in ("judge", "coercive", "panel", "separate")
    }
    found: dict[str, Document] = {}
    for item in row.rows("version", "version"):
        document = _read_version(item, code, name, flags, found)
        if document.version in found:
            item.note("version", f"版本“{document.version}”重复")
        found[document.version] = document
    row.finish()
    if not found:
        row.note("version", "至少须有一个版本")
    dated = sorted(found.values(), key=lambda document: document.valid_from)
    for first, second in pairwise(dated):
        if first.valid_to is None or first.valid_to >= second.valid_from:
            row.note("version", f"版本“{first.version}”与“{second.version}”的效力期间重叠")
    return dated


def _read_version(
    row: RowReader, code: str, name: str, flags: Mapping[str, bool], earlier: Mapping[str, Document]
) -> Document:
    basis, source = row.text("basis"), row.text("source")
    confidence = row.choice("confidence", CONFIDENCES)
    if row.has("same_steps_as"):
        model = row.text("same_steps_as")
        steps = _copied(row, earlier.get(model), basis, source, confidence)
    else:
        steps = tuple(
            _read_step(item, basis, source, confidence) for item in row.rows("step", "stage")
        )
    document = Document(
        code=code,
        name=name,
        judge=flags["judge"],
        coercive=flags["coercive"],
        panel=flags["panel"],
        separate=flags["separate"],
        version=row.text("version"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        steps=steps,
    )
    if document.valid_to is not None and document.valid_to < document.valid_from:
        row.note("valid_to", f"失效日 {document.valid_to} 早于生效日 {document.valid_from}")
    fault = broken(document)
    if fault is not None:
        row.note("step", fault)
    row.finish()
    return document


def _copied(
    row: RowReader, model: Document | None, basis: str, source: str, confidence: str
) -> tuple[Step, ...]:
    """The steps of an earlier version under another article: the law was renumbered."""
    if model is None:
        row.note("same_steps_as", "没有写在前面的这个版本")
        return ()
    return tuple(
        replace(step, basis=basis, source=source, confidence=confidence) if step.fixed else step
        for step in model.steps
    )


def _read_step(row: RowReader, basis: str, source: str, confidence: str) -> Step:
    step = Step(
        number=row.number("n", least=1, most=STEP_MAX),
        stage=Stage(row.choice("stage", tuple(Stage))),
        signers=_cell(row, "signers"),
        returns_to=Stage(row.choice("returns_to", tuple(Stage), Stage.DRAFT)),
        delegates=_cell(row, "delegates") if row.has("delegates") else frozenset(),
        fixed=row.flag("fixed", default=False),
        basis=row.text("basis", basis),
        source=row.text("source", source),
        confidence=row.choice("confidence", CONFIDENCES, confidence),
        delegates_basis=row.text("delegates_basis", ""),
        delegates_confidence=row.choice("delegates_confidence", CONFIDENCES, UNCONFIRMED),
    )
    if step.delegates and not step.delegates_basis:
        row.note("delegates_basis", "可委托的环节须写明依据")
    row.finish()
    return step


def _cell(row: RowReader, name: str) -> frozenset[str]:
    try:
        return parse_signers(row.text(name))
    except UserError as refusal:
        row.note(name, str(refusal))
        return frozenset()
