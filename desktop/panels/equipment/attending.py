"""Tells whoever lent, took back or repaired a thing that the hub has not taken it, and why.

Two desks may lend one thing at once; the slower one would otherwise learn of it by chance. UI
thread, whether the panel's view exists or not.
"""

from PySide6.QtCore import QObject

from desktop.command.equipment.register import refusals
from desktop.contract.context import PanelContext
from storage.records.changes import ChangeSet


class Attending(QObject):
    """One notice for each act that was refused."""

    def __init__(self, context: PanelContext, owner: QObject) -> None:
        super().__init__(owner)
        self._context = context
        self._told: set[str] = set()
        context.changed.connect(self._on_changed)
        self._read()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches("equipment_act"):
            self._read()

    def _read(self) -> None:
        self._context.read(self, "refusals", refusals, None, self._on_refusals, lambda _why: None)

    def _on_refusals(self, found: tuple[tuple[str, str], ...]) -> None:
        for act_id, words in found:
            if act_id not in self._told:
                self._told.add(act_id)
                self._context.notify(words, level="warning")


def start(context: PanelContext, owner: QObject) -> QObject:
    """See PanelSpec.attend."""
    return Attending(context, owner)
