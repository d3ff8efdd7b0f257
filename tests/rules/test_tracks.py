"""Which points of a device count: once, one at a time, the better source, nothing impossible."""

from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.rules.rule_files import RuleFileError
from desktop.rules.track_law import CODES, load_field_law
from desktop.rules.tracks import Jumps, Point, Selection, metres, metres_between
from resources import path as resource_path
from tests.rules.track_days import DAY, LIMITS, point


def chosen(points: list[Point]) -> list[Point]:
    selection = Selection(LIMITS)
    held: list[Point] = []
    for one in points:
        lost, found = selection.change([one])
        held = [p for p in held if p not in lost] + found
    return sorted(held, key=lambda p: p.at)


BETTER, WORSE = point(100, source="gpsd"), point(100, north=30)
CASES = {
    "copies": ([point(1), point(1), point(1, late_s=90_000)], [point(1)]),
    "equal times, better accuracy": (
        [point(1, north=9, accuracy=None), point(1, north=5, accuracy=8), point(1)],
        [point(1)],
    ),
    "equal times, nothing else apart": ([point(1, north=9), point(1, north=5)], [point(1, 5)]),
    "two sources at one time": ([WORSE, BETTER], [BETTER]),
    "two sources within the window": ([point(81), BETTER, point(120)], [BETTER]),
    "two sources outside of it": ([point(79), BETTER], [point(79), BETTER]),
    "a worse source stands aside for a better one only": (
        [point(100), point(110, source="manual"), point(125, source="nmea")],
        [point(100), point(125, source="nmea")],
    )
    if LIMITS.source_window < 25
    else ([], []),
    "a clock ahead": ([point(1), point(3600, late_s=-3500)], [point(1)]),
    "a clock a little ahead": ([point(1, late_s=-100)], [point(1)]),
    "a receiver of 2006": ([point(1, late_s=20 * 365 * 86_400)], []),
    "a day late": ([point(1, late_s=86_400)], [point(1)]),
    "a mast's guess": ([point(1, accuracy=900), point(30)], [point(30)]),
}


@pytest.mark.parametrize("case", CASES)
def test_whatever_the_order_the_same_points_count(case: str) -> None:
    points, wanted = CASES[case]
    for order in permutations(points):
        assert chosen(list(order)) == wanted


def test_what_is_taken_out_again_leaves_no_trace() -> None:
    selection = Selection(LIMITS)
    selection.change([point(90), point(100)])
    assert selection.change([BETTER]) == ([point(90), point(100)], [BETTER])
    assert selection.change([BETTER]) == ([], [])  # a copy
    assert selection.change([], [BETTER]) == ([], [])  # one of two copies
    assert selection.change([], [BETTER]) == ([BETTER], [point(90), point(100)])
    selection.change([point(5, late_s=-999)])
    assert selection.aside["ahead"] == 1


def test_a_wild_point_is_not_believed_and_three_that_agree_are() -> None:
    def kept(points: list[Point]) -> list[Point]:
        jumps, out = Jumps(LIMITS), list[Point]()
        state = jumps.start()
        for one in points:
            state = jumps.step(state, one, out)
        return out

    still = [point(second) for second in range(0, 60, 10)]
    wild = point(25, north=30_000)
    assert kept(sorted([*still, wild], key=lambda p: p.at)) == still
    elsewhere = [point(70 + second, north=30_000 + second) for second in (0, 10, 20, 30)]
    assert kept([*still, *elsewhere[:2]]) == still
    assert kept([*still, *elsewhere]) == [*still, *elsewhere]
    astray = [point(70, north=30_000), point(71, north=-30_000), point(72, north=60_000)]
    assert kept([*still, *astray]) == still  # three that do not agree


def test_distances_agree_with_degrees_of_the_earth() -> None:
    assert metres_between(0, 0, 1, 0) == pytest.approx(111_195, abs=1)
    assert metres_between(34.62, 112.45, 34.62, 113.45) == pytest.approx(91_505, abs=20)
    assert metres_between(0, 179.5, 0, -179.5) == pytest.approx(111_195, abs=1)
    assert metres(point(0), point(0, north=300, east=400)) == pytest.approx(500, abs=0.5)


def test_times_without_a_zone_are_refused() -> None:
    naive = datetime(2026, 3, 9, 8)  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="时区"):
        Point("car", "", naive, 1.0, 1.0, None, None, None, "gpsd", DAY)


def test_the_shipped_law_has_every_limit_dated_and_reasoned() -> None:
    law = load_field_law()
    assert {row.code for row in law.limits} == set(CODES)
    assert all(row.basis and row.confidence == "unconfirmed" for row in law.limits)
    with pytest.raises(UserError, match="没有现场定位的这些限值"):
        law.on(datetime(1999, 1, 1, tzinfo=DAY.tzinfo).date())


def test_a_second_version_counts_from_its_day(tmp_path: Path) -> None:
    text = resource_path("law/field.toml").read_text(encoding="utf-8")
    old = 'amount = 180\nunit = "second"\nvalid_from = 2017-01-01\n'
    assert text.count(old) == 1
    later = (
        '[[limit]]\ncode = "stop_time"\nname = "停车判定时间"\namount = 300\nunit = "second"\n'
        'valid_from = 2026-04-01\nbasis = "本院"\nconfidence = "unconfirmed"\n'
    )
    file = tmp_path / "field.toml"
    file.write_text(text.replace(old, old + "valid_to = 2026-03-31\n") + later, encoding="utf-8")
    law = load_field_law(file)
    march = DAY.date()
    assert (law.on(march).stop_time, law.on(march + timedelta(days=30)).stop_time) == (180, 300)
    clash = tmp_path / "clash.toml"
    clash.write_text(text + later, encoding="utf-8")
    with pytest.raises(RuleFileError, match="效力期间重叠"):
        load_field_law(clash)
    lame = tmp_path / "lame.toml"
    lame.write_text(text.replace('code = "gap"', 'code = "gab"'), encoding="utf-8")
    with pytest.raises(RuleFileError, match="缺少限值“gap”"):
        load_field_law(lame)
