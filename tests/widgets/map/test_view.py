"""What is painted and when: real widgets, pixels read back."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.widgets.map.conftest import Paints
from tests.widgets.map.looking import (
    BASE,
    MIDDLE,
    A,
    B,
    C,
    Settled,
    colors,
    look_at,
    pictured,
    pixel,
)
from widgets.map import Fence, MapView, Trail, UnitMark, canvas
from widgets.map.mercator import distance_m
from widgets.map.placing import Room
from widgets.states import state_color
from widgets.theme import apply_theme, contrast, current_theme, load_theme

# Painting only when something changed -----------------------------------------------------------


def test_nothing_is_painted_when_nothing_changed(
    shown: MapView, paints: Paints, settled: Settled, qtbot: QtBot
) -> None:
    shown.set_units([A, B, C])
    settled(shown)
    before = paints.count
    shown.set_units([A, replace(B), C])
    shown.set_trails([])
    shown.select("")
    assert not shown.canvas._timer.isActive()
    assert paints.count == before
    with qtbot.waitSignal(shown.canvas._timer.timeout):
        shown.set_units([A, replace(B, longitude=112.5), C])
    qtbot.waitUntil(lambda: paints.count > before)
    settled(shown)
    assert paints.count == before + 1


def test_many_changes_make_one_picture(shown: MapView, paints: Paints, settled: Settled) -> None:
    shown.set_units([A])
    settled(shown)
    before = paints.count
    for step in range(50):
        shown.set_units([replace(A, longitude=112.44 + step / 1e4)])
    settled(shown)
    assert before < paints.count <= before + 2


def test_a_hidden_map_paints_nothing_and_shows_the_latest_when_seen_again(
    shown: MapView, paints: Paints, settled: Settled
) -> None:
    look_at(shown)
    shown.set_units([A])
    settled(shown)
    shown.hide()
    before = paints.count
    for step in range(20):
        shown.set_units([replace(A, longitude=112.46 + step / 1e3)])
        shown.open_base(BASE)
        shown.set_fences([Fence("f", f"{step}", [MIDDLE], 500)])
        assert not shown.canvas._timer.isActive()
        QApplication.processEvents()
    assert not shown.canvas._timer.isActive()
    assert not shown.canvas._slices.isActive()
    assert paints.count == before
    shown.show()
    look_at(shown)
    settled(shown)
    assert paints.count > before
    place = shown.canvas.units.place_of("a")
    assert place is not None
    assert (place.x, place.y) == pytest.approx(shown.canvas.view.place_of(112.479, 34.62))


def test_a_picture_in_the_making_rests_while_hidden(
    shown: MapView, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canvas, "_FIRST_SLICE_S", 0.0)
    monkeypatch.setattr(canvas, "_SLICE_S", 0.0)
    shown.open_base(BASE)
    shown.canvas.repaint()
    assert shown.canvas._slices.isActive()
    shown.hide()
    assert not shown.canvas._slices.isActive()
    assert shown.canvas._ground.at_work
    shown.show()
    settled(shown)
    assert not shown.canvas._ground.at_work


def test_only_what_differs_costs_work(shown: MapView) -> None:
    units = shown.canvas.units
    many = [replace(A, id=f"u{n}", longitude=112 + n / 1000) for n in range(500)]
    assert units.set_units(many) == 500
    held = dict(units._held)
    assert units.set_units([replace(mark) for mark in many]) == 0
    many[7] = replace(many[7], latitude=34.7)
    assert units.set_units(many[:-1]) == 2  # one moved, one gone
    assert all(units._held[mark.id] is held[mark.id] for mark in many[:-1] if mark.id != "u7")


# What is seen -----------------------------------------------------------------------------------


@pytest.mark.parametrize("look", ["dark", "light"])
def test_units_have_the_colour_of_their_state_in_both_looks(
    shown: MapView, settled: Settled, qapp: QApplication, look: str
) -> None:
    apply_theme(qapp, load_theme(look))  # type: ignore[arg-type]
    look_at(shown)
    shown.set_units([A, B])
    image = pictured(shown, settled)
    for mark in (A, B):
        seen = colors(image, pixel(shown, (mark.longitude, mark.latitude)))
        assert state_color(mark.state).name() in seen
    empty = image.pixelColor(700, 100)
    assert contrast(empty, current_theme().color("text")) > 7


def test_a_stale_unit_is_hollow_and_faded_by_the_opacity_it_is_given(
    shown: MapView, settled: Settled
) -> None:
    place = (C.longitude, C.latitude)
    look_at(shown, place=place)

    def body(mark: UnitMark) -> tuple[set[str], str]:
        shown.set_units([mark])
        image = pictured(shown, settled)
        # Left of the glyph and inside the body.
        return colors(image, pixel(shown, place)), image.pixelColor(
            pixel(shown, place) - QPoint(8, 0)
        ).name()

    fresh, filled = body(replace(C, stale=False, opacity=1.0))
    assert filled == state_color("paused").name()
    stale, hollow = body(replace(C, opacity=1.0))
    assert hollow == current_theme().hex("surface").lower()
    assert state_color("paused").name() in fresh - stale
    _, faint = body(replace(C, stale=False, opacity=0.3))
    ground = shown.canvas.grab().toImage().pixelColor(5, 300)
    expected = [
        round(0.3 * top + 0.7 * below)
        for top, below in zip(
            state_color("paused").getRgb()[:3],
            ground.getRgb()[:3],
            strict=True,  # type: ignore[index]
        )
    ]
    seen = [int(faint[n : n + 2], 16) for n in (1, 3, 5)]
    assert seen == pytest.approx(expected, abs=4)
    _, gone = body(replace(C, stale=False, opacity=0.0))
    assert gone == ground.name()


def test_the_circle_of_accuracy_is_as_large_on_the_ground_as_it_says(
    shown: MapView, settled: Settled
) -> None:
    look_at(shown, 14)
    wide = UnitMark("w", "", *MIDDLE, accuracy_m=900)
    shown.set_units([wide])
    image = pictured(shown, settled)
    middle = pixel(shown, MIDDLE)
    ground = image.pixelColor(5, 300).name()
    row = [image.pixelColor(middle.x() + x, middle.y()).name() for x in range(380)]
    edge = row.index(ground, 30)
    there = shown.canvas.view.degrees(middle.x() + edge, middle.y())
    assert distance_m(MIDDLE, there) == pytest.approx(900, rel=0.02)


def test_units_too_near_are_one_group_until_seen_from_nearer(
    shown: MapView, settled: Settled, qtbot: QtBot
) -> None:
    near = [replace(A, id=f"n{n}", longitude=112.45 + n / 5000) for n in range(5)]
    look_at(shown, 11)
    shown.set_units([*near, B])
    settled(shown)
    group = shown.canvas.units.place_of("n0")
    assert group is not None
    assert sorted(group.ids) == [f"n{n}" for n in range(5)]
    with qtbot.assertNotEmitted(shown.cluster_clicked):
        at = QPoint(round(group.x), round(group.y))
        QTest.mouseClick(shown.canvas, Qt.MouseButton.LeftButton, pos=at)
    settled(shown)
    assert shown.canvas.view.zoom > 13
    alone = shown.canvas.units.place_of("n0")
    assert alone is not None
    assert alone.ids == ["n0"]


def test_a_group_that_no_zoom_takes_apart_is_named(
    shown: MapView, settled: Settled, qtbot: QtBot
) -> None:
    look_at(shown, 19)
    here = replace(A, longitude=MIDDLE[0], latitude=MIDDLE[1])
    shown.set_units([replace(here, id=name) for name in "xyz"])
    settled(shown)
    with qtbot.waitSignal(shown.cluster_clicked) as clicked:
        QTest.mouseClick(shown.canvas, Qt.MouseButton.LeftButton, pos=pixel(shown, MIDDLE))
    assert clicked.args == [["x", "y", "z"]]


def test_a_selected_unit_never_vanishes_in_a_group(shown: MapView, settled: Settled) -> None:
    shown.set_units([replace(A, id=name) for name in "xyz"])
    look_at(shown)
    shown.select("y")
    settled(shown)
    placed = shown.canvas.units.place_of("y")
    assert placed is not None
    assert placed.ids == ["y"]
    shown.set_units([A])
    assert shown.canvas.chosen.selected == ""


def test_units_out_of_sight_are_not_painted(shown: MapView, settled: Settled) -> None:
    look_at(shown, 15)
    shown.set_units([A, replace(A, id="far", longitude=100.0)])
    settled(shown)
    assert shown.canvas.units.place_of("far") is None


def test_a_trail_is_fainter_where_it_is_older_and_can_be_hidden(
    shown: MapView, settled: Settled
) -> None:
    look_at(shown)
    without = pictured(shown, settled)
    points = [(112.42 + n / 1000, 34.61) for n in range(61)]
    shown.set_trails([Trail("a", points, "due_soon")])
    image = pictured(shown, settled)
    strength = []
    for longitude in (112.43, 112.45, 112.47):
        place = pixel(shown, (longitude, 34.61))
        strength.append(image.pixelColor(place).red() - without.pixelColor(place).red())
    assert 10 < strength[0] < strength[1] < strength[2]
    shown.show_layer("trails", False)
    assert pictured(shown, settled) == without
    shown.set_trails([Trail("a", points[:1]), Trail("b", [])])
    shown.show_layer("trails", True)
    assert pictured(shown, settled) == without


def test_fences_are_seen_clicked_and_hidden(shown: MapView, settled: Settled, qtbot: QtBot) -> None:
    look_at(shown)
    plain = pictured(shown, settled)
    ring = [(112.43, 34.61), (112.45, 34.61), (112.45, 34.63), (112.43, 34.63)]
    round_one = Fence("c", "周边", [(112.47, 34.62)], 600, "overdue")
    shown.set_fences([Fence("p", "辖区", ring), round_one])
    image = pictured(shown, settled)
    for name, place in (("p", (112.433, 34.613)), ("c", (112.473, 34.622))):
        spot = pixel(shown, place)
        assert image.pixelColor(spot) != plain.pixelColor(spot)
        with qtbot.waitSignal(shown.fence_clicked) as clicked:
            QTest.mouseClick(shown.canvas, Qt.MouseButton.LeftButton, pos=spot)
        assert clicked.args == [name]
    outside = pixel(shown, (112.4755, 34.6245))  # in the box of the circle, not in the circle
    with qtbot.assertNotEmitted(shown.fence_clicked), qtbot.waitSignal(shown.map_clicked) as place:
        QTest.mouseClick(shown.canvas, Qt.MouseButton.LeftButton, pos=outside)
    assert place.args == pytest.approx([112.4755, 34.6245], abs=1e-4)
    shown.show_layer("fences", False)
    assert pictured(shown, settled) == plain
    with pytest.raises(ValueError, match="no inside"):
        shown.set_fences([Fence("x", "", [(1, 2)])])
    with pytest.raises(KeyError):
        shown.show_layer("roads", False)


@pytest.mark.parametrize(("offset", "side"), [(40, 1), (760, -1)])
def test_a_label_stands_on_the_side_where_it_is_not_cut_off(
    shown: MapView, settled: Settled, offset: int, side: int
) -> None:
    look_at(shown)
    place = shown.canvas.view.degrees(offset, 300)
    here = replace(A, longitude=place[0], latitude=place[1], heading=None)
    shown.set_units([replace(here, label="")])
    plain = pictured(shown, settled)
    shown.set_units([here])
    named = pictured(shown, settled)
    changed = {
        (x > offset) - (x < offset)
        for x in range(plain.width())
        if plain.pixelColor(x, 300) != named.pixelColor(x, 300)
    }
    assert changed == {side}


def test_labels_never_cover_each_other(
    shown: MapView, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[tuple[float, float, float, float]] = []
    take = Room.first_free

    def listen(room: Room, rects: Any) -> Any:
        found = take(room, rects)
        if found is not None:
            places.append(found)
        return found

    monkeypatch.setattr(Room, "first_free", listen)
    look_at(shown, 12)
    many = [
        UnitMark(f"{n}", f"执行{n}号", 112.36 + n % 13 / 70, 34.56 + n / 900) for n in range(90)
    ]
    shown.set_units(many)
    settled(shown)
    shown.canvas.grab()
    places.clear()
    shown.canvas.grab()
    assert len(places) > 20
    for number, a in enumerate(places):
        for b in places[number + 1 :]:
            assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])
