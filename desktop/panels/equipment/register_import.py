"""Takes a register over from a sheet (XLSX, CSV): a line each, the asset number is the key.

Reading runs on the layout lane, comparing on a reader lane, writing on the writer lane. What is
registered already stays as it is; a line with a fault is left out and told with its row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from desktop.command.equipment.acts import By, NewThing, Register, register
from desktop.errors import UserError
from desktop.importing.profile import normalise_header
from desktop.importing.readers import examine, open_table
from desktop.rules.equipment_law import load_equipment_law
from storage.schema import table

_HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "asset_no": ("资产编号", "设备编号", "编号"),
    "name": ("名称", "设备名称", "装备名称", "资产名称"),
    "kind": ("类别", "设备类别", "装备类别"),
    "team": ("团队", "使用团队", "所属团队", "使用部门"),
    "keeper": ("保管人", "管理人"),
    "model": ("型号", "规格型号"),
    "serial_no": ("出厂编号", "序列号"),
    "bought_on": ("购置日期", "购入日期", "启用日期"),
    "calibrate_days": ("校准周期", "校准周期（天）", "检定周期"),
    "note": ("备注",),
}
_NEEDED: Final = ("asset_no", "name", "kind", "team")
_KNOWN: Final = {normalise_header(name): key for key, names in _HEADS.items() for name in names}
SHOWN_MAX: Final = 12


@dataclass(frozen=True, slots=True)
class RawLine:
    """A row of the sheet by the register's fields, as text or a day."""

    row: int
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. `faults`: (row, reason)."""

    name: str
    new: tuple[NewThing, ...]
    known: int
    faults: tuple[tuple[int, str], ...]

    @property
    def words(self) -> str:
        """What a person is asked to agree to."""
        told = [f"新增 {len(self.new)} 件，已登记 {self.known} 件（不变）。"]
        if self.faults:
            told.append(f"有误未导入 {len(self.faults)} 行：")
            told += [f"第 {row} 行：{why}" for row, why in self.faults[:SHOWN_MAX]]
            if len(self.faults) > SHOWN_MAX:
                told.append(f"……另有 {len(self.faults) - SHOWN_MAX} 行")
        return "\n".join(told)


def read_lines(path: Path) -> tuple[RawLine, ...]:
    """The rows of a sheet. UserError for a file that is no register, OutsideError from the disk."""
    source = examine(path)
    with open_table(source, lambda text: normalise_header(text) in _KNOWN) as found:
        keys = [_KNOWN.get(normalise_header(name), "") for name in found.header.names]
        lacking = [_HEADS[key][0] for key in _NEEDED if key not in keys]
        if lacking:
            raise UserError(f"{path.name}：没有找到这些列：{'、'.join(lacking)}。")
        return tuple(
            RawLine(
                one.number,
                {key: cell for key, cell in zip(keys, one.cells, strict=False) if key},
            )
            for one in found.rows
        )


@dataclass(frozen=True, slots=True)
class PlanArgs:
    """Rows of a file, and the day on which kinds are named."""

    name: str
    lines: tuple[RawLine, ...]
    today: date


def plan(connection: Connection, args: PlanArgs) -> Plan:
    """Compares the rows with the register; every fault of a row is told."""
    kinds = {one.name: one for one in load_equipment_law().kinds_on(args.today).values()}
    teams, people = _by_name(connection, "team"), _by_name(connection, "person")
    known = set(connection.execute(select(table("equipment").c.asset_no)).scalars())
    new: list[NewThing] = []
    faults: list[tuple[int, str]] = []
    seen, old = set[str](), 0
    for line in args.lines:
        no: list[str] = []
        number = _text(line, "asset_no")
        if number in known:
            old += 1
            continue
        if number in seen:
            no.append(f"资产编号 {number} 在文件中出现两次")
        for key in _NEEDED:
            if not _text(line, key):
                no.append(f"{_HEADS[key][0]}没有填写")
        kind, days = _text(line, "kind"), _days(line, no)
        if kind and kind not in kinds:
            no.append(f"没有“{kind}”这一类别")
        team = _one(teams, _text(line, "team"), "团队", no)
        keeper = _one(people, _text(line, "keeper"), "保管人", no)
        bought = _day(line, no)
        if no:
            faults.append((line.row, "；".join(no)))
            continue
        seen.add(number)
        usual = kinds[kind].calibrate_days or None
        new.append(
            NewThing(
                team or "",
                number,
                _text(line, "name"),
                kinds[kind].code,
                _text(line, "model"),
                _text(line, "serial_no"),
                bought,
                usual if days is None else (days or None),
                keeper,
                _text(line, "note"),
            )
        )
    return Plan(args.name, tuple(new), old, tuple(faults))


@dataclass(frozen=True, slots=True)
class TakeArgs:
    """A plan that a person agreed to."""

    plan: Plan
    by: By


def take(connection: Connection, args: TakeArgs) -> int:
    """Writes the new lines; how many."""
    for one in args.plan.new:
        register(connection, Register(one, args.by))
    return len(args.plan.new)


def _by_name(connection: Connection, name: str) -> Mapping[str, Sequence[str]]:
    rows = table(name).c
    found: dict[str, list[str]] = {}
    for row in connection.execute(select(rows.id, rows.name)):
        found.setdefault(row.name, []).append(row.id)
    return found


def _text(line: RawLine, key: str) -> str:
    value = line.cells.get(key)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a spreadsheet's number
    return "" if value is None else str(value).strip()


def _one(known: Mapping[str, Sequence[str]], name: str, what: str, no: list[str]) -> str | None:
    found = known.get(name, ())
    if name and not found:
        no.append(f"没有名为“{name}”的{what}")
    elif len(found) > 1:
        no.append(f"有 {len(found)} 个名为“{name}”的{what}，请在台账中登记")
    return found[0] if len(found) == 1 else None


def _days(line: RawLine, no: list[str]) -> int | None:
    text = _text(line, "calibrate_days").removesuffix("天").removesuffix("日")
    if not text:
        return None
    if not text.isdigit():
        no.append(f"校准周期“{text}”不是天数")
        return None
    return int(text)


def _day(line: RawLine, no: list[str]) -> date | None:
    value = line.cells.get("bought_on")
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = _text(line, "bought_on").replace("/", "-").replace(".", "-")
    if not text:
        return None
    try:
        year, month, day = (int(part) for part in text.split("-"))
        return date(year, month, day)
    except ValueError:
        no.append(f"购置日期“{text}”不是日期")
        return None
