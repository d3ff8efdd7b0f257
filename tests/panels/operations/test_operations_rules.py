"""What is typed into a plan's form, read and written back."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from desktop.panels.operations.rules import (
    People,
    all_faults,
    degree_words,
    degrees,
    moment,
    read_form,
    read_time,
    whole,
)
from desktop.rules.operation_plan import Duty, Fault, GroupPlan, RoutePoint, Vehicle

PEOPLE = People(
    (
        ("p1", "纪明远　甲院", "c1"),
        ("p2", "苏文清　甲院", "c1"),
        ("p3", "苏文清　乙院", "c2"),
        ("p4", "陶一鸣　乙院", "c2"),
        ("p5", "陶一鸣　丙院", "c3"),
    )
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("纪明远", "p1"),
        (" 纪明远 ", "p1"),
        ("苏文清", "p2"),  # the one of the own court
        ("苏文清　乙院", "p3"),
        ("苏文清 乙院", "p3"),
        ("陶一鸣", ""),  # two elsewhere
        ("陶一鸣 丙院", "p5"),
        ("无此人", ""),
        ("", ""),
    ],
)
def test_people_are_found_by_what_is_typed(typed: str, found: str) -> None:
    assert PEOPLE.find(typed, "c1") == found


@pytest.mark.parametrize("key", ["p1", "p2", "p3", "p4", "p5"])
def test_what_is_written_for_a_person_finds_the_person(key: str) -> None:
    assert PEOPLE.find(PEOPLE.words(key, "c1"), "c1") == key


@pytest.mark.parametrize(
    ("typed", "clock"),
    [("6:30", "06:30"), ("0630", "06:30"), ("06：30", "06:30"), ("24:00", None), ("早上", None)],
)
def test_times_are_read_as_people_write_them(typed: str, clock: str | None) -> None:
    found = read_time(typed)
    assert (None if found is None else f"{found:%H:%M}") == clock


def test_a_moment_is_the_courts() -> None:
    found = moment(date(2026, 11, 29), "6:30")
    assert found is not None
    assert found.astimezone(UTC) == datetime(2026, 11, 28, 22, 30, tzinfo=UTC)
    assert moment(None, "6:30") is None
    assert moment(date(2026, 11, 29), "") is None


@pytest.mark.parametrize(
    ("typed", "value"), [("34.65", 346_500_000), ("-0.0000001", -1), ("", None), ("东", None)]
)
def test_degrees(typed: str, value: int | None) -> None:
    assert degrees(typed) == value


def test_degrees_are_written_as_they_are_read() -> None:
    assert degrees(degree_words(1_124_500_100)) == 1_124_500_100
    assert degree_words(None) == ""


@pytest.mark.parametrize(("typed", "value"), [("30", 30), ("-3", None), ("3.5", None), ("", None)])
def test_whole_numbers(typed: str, value: int | None) -> None:
    assert whole(typed) == value


def test_a_form_becomes_a_plan_and_says_whom_it_does_not_know() -> None:
    values: dict[str, Any] = {
        "name": "腾房",
        "team_id": "t",
        "commander_id": "纪明远",
        "place": "东门",
        "starts_on": date(2026, 12, 1),
        "starts_time": "6:30",
        "aim": "腾退",
        "police": "六",
    }
    rows = {
        "groups": [
            {"name": "外围", "team_id": "t", "leader_id": "谁", "minutes": "30", "task": "警戒"}
        ],
        "people": [{"person_id": "苏文清", "group": "外围", "role": "警戒"}],
        "route": [{"place": "东门", "lat_e7": "34.65", "lon_e7": "", "note": ""}],
        "vehicles": [{"plate": "豫C1", "driver": "甲", "seats": "七"}],
    }
    typed = read_form(values, rows, PEOPLE, "c1")
    assert typed.heading.commander_id == "p1"
    assert typed.plan.groups == (GroupPlan("外围", "t", "", "警戒", 30),)
    assert typed.plan.people == (Duty("p2", "苏文清", "外围", "警戒"),)
    assert typed.plan.route == (RoutePoint("东门", 346_500_000, None),)
    assert typed.plan.vehicles == (Vehicle("豫C1", "甲", None),)
    assert typed.plan.police is None
    (wrong,) = typed.unreadable
    assert (wrong.field, wrong.row, wrong.column) == ("groups", 0, "leader_id")
    assert "“谁”" in wrong.reason


def test_what_cannot_be_read_is_told_instead_of_what_follows_from_it() -> None:
    typed = read_form({"commander_id": "谁"}, {}, PEOPLE, "c1")
    found = all_faults(typed, (Fault("commander_id", "须填写"), Fault("name", "须填写")))
    assert [(one.field, "同名" in one.reason) for one in found] == [
        ("commander_id", True),
        ("name", False),
    ]
