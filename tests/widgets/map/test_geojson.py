"""Base maps and plans from GeoJSON: what is read, and what is told of a broken file."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from widgets.map.files import read_map, read_plan
from widgets.map.geojson import circle, parse_geojson
from widgets.map.looks import LOOKS
from widgets.map.mercator import distance_m, to_world
from widgets.map.records import LEVELS, TileMap, VectorMap

SQUARE = [[112.0, 34.0], [112.1, 34.0], [112.1, 34.1], [112.0, 34.1], [112.0, 34.0]]


def _feature(geometry: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    where = {"type": geometry, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": where}


def _parse(*features: Any, **more: Any) -> VectorMap:
    document = {"type": "FeatureCollection", "features": list(features), **more}
    return parse_geojson(json.dumps(document, ensure_ascii=False).encode(), "图")


def test_areas_lines_and_points_with_their_names() -> None:
    found = _parse(
        _feature("Polygon", [SQUARE], kind="water", name=" 月湖 ", rank=2),
        _feature("MultiPolygon", [[SQUARE], [SQUARE]]),
        _feature("LineString", [[112, 34], [113, 35]], kind="road", state="overdue"),
        _feature("MultiLineString", [[[112, 34], [113, 35]], [[1, 2], [3, 4, 99]]]),
        _feature("Point", [112.5, 34.5, 120], name="甲"),
        _feature("MultiPoint", [[1, 2], [3, 4]]),
        {"type": "Feature", "properties": None, "geometry": None},
        name="云汀",
    )
    assert found.faults == ()
    assert found.title == "云汀"
    kinds = [shape.geometry for shape in found.shapes]
    assert kinds == ["area"] * 3 + ["line"] * 2 + ["point"] * 3
    lake = found.shapes[0]
    assert (lake.kind, lake.name, lake.rank) == ("water", "月湖", 2)
    assert found.shapes[3].state == "overdue"
    assert tuple(lake.rings(18)[0][:2]) == pytest.approx(to_world(112.0, 34.0))
    assert found.box is not None
    assert found.box.meets(lake.box)


@pytest.mark.parametrize(
    "document",
    [
        _feature("Point", [112, 34]),
        {"type": "Point", "coordinates": [112, 34]},
        {
            "type": "GeometryCollection",
            "geometries": [{"type": "Point", "coordinates": [112, 34]}],
        },
    ],
)
def test_a_document_may_be_one_feature_or_one_geometry(document: Any) -> None:
    found = parse_geojson(b"\xef\xbb\xbf" + json.dumps(document).encode())
    assert found.faults == ()
    assert len(found.shapes) == 1


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "空的"),
        (b'{"type": "FeatureCollection",\n "features": [', "第 2 行"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[1, 2]", "不是 GeoJSON"),
        (b'{"type": "Topology"}', "不是 GeoJSON"),
        (b'{"type": ["Point"]}', "不是 GeoJSON"),
        (b'{"type": "FeatureCollection", "features": {}}', "features"),
        (b'{"type": "FeatureCollection", "features": []}', "没有可以绘制"),
        (b'{"a":' + b"[" * 100_000, "嵌套过深"),
        (b'{"type": "Point", "coordinates": [' + b"9" * 5000 + b", 1]}", "过长的数字"),
    ],
)
def test_what_is_no_geojson_is_told_in_one_sentence(content: bytes, word: str) -> None:
    found = parse_geojson(content)
    assert found.shapes == ()
    assert len(found.faults) == 1
    assert word in found.faults[0]


BROKEN = [
    (_feature("Polygon", [[*SQUARE[:-1], [5, 5]]]), "没有闭合"),
    (_feature("Polygon", [SQUARE[:2]]), "至少应有 4 个点"),
    (_feature("Polygon", []), "为空"),
    (_feature("LineString", [[1, 2]]), "至少应有 2 个点"),
    (_feature("Point", [200, 34]), "超出经纬度范围"),
    (_feature("Point", [112, 91]), "超出经纬度范围"),
    (_feature("Point", [float("nan"), 34]), "超出经纬度范围"),
    (_feature("Point", [10**400, 34]), "超出经纬度范围"),
    (_feature("Point", ["112", 34]), "不是数字"),
    (_feature("Point", [True, 34]), "不是数字"),
    (_feature("Point", [112]), "经度, 纬度"),
    (_feature("MultiPoint", [[1, 2], [3]]), "经度, 纬度"),
    (_feature("Curve", [1, 2]), "无法识别"),
    ({"type": "Feature", "geometry": {"type": {}, "coordinates": []}}, "无法识别"),
    ({"type": "Feature", "geometry": {"type": "GeometryCollection"}}, "geometries"),
    ({"type": "Thing"}, "不是 Feature"),
    (7, "不是 Feature"),
]


@pytest.mark.parametrize(("feature", "word"), BROKEN)
def test_a_bad_feature_is_left_out_and_told_with_its_number(feature: Any, word: str) -> None:
    found = _parse(_feature("Point", [112, 34]), feature)
    assert len(found.shapes) == 1
    assert len(found.faults) == 1
    assert "第 2 个要素" in found.faults[0]
    assert word in found.faults[0]


def test_all_faults_are_told() -> None:
    found = _parse(*(feature for feature, _ in BROKEN))
    assert len(found.faults) == len(BROKEN)


def _projected(count: int) -> list[Any]:
    return [_feature("Point", [38_500_000 + n, 3_830_000.5]) for n in range(count)]


def test_coordinates_of_a_projection_are_one_fault_however_many_there_are() -> None:
    found = _parse(*_projected(300))
    assert found.shapes == ()
    (fault,) = found.faults
    assert "投影坐标" in fault
    assert "38500000" in fault
    # Among good features they are slips, each told.
    assert len(_parse(_feature("Point", [112, 34]), *_projected(3)).faults) == 3


@pytest.mark.parametrize(
    ("name", "usable"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", True),
        ("urn:ogc:def:crs:EPSG::4490", True),
        ("EPSG:4326", True),
        ("urn:ogc:def:crs:EPSG::4549", False),
        ("EPSG:3857", False),
    ],
)
def test_a_named_system_of_coordinates_is_used_or_told(name: str, usable: bool) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    found = _parse(_feature("Point", [112, 34]), crs=crs)
    assert bool(found.shapes) is usable
    assert usable or (len(found.faults) == 1 and name in found.faults[0])


@pytest.mark.parametrize(
    ("content", "word"),
    [(b" \n", "空的"), (b"PK\x03\x04", "也不是 MBTiles"), (b"7", "不是 GeoJSON")],
)
def test_what_is_no_map_at_all_is_told_so(content: bytes, word: str) -> None:
    (fault,) = parse_geojson(content).faults
    assert word in fault


def test_features_are_read_one_by_one_and_give_way_in_between() -> None:
    breaths = []
    document = {"features": [_feature("Point", [112, 34])] * 5, "type": "FeatureCollection"}
    text = json.dumps(document, indent=1).encode()
    assert len(parse_geojson(text, "", lambda: breaths.append(1)).shapes) == 5
    assert len(breaths) == 5
    for spoilt in (text[:-1], text + b"x", text.replace(b"],", b"],,", 1), text[:-2] + b",}"):
        found = parse_geojson(spoilt)
        assert found.shapes == ()
        assert "不是完整的 JSON" in found.faults[0]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "features", "geometry", "coordinates", "geometries"]),
            inner | st.sampled_from(["Feature", "FeatureCollection", "Polygon", "Point"]),
        )
    ),
    max_leaves=25,
)


@given(json_values | st.binary(max_size=80))
def test_nothing_is_raised_whatever_the_file_holds(value: Any) -> None:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    found = parse_geojson(content)
    assert found.shapes or found.faults or isinstance(value, dict)


def test_lines_have_fewer_points_where_they_are_seen_from_afar() -> None:
    wave = [[112 + n / 2000, 34 + 0.003 * math.sin(n / 9)] for n in range(2000)]
    shape = _parse(_feature("LineString", wave)).shapes[0]
    counts = [len(shape.rings(level)[0]) // 2 for level in LEVELS]
    assert counts == sorted(counts)
    assert counts[0] < 10
    assert counts[-1] > 500
    assert shape.rings(99) == shape.levels[-1]
    straight = _parse(_feature("LineString", [[112, 34], [113, 34]])).shapes[0]
    assert len({id(level) for level in straight.levels}) == 1


@given(st.floats(-179, 179), st.floats(-70, 70), st.floats(5, 20_000))
def test_a_circle_is_as_far_from_its_middle_as_it_says(
    longitude: float, latitude: float, radius: float
) -> None:
    ring = circle((longitude, latitude), radius)
    assert ring[0] == ring[-1]
    for point in ring[::9]:
        assert distance_m((longitude, latitude), point) == pytest.approx(radius, rel=1e-3)


def test_the_map_that_comes_along_is_whole_and_every_kind_has_a_look() -> None:
    found = read_map(str(resources.path("map/invented.geojson")))
    assert isinstance(found, VectorMap)
    assert found.faults == ()
    assert len(found.shapes) > 300
    assert {shape.kind for shape in found.shapes} <= set(LOOKS)
    assert "虚构" in found.title


def test_a_file_that_is_missing_or_of_another_kind_is_told(tmp_path: Path) -> None:
    found = read_map(str(tmp_path / "none.geojson"))
    assert isinstance(found, VectorMap)
    assert "无法打开" in found.faults[0]
    other = tmp_path / "a.mbtiles"
    other.write_bytes(b"no database")
    assert isinstance(read_map(str(other)), TileMap)
    assert "GeoJSON" in read_plan(str(other)).faults[0]
