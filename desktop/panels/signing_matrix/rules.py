"""The matrix of a day as lines for a reader, and what differs between two days. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from desktop.rules.signing_matrix import (
    UNCONFIRMED_MARK,
    Document,
    Matrix,
    Step,
    signers_words,
)

STATE_WORDS: Final[Mapping[str, str]] = {
    "proposed": "待同意",
    "agreed": "已同意",
    "refused": "已否决",
    "ended": "已终止",
}
STATE_STYLES: Final[Mapping[str, str]] = {
    "proposed": "due_soon",
    "agreed": "normal",
    "refused": "done_late",
    "ended": "paused",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One stage of one document. `marks`: what the law asks of the whole document; `changed`: it
    comes from a change of this office."""

    code: str
    document: str
    marks: str
    stage: str
    signers: str
    delegates: str
    basis: str
    confirmed: bool
    version: str
    changed: bool
    fixed: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A stage that is not the same on two days; nothing on a side where it is missing."""

    document: str
    stage: str
    before: str
    after: str


def marks(document: Document) -> str:
    """强制措施·审判文书·合议."""
    words = (
        ("强制措施", document.coercive),
        ("审判文书", document.judge),
        ("合议", document.panel),
        ("实施人员回避", document.separate),
    )
    return "·".join(word for word, holds in words if holds)


def lines(matrix: Matrix) -> list[Line]:
    """Every stage of every document, in the order of the law's file."""
    return [
        _line(document, step) for document in matrix.documents.values() for step in document.steps
    ]


def _line(document: Document, step: Step) -> Line:
    delegates = signers_words(step.delegates)
    if delegates:
        delegates += f"（{step.delegates_cited()}）"
    until = f" 至 {document.valid_to.isoformat()}" if document.valid_to is not None else " 起"
    cited = step.cited()
    return Line(
        code=document.code,
        document=document.name,
        marks=marks(document),
        stage=step.name(),
        signers=signers_words(step.signers),
        delegates=delegates,
        basis=cited if step.source in ("", step.basis) else f"{cited}；{step.source}",
        confirmed=UNCONFIRMED_MARK not in cited,
        version=f"{document.version}，{document.valid_from.isoformat()}{until}",
        changed=bool(step.change_id),
        fixed=step.fixed,
    )


def matching(every: Iterable[Line], typed: str) -> list[Line]:
    """Lines in which every typed word occurs."""
    words = typed.casefold().split()
    return [
        line
        for line in every
        if all(
            word
            in f"{line.document}{line.code}{line.marks}{line.stage}{line.signers}"
            f"{line.delegates}{line.basis}{line.version}".casefold()
            for word in words
        )
    ]


def differences(before: Matrix, after: Matrix) -> list[Difference]:
    """What changed from one day to another: stages, signers, who may stand in, and the basis."""
    found = []
    for code in dict.fromkeys((*before.documents, *after.documents)):
        old, new = _told(before.documents.get(code)), _told(after.documents.get(code))
        name = (after.documents.get(code) or before.documents[code]).name
        for stage in dict.fromkeys((*old, *new)):
            if old.get(stage) != new.get(stage):
                found.append(Difference(name, stage, old.get(stage, ""), new.get(stage, "")))
    return found


def _told(document: Document | None) -> dict[str, str]:
    told: dict[str, str] = {}
    for step in document.steps if document is not None else ():
        words = signers_words(step.signers)
        if step.delegates:
            words += f"；可委托{signers_words(step.delegates)}"
        told[step.name()] = f"{words}（{step.cited()}）"
    return told
