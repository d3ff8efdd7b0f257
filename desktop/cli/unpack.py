"""`edesk unpack`: opens a field pack on its device, or destroys those that lie there. No Qt."""

import argparse
import json
from pathlib import Path
from typing import Any

from desktop.cli.exchange import read
from desktop.cli.opening import Opened, open_session
from desktop.cli.reaching import reach
from desktop.errors import UserError
from storage.faults import ReplicaFault
from storage.sync import packs
from storage.sync.port import SyncFault

NAME = "unpack"
HELP = "打开出差包，或交回时销毁"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("file", type=Path, nargs="?", help="出差包文件")
    parser.add_argument("--store", type=Path, required=True, help="数据目录")
    parser.add_argument("--shred", action="store_true", help="销毁本机的全部出差包，并留下证明")
    parser.add_argument("--hub", help="共享库的连接串：销毁后立即上报；不带则下次同步时上报")


def run(args: argparse.Namespace) -> int:
    """Prints JSON: what came, or the proofs of what was destroyed."""
    if args.shred == (args.file is not None):
        raise UserError("请给出要打开的出差包文件，或用 --shred 销毁。")
    try:
        with open_session(args.store) as opened:
            found = _shred(opened, args.hub) if args.shred else _open(opened, args.file)
    except ReplicaFault as fault:
        raise UserError(str(fault)) from fault
    except SyncFault as fault:
        raise UserError(fault.sentence) from fault
    print(json.dumps(found, ensure_ascii=False))
    return 0


def _open(opened: Opened, path: Path) -> dict[str, Any]:
    packs.expire(opened.session)
    done = packs.unpack(opened.session, read(path), file=path)
    return {
        "pack": done.pack,
        "cases": done.cases,
        "rows": done.rows,
        "brought": done.brought,
        "newer": done.newer,
        "expires_at": done.expires_at.isoformat(timespec="seconds"),
    }


def _shred(opened: Opened, hub: str | None) -> dict[str, Any]:
    session = opened.session
    proofs = packs.expire(session)
    proofs += [packs.shred(session, pack, "returned") for pack in packs.open_packs(session)]
    reported = 0
    if hub:
        remote = reach(session, hub)
        try:
            reported = packs.settle(session, remote.call)
        finally:
            remote.close()
    return {"shredded": proofs, "reported": reported}
