"""Who may do to a document what is no stage of its course. Any thread that may read.

The signing matrix names people for stages alone. Whoever it lets draft such a document saves it and
drafts another in its place; whoever it lets draft or sign one also asks courts for replies, answers
objections, issues, recalls and reminds. Every command of desktop.documents asks here before it
writes, so that no caller can forget to.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row

from desktop.documents.course import ActArgs, whenever
from desktop.documents.kinds import kinds
from desktop.errors import UserError
from desktop.rules.signing import Decision
from desktop.rules.signing_matrix import Stage


class Deed(StrEnum):
    """What is done to a document beside its stages."""

    DRAFT = "draft"
    ASK_REPLIES = "ask_replies"
    ANSWER = "answer"
    ISSUE = "issue"
    RECALL = "recall"
    REMIND = "remind"
    SUPERSEDE = "supersede"


_WRITES: Final = (Deed.DRAFT, Deed.SUPERSEDE)
_DRAFTS: Final = (Stage.DRAFT,)
_SENDS: Final = (Stage.DRAFT, Stage.SIGN)


def may(connection: Connection, row: Row[Any], deed: Deed, act: ActArgs) -> Decision:
    """Whether the person of `act` may do it on its day, whatever stage is open; else why not, and
    who can. UserError when nobody of the document's court is at the desk."""
    # What is made from figures has no template: an answer changes its words.
    rewrites = deed is Deed.ANSWER and not kinds().kind(row.kind).templates
    stages = _DRAFTS if rewrites or deed in _WRITES else _SENDS
    refused: Decision | None = None
    for stage in stages:
        said = whenever(connection, row, stage, act)
        if said.allowed:
            return said
        refused = refused or said  # who drafts is told, also where signing would do
    assert refused is not None
    if rewrites:
        words = f"处理异议即修改通报，须由有权拟稿的人办理。{refused.reason}"
        return replace(refused, reason=words)
    return refused


def require(connection: Connection, row: Row[Any], deed: Deed, act: ActArgs) -> None:
    """Raises UserError, which names who can, for everybody else."""
    said = may(connection, row, deed, act)
    if not said.allowed:
        raise UserError(said.reason)
