"""Discovery of panels: order, duplicates, broken folders, no Qt."""

import subprocess
import sys
from pathlib import Path

import pytest

from desktop.shell.registry import DuplicatePanelError, discover, hidden_imports

SPEC = """
from desktop.contract.panel import PanelSpec
PANELS = (PanelSpec(id="{id}", title="T", icon="", duty="{duty}", area="{area}", order={order},
                    view="view:View"),)
"""


def _write(root: Path, name: str, *, id_: str, area: str = "center", order: int = 1) -> None:
    folder = root / name
    folder.mkdir()
    text = SPEC.format(id=id_, duty="process", area=area, order=order)
    (folder / "__init__.py").write_text(text, encoding="utf-8")
    (folder / "view.py").write_text("", encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    # Every test has a package name of its own, since imported modules stay.
    name = "panels_" + request.node.name.replace("[", "_").replace("]", "_")
    found = tmp_path / name
    found.mkdir()
    (found / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return found


def test_panels_are_sorted_by_area_and_order(root: Path) -> None:
    _write(root, "a", id_="right", area="right")
    _write(root, "b", id_="second", order=2)
    _write(root, "c", id_="first", order=1)
    _write(root, "d", id_="top", area="top", order=9)
    _write(root, "_hidden", id_="hidden")
    registry = discover(root.name)
    assert [spec.id for spec in registry.specs] == ["top", "first", "second", "right"]
    assert registry.specs[0].package == f"{root.name}.d"
    assert [spec.id for spec in registry.of_duty("process")][:2] == ["first", "second"]
    assert registry.find("hidden") is None


def test_duplicates_are_refused(root: Path) -> None:
    _write(root, "a", id_="same")
    _write(root, "b", id_="same")
    with pytest.raises(DuplicatePanelError, match=r"same.*\.a.*\.b"):
        discover(root.name)


def test_a_broken_folder_does_not_hide_the_others(root: Path) -> None:
    _write(root, "a", id_="sound")
    (root / "b").mkdir()
    (root / "b" / "__init__.py").write_text("PANEL = 1", encoding="utf-8")
    registry = discover(root.name)
    assert [spec.id for spec in registry.specs] == ["sound"]
    assert [broken.package for broken in registry.broken] == [f"{root.name}.b"]


def test_hidden_imports_name_every_module(root: Path) -> None:
    _write(root, "a", id_="one")
    (root / "a" / "deep").mkdir()
    (root / "a" / "deep" / "__init__.py").write_text("", encoding="utf-8")
    (root / "a" / "deep" / "low.py").write_text("", encoding="utf-8")
    names = hidden_imports(root.name)
    assert f"{root.name}.a.view" in names
    assert f"{root.name}.a.deep.low" in names


def test_discovery_imports_no_qt() -> None:
    code = (
        "import sys; from desktop.shell.registry import discover; found = discover();"
        "bad = [name for name in sys.modules if name.split('.')[0] in"
        " ('PySide6', 'pyqtgraph', 'qtawesome', 'PySide6QtAds')];"
        "print(len(found.specs), [b.package for b in found.broken], bad);"
        "sys.exit(bool(bad or found.broken))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
