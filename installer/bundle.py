"""What the frozen desk carries: modules, data files, and which of the found libraries.

The spec asks it while PyInstaller builds; the tests ask it without building.
"""

import pkgutil
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Final

import desktop.cli
import storage.migrations
import storage.schema
from desktop.shell.registry import hidden_imports

ROOT: Final = Path(__file__).resolve().parent.parent
# A row of PyInstaller's lists: name inside the bundle, file on this machine, kind.
Row = tuple[str, str, str]

# Code asks for these by text at run time: dialects by the address of the database, keyrings by
# the desktop in use.
NAMED_AT_RUN_TIME: Final = (
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlalchemy.dialects.sqlite.pysqlcipher",
    "alembic.ddl.sqlite",
    "sqlcipher3.dbapi2",
    "chinese_calendar",
    "keyring.backends.SecretService",
    "keyring.backends.Windows",
    "keyring.backends.fail",
    "keyring.backends.null",
)

PLUGINS: Final = "PySide6/Qt/plugins/"
# The desk draws with the raster engine on X11 (through XWayland on Wayland, where floating docks
# cannot be placed otherwise). IBus's plugin speaks to Fcitx as well.
PLUGINS_KEPT: Final = (
    "platforms/libqxcb.so",
    "platforms/libqoffscreen.so",
    "platforms/libqminimal.so",
    "platforminputcontexts/libcomposeplatforminputcontextplugin.so",
    "platforminputcontexts/libibusplatforminputcontextplugin.so",
    "platformthemes/libqxdgdesktopportal.so",
    "printsupport/libcupsprintersupport.so",
    "iconengines/libqsvgicon.so",
    "imageformats/libqsvg.so",
    "imageformats/libqjpeg.so",
    "imageformats/libqico.so",
    "multimedia/libffmpegmediaplugin.so",
)
TRANSLATIONS: Final = "PySide6/Qt/translations/"
TRANSLATIONS_KEPT: Final = ("qtbase_zh_CN.qm",)

# Libraries that the target's own Debian packages give: the desk then shares their settings and
# their security fixes. control.in depends on each package.
FROM_DEBIAN: Final[Mapping[str, str]] = {
    "libstdc++.so.*": "libstdc++6",
    "libgcc_s.so.*": "libgcc-s1",
    "libz.so.*": "zlib1g",
    "libdbus-1.so.*": "libdbus-1-3",
    "libfontconfig.so.*": "libfontconfig1",
    "libfreetype.so.*": "libfreetype6",
    "libglib-2.0.so.*": "libglib2.0-0",
    "libgthread-2.0.so.*": "libglib2.0-0",
    "libgssapi_krb5.so.*": "libgssapi-krb5-2",
    "libcups.so.*": "libcups2",
    "libpulse.so.*": "libpulse0",
    "libX11.so.*": "libx11-6",
    "libX11-xcb.so.*": "libx11-xcb1",
    "libxkbcommon.so.*": "libxkbcommon0",
    "libxkbcommon-x11.so.*": "libxkbcommon-x11-0",
    "libxcb.so.*": "libxcb1",
    "libxcb-cursor.so.*": "libxcb-cursor0",
    "libxcb-icccm.so.*": "libxcb-icccm4",
    "libxcb-image.so.*": "libxcb-image0",
    "libxcb-keysyms.so.*": "libxcb-keysyms1",
    "libxcb-randr.so.*": "libxcb-randr0",
    "libxcb-render.so.*": "libxcb-render0",
    "libxcb-render-util.so.*": "libxcb-render-util0",
    "libxcb-shape.so.*": "libxcb-shape0",
    "libxcb-shm.so.*": "libxcb-shm0",
    "libxcb-sync.so.*": "libxcb-sync1",
    "libxcb-xfixes.so.*": "libxcb-xfixes0",
    "libxcb-xkb.so.*": "libxcb-xkb1",
}


def modules() -> list[str]:
    """Every module that is found by walking or by name, sorted, each once."""
    walks = (walked(package) for package in (desktop.cli, storage.schema, storage.migrations))
    found = {*hidden_imports(), *NAMED_AT_RUN_TIME}
    return sorted(found.union(*walks))


