"""What the Debian package carries and asks for, without building it."""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALLER = ROOT / "installer"
WALKED = ("desktop/panels", "desktop/cli", "storage/schema", "storage/migrations")


class Built:
    """What the spec asked PyInstaller for; the steps themselves do nothing."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}
        self.pure: list[object] = []
        self.scripts: list[object] = []
        self.binaries: list[object] = []
        self.datas: list[object] = []

    def step(self, *args: object, **given: object) -> "Built":
        self.asked.setdefault("scripts", args[0] if args else None)
        self.asked |= given
        return self


@pytest.fixture
def _installer_on_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", [str(INSTALLER), *sys.path])
    yield
    sys.modules.pop("bundle", None)


@pytest.fixture
def asked(_installer_on_path: None, tmp_path: Path) -> dict[str, Any]:
    """The arguments of the spec's steps."""
    built = Built()
    steps = dict.fromkeys(("Analysis", "PYZ", "EXE", "COLLECT"), built.step)
    spec = INSTALLER / "edesk.spec"
    given = {**steps, "SPECPATH": str(INSTALLER), "workpath": str(tmp_path)}
    exec(compile(spec.read_text(encoding="utf-8"), str(spec), "exec"), given)
    return built.asked


def on_disk(folder: str) -> set[str]:
    """The modules of a package by its files."""
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


@pytest.mark.parametrize("folder", WALKED)
def test_every_module_that_is_found_by_walking_is_carried(
    asked: dict[str, Any], folder: str
) -> None:
    package = folder.replace("/", ".")
    hidden = set(asked["hiddenimports"])
    carried = {name for name in hidden if name == package or name.startswith(package + ".")}
    assert carried == on_disk(folder)


def test_nothing_that_the_desk_imports_is_left_out(asked: dict[str, Any]) -> None:
    imported: set[str] = set()
    for package in ("desktop", "storage", "widgets", "resources"):
        for path in (ROOT / package).rglob("*.py"):
            if path != ROOT / "widgets" / "gallery.py":
                imported |= _imports(path)
    left_out = {name for name in asked["excludes"] if name in imported}
    assert left_out == set()


