"""Acts on held bundles, each one write of the person's own; and the file of an export."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from desktop.errors import UserError
from storage.sync import settling
from storage.sync.settling import Drop, Resubmit


def resubmit(connection: Connection, wanted: Resubmit) -> bool:
    """Sends what was chosen again; False when nothing differed from what stands there."""
    return settling.resubmit(connection, wanted)


def drop(connection: Connection, wanted: Drop) -> None:
    """Takes what the hub has."""
    settling.drop(connection, wanted)


@dataclass(frozen=True, slots=True)
class ExportFile:
    """Where the file goes and what it holds."""

    path: Path
    content: dict[str, Any]


def write_export(wanted: ExportFile) -> Path:
    """Writes the file whole or not at all. Layout lane."""
    part = wanted.path.with_suffix(".part")
    try:
        part.write_text(json.dumps(wanted.content, ensure_ascii=False, indent=1), "utf-8")
        part.replace(wanted.path)
    except OSError as fault:
        raise UserError(f"文件无法写出：{wanted.path}（{fault.strerror}）。") from fault
    return wanted.path
