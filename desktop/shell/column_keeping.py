"""Remembers on this device what a person chose of the columns of a panel's lists. UI thread."""

from functools import partial
from typing import Final, Protocol
from zlib import crc32

from PySide6.QtCore import QObject, QTimer

from widgets.table import DataTable

_SOON_MS: Final = 500


class Settings(Protocol):
    """Where it is kept."""

    def setting(self, key: str) -> str:
        """See PanelContext."""

    def set_setting(self, key: str, value: str) -> None:
        """See PanelContext."""


class ColumnKeeping(QObject):
    """Lists are told apart by their columns: a view may have several, made when they are needed.

    One write follows a drag of many pixels; `flush` before the view goes out of sight.
    """

    def __init__(self, panel_id: str, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._panel_id = panel_id
        self._settings = settings
        self._chosen: dict[str, DataTable] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.flush)

    def keep(self, table: DataTable) -> None:
        """Brings back what was chosen, and from now on keeps what is."""
        key = self._key(table)
        kept = self._settings.setting(key)
        if kept:
            table.restore_state(kept.encode())
        table.columns_chosen.connect(partial(self._due, key, table))
        table.destroyed.connect(partial(self._chosen.pop, key, None))

    def flush(self) -> None:
        """Keeps at once what is due."""
        self._soon.stop()
        chosen, self._chosen = self._chosen, {}
        for key, table in chosen.items():
            self._settings.set_setting(key, table.save_state().decode())

    def _due(self, key: str, table: DataTable) -> None:
        self._chosen[key] = table
        self._soon.start()

    def _key(self, table: DataTable) -> str:
        columns = ",".join(column.key for column in table.data_model.columns)
        return f"columns.{self._panel_id}.{crc32(columns.encode()):08x}"
