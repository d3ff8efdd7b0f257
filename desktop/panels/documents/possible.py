"""What the person at the desk may do with a document now, and why not. Any thread that may read.

The signing matrix answers for the stages, desktop.documents.permits for everything beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row

from desktop.documents.course import ActArgs, Asked, ask, open_stage, settled
from desktop.documents.kinds import kinds
from desktop.documents.permits import Deed, may
from desktop.documents.replies import asked_courts, waiting
from desktop.documents.reply_time import objecting_fault, window
from desktop.documents.staff import court_of
from desktop.documents.states import STATE_WORDS
from desktop.errors import UserError
from desktop.rules.signing import Decision
from desktop.rules.signing_matrix import STAGE_NAMES, Stage


class Do(StrEnum):
    """What can be done with a document; values name the buttons."""

    EDIT = "edit"
    SUBMIT = "submit"
    ASK_REPLIES = "ask_replies"
    OBJECT = "object"
    PASS = "pass"
    RETURN = "return"
    NUMBER = "number"
    SIGN = "sign"
    ISSUE = "issue"
    REMIND = "remind"
    PRINT = "print"
    VERIFY = "verify"
    REPRODUCE = "reproduce"
    SUPERSEDE = "supersede"
    RECALL = "recall"


# Of what is shown in a state, the first that is allowed is what to do next.
SHOWN: Final[Mapping[str, tuple[Do, ...]]] = {
    "draft": (Do.SUBMIT, Do.EDIT, Do.ASK_REPLIES),
    "replying": (Do.OBJECT, Do.SUBMIT, Do.EDIT, Do.ASK_REPLIES),
    "checking": (Do.PASS, Do.RETURN, Do.EDIT),
    "signing": (Do.NUMBER, Do.SIGN, Do.RETURN),
    "signed": (Do.ISSUE, Do.PRINT, Do.VERIFY, Do.REPRODUCE),
    "issued": (Do.REMIND, Do.PRINT, Do.VERIFY, Do.REPRODUCE, Do.SUPERSEDE, Do.RECALL),
    "recalled": (Do.PRINT, Do.VERIFY, Do.REPRODUCE),
}

# On its way through the stages it may still be objected to by a court that was asked.
_STILL_ASKED: Final = ("checking", "signing")


@dataclass(frozen=True, slots=True)
class Possible:
    """Whether it may be done now; `why` not, and who can. `stage` is the open one, or empty."""

    allowed: bool
    why: str = ""
    stage: str = ""


def possible_acts(
    connection: Connection, row: Row[Any], args: ActArgs, *, numbering: bool
) -> dict[Do, Possible]:
    """Of each act that is shown in the document's state. `numbering`: a number was asked for."""
    shown = SHOWN[row.state]
    if row.state in _STILL_ASKED and _was_asked(connection, row, args):
        shown = (*shown, Do.OBJECT)
    if settled(connection, row):
        return {}  # a paper for the file stays as it is
    try:
        asked = ask(connection, row, Stage.SIGN, args)
        drafts = _said(may(connection, row, Deed.DRAFT, args))
        sends = _said(may(connection, row, Deed.ISSUE, args))
    except UserError as stranger:
        # Of another court, or nobody: what was signed may be read, and an objection may be his.
        away = Possible(False, str(stranger))
        free = dict.fromkeys(_ANYBODY, Possible(True)) | {Do.OBJECT: _object(connection, row, args)}
        return {do: free.get(do, away) for do in shown}
    stage = open_stage(asked)
    found: dict[Do, Possible] = {}
    for do in shown:
        if do in _ANYBODY:
            found[do] = Possible(True)
        elif do in (Do.EDIT, Do.SUBMIT, Do.SUPERSEDE):
            found[do] = drafts
        elif do is Do.OBJECT:
            found[do] = _object(connection, row, args)
        elif do in (Do.PASS, Do.RETURN, Do.SIGN):
            found[do] = _at_open_stage(connection, row, args, do, stage)
        elif do is Do.NUMBER:
            found[do] = _number(row, numbering)
        else:
            found[do] = sends
    if Do.ASK_REPLIES in found and not kinds().kind(row.kind).shared:
        del found[Do.ASK_REPLIES]
    if row.serial is not None:
        found.pop(Do.NUMBER, None)
    return found


# Reading what was signed is free to whoever sees the document.
_ANYBODY: Final = frozenset((Do.PRINT, Do.VERIFY, Do.REPRODUCE))


def _said(decision: Decision) -> Possible:
    return Possible(decision.allowed, "" if decision.allowed else decision.reason)


def _was_asked(connection: Connection, row: Row[Any], args: ActArgs) -> bool:
    court = court_of(connection, None, args.person_id)
    return court in asked_courts(connection, row.id)


def _object(connection: Connection, row: Row[Any], args: ActArgs) -> Possible:
    court = court_of(connection, None, args.person_id)
    if court in asked_courts(connection, row.id):
        late = objecting_fault(connection, row, str(court), args.at)
        return Possible(not late, late)
    return Possible(False, "你所在的法院不在征求意见之列。")


def _at_open_stage(
    connection: Connection, row: Row[Any], args: ActArgs, do: Do, stage: Stage | None
) -> Possible:
    if stage is None:
        return Possible(False, "各环节已经办完。")
    if do is Do.PASS and stage is Stage.SIGN:
        return Possible(False, f"文书{STATE_WORDS[row.state]}，没有待审的环节。", stage)
    if do is Do.SIGN and row.serial is None:
        return Possible(False, "文书尚未编号，不能签发。", stage)
    if do is Do.SIGN and (open_ := waiting(connection, row.id)):
        return Possible(False, f"尚有 {open_} 件异议未处理，不得签发。", stage)
    if do is Do.SIGN and (early := window(connection, row).fault(args.at)):
        return Possible(False, early, stage)
    asked: Asked = ask(connection, row, stage, args)
    said = _said(asked.decision)
    return Possible(said.allowed, said.why, stage)


def _number(row: Row[Any], numbering: bool) -> Possible:
    if numbering:
        return Possible(False, "已报共享库编号，编定之后即可签发。")
    return Possible(True)


def stage_word(stage: str) -> str:
    """审核, 审批, …"""
    return STAGE_NAMES[Stage(stage)] if stage else ""
