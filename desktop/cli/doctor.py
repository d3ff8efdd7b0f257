"""`edesk doctor`: how a store is, as text or JSON. No Qt."""

import argparse
import json
from pathlib import Path

from desktop.cli.backup import open_replica
from storage.health import Health, examine

NAME = "doctor"
HELP = "检查数据文件：版本、完整性、行数、待发操作、磁盘空间"
_MIB = 1024 * 1024


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--store", type=Path, required=True, help="数据目录")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Prints the examination; 1 when the file is not sound."""
    with open_replica(args.store) as replica:
        health = examine(replica)
    if args.format == "json":
        print(json.dumps(as_json(health), ensure_ascii=False))
    else:
        print("\n".join(as_lines(health)))
    return 1 if health.problems else 0


def as_json(health: Health) -> dict[str, object]:
    """The examination for scripts; sizes in bytes."""
    pending = health.pending
    return {
        "folder": str(health.folder),
        "device": health.device_id,
        "schema_version": health.schema_version,
        "sqlite": health.sqlite_version,
        "sqlcipher": health.cipher_version,
        "sound": not health.problems,
        "problems": list(health.problems),
        "rows": dict(health.rows),
        "pending": {
            "bundles": pending.bundles,
            "ops": pending.ops,
            "oldest": pending.oldest.isoformat() if pending.oldest else None,
        },
        "file_bytes": health.file_bytes,
        "log_bytes": health.log_bytes,
        "free_bytes": health.free_bytes,
        "latest_backup": str(health.latest_backup) if health.latest_backup else None,
        "quarantined": list(health.quarantined),
    }


def as_lines(health: Health) -> list[str]:
    """The examination for people."""
    pending = health.pending
    oldest = f"，最早 {pending.oldest:%Y-%m-%d %H:%M}" if pending.oldest else ""
    backup = (
        f"{health.latest_backup}（{health.latest_backup_at:%Y-%m-%d %H:%M}）"
        if health.latest_backup
        else "无"
    )
    return [
        f"数据目录    {health.folder}",
        f"结构版本    {health.schema_version}",
        f"组件版本    SQLite {health.sqlite_version}，SQLCipher {health.cipher_version}",
        f"完整性      {'完好' if not health.problems else '已损坏：' + health.problems[0]}",
        f"待发操作    {pending.bundles} 组 {pending.ops} 条{oldest}",
        f"文件大小    {health.file_bytes / _MIB:.1f} MiB，日志 {health.log_bytes / _MIB:.1f} MiB",
        f"磁盘剩余    {health.free_bytes / _MIB:,.0f} MiB",
        f"最近备份    {backup}",
        f"隔离区      {len(health.quarantined)} 项",
        *(f"  {name:<22}{count:>12,} 行" for name, count in health.rows.items()),
    ]
