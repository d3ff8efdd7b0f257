"""Working days: the yearly State Council notices, make-up working days, dated local days.

A year without a published notice is unknown: `day` answers None and nobody guesses. Courts and
banks have calendars of their own. Pure apart from reading the data files once; any thread.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from chinese_calendar import constants

from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path

ONE_DAY: Final = timedelta(days=1)
ROLL_DAYS_MAX: Final = 400
CALENDARS: Final = ("court", "bank")
_WEEKDAYS: Final = "一二三四五六日"
_NAMES: Final[Mapping[str, str]] = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}
# A notice is published for a year as a whole; the packaged table has no other mark of which
# years it covers than the years its holidays lie in.
_PACKAGED_YEARS: Final = frozenset(day.year for day in constants.holidays)


@dataclass(frozen=True, slots=True)
class DayKind:
    """What a day is. `make_up`: a weekend day on which the State Council has people work."""

    off: bool
    name: str | None
    source: str
    make_up: bool


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A dated exception of one calendar ("court" or "bank"), decided here and not in Beijing."""

    day: date
    calendar: str
    off: bool
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A yearly notice entered as data: it publishes `year`; `days` are its exceptions."""

    year: int
    source: str
    days: Mapping[date, tuple[bool, str]]


def weekday_name(day: date) -> str:
    """星期一 … 星期日."""
    return f"星期{_WEEKDAYS[day.weekday()]}"


def _chinese(name: str) -> str:
    return _NAMES.get(name, name)


class WorkCalendar:
    """The working days of courts or of banks. Immutable after construction, but for its memo."""

    def __init__(
        self,
        name: str,
        *,
        special: Mapping[date, LocalDay] | None = None,
        notices: Iterable[Notice] = (),
    ) -> None:
        self.name = name
        self._special = dict(special or {})
        self._notices = {notice.year: notice for notice in notices}
        # The notice of a year may also move the last days of December before it.
        self._noticed = {
            day: (off, text, notice.source)
            for notice in self._notices.values()
            for day, (off, text) in notice.days.items()
        }
        self._years = _PACKAGED_YEARS | self._notices.keys()
        self._memo: dict[date, DayKind | None] = {}

    def published(self, year: int) -> bool:
        """Whether the State Council notice of `year` is known here."""
        return year in self._years

    def missing_years(self, through: date, since: date | None = None) -> tuple[int, ...]:
        """Years without a notice from `since` (default: the first known year) to `through`."""
        first = since.year if since is not None else min(self._years)
        return tuple(y for y in range(first, through.year + 1) if y not in self._years)

    def day(self, day: date) -> DayKind | None:
        """What `day` is; None when its year is not published and no local entry names it."""
        try:
            return self._memo[day]
        except KeyError:
            found = self._memo[day] = self._look_up(day)
            return found

    def _look_up(self, day: date) -> DayKind | None:
        weekend = day.weekday() >= 5
        local = self._special.get(day)
        if local is not None:
            return DayKind(local.off, local.name, local.source, weekend and not local.off)
        noticed = self._noticed.get(day)
        if noticed is not None:
            off, text, source = noticed
            return DayKind(off, text, source, weekend and not off)
        if not self.published(day.year):
            return None
        notice = self._notices.get(day.year)
        if notice is not None:
            return DayKind(weekend, None, notice.source, False)
        source = f"国务院办公厅关于{day.year}年部分节假日安排的通知"
        if day in constants.holidays:
            return DayKind(True, _chinese(constants.holidays[day]), source, False)
        if day in constants.workdays:
            return DayKind(False, _chinese(constants.workdays[day]), source, True)
        return DayKind(weekend, None, source, False)

    def is_workday(self, day: date) -> bool | None:
        """True or False, or None when it is unknown."""
        kind = self.day(day)
        return None if kind is None else not kind.off

    def roll(self, day: date) -> date | None:
        """The first day on or after `day` that is not off; None when an unknown year decides."""
        for _ in range(ROLL_DAYS_MAX):
            kind = self.day(day)
            if kind is None:
                return None
            if not kind.off:
                return day
            day += ONE_DAY
        raise AssertionError(f"no working day within {ROLL_DAYS_MAX} days before {day}")

    def reason(self, day: date) -> str:
        """Why a day is off or not, in Chinese: 国庆节, 星期六, 国庆节调休上班, 工作日."""
        kind = self.day(day)
        if kind is None:
            return f"{day.year}年没有已公布的节假日安排"
        if kind.off:
            return kind.name or weekday_name(day)
        if kind.make_up:
            return f"{kind.name or ''}调休上班日"
        return kind.name or "工作日"

    def label(self, day: date) -> str:
        """The day with its weekday and, where there is one, its reason."""
        reason = self.reason(day)
        weekday = weekday_name(day)
        tail = "" if reason in (weekday, "工作日") else f"，{reason}"
        return f"{day.isoformat()}（{weekday}{tail}）"


@dataclass(frozen=True, slots=True)
class Calendars:
    """The two calendars a clock may count by."""

    court: WorkCalendar
    bank: WorkCalendar

    def of(self, name: str) -> WorkCalendar:
        """`court` or `bank`."""
        return self.bank if name == "bank" else self.court


def load_calendars(folder: Path | None = None, local_days: Iterable[LocalDay] = ()) -> Calendars:
    """Both calendars from `folder` (default: the shipped data) plus `local_days` of this desk.

    A later entry for the same day wins, so the desk's own days override the shipped ones.
    Raises RuleFileError with every mistake of every file.
    """
    problems: list[Problem] = []
    days: list[LocalDay] = []
    notices: dict[int, Notice] = {}
    for file in sorted((folder or resource_path("calendars")).glob("*.toml")):
        reader = open_rule_file(file, problems)
        if reader is None:
            continue
        for row in reader.rows("published", "year"):
            notice = _read_notice(row)
            notices[notice.year] = notice
        for row in reader.rows("special", "on"):
            days.append(_read_special(row))
        reader.finish()
    if problems:
        raise RuleFileError(problems)
    days.extend(local_days)
    by_name = {
        name: WorkCalendar(
            name,
            special={day.day: day for day in days if day.calendar == name},
            notices=notices.values(),
        )
        for name in CALENDARS
    }
    return Calendars(by_name["court"], by_name["bank"])


def _read_notice(row: RowReader) -> Notice:
    year = row.number("year", least=2004, most=2100)
    source = row.text("source")
    days: dict[date, tuple[bool, str]] = {}
    for item in row.rows("day", "on"):
        on = item.day("on")
        before_year = (date(year, 1, 1) - on).days
        if on.year != year and not 0 < before_year <= 7:
            item.note("on", f"{on.isoformat()} 不在 {year} 年，也不在其前七日之内")
        if on in days:
            item.note("on", f"{on.isoformat()} 重复")
        days[on] = (item.flag("off", default=True), item.text("name"))
        item.finish()
    if not days:
        row.note("day", "一年的通知至少有一天放假")
    row.finish()
    return Notice(year, source, days)


def _read_special(row: RowReader) -> LocalDay:
    found = LocalDay(
        day=row.day("on"),
        calendar=row.choice("calendar", CALENDARS),
        off=row.flag("off", default=True),
        name=row.text("name"),
        source=row.text("source"),
    )
    row.finish()
    return found
