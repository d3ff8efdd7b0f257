"""The mathematics of the map."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.map.mercator import (
    LATITUDE_MAX,
    Box,
    Tile,
    distance_m,
    metres_per_pixel,
    round_length,
    scale_of,
    tiles_in,
    to_degrees,
    to_world,
    zoom_to_fit,
)
from widgets.map.viewport import ZOOM_LEAST, ZOOM_MOST, Viewport

longitudes = st.floats(-180, 180)
latitudes = st.floats(-85.0, 85.0)
zooms = st.floats(ZOOM_LEAST, ZOOM_MOST)
units = st.floats(0.01, 0.99)


@pytest.mark.parametrize(
    ("longitude", "latitude", "x", "y"),
    [
        (0, 0, 0.5, 0.5),
        (-180, LATITUDE_MAX, 0, 0),
        (180, -LATITUDE_MAX, 1, 1),
        (0, 90, 0.5, 0),
        # EPSG:3857 of 120° E 30° N is 13 358 338.90, 3 503 549.84 m of ±20 037 508.34 m.
        (120, 30, 0.5 + 13358338.895 / 40075016.686, 0.5 - 3503549.844 / 40075016.686),
    ],
)
def test_known_places(longitude: float, latitude: float, x: float, y: float) -> None:
    assert to_world(longitude, latitude) == pytest.approx((x, y), abs=1e-9)


@given(longitudes, latitudes)
def test_there_and_back(longitude: float, latitude: float) -> None:
    back = to_degrees(*to_world(longitude, latitude))
    assert back == pytest.approx((longitude, latitude), abs=1e-9)


@given(latitudes, latitudes)
def test_farther_north_is_higher_up(first: float, second: float) -> None:
    if second - first > 1e-9:
        assert to_world(0, second)[1] < to_world(0, first)[1]


@given(st.floats(-180, 179.999), latitudes, st.integers(0, 22))
def test_each_place_is_in_the_one_tile_that_is_asked_for(
    longitude: float, latitude: float, zoom: int
) -> None:
    x, y = to_world(longitude, latitude)
    found = list(tiles_in(Box(x, y, x, y), zoom))
    assert len(found) == 1
    assert found[0].box.grown(1e-12).holds(Box(x, y, x, y))
    for steps in range(zoom + 1):
        above = found[0].ancestor(steps)
        assert above.zoom == zoom - steps
        assert above.box.grown(1e-12).holds(found[0].box)


def test_there_is_nothing_above_the_top_and_rows_of_mbtiles_count_from_the_south() -> None:
    with pytest.raises(ValueError, match="ancestor"):
        Tile(2, 0, 0).ancestor(3)
    assert [Tile(2, 0, row).tms_row for row in range(4)] == [3, 2, 1, 0]


def test_tiles_end_with_the_world() -> None:
    assert len(list(tiles_in(Box(-5, -5, 5, 5), 2))) == 16
    assert list(tiles_in(Box(2, 2, 3, 3), 4)) == []


@given(latitudes, st.floats(0, 19))
def test_a_pixel_is_as_long_as_the_sphere_says(latitude: float, zoom: float) -> None:
    x, y = to_world(10, latitude)
    step = 1 / scale_of(zoom + 8)  # short enough to be straight
    east = to_degrees(x + step, y)
    measured = distance_m((10, latitude), east) * 256
    assert measured == pytest.approx(metres_per_pixel(latitude, zoom), rel=0.002)


def test_a_degree_of_latitude_is_111_km() -> None:
    assert distance_m((112, 34), (112, 35)) == pytest.approx(111_195, rel=1e-4)
    assert distance_m((112, 34), (112, 34)) == 0


@given(zooms, zooms, units, units, st.floats(0, 1900), st.floats(0, 1000))
def test_what_is_under_the_mouse_stays_there_when_zooming(
    zoom: float, other: float, x: float, y: float, left: float, top: float
) -> None:
    view = Viewport(x, y, zoom, 1920, 1080)
    after = view.zoomed(other, left, top)
    assert after.place(*view.world(left, top)) == pytest.approx((left, top), abs=1e-3)


@given(zooms, units, units, st.floats(-3000, 3000), st.floats(-3000, 3000))
def test_pixels_and_world_are_inverse(
    zoom: float, x: float, y: float, left: float, top: float
) -> None:
    view = Viewport(x, y, zoom, 800, 600)
    assert view.place(*view.world(left, top)) == pytest.approx((left, top), abs=1e-4)
    moved = view.moved(left, top)
    assert moved.place(*view.world(400 + left, 300 + top)) == pytest.approx((400, 300), abs=1e-4)


@given(units, units, st.floats(1e-6, 0.2), st.floats(1e-6, 0.2))
def test_what_is_fitted_is_in_sight_and_fills_it(
    x: float, y: float, wide: float, high: float
) -> None:
    box = Box(x, y, x + wide, y + high)
    view = Viewport(0.5, 0.5, 4, 900, 700).fitted(box, 50, most=19)
    if view.zoom > ZOOM_LEAST:
        assert view.box.grown(1e-9).holds(box)
    if ZOOM_LEAST < view.zoom < 19:
        share = max(wide * view.scale / 800, high * view.scale / 600)
        assert share == pytest.approx(1, rel=1e-6)
    assert zoom_to_fit(Box(x, y, x, y), 100, 100, most=7) == 7


@given(st.floats(1e-3, 1e7))
def test_lengths_of_the_scale_are_round(most: float) -> None:
    length = round_length(most)
    assert length <= most * (1 + 1e-12)
    assert length * 2.5 >= most * (1 - 1e-9)
    digits = length / 10 ** math.floor(math.log10(length) + 1e-9)
    assert any(digits == pytest.approx(step) for step in (1, 2, 5))


def test_nobody_loses_the_map() -> None:
    land = Box(0.4, 0.4, 0.6, 0.6)
    held = Viewport(0.9, 0.1, 5, 100, 100).held(land)
    assert (held.x, held.y) == (0.6, 0.4)
