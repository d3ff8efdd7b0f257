"""Reading rule files (TOML) so that every mistake is found in one pass and named in Chinese.

A reader never stops at the first mistake: each getter notes a `Problem` and returns a harmless
value, and the loader raises one `RuleFileError` with all of them at the end. Any thread.
"""

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Final, Protocol, TypeVar

from desktop.errors import UserError
from desktop.rules.money import rate_of

PROBLEMS_SHOWN_MAX: Final = 200
_NO_DATE: Final = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a rule file: which file, which rule, which field, and why."""

    file: str
    rule: str
    field: str
    reason: str

    def sentence(self) -> str:
        """The mistake as one Chinese line."""
        return f"{self.file}：{self.rule}：字段“{self.field}”：{self.reason}"


class RuleFileError(UserError):
    """Rule files that cannot be used; `problems` holds every mistake of every file read."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(problems)
        shown = [problem.sentence() for problem in self.problems[:PROBLEMS_SHOWN_MAX]]
        super().__init__("规则文件有误，未予采用：\n" + "\n".join(shown))


class RowReader:
    """Typed access to one TOML table. Unknown fields are mistakes: a misspelt field must not hide.

    `problems` is shared by all readers of one load.
    """

    def __init__(
        self, file: str, rule: str, row: Mapping[str, object], problems: list[Problem]
    ) -> None:
        self.file, self.rule, self.problems = file, rule, problems
        self._row = row
        self._seen: set[str] = set()

    def note(self, field: str, reason: str) -> None:
        """Records a mistake of `field`."""
        self.problems.append(Problem(self.file, self.rule, field, reason))

    def has(self, field: str) -> bool:
        """Whether the field is written at all."""
        return field in self._row

    def _get(self, field: str) -> object:
        self._seen.add(field)
        return self._row.get(field)

    def text(self, field: str, default: str | None = None) -> str:
        """A text that is not blank; required when there is no `default`."""
        value = self._get(field)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or (not value.strip() and default is None):
            self.note(field, "须填写文字" if value in (None, "") else f"应为文字，现为 {value!r}")
            return default or ""
        return value

    def choice(self, field: str, allowed: Collection[str], default: str | None = None) -> str:
        """One of `allowed`."""
        value = self.text(field, default)
        if value and value not in allowed:
            self.note(field, f"“{value}”不在允许的取值之内（{'、'.join(allowed)}）")
            return next(iter(allowed))
        return value

    def number(self, field: str, *, least: int, most: int, default: int | None = None) -> int:
        """A whole number between `least` and `most`, both included."""
        value = self._get(field)
        if value is None and default is not None:
            return default
        if not isinstance(value, int) or isinstance(value, bool):
            self.note(field, "须填写整数" if value is None else f"应为整数，现为 {value!r}")
            return least
        if not least <= value <= most:
            self.note(field, f"应在 {least} 与 {most} 之间，现为 {value}")
            return least
        return value

    def rate(self, field: str) -> Fraction:
        """A required rate from 0 to 1, written as text ("0.015" or "1.5%") so that it is exact."""
        text = self.text(field)
        found = rate_of(text)
        if found is None or found > 1:
            if text:
                self.note(field, f"“{text}”不是 0 与 1 之间的比率，应写作 0.015 或 1.5%")
            return Fraction(0)
        return found

    def flag(self, field: str, default: bool) -> bool:
        """true or false."""
        value = self._get(field)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.note(field, f"应为 true 或 false，现为 {value!r}")
            return default
        return value

    def day(self, field: str) -> date:
        """A required day, written as a TOML date (2017-05-01) or as text."""
        found = self.day_or_none(field)
        if found is None:
            if not self.has(field):
                self.note(field, "须填写日期")
            return _NO_DATE
        return found

    def day_or_none(self, field: str) -> date | None:
        """A day, or None when the field is not written."""
        value = self._get(field)
        if value is None:
            return None
        if type(value) is date:
            return value
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                self.note(field, f"“{value}”不是日期，应写作 2017-05-01")
                return None
        self.note(field, f"应为日期，现为 {value!r}")
        return None

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts; empty when not written."""
        value = self._get(field)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.note(field, "应为文字列表")
            return ()
        return tuple(str(item) for item in value)

    def numbers(self, field: str) -> tuple[int, ...]:
        """A list of whole numbers; empty when not written."""
        value = self._get(field)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(type(item) is int for item in value):
            self.note(field, "应为整数列表")
            return ()
        return tuple(int(item) for item in value)

    def rows(self, field: str, key: str = "code") -> "list[RowReader]":
        """The sub-tables under `field`; each is named after its own `key` in messages."""
        value = self._get(field)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.note(field, f"应为 [[{field}]] 表")
            return []
        found = []
        for index, item in enumerate(value, start=1):
            name = item.get(key)
            label = f"{field}[{name if isinstance(name, str | int) else index}]"
            label = f"{self.rule} {label}" if self.rule else label
            found.append(RowReader(self.file, label, item, self.problems))
        return found

    def table(self, field: str) -> "RowReader | None":
        """The single sub-table `field`, or None when not written."""
        value = self._get(field)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.note(field, f"应为 [{field}] 表")
            return None
        return RowReader(self.file, field, value, self.problems)

    def mapping(self, field: str) -> Mapping[str, object]:
        """The raw sub-table `field`; empty when not written."""
        value = self._get(field)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.note(field, f"应为 [{field}] 表")
            return {}
        return value

    def finish(self) -> None:
        """Notes every field that no getter asked for."""
        for field in self._row:
            if field not in self._seen:
                self.note(field, "不认识的字段")


@lru_cache(maxsize=256)
def _parsed(text: str) -> Mapping[str, object]:
    """Read once for each content: the law is asked for often and edited seldom."""
    return tomllib.loads(text)


def open_rule_file(path: Path, problems: list[Problem]) -> RowReader | None:
    """The whole file as a reader; None (and a problem) when it cannot be read as TOML."""
    try:
        content = _parsed(path.read_bytes().decode())
    except FileNotFoundError:
        problems.append(Problem(path.name, "文件", "路径", "文件不存在"))
        return None
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(path.name, "文件", "内容", f"无法读取（{error}）"))
        return None
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(path.name, "文件", "格式", f"不是有效的 TOML（{error}）"))
        return None
    return RowReader(path.name, "", content, problems)


class Versioned(Protocol):
    """One version of a rule, in force for a while."""

    @property
    def version(self) -> str: ...

    @property
    def valid_from(self) -> date: ...

    def in_force(self, day: date) -> bool: ...


V = TypeVar("V", bound=Versioned)


def load_versions(path: Path, section: str, key: str, read: Callable[[RowReader], V]) -> list[V]:
    """All versions in `section`, whose field `key` says what each is a version of. No two of one
    thing are in force on one day. RuleFileError names every mistake."""
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    found = [read(row) for row in reader.rows(section, key)]
    for first, second in combinations(found, 2):
        both = first.in_force(second.valid_from) or second.in_force(first.valid_from)
        if getattr(first, key) == getattr(second, key) and both:
            reader.note(section, f"“{first.version}”与“{second.version}”的效力期间重叠")
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return found
