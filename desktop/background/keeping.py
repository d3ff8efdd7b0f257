"""Keeps what was typed and what was set. UI thread; the writing happens on lanes."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import insert

from desktop.background.hub import Hub
from desktop.background.lanes import Lane, Task
from desktop.errors import DeskError
from desktop.settings import BY_KEY, DeviceSettings, default
from storage.drafts import Drafts
from storage.schema import local

DEADLINE_S: Final = 10.0


class DraftKeeper:
    """Saves drafts on their own lane, in order; of several waiting values of a key the last wins.

    No timer holds a value back: what was typed is on its way at once, and the file it goes to is
    not the one a long import is writing.
    """

    def __init__(
        self, hub: Hub, lane: Lane, drafts: Drafts, on_fault: Callable[[BaseException], None]
    ) -> None:
        self._hub = hub
        self._lane = lane
        self._drafts = drafts
        self._on_fault = on_fault
        self._waiting: dict[str, Mapping[str, Any]] = {}
        self._asked: dict[int, Callable[[Mapping[str, Any] | None], None]] = {}
        self._questions = 0

    def save(self, key: str, value: Mapping[str, Any]) -> None:
        """Keeps a value; durable as soon as the lane has come to it."""
        queued = key in self._waiting
        self._waiting[key] = dict(value)
        if not queued:
            self._run(lambda: self._save_newest(key))

    def load(self, key: str, on_result: Callable[[Mapping[str, Any] | None], None]) -> None:
        """Answers after everything that was saved before; None also when it cannot be read.

        There is always an answer: a form lets nobody type until it has come.
        """

        # Whoever asked is kept here: the lane must not be the last to let go of a window's part.
        self._questions += 1
        number = self._questions
        self._asked[number] = on_result

        def work() -> None:
            found = None
            try:
                found = self._drafts.load(key)
            finally:
                self._hub.post(lambda: self._asked.pop(number)(found))

        if not self._run(work):
            self._asked.pop(number)(None)

    def discard(self, key: str) -> None:
        """Forgets a value, also one that still waits to be saved."""
        self._waiting.pop(key, None)
        self._run(lambda: self._drafts.discard(key))

    def _save_newest(self, key: str) -> None:
        """Lane thread. Taking the value out of the dict is atomic, so no newer one is lost."""
        value = self._waiting.pop(key, None)
        if value is not None:
            self._drafts.save(key, value)

    def _run(self, work: Callable[[], None]) -> bool:
        """False, and the fault is told, when the lane takes no more."""

        def guarded() -> None:
            try:
                work()
            except Exception as fault:
                caught = fault
                self._hub.post(lambda: self._on_fault(caught))

        try:
            self._lane.submit(Task(DEADLINE_S, must_finish=True), guarded)
        except DeskError as full:
            self._on_fault(full)
            return False
        return True


class SettingKeeper:
    """Settings in memory; changes go to the device's file or, through `persist`, to the replica."""

    def __init__(
        self,
        device: DeviceSettings,
        stored: Mapping[str, str],
        persist: Callable[[str, str], None],
    ) -> None:
        self._device = device
        self._values = dict(stored)
        self._persist = persist

    def get(self, key: str) -> str:
        """The value, else the default; empty text for a panel's key that nobody set."""
        row = BY_KEY.get(key)
        if row is not None and row.place == "device":
            return self._device.get(key)
        value = self._values.get(key)
        if value is None or (row is not None and not row.accepts(value)):
            return default(key)
        return value

    def set(self, key: str, value: str) -> None:
        """Changes a value. Raises ValueError for one the setting does not take."""
        row = BY_KEY.get(key)
        if row is not None and row.place == "device":
            self._device.set(key, value)
            return
        if row is not None and not row.accepts(value):
            raise ValueError(f"setting {key} cannot be {value!r}")
        self._values[key] = value
        self._persist(key, value)


def store_setting(connection: Connection, row: tuple[str, str]) -> None:
    """Writes one (key, value) into the replica. Writer lane."""
    table = local.setting
    statement = insert(table).values(key=row[0], value=row[1])
    connection.execute(
        statement.on_conflict_do_update(index_elements=["key"], set_={"value": row[1]})
    )


def stored_settings(connection: Connection) -> dict[str, str]:
    """All settings of the replica. Any lane."""
    return {row.key: row.value for row in connection.execute(local.setting.select())}
