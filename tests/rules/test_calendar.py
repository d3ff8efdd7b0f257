"""Working days: notices, make-up days, local days, unknown years, mistakes in the files."""

from datetime import date
from pathlib import Path

import pytest

from desktop.rules.calendar import Calendars, LocalDay, load_calendars
from desktop.rules.rule_files import RuleFileError


@pytest.mark.parametrize(
    ("text", "off", "name", "make_up"),
    [
        ("2017-09-30", False, "国庆节", True),
        ("2017-10-01", True, "国庆节", False),
        ("2017-10-04", True, "中秋节", False),
        ("2017-10-09", False, None, False),
        ("2017-10-14", True, None, False),
        ("2017-02-04", False, "春节", True),
        ("2018-12-29", False, "元旦", True),  # set by the notice of the following year
        ("2015-09-03", True, "抗战胜利70周年纪念日", False),
        ("2025-05-02", True, "劳动节", False),
    ],
)
def test_known_days(calendars: Calendars, text: str, off: bool, name: str, make_up: bool) -> None:
    kind = calendars.court.day(date.fromisoformat(text))
    assert kind is not None
    assert (kind.off, kind.name, kind.make_up) == (off, name, make_up)
    assert kind.source


def test_every_day_of_2017_as_the_notice_has_it(calendars: Calendars) -> None:
    spans = ["01-01/01-02", "01-27/02-02", "04-02/04-04", "04-29/05-01", "05-28/05-30"]
    spans.append("10-01/10-08")
    work = {"01-22", "02-04", "04-01", "05-27", "09-30"}
    for number in range(365):
        day = date.fromordinal(date(2017, 1, 1).toordinal() + number)
        text = f"{day:%m-%d}"
        inside = any(span[:5] <= text <= span[6:] for span in spans)
        off = inside or (day.weekday() >= 5 and text not in work)
        assert calendars.court.is_workday(day) is not off, day


def test_roll_to_the_first_day_after_the_block(calendars: Calendars) -> None:
    assert calendars.court.roll(date(2017, 10, 1)) == date(2017, 10, 9)
    assert calendars.court.roll(date(2017, 9, 30)) == date(2017, 9, 30)


def test_an_unpublished_year_is_unknown(calendars: Calendars) -> None:
    court = calendars.court
    assert not court.published(2027)
    assert court.day(date(2027, 3, 3)) is None
    assert court.is_workday(date(2027, 3, 6)) is None
    assert court.roll(date(2027, 1, 1)) is None
    assert court.missing_years(date(2028, 6, 1), date(2026, 6, 1)) == (2027, 2028)
    assert court.missing_years(date(2026, 12, 31)) == ()
    assert "没有已公布" in court.label(date(2027, 1, 1))


def test_a_local_day_counts_for_its_own_calendar_only() -> None:
    day = date(2021, 7, 21)
    found = load_calendars(None, [LocalDay(day, "court", True, "防汛停止办公", "本院通知")])
    kind = found.court.day(day)
    assert kind is not None
    assert (kind.off, kind.name) == (True, "防汛停止办公")
    assert found.bank.is_workday(day) is True


def test_a_bank_open_on_a_holiday() -> None:
    day = date(2026, 10, 6)
    found = load_calendars(None, [LocalDay(day, "bank", False, "银行对公营业", "公告")])
    assert found.bank.roll(date(2026, 10, 1)) == day
    assert found.court.roll(date(2026, 10, 1)) == date(2026, 10, 8)


def test_a_local_day_does_not_publish_its_year() -> None:
    found = load_calendars(None, [LocalDay(date(2027, 1, 1), "court", True, "元旦", "预告")])
    assert found.court.roll(date(2027, 1, 1)) is None
    assert not found.court.published(2027)


def test_a_notice_entered_as_data_publishes_its_year(tmp_path: Path) -> None:
    (tmp_path / "2027.toml").write_text(
        """
        [[published]]
        year = 2027
        source = "国务院办公厅关于2027年部分节假日安排的通知"
        [[published.day]]
        on = 2027-01-01
        name = "元旦"
        [[published.day]]
        on = 2026-12-27
        off = false
        name = "元旦"
        """,
        encoding="utf-8",
    )
    found = load_calendars(tmp_path).court
    assert found.published(2027)
    assert found.roll(date(2027, 1, 1)) == date(2027, 1, 4)
    kind = found.day(date(2026, 12, 27))
    assert kind is not None
    assert kind.make_up
    assert found.missing_years(date(2028, 1, 1)) == (2028,)


def test_every_mistake_of_a_calendar_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        """
        [[published]]
        year = 2027
        source = ""
        [[published.day]]
        on = 2029-01-01
        name = "元旦"
        [[special]]
        on = "2021-7-21"
        calendar = "shop"
        name = "停"
        source = "通知"
        """,
        encoding="utf-8",
    )
    with pytest.raises(RuleFileError) as caught:
        load_calendars(tmp_path)
    fields = {(problem.rule, problem.field) for problem in caught.value.problems}
    assert ("published[2027]", "source") in fields
    assert any(field == "on" and "day" in rule for rule, field in fields)
    assert any(field == "calendar" for _, field in fields)
    assert any(field == "on" and "special" in rule for rule, field in fields)
    assert all(problem.file == "bad.toml" for problem in caught.value.problems)
