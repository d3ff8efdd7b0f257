"""What the map leaves alone: the network, threads, and Qt in its pure half."""

import ast
from pathlib import Path

import pytest

import widgets.map

FOLDER = Path(widgets.map.__file__).parent
FILES = sorted(FOLDER.glob("*.py"))
NETWORK = {"socket", "ssl", "http", "urllib", "requests", "asyncio", "ftplib", "PySide6.QtNetwork"}
THREADS = {"threading", "concurrent", "multiprocessing", "_thread"}
PURE = (
    "mercator",
    "viewport",
    "simplify",
    "records",
    "geojson",
    "mbtiles",
    "files",
    "placing",
    "clusters",
)


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""}
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_network_and_no_threads_of_its_own(path: Path) -> None:
    names = _imports(path)
    heads = names | {name.split(".")[0] for name in names}
    assert not heads & (NETWORK | THREADS)
    assert not any(name.endswith(("QThread", "QThreadPool", "QRunnable")) for name in names)


@pytest.mark.parametrize("name", PURE)
def test_the_pure_half_knows_no_qt(name: str) -> None:
    for imported in _imports(FOLDER / f"{name}.py"):
        assert not imported.startswith("PySide6")
        if imported.startswith("widgets."):
            assert imported.split(".")[2] in PURE
