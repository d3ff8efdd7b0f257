"""`edesk backup`: a proven copy of a store in one encrypted file. No Qt."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from desktop.cli.opening import NO_PASSPHRASE
from desktop.errors import UserError
from storage import passphrase
from storage.backup import BackupReport, backup
from storage.faults import ReplicaFault
from storage.replica import BACKUPS, Replica

NAME = "backup"
HELP = "把数据备份为一个加密文件，并校验"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--store", type=Path, required=True, help="数据目录")
    parser.add_argument(
        "target", type=Path, nargs="?", help="备份文件；默认写入数据目录的 backups 文件夹"
    )


def run(args: argparse.Namespace) -> int:
    """Writes the copy and prints what it holds as JSON."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    target = args.target or args.store / BACKUPS / f"manual-{stamp}.db"
    if target.exists():
        raise UserError(f"备份文件已存在，不会覆盖：{target}。请换一个文件名。")
    with open_replica(args.store) as replica:
        print(report_json(backup(replica, target)))
    return 0


@contextmanager
def open_replica(store: Path) -> Iterator[Replica]:
    """The replica in `store`; every fault becomes a UserError with its sentence."""
    try:
        with Replica.open(store, secret_for(store)) as replica:
            yield replica
    except ReplicaFault as fault:
        raise UserError(str(fault)) from fault


def secret_for(store: Path) -> str:
    """The passphrase of a script; UserError when neither environment nor keyring has it."""
    secret = passphrase.find(store)
    if secret is None:
        raise UserError(NO_PASSPHRASE)
    return secret


def report_json(report: BackupReport) -> str:
    """One line a script can read."""
    return json.dumps(
        {
            "file": str(report.path),
            "schema_version": report.schema_version,
            "made_at": report.made_at,
            "rows": dict(report.rows),
        },
        ensure_ascii=False,
    )
