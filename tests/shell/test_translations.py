"""Every text that the code hands to Qt for translation has a Chinese one."""

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from desktop.shell.registry import discover
from desktop.shell.translation import install_language

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location(
    "translations_build", ROOT / "installer" / "translations.py"
)
assert _spec is not None
assert _spec.loader is not None
builder = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(builder)

Text = tuple[str, str, str]  # context, source, where


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


class _Finder(ast.NodeVisitor):
    """Collects `x.tr("…")` with the class it stands in, and `translate("Context", "…")`.

    A module's own shorthand `def _tr(text): return …translate("Context", text)` counts too.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.classes: list[str] = []
        self.shorthands: dict[str, str] = {}
        self.found: list[Text] = []
        self.unclear: list[str] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.classes.append(node.name)
        self.generic_visit(node)
        self.classes.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for call in ast.walk(node):
            if (
                isinstance(call, ast.Call)
                and _name(call.func) == "translate"
                and len(call.args) == 2
                and isinstance(call.args[1], ast.Name)
                and any(call.args[1].id == argument.arg for argument in node.args.args)
            ):
                context = _constant(call.args[0])
                if context is not None:
                    self.shorthands[node.name] = context
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        name = _name(node.func)
        if name == "tr" and isinstance(node.func, ast.Attribute) and node.args:
            self._add(self.classes[-1] if self.classes else "", node.args[0])
        elif name == "translate" and len(node.args) >= 2:
            context = _constant(node.args[0])
            if context is not None:
                self._add(context, node.args[1])

    def _add(self, context: str, argument: ast.expr) -> None:
        text = _constant(argument)
        if text is not None:
            self.found.append((context, text, f"{self.where}:{argument.lineno}"))


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _texts() -> Iterator[Text]:
    for folder in ("desktop", "widgets"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            where = str(path.relative_to(ROOT))
            tree = ast.parse(path.read_text(encoding="utf-8"))
            finder = _Finder(where)
            finder.visit(tree)
            yield from finder.found
            for call in ast.walk(tree):
                if isinstance(call, ast.Call) and _name(call.func) in finder.shorthands:
                    text = _constant(call.args[0]) if call.args else None
                    if text is not None:
                        context = finder.shorthands[_name(call.func)]
                        yield context, text, f"{where}:{call.lineno}"


def test_every_text_of_the_code_is_translated() -> None:
    tables = builder.load_tables()
    # `dialog.tr(…)` outside a class speaks in the context of an object that the text cannot show.
    anywhere = {source for rows in tables.values() for source in rows}
    missing = [
        f"{where} [{context}] {text!r}"
        for context, text, where in _texts()
        if text.strip() and text not in (tables.get(context, {}) if context else anywhere)
    ]
    assert not missing, "\n".join(missing)


def test_every_panel_title_is_translated() -> None:
    titles = builder.load_tables().get("Panel", {})
    missing = [spec.id for spec in discover().specs if spec.title not in titles]
    assert not missing


def test_the_compiled_catalogue_speaks_chinese(
    qapp: QCoreApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if builder.stale():
        builder.build()
    assert install_language(qapp, "zh_CN")
    assert QCoreApplication.translate("Menus", "Quit") == "退出"


def test_a_text_translated_in_two_ways_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[X]\n"Copy" = "复制"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('[X]\n"Copy" = "拷贝"\n', encoding="utf-8")
    with pytest.raises(builder.TranslationError, match=r"b\.toml.*Copy"):
        builder.load_tables(tmp_path)
