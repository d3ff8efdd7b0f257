"""Units, duty, fences, notes and looks: what is stored, and the sentence of each refusal."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, text, update

from desktop.command.positions.changing import (
    Doer,
    DutyChange,
    Taking,
    UnitWish,
    ZoneEnd,
    ZoneWish,
    change_duty,
    end_zone,
    save_unit,
    save_zone,
    take_note,
)
from desktop.command.positions.days import DayAsk, Look, note_look, unit_day
from desktop.command.positions.duty import DutyAct, duty_now, stretches
from desktop.command.positions.points import stamp
from desktop.command.positions.reading import (
    duties,
    fence_of,
    in_force,
    operation_runs,
    units,
    watch_of,
    zones,
)
from desktop.errors import UserError
from desktop.rules.tracks import Point
from storage.schema import table
from tests.command.positions.field_rows import Field, duty, field_rows, put, rows_of
from tests.panels.fake_context import memory_engine
from tests.rules.track_days import DAY, Drive

AREA = ((34.62, 112.45), (34.63, 112.45), (34.63, 112.46))


@pytest.fixture
def connection() -> Iterator[Connection]:
    with memory_engine().connect() as opened:
        yield opened


@pytest.fixture
def field(connection: Connection) -> Field:
    return field_rows(connection)


def doer(field: Field, minute: float = 0.0, *, driver: bool = False) -> Doer:
    person = field.driver if driver else field.officer
    return Doer(person, DAY + timedelta(minutes=minute))


def test_one_goes_on_duty_and_off_again(connection: Connection, field: Field) -> None:
    officer = field.units["officer"]
    assert change_duty(connection, DutyChange(doer(field), officer, True)) == "林知远"
    assert duties(connection)[officer].person == "林知远"
    with pytest.raises(UserError, match="已在出勤"):
        change_duty(connection, DutyChange(doer(field, 1), officer, True))
    change_duty(connection, DutyChange(doer(field, 2, driver=True), officer, False))
    assert duties(connection) == {}
    with pytest.raises(UserError, match="未在出勤"):
        change_duty(connection, DutyChange(doer(field, 3), officer, False))


def test_nobody_else_says_that_one_is_on_duty(connection: Connection, field: Field) -> None:
    with pytest.raises(UserError, match="本人登记"):
        change_duty(connection, DutyChange(doer(field, driver=True), field.units["officer"], True))
    with pytest.raises(UserError, match="值班人员"):
        change_duty(connection, DutyChange(Doer(None, DAY), field.units["officer"], True))


def test_a_clock_set_back_turns_no_order_round(connection: Connection, field: Field) -> None:
    car = field.units["car"]
    change_duty(connection, DutyChange(doer(field, 10), car, True, "送达"))
    with pytest.raises(UserError, match="早于上一次"):
        change_duty(connection, DutyChange(doer(field, 5), car, False))


def test_a_vehicle_is_handed_on_with_another_errand(connection: Connection, field: Field) -> None:
    car = field.units["car"]
    change_duty(connection, DutyChange(doer(field), car, True, "送达"))
    change_duty(connection, DutyChange(doer(field, 5, driver=True), car, True, "拖移"))
    found = duties(connection)[car]
    assert (found.errand, found.person) == ("拖移", "何映川")


def test_stretches_follow_from_acts_in_any_order() -> None:
    def act(n: int, kind: str, minute: int) -> DutyAct:
        return DutyAct(str(n), "u", kind, "p", "", stamp(DAY + timedelta(minutes=minute)))

    acts = [act(1, "on", 0), act(2, "off", 10), act(3, "off", 12), act(4, "on", 20)]
    for order in (acts, acts[::-1], acts[2:] + acts[:2]):
        found = stretches(order)
        assert [one.act.id for one in found] == ["1", "4"]
        assert [one.until for one in found] == [acts[1].at, None]
        assert duty_now(order) == acts[3]
    assert duty_now(acts[:3]) is None


WRONG_UNITS = {
    "no name": ({"name": " "}, "名称"),
    "no device": ({"device": ""}, "设备编号"),
    "a person who is nobody": ({"kind": "person"}, "写明是谁"),
    "a source that is none": ({"source": "rumour"}, "来源"),
    "no team": ({"team_id": "none"}, "团队"),
    "a device of another": ({"device": "862-car"}, "已属于car"),
}


def unit_wish(field: Field, **more: str) -> UnitWish:
    values = {
        "id": "",
        "team_id": field.teams[0],
        "kind": "vehicle",
        "name": "执行9号车",
        "device": "862-09",
        "source": "traccar",
        **more,
    }
    return UnitWish(doer=doer(field), **values)


@pytest.mark.parametrize("case", WRONG_UNITS)
def test_a_unit_that_cannot_be_registered(connection: Connection, field: Field, case: str) -> None:
    more, words = WRONG_UNITS[case]
    with pytest.raises(UserError, match=words):
        save_unit(connection, unit_wish(field, **more))


def test_a_unit_is_registered_and_changed(connection: Connection, field: Field) -> None:
    made = save_unit(connection, unit_wish(field))
    save_unit(connection, unit_wish(field, id=made, name="备勤车", team_id=field.teams[1]))
    (found,) = [one for one in units(connection) if one.id == made]
    assert (found.name, found.team, found.scope) == ("备勤车", "第2执行团队", 2)


def zone_wish(field: Field, minute: float = 0.0, **more: object) -> ZoneWish:
    values = {"id": "", "team_id": field.teams[0], "name": "警戒圈", "kind": "fence", **more}
    return ZoneWish(doer=doer(field, minute), **values)  # type: ignore[arg-type]


def test_a_fence_is_stored_changed_and_ended(connection: Connection, field: Field) -> None:
    made = save_zone(connection, zone_wish(field, corners=AREA, alarms=("leave",)))
    (zone,) = zones(connection, stamp(DAY))
    rule = fence_of(zone)
    assert rule is not None
    assert (rule.corners, rule.alarms) == (AREA, {"leave"})
    assert json.loads(zone.shape)["type"] == "Polygon"
    # A changed one counts from then on under its own name; the old one keeps what it saw.
    circle = zone_wish(field, 5, id=made, corners=AREA[:1], radius_m=300.0)
    changed = save_zone(connection, circle)
    both = {zone.id: zone for zone in zones(connection, stamp(DAY))}
    assert both[made].to_at == both[changed].from_at == stamp(DAY + timedelta(minutes=5))
    after = fence_of(both[changed])
    assert after is not None
    assert after.radius_m == 300.0
    assert not in_force(both[made], DAY + timedelta(minutes=6))
    assert end_zone(connection, ZoneEnd(doer(field, 9), changed)) == "警戒圈"
    with pytest.raises(UserError, match="已经结束"):
        end_zone(connection, ZoneEnd(doer(field, 10), changed))


def test_a_watch_is_stored(connection: Connection, field: Field) -> None:
    car, van = field.units["car"], field.units["van"]
    wish = zone_wish(
        field, kind="alone", name="押运", devices=(car,), others=(van,), radius_m=100.0
    )
    save_zone(connection, wish)
    (zone,) = zones(connection, stamp(DAY))
    watch = watch_of(zone)
    assert watch is not None
    assert (watch.device, watch.others, watch.kind) == (car, {van}, "alone")


WRONG_ZONES: dict[str, tuple[dict[str, object], str]] = {
    "two corners": ({"corners": AREA[:2]}, "至少三个顶点"),
    "a circle without a size": ({"corners": AREA[:1]}, "圆心和半径"),
    "no name": ({"name": " ", "corners": AREA}, "名称"),
    "no alarm": ({"corners": AREA, "alarms": ()}, "告警"),
    "nobody watched": ({"kind": "near", "others": ("x",), "radius_m": 5.0}, "看护"),
    "alone with itself": (
        {"kind": "near", "devices": ("x",), "others": ("x",), "radius_m": 5.0},
        "另外的对象",
    ),
    "an end that has passed": ({"corners": AREA, "until": DAY - timedelta(days=1)}, "结束时间"),
}


@pytest.mark.parametrize("case", WRONG_ZONES)
def test_what_is_no_fence(connection: Connection, field: Field, case: str) -> None:
    more, words = WRONG_ZONES[case]
    with pytest.raises(UserError, match=words):
        save_zone(connection, zone_wish(field, **more))
    assert zones(connection, "") == []


def test_rows_of_fences_that_nobody_can_read_are_left_out(
    connection: Connection, field: Field
) -> None:
    save_zone(connection, zone_wish(field, corners=AREA))
    for values in ({"shape": "{"}, {"shape": '{"type": "LineString"}'}, {"kind": "near"}):
        connection.execute(update(table("fence")).values(values))
        (zone,) = zones(connection, "")
        assert (fence_of(zone) if zone.kind == "fence" else watch_of(zone)) is None
        connection.execute(update(table("fence")).values(watched="["))


def test_a_note_is_taken_once_at_one_time(connection: Connection, field: Field) -> None:
    taking = Taking(doer(field), "enter|f|u|t", field.teams[0])
    take_note(connection, taking)
    with pytest.raises(UserError, match="已由您确认"):
        take_note(connection, taking)
    take_note(connection, Taking(doer(field, 1), "enter|f|u|t", field.teams[0]))
    take_note(connection, Taking(doer(field, driver=True), "enter|f|u|t", field.teams[0]))


def test_whether_an_operation_runs(connection: Connection, field: Field) -> None:
    assert not operation_runs(connection)
    common = {"operation_id": "o", "team_id": field.teams[0], "person_id": field.officer}
    common["content_sha256"] = "a" * 64
    connection.execute(text("pragma defer_foreign_keys = on"))
    put(connection, "operation_act", act="start", at=stamp(DAY), **common)
    assert operation_runs(connection)
    put(connection, "operation_act", act="finish", at=stamp(DAY), **common)
    assert not operation_runs(connection)


# Days


def noted(connection: Connection, field: Field, unit: str, purpose: str, day: date) -> str:
    return note_look(connection, Look(doer(field, 300), field.units[unit], day, purpose))


def ask(field: Field, unit: str, look: str, now: datetime | None = None) -> DayAsk:
    return DayAsk(field.units[unit], DAY.date(), look, now or DAY + timedelta(minutes=301))


def morning(connection: Connection, field: Field, unit: str) -> list[Point]:
    """Out and back with a stop, then out once more."""
    drive = Drive(unit).stand(600).to(2000, 0).stand(900).to(0, 0).stand(1200).to(0, 1500)
    drive.stand(900)
    connection.execute(insert(table("position_batch")), rows_of(field, drive.made))
    return drive.made


def test_a_day_is_told_with_the_errand_of_each_trip(connection: Connection, field: Field) -> None:
    morning(connection, field, "car")
    duty(connection, field, "car", "on", DAY - timedelta(minutes=5), "送达裁定")
    duty(connection, field, "car", "off", DAY + timedelta(minutes=50))
    look = noted(connection, field, "car", "", DAY.date())
    day = unit_day(connection, ask(field, "car", look))
    kinds = [piece.stretch.kind for piece in day.pieces]
    assert kinds == ["stop", "trip", "stop", "trip", "stop", "trip", "stop"]
    trips = [piece for piece in day.pieces if piece.stretch.kind == "trip"]
    assert [piece.errand for piece in trips] == ["送达裁定", "送达裁定", ""]
    assert [piece.use.driver if piece.use else None for piece in trips] == [
        "何映川",
        "何映川",
        None,
    ]
    assert day.way_m == pytest.approx(5500, abs=60)


def test_of_a_person_a_purpose_has_to_be_said(connection: Connection, field: Field) -> None:
    morning(connection, field, "officer")
    with pytest.raises(UserError, match="写明用途"):
        noted(connection, field, "officer", "  ", DAY.date())
    look = noted(connection, field, "officer", "核对现场到达时间", DAY.date())
    row = connection.execute(select(table("read_log"))).one()
    assert (row.purpose, row.object) == ("核对现场到达时间", "轨迹：林知远 2026-03-09")
    assert (row.person_id, row.act) == (field.officer, "open")
    assert len(unit_day(connection, ask(field, "officer", look)).pieces) == 7


UNLOOKED = ("never", "another unit", "another day", "long ago")


@pytest.mark.parametrize("case", UNLOOKED)
def test_no_day_is_given_without_its_look(connection: Connection, field: Field, case: str) -> None:
    morning(connection, field, "officer")
    day, now = DAY.date(), DAY + timedelta(minutes=301)
    look = "none"
    if case == "another unit":
        look = noted(connection, field, "car", "核对", day)
    elif case == "another day":
        look = noted(connection, field, "officer", "核对", day - timedelta(days=1))
    elif case == "long ago":
        look, now = noted(connection, field, "officer", "核对", day), now + timedelta(hours=2)
    with pytest.raises(UserError, match="先登记用途"):
        unit_day(connection, ask(field, "officer", look, now))


def test_a_persons_way_is_closed_after_the_days_of_the_rule(
    connection: Connection, field: Field
) -> None:
    morning(connection, field, "officer")
    morning(connection, field, "car")
    for days, closed in ((180, False), (181, True)):
        later = doer(field, 300 + days * 1440)
        for unit in ("officer", "car"):
            look = Look(later, field.units[unit], DAY.date(), "核对")
            if closed and unit == "officer":
                with pytest.raises(UserError, match="180 日的可查期限〔未核实〕"):
                    note_look(connection, look)
            else:
                found = unit_day(
                    connection, ask(field, unit, note_look(connection, look), later.now)
                )
                assert found.points
    assert len(connection.execute(select(table("read_log"))).all()) == 3


def test_a_day_holds_nothing_of_the_day_before(connection: Connection, field: Field) -> None:
    night = Drive("car", second=-9 * 3600).stand(3 * 3600)
    connection.execute(insert(table("position_batch")), rows_of(field, night.made))
    look = noted(connection, field, "car", "", DAY.date())
    day = unit_day(connection, ask(field, "car", look))
    assert min(point.at for point in day.points) == DAY.replace(hour=0)
