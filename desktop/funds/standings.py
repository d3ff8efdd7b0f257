"""How a part of a receipt stands on a day, as a value. Pure; any thread."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from desktop.rules.fund_law import Band
from storage.records.states import NodeState

LIGHTS: Final = ("overdue", "unknown", "due_soon", "normal", "paused")  # what presses most first


@dataclass(frozen=True, slots=True)
class Standing:
    """A part of a receipt on one day. The parts of a case sum to the balance of its account.

    `left_fen` is what of the receipt `entry_id` is meant for the order `order_id`, or for none.
    `colour` is the band of the days held less those on which a delay stood. `light` is what a list
    shows: the worst of band, clock and step, or "paused" while a delay stands. `due_on`,
    `clock_name`, `article` are of the clock that presses most; none while nothing runs.
    `step_since`: since when it is at this step; `step_late`: its yellow light is on. `row` is a
    number for lists.
    """

    entry_id: str
    number: str
    case_id: str | None
    case_number: str
    court_id: str | None
    fund_id: str
    payer: str
    arrived_on: date
    told_on: date | None
    left_fen: int
    days_held: int
    days_delayed: int
    colour: str
    light: str
    due_on: date | None
    state: NodeState
    certain: bool
    clock_name: str
    article: str
    step: str
    step_name: str
    step_since: date
    step_late: bool
    holder_id: str | None
    holder_name: str
    order_id: str | None
    order_number: str
    delay_id: str | None
    delay_ground: str
    row: int

    @property
    def order(self) -> tuple[int, date, int, str]:
        """What presses most comes first."""
        return (LIGHTS.index(self.light), self.due_on or date.max, -self.days_held, self.number)

    def days_left(self, today: date) -> int | None:
        """Calendar days to the due day, below zero when it has passed."""
        return (self.due_on - today).days if self.due_on is not None and self.certain else None


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A part that lies: `days` since it came, `who` has not come (the creditors of the case, or
    the payee of the deposit), how often and when they were last told."""

    entry_id: str
    number: str
    case_id: str
    case_number: str
    handler: str
    since: date
    days: int
    band: Band
    left_fen: int
    who: str
    why: str
    told: int
    last_told: date | None
    escrow: bool
