"""`edesk calc`: court fees, interest for delayed performance, sharing a pool. No store, no Qt."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from desktop.circulars.calculation import CalculationSheet
from desktop.circulars.calculation_words import distribution_sheet, fee_sheet, interest_sheet
from desktop.cli.arguments import day
from desktop.contract.court_zone import court_today
from desktop.errors import UserError
from desktop.rules.calculation_files import read_debt, read_json, read_pool
from desktop.rules.calendar import load_calendars
from desktop.rules.catalogue import load_catalogues
from desktop.rules.distribution import Change, Distribution, distribute, strike
from desktop.rules.distribution_wait import waits
from desktop.rules.fee_cases import HalvedFee, SetFee, halve, set_fee
from desktop.rules.fees import FEE_KINDS, Fee, fee
from desktop.rules.interest import Interest, interest
from desktop.rules.interest_law import load_interest_law
from desktop.rules.interest_parts import by_parts
from desktop.rules.money import InputError, fen_of, quoted

NAME: Final = "calc"
HELP: Final = "计算诉讼费用、迟延履行利息和案款分配，列出每一步"

FILE_BYTES_MAX: Final = 32_000_000
_SHEET: Final = "复算用的打印表，PDF 文件"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the sub-commands."""
    parts = parser.add_subparsers(dest="what", required=True, metavar="计算")
    fees = parts.add_parser("fee", help="申请执行费、保全费、受理费", description="按金额计算")
    amount = fees.add_mutually_exclusive_group(required=True)
    amount.add_argument("--amount", metavar="A", help="金额（元），如 1032.50")
    amount.add_argument(
        "--without-amount", metavar="F", help="没有金额的案件：法院在法定幅度内决定的每件费用（元）"
    )
    fees.add_argument(
        "--kind",
        default=FEE_KINDS[0],
        metavar="K",
        help="execution 申请执行费（默认）、preservation 保全费、acceptance 受理费",
    )
    fees.add_argument("--on", type=day, metavar="D", help="立案日，默认今日")
    fees.add_argument(
        "--halved",
        metavar="R",
        help="受理费减半的事由：simplified 简易程序、mediation 调解、withdrawal 撤诉、"
        "counterclaim 反诉合并审理",
    )
    fees.add_argument("--matter", default="", metavar="M", help="没有金额的受理费案件的类别")
    money = parts.add_parser("interest", help="迟延履行利息", description="按问题文件计算")
    money.add_argument("file", type=Path, metavar="FILE.json", help="问题文件")
    share = parts.add_parser("distribute", help="参与分配", description="按问题文件分配")
    share.add_argument("file", type=Path, metavar="FILE.json", help="问题文件")
    share.add_argument("--on", type=day, metavar="D", help="制作分配方案之日，默认今日")
    share.add_argument(
        "--strike",
        action="append",
        default=[],
        metavar="ID",
        help="另算剔除该债权后各人增减多少，可多次给出",
    )
    share.add_argument(
        "--served",
        action="append",
        default=[],
        type=day,
        metavar="D",
        help="当事人收到分配方案之日，可多次给出，另算异议期末日",
    )
    for part in (fees, money, share):
        part.add_argument("--sheet", type=Path, metavar="OUT.pdf", help=_SHEET)


def run(args: argparse.Namespace) -> int:
    """Prints the result; UserError for what cannot be, before anything is printed."""
    answer = {"fee": _fee, "interest": _interest, "distribute": _distribute}[args.what]
    print(json.dumps(answer(args), ensure_ascii=False, indent=2))
    return 0


def _fee(args: argparse.Namespace) -> dict[str, object]:
    if args.kind not in FEE_KINDS:
        raise InputError("--kind", f"“{quoted(args.kind)}”应为 {'、'.join(FEE_KINDS)} 之一")
    found: Fee | HalvedFee | SetFee
    if args.without_amount is not None:
        if args.halved:
            raise InputError("--halved", "没有金额的案件在幅度内决定，不另减半")
        decided = fen_of(args.without_amount, "--without-amount")
        found = set_fee(args.kind, args.matter, decided, "--without-amount")
    else:
        found = fee(args.kind, fen_of(args.amount, "--amount"), args.on or court_today())
        found = halve(found, args.halved, "--halved") if args.halved is not None else found
    if args.sheet is not None:
        _print(fee_sheet(found), args.sheet)
    return found.to_json()


def _interest(args: argparse.Namespace) -> dict[str, object]:
    law = load_interest_law()
    found = interest(read_debt(_read(args.file), law), law)
    _recounted(found)
    if args.sheet is not None:
        _print(interest_sheet(found), args.sheet)
    return found.to_json()


def _recounted(found: Interest) -> None:
    """Two methods that share no arithmetic have to agree before a sum is given to anybody."""
    if by_parts(found.debt, found.law).totals != found.totals:
        raise AssertionError("running balance and parts disagree")


def _distribute(args: argparse.Namespace) -> dict[str, object]:
    on = args.on or court_today()
    pool, law = read_pool(_read(args.file), on)
    found = distribute(pool, law)
    answer = found.to_json()
    after = waits(
        law, on, next(iter(load_catalogues().values())), args.served, load_calendars().of("court")
    )
    steps = answer["steps"]
    assert isinstance(steps, list)
    steps += [wait.to_json() for wait in after]
    changes = _changes(found, args.strike) if args.strike else ()
    if args.strike:
        answer["changes"] = [change.to_json() for change in changes]
    if args.sheet is not None:
        _print(distribution_sheet(found, after, changes), args.sheet)
    return answer


def _changes(found: Distribution, struck: Sequence[str]) -> tuple[Change, ...]:
    known = {claim.id for claim in found.pool.claims}
    for name in struck:
        if name not in known:
            raise InputError("--strike", f"没有债权“{quoted(name)}”")
    return strike(found.pool, struck, found.law)


def _print(sheet: CalculationSheet, path: Path) -> None:
    # Imported here: reportlab is slow to load and most questions are answered without a sheet.
    from desktop.circulars.calculation_sheet import write_calculation_sheet  # noqa: PLC0415

    if path.suffix.lower() != ".pdf":
        raise InputError("--sheet", "打印表只存为 .pdf")
    write_calculation_sheet(sheet, path)


def _read(path: Path) -> object:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise UserError(f"文件过大（至多 {FILE_BYTES_MAX // 10**6} MB）：{path}。")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UserError(f"文件不存在：{path}。") from None
    except UnicodeDecodeError:
        raise InputError("文件", "不是 UTF-8 编码的 JSON") from None
    except (OSError, ValueError):
        raise UserError(f"文件无法读取：{path}。") from None
    return read_json(text)
