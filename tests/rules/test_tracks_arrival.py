"""Late truth (X21): whatever the order in which a day's points arrive, there is one result.

EDESK_ARRIVALS sets how many random orders are played; 10,000 is the full measure.
"""

import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.rules.track_alarms import AlarmBook
from desktop.rules.track_picture import Picture
from desktop.rules.tracks import Point
from tests.rules.naive_tracks import Naive, naive
from tests.rules.track_days import DAY, FENCES, LIMITS, WATCHES, Drive, city_day, point

ARRIVALS = int(os.environ.get("EDESK_ARRIVALS", "12"))
DAY_POINTS = city_day(every=120.0)
TRUTH = naive(DAY_POINTS, LIMITS, FENCES, WATCHES)


def picture() -> Picture:
    return Picture(LIMITS, FENCES, WATCHES)


def assert_is(made: Picture, truth: Naive) -> None:
    for device in truth.points:
        assert made.points(device) == truth.points[device]
        assert made.line(device) == truth.lines[device]
        assert made.crossings(device) == truth.crossings[device]
    assert [alarm.key for alarm in made.alarms()] == sorted(
        (key for key in _keys(truth)), key=lambda key: (key[3], key)
    )


def _keys(truth: Naive) -> list[tuple[str, str, str, object]]:
    asked = {fence.id: fence.alarms for fence in FENCES}
    found = [
        (event.kind, event.fence, device, event.first.at)
        for device, events in truth.crossings.items()
        for event in events
        if event.kind in asked[event.fence]
    ]
    for watch, seen in truth.seen.items():
        found += [(one.kind, watch, one.first.device, one.first.at) for one in seen]
    return found


def test_the_day_is_hard_enough() -> None:
    """Otherwise the orders below would prove little."""
    kinds = {piece.kind for line in TRUTH.lines.values() for piece in line}
    assert kinds == {"trip", "stop", "unseen"}
    crossed = {event.kind for events in TRUTH.crossings.values() for event in events}
    assert crossed == {"enter", "leave", "inside", "outside"}
    assert all(TRUTH.seen[watch.id] for watch in WATCHES)
    believed = sum(map(len, TRUTH.points.values()))
    assert len(DAY_POINTS) > believed + 40


@pytest.mark.parametrize("part", range(5))
def test_random_orders_of_arrival_give_one_result(part: int) -> None:
    for number in range(part, ARRIVALS, 5):
        draw = random.Random(number)
        points = list(DAY_POINTS)
        draw.shuffle(points)
        if number % 3 == 1:  # nearly in order: a few come late
            points.sort(key=lambda p: p.at)
            for _ in range(40):
                points.append(points.pop(draw.randrange(len(points))))
        if number % 3 == 2:  # device by device, the newest first
            points.sort(key=lambda p: (p.device, -p.at.timestamp()))
        book = AlarmBook(made := picture())
        most = draw.choice((3, 30, 300))
        while points:
            batch = [points.pop() for _ in range(min(len(points), draw.randint(1, most)))]
            book.receive(batch, DAY)
        assert_is(made, TRUTH)
        assert {r.alarm.key for r in book.records if not r.corrected} == set(_keys(TRUTH))


steps = st.tuples(
    st.sampled_from(("car", "van", "truck")),
    st.integers(0, 240).map(lambda n: n * 40),
    st.sampled_from((0, 150, 190, 240, 2000, 2050, 40_000)),
    st.sampled_from((0, 60, 120, 500)),
    st.sampled_from(("gpsd", "traccar", "manual")),
    st.sampled_from((None, 4.0, 90.0, 400.0)),
)


@settings(max_examples=ARRIVALS * 2, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(steps, min_size=1, max_size=60), st.integers(1, 9), st.randoms(use_true_random=False)
)
def test_any_points_in_any_order_and_taken_out_again(
    told: list[tuple[str, int, int, int, str, float | None]], size: int, draw: random.Random
) -> None:
    points = [
        point(second, north, east, device, source=source, accuracy=accuracy)
        for device, second, north, east, source, accuracy in told
    ]
    truth = naive(points, LIMITS, FENCES, WATCHES)
    made = picture()
    draw.shuffle(points)
    for start in range(0, len(points), size):
        made.change(points[start : start + size])
    assert_is(made, truth)
    gone = [one for one in points if draw.random() < 0.4]
    made.change((), gone)
    left = list(points)
    for one in gone:
        left.remove(one)
    assert_is(made, naive(left, LIMITS, FENCES, WATCHES))


def long_day() -> list[Point]:
    """Ten hours of one point every ten seconds, with a trip and a stop in each."""
    drive = Drive("car", 10.0)
    for _ in range(10):
        drive.stand(1300).to(3000, 0).stand(1400).to(0, 0).stand(400)
    return drive.made


def test_a_late_point_redoes_its_hour_and_no_more() -> None:
    made, points = picture(), long_day()
    late = points.pop(1000)
    made.change(points)
    whole = made.redone
    made.change([late])
    assert made.redone - whole <= whole / 4  # two hours of ten, in each fold
    whole_day = picture()
    whole_day.change([*points, late])
    assert made.line("car") == whole_day.line("car")


def test_a_point_in_order_is_one_step_of_each_fold() -> None:
    made, points = picture(), long_day()
    last = points.pop()
    made.change(points)
    before = made.redone
    made.change([last])
    assert made.redone - before == 2 + len(FENCES) + len(WATCHES)
