"""Base map and plans from files, remembered by this desk. UI thread."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

import resources
from desktop.contract.context import PanelContext
from widgets.map import MapView

SHIPPED: Final = "map/invented.geojson"


class MapFiles(QObject):
    """Opens what the settings name, once; asks for other files."""

    def __init__(self, context: PanelContext, view: MapView, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._map, self._parent = context, view, parent
        self._opened = False
        self._asked = ""
        view.base_opened.connect(self._on_base)
        view.overlay_opened.connect(self._on_overlay)

    def open_once(self) -> None:
        """Opens base map and plans when the map is first shown."""
        if self._opened:
            return
        self._opened = True
        self._map.open_base(self._context.setting("map_file") or str(resources.path(SHIPPED)))
        for path in self._plans():
            self._map.open_overlay(path, path)

    def ask_base(self) -> None:
        """Asks for a base map."""
        words = self.tr("Base map (MBTiles or GeoJSON)")
        dialog = self._dialog(words, "*.mbtiles *.geojson *.json")
        dialog.setObjectName("base_dialog")
        dialog.fileSelected.connect(self.use_base)
        dialog.open()

    def ask_overlay(self) -> None:
        """Asks for a plan."""
        dialog = self._dialog(self.tr("Plan to lay over the map (GeoJSON)"), "*.geojson *.json")
        dialog.setObjectName("overlay_dialog")
        dialog.fileSelected.connect(self.use_overlay)
        dialog.open()

    def use_base(self, path: str) -> None:
        """Shows a base map, and remembers it if it is one."""
        self._asked = path
        self._map.open_base(path)

    def use_overlay(self, path: str) -> None:
        """Lays a plan over the map, and remembers it if it is one."""
        self._map.open_overlay(path, path)

    def use_shipped(self) -> None:
        """The map that comes along, without plans."""
        self._asked = ""
        self._context.set_setting("map_file", "")
        self.drop_plans()
        self._map.open_base(str(resources.path(SHIPPED)))

    def drop_plans(self) -> None:
        """Takes the plans from files away; those of operations stay."""
        for path in self._plans():
            self._map.remove_overlay(path)
        self._context.set_setting("map_overlays", "")

    def _on_base(self, usable: bool) -> None:
        if self._asked and usable:
            self._context.set_setting("map_file", self._asked)
        self._asked = ""

    def _on_overlay(self, path: str, usable: bool) -> None:
        """A new plan is remembered if it is one. One that was remembered stays so: its disk may not
        be there today."""
        if usable and path not in self._plans():
            self._context.set_setting("map_overlays", "\n".join([*self._plans(), path]))

    def _plans(self) -> list[str]:
        return [line for line in self._context.setting("map_overlays").splitlines() if line]

    def _dialog(self, title: str, endings: str) -> QFileDialog:
        dialog = QFileDialog(self._parent, title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{self.tr('Maps')} ({endings})")
        before = self._context.setting("map_file")
        if before:
            dialog.setDirectory(str(Path(before).parent))
        return dialog
