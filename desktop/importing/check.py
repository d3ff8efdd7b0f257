"""Checks rows against a profile: every fault of every cell in one pass. Pure; any thread.

A row with one fault is rejected whole, and all its faults are named, not only the first. What can
only be known from the store (an unknown handler, a case that is not there) is found in `plan`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from desktop.importing.convert import (
    CellError,
    Converter,
    converter,
    is_blank,
    read_number,
    shown,
)
from desktop.importing.headers import Binding
from desktop.importing.profile import EVENT, Profile, usual_column
from desktop.importing.readers import RawRow
from desktop.rules.case_number import CaseNumber, load_type_words, validate
from storage.records.people import Court

_PARTIES: Final = ("applicant", "debtor", "outsider")
_TRIAL: Final = "审判"


@dataclass(frozen=True, slots=True)
class RowError:
    """One fault: the row as the spreadsheet numbers it, the column's header, what stood there."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Record:
    """A sound row. `values`: target -> value; `events`: event code -> ISO day;
    `parties`: role -> names."""

    row: int
    key: str
    values: dict[str, object]
    events: dict[str, str] = field(default_factory=dict)
    parties: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reader:
    """How one column is read."""

    index: int
    header: str
    target: str
    convert: Converter
    required: bool
    past_only: bool


@dataclass(frozen=True, slots=True)
class _Order:
    """`later` may not hold a day before `earlier`."""

    earlier: str
    later: str


class Checker:
    """Turns raw rows into records. One per file: it remembers the keys it has seen."""

    def __init__(
        self,
        profile: Profile,
        binding: Binding,
        *,
        today: date,
        from_1904: bool,
        courts: Sequence[Court] = (),
    ) -> None:
        """`courts`: the court table; without it court codes are not checked."""
        self._profile = profile
        self._today = today.isoformat()
        self._courts = courts
        self._readers = [
            _Reader(
                item.index,
                item.header,
                item.column.target,
                converter(
                    item.column,
                    from_1904=from_1904,
                    activities=profile.activities,
                    fen_per_unit=item.fen_per_unit,
                ),
                item.column.required,
                item.column.kind in ("date", "datetime") and not item.column.future,
            )
            for item in binding.bound
        ]
        self._headers = {reader.target: reader.header for reader in self._readers}
        self._orders = [
            _Order(item.column.not_before, item.column.target)
            for item in binding.bound
            if item.column.not_before
        ]
        self._constants = self._read_constants(profile.constants)
        self._first_rows: dict[str, int] = {}
        self._courts_seen: dict[tuple[str, int, str, str | None], str] = {}

    def _read_constants(self, constants: Mapping[str, str]) -> dict[str, object]:
        known = {column.target: column for column in self._profile.columns}
        titles = self._profile.targets()
        return {
            target: converter(
                known.get(target) or usual_column(target, titles[target]),
                from_1904=False,
                activities=self._profile.activities,
            )(text)
            for target, text in constants.items()
        }

    def check(self, raw: RawRow) -> tuple[Record | None, list[RowError]]:
        """The record of a row, or None and every reason against it."""
        errors: list[RowError] = []
        values = dict(self._constants)
        cells, width = raw.cells, len(raw.cells)
        for reader in self._readers:
            cell = cells[reader.index] if reader.index < width else None
            if is_blank(cell):
                if reader.required and reader.target not in values:
                    errors.append(RowError(raw.number, reader.header, "", "必填，不能为空"))
                continue
            try:
                value = reader.convert(cell)
            except CellError as error:
                errors.append(RowError(raw.number, reader.header, shown(cell), str(error)))
                continue
            if reader.past_only and str(value)[:10] > self._today:
                errors.append(RowError(raw.number, reader.header, shown(cell), "日期晚于今天"))
                continue
            values[reader.target] = value
        self._check_order(raw.number, values, errors)
        if self._profile.target == "cases":
            self._check_number(raw.number, values, errors)
        key = self._key(raw.number, values, errors)
        if errors or key is None:
            return None, errors
        return self._record(raw.number, key, values), errors

    def _check_order(self, row: int, values: Mapping[str, object], errors: list[RowError]) -> None:
        for order in self._orders:
            earlier, later = values.get(order.earlier), values.get(order.later)
            if earlier is None or later is None or str(later)[:10] >= str(earlier)[:10]:
                continue
            before = self._headers.get(order.earlier, order.earlier)
            reason = f"早于“{before}”（{str(earlier)[:10]}）"
            errors.append(RowError(row, self._headers[order.later], str(later), reason))
        column = self._headers.get("closed_on")
        if column and values.get("close_mode") and not values.get("closed_on"):
            errors.append(RowError(row, column, "", "有结案方式而没有结案日期"))
        at, on = values.get("at"), values.get("on")
        if at is not None and on is not None and str(at)[:10] != on:
            errors.append(RowError(row, self._headers["at"], str(at), "时刻与日期不是同一天"))

    def _check_number(self, row: int, values: Mapping[str, object], errors: list[RowError]) -> None:
        text = values.get("number")
        if not isinstance(text, str):
            return
        column = self._headers["number"]
        number = read_number(text)
        entry = load_type_words().meaning(number.type_word)
        if entry is not None and entry.word_class == _TRIAL:
            reason = f"“{number.type_word}”是审判案号，不是执行案件"
            errors.append(RowError(row, column, text, reason))
        if self._courts:
            reason = self._court_reason(number)
            if reason:
                errors.append(RowError(row, column, text, reason))
        if number.legacy is not None and "court" not in values:
            errors.append(RowError(row, column, text, "旧式案号看不出法院，请另填“法院”列"))
        filed = str(values.get("filed_on", ""))
        if filed and int(filed[:4]) < number.year:
            reason = f"立案日期早于案号年度（{number.year}）"
            errors.append(RowError(row, self._headers.get("filed_on", column), filed, reason))

    def _court_reason(self, number: CaseNumber) -> str:
        key = (number.court, number.year, number.type_word, number.legacy and "old")
        if key not in self._courts_seen:
            problems = validate(number, self._courts)
            found = [problem.reason for problem in problems if problem.level == "error"]
            self._courts_seen[key] = "；".join(found)
        return self._courts_seen[key]

    def _key(self, row: int, values: Mapping[str, object], errors: list[RowError]) -> str | None:
        parts = [str(values.get(target, "")) for target in self._profile.key]
        if not parts[0]:
            return None
        key = "|".join(parts).rstrip("|")
        first = self._first_rows.setdefault(key, row)
        if first != row:
            column = self._headers.get(self._profile.key[-1], self._profile.key[-1])
            shown_key = str(values.get(self._profile.key[-1], key))
            reason = f"与第 {first} 行重复（{key.replace('|', ' · ')}）"
            errors.append(RowError(row, column, shown_key, reason))
        return key

    def _record(self, row: int, key: str, values: dict[str, object]) -> Record:
        if self._profile.target == "events":
            return Record(row, key, values)
        record = Record(row, key, {})
        for target, value in values.items():
            if target.startswith(EVENT):
                record.events[target.removeprefix(EVENT)] = str(value)
            elif target in _PARTIES and isinstance(value, tuple):
                record.parties[target] = value
            else:
                record.values[target] = value
        return record
