"""Trips, stops and what was not seen; fences; use orders; freshness: tables of cases."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.errors import UserError
from desktop.rules.fences import Crossings, Fence, FenceEvent
from desktop.rules.freshness import freshness
from desktop.rules.track_law import load_field_law
from desktop.rules.tracks import Point
from desktop.rules.trips import Stretch, Trips, Use, use_of
from tests.rules.track_days import DAY, LIMITS, Drive, place, point


def line(points: list[Point]) -> list[Stretch]:
    trips, out = Trips(LIMITS), list[Stretch]()
    state = trips.start()
    for one in points:
        state = trips.step(state, one, out)
    return [*out, *trips.finish(state)]


def told(points: list[Point]) -> list[tuple[str, float, float]]:
    return [
        (one.kind, (one.start.at - DAY).total_seconds(), (one.end.at - DAY).total_seconds())
        for one in line(points)
    ]


def drive(every: float = 10.0) -> Drive:
    return Drive("car", every)


DAYS = {
    "nothing": ([], []),
    "one point": ([point(0)], []),
    "stands": (drive().stand(600).made, [("stop", 0, 590)]),
    "drives": (drive().to(6000, 0).made, [("trip", 0, 490)]),
    "a wait at a crossing is no stop": (
        drive().to(2400, 0).stand(120).to(4800, 0).made,
        [("trip", 0, 510)],
    ),
    "a stop between two trips": (
        drive().to(2400, 0).stand(600).to(4800, 0).made,
        [("trip", 0, 200), ("stop", 200, 800), ("trip", 800, 990)],
    ),
    "one drift does not end a stop": (
        [*drive().stand(600).made, point(600, north=90), *Drive("car", 10, 610).stand(300).made],
        [("stop", 0, 900)],
    ),
    "a parked car may sleep": (
        drive().stand(600).silent(7200).stand(600).made,
        [("stop", 0, 8390)],
    ),
    "a hole on the way is unseen": (
        drive().to(2400, 0).silent(1800).to(4800, 0).made,
        [("trip", 0, 190), ("unseen", 190, 2000), ("trip", 2000, 2190)],
    ),
    "woken up elsewhere": (
        [*drive().stand(600).made, *Drive("car", 10, 4000, north=9000).stand(600).made],
        [("stop", 0, 590), ("unseen", 590, 4000), ("stop", 4000, 4590)],
    ),
}


@pytest.mark.parametrize("day", DAYS)
def test_the_time_line_of_a_day(day: str) -> None:
    points, wanted = DAYS[day]
    assert told(points) == wanted


def test_a_way_is_measured_and_a_sleep_is_told() -> None:
    trip, stop, _ = line(drive().to(2400, 0).stand(600).to(4800, 0).made)
    assert trip.distance_cm == pytest.approx(240_000, rel=0.001)
    assert (stop.distance_cm, stop.unseen_s) == (0, 0)
    (slept,) = line(drive().stand(600).silent(7200).stand(600).made)
    assert slept.unseen_s == 7210
    assert slept.going_on


@given(
    st.lists(
        st.tuples(st.integers(1, 1200), st.integers(-150, 150), st.integers(-150, 150)),
        min_size=2,
        max_size=60,
    )
)
def test_the_time_line_has_no_hole_and_no_overlap(steps: list[tuple[int, int, int]]) -> None:
    second, north, east, points = 0, 0, 0, [point(0)]
    for wait, dn, de in steps:
        second, north, east = second + wait, north + dn, east + de
        points.append(point(second, north, east))
    pieces = line(points)
    assert pieces[0].start == points[0]
    for one, other in pairwise(pieces):
        assert one.end == other.start
        assert one.start.at < one.end.at
        assert not one.going_on


RING = Fence("yard", "仓库", (place(0, 0),), 200.0)
SQUARE = Fence(
    "yard", "仓库", (place(-200, -200), place(200, -200), place(200, 200), place(-200, 200))
)


def events(points: list[Point], fence: Fence) -> list[tuple[str, float | None, float, float]]:
    crossings, out = Crossings(fence, LIMITS), list[FenceEvent]()
    state = crossings.start()
    for one in points:
        state = crossings.step(state, one, out)

    def second(one: Point | None) -> float | None:
        return None if one is None else (one.at - DAY).total_seconds()

    return [(e.kind, second(e.before), second(e.first), second(e.confirmed)) for e in out]


@pytest.mark.parametrize("fence", [RING, SQUARE], ids=["circle", "polygon"])
def test_entering_and_leaving_bear_the_time_they_began(fence: Fence) -> None:
    points = drive().stand(100).to(1000, 0, 10).stand(100).to(0, 0, 10).stand(100).made
    assert events(points, fence) == [
        ("inside", None, 0, 30),
        ("leave", 110, 130, 190),
        ("enter", 370, 390, 420),
    ]  # the point at 200 m may be on either side: it says nothing


def test_who_only_grazes_a_fence_neither_enters_nor_leaves() -> None:
    outside = Drive("car", 10, north=400).stand(200).made
    inside = [point(200, north=100), point(210, north=100)]
    after = Drive("car", 10, 220, north=400).stand(200).made
    assert [kind for kind, *_ in events([*outside, *inside, *after], RING)] == ["outside"]
    staying = [*inside, point(220, north=100), point(230, north=100)]
    later = Drive("car", 10, 240, north=400).stand(200).made
    found = [kind for kind, *_ in events([*outside, *staying, *later], RING)]
    assert found == ["outside", "enter", "leave"]


def test_a_rough_point_says_nothing_at_the_border() -> None:
    rough = [point(second, north=230, accuracy=60) for second in range(100, 400, 10)]
    assert [k for k, *_ in events([*drive().stand(100).made, *rough], RING)] == ["inside"]


def test_a_fence_counts_from_when_until_when() -> None:
    hour = Fence(
        "yard",
        "仓库",
        RING.corners,
        200.0,
        since=DAY + timedelta(seconds=500),
        until=DAY + timedelta(1),
    )
    points = drive().stand(400).to(1000, 0, 10).stand(400).made
    assert events(points, hour) == [("outside", None, 500, 560)]


def test_a_polygon_may_be_hollow() -> None:
    hook = Fence(
        "hook",
        "院",
        (
            place(0, 0),
            place(300, 0),
            place(300, 300),
            place(200, 300),
            place(200, 100),
            place(0, 100),
        ),
    )
    cases = {(150, 50): True, (250, 250): True, (100, 250): False, (250, 50): True, (-5, 50): False}
    assert {at: hook.depth(*place(*at)) > 0 for at in cases} == cases
    assert hook.depth(*place(250, 200)) == pytest.approx(50, abs=0.5)
    assert hook.depth(*place(100, 250)) == pytest.approx(-100, abs=0.5)
    with pytest.raises(UserError, match="三个顶点"):
        Fence("x", "线", (place(0, 0), place(1, 1)))


def test_a_trip_belongs_to_the_order_that_covers_most_of_it() -> None:
    (trip,) = line(drive().to(6000, 0).made)

    def use(name: str, since: int, until: int, device: str = "car") -> Use:
        ends = (DAY + timedelta(seconds=second) for second in (since, until))
        return Use(name, device, name, *ends)

    early, late = use("early", -3600, 100), use("late", 100, 3600)
    assert use_of(trip, [early, late]) == late
    assert use_of(trip, [late, early]) == late
    assert use_of(trip, [use("other", -3600, 3600, "van"), use("next day", 86_400, 90_000)]) is None


def test_a_position_fades_by_age_source_and_accuracy() -> None:
    law = load_field_law()

    def at(age: float, source: str = "gpsd", accuracy: float | None = 5.0) -> tuple[str, int]:
        shown = freshness(
            point(0, source=source, accuracy=accuracy), DAY + timedelta(seconds=age), law
        )
        return shown.state, shown.opacity

    assert [at(age)[0] for age in (-60, 0, 10, 11, 120, 121, 3600, 3601)] == [
        *("ahead", "fresh", "fresh", "fading", "fading", "stale", "stale", "gone")
    ]
    assert at(50, "traccar") == ("fresh", 100)
    assert at(50, "a source of next year")[0] == "fresh"  # like a report by hand
    assert at(0, accuracy=80.0) == ("fading", 70)
    shades = [at(age)[1] for age in range(0, 4000, 5)]
    assert shades == sorted(shades, reverse=True)
    assert {shades[0], shades[-1]} == {100, 15}
    said = freshness(point(0, accuracy=None, late_s=86_400), DAY + timedelta(days=1), law)
    assert said.sentence == "仅为最后已知位置，1 天前，车辆终端（Traccar），未报精度"
