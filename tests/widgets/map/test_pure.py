"""Thinning, grouping and placing."""

import math
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from widgets.map.clusters import clusters
from widgets.map.placing import Room
from widgets.map.simplify import keep_until, thinned

coordinates = st.floats(-100, 100).map(lambda n: round(n, 3))
lines = st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=60)
pixels = st.floats(-50, 900)


def _away(point: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    across, down = b[0] - a[0], b[1] - a[1]
    square = across**2 + down**2
    share = ((point[0] - a[0]) * across + (point[1] - a[1]) * down) / square if square else 0
    share = max(0.0, min(1.0, share))
    return math.hypot(point[0] - a[0] - share * across, point[1] - a[1] - share * down)


@given(lines, st.floats(0, 50))
def test_no_dropped_point_lies_farther_from_the_thin_line_than_allowed(
    line: list[tuple[float, float]], tolerance: float
) -> None:
    kept = keep_until(line)
    stays = [n for n, until in enumerate(kept) if until > tolerance]
    assert stays[0] == 0
    assert stays[-1] == len(line) - 1
    for first, last in pairwise(stays):
        for between in range(first + 1, last):
            assert _away(line[between], line[first], line[last]) <= tolerance + 1e-9
    flat = thinned(line, kept, tolerance)
    assert list(flat) == [number for n in stays for number in line[n]]


@given(lines, st.floats(0, 50), st.floats(0, 50))
def test_a_coarser_line_has_no_point_that_the_finer_one_lacks(
    line: list[tuple[float, float]], first: float, second: float
) -> None:
    kept = keep_until(line)
    fine, coarse = min(first, second), max(first, second)
    assert {n for n, k in enumerate(kept) if k > coarse} <= {
        n for n, k in enumerate(kept) if k > fine
    }


@given(st.lists(st.tuples(pixels, pixels), max_size=60), st.floats(2, 80), st.data())
def test_each_mark_is_in_one_group_and_firsts_do_not_cover_each_other(
    places: list[tuple[float, float]], reach: float, data: st.DataObject
) -> None:
    alone = frozenset(data.draw(st.sets(st.integers(0, max(0, len(places) - 1)), max_size=3)))
    groups = clusters(places, reach, alone)
    assert sorted(n for group in groups for n in group) == list(range(len(places)))
    for group in groups:
        for other in group:
            assert math.dist(places[group[0]], places[other]) <= reach + 1e-9
        if set(group) & alone:
            assert len(group) == 1
    firsts = [group[0] for group in groups if group[0] not in alone]
    for one, other in combinations(firsts, 2):
        assert math.dist(places[one], places[other]) > reach - 1e-9


rects = st.tuples(pixels, pixels, st.floats(1, 150), st.floats(1, 40)).map(
    lambda r: (r[0], r[1], r[0] + r[2], r[1] + r[3])
)


@given(st.lists(rects, max_size=40))
def test_names_never_overlap_and_one_is_refused_only_for_another(
    wanted: list[tuple[float, float, float, float]],
) -> None:
    room = Room()
    taken: list[tuple[float, float, float, float]] = []
    for rect in wanted:
        covers = any(
            a[0] < rect[2] and rect[0] < a[2] and a[1] < rect[3] and rect[1] < a[3] for a in taken
        )
        assert room.take_if_free(rect) is not covers
        if not covers:
            taken.append(rect)


def test_the_first_free_side_is_taken() -> None:
    room = Room()
    room.take((0, 0, 10, 10))
    assert room.first_free([(5, 5, 20, 20), (10, 0, 20, 10), (30, 0, 40, 10)]) == (10, 0, 20, 10)
    assert room.first_free([(5, 5, 20, 20)]) is None
