"""The course of a feed: live only while new frames come, whatever a player says."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.feeds.course import LIMITS, Act, Course
from widgets.feeds.records import Cause, FeedState
from widgets.feeds.watch import line_url


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def live() -> tuple[Clock, Course]:
    clock = Clock()
    course = Course(clock)
    assert course.start() is Act.OPEN
    assert course.state is FeedState.OPENING
    course.frame(clock.now, 0)
    assert course.state is FeedState.LIVE
    return clock, course


def test_the_waits_grow_and_end_at_the_last() -> None:
    clock = Clock()
    course = Course(clock)
    course.start()
    waits = []
    for _ in range(len(LIMITS.waits) + 2):
        assert course.broke(Cause.CANNOT_OPEN) is Act.CLOSE
        waits.append(course.retry_in())
        clock.now += (course.retry_in() or 0) - 0.01
        assert course.tick() is Act.NONE
        clock.now += 0.02
        assert course.tick() is Act.OPEN
    assert waits == [*LIMITS.waits, LIMITS.waits[-1], LIMITS.waits[-1]]


def test_whoever_asks_is_tried_at_once_and_the_waits_begin_anew() -> None:
    clock = Clock()
    course = Course(clock)
    course.start()
    for _ in range(5):
        course.broke(Cause.CUT)
        clock.now += 60
        course.tick()
    course.broke(Cause.CUT)
    assert course.retry() is Act.OPEN
    course.broke(Cause.CUT)
    assert course.retry_in() == LIMITS.waits[0]


def test_a_picture_shown_again_is_not_a_new_one() -> None:
    clock, course = live()
    for _ in range(40):
        clock.now += 0.1
        course.frame(clock.now, 0)  # the same stamp again and again
        course.tick()
    assert course.state is FeedState.FROZEN
    assert course.last_at == 100.0


def test_a_frozen_line_is_given_up_and_keeps_its_moment() -> None:
    clock, course = live()
    clock.now += LIMITS.frozen_s + 0.1
    assert course.tick() is Act.NONE
    assert course.state is FeedState.FROZEN
    clock.now += LIMITS.dead_s
    assert course.tick() is Act.CLOSE
    assert (course.state, course.cause) == (FeedState.LOST, Cause.STOOD)
    assert course.last_at == 100.0


@pytest.mark.parametrize(
    ("step_s", "state"),
    [
        (5.0, FeedState.LIVE),  # the camera sent nothing, and goes on with the present
        (0.04, FeedState.OPENING),  # the picture after the last: five seconds old
        (3.5, FeedState.LIVE),  # a little behind
        (-60.0, FeedState.LIVE),  # the stream began to count anew
    ],
)
def test_what_was_held_up_is_not_taken_for_the_present(step_s: float, state: FeedState) -> None:
    clock, course = live()
    clock.now += 5.0
    course.tick()
    assert course.state is FeedState.FROZEN
    act = course.frame(clock.now, int(step_s * 1e6))
    assert course.state is state
    if state is FeedState.OPENING:
        assert act is Act.OPEN
        assert course.cause is Cause.BEHIND
        assert course.last_at == pytest.approx(100.0 + step_s)


def test_a_window_that_was_busy_does_not_blame_the_line() -> None:
    clock, course = live()
    clock.now += 5.0
    course.tick()
    assert course.state is FeedState.FROZEN  # nothing was heard for five seconds
    assert course.frame(100.08, 80_000, 100.08) is Act.NONE  # but it had come in time
    assert course.state is FeedState.FROZEN, "five seconds old is not the present"
    assert course.last_at == 100.08
    assert course.frame(clock.now, 5_000_000, clock.now) is Act.NONE
    assert course.state is FeedState.LIVE


def test_a_first_picture_that_waited_too_long_makes_nothing_live() -> None:
    clock = Clock()
    course = Course(clock)
    course.start()
    clock.now += 8.0
    course.frame(102.0, 0, 102.0)
    assert (course.state, course.last_at) == (FeedState.FROZEN, 102.0)
    clock.now += LIMITS.dead_s
    assert course.tick() is Act.CLOSE


def test_a_line_that_never_shows_a_picture_is_given_up() -> None:
    clock = Clock()
    course = Course(clock)
    course.start()
    clock.now += LIMITS.open_s + 0.1
    assert course.tick() is Act.CLOSE
    assert course.cause is Cause.NO_ANSWER
    assert course.last_at is None


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.floats(0.01, 40)),
        st.tuples(st.just("frame"), st.integers(-10, 200)),
        st.tuples(st.just("late"), st.floats(0.0, 1.0)),
        st.tuples(st.just("late"), st.floats(0.0, 20.0)),
        st.tuples(st.just("broke"), st.sampled_from([Cause.CUT, Cause.ENDED, Cause.FORMAT])),
        st.tuples(st.sampled_from(["start", "stop", "retry"]), st.none()),
    ),
    max_size=60,
)


@given(STEPS)
def test_live_means_a_new_frame_within_the_limit(steps: list[tuple[str, Any]]) -> None:
    """Whatever happens: live only shortly after a new frame, and a lost one is always tried."""
    clock = Clock()
    course = Course(clock)
    newest: float | None = None
    came = clock.now
    for what, value in steps:
        if what == "wait":
            clock.now += value
        elif what in ("frame", "late"):
            # A late one waited for the window, for some of the time since the one before.
            waited = float(value) * (clock.now - came) if what == "late" else 0.0
            stamp = int(value) * 40_000 if what == "frame" else int(clock.now * 1e6)
            before, came = course.last_at, clock.now - waited
            moment = came + 1e9
            course.frame(moment, stamp, came)
            if course.last_at == moment and before != moment:
                newest = came
        elif what == "broke":
            course.broke(Cause(str(value)))
        else:
            getattr(course, what)()
        course.tick()
        if course.state is FeedState.LIVE:
            assert newest is not None
            assert clock.now - newest <= LIMITS.frozen_s
        assert (course.retry_in() is not None) == (course.state is FeedState.LOST)
        assert course.last_at is None or course.last_at <= clock.now + 1e9


@pytest.mark.parametrize(
    ("url", "tries", "line"),
    [
        ("rtsp://10.0.0.5/door", 0, "rtsp://10.0.0.5/door?tcp"),
        ("rtsp://10.0.0.5/door", 1, "rtsp://10.0.0.5/door"),
        ("rtsp://10.0.0.5/door?ch=1", 0, "rtsp://10.0.0.5/door?ch=1&tcp"),
        ("http://10.0.0.5/door", 0, "http://10.0.0.5/door"),
        ("rtsp://a:b%40c@10.0.0.5/door", 1, "rtsp://a:b%40c@10.0.0.5/door"),
    ],
)
def test_rtsp_is_tried_over_one_line_first(url: str, tries: int, line: str) -> None:
    assert line_url(url, tries) == line
