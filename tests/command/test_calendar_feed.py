"""The calendar file, read again by the library that calendars use."""

from datetime import date, datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from desktop.command.calendar_feed import SEALED, Entry, FeedArgs, entries, ics
from desktop.contract.court_zone import COURT_ZONE
from tests.panels.real_city import TODAY, RealCity, real_city

NOW = datetime(2026, 11, 23, 8, tzinfo=COURT_ZONE)


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def feed(city: RealCity, who: str, days: int = 60) -> tuple[Entry, ...]:
    with city.context.engine.connect() as connection:
        args = FeedArgs(city.person(who), TODAY, city.law, days)
        return entries(connection, args)


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
    city.put(
        "operation",
        team_id=city.other_team,
        name="腾房清场",
        place="凤鸣苑",
        starts_at="2026-11-26T09:00:00+08:00",
        ends_at="2026-11-26T12:00:00+08:00",
        commander_id=city.person("许南乔"),
        plan="{}",
        content_sha256="0" * 64,
        maker_id=city.person("许南乔"),
        made_at="2026-11-20T09:00:00+08:00",
    )
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
