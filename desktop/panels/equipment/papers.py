"""What is printed of equipment: a loan slip, the custody chain, the sheet of a self-test. No Qt.

Reading runs on a reader lane, `print_slip` on the layout lane.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from desktop.circulars.official import Column, Sheet
from desktop.circulars.slip import Slip
from desktop.command.equipment.register import Item, Names, items, names_of
from desktop.command.equipment.self_test import LastTest
from desktop.errors import UserError
from desktop.rules.equipment import ACT_WORDS, Act
from desktop.rules.equipment_law import load_equipment_law
from desktop.rules.self_tests import UNVERIFIED, VERDICT_WORDS, Verdict, conclusion
from storage.schema import table

_LOAN: Final = (
    Column("资产编号", 20),
    Column("名称", 26),
    Column("型号", 16),
    Column("出厂编号", 22),
    Column("校准有效期", 16),
)
_CHAIN: Final = (
    Column("时间", 18),
    Column("事项", 10),
    Column("经办人", 12),
    Column("领用人", 12),
    Column("期限", 18),
    Column("说明", 30),
)
_TEST: Final = (
    Column("项目", 22),
    Column("测得", 30),
    Column("要求", 28),
    Column("结论", 12),
    Column("原因", 26),
)


@dataclass(frozen=True, slots=True)
class PaperAsk:
    """Things to print about, when, and by whom."""

    equipment_ids: tuple[str, ...]
    now: datetime
    by: str


@dataclass(frozen=True, slots=True)
class PrintArgs:
    """A slip and where it goes."""

    slip: Slip
    path: Path


def print_slip(args: PrintArgs) -> Path:
    """Lays the slip out; raises as `write_slip` does."""
    # Imported here: the library that lays out pages is slow to load, and most never print.
    from desktop.circulars.slip_sheet import write_slip  # noqa: PLC0415

    return write_slip(args.slip, args.path)


def loan(connection: Connection, ask: PaperAsk) -> Slip:
    """The slip of things that one person has. UserError where they are not lent to one person."""
    found = items(connection, table("equipment").c.id.in_(ask.equipment_ids))
    held = {one.standing.now_with.holder_id for one in found if one.standing.lent}
    if len(held) != 1 or any(not one.standing.lent for one in found):
        raise UserError("借用单只能打印同一人现在借用的装备。")
    names, last = names_of(connection), found[0].standing.now_with
    act = next(one for one in found[0].acts if one.id == last.act_id)
    due = min(
        (one.standing.now_with.due_at for one in found if one.standing.now_with.due_at is not None),
        default=None,
    )
    told = "未定" if due is None else f"{due:%Y-%m-%d %H:%M}"
    facts = [
        ("领用人", names.person(last.holder_id)),
        ("借出时间", "" if last.since is None else f"{last.since:%Y-%m-%d %H:%M}"),
        ("归还期限", told),
        ("经办人", names.person(last.by_id)),
        ("用途", act.body),
        ("批准文书", act.document_no),
    ]
    return Slip(
        title="技术装备借用单",
        number=last.act_id[-8:].upper(),
        organ=_organ(connection, found[0]),
        facts=tuple((name, words) for name, words in facts if words),
        amount=("借用装备", f"{len(found)} 件", f"{told[5:]} 前归还" if due else ""),
        printed_at=ask.now,
        printed_by=ask.by,
        copies=("装备管理留存", "领用人留存") if len(found) <= 2 else (),
        table=Sheet("装备清单", _LOAN, tuple(_loan_row(one) for one in found)),
        closing=("领用人应妥善保管，不得转借；移交他人的须由装备管理人员登记。",),
        signs=("领用人", "经办人", "归还验收人"),
    )


def _loan_row(one: Item) -> tuple[str, ...]:
    until = one.standing.calibrate_by
    told = "不需校准" if until is None else until.isoformat()
    return (one.asset_no, one.name, one.model, one.serial_no, told)


def custody(connection: Connection, ask: PaperAsk) -> Slip:
    """The whole story of one thing: who had it from when to when, and what was done."""
    found = items(connection, table("equipment").c.id.in_(ask.equipment_ids))
    if not found:
        raise UserError("装备台账中没有这件装备。")
    thing, names = found[0], names_of(connection)
    law, standing = load_equipment_law(), found[0].standing
    last = standing.now_with
    where = "已报废" if standing.retired_at is not None else "在库"
    if standing.lent:
        where = f"{names.person(last.holder_id)}（{last.since:%Y-%m-%d %H:%M} 起）"
    until = "不需校准"
    if standing.calibrate_by is not None:
        until = standing.calibrate_by.isoformat()
    elif standing.needs_calibration:
        until = "从未校准"
    facts = [
        ("名称", f"{thing.name}　{thing.kind_in(law, ask.now.date()).name}"),
        ("型号、编号", "　".join(part for part in (thing.model, thing.serial_no) if part)),
        ("购置日期", "" if thing.bought_on is None else thing.bought_on.isoformat()),
        ("保管人", names.person(thing.keeper_id)),
        ("校准有效期", until),
        ("现在何处", where),
        ("备注", thing.note),
    ]
    loans = sum(one.act == "lend" for one in thing.acts)
    faults = len(standing.tickets)
    return Slip(
        title="技术装备保管流转表",
        number=thing.asset_no,
        organ=_organ(connection, thing),
        facts=tuple((name, words) for name, words in facts if words),
        amount=("流转", f"借用 {loans} 次", f"故障 {faults} 次"),
        printed_at=ask.now,
        printed_by=ask.by,
        warnings=standing.oddities,
        table=Sheet("记录", _CHAIN, tuple(_act_row(one, names) for one in thing.acts)),
        closing=("本表由各次记录自动汇成，记录一经写入不得更改。",),
        signs=("装备管理人员", "日期"),
    )


def _act_row(one: Act, names: Names) -> tuple[str, ...]:
    due = "" if one.due_at is None else f"{one.due_at:%Y-%m-%d %H:%M}"
    if one.act == "calibrate" and one.due_at is not None:
        due = f"有效至 {one.due_at:%Y-%m-%d}"
    told = "　".join(part for part in (one.body, one.document_no) if part)
    return (
        f"{one.at:%Y-%m-%d %H:%M}",
        ACT_WORDS[one.act],
        names.person(one.person_id),
        names.person(one.to_id),
        due,
        told,
    )


@dataclass(frozen=True, slots=True)
class SheetAsk:
    """A filed self-test, when it is printed, and by whom."""

    test: LastTest
    now: datetime
    by: str


def self_test_sheet(connection: Connection, ask: SheetAsk) -> Slip:
    """The sheet as it was filed, with its SHA-256. UserError where it cannot be read."""
    sheet = ask.test.sheet
    if sheet is None:
        raise UserError(ask.test.words)
    rows = tuple(
        (
            one.name.replace("（", "\n（", 1),
            one.measured,
            one.limit,
            VERDICT_WORDS[one.verdict],
            one.cause,
        )
        for one in sheet.lines
    )
    good = sum(one.verdict is Verdict.PASS for one in sheet.lines)
    bases = tuple(dict.fromkeys(_source(one.basis) for one in sheet.lines if one.basis))
    facts = [
        ("行动", sheet.operation or "不属于某一行动"),
        ("自检时间", f"{ask.test.at:%Y-%m-%d %H:%M:%S}"),
        ("自检人", sheet.person),
        ("自检设备", sheet.device),
        ("校验值", ask.test.sha256),
    ]
    warnings: tuple[str, ...] = ()
    if not ask.test.whole:
        warnings += ("本自检表与所存校验值不符，不予采信。",)
    if not ask.test.passed:
        warnings += ("自检未通过，须由局长签字同意后方可开始行动。",)
    return Slip(
        title="设备自检表",
        number=ask.test.test_id[-8:].upper(),
        organ=_court(connection, ask.test.team_id),
        facts=tuple((name, words) for name, words in facts if words),
        amount=("自检结论", conclusion(sheet.lines), f"{good} / {len(sheet.lines)}"),
        printed_at=ask.now,
        printed_by=ask.by,
        warnings=warnings,
        table=Sheet("测试项目", _TEST, rows),
        closing=(f"依据：{'、'.join(bases)}；各项限值为本院设定。",),
        signs=("自检人", "现场指挥", "局长"),
    )


def _source(basis: str) -> str:
    """The document alone, without why the court set the amount as it did."""
    mark = UNVERIFIED if basis.endswith(UNVERIFIED) else ""
    return basis.removesuffix(UNVERIFIED).split("；")[0] + mark


def _organ(connection: Connection, thing: Item) -> str:
    return _court(connection, thing.team_id)


def _court(connection: Connection, team_id: str) -> str:
    court, team = table("court").c, table("team").c
    found = connection.execute(
        select(court.name)
        .select_from(table("team").join(table("court"), court.id == team.court_id))
        .where(team.id == team_id)
    ).scalar()
    return str(found or "")
