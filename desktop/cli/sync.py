"""`edesk sync`: exchanges with the shared database, or tells how things stand. No Qt."""

import argparse
import json
import random
import socket
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from desktop.cli.opening import Opened, open_session
from desktop.cli.reaching import reach
from desktop.errors import UserError
from storage import outbox
from storage.sync import engine, packs, pull
from storage.sync.counts import held
from storage.sync.pace import Retry
from storage.sync.port import SyncFault, Unreachable
from storage.sync.postgres import PostgresRemote

NAME = "sync"
HELP = "与共享库同步，或查看同步状态"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("what", nargs="?", choices=("status",), help="只查看状态，不连接共享库")
    parser.add_argument("--store", type=Path, required=True, help="数据目录")
    parser.add_argument("--hub", help="共享库的连接串；口令也可取自环境变量 EDESK_HUB_PASSWORD")
    parser.add_argument("--once", action="store_true", help="只同步一次；不带则一直同步")


def run(args: argparse.Namespace) -> int:
    """Prints JSON: pulled, pushed, applied, held, cursor_age_s; or the state of the outbox.

    Without --once one line a round, and {"fault", "next_try_s"} where one failed; until Ctrl-C.
    """
    with open_session(args.store, create=args.what is None) as opened:
        if args.what == "status":
            _say(_status(opened))
            return 0
        if not args.hub:
            raise UserError("缺少共享库的连接串：请用 --hub 给出。")
        remote = reach(opened.session, args.hub)
        try:
            if args.once:
                _say(_told(opened, _round(opened, remote)))
            else:
                _go_on(opened, remote)
        except SyncFault as fault:
            raise UserError(fault.sentence) from fault
        finally:
            remote.close()
    return 0


def _round(opened: Opened, remote: PostgresRemote) -> engine.Round:
    done = engine.round_trip(opened.session, remote, name=socket.gethostname())
    packs.settle(opened.session, remote.call)
    return done


def _go_on(opened: Opened, remote: PostgresRemote) -> None:
    """Round after round; a revoked device and a refused login end it, an outage does not."""
    retry = Retry(random.Random())
    while True:
        try:
            _say(_told(opened, _round(opened, remote)))
        except Unreachable as fault:
            wait_s = retry.failed()
            _say({"fault": fault.sentence, "next_try_s": round(wait_s, 1)})
        else:
            retry.worked()
            wait_s = retry.poll()
        time.sleep(wait_s)


def _say(facts: dict[str, Any]) -> None:
    print(json.dumps(facts, ensure_ascii=False), flush=True)


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
        to_settle = held(connection)
    cursor = pull.load_cursor(opened.session)
    return {
        "pending": waiting.bundles,
        "oldest": waiting.oldest.isoformat() if waiting.oldest else None,
        "held": to_settle,
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
