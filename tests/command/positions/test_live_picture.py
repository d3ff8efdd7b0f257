"""Late truth in the database (X21): in whatever order rows come in, there is one picture.

EDESK_ARRIVALS sets how many random orders are played; 10,000 is the full measure.
"""

import json
import os
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from desktop.command.positions.alarms import AlarmNow, key_text
from desktop.command.positions.changing import geojson_of
from desktop.command.positions.live import Ask, LivePicture, Now
from desktop.command.positions.points import Batch, decoded, encoded, last_of, rounded, stamp
from desktop.rules.fences import Fence
from desktop.rules.track_law import load_field_law
from desktop.rules.track_picture import Picture
from desktop.rules.track_watches import Watch
from desktop.rules.tracks import Point
from storage.schema import table
from tests.command.positions.field_rows import (
    Field,
    all_batches,
    batch_row,
    field_rows,
    put,
    rows_of,
    walk,
)
from tests.panels.fake_context import memory_engine
from tests.rules.track_days import BLOCK, DAY, LIMITS, NEAR, YARD, city_day, point

ARRIVALS = int(os.environ.get("EDESK_ARRIVALS", "10"))
LAW = load_field_law()
EVENING = DAY + timedelta(hours=5)
DEVICES = ("car", "van", "truck")


@pytest.fixture
def connection() -> Any:
    with memory_engine().connect() as opened:
        yield opened


def zones(connection: Connection, field: Field) -> None:
    """The fences and a watch of the day in rows of their own."""
    since = stamp(DAY - timedelta(hours=1))
    common = {"team_id": field.teams[0], "maker_id": field.officer, "from_at": since, "scope": 1}
    for fence in (YARD, BLOCK):
        about: dict[str, Any] = {"alarms": sorted(fence.alarms), "devices": []}
        if fence.radius_m:
            about["radius_m"] = fence.radius_m
        shape = geojson_of(fence.corners)
        values = {"name": fence.name, "kind": "fence", "shape": shape}
        put(connection, "fence", id=fence.id, watched=json.dumps(about), **values, **common)
    meet = {
        "devices": [field.units["car"]],
        "others": [field.units["van"]],
        "radius_m": NEAR.radius_m,
    }
    put(
        connection,
        "fence",
        id=NEAR.id,
        name=NEAR.name,
        kind="near",
        watched=json.dumps(meet),
        **common,
    )


def truth(field: Field, rows: list[dict[str, Any]]) -> Picture:
    """What the rules say of all points at once."""
    fences = [
        Fence(f.id, f.name, f.corners, f.radius_m, f.alarms, DAY - timedelta(hours=1))
        for f in (YARD, BLOCK)
    ]
    watch = Watch(
        NEAR.id,
        NEAR.name,
        "near",
        field.units["car"],
        frozenset({field.units["van"]}),
        NEAR.radius_m,
    )
    picture = Picture(LIMITS, fences, [watch])
    with memory_engine().connect() as other:
        again = field_rows(other)
        moved = {field.units[name]: again.units[name] for name in field.units}
        for row in rows:
            values = {**row, "unit_id": moved[row["unit_id"]], "team_id": again.teams[0]}
            other.execute(insert(table("position_batch")).values(values))
        back = {new: old for old, new in moved.items()}
        names = {unit: name for name, unit in field.units.items()}
        for batch in all_batches(other):
            unit = back[batch.unit_id]
            points = decoded(batch, names[unit])
            picture.change([_of(one, unit) for one in points])
    return picture


def _of(one: Point, unit: str) -> Point:
    values = {name: getattr(one, name) for name in Point.__dataclass_fields__}
    return Point(**{**values, "device": unit})


def assert_is(live: LivePicture, wanted: Picture, field: Field) -> None:
    made = live.picture
    assert made is not None
    for name in DEVICES:
        unit = field.units[name]
        assert made.points(unit) == wanted.points(unit)
        assert made.line(unit) == wanted.line(unit)
        assert made.crossings(unit) == wanted.crossings(unit)
        assert made.aside(unit) == wanted.aside(unit)
        assert made.last(unit) == wanted.points(unit)[-1]
    assert [alarm.key for alarm in made.alarms()] == [alarm.key for alarm in wanted.alarms()]


