"""`edesk restore`: makes a backup the data of a store; what was there is set aside. No Qt."""

import argparse
from pathlib import Path

from desktop.cli.backup import report_json, secret_for
from desktop.errors import UserError
from storage.backup import restore
from storage.faults import ReplicaFault

NAME = "restore"
HELP = "从备份恢复数据；原有文件移入隔离区，不会删除"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--store", type=Path, required=True, help="数据目录，可以尚不存在")
    parser.add_argument("source", type=Path, help="备份文件")


def run(args: argparse.Namespace) -> int:
    """Restores and prints what came back as JSON."""
    try:
        report = restore(args.store, args.source, secret_for(args.store))
    except ReplicaFault as fault:
        raise UserError(str(fault)) from fault
    print(report_json(report))
    return 0
