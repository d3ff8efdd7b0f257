"""Whoever writes records to a file tells the who-read log of it (U11)."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2] / "desktop"

# They write figures, or sheets that the user brought, and no records of the desk.
FIGURES_ONLY = {
    "contract/chart_menu.py",
    "panels/situation/view.py",
    "panels/exchange/view.py",
}


def calls(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    found = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {func.attr for func in found if isinstance(func, ast.Attribute)}


def test_every_file_that_leaves_the_desk_is_noted() -> None:
    writers = {
        str(path.relative_to(ROOT))
        for folder in ("panels", "contract")
        for path in (ROOT / folder).rglob("*.py")
        if "documents_folder" in calls(path)
    }
    assert writers >= FIGURES_ONLY
    silent = {name for name in writers if "copied" not in calls(ROOT / name)}
    assert silent == FIGURES_ONLY
