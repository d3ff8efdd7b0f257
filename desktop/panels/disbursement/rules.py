"""The course of a disbursement, in words. Pure; any thread.

A request made here is an intent (意向): it moves no money and counts nowhere until the shared
database has taken it. Taken, the amount is granted from the case's account; somebody else pays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Course(StrEnum):
    """Where a request stands."""

    INTENT = "intent"
    GRANTED = "granted"
    PAID = "paid"
    RELEASED = "released"


COURSE_WORDS: Final[Mapping[Course, str]] = {
    Course.INTENT: "意向·未生效",
    Course.GRANTED: "已受理·待付",
    Course.PAID: "已付",
    Course.RELEASED: "已退回",
}
COURSE_STYLES: Final[Mapping[Course, str]] = {
    Course.INTENT: "unknown",
    Course.GRANTED: "due_soon",
    Course.PAID: "done",
    Course.RELEASED: "paused",
}
PAYEE_MAX: Final = 100


def course(state: str, ended_by: str | None) -> Course:
    """From `request.state` and the kind of entry that ended its grant, if any."""
    if state != "accepted":
        return Course.INTENT
    if ended_by is None:
        return Course.GRANTED
    return Course.PAID if ended_by == "payment" else Course.RELEASED


@dataclass(frozen=True, slots=True)
class Account:
    """A case's account as this desk knows it. All amounts in fen.

    `intents_fen`: asked for on this device and not decided yet; shown beside, never subtracted.
    `as_of`: last exchange with the shared database, empty if there was none.
    """

    case_id: str
    case_number: str
    known: bool
    balance_fen: int
    held_fen: int
    intents_fen: int
    version: int
    as_of: str

    @property
    def available_fen(self) -> int:
        """What may still be granted."""
        return self.balance_fen - self.held_fen