def test_rows_in_any_order_give_one_picture(connection: Connection) -> None:
    field = field_rows(connection)
    zones(connection, field)
    rows = rows_of(field, city_day(every=120.0))
    wanted = truth(field, rows)
    assert len(wanted.alarms()) >= 4
    for number in range(ARRIVALS):
        draw = random.Random(number)
        order = draw.sample(rows, len(rows))
        live = LivePicture(LAW)
        start = connection.begin_nested()
        while order:
            chunk = [order.pop() for _ in range(min(len(order), draw.choice((1, 7, 60))))]
            connection.execute(insert(table("position_batch")), chunk)
            if draw.random() < 0.5 or not order:
                now = live.take(connection, Ask(EVENING, rows=draw.choice((3, 1_000))))
        while now.left:
            now = live.take(connection, Ask(EVENING, rows=20))
        assert_is(live, wanted, field)
        true = {key_text(alarm.key) for alarm in wanted.alarms()}
        assert {alarm.key for alarm in now.alarms if not alarm.corrected} == true
        start.rollback()


def taken(live: LivePicture, connection: Connection, now: datetime = EVENING) -> Now:
    return live.take(connection, Ask(now))


def fresh(connection: Connection) -> Now:
    return taken(LivePicture(LAW), connection)


def stand(field: Field, unit: str, seconds: range, north: float, late_s: float) -> dict[str, Any]:
    return batch_row(
        field, unit, [point(second, north, 0, unit, late_s=late_s) for second in seconds]
    )


def the_leave(now: Now) -> AlarmNow:
    (found,) = [a for a in now.alarms if a.record.alarm.kind == "leave"]
    return found


def test_a_late_row_corrects_an_alarm_that_stays(connection: Connection) -> None:
    field = field_rows(connection)
    zones(connection, field)
    live = LivePicture(LAW)
    rows = table("position_batch")
    connection.execute(insert(rows), [stand(field, "car", range(0, 120, 10), 0, 2)])
    connection.execute(insert(rows), [stand(field, "car", range(200, 320, 40), 400, 2)])
    alarm = the_leave(taken(live, connection))
    assert (alarm.open, alarm.corrected, alarm.unit_id) == (True, False, field.units["car"])
    # What the tracker had in its memory: it stood in the yard all the time, in between and after.
    connection.execute(insert(rows), [stand(field, "car", range(205, 330, 5), 0, 900)])
    alarm = the_leave(taken(live, connection))
    assert (alarm.open, alarm.corrected) == (True, True)
    assert "已更正" in alarm.record.sentence()
    # A desk that is started anew tells the same.
    again = the_leave(fresh(connection))
    assert (again.key, again.corrected, again.open) == (alarm.key, True, True)
    note = {"alarm": alarm.key, "team_id": field.teams[0], "person_id": field.officer}
    put(connection, "alarm_note", at=stamp(DAY + timedelta(hours=1)), scope=1, **note)
    for now in (taken(live, connection), fresh(connection)):
        done = the_leave(now)
        assert (done.open, done.corrected, len(done.noted)) == (False, True, 1)
        assert done.noted[0].person == "林知远"


def test_a_note_before_the_alarm_came_back_does_not_end_it(connection: Connection) -> None:
    field = field_rows(connection)
    zones(connection, field)
    rows = table("position_batch")
    connection.execute(insert(rows), [stand(field, "car", range(0, 120, 10), 0, 2)])
    connection.execute(insert(rows), [stand(field, "car", range(200, 320, 40), 400, 2)])
    key = the_leave(fresh(connection)).key
    note = {"alarm": key, "team_id": field.teams[0], "person_id": field.officer, "scope": 1}
    put(connection, "alarm_note", at=stamp(DAY + timedelta(seconds=400)), **note)
    assert not the_leave(fresh(connection)).open
    refuting = batch_row(
        field,
        "car",
        [point(s, 0, 0, "car", source="traccar", late_s=900) for s in range(205, 330, 5)],
    )
    connection.execute(insert(rows), [refuting])
    assert the_leave(fresh(connection)).corrected
    # The better receiver of the same car says that it had left all the same.
    better = [point(s, 400, 0, "car", source="gpsd", late_s=1800) for s in range(200, 330, 5)]
    connection.execute(insert(rows), [batch_row(field, "car", better)])
    found = the_leave(fresh(connection))
    assert (found.corrected, found.open, [t.kind for t in found.record.turns]) == (
        False,
        True,
        ["raised", "corrected", "reinstated"],
    )


