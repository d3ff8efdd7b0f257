"""What the exchange panel does: looks into files (layout lane), imports, keeps mappings (writer).

`look` picks the best profile when none is named and applies the mapping kept for it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, delete, insert

from desktop.importing.apply import ImportArgs, ImportReport, run_import
from desktop.importing.preview import Preview, PreviewArgs, best_profile, preview, with_seeds
from desktop.importing.profile_files import load_profile
from desktop.importing.rejects import RejectsArgs, write_rejects
from desktop.panels.exchange.queries import MAPPING_KEY, Base
from storage.schema import table


@dataclass(frozen=True, slots=True)
class LookArgs:
    """Which file to look into. `profile` empty: the one that knows most of its headers.

    `mapping`: source header -> target as edited on screen; None: the one kept for the profile.
    """

    path: Path
    base: Base
    today: date
    profile: str = ""
    mapping: Mapping[str, str] | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A mapping to remember: profile name, source header -> target."""

    profile: str
    mapping: Mapping[str, str]


def look(args: LookArgs) -> Preview:
    """Reads and checks a file without touching the store."""
    name = args.profile or best_profile(args.path)
    profile = load_profile(name)
    mapping = args.base.mappings.get(name, {}) if args.mapping is None else args.mapping
    if mapping:
        profile = profile.remapped(mapping)
    courts = with_seeds(args.base.courts, profile)
    return preview(PreviewArgs(args.path, profile, args.today, courts, args.sheet))


def import_file(
    connection: Connection, args: ImportArgs, progress: Callable[[int, int], bool]
) -> ImportReport:
    """Imports in the transaction of the caller."""
    return run_import(connection, args, progress)


def save_rejects(args: RejectsArgs) -> tuple[Path, int]:
    """Writes the rejects sheet; its path and number of rows."""
    args.out.parent.mkdir(parents=True, exist_ok=True)
    return args.out, write_rejects(args)


def keep_mapping(connection: Connection, args: Kept) -> None:
    """Remembers a mapping on this device; an empty one is forgotten."""
    setting = table("setting")
    key = MAPPING_KEY + args.profile
    connection.execute(delete(setting).where(setting.c.key == key))
    if args.mapping:
        value = json.dumps(dict(args.mapping), ensure_ascii=False)
        connection.execute(insert(setting).values(key=key, value=value))
