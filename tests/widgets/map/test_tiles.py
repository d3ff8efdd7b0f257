"""Base maps from MBTiles: what a file says of itself, its tiles, the cache, broken files."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.widgets.map.invented import Queue, picture, write_mbtiles
from widgets.map.files import read_map
from widgets.map.mbtiles import describe_mbtiles, read_tiles
from widgets.map.mercator import Tile, tiles_in, to_world
from widgets.map.records import TileMap
from widgets.map.tiles import TileRequest, TileStore, load_tiles
from widgets.map.viewport import Viewport

RED, GREEN = "#C83020", "#20A040"


def _whole(zooms: range, color: str = RED, kind: str = "PNG") -> dict[Tile, bytes]:
    data = picture(color, kind)
    return {
        Tile(zoom, x, y): data for zoom in zooms for x in range(1 << zoom) for y in range(1 << zoom)
    }


@pytest.mark.parametrize(("kind", "photograph"), [("PNG", False), ("JPG", True), ("WEBP", False)])
def test_a_file_is_described_and_its_tiles_are_read(
    tmp_path: Path, kind: str, photograph: bool
) -> None:
    place = write_mbtiles(
        tmp_path / "城#1?.mbtiles",
        _whole(range(3), kind=kind),
        name="云汀",
        format=kind.lower(),
        bounds="112,34,113,35",
        attribution="虚构",
    )
    found = read_map(str(place))
    assert isinstance(found, TileMap)
    assert found.faults == ()
    assert (found.title, found.zoom_least, found.zoom_most) == ("云汀", 0, 2)
    assert found.photograph is photograph
    assert found.attribution == "虚构"
    assert found.box is not None
    assert (found.box.left, found.box.bottom) == pytest.approx(to_world(112, 34))
    before = place.stat().st_mtime_ns
    tiles = read_tiles(str(place), [Tile(1, 0, 1), Tile(9, 0, 0)])
    assert tiles[Tile(1, 0, 1)] == picture(RED, kind)
    assert tiles[Tile(9, 0, 0)] is None
    assert place.stat().st_mtime_ns == before
    assert [p.name for p in tmp_path.iterdir()] == [place.name]  # no journal beside it


def test_rows_are_counted_from_the_south(tmp_path: Path) -> None:
    north, south = Tile(1, 0, 0), Tile(1, 0, 1)
    place = write_mbtiles(tmp_path / "a", {north: picture(RED), south: picture(GREEN)})
    with closing(sqlite3.connect(place)) as store:
        stored = store.execute("SELECT tile_data FROM tiles WHERE tile_row = 1").fetchone()[0]
    assert stored == picture(RED)
    assert read_tiles(str(place), [north])[north] == picture(RED)


def _broken(folder: Path, what: str) -> Path:
    place = folder / f"{what}.mbtiles"
    match what:
        case "text":
            place.write_text("no database")
        case "cut":
            whole = write_mbtiles(folder / "whole", _whole(range(4))).read_bytes()
            place.write_bytes(whole[:5000])
        case "empty":
            write_mbtiles(place, {}, bounds="1,2,3", format="png")
        case "vector":
            write_mbtiles(place, {Tile(0, 0, 0): b"\x1f\x8b123"}, format="pbf", bounds="9,9,1,1")
        case "words":
            write_mbtiles(place, {Tile(0, 0, 0): b"hello"})
        case "deep":
            write_mbtiles(place, {Tile(40, 0, 0): picture(RED)})
        case "geodetic":
            write_mbtiles(place, {Tile(0, 0, 0): picture(RED)}, crs="EPSG:4490")
        case "unsorted":
            write_mbtiles(place, {Tile(12, n, 7): b"\xff\xd8" for n in range(2_001)})
        case "package":
            with closing(sqlite3.connect(place)) as store:
                store.execute("CREATE TABLE gpkg_contents (a)")
                store.commit()
        case "bare":
            with closing(sqlite3.connect(place)) as store:
                store.execute("CREATE TABLE other (a)")
                store.commit()
    return place


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("text", ["不是可用的 MBTiles"]),
        ("missing", ["不是可用的 MBTiles"]),
        ("cut", ["不是可用的 MBTiles|没有可读"]),
        ("empty", ["没有瓦片", "四个数字"]),
        ("vector", ["pbf", "次序颠倒"]),
        ("words", ["不是 png"]),
        ("deep", ["0 至 22"]),
        ("geodetic", ["EPSG:4490"]),
        ("unsorted", ["没有索引"]),
        ("package", ["GeoPackage"]),
        ("bare", ["metadata 表", "tiles 表"]),
    ],
)
def test_everything_wrong_with_a_file_is_told(tmp_path: Path, what: str, words: list[str]) -> None:
    place = _broken(tmp_path, what)
    faults = describe_mbtiles(str(place)).faults
    assert len(faults) >= len(words)
    for word in words:
        assert any(part in fault for part in word.split("|") for fault in faults), faults
    assert set(read_tiles(str(place), [Tile(3, 1, 1)])) == {Tile(3, 1, 1)}


def _request(place: Path, *tiles: Tile, dark: bool = False) -> TileRequest:
    return TileRequest(describe_mbtiles(str(place)), tiles, dark)


def test_a_broken_picture_counts_as_missing_and_a_huge_one_is_made_smaller(
    qtbot: QtBot, tmp_path: Path
) -> None:
    good, bad, huge = Tile(1, 0, 0), Tile(1, 1, 0), Tile(1, 0, 1)
    data = {good: picture(RED), bad: picture(RED)[:40], huge: picture(RED, side=2000)}
    place = write_mbtiles(tmp_path / "a.mbtiles", data)
    found = load_tiles(_request(place, good, bad, huge))
    assert found[bad] is None
    made, smaller = found[good], found[huge]
    assert made is not None
    assert smaller is not None
    assert QColor(made.pixelColor(9, 9)).name() == RED.lower()
    assert smaller.width() == 512


@pytest.mark.parametrize(("kind", "turned"), [("PNG", True), ("JPG", False)])
def test_in_the_dark_a_light_map_is_turned_and_a_photograph_dimmed(
    qtbot: QtBot, tmp_path: Path, kind: str, turned: bool
) -> None:
    tile = Tile(0, 0, 0)
    light = QColor("#E8F0FF")
    place = write_mbtiles(tmp_path / "a.mbtiles", {tile: picture(light.name(), kind)})
    found = load_tiles(_request(place, tile, dark=True))[tile]
    assert found is not None
    seen = QColor(found.pixelColor(100, 100))
    assert (seen.lightness() < 60) is turned
    assert seen.lightness() < light.lightness()
    assert seen.alpha() == 255
    if turned:
        assert seen.blue() > seen.red()  # blue stays blue


def _store(place: Path, queue: Queue, limit: int = 320) -> TileStore:
    store = TileStore(queue, lambda: None, limit)
    store.set_source(describe_mbtiles(str(place)), dark=False)
    return store


def _color_of(store: TileStore, tile: Tile) -> str:
    image = QImage(512, 512, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    middle = tile.box.middle
    view = Viewport(*middle, tile.zoom, 256, 256)
    painter = QPainter(image)
    store.paint(painter, tile, view)
    painter.end()
    return QColor(image.pixelColor(128, 128)).name().upper()


def test_a_missing_tile_is_drawn_as_its_part_of_the_nearest_ancestor(
    qtbot: QtBot, tmp_path: Path
) -> None:
    # Of the four tiles of zoom 1 the south-east one is green; nothing below has been drawn.
    tiles = _whole(range(2))
    tiles[Tile(1, 1, 1)] = picture(GREEN)
    tiles[Tile(4, 0, 0)] = picture(RED)
    queue = Queue()
    store = _store(write_mbtiles(tmp_path / "a.mbtiles", tiles), queue)
    view = Viewport(0.75, 0.75, 4.0, 300, 300)
    wanted = list(tiles_in(view.box, 4))
    rounds = 0
    while True:
        store.ask_for(view)
        if not queue.run():
            break
        rounds += 1
        assert rounds < 6
    assert all(_color_of(store, tile) == GREEN for tile in wanted)
    asked = [tile for request in queue.done for tile in request.tiles]
    assert len(asked) == len(set(asked))  # nothing is read twice, not even what is missing


def test_the_cache_holds_no_more_than_its_limit_and_the_newest_stay(
    qtbot: QtBot, tmp_path: Path
) -> None:
    queue = Queue(at_once=True)
    store = _store(write_mbtiles(tmp_path / "a.mbtiles", _whole(range(6))), queue, limit=20)
    for x in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        view = Viewport(x, 0.5, 5.0, 500, 500)
        store.ask_for(view)
        assert 0 < len(store) <= 20
    middle = next(iter(tiles_in(Viewport(0.8, 0.5, 5.0, 1, 1).box, 5)))
    assert store.picture(middle) is not None


def test_tiles_of_the_file_before_are_thrown_away(qtbot: QtBot, tmp_path: Path) -> None:
    queue = Queue()
    store = _store(write_mbtiles(tmp_path / "a.mbtiles", _whole(range(2))), queue)
    store.ask_for(Viewport(0.5, 0.5, 1.0, 300, 300))
    other = write_mbtiles(tmp_path / "b.mbtiles", _whole(range(2), GREEN))
    store.set_source(describe_mbtiles(str(other)), dark=False)
    assert queue.run() == 1
    assert len(store) == 0
    store.ask_for(Viewport(0.5, 0.5, 1.0, 300, 300))
    queue.run()
    assert _color_of(store, Tile(1, 0, 0)) == GREEN
