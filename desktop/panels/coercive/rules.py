"""What the list of coercive measures shows, and how it is narrowed. Pure; any thread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desktop.rules.coercive import (
    KINDS,
    NEXT_WORDS,
    STAND_STYLES,
    STAND_WORDS,
    Clock,
    Stand,
    left_words,
)

# Keys of the filter beside the stands: what waits for the person himself, and what went wrong.
MINE: Final = "mine"
VIOLATION: Final = "violation"
ENDED: Final = "ended"
CHOICES: Final[Mapping[str, str]] = {
    MINE: "待我批准",
    Stand.PENDING: STAND_WORDS[Stand.PENDING],
    Stand.READY: STAND_WORDS[Stand.READY],
    Stand.RUNNING: STAND_WORDS[Stand.RUNNING],
    VIOLATION: "违规",
    Stand.DRAFT: STAND_WORDS[Stand.DRAFT],
    ENDED: "已结束",
}
_ENDED: Final = (Stand.RELEASED, Stand.FINISHED, Stand.RECALLED)
_HOURS_PRESSING: Final = 6
LATE: Final = "overdue"


@dataclass(frozen=True, slots=True)
class Line:
    """One measure. `newest`: its newest fact as stored; `mine`: it waits for the person at the
    desk; `stuck`: why nobody can approve it."""

    id: str
    kind: str
    person: str
    figure: str
    case_id: str
    case_number: str
    court: str
    handler: str
    sealed: bool
    stand: Stand
    next: tuple[str, ...]
    clocks: tuple[Clock, ...]
    violation: str
    newest: str
    mine: bool = False
    stuck: str = ""

    @property
    def pressing(self) -> Clock | None:
        """The clock that ends first of those that run."""
        return next((one for one in self.clocks if one.running), None)

    @property
    def next_words(self) -> str:
        """What is to be done next."""
        if self.stuck:
            return "无人可批"
        if self.stand is Stand.PENDING:
            return "院长批准"
        if self.mine:
            return "院长补批"
        return "、".join(NEXT_WORDS[one] for one in self.next[:2])

    def key_of(self) -> frozenset[str]:
        """The choices of the filter that it is under."""
        keys = {ENDED if self.stand in _ENDED else str(self.stand)}
        if self.mine:
            keys.add(MINE)
        if self.violation:
            keys.add(VIOLATION)
        return frozenset(keys)


def chosen(
    lines: Iterable[Line], keys: Iterable[str], kinds: Iterable[str], text: str
) -> list[Line]:
    """Those under any of `keys` and of any of `kinds` (none: all that are open), with the words."""
    wanted, of_kinds, typed = frozenset(keys), frozenset(kinds), text.strip().casefold()
    return [
        one
        for one in lines
        if (wanted & one.key_of() if wanted else one.stand not in _ENDED or one.violation)
        and (not of_kinds or one.kind in of_kinds)
        and typed in f"{one.person}{one.case_number}{one.handler}{KINDS[one.kind]}".casefold()
    ]


def newest_first(lines: Iterable[Line]) -> list[Line]:
    """The newest fact first."""
    return sorted(lines, key=lambda one: (one.newest, one.id), reverse=True)


def count_of(lines: Iterable[Line], key: str) -> int:
    """How many are under a choice of the filter."""
    return sum(1 for one in lines if key in one.key_of())


def state_cell(line: Line) -> tuple[str, str]:
    """Style key and words of its state."""
    if line.violation:
        return LATE, f"{STAND_WORDS[line.stand]}·违规"
    return STAND_STYLES[line.stand], STAND_WORDS[line.stand]


def clock_cell(line: Line, now: datetime) -> tuple[str, str]:
    """Style key and words of the clock that presses, to the hour."""
    clock = line.pressing
    if clock is None or clock.due is None:
        return "", ""
    return clock_style(clock, now), f"{clock.word} {left_words(clock.due, now)}"


def clock_style(clock: Clock, now: datetime) -> str:
    """How a running clock looks; done ones have the look of what is done."""
    if clock.due is None:
        return "unknown"
    if clock.done is not None:
        return "done"
    if clock.due < now:
        return LATE
    hours = (clock.due - now).total_seconds() / 3_600
    return "due_soon" if hours <= _HOURS_PRESSING else "normal"


def figure_words(kind: str, figure: str) -> str:
    """10日, 50,000元; empty for a summons."""
    if not figure.isascii() or not figure.isdigit():
        return ""
    if kind == "detention_decision":
        return f"{figure}日"
    return f"{int(figure) // 100:,}元" if kind == "fine_decision" else ""
