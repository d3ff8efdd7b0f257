"""Every command of the window as a menu. UI thread.

The ⋯ button shows this menu and the palette walks it: one list of commands for both.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from desktop.contract.panel import PanelSpec
from desktop.shell.header import FIELD, PERSPECTIVES
from desktop.shell.locking import MINUTES
from desktop.shell.theme import TEXT_SIZES
from desktop.shell.translation import panel_title

DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Doings:
    """What the commands do; the window hands its methods in."""

    open_panel: Callable[[PanelSpec], None]
    open_for_selection: Callable[[PanelSpec], None]
    enter: Callable[[str], None]
    refresh: Callable[[], None]
    toggle_theme: Callable[[], None]
    set_text_size: Callable[[int], None]
    set_locked: Callable[[bool], None]
    reset_layout: Callable[[], None]
    toggle_spread: Callable[[], None]
    set_live: Callable[[bool], None]
    show_notices: Callable[[], None]
    focus_search: Callable[[], None]
    focus_palette: Callable[[], None]
    lock: Callable[[], None]
    set_lock_minutes: Callable[[int], None]
    about: Callable[[], None]
    quit: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Menus:
    """The menu, and the actions whose marks follow the state of the desk."""

    root: QMenu
    lock: QAction
    live: QAction
    sizes: dict[int, QAction] = field(default_factory=dict)
    minutes: dict[int, QAction] = field(default_factory=dict)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Menus", text)


def build_menus(owner: QWidget, specs: Sequence[PanelSpec], doings: Doings) -> Menus:
    """Makes all menus; every action also works by its keys from anywhere in `owner`."""
    root = QMenu(owner)
    root.setObjectName("desk_menu")
    _panels(root, specs, doings)
    _views(root, doings)
    sizes = _text_sizes(root, doings)
    lock = _action(root, _tr("Lock layout"), "Ctrl+Shift+L", doings.set_locked, checkable=True)
    _action(root, _tr("Reset layout"), "", doings.reset_layout)
    _action(root, _tr("Panel over the whole desk"), "F8", doings.toggle_spread)
    root.addSeparator()
    _action(root, _tr("Search"), "Ctrl+K", doings.focus_search)
    _action(root, _tr("All commands"), "Ctrl+Shift+P", doings.focus_palette)
    _action(root, _tr("Refresh"), "F5", doings.refresh)
    _action(root, _tr("Notices"), "", doings.show_notices)
    live = _action(root, _tr("Play live events"), "", doings.set_live, checkable=True)
    live.setVisible(False)
    live.setEnabled(False)
    root.addSeparator()
    _action(root, _tr("Lock the desk"), "Ctrl+Alt+L", doings.lock)
    minutes = _lock_minutes(root, doings)
    root.addSeparator()
    _action(root, _tr("About"), "", doings.about)
    _action(root, _tr("Quit"), "Ctrl+Q", doings.quit)
    _reach_everywhere(owner, root)
    return Menus(root, lock, live, sizes, minutes)


def _panels(root: QMenu, specs: Sequence[PanelSpec], doings: Doings) -> None:
    menu = root.addMenu(_tr("Panels"))
    number = 0
    for spec in specs:
        keys = ""
        if spec.framed and number < DIGITS:
            number += 1
            keys = f"Ctrl+{number}"
        _action(menu, panel_title(spec.title), keys, lambda chosen=spec: doings.open_panel(chosen))
    acts = [spec for spec in specs if spec.shortcut]
    if acts:
        menu = root.addMenu(_tr("For the selected case"))
    for spec in acts:
        _action(
            menu,
            panel_title(spec.title),
            spec.shortcut,
            lambda chosen=spec: doings.open_for_selection(chosen),
        )


def _views(root: QMenu, doings: Doings) -> None:
    words = {
        "duty": _tr("On duty"),
        "command": _tr("Command"),
        "meeting": _tr("Meeting"),
        "print": _tr("Print"),
        "wall": _tr("Wall"),
        FIELD: _tr("Field"),
    }
    menu = root.addMenu(_tr("Perspective"))
    for name in (*PERSPECTIVES, FIELD):
        keys = {"wall": "F11", FIELD: "Shift+F11"}.get(name, "")
        _action(menu, words[name], keys, lambda chosen=name: doings.enter(chosen))
    root.addSeparator()
    _action(root, _tr("Dark or light"), "Ctrl+Shift+D", doings.toggle_theme)


def _text_sizes(root: QMenu, doings: Doings) -> dict[int, QAction]:
    words = {percent: f"{percent} %" for percent in TEXT_SIZES}
    return _choices(root.addMenu(_tr("Text size")), words, doings.set_text_size)


def _lock_minutes(root: QMenu, doings: Doings) -> dict[int, QAction]:
    pattern = _tr("After {minutes} minutes without a key or mouse")
    words = {
        minutes: pattern.format(minutes=minutes) if minutes else _tr("Never by itself")
        for minutes in MINUTES
    }
    return _choices(root.addMenu(_tr("Lock after")), words, doings.set_lock_minutes)


def _choices(
    menu: QMenu, words: dict[int, str], choose: Callable[[int], None]
) -> dict[int, QAction]:
    """One of several, with a mark."""
    group = QActionGroup(menu)
    actions: dict[int, QAction] = {}
    for value, text in words.items():
        action = _action(menu, text, "", lambda chosen=value: choose(chosen))
        action.setCheckable(True)
        group.addAction(action)
        actions[value] = action
    return actions


def _action(
    menu: QMenu, words: str, keys: str, act: Callable[..., None], *, checkable: bool = False
) -> QAction:
    action = QAction(words, menu)
    if keys:
        action.setShortcut(QKeySequence(keys))
    if checkable:
        action.setCheckable(True)
        action.toggled.connect(act)
    else:
        action.triggered.connect(lambda _checked=False: act())
    menu.addAction(action)
    return action


def _reach_everywhere(owner: QWidget, menu: QMenu) -> None:
    """A shortcut of an action that only a closed menu holds would not be heard."""
    for action in menu.actions():
        submenu = action.menu()
        if isinstance(submenu, QMenu):
            _reach_everywhere(owner, submenu)
        elif not action.isSeparator():
            owner.addAction(action)