def test_an_alarm_is_held_until_noted_however_long_ago(connection: Connection) -> None:
    field = field_rows(connection)
    zones(connection, field)
    live = LivePicture(LAW)
    rows = table("position_batch")
    connection.execute(insert(rows), [stand(field, "car", range(0, 120, 10), 0, 2)])
    connection.execute(insert(rows), [stand(field, "car", range(200, 320, 40), 400, 2)])
    key = the_leave(taken(live, connection)).key
    fence = table("fence")
    ended = stamp(DAY + timedelta(minutes=10))
    connection.execute(fence.update().where(fence.c.id == YARD.id).values(to_at=ended, ver=2))
    assert the_leave(taken(live, connection)).key == key
    later = taken(live, connection, EVENING + timedelta(days=1))
    assert (the_leave(later).key, the_leave(later).open) == (key, True)
    assert live.picture is not None
    assert live.picture.devices == []


def test_who_was_not_heard_for_long_has_a_last_place(connection: Connection) -> None:
    field = field_rows(connection)
    old = walk(DAY - timedelta(days=3), 30, "van", source="traccar")
    connection.execute(insert(table("position_batch")), [batch_row(field, "van", old)])
    now = {one.unit.name: one for one in fresh(connection).units}
    last = now["van"].point
    assert last is not None
    wanted = rounded(old[-1])
    assert (last.at, last.lat, last.unit) == (wanted.at, wanted.lat, "van")
    assert now["car"].point is None
    assert now["van"].trail == ()


def test_no_place_and_a_wrong_year_are_not_where_a_unit_was_last(connection: Connection) -> None:
    field = field_rows(connection)
    good = walk(DAY - timedelta(days=3), 30, "van", source="traccar")
    nowhere = [replace(one, lat=0.0, lon=0.0) for one in good[:3]]
    ahead = [replace(one, at=one.at + timedelta(weeks=1024)) for one in good[:3]]
    for unit, points in (("van", good), ("van", ahead), ("car", nowhere)):
        connection.execute(insert(table("position_batch")), [batch_row(field, unit, points)])
    now = {one.unit.name: one for one in fresh(connection).units}
    assert now["van"].point is not None
    assert now["van"].point.at == rounded(good[-1]).at
    assert now["car"].point is None
    mixed = batch_row(field, "truck", [*good[:2], replace(good[2], lat=0.0, lon=0.0)])
    connection.execute(insert(table("position_batch")), [mixed])
    last = {one.unit.name: one for one in fresh(connection).units}["truck"].point
    assert last is not None
    assert last.at == rounded(good[1]).at


def test_of_a_person_no_trail_is_given(connection: Connection) -> None:
    field = field_rows(connection)
    begin = EVENING - timedelta(minutes=5)
    for unit in ("officer", "car"):
        row = batch_row(field, unit, walk(begin, 200, unit))
        connection.execute(insert(table("position_batch")), [row])
    now = {one.unit.name: one for one in fresh(connection).units}
    assert len(now["car"].trail) == 200
    assert now["林知远"].point is not None
    assert now["林知远"].trail == ()


def test_a_row_that_nobody_can_read_stops_nothing(connection: Connection) -> None:
    field = field_rows(connection)
    rows = table("position_batch")
    good = batch_row(field, "car", walk(DAY, 20, "car"))
    bad = {**batch_row(field, "van", walk(DAY, 20, "van")), "points": "[[1,2"}
    connection.execute(insert(rows), [good, bad])
    now = {one.unit.name: one for one in fresh(connection).units}
    assert (now["car"].point is None, now["van"].point is None) == (False, True)


def test_a_point_is_the_same_after_it_was_a_row() -> None:
    draw = random.Random(5)
    for _ in range(200):
        made = rounded(
            Point(
                "u",
                "甲",
                DAY + timedelta(microseconds=draw.randrange(10**11)),
                draw.uniform(-90, 90),
                draw.uniform(-180, 180),
                draw.choice((None, 0.04, draw.uniform(0, 500))),
                draw.choice((None, draw.uniform(0, 60))),
                draw.choice((None, draw.uniform(0, 360))),
                "gpsd",
                DAY + timedelta(seconds=draw.uniform(0, 10**6)),
            )
        )
        assert rounded(made) == made
        field = Field(("t", "t"), "p", "p", {"u": "u"})
        row = batch_row(field, "u", [made])
        row.pop("scope")
        batch = Batch(**row)
        assert decoded(batch, "甲") == [made]
        assert last_of(batch, "甲") == made
        assert encoded([made]) == batch.points
