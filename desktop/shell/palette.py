"""Every command of the desk by name: what menus hold, the palette finds. UI thread.

The palette has no list of its own. It walks the menus when it is asked, so that a command cannot
be in a menu and missing here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from desktop.shell.matching import NO_MATCH, rank


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the user can do now. `path` is where the menus hold it, without marks."""

    path: tuple[str, ...]
    shortcut: str
    action: QAction

    @property
    def title(self) -> str:
        """Its own words, with the menu it stands in where that helps."""
        return " · ".join(self.path)


def commands(menus: Iterable[QMenu]) -> list[Command]:
    """All enabled actions of `menus` and their submenus, in the order of the menus."""
    found: list[Command] = []
    for menu in menus:
        _collect(menu, (), found)
    return found


def _collect(menu: QMenu, path: tuple[str, ...], found: list[Command]) -> None:
    for action in menu.actions():
        words = action.text().replace("&", "").rstrip("…")
        submenu = action.menu()
        if isinstance(submenu, QMenu):
            _collect(submenu, (*path, words), found)
        elif not action.isSeparator() and action.isEnabled() and words:
            found.append(Command((*path, words), action.shortcut().toString(), action))


def matching(found: Iterable[Command], query: str, *, limit: int = 12) -> list[Command]:
    """The commands that fit `query`, best first; all of them for an empty query."""
    ranked = [(_rank(query, command), index, command) for index, command in enumerate(found)]
    ranked = [row for row in ranked if row[0] < NO_MATCH]
    ranked.sort(key=lambda row: row[:2])
    return [command for _rank_, _index, command in ranked[:limit]]


def _rank(query: str, command: Command) -> int:
    own = rank(query, command.path[-1])
    return own if own < NO_MATCH else rank(query, command.title)
