"""Base maps and plans from files as a person sees them, good ones and bad ones."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.widgets.map.invented import Queue, picture, write_mbtiles
from tests.widgets.map.looking import (
    BASE,
    Settled,
    colors,
    look_at,
    pictured,
    pixel,
)
from widgets.map import MapView
from widgets.map.mercator import Tile
from widgets.states import state_color
from widgets.theme import apply_theme, load_theme

# Maps from files --------------------------------------------------------------------------------


def test_a_base_map_is_read_elsewhere_shown_whole_and_follows_the_look(
    shown: MapView, settled: Settled, qtbot: QtBot, qapp: QApplication, queue: Queue
) -> None:
    queue.at_once = False
    with qtbot.assertNotEmitted(shown.base_opened):
        shown.open_base(BASE)
    with qtbot.waitSignal(shown.base_opened) as opened:
        queue.run()
    assert opened.args == [True]
    assert shown.message == ""
    canvas = shown.canvas
    assert canvas._land is not None
    assert canvas.view.box.holds(canvas._land)
    dark = pictured(shown, settled)
    assert len(colors(dark, QPoint(400, 290), 200)) > 50
    lake = pixel(shown, (112.68, 34.496))
    assert dark.pixelColor(lake).blue() > dark.pixelColor(5, 300).blue() + 20
    apply_theme(qapp, load_theme("light"))
    light = pictured(shown, settled)
    assert light.pixelColor(400, 560).lightness() > 200
    assert dark.pixelColor(400, 560).lightness() < 60


def test_names_never_cover_each_other_and_can_be_hidden(
    shown: MapView, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    from widgets.map import ground  # noqa: PLC0415  Its painter of names is listened to.

    names: list[Any] = []
    plain = ground.paint_name

    def listen(painter: Any, name: Any, halo: Any) -> None:
        names.append(name)
        plain(painter, name, halo)

    monkeypatch.setattr(ground, "paint_name", listen)
    shown.open_base(BASE)
    settled(shown)
    names.clear()
    look_at(shown, 12.5)
    settled(shown)
    rects = [name.rect() for name in names]
    assert len(rects) > 15
    for number, a in enumerate(rects):
        for b in rects[number + 1 :]:
            assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])
    names.clear()
    shown.show_layer("names", False)
    settled(shown)
    assert names == []


def test_of_two_files_asked_for_the_last_one_is_shown(
    shown: MapView, queue: Queue, tmp_path: Path
) -> None:
    queue.at_once = False
    assert "read" not in shown._about.text()
    first, second = tmp_path / "first.geojson", tmp_path / "second.geojson"
    for place in (first, second):
        place.write_text(json.dumps({"type": "Point", "coordinates": [112, 34]}))
    shown.open_base(str(first))
    shown.open_base(str(second))
    assert "is being read" in shown._about.text()
    queue.run(order=[1, 0])
    assert shown._title == "second"
    assert "second" in shown._about.text()


def test_a_broken_file_is_told_in_one_message_and_the_old_map_stays(
    shown: MapView, settled: Settled, qtbot: QtBot, tmp_path: Path
) -> None:
    shown.open_base(BASE)
    before = pictured(shown, settled)
    bad = tmp_path / "bad.geojson"
    bad.write_text('{"type": "FeatureCollection", "features": [')
    with qtbot.waitSignal(shown.base_opened) as opened:
        shown.open_base(str(bad))
    assert opened.args == [False]
    assert "bad" in shown.message
    assert "不是完整的 JSON" in shown.message
    shown._message.hide()
    assert pictured(shown, settled) == before
    for content in (b"junk", picture("red")):
        tiles = tmp_path / "bad.mbtiles"
        tiles.write_bytes(content)
        shown.open_base(str(tiles))
        assert "不是可用的 MBTiles" in shown.message
    shown.open_base(BASE)
    assert shown.message == ""


def test_a_map_with_a_few_faults_is_shown_and_all_of_them_are_told(
    shown: MapView, qtbot: QtBot, tmp_path: Path
) -> None:
    points = [[112, 34], [999, 34], [112, "x"], [112.1, 34.1]]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": point}}
        for point in points
    ]
    place = tmp_path / "some.geojson"
    place.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with qtbot.waitSignal(shown.base_opened) as opened:
        shown.open_base(str(place))
    assert opened.args == [True]
    assert len(shown.message.splitlines()) == 3
    assert "第 2 个要素" in shown.message
    assert "第 3 个要素" in shown.message


def test_tiles_are_seen_once_they_have_been_read(
    shown: MapView, settled: Settled, queue: Queue, tmp_path: Path
) -> None:
    red = picture("#C83020", "JPG")
    tiles = {Tile(z, x, y): red for z in range(4) for x in range(1 << z) for y in range(1 << z)}
    place = write_mbtiles(tmp_path / "a.mbtiles", tiles, format="jpg", name="航片")
    shown.open_base(str(place))
    queue.at_once = False
    look_at(shown, 6)
    settled(shown)
    queue.run()
    image = pictured(shown, settled)
    seen = image.pixelColor(300, 300)
    assert seen.red() > 2 * seen.green()


# Plans ------------------------------------------------------------------------------------------

PLAN = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "路线"},
            "geometry": {"type": "LineString", "coordinates": [[112.42, 34.61], [112.48, 34.61]]},
        },
        {
            "type": "Feature",
            "properties": {"name": "集结", "state": "normal"},
            "geometry": {"type": "Point", "coordinates": [112.45, 34.63]},
        },
    ],
}


def test_plans_are_laid_over_the_map_shown_hidden_and_taken_away(
    shown: MapView, settled: Settled, qtbot: QtBot, tmp_path: Path
) -> None:
    look_at(shown)
    plain = pictured(shown, settled)
    place = tmp_path / "plan.geojson"
    place.write_text(json.dumps(PLAN), encoding="utf-8")
    with qtbot.waitSignal(shown.overlay_opened) as opened:
        shown.open_overlay("p", str(place), state="overdue")
    assert opened.args == ["p", True]
    image = pictured(shown, settled)
    on_line = pixel(shown, (112.43, 34.61))
    assert image.pixelColor(on_line) == state_color("overdue")
    assert state_color("normal").name() in colors(image, pixel(shown, (112.45, 34.63)))
    shown._fill_menu()
    actions = {action.text(): action for action in shown._tools.layers.menu().actions()}
    choice: QAction = actions["plan"]
    assert choice.isChecked()
    choice.trigger()
    assert pictured(shown, settled) == plain
    shown.set_overlay_visible("p", True)
    assert pictured(shown, settled) == image
    shown.remove_overlay("p")
    assert pictured(shown, settled) == plain


def test_a_broken_plan_is_told_and_a_plan_taken_away_never_arrives(
    shown: MapView, queue: Queue, qtbot: QtBot, tmp_path: Path
) -> None:
    place = tmp_path / "plan.geojson"
    place.write_text("{}")
    with qtbot.waitSignal(shown.overlay_opened) as opened:
        shown.open_overlay("p", str(place))
    assert opened.args == ["p", False]
    assert "不是 GeoJSON" in shown.message
    assert shown.canvas.overlays == []
    place.write_text(json.dumps(PLAN))
    queue.at_once = False
    shown.open_overlay("p", str(place))
    shown.remove_overlay("p")
    queue.run()
    assert shown.canvas.overlays == []


def test_what_is_wrong_with_one_map_stays_told_when_the_next_is_good(
    shown: MapView, tmp_path: Path
) -> None:
    good = tmp_path / "good.geojson"
    good.write_text(json.dumps(PLAN))
    shown.open_base(str(tmp_path / "base.geojson"))
    shown.open_overlay("bad", str(tmp_path / "plan.geojson"))
    shown.open_overlay("good", str(good))
    assert len(shown.canvas.overlays) == 1
    heads = [line for line in shown.message.splitlines() if not line.startswith("·")]
    assert [("base" in head, "plan" in head) for head in heads] == [(True, False), (False, True)]
    assert shown.message.count("文件不存在") == 2
    shown.remove_overlay("bad")
    assert "plan" not in shown.message
    shown._message.closed.emit()
    assert shown.message == ""
    shown.open_overlay("bad", str(tmp_path / "plan.geojson"))
    assert "base" not in shown.message


def test_of_very_many_faults_the_first_are_shown(shown: MapView, tmp_path: Path) -> None:
    place = tmp_path / "many.geojson"
    features = [{"type": "Feature", "geometry": {"type": "Point"}}] * 5_000
    place.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    shown.open_base(str(place))
    assert len(shown.message.splitlines()) < 30
    assert "4,980" in shown.message
