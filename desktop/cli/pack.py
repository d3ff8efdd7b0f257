"""`edesk pack`: a field pack, chosen by route and due days, sealed for this device. No Qt."""

import argparse
import json
import socket
from dataclasses import asdict
from pathlib import Path

from desktop.cli.arguments import day, whole
from desktop.cli.exchange import write
from desktop.cli.opening import open_session
from desktop.cli.reaching import reach
from desktop.errors import UserError
from storage.faults import ReplicaFault
from storage.sync import engine, packs
from storage.sync.port import SyncFault

NAME = "pack"
HELP = "制作出差包：按路线和到期日选案，密封给本机"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--store", type=Path, required=True, help="数据目录")
    parser.add_argument(
        "--route", action="append", default=[], help="路线上的法院：代码或名称；可多次"
    )
    parser.add_argument("--from", dest="start", type=day, required=True, help="出发日期")
    parser.add_argument("--to", dest="end", type=day, required=True, help="返回日期")
    parser.add_argument("--team", type=int, help="只选该编号团队的案件")
    parser.add_argument(
        "--days", type=whole(1, packs.DAYS_MAX), default=5, help="有效天数，到期销毁"
    )
    parser.add_argument("--preview", action="store_true", help="只看会装入什么，不连接共享库")
    parser.add_argument("--hub", help="共享库的连接串；口令也可取自环境变量 EDESK_HUB_PASSWORD")
    parser.add_argument("--out", type=Path, help="写到哪个文件")


def run(args: argparse.Namespace) -> int:
    """Prints JSON: the choice, and the pack that was made of it."""
    if not args.preview and not (args.hub and args.out):
        raise UserError("出差包由共享库签发：请用 --hub 给出连接串，用 --out 给出文件。")
    try:
        with open_session(args.store) as opened:
            with opened.session.read() as connection:
                route = packs.courts_named(connection, args.route)
                trip = packs.Trip(route, args.start, args.end, args.team)
                choice = packs.choose(connection, trip)
                told = asdict(packs.preview(connection, choice))
            if args.preview:
                print(json.dumps(told, ensure_ascii=False))
                return 0
            remote = reach(opened.session, args.hub)
            try:
                engine.agree(
                    opened.session,
                    engine.hello(opened.session, remote, name=socket.gethostname()),
                )
                made = packs.make(opened.session, remote.call, choice, args.days)
            finally:
                remote.close()
    except ReplicaFault as fault:
        raise UserError(str(fault)) from fault
    except SyncFault as fault:
        raise UserError(fault.sentence) from fault
    write(args.out, made.data)
    told |= {
        "file": str(args.out),
        "size": len(made.data),
        "pack": made.pack,
        "packed": made.cases,
        "refused": made.refused,
        "rows": made.rows,
        "expires_at": made.expires_at.isoformat(timespec="seconds"),
    }
    print(json.dumps(told, ensure_ascii=False))
    return 0
