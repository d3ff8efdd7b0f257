"""`edesk exchange`: sync by sealed file where no line reaches the desk. No Qt."""

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop.cli.opening import open_session
from desktop.errors import UserError
from storage.faults import ReplicaFault
from storage.sync import exchange, sealed
from storage.sync.port import SyncFault
from storage.sync.postgres import PostgresRemote

NAME = "exchange"
HELP = "用密封文件与共享库交换：外发、转递、采用回执"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the sub-commands."""
    parts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    out = parts.add_parser("out", help="写出待发内容", description="把待发内容写成密封文件")
    out.add_argument("--store", type=Path, required=True, help="数据目录")
    out.add_argument("--out", type=Path, required=True, help="写到哪个文件")
    hand = parts.add_parser(
        "deliver", help="在联网的电脑上转递", description="把外发文件交给共享库，写出回执文件"
    )
    hand.add_argument("file", type=Path, help="外发文件")
    hand.add_argument("--hub", required=True, help="转递人的连接串；口令可取自 EDESK_HUB_PASSWORD")
    hand.add_argument("--out", type=Path, required=True, help="回执写到哪个文件")
    back = parts.add_parser("in", help="采用回执", description="采用共享库的回执文件")
    back.add_argument("file", type=Path, help="回执文件")
    back.add_argument("--store", type=Path, required=True, help="数据目录")
    back.add_argument("--confirm", action="store_true", help="确认回执可以从本机移去大量记录")


def run(args: argparse.Namespace) -> int:
    """Carries one out and prints JSON."""
    acts: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
        "out": _out,
        "deliver": _deliver,
        "in": _in,
    }
    try:
        found = acts[args.act](args)
    except ReplicaFault as fault:
        raise UserError(str(fault)) from fault
    except SyncFault as fault:
        raise UserError(fault.sentence) from fault
    print(json.dumps(found, ensure_ascii=False))
    return 0


def read(path: Path) -> bytes:
    """A file's bytes. Raises UserError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"无法读取文件：{path}。") from error


def write(path: Path, data: bytes) -> None:
    """Writes a file, whole or not at all. Raises UserError."""
    try:
        sealed.write_file(path, data)
    except OSError as error:
        raise UserError(f"无法写入文件：{path}。") from error


def _out(args: argparse.Namespace) -> dict[str, Any]:
    with open_session(args.store) as opened:
        made = exchange.write_out(opened.session)
    write(args.out, made.data)
    return {"file": str(args.out), "number": made.number, "bundles": made.bundles}


def _deliver(args: argparse.Namespace) -> dict[str, Any]:
    data = read(args.file)
    remote = PostgresRemote(args.hub, password=os.environ.get("EDESK_HUB_PASSWORD"))
    try:
        done = exchange.deliver(remote.call, data)
    finally:
        remote.close()
    write(args.out, done.data)
    return {"file": str(args.out), "number": done.number, "receipt": done.receipt}


def _in(args: argparse.Namespace) -> dict[str, Any]:
    data = read(args.file)
    with open_session(args.store) as opened:
        taken = exchange.take_in(opened.session, data, allowed=args.confirm)
    return {
        "number": taken.number,
        "receipt": taken.receipt,
        "verdicts": taken.verdicts,
        "rows": taken.rows,
        "rows_kept": taken.rows_kept,
    }
