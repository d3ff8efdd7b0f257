"""调用外部警力: how a request to the corps stands, and who may do what next. Pure; any thread.

Whoever needs officers asks; the bureau chief alone sends it to the corps (洛中法〔2017〕57号); what
the corps answered, when its officers came and when they went is written down by the centre.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

OFFICERS_MAX: Final = 200
CHIEF: Final = "bureau_chief"


class PoliceState(StrEnum):
    """How a request stands; values are never stored."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    SENT = "sent"
    ANSWERED = "answered"
    ARRIVED = "arrived"
    LEFT = "left"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class PoliceDeed(StrEnum):
    """What is done with a request; values are those of the table `police_act`."""

    SUBMIT = "submit"
    RETURN = "return"
    SEND = "send"
    ANSWER = "answer"
    ARRIVE = "arrive"
    LEAVE = "leave"
    REFUSE = "refuse"
    CANCEL = "cancel"


STATE_WORDS: Final[Mapping[PoliceState, str]] = {
    PoliceState.DRAFT: "草稿",
    PoliceState.SUBMITTED: "待局长协调",
    PoliceState.RETURNED: "局长退回",
    PoliceState.SENT: "已发支队",
    PoliceState.ANSWERED: "支队已派警",
    PoliceState.ARRIVED: "已到位",
    PoliceState.LEFT: "已归队",
    PoliceState.REFUSED: "支队未派",
    PoliceState.CANCELLED: "已撤销",
}
DEED_WORDS: Final[Mapping[PoliceDeed, str]] = {
    PoliceDeed.SUBMIT: "报局长",
    PoliceDeed.RETURN: "退回",
    PoliceDeed.SEND: "发往法警支队",
    PoliceDeed.ANSWER: "登记派警答复",
    PoliceDeed.ARRIVE: "登记到位",
    PoliceDeed.LEAVE: "登记归队",
    PoliceDeed.REFUSE: "登记未派",
    PoliceDeed.CANCEL: "撤销",
}
_AFTER: Final[Mapping[PoliceDeed, PoliceState]] = {
    PoliceDeed.SUBMIT: PoliceState.SUBMITTED,
    PoliceDeed.RETURN: PoliceState.RETURNED,
    PoliceDeed.SEND: PoliceState.SENT,
    PoliceDeed.ANSWER: PoliceState.ANSWERED,
    PoliceDeed.ARRIVE: PoliceState.ARRIVED,
    PoliceDeed.LEAVE: PoliceState.LEFT,
    PoliceDeed.REFUSE: PoliceState.REFUSED,
    PoliceDeed.CANCEL: PoliceState.CANCELLED,
}
_OPEN: Final[Mapping[PoliceState, tuple[PoliceDeed, ...]]] = {
    PoliceState.DRAFT: (PoliceDeed.SUBMIT, PoliceDeed.CANCEL),
    PoliceState.RETURNED: (PoliceDeed.SUBMIT, PoliceDeed.CANCEL),
    PoliceState.SUBMITTED: (PoliceDeed.SEND, PoliceDeed.RETURN, PoliceDeed.CANCEL),
    PoliceState.SENT: (PoliceDeed.ANSWER, PoliceDeed.REFUSE, PoliceDeed.CANCEL),
    PoliceState.ANSWERED: (PoliceDeed.ARRIVE, PoliceDeed.CANCEL),
    PoliceState.ARRIVED: (PoliceDeed.LEAVE,),
    PoliceState.LEFT: (),
    PoliceState.REFUSED: (),
    PoliceState.CANCELLED: (),
}
ENDED: Final = (PoliceState.LEFT, PoliceState.REFUSED, PoliceState.CANCELLED)
CHANGEABLE: Final = (PoliceState.DRAFT, PoliceState.RETURNED)
NEEDS_REASON: Final = (PoliceDeed.RETURN, PoliceDeed.REFUSE, PoliceDeed.CANCEL)
NEEDS_OFFICERS: Final = (PoliceDeed.ANSWER,)


@dataclass(frozen=True, slots=True)
class PoliceAct:
    """One deed. `at`: ISO instant; `officers`, `arms`: what the corps said it sends."""

    id: str
    deed: PoliceDeed
    person_id: str
    at: str
    officers: int | None = None
    arms: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class PoliceCourse:
    """How a request stands after its acts, in order of time; `officers`: answered by the corps."""

    state: PoliceState
    acts: tuple[PoliceAct, ...]
    officers: int | None

    def last(self, deed: PoliceDeed) -> PoliceAct | None:
        """The latest deed of that kind."""
        return next((one for one in reversed(self.acts) if one.deed is deed), None)


def course(acts: Iterable[PoliceAct]) -> PoliceCourse:
    """The state is that of the last act in event time that its state then allowed: an act that
    comes from a desk which had been cut off changes nothing that went on without it."""
    ordered = tuple(sorted(acts, key=lambda one: (one.at, one.id)))
    state, officers = PoliceState.DRAFT, None
    for one in ordered:
        if one.deed in _OPEN[state]:
            state = _AFTER[one.deed]
            if one.deed is PoliceDeed.ANSWER:
                officers = one.officers
    return PoliceCourse(state, ordered, officers)


@dataclass(frozen=True, slots=True)
class Hand:
    """Whoever sits at the desk: `own_court`: whether he is of the request's court."""

    person_id: str | None
    post: str
    own_court: bool


def open_to(state: PoliceState, maker_id: str, hand: Hand) -> tuple[PoliceDeed, ...]:
    """What somebody may do with a request now."""
    if hand.person_id is None:
        return ()
    chief = hand.post == CHIEF and hand.own_court
    mine = hand.person_id == maker_id
    allowed = {
        PoliceDeed.SUBMIT: mine,
        PoliceDeed.SEND: chief,
        PoliceDeed.RETURN: chief,
        PoliceDeed.CANCEL: mine or chief,
    }
    return tuple(deed for deed in _OPEN[state] if allowed.get(deed, True))


_TIME: Final = re.compile(r"(\d{1,2})[:：]?(\d{2})")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a form says; times are instants with zone, None where what was typed is none."""

    reason: str
    place: str
    needed_from: datetime | None
    needed_to: datetime | None
    officers: int
    vehicles: int
    arms: str = ""


def faults(wish: Wish, now: datetime | None = None) -> dict[str, str]:
    """Field → sentence, all at once; empty when the request can be made, at `now` if told."""
    found = {}
    if not wish.reason.strip():
        found["reason"] = "请写明用警事由。"
    if not wish.place.strip():
        found["place"] = "请写明集合地点。"
    if wish.needed_from is None:
        found["from_time"] = "请写明用警起始时间，如 08:30。"
    if wish.needed_to is None:
        found["to_time"] = "请写明用警结束时间，如 12:00。"
    begin, end = wish.needed_from, wish.needed_to
    if begin is not None and end is not None and end <= begin:
        found["to_time"] = "结束时间须晚于起始时间。"
    elif end is not None and now is not None and end <= now:
        found["to_time"] = "用警时间已经过去，请核对日期和时间。"
    if not 1 <= wish.officers <= OFFICERS_MAX:
        found["officers"] = f"警力人数须在 1 至 {OFFICERS_MAX} 之间。"
    if not 0 <= wish.vehicles <= OFFICERS_MAX:
        found["vehicles"] = "车辆数不能为负。"
    return found


def time_of_day(text: str) -> tuple[int, int] | None:
    """(hour, minute) of 8:30, 08:30, 0830 or with a full-width colon; None when it is no time."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    return (hour, minute) if hour <= 23 and minute <= 59 else None
