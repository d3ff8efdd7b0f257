"""Charts: bars are as long as their numbers, words stand clear of one another, nothing is cut."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.circulars.charts.labels import Box, Wanted, placed, spread
from desktop.circulars.charts.scale import Scale, ticks
from desktop.circulars.geometry import MM
from desktop.circulars.official import (
    Axis,
    Bars,
    Chart,
    Dot,
    Funnel,
    Limit,
    Lines,
    Paragraph,
    Series,
)
from desktop.circulars.pages import write_official
from desktop.errors import UserError
from tests.circulars.measuring import area_of, circular, rows_of, text_of
from tests.circulars.test_typefaces import NOWHERE

COURTS = tuple(f"{name}法院" for name in "瀍老西涧洛偃孟新宜伊汝嵩栾宁高龙滨中")
COUNTS = tuple(float(n * 37 % 101) for n in range(len(COURTS)))
RATES = tuple(n * 7 % 13 + 0.5 for n in range(len(COURTS)))
CASES, RATE = Axis("件数（件）"), Axis("超期率（%）", 1, "%")
UPRIGHT = Chart("图1　件数", Bars(COURTS, (Series("件数", COUNTS),)), CASES, Axis("法院"))
LYING = Chart("图2　超期率", Bars(COURTS, (Series("超期率", RATES),), upright=False), RATE)
PAIR = replace(
    UPRIGHT, plot=Bars(COURTS, (Series("应办结", COUNTS), Series("已办结", COUNTS[::-1])))
)
WEEKS = tuple(f"第{n}周" for n in range(1, 41))
TREND = Chart(
    "图3　化解率",
    Lines(
        WEEKS,
        (
            Series("化解率", tuple(90 + n % 5 for n in range(40))),
            Series("上年同期", tuple(None if n == 7 else 91 + n % 4 for n in range(40))),
            Series("目标", (93.9,) * 40),
        ),
    ),
    Axis("化解率（%）", 1, "%"),
    Axis("周次"),
)
CURVE = tuple((float(n), 90 - 120 / n**0.5, 90 + 60 / n**0.5) for n in range(40, 401, 10))
FUNNEL = Chart(
    "图4　化解率控制图",
    Funnel(
        tuple(
            Dot(name, 50 + n * 19, 62.0 if n % 3 == 0 else 89.0, n % 3 == 0)
            for n, name in enumerate(COURTS)
        ),
        90.0,
        "全市",
        (Limit("95%控制限", CURVE), Limit("99.8%控制限", CURVE)),
    ),
    Axis("化解率（%）", 1, "%"),
    Axis("件数（件）"),
)


@pytest.fixture
def page(tmp_path: Path) -> Callable[[Chart], Any]:
    def made(chart: Chart) -> Any:
        document = circular(body=(*[Paragraph("甲")] * 14, chart), record=None)
        with pdfplumber.open(write_official(document, tmp_path / "a.pdf")) as read:
            (found,) = [one for one in read.pages if chart.caption in text_of(one.chars)]
            assert found.rects is not None
            return found

    return made


def _small(page: Any) -> list[Any]:
    """Words of the chart."""
    return [char for char in page.chars if 6.9 <= round(char["size"], 1) <= 9]


def test_bars_are_as_long_as_their_numbers_and_bear_them(page: Callable[[Chart], Any]) -> None:
    read = page(UPRIGHT)
    bars = sorted((one for one in read.rects if one["height"] > 0), key=lambda one: one["x0"])
    known = [value for value in COUNTS if value]
    assert len(bars) == len(known)
    per = bars[1]["height"] / known[1]
    assert [bar["height"] for bar in bars] == pytest.approx([per * v for v in known], abs=0.05)
    assert max(bar["bottom"] for bar in bars) == min(bar["bottom"] for bar in bars)
    for bar, value in zip(bars, known, strict=True):
        above = [
            char
            for char in _small(read)
            if bar["x0"] - 4 < char["x0"] < bar["x1"] + 4 and 0 < bar["top"] - char["bottom"] < 6
        ]
        assert text_of(above) == f"{value:.0f}"
    lying = page(LYING)
    bars = sorted(lying.rects, key=lambda one: one["top"])
    assert len(bars) == len(RATES)
    per = bars[0]["width"] / RATES[0]
    assert [bar["width"] for bar in bars] == pytest.approx([per * v for v in RATES], abs=0.05)
    for bar, value, name in zip(bars, RATES, COURTS, strict=True):
        row = [
            c
            for c in _small(lying)
            if bar["top"] - 4 < c["top"] and c["bottom"] < bar["bottom"] + 4
        ]
        words = text_of(sorted(row, key=lambda one: one["x0"]))
        assert words == f"{name}{value:.1f}%"
        assert next(c["x0"] for c in row if c["text"].isdigit()) > bar["x1"]


def test_an_unknown_number_is_no_nought(page: Callable[[Chart], Any]) -> None:
    series = Series("件数", (None, 0.0, 5.0))
    read = page(replace(UPRIGHT, plot=Bars(("甲", "乙", "丙"), (series,))))
    assert text_of(_small(read)).count("—") == 1
    # Where numbers run upwards, a dash does not: it would be a stroke.
    one = tuple(value * 1_000 for value in COUNTS)
    two = (*one[:-1], None)
    read = page(replace(UPRIGHT, plot=Bars(COURTS, (Series("甲", one), Series("乙", two)))))
    dashes = [char for char in read.chars if char["text"] == "—" and char["size"] < 10]
    assert [char["upright"] for char in dashes] == [True]
    turned = [char["text"] for char in read.chars if not char["upright"]]
    assert "".join(turned).count("000") >= len(COUNTS)


@pytest.mark.parametrize("chart", [UPRIGHT, LYING, PAIR, TREND, FUNNEL])
def test_words_stand_clear_of_one_another_and_inside_the_type_area(
    page: Callable[[Chart], Any], chart: Chart
) -> None:
    read = page(chart)
    chars = _small(read)
    assert min(char["x0"] for char in chars) / MM > 28 - 0.1
    assert max(char["x1"] for char in chars) / MM < 184 + 0.1
    assert {"Fang" in char["fontname"] or "Han" in char["fontname"] for char in chars} == {True}
    for one, other in combinations(chars, 2):
        a, b = (
            Box(c["x0"] + 0.3, c["top"] + 1.5, c["x1"] - 0.3, c["bottom"] - 1.5)
            for c in (one, other)
        )
        assert not a.meets(b), (one["text"], other["text"])
    told = text_of(read.chars)
    if isinstance(chart.plot, Funnel):
        for dot in chart.plot.dots:
            assert (dot.name in told) is dot.outside
    if isinstance(chart.plot, Lines):
        assert chart.plot.labels[-1] in told  # the newest week is never thinned out


def test_a_chart_is_one_piece_with_its_caption_wherever_it_falls(tmp_path: Path) -> None:
    for before in range(1, 24, 2):
        made = circular(body=(*[Paragraph("甲")] * before, LYING, Paragraph("乙")), record=None)
        with pdfplumber.open(write_official(made, tmp_path / "a.pdf")) as read:
            (found,) = [one for one in read.pages if one.rects]
            assert len(found.rects) == len(COURTS)
            rows = area_of(found)
            (caption,) = [base for base, row in rows.items() if text_of(row) == LYING.caption]
            assert caption > max(one["bottom"] for one in found.rects) / MM
            lines = [
                base
                for page in read.pages
                for base, row in rows_of(page).items()
                if text_of(row) == "乙"
            ]
            first = 37 + (225 / 22 - 16 / MM) / 2 + 0.88 * 16 / MM
            away = (lines[0] - first) / (225 / 22)
            assert away == pytest.approx(round(away), abs=0.02)  # on the lines of the page again


def test_series_differ_in_print_without_colour(tmp_path: Path) -> None:
    series = tuple(Series(str(n), (4.0, 5.0, 6.0)) for n in range(4))
    chart = Chart("图", Bars(("甲", "乙", "丙"), series), CASES)
    made = circular(body=(*[Paragraph("甲")] * 14, chart), record=None)
    with pdfplumber.open(write_official(made, tmp_path / "a.pdf")) as read:
        (page,) = [one for one in read.pages if one.rects]
        grey = page.to_image(resolution=200).original.convert("L")
        bars = [one for one in page.rects if one["height"] > 30][:4]
        shades = []
        for bar in bars:
            box = [round(bar[edge] / 72 * 200) for edge in ("x0", "top", "x1", "bottom")]
            inside = grey.crop((box[0] + 3, box[1] + 3, box[2] - 3, box[3] - 3))
            values = inside.tobytes()
            shades.append((sum(values) / len(values), max(values) - min(values)))
    assert len(shades) == 4
    for (mean, range_), (other, other_range) in combinations(shades, 2):
        assert abs(mean - other) > 25 or abs(range_ - other_range) > 60  # darkness, or hatching


def test_charts_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    short = Series("甲", (1.0,))
    for plot in (Bars(("甲", "乙"), (short,)), Lines(("甲", "乙"), (short,))):
        with pytest.raises(ValueError, match="as long as"):
            write_official(circular(body=(replace(UPRIGHT, plot=plot),)), tmp_path / "a.pdf")
    five = Bars(("甲",), (short,) * 5)
    with pytest.raises(ValueError, match="apart"):
        write_official(circular(body=(replace(UPRIGHT, plot=five),)), tmp_path / "a.pdf")
    many = Bars(("甲",) * 90, (Series("甲", (1.0,) * 90),), upright=False)
    with pytest.raises(UserError, match="类别过多"):
        write_official(circular(body=(replace(UPRIGHT, plot=many),)), tmp_path / "a.pdf")
    bad = replace(UPRIGHT, plot=Bars((NOWHERE,), (short,)))
    with pytest.raises(UserError, match=r"正文第 1 段图.*U\+10FFFD"):
        write_official(circular(body=(bad,)), tmp_path / "a.pdf")


@pytest.mark.parametrize(
    "plot",
    [
        Bars((), ()),
        Bars(("甲",), (Series("乙", (None,)),)),
        Bars(("甲", "乙"), (Series("丙", (-3.0, 4.0)),)),
        Bars(("甲", "乙"), (Series("丙", (-3.0, 4.0)),), upright=False),
        Bars(tuple("很长很长的法院名称" * 4 for _ in range(30)), (Series("丙", (123456.0,) * 30),)),
        Bars(("很长的法院名称" * 9,), (Series("丙", (0.0,)),), upright=False),
        Lines((), ()),
        Lines(("甲",), (Series("乙", (None,)),)),
        Funnel((), 50.0, "全市", ()),
        Funnel((Dot("甲", 0.0, 50.0, True),), 50.0, "全市", (Limit("限", ()),)),
    ],
)
def test_edges_of_what_there_is_to_tell_are_drawn(
    page: Callable[[Chart], Any], plot: Bars | Lines | Funnel
) -> None:
    chars = _small(page(replace(UPRIGHT, plot=plot)))
    assert all(char["x0"] > 28 * MM - 1 and char["x1"] < 184 * MM + 1 for char in chars)


@given(
    st.lists(st.floats(-1e5, 1e5), max_size=8), st.integers(0, 3), st.booleans(), st.integers(3, 8)
)
def test_ticks_are_few_round_and_hold_all_numbers(
    values: list[float], digits: int, from_zero: bool, most: int
) -> None:
    found = ticks(values, digits=digits, from_zero=from_zero, most=most)
    assert 2 <= len(found) <= most + 1
    steps = [b - a for a, b in pairwise(found)]
    assert steps == pytest.approx([steps[0]] * len(steps))
    assert steps[0] >= 10.0**-digits * (1 - 1e-6)
    close = steps[0] * 1e-6
    assert all(found[0] - close <= value <= found[-1] + close for value in values)
    if from_zero:
        assert any(abs(tick) < close for tick in found)
    scale = Scale(tuple(found), 100.0, 20.0)
    assert (scale.at(found[0]), scale.at(found[-1])) == pytest.approx((100, 20))


def test_a_number_that_rounds_to_nothing_has_no_sign() -> None:
    assert [Axis("", 1, "%").number(v) for v in (-0.04, -0.06, 7.25)] == ["0.0%", "-0.1%", "7.2%"]


@given(
    st.lists(
        st.tuples(st.floats(30, 370), st.floats(20, 280), st.floats(20, 70)),
        max_size=14,
        unique_by=lambda one: (round(one[0] / 7), round(one[1] / 7)),
    )
)
def test_labels_find_places_of_their_own(dots: list[tuple[float, float, float]]) -> None:
    wanted = [Wanted(x, y, wide, 10) for x, y, wide in dots]
    taken = [Box(x - 3, y - 3, x + 3, y + 3) for x, y, _ in dots]
    area = Box(0, 0, 400, 300)
    found = placed(wanted, taken, area)
    assert all(box.within(area) for box in found)
    assert not [1 for a, b in combinations(found, 2) if a.meets(b)]
    assert not [1 for a in found for b in taken if a.meets(b)]


@given(st.lists(st.floats(0, 200), max_size=12))
def test_names_of_lines_are_moved_apart_in_their_order(middles: list[float]) -> None:
    found = spread(middles, 10, -5, 205)
    order = sorted(range(len(middles)), key=lambda n: (middles[n], n))
    for above, below in pairwise(order):
        assert found[below] - found[above] >= 10 - 1e-6
    assert all(0 - 1e-6 <= middle <= 200 + 1e-6 for middle in found)