def walked(package: ModuleType) -> list[str]:
    """The package and every module below it."""
    below = pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    return [package.__name__, *(found.name for found in below)]


def data_files(work: Path) -> list[tuple[str, str]]:
    """(file or folder here, folder in the bundle): resources, fonts of icons, the version."""
    fonts = _folder_of("qtawesome") / "fonts"
    return [*resource_files(), *hub_files(), _version_file(work), (str(fonts), "qtawesome/fonts")]


def hub_files() -> list[tuple[str, str]]:
    """What the hub is set up with, and the verifier that is handed to auditors as a file."""
    folder = ROOT / "storage" / "hub"
    found = [*sorted((folder / "sql").glob("*.sql")), folder / "chain_verifier.py"]
    return [(str(path), str(path.parent.relative_to(ROOT))) for path in found]


def resource_files() -> list[tuple[str, str]]:
    """What `resources.path` may be asked for; the tables of translations are compiled already."""
    folder = ROOT / "resources"
    tables = folder / "translations" / "zh"
    return [
        (str(path), str(path.parent.relative_to(ROOT)))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in {".py", ".pyc"} and path.parent != tables
    ]


def _folder_of(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return Path(spec.origin).parent


def version() -> str:
    """The version that pyproject.toml names."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def _version_file(work: Path) -> tuple[str, str]:
    """Name and version for the About box, without the paths that an installed copy records."""
    folder = work / f"enforcement_desk-{version()}.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    words = f"Metadata-Version: 2.1\nName: enforcement-desk\nVersion: {version()}\n"
    (folder / "METADATA").write_text(words, encoding="utf-8")
    return str(folder / "METADATA"), folder.name


def carried(rows: Iterable[Row], needs: Callable[[str], Iterable[str]] | None = None) -> list[Row]:
    """The libraries that Python modules and the kept plugins reach, less those of Debian.

    needs: the names of the libraries that one file links to; its ELF header by default.
    """
    reads = needs or _needs
    kept = [row for row in rows if _kept_plugin(row[0]) and not from_debian(row[0])]
    by_name: dict[str, list[Row]] = {}
    for row in kept:
        by_name.setdefault(Path(row[0]).name, []).append(row)
    reached = [row for row in kept if _is_root(row)]
    seen = set(reached)
    for row in reached:  # grows while it is walked
        for name in reads(row[1]):
            fresh = [found for found in by_name.get(name, []) if found not in seen]
            seen.update(fresh)
            reached += fresh
    return [row for row in kept if row in seen]


def carried_data(rows: Iterable[Row], libraries: Iterable[Row]) -> list[Row]:
    """The data without Qt's other languages and without links to libraries that are left out."""
    there = {name for name, _, _ in libraries}
    return [row for row in rows if _kept_translation(row[0]) and _leads_somewhere(row, there)]


def _kept_translation(name: str) -> bool:
    return not name.startswith(TRANSLATIONS) or Path(name).name in TRANSLATIONS_KEPT


def _leads_somewhere(row: Row, there: set[str]) -> bool:
    name, target, kind = row
    return kind != "SYMLINK" or str(Path(name).parent / target) in there


def from_debian(name: str) -> str | None:
    """The Debian package that gives the library `name` of the bundle's top folder."""
    if "/" in name:
        return None
    return next((owner for form, owner in FROM_DEBIAN.items() if fnmatch(name, form)), None)


def _kept_plugin(name: str) -> bool:
    return not name.startswith(PLUGINS) or name.removeprefix(PLUGINS) in PLUGINS_KEPT


def _is_root(row: Row) -> bool:
    """Python loads extension modules and libpython by name, Qt its plugins."""
    name, _, kind = row
    return (
        kind == "EXTENSION"
        or name.startswith((PLUGINS, "libpython"))
        or (name.endswith(".so") and not Path(name).name.startswith("lib"))
    )


def _needs(path: str) -> list[str]:
    """The libraries that a file itself names; `ldd` would add what those need in turn."""
    headers = subprocess.run(["objdump", "-p", path], capture_output=True, text=True, check=True)
    return re.findall(r"^\s*NEEDED\s+(\S+)$", headers.stdout, re.MULTILINE)
