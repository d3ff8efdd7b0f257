"""States and steps of a circular, and whose turn it is. Pure; any thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

KINDS: Final[Mapping[str, str]] = {
    "weekly_circular": "周通报",
    "overdue_circular": "超期、消极通报",
}
_BEFORE_SUBMIT: Final = ("draft", "replying")
_SIGNED: Final = ("signed", "issued", "recalled")
_OUT: Final = ("issued", "recalled")


class Step(StrEnum):
    """The pages of a circular in the order of its work."""

    FIGURES = "figures"
    REPLIES = "replies"
    PAGES = "pages"
    SIGN = "sign"
    PRINT = "print"
    ISSUE = "issue"
    PROOF = "proof"


@dataclass(frozen=True, slots=True)
class Standing:
    """As far as steps go: state, number given, objections that wait, copies printed, receipts that
    are not green, and whether it belongs to the desk's own court."""

    state: str
    numbered: bool = False
    waiting: int = 0
    printed: int = 0
    unopened: int = 0
    own: bool = True


def steps_of(standing: Standing) -> tuple[Step, ...]:
    """The steps that are shown: a court that was asked sees figures, replies and the pages."""
    if standing.own:
        return tuple(Step)
    shown = (Step.FIGURES, Step.REPLIES, Step.PAGES)
    return (*shown, Step.PROOF) if standing.state in _SIGNED else shown


def done(step: Step, standing: Standing) -> bool:
    """Whether a step is behind the circular."""
    answers: dict[Step, bool] = {
        Step.FIGURES: standing.state != "draft",
        Step.REPLIES: standing.state not in _BEFORE_SUBMIT and standing.waiting == 0,
        Step.PAGES: standing.numbered,
        Step.SIGN: standing.state in _SIGNED,
        Step.PRINT: standing.printed > 0,
        Step.ISSUE: standing.state in _OUT and standing.unopened == 0,
        Step.PROOF: False,
    }
    return answers[step]


def next_step(standing: Standing) -> Step:
    """Where a circular is opened: the first step that is not done. A court that was asked begins
    with its rows, one that received it with the circular itself."""
    if not standing.own:
        return Step.PAGES if standing.state in _SIGNED else Step.REPLIES
    for step in steps_of(standing):
        if not done(step, standing):
            return step
    return Step.FIGURES


def may_submit(standing: Standing) -> str:
    """Why it cannot be sent to be checked now; empty where it can."""
    if standing.state not in _BEFORE_SUBMIT:
        return "通报已送审。"
    if standing.waiting:
        return f"还有 {standing.waiting} 件异议没有处理，处理后才能送审。"
    return ""


def receipt_words(opened: int, sent: int) -> str:
    """16/18; nothing before it went out."""
    return f"{opened}/{sent}" if sent else ""


def receipt_style(opened: int, sent: int) -> str:
    """Green once everybody has opened it."""
    if not sent:
        return ""
    return "normal" if opened == sent else "due_soon"
