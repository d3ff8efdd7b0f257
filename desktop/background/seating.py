"""Learns from the shared database whose login this desk has. UI thread.

Panels know the person at the keyboard from their beginning, so another one counts from the next
start on; that is said. Without this a desk that was just set up would have nobody who may give an
order, sign, or be told of one.
"""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from sqlalchemy import Connection, select

from storage.schema import table

if TYPE_CHECKING:
    from desktop.background.context import DeskContext
    from desktop.background.sync_driver import SyncDriver
    from desktop.background.sync_exchange import Outcome


class Seating(QObject):
    """Keeps the setting `person_id` at the person whom the hub says that the login is."""

    def __init__(
        self, context: "DeskContext", driver: "SyncDriver", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        driver.rounded.connect(self._on_round)

    def _on_round(self, outcome: "Outcome") -> None:
        person_id = outcome.told.person
        if person_id and person_id != self._context.setting("person_id"):
            self._context.set_setting("person_id", person_id)
            told = partial(self._tell, person_id)
            self._context.read(self, "seat", _name, person_id, told, lambda _sentence: None)

    def _tell(self, person_id: str, name: str) -> None:
        if person_id != self._context.who.person_id:
            words = self.tr("This desk is now {name}'s. It counts from the next start on.")
            self._context.notify(words.format(name=name or person_id), level="warning")


def _name(connection: Connection, person_id: str) -> str:
    person = table("person").c
    return str(connection.execute(select(person.name).where(person.id == person_id)).scalar() or "")
