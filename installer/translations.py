"""Builds resources/translations/zh_CN.qm from the tables in resources/translations/zh/*.toml.

Each file belongs to one area of the program; a table is a Qt context, a line is
"English source" = "中文". The tables become one .ts document, and Qt's lrelease compiles it.

    python installer/translations.py [--if-stale]
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
TARGET = FOLDER / "zh_CN.qm"


class TranslationError(ValueError):
    """A table that cannot be used; the message names the file and the line's words."""


def load_tables(folder: Path = FOLDER / "zh") -> dict[str, dict[str, str]]:
    """Context -> source -> translation, from all files. Raises TranslationError."""
    contexts: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as fault:
            raise TranslationError(f"{path.name}: {fault}") from fault
        for context, rows in tables.items():
            if not isinstance(rows, dict):
                raise TranslationError(f"{path.name}: {context!r} stands outside a table")
            for source, text in rows.items():
                _add(contexts.setdefault(context, {}), source, text, f"{path.name} [{context}]")
    return contexts


def _add(rows: dict[str, str], source: str, text: object, place: str) -> None:
    if not isinstance(text, str) or not text:
        raise TranslationError(f"{place}: {source!r} has no text")
    if rows.setdefault(source, text) != text:
        raise TranslationError(f"{place}: {source!r} is translated in two ways")


def to_ts(contexts: dict[str, dict[str, str]]) -> bytes:
    """The .ts document."""
    root = ElementTree.Element("TS", version="2.1", language="zh_CN", sourcelanguage="en")
    for context, rows in sorted(contexts.items()):
        node = ElementTree.SubElement(root, "context")
        ElementTree.SubElement(node, "name").text = context
        for source, text in sorted(rows.items()):
            message = ElementTree.SubElement(node, "message")
            ElementTree.SubElement(message, "source").text = source
            ElementTree.SubElement(message, "translation").text = text
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def stale(folder: Path = FOLDER / "zh", target: Path = TARGET) -> bool:
    """Whether a table, or the folder that lists them, is newer than the compiled file."""
    if not target.exists():
        return True
    built = target.stat().st_mtime
    return any(path.stat().st_mtime > built for path in (folder, *folder.glob("*.toml")))


def build(target: Path = TARGET) -> None:
    """Writes the compiled file. Raises TranslationError when lrelease refuses."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "zh_CN.ts"
        source.write_bytes(to_ts(load_tables()))
        made = Path(place) / "zh_CN.qm"
        command = [_lrelease(), "-silent", "-nounfinished", str(source), "-qm", str(made)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not made.exists():
            raise TranslationError(done.stderr or done.stdout)
        # In one step: a desk that runs has the old file mapped, and would lose its words.
        fresh = target.with_suffix(".new")
        fresh.write_bytes(made.read_bytes())
        fresh.replace(target)


def _lrelease() -> str:
    """The compiler beside this interpreter, else the one inside PySide6."""
    for folder in (Path(sys.executable).parent, Path(sys.prefix) / "bin"):
        for name in ("pyside6-lrelease", "pyside6-lrelease.exe"):
            if (folder / name).exists():
                return str(folder / name)
    return "pyside6-lrelease"


if __name__ == "__main__":
    if "--if-stale" not in sys.argv[1:] or stale():
        build()
