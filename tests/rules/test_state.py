"""The state of a node: the table of docs/law.md, line by line and as a whole."""

import random
from datetime import date, timedelta

import pytest

from desktop.rules.clock import overdue_days, state_of
from storage.ids import CaseId, EventId
from storage.records.cases import NodeClock
from storage.records.states import NodeState

DAY = date(2017, 6, 15)


def clock(
    due: int | None = None,
    *,
    certain: bool = True,
    warn: int | None = None,
    done: int | None = None,
    pause: tuple[int, int | None] | None = None,
) -> NodeClock:
    """Offsets in days from DAY."""

    def at(offset: int | None) -> date | None:
        return None if offset is None else DAY + timedelta(days=offset)

    first, last = pause or (None, None)
    return NodeClock(
        CaseId("c"),
        "N06",
        "",
        EventId("e"),
        DAY - timedelta(days=30),
        at(due),
        None,
        certain,
        at(warn),
        at(done),
        at(first),
        at(last),
        "2006",
    )


@pytest.mark.parametrize(
    ("node", "state", "late"),
    [
        (clock(5, warn=1), NodeState.NORMAL, 0),
        (clock(5, warn=0), NodeState.DUE_SOON, 0),
        (clock(0, warn=-2), NodeState.DUE_SOON, 0),  # the due day itself is in time
        (clock(-1, warn=-3), NodeState.OVERDUE, 1),
        (clock(None), NodeState.NORMAL, 0),
        (clock(-3, done=-3), NodeState.DONE, 0),
        (clock(-3, done=-1), NodeState.DONE_LATE, 2),
        (clock(-3, done=1), NodeState.OVERDUE, 3),  # done tomorrow is not done today
        (clock(None, done=-1), NodeState.DONE, 0),
        (clock(5, certain=False), NodeState.UNKNOWN, 0),
        (clock(-5, certain=False), NodeState.UNKNOWN, 0),
        (clock(5, certain=False, done=0), NodeState.DONE, 0),
        (clock(-5, certain=False, done=-4), NodeState.UNKNOWN, 0),
        (clock(5, warn=0, pause=(-1, None)), NodeState.PAUSED, 0),
        (clock(-2, warn=-5, pause=(-4, None)), NodeState.PAUSED, 0),
        (clock(-5, pause=(-4, None)), NodeState.OVERDUE, 5),
        (clock(5, pause=(-4, 0)), NodeState.PAUSED, 0),
        (clock(5, warn=3, pause=(-4, -1)), NodeState.NORMAL, 0),
        (clock(5, warn=3, pause=(1, None)), NodeState.NORMAL, 0),
        (clock(5, certain=False, pause=(-1, None)), NodeState.PAUSED, 0),
    ],
)
def test_states(node: NodeClock, state: NodeState, late: int) -> None:
    assert state_of(node, DAY) is state
    assert overdue_days(node, DAY) == late


def by_table(node: NodeClock, as_of: str) -> str:
    """The decision table as it is documented: ISO texts, first matching line wins."""

    def text(day: date | None) -> str | None:
        return day.isoformat() if day is not None else None

    due, done, warn = text(node.due_on), text(node.done_on), text(node.warn_on)
    first, last = text(node.pause_from), text(node.pause_to)
    ended = done is not None and done <= as_of
    standing = first is not None and first <= as_of and (last is None or as_of <= last)
    lines = [
        (ended and due is not None and done is not None and done <= due, "按期完成"),
        (ended and not node.certain, "未知"),
        (ended and due is not None, "逾期完成"),
        (ended, "按期完成"),
        (
            standing and node.certain and due is not None and first is not None and due < first,
            "超期",
        ),
        (standing, "暂停"),
        (not node.certain, "未知"),
        (due is not None and due < as_of, "超期"),
        (warn is not None and warn <= as_of, "临期"),
        (True, "正常"),
    ]
    return next(state for holds, state in lines if holds)


def test_every_combination_follows_the_table() -> None:
    rng = random.Random(20170615)

    def some() -> int | None:
        return rng.choice((None, -3, -2, -1, 0, 1, 2, 3))

    for _ in range(20_000):
        first = some()
        last = None if first is None else rng.choice((None, first, first + 2))
        node = clock(
            some(),
            certain=rng.random() < 0.7,
            warn=some(),
            done=some(),
            pause=None if first is None else (first, last),
        )
        assert state_of(node, DAY).value == by_table(node, DAY.isoformat()), node


def test_unknown_is_never_green() -> None:
    for due in (-5, 0, 5):
        for done in (None, 6):
            state = state_of(clock(due, certain=False, done=done), DAY + timedelta(days=7))
            assert state not in (NodeState.NORMAL, NodeState.DONE, NodeState.DUE_SOON)
