"""`edesk audit`: check, export and print the chain over everything the hub decided. No Qt."""

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg

from desktop.errors import UserError
from storage.hub import chain
from storage.hub.chain_verifier import (
    BadCodeError,
    BadFileError,
    Head,
    Report,
    head_code,
    lines_of,
    parse_head,
    records_of,
    verify,
)

NAME = "audit"
HELP = "审计链：核对、导出、打印链首编码"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the sub-commands."""
    parts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    check = parts.add_parser(
        "verify", help="逐环核对审计链", description="逐环核对审计链；有不符时以 1 结束"
    )
    source = check.add_mutually_exclusive_group(required=True)
    source.add_argument("--hub", help="共享库的连接串（审计员或管理员）")
    source.add_argument("--file", type=Path, help="导出的文件")
    check.add_argument(
        "--head", action="append", default=[], help="纸面上的链首编码，或 序号:摘要；可多次"
    )
    check.add_argument("--format", choices=("text", "json"), default="text", help="输出格式")
    out = parts.add_parser("export", help="导出审计链", description="导出审计链")
    out.add_argument("--hub", required=True, help="共享库的连接串（审计员或管理员）")
    out.add_argument("--out", type=Path, required=True, help="写到哪个文件")
    head = parts.add_parser(
        "head", help="当前链首编码，供打印", description="当前链首编码，供打印在通报上"
    )
    head.add_argument("--hub", required=True, help="共享库的连接串")
    tool = parts.add_parser(
        "tool", help="写出独立核对程序", description="写出独立核对程序：一个文件，只需 Python"
    )
    tool.add_argument("--out", type=Path, required=True, help="写到哪个文件")


def run(args: argparse.Namespace) -> int:
    """Carries one out; 1 when the chain does not hold."""
    done: int = _ACTS[args.act](args)
    return done


def _verify(args: argparse.Namespace) -> int:
    outside: list[str] = []
    try:
        heads = [parse_head(code) for code in args.head]
    except BadCodeError as error:
        raise UserError(str(error)) from error
    if args.file is not None:
        report = chain_of_file(args.file, heads)
    else:
        with _connected(args.hub) as connection:
            report, facts = chain.check(connection, heads)
            outside = facts["outside"]
    sound = report.sound and not outside
    if args.format == "json":
        print(json.dumps(_as_json(report, outside), ensure_ascii=False))
    else:
        said = lines_of(report)
        if outside:
            said.append(f"链外的操作包：{'、'.join(outside)}。")
        print("\n".join(said))
    return 0 if sound else 1


def chain_of_file(path: Path, heads: Sequence[Head]) -> Report:
    """Checks an exported chain. Raises UserError for a file that is none."""
    try:
        with path.open(encoding="utf-8") as file:
            return verify(records_of(file), heads)
    except BadFileError as error:
        raise UserError(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"无法读取文件：{path}。") from error


def chain_of_hub(dsn: str, heads: Sequence[Head]) -> Report:
    """Checks the hub's own chain. Raises UserError for whoever may not read it."""
    with _connected(dsn) as connection:
        return chain.check(connection, heads)[0]


def _as_json(report: Report, outside: list[str]) -> dict[str, Any]:
    return {
        "sound": report.sound and not outside,
        "links": report.links,
        "head": head_code(report.links, report.head),
        "broken": report.broken,
        "broken_seq": report.broken_seq,
        "broken_bundle": report.broken_bundle,
        "heads": report.heads,
        "heads_checked": report.heads_checked,
        "histories": report.histories,
        "outside": outside,
    }


def _export(args: argparse.Namespace) -> int:
    with _connected(args.hub) as connection:
        try:
            links = chain.export(connection, args.out)
        except OSError as error:
            raise UserError(f"无法写入文件：{args.out}。") from error
    print(json.dumps({"file": str(args.out), "links": links}, ensure_ascii=False))
    return 0


def _head(args: argparse.Namespace) -> int:
    with _connected(args.hub) as connection:
        code = chain.printed_head(connection)
    if code is None:
        raise UserError("审计链还是空的。")
    print(code)
    return 0


def _tool(args: argparse.Namespace) -> int:
    text = files("storage.hub").joinpath("chain_verifier.py").read_text("utf-8")
    try:
        args.out.write_text(text, "utf-8")
    except OSError as error:
        raise UserError(f"无法写入文件：{args.out}。") from error
    print(json.dumps({"file": str(args.out)}, ensure_ascii=False))
    return 0


@contextmanager
def _connected(dsn: str) -> Iterator["psycopg.Connection[Any]"]:
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege as error:
        raise UserError("只有审计员、管理员和院长可以核对审计链。") from error
    except psycopg.Error as error:
        first = str(error).strip().splitlines()[0]
        raise UserError(f"共享库出错：{first}") from error


_ACTS = {"verify": _verify, "export": _export, "head": _head, "tool": _tool}