def _imports(path: Path) -> set[str]:
    """Every module that the file names in an import, and each package above it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name.rsplit(".", up)[0] for name in names for up in range(name.count(".") + 1)}


def test_every_resource_is_carried_and_no_table_of_translations(asked: dict[str, Any]) -> None:
    carried = {
        Path(source).relative_to(ROOT).as_posix(): target
        for source, target in asked["datas"]
        if target.split("/")[0] == "resources"
    }
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    tables = {name for name in wanted if name.startswith("resources/translations/zh/")}
    assert set(carried) == wanted - tables
    assert all(str(Path(name).parent) == target for name, target in carried.items())


def test_the_version_file_names_no_folder_of_the_building_machine(asked: dict[str, Any]) -> None:
    (source,) = [source for source, target in asked["datas"] if target.endswith(".dist-info")]
    words = Path(source).read_text(encoding="utf-8")
    assert re.search(r"^Name: enforcement-desk\nVersion: \d+\.\d+\.\d+$", words, re.MULTILINE)
    assert [path.name for path in Path(source).parent.iterdir()] == ["METADATA"]


def depends() -> list[set[str]]:
    """The alternatives of each line of Depends, without versions."""
    control = (INSTALLER / "control.in").read_text(encoding="utf-8")
    (field,) = re.findall(r"^Depends: ((?:.*\n )*.*)$", control, re.MULTILINE)
    without_versions = re.sub(r"\([^)]*\)", "", field)
    return [{name.strip() for name in part.split("|")} for part in without_versions.split(",")]


def test_the_package_depends_on_every_library_that_setup_installs() -> None:
    setup = (INSTALLER / "setup.sh").read_text(encoding="utf-8")
    (packages,) = re.findall(r'^packages="([^"]*)"', setup, re.MULTILINE)
    libraries = {name for name in packages.split() if name.startswith("lib")}
    assert len(libraries) >= 10
    assert libraries <= set.union(*(names for names in depends() if len(names) == 1))


@pytest.mark.usefixtures("_installer_on_path")
def test_the_package_depends_on_what_it_leaves_to_debian() -> None:
    import bundle  # type: ignore[import-not-found]  # noqa: PLC0415  Found through the fixture.

    required = set.union(*(names for names in depends() if len(names) == 1))
    assert set(bundle.FROM_DEBIAN.values()) <= required
    # Documents need a TrueType font with Chinese; the outlines of Noto CJK cannot be embedded.
    assert "fonts-wqy-zenhei" in required


@pytest.mark.usefixtures("_installer_on_path")
def test_libraries_that_only_left_out_parts_need_are_left_out() -> None:
    import bundle  # noqa: PLC0415

    plugins = "PySide6/Qt/plugins/"
    needs = {
        "/qxcb": ["libQt6XcbQpa.so.6", "libxcb.so.1"],
        "/xcbqpa": ["libQt6Gui.so.6"],
        "/wayland": ["libQt6WaylandClient.so.6"],
        "/ext": ["libffi.so.8"],
    }
    rows = [
        ("PySide6/QtGui.abi3.so", "/gui", "EXTENSION"),
        ("_ctypes.so", "/ext", "EXTENSION"),
        (plugins + "platforms/libqxcb.so", "/qxcb", "BINARY"),
        (plugins + "platforms/libqwayland.so", "/wayland", "BINARY"),
        ("PySide6/Qt/lib/libQt6XcbQpa.so.6", "/xcbqpa", "BINARY"),
        ("PySide6/Qt/lib/libQt6Gui.so.6", "/gui6", "BINARY"),
        ("PySide6/Qt/lib/libQt6WaylandClient.so.6", "/client", "BINARY"),
        ("libffi.so.8", "/ffi", "BINARY"),
        ("libxcb.so.1", "/xcb", "BINARY"),
        ("libpython3.11.so.1.0", "/python", "BINARY"),
    ]
    carried = bundle.carried(rows, lambda path: needs.get(path, []))
    left_out = {row[0] for row in rows} - {row[0] for row in carried}
    assert left_out == {
        plugins + "platforms/libqwayland.so",
        "PySide6/Qt/lib/libQt6WaylandClient.so.6",
        "libxcb.so.1",
    }

    links = [
        ("libQt6Gui.so.6", "PySide6/Qt/lib/libQt6Gui.so.6", "SYMLINK"),
        ("libQt6WaylandClient.so.6", "PySide6/Qt/lib/libQt6WaylandClient.so.6", "SYMLINK"),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", "/a", "DATA"),
        ("PySide6/Qt/translations/qtbase_de.qm", "/b", "DATA"),
    ]
    assert bundle.carried_data(links, carried) == [links[0], links[2]]


def entry_functions() -> dict[str, Any]:
    entry: dict[str, Any] = {"__name__": "entry"}
    exec((INSTALLER / "entry.py").read_text(encoding="utf-8"), entry)
    return entry


def test_fcitx_falls_back_to_the_protocol_of_ibus(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = entry_functions()
    # Set first, so that what the entry writes is taken back after the test.
    monkeypatch.setenv("QT_IM_MODULES", "")
    monkeypatch.delenv("QT_IM_MODULES")
    monkeypatch.setenv("QT_IM_MODULE", "fcitx5")
    entry["prepare_input_method"]()
    assert os.environ["QT_IM_MODULES"] == "fcitx5;ibus"

    monkeypatch.setenv("QT_IM_MODULES", "wayland;fcitx")
    entry["prepare_input_method"]()
    assert os.environ["QT_IM_MODULES"] == "wayland;fcitx"

    monkeypatch.delenv("QT_IM_MODULES")
    monkeypatch.setenv("QT_IM_MODULE", "ibus")
    entry["prepare_input_method"]()
    assert "QT_IM_MODULES" not in os.environ


def test_a_wayland_session_is_served_through_x11(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = entry_functions()
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    entry["prepare_screen"]()
    assert "QT_QPA_PLATFORM" not in os.environ

    # The second variable is set so that it is restored after the test.
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    entry["prepare_screen"]()
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    del os.environ["QT_QPA_PLATFORM"]
    entry["prepare_screen"]()
    assert os.environ["QT_QPA_PLATFORM"] == "xcb"


@pytest.mark.parametrize("script", sorted(path.name for path in INSTALLER.glob("*.sh")))
def test_scripts_stop_at_the_first_failure(script: str) -> None:
    lines = (INSTALLER / script).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/bin/sh"
    assert "set -eu" in lines
