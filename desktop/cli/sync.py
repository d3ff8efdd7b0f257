"""`edesk sync`: exchanges once with the shared database, or tells how things stand. No Qt."""

import argparse
import json
import os
import socket
from datetime import datetime
from pathlib import Path
from typing import Any

from desktop.cli.opening import Opened, open_session
from desktop.errors import UserError
from storage import outbox
from storage.sync import engine, pull
from storage.sync.port import SyncFault
from storage.sync.postgres import PostgresRemote

NAME = "sync"
HELP = "与共享库同步一次，或查看同步状态"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("what", nargs="?", choices=("status",), help="只查看状态，不连接共享库")
    parser.add_argument("--store", type=Path, required=True, help="数据目录")
    parser.add_argument("--hub", help="共享库的连接串；口令也可取自环境变量 EDESK_HUB_PASSWORD")
    parser.add_argument("--once", action="store_true", help="同步一次后结束（默认）")


def run(args: argparse.Namespace) -> int:
    """Prints JSON: pulled, pushed, applied, held, cursor_age_s; or the state of the outbox."""
    with open_session(args.store, create=args.what is None) as opened:
        if args.what == "status":
            print(json.dumps(_status(opened), ensure_ascii=False))
            return 0
        if not args.hub:
            raise UserError("缺少共享库的连接串：请用 --hub 给出。")
        remote = PostgresRemote(args.hub, password=os.environ.get("EDESK_HUB_PASSWORD"))
        try:
            done = engine.round_trip(opened.session, remote, name=socket.gethostname())
        except SyncFault as fault:
            raise UserError(fault.sentence) from fault
        finally:
            remote.close()
        print(json.dumps(_told(opened, done), ensure_ascii=False))
    return 0


def _told(opened: Opened, done: engine.Round) -> dict[str, Any]:
    return {
        "pulled": done.pulled,
        "pushed": done.pushed,
        "applied": done.applied,
        "held": done.held,
        "cursor_age_s": _age_s(opened),
        "verdicts": done.verdicts,
        "recovered": done.recovered,
    }


def _status(opened: Opened) -> dict[str, Any]:
    with opened.session.read() as connection:
        waiting = outbox.pending(connection)
        held = connection.exec_driver_sql(
            "select count(*) from _bundle b where b.state = 'decided' and b.verdict <> 'applied'"
            " and not exists (select 1 from _settled s where s.bundle_id = b.id)"
        ).scalar()
    cursor = pull.load_cursor(opened.session)
    return {
        "pending": waiting.bundles,
        "oldest": waiting.oldest.isoformat() if waiting.oldest else None,
        "held": held,
        "history": cursor.history if cursor else None,
        "scopes": list(cursor.scopes) if cursor else [],
        "cursor_age_s": _age_s(opened),
    }


def _age_s(opened: Opened) -> float | None:
    """Seconds since the last successful contact, by this device's clock."""
    with opened.session.read() as connection:
        at = connection.exec_driver_sql("select value from _sync where key = 'synced_at'").scalar()
    if at is None:
        return None
    return round((datetime.now().astimezone() - datetime.fromisoformat(at)).total_seconds(), 1)
