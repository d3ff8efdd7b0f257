"""Finds the panels by walking their package. Imports no Qt; any thread.

`python -m desktop.shell.registry --hidden-imports` prints what a frozen build must carry, so that
the source tree and the frozen program agree about which panels exist.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from desktop.contract.panel import Area, PanelSpec, Perspective

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from desktop.contract.panel import DailyArgs

    Count = Callable[..., tuple[int, str]]  # (connection, today) and perhaps a person's id
    Daily = Callable[[Connection, DailyArgs], int]

PANELS_PACKAGE: Final = "desktop.panels"
AREAS: Final[tuple[Area, ...]] = ("top", "center", "bottom", "right", "left")


class DuplicatePanelError(ValueError):
    """Two panels claim one id; the message names both packages."""


@dataclass(frozen=True, slots=True)
class BrokenPanel:
    """A panel folder whose spec could not be imported; the others go on without it."""

    package: str
    fault: BaseException


@dataclass(frozen=True, slots=True)
class Registry:
    """The panels in the order of areas, then their own order."""

    specs: tuple[PanelSpec, ...]
    broken: tuple[BrokenPanel, ...] = ()

    def find(self, panel_id: str) -> PanelSpec | None:
        """The panel with that id, if this build has it."""
        return next((spec for spec in self.specs if spec.id == panel_id), None)

    def of_duty(self, duty: str) -> tuple[PanelSpec, ...]:
        """The panels of one duty; those of the central area first."""
        found = [spec for spec in self.specs if spec.duty == duty]
        return tuple(sorted(found, key=lambda spec: (spec.area != "center", spec.order)))

    def shown_in(self, perspective: Perspective) -> tuple[PanelSpec, ...]:
        """The panels that name `perspective`."""
        return tuple(spec for spec in self.specs if perspective in spec.perspectives)


def discover(package: str = PANELS_PACKAGE) -> Registry:
    """Walks `package` for folders that export PANELS. Raises DuplicatePanelError."""
    root = importlib.import_module(package)
    specs: list[PanelSpec] = []
    broken: list[BrokenPanel] = []
    for name in _folders(root):
        try:
            module = importlib.import_module(name)
            found = [replace(spec, package=name) for spec in module.PANELS]
        except Exception as fault:
            broken.append(BrokenPanel(name, fault))
            continue
        specs += found
    _refuse_duplicates(specs)
    specs.sort(key=lambda spec: (AREAS.index(spec.area), spec.order, spec.id))
    return Registry(tuple(specs), tuple(broken))


def load_view(spec: PanelSpec) -> Callable[..., Any]:
    """The view class of a panel. UI thread (it imports Qt); raises whatever the import raises."""
    made: Callable[..., Any] = _named(spec, spec.view)
    return made


def import_ahead(registry: Registry, perspective: Perspective) -> None:
    """Imports what the view in the centre needs, while the key of the store is still derived.

    UI thread. A view that cannot be imported says so later, in its own place.
    """
    shown = (spec for spec in registry.shown_in(perspective) if spec.area == "center")
    spec = next(shown, None)
    if spec is not None:
        with suppress(Exception):
            load_view(spec)


def load_count(spec: PanelSpec) -> Count | None:
    """The function that counts for the navigator; None when the panel has none."""
    return _named(spec, spec.count) if spec.count else None


def load_daily(spec: PanelSpec) -> Daily:
    """What a panel with `daily` does on a new day."""
    made: Daily = _named(spec, spec.daily)
    return made


def load_attend(spec: PanelSpec) -> Callable[..., object]:
    """What a panel with `attend` does without its view. UI thread (it may import Qt)."""
    made: Callable[..., object] = _named(spec, spec.attend)
    return made


def hidden_imports(package: str = PANELS_PACKAGE) -> list[str]:
    """Every module below `package`; named nowhere in code, so a freezer would miss them."""
    root = importlib.import_module(package)
    names = [package]
    for folder in _folders(root):
        names.append(folder)
        spec = importlib.util.find_spec(folder)
        paths = list(spec.submodule_search_locations or ()) if spec is not None else []
        names += _modules_below(paths, folder)
    return sorted(names)


def _modules_below(paths: list[str], prefix: str) -> list[str]:
    names: list[str] = []
    for found in pkgutil.iter_modules(paths, prefix + "."):
        names.append(found.name)
        if found.ispkg:
            last = found.name.rsplit(".", 1)[1]
            names += _modules_below([f"{path}/{last}" for path in paths], found.name)
    return names


def _folders(root: ModuleType) -> Iterable[str]:
    for found in pkgutil.iter_modules(root.__path__, root.__name__ + "."):
        if found.ispkg and not found.name.rsplit(".", 1)[1].startswith("_"):
            yield found.name


def _refuse_duplicates(specs: Iterable[PanelSpec]) -> None:
    first: dict[str, PanelSpec] = {}
    for spec in specs:
        other = first.setdefault(spec.id, spec)
        if other is not spec:
            raise DuplicatePanelError(f"{spec.id!r}: {other.package}, {spec.package}")


def _named(spec: PanelSpec, target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(f"{spec.package}.{module}"), name)


if __name__ == "__main__":
    if sys.argv[1:] != ["--hidden-imports"]:
        sys.exit("usage: python -m desktop.shell.registry --hidden-imports")
    print("\n".join(hidden_imports()))
