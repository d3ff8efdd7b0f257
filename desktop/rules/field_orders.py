"""How an order to the field stands, read from what was done about it. Pure; any thread.

Acts arrive in any order, also twice, since two devices that were offline send theirs when they
can: the same acts give the same standing whatever the order they came in. Times are those of
whoever did the act; what the shared database has not taken yet is queued: nobody else knows of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from desktop.rules.command_law import OrderRung


class OrderState(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    SENT = "sent"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


STATE_WORDS: Final[Mapping[OrderState, str]] = {
    OrderState.DRAFT: "草稿",
    OrderState.SENT: "已发送",
    OrderState.DELIVERED: "已送达",
    OrderState.ACKNOWLEDGED: "已确认",
    OrderState.EN_ROUTE: "途中",
    OrderState.ON_SCENE: "到场",
    OrderState.DONE: "完成",
    OrderState.REFUSED: "拒绝",
    OrderState.CANCELLED: "撤销",
}
COURSE: Final = (
    *(OrderState.SENT, OrderState.DELIVERED, OrderState.ACKNOWLEDGED),
    *(OrderState.EN_ROUTE, OrderState.ON_SCENE, OrderState.DONE),
)
CLOSED: Final = frozenset((OrderState.DONE, OrderState.CANCELLED))
# Nobody has said yet that he takes the order.
UNANSWERED: Final = frozenset((OrderState.SENT, OrderState.DELIVERED))
_BY_ACT: Final[Mapping[str, OrderState]] = {
    "send": OrderState.SENT,
    "deliver": OrderState.DELIVERED,
    "acknowledge": OrderState.ACKNOWLEDGED,
    "depart": OrderState.EN_ROUTE,
    "arrive": OrderState.ON_SCENE,
    "finish": OrderState.DONE,
    "refuse": OrderState.REFUSED,
    "cancel": OrderState.CANCELLED,
}
ACT_WORDS: Final[Mapping[str, str]] = {
    "send": "下达",
    "deliver": "送达",
    "acknowledge": "确认",
    "depart": "出发",
    "arrive": "到场",
    "finish": "完成",
    "refuse": "拒绝",
    "cancel": "撤销",
    "escalate": "催办",
    "note": "备注",
}
REPORTS: Final = ("acknowledge", "depart", "arrive", "finish", "refuse")


@dataclass(frozen=True, slots=True)
class OrderAct:
    """One thing that was done. `taken_at`: when the shared database took it; None while it waits
    there, `at` on a desk that works alone."""

    id: str
    act: str
    at: datetime
    person_id: str
    taken_at: datetime | None = None
    rung: int | None = None
    body: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """`made_by`: the act that brought the state, None for a draft. `steps`: the first act of each
    state that was reached; `told_to`: by person, when his device had the order; `rungs`: by number,
    the first time each was told."""

    state: OrderState
    made_by: OrderAct | None = None
    steps: Mapping[OrderState, OrderAct] = field(default_factory=dict)
    told_to: Mapping[str, OrderAct] = field(default_factory=dict)
    rungs: Mapping[int, OrderAct] = field(default_factory=dict)

    @property
    def queued(self) -> bool:
        """Whether the order itself waits to be sent: nobody but this device knows of it."""
        sent = self.steps.get(OrderState.SENT)
        return sent is not None and sent.taken_at is None

    @property
    def report_queued(self) -> bool:
        """Whether the last report waits to be sent, though the order is known."""
        return not self.queued and self.made_by is not None and self.made_by.taken_at is None

    @property
    def open(self) -> bool:
        """Sent, and neither done nor withdrawn: somebody has something to do."""
        return self.state not in CLOSED and self.state is not OrderState.DRAFT

    def response_s(self) -> int | None:
        """Seconds from the sending to the first acknowledgement; None before it. A device's clock
        may be behind; then it took no time."""
        return self._between(OrderState.SENT, OrderState.ACKNOWLEDGED)

    def on_scene_s(self) -> int | None:
        """Seconds from the sending to the first arrival."""
        return self._between(OrderState.SENT, OrderState.ON_SCENE)

    def _between(self, one: OrderState, other: OrderState) -> int | None:
        first, second = self.steps.get(one), self.steps.get(other)
        if first is None or second is None:
            return None
        return max(0, int((second.at - first.at).total_seconds()))


def in_order(acts: Iterable[OrderAct]) -> list[OrderAct]:
    """Each act once, by the time it was done at; of one instant by id."""
    return sorted({act.id: act for act in acts}.values(), key=lambda act: (act.at, act.id))


def fold(acts: Iterable[OrderAct]) -> Standing:
    """The standing after all these acts, whatever the order they arrived in.

    What is done stays done, also when it was withdrawn meanwhile. Whoever refuses may take the
    order up again; a report after a refusal counts. A report that came before the sending proves
    that it was sent.
    """
    ordered = in_order(acts)
    steps: dict[OrderState, OrderAct] = {}
    told: dict[str, OrderAct] = {}
    rungs: dict[int, OrderAct] = {}
    course: OrderAct | None = None  # what brought the furthest state since the last refusal
    for act in ordered:
        state = _BY_ACT.get(act.act)
        if act.act == "escalate" and act.rung is not None:
            rungs.setdefault(act.rung, act)
        if state is None:
            continue
        steps.setdefault(state, act)
        if state is OrderState.DELIVERED:
            told.setdefault(act.person_id, act)
        if state is OrderState.CANCELLED:
            continue
        if state is OrderState.REFUSED or course is None or _further(state, course):
            course = act
    final = steps.get(OrderState.DONE) or steps.get(OrderState.CANCELLED) or course
    reached = OrderState.DRAFT if final is None else _BY_ACT[final.act]
    return Standing(reached, final, steps, told, rungs)


def _further(state: OrderState, course: OrderAct) -> bool:
    before = _BY_ACT[course.act]
    if before is OrderState.REFUSED:
        return COURSE.index(state) >= COURSE.index(OrderState.ACKNOWLEDGED)
    return COURSE.index(state) > COURSE.index(before)


def receivers_next(state: OrderState) -> tuple[str, ...]:
    """What whoever has the order may report now; the first is the usual one."""
    return {
        OrderState.SENT: ("acknowledge", "refuse"),
        OrderState.DELIVERED: ("acknowledge", "refuse"),
        OrderState.ACKNOWLEDGED: ("depart", "arrive", "finish", "refuse"),
        OrderState.EN_ROUTE: ("arrive", "finish", "refuse"),
        OrderState.ON_SCENE: ("finish", "refuse"),
        OrderState.REFUSED: ("acknowledge",),
    }.get(state, ())


def issuers_next(state: OrderState) -> tuple[str, ...]:
    """What whoever gave the order may do now."""
    if state is OrderState.DRAFT:
        return ("send", "cancel")
    return () if state in CLOSED else ("cancel", "note")


def rungs_due(
    standing: Standing, rungs: Sequence[OrderRung], now: datetime
) -> tuple[OrderRung, ...]:
    """The rungs whose time has passed while nobody answered, told or not.

    The time runs from the moment others could know of the order: an order that waits on a desk
    without a network troubles nobody.
    """
    sent = standing.steps.get(OrderState.SENT)
    if standing.state not in UNANSWERED or sent is None or sent.taken_at is None:
        return ()
    since = max(sent.at, sent.taken_at)
    return tuple(rung for rung in rungs if since + timedelta(seconds=rung.after_s) <= now)


def next_rung_at(standing: Standing, rungs: Sequence[OrderRung], now: datetime) -> datetime | None:
    """When the next rung comes due; None when none will."""
    sent = standing.steps.get(OrderState.SENT)
    if standing.state not in UNANSWERED or sent is None or sent.taken_at is None:
        return None
    since = max(sent.at, sent.taken_at)
    times = (since + timedelta(seconds=rung.after_s) for rung in rungs)
    return min((at for at in times if at > now), default=None)
