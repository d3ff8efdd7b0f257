"""`edesk import`: a workbook or an event log into a store through a mapping profile. No Qt."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine

from desktop.cli.opening import open_session
from desktop.contract.court_zone import court_today
from desktop.demo import is_demo
from desktop.errors import UserError
from desktop.importing.apply import ImportArgs, ImportReport, require_importable, run_import
from desktop.importing.profile_files import load_profile, shipped_profiles
from desktop.importing.rejects import RejectsArgs, write_rejects
from storage.schema import metadata

NAME: Final = "import"
HELP: Final = "按导入方案导入 XLSX、CSV 或 JSON 文件，输出各项计数"
LABEL: Final = "导入"
ERRORS_PRINTED: Final = 200
_COURT_TIME: Final = timezone(timedelta(hours=8))


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument("--store", type=Path, required=True, help="数据目录（不存在则新建）")
    shipped = "、".join(shipped_profiles())
    parser.add_argument("--profile", required=True, help=f"自带方案（{shipped}）或方案文件")
    parser.add_argument("--sheet", default="", help="工作表名，缺省为列名最相符的一张")
    parser.add_argument("--dry-run", action="store_true", help="只核对和计数，不写入")
    parser.add_argument("--rejects", type=Path, default=None, help="退回行写入的 .xlsx 或 .csv")
    parser.add_argument("file", metavar="FILE", type=Path, help="要导入的文件，可为 .gz")


def run(args: argparse.Namespace) -> int:
    """Imports and prints the counts as JSON; rejected rows are no failure."""
    profile = load_profile(args.profile)
    if args.rejects is not None and args.rejects.suffix.lower() not in (".xlsx", ".csv"):
        raise UserError("退回表的文件名应以 .xlsx 或 .csv 结尾")
    if not args.file.exists():
        raise UserError(f"没有文件“{args.file}”")
    wanted = ImportArgs(
        path=args.file,
        profile=profile,
        today=court_today(),
        actor="",
        at=datetime.now(_COURT_TIME).isoformat(timespec="seconds"),
        sheet=args.sheet,
        dry_run=args.dry_run,
    )
    report, demo = _dry_run(args.store, wanted) if args.dry_run else _import(args.store, wanted)
    rejects = ""
    if args.rejects is not None and report.rejected:
        write_rejects(RejectsArgs(args.file, profile, report.errors, args.rejects, args.sheet))
        rejects = str(args.rejects)
    _print(report, rejects, demo=demo, dry_run=args.dry_run)
    return 0


def _import(store: Path, wanted: ImportArgs) -> tuple[ImportReport, bool]:
    if not (store / "replica.db").exists():
        # A file nobody can read must not leave an empty store behind.
        require_importable(wanted)
    with open_session(store, create=True) as opened:
        session = opened.session
        named = ImportArgs(
            wanted.path, wanted.profile, wanted.today, session.actor, wanted.at, wanted.sheet
        )
        label = f"{LABEL} {wanted.path.name}"
        with session.write(label, origin="import") as write:
            report = run_import(write.connection, named, _progress)
            demo = is_demo(write.connection)
    return report, demo


def _dry_run(store: Path, wanted: ImportArgs) -> tuple[ImportReport, bool]:
    with _reading(store) as connection:
        return run_import(connection, wanted, _progress), is_demo(connection)


@contextmanager
def _reading(store: Path) -> Iterator[Connection]:
    """A reader of the store; a store that is not there yet counts as an empty one."""
    if (store / "replica.db").exists():
        with open_session(store) as opened, opened.session.read() as connection:
            yield connection
        return
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            metadata.create_all(connection)
            yield connection
    finally:
        engine.dispose()


def _progress(done: int, total: int) -> bool:
    """Shows rows done on a terminal; silent when standard error goes elsewhere."""
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        print(f"\r{done:,} / {total:,}", end=end, file=sys.stderr, flush=True)
    return True


def _print(report: ImportReport, rejects: str, *, demo: bool, dry_run: bool) -> None:
    if demo:
        print("注意：这是演示数据（人物均为虚构），导入的内容与其混在一起。", file=sys.stderr)
    errors = [
        {"row": e.row, "column": e.column, "value": e.value, "reason": e.reason}
        for e in report.errors[:ERRORS_PRINTED]
    ]
    shown = {
        **report.counts(),
        "seconds": report.seconds,
        "dry_run": dry_run,
        "courts_made": list(report.courts_made),
        "teams_made": list(report.teams_made),
        "people_made": list(report.people_made),
        "ignored_columns": list(report.ignored),
        "errors": errors,
        "rejects": rejects,
    }
    print(json.dumps(shown, ensure_ascii=False))
