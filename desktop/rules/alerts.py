"""Ladders: the colour of a supervision letter, and which rung of escalation is due. Pure.

A rung fires exactly once: the caller names those fired, and what is returned is recorded as
fired (the database refuses a second one).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from desktop.rules.calendar import WorkCalendar
from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path
from storage.records.people import Post

RUNGS_MIN: Final = 3
LEVELS: Final = ("green", "yellow", "red")


@dataclass(frozen=True, slots=True)
class LetterLevel:
    """A colour of letter and from how many days overdue it is used."""

    code: str
    name: str
    from_days: int


@dataclass(frozen=True, slots=True)
class Rung:
    """`after_days` calendar days after the reply-by day, `post` is told."""

    n: int
    after_days: int
    post: Post
    text: str

    def fires_on(self, reply_by: date, calendar: WorkCalendar | None = None) -> date:
        """The day this rung fires: rolled to a working day where the calendar knows one.

        In an unpublished year the plain day stands, since a warning may come early, never late.
        """
        day = reply_by + timedelta(days=self.after_days)
        if calendar is None:
            return day
        return calendar.roll(day) or day


@dataclass(frozen=True, slots=True)
class Ladder:
    """One ladder: levels by days overdue, rungs by days without a reply, both ascending."""

    code: str
    name: str
    basis: str
    confidence: str
    levels: tuple[LetterLevel, ...]
    rungs: tuple[Rung, ...]


def letter_level(ladder: Ladder, overdue_days: int) -> LetterLevel:
    """The colour for a node overdue by `overdue_days` (0 while it is only due soon)."""
    reached = [level for level in ladder.levels if level.from_days <= max(0, overdue_days)]
    return reached[-1]


def rung_due(
    ladder: Ladder,
    reply_by: date,
    fired: Collection[int],
    today: date,
    calendar: WorkCalendar | None = None,
) -> tuple[Rung, ...]:
    """The rungs to fire today, lowest first: reached, and not among `fired`."""
    return tuple(
        rung
        for rung in ladder.rungs
        if rung.n not in fired and rung.fires_on(reply_by, calendar) <= today
    )


def load_ladder(code: str = "supervision", path: Path | None = None) -> Ladder:
    """The ladder `code` from `path` (default: the shipped law). KeyError when there is none."""
    return _load(path or resource_path("law/alerts.toml"))[code]


@lru_cache(maxsize=8)
def _load(path: Path) -> dict[str, Ladder]:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    ladders = [_read_ladder(row) for row in reader.rows("ladder")]
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return {ladder.code: ladder for ladder in ladders}


def _read_ladder(row: RowReader) -> Ladder:
    ladder = Ladder(
        code=row.text("code"),
        name=row.text("name"),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
        levels=tuple(_read_level(item) for item in row.rows("level")),
        rungs=tuple(_read_rung(item) for item in row.rows("rung", "n")),
    )
    days = [level.from_days for level in ladder.levels]
    if not days or days[0] != 0 or days != sorted(set(days)):
        row.note("level", "各级起始日数应自 0 起逐级增大")
    if tuple(level.code for level in ladder.levels) != LEVELS:
        row.note("level", "须依次为 green、yellow、red 三级")
    if len(ladder.rungs) < RUNGS_MIN:
        row.note("rung", f"升级至少 {RUNGS_MIN} 级")
    if [rung.n for rung in ladder.rungs] != list(range(1, len(ladder.rungs) + 1)):
        row.note("rung", "级次应自 1 起连续")
    after = [rung.after_days for rung in ladder.rungs]
    if after != sorted(set(after)):
        row.note("rung", "各级日数应逐级增大")
    row.finish()
    return ladder


def _read_level(row: RowReader) -> LetterLevel:
    level = LetterLevel(
        row.choice("code", LEVELS),
        row.text("name"),
        row.number("from_days", least=0, most=400),
    )
    row.finish()
    return level


def _read_rung(row: RowReader) -> Rung:
    rung = Rung(
        n=row.number("n", least=1, most=9),
        after_days=row.number("after_days", least=0, most=400),
        post=Post(row.choice("post", tuple(Post))),
        text=row.text("text"),
    )
    row.finish()
    return rung
