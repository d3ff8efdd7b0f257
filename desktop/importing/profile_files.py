"""Reads mapping profiles from TOML and names every fault of a file at once. Any thread.

Profiles in `resources/profiles` ship with the desk; any other file is given by its path.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from desktop.errors import UserError
from desktop.importing.profile import (
    CASE_FIELDS,
    EVENT,
    EVENT_FIELDS,
    KINDS,
    CaseMaking,
    ColumnSpec,
    CourtSeed,
    Profile,
    ProfileError,
    ProfileProblem,
    usual_column,
)
from desktop.rules.catalogue import Catalogue, load_catalogues
from resources import path as resource_path

_PROFILE_KEYS: Final = frozenset(
    (
        "name",
        "title",
        "description",
        "target",
        "catalogue",
        "key",
        "people",
        "constants",
        "court_table",
        "court",
        "case",
        "activity",
        "column",
    )
)
_COLUMN_KEYS: Final = frozenset(
    (
        "header",
        "aliases",
        "field",
        "event",
        "type",
        "required",
        "not_before",
        "future",
        "choices",
        "fen_per_unit",
    )
)


def shipped_profiles() -> dict[str, Path]:
    """Profiles that come with the desk: name -> file."""
    return {file.stem: file for file in sorted(resource_path("profiles").glob("*.toml"))}


def shipped_titles() -> dict[str, str]:
    """Name -> Chinese title of the shipped profiles, without checking them: quick."""
    titles = {}
    for name, file in shipped_profiles().items():
        titles[name] = str(tomllib.loads(file.read_text(encoding="utf-8")).get("title", name))
    return titles


@lru_cache(maxsize=1)
def _catalogues() -> Mapping[str, Catalogue]:
    """The catalogues that ship with the desk; they do not change while it runs."""
    return load_catalogues()


def load_profile(name_or_path: str) -> Profile:
    """A shipped profile by name, or the one in a file. Raises ProfileError or UserError."""
    shipped = shipped_profiles()
    file = shipped.get(name_or_path) or Path(name_or_path)
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        known = "、".join(shipped)
        raise UserError(f"没有导入方案“{name_or_path}”；自带方案有：{known}") from error
    except IsADirectoryError as error:
        raise UserError(f"导入方案“{name_or_path}”是文件夹，不是方案文件") from error
    except UnicodeDecodeError as error:
        raise UserError(f"导入方案“{name_or_path}”不是 UTF-8 文本") from error
    except OSError as error:
        raise UserError(f"导入方案“{name_or_path}”读不出来：{error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        problem = ProfileProblem(file.name, "TOML", f"语法错误：{error}")
        raise ProfileError([problem]) from error
    return _Builder(file, raw).build()


class _Builder:
    """Turns TOML into a Profile, collecting every fault before it speaks."""

    def __init__(self, file: Path, raw: dict[str, Any]) -> None:
        self.file = file
        self.raw = raw
        self.problems: list[ProfileProblem] = []

    def fault(self, place: str, reason: str) -> None:
        self.problems.append(ProfileProblem(self.file.name, place, reason))

    def text(self, table: Mapping[str, Any], key: str, place: str, default: str = "") -> str:
        value = table.get(key, default)
        if not isinstance(value, str):
            self.fault(f"{place}{key}", "应为文字")
            return default
        return value

    def build(self) -> Profile:
        raw = self.raw
        for key in sorted(set(raw) - _PROFILE_KEYS):
            self.fault(key, "不认识的项目")
        target = self.text(raw, "target", "")
        if target not in ("cases", "events"):
            self.fault("target", "应为 cases 或 events")
        catalogue = self._catalogue()
        events = {code: kind.name for code, kind in catalogue.events.items()} if catalogue else {}
        titles = CASE_FIELDS if target == "cases" else EVENT_FIELDS
        columns = self._columns(titles, events, target)
        people = self.text(raw, "people", "", "reject")
        if people not in ("create", "reject"):
            self.fault("people", "应为 create 或 reject")
        profile = Profile(
            name=self.text(raw, "name", "", self.file.stem),
            title=self.text(raw, "title", "", self.file.stem),
            description=self.text(raw, "description", ""),
            target="events" if target == "events" else "cases",
            catalogue=catalogue.name if catalogue else "",
            key=self._key(columns),
            people="create" if people == "create" else "reject",
            columns=tuple(columns),
            constants=self._constants(titles),
            courts=tuple(self._courts()),
            case=self._case(events),
            activities=self._activities(events),
            events=events,
        )
        self._required(profile)
        if self.problems:
            raise ProfileError(self.problems)
        return profile

    def _catalogue(self) -> Catalogue | None:
        catalogues = _catalogues()
        name = self.text(self.raw, "catalogue", "", "court")
        found = catalogues.get(name)
        if found is None:
            self.fault("catalogue", f"没有节点目录“{name}”；已有：{'、'.join(sorted(catalogues))}")
        return found

    def _columns(
        self, titles: Mapping[str, str], events: Mapping[str, str], target: str
    ) -> list[ColumnSpec]:
        rows = self.raw.get("column", [])
        if not isinstance(rows, list) or not rows:
            self.fault("column", "至少要有一列")
            return []
        columns = []
        for n, row in enumerate(rows, 1):
            place = f"column[{n}]"
            if not isinstance(row, dict):
                self.fault(place, "应为一个表")
                continue
            column = self._column(row, place, titles, events, target)
            if column is not None:
                columns.append(column)
        seen: dict[str, str] = {}
        for column in columns:
            if column.target in seen:
                self.fault(f"column“{column.header}”", f"与“{seen[column.target]}”对应同一项目")
            seen[column.target] = column.header
        for column in columns:
            if column.not_before and column.not_before not in seen:
                reason = f"“{column.not_before}”不是本方案的列"
                self.fault(f"column“{column.header}”.not_before", reason)
        return columns

    def _column(
        self,
        row: dict[str, Any],
        place: str,
        titles: Mapping[str, str],
        events: Mapping[str, str],
        target: str,
    ) -> ColumnSpec | None:
        for key in sorted(set(row) - _COLUMN_KEYS):
            self.fault(f"{place}.{key}", "不认识的项目")
        header = self.text(row, "header", f"{place}.")
        if not header:
            self.fault(f"{place}.header", "缺少列名")
        name, event = self.text(row, "field", f"{place}."), self.text(row, "event", f"{place}.")
        if bool(name) == bool(event):
            self.fault(place, "field 与 event 应当恰有一个")
            return None
        if event and target != "cases":
            self.fault(f"{place}.event", "只有案件表可以有节点日期列")
        if event and event not in events:
            self.fault(f"{place}.event", f"节点目录里没有事件“{event}”")
        if name and name not in titles:
            self.fault(f"{place}.field", f"没有“{name}”这一项")
        title = events.get(event, event) if event else titles.get(name, name)
        wanted = f"{EVENT}{event}" if event else name
        usual = usual_column(wanted, title)
        kind = self.text(row, "type", f"{place}.", usual.kind)
        if kind not in KINDS:
            self.fault(f"{place}.type", f"没有类型“{kind}”；可用：{'、'.join(sorted(KINDS))}")
        choices = row.get("choices", {})
        if not isinstance(choices, dict) or (kind == "choice" and not choices):
            self.fault(f"{place}.choices", "choice 类型要列出“文字 = 值”")
            choices = {}
        unit = row.get("fen_per_unit", 100)
        if not isinstance(unit, int) or isinstance(unit, bool) or unit < 1:
            self.fault(f"{place}.fen_per_unit", "应为正整数")
            unit = 100
        aliases = row.get("aliases", [])
        if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
            self.fault(f"{place}.aliases", "应为一列文字")
            aliases = []
        return ColumnSpec(
            target=wanted,
            title=title,
            header=header,
            aliases=tuple(aliases),
            kind=kind,
            required=bool(row.get("required", False)),
            not_before=self.text(row, "not_before", f"{place}."),
            future=bool(row.get("future", False)),
            choices={str(k): str(v) for k, v in choices.items()},
            fen_per_unit=unit,
        )

    def _key(self, columns: Sequence[ColumnSpec]) -> tuple[str, ...]:
        key = self.raw.get("key", [])
        if not isinstance(key, list) or not all(isinstance(part, str) for part in key) or not key:
            self.fault("key", "要列出至少一个作为稳定标识的项目")
            return ()
        known = {column.target for column in columns}
        for part in key:
            if part not in known:
                self.fault("key", f"“{part}”不是本方案的列")
        return tuple(key)

    def _constants(self, titles: Mapping[str, str]) -> dict[str, str]:
        constants = self.raw.get("constants", {})
        if not isinstance(constants, dict):
            self.fault("constants", "应为一个表")
            return {}
        for name in constants:
            if name not in titles:
                self.fault(f"constants.{name}", f"没有“{name}”这一项")
        return {str(name): str(value) for name, value in constants.items()}

    def _courts(self) -> list[CourtSeed]:
        rows = list(self.raw.get("court", []))
        table = self.text(self.raw, "court_table", "")
        if table:
            beside = self.file.parent / table
            try:
                rows += tomllib.loads(beside.read_text(encoding="utf-8"))["court"]
            except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
                self.fault("court_table", f"读不出法院表“{table}”：{error}")
        seeds = []
        for n, row in enumerate(rows, 1):
            missing = [key for key in ("code", "name", "short_name") if not row.get(key)]
            if missing:
                self.fault(f"court[{n}]", f"缺少 {'、'.join(missing)}")
                continue
            days = (row.get("valid_from"), row.get("valid_to"))
            if not all(day is None or isinstance(day, date) for day in days):
                self.fault(f"court[{n}]", "valid_from、valid_to 应为日期")
                continue
            seeds.append(
                CourtSeed(
                    row["code"],
                    row["name"],
                    row["short_name"],
                    row.get("superior", ""),
                    *days,
                    bool(row.get("confirmed", False)),
                )
            )
        return seeds

    def _case(self, events: Mapping[str, str]) -> CaseMaking | None:
        table = self.raw.get("case")
        if table is None:
            return None
        parts = {k: self.text(table, k, "case.") for k in ("opens", "number", "type_word", "court")}
        for key, value in parts.items():
            if not value:
                self.fault(f"case.{key}", "缺少")
        if parts["opens"] and parts["opens"] not in events:
            self.fault("case.opens", f"节点目录里没有事件“{parts['opens']}”")
        if "{case_key}" not in parts["number"]:
            self.fault("case.number", "应含有 {case_key}")
        return CaseMaking(**parts)

    def _activities(self, events: Mapping[str, str]) -> dict[str, str]:
        mapping = {name: code for code, name in events.items()}
        mapping.update({code: code for code in events})
        for text, code in self.raw.get("activity", {}).items():
            if code not in events:
                self.fault(f"activity.{text}", f"节点目录里没有事件“{code}”")
            mapping[text] = code
        return mapping

    def _required(self, profile: Profile) -> None:
        held = {column.target for column in profile.columns} | set(profile.constants)
        wanted = ("number", "filed_on") if profile.target == "cases" else ("case_key", "kind", "on")
        for name in wanted:
            if name not in held:
                self.fault("column", f"缺少“{name}”列")
