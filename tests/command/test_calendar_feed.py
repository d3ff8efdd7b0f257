"""The calendar file, read again by the library that calendars use."""

from datetime import date, datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from desktop.cli.calendar import write
from desktop.command.calendar_feed import SEALED, Entry, FeedArgs, entries, ics
from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import OutsideError
from tests.panels.real_city import TODAY, RealCity, real_city

NOW = datetime(2026, 11, 23, 8, tzinfo=COURT_ZONE)


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def feed(city: RealCity, who: str, days: int = 60) -> tuple[Entry, ...]:
    with city.context.engine.connect() as connection:
        args = FeedArgs(city.person(who), TODAY, city.law, days)
        return entries(connection, args)


def plan_operation(city: RealCity, **more: str) -> str:
    """Approved by nobody; commanded by 许南乔 in the other team."""
    values = {
        "team_id": city.other_team,
        "name": "腾房清场",
        "place": "凤鸣苑",
        "starts_at": "2026-11-26T09:00:00+08:00",
        "ends_at": "2026-11-26T12:00:00+08:00",
        "commander_id": city.person("许南乔"),
        "plan": "{}",
        "content_sha256": "0" * 64,
        "maker_id": city.person("许南乔"),
        "made_at": "2026-11-20T09:00:00+08:00",
    }
    return city.put("operation", **(values | more))


def test_limits_shifts_and_operations_of_one_person(city: RealCity) -> None:
    roster = {"team_id": city.team, "day": "2026-11-25", "shift": "night", "status": "planned"}
    city.put(
        "roster",
        **roster,
        from_at="2026-11-25T18:00:00+08:00",
        to_at="2026-11-26T08:00:00+08:00",
        person_id=city.person("周清和"),
        backup_id=city.person("许南乔"),
    )
    plan_operation(city)
    found = feed(city, "许南乔")
    titles = [one.title for one in found]
    assert "指挥中心值班（B岗）" in titles
    assert "执行行动：腾房清场" in titles
    assert any(title.endswith("（2026）豫0382执17号") for title in titles)
    assert all(TODAY <= one.day <= date(2027, 1, 22) for one in found)
    read = Calendar.from_ical(ics(found, "许南乔的执行日历", NOW))
    events = {str(one["uid"]): one for one in read.walk("VEVENT")}
    assert len(events) == len(found)
    action = next(one for one in events.values() if one["summary"] == "执行行动：腾房清场")
    assert action["dtstart"].dt == datetime(2026, 11, 26, 9, tzinfo=COURT_ZONE)
    assert action["dtend"].dt == datetime(2026, 11, 26, 12, tzinfo=COURT_ZONE)
    assert action["location"] == "凤鸣苑"
    limit = next(one for one in events.values() if str(one["uid"]).startswith("node-"))
    assert isinstance(limit["dtstart"].dt, date)
    assert ics(found, "许南乔的执行日历", NOW) == ics(found, "许南乔的执行日历", NOW)


def test_a_sealed_case_is_not_named(city: RealCity) -> None:
    with city.context.engine.begin() as connection:
        connection.exec_driver_sql('update "case" set sealed = 1 where id = ?', (city.calm_case,))
    found = feed(city, "许南乔")
    assert found
    assert all(SEALED in one.title for one in found)
    assert b"0382" not in ics(found, "许南乔", NOW)


def test_what_is_done_or_too_far_off_is_left_out(city: RealCity) -> None:
    near = feed(city, "许南乔", days=3)
    assert all((one.day - TODAY).days <= 3 for one in near)
    assert len(near) < len(feed(city, "许南乔", days=400))


def test_what_began_yesterday_and_goes_on_is_told(city: RealCity) -> None:
    who = {"team_id": city.team, "person_id": city.person("周清和"), "status": "planned"}
    hours = {"from_at": "2026-11-22T18:00+08:00", "to_at": "2026-11-23T08:20+08:00"}
    city.put("roster", **who, **hours, day="2026-11-22", shift="night")
    gone = {"from_at": "2026-11-21T18:00+08:00", "to_at": "2026-11-22T08:20+08:00"}
    city.put("roster", **who, **gone, day="2026-11-21", shift="night")
    over = {"starts_at": "2026-11-22T22:30:00+08:00", "ends_at": "2026-11-23T03:00:00+08:00"}
    # Named in the plan of another team's operation.
    plan_operation(city, **over, plan=f'{{"people":["{city.person("周清和")}"]}}')
    found = {one.title: one for one in feed(city, "周清和")}
    assert found["指挥中心值班"].until == datetime(2026, 11, 23, 8, 20, tzinfo=COURT_ZONE)
    assert found["执行行动：腾房清场"].note == "草拟。"
    assert len(found) == 2


def test_an_operation_that_was_called_off_is_struck(city: RealCity) -> None:
    key = plan_operation(city)
    act = {"operation_id": key, "team_id": city.other_team, "act": "cancel", "body": "另行安排"}
    who, at = city.person("许南乔"), "2026-11-22T09:00:00+08:00"
    city.put("operation_act", **act, person_id=who, at=at, content_sha256="0" * 64)
    read = Calendar.from_ical(ics(feed(city, "许南乔"), "日历", NOW))
    states = {str(one["summary"]): one.get("status") for one in read.walk("VEVENT")}
    assert states.pop("执行行动：腾房清场") == "CANCELLED"
    assert set(states.values()) == {None}


def test_an_officer_s_own_duties(city: RealCity) -> None:
    officer = city.put("person", court_id=city.court, name="法警戊", post="police")
    city.people = {**city.people, "法警戊": officer}
    hours = {"day": "2026-11-24", "from_time": "08:30", "to_time": "17:30"}
    city.put("police_shift", person_id=officer, team_id=city.team, **hours)
    (found,) = feed(city, "法警戊")
    assert found.title.startswith("法警勤务")
    assert found.until == datetime(2026, 11, 24, 17, 30, tzinfo=COURT_ZONE)


def test_a_calendar_is_put_in_place_whole_or_it_is_said_why_not(tmp_path: Path) -> None:
    there = tmp_path / "日历.ics"
    write(there, b"BEGIN")
    write(there, b"BEGIN:VCALENDAR")
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"BEGIN:VCALENDAR"]
    with pytest.raises(OutsideError, match="无法写入文件"):
        write(tmp_path / "没有" / "日历.ics", b"")
