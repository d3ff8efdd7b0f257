"""The look the user chose: dark or light, and the size of text. UI thread.

The print perspective is light, the wall is large, and in the field everything that is pressed has
room for a thumb, whatever was chosen; leaving them gives the chosen look back.
"""

from dataclasses import replace
from typing import Final, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from desktop.settings import DeviceSettings
from widgets.theme import ThemeName, apply_theme, load_theme

TEXT_SIZES: Final = (100, 110, 125, 150, 175, 200)
WALL_TEXT_PX: Final = 32
FIELD_SCALE: Final = 1.15  # at arm's length, in daylight
TOUCH_ROW_PX: Final = 46


class Look(QObject):
    """Applies and remembers the look."""

    changed = Signal()

    def __init__(self, app: QApplication, device: DeviceSettings) -> None:
        super().__init__(app)
        self._app = app
        self._device = device
        self._perspective = "duty"
        self._applied: tuple[str, float, bool] | None = None

    @property
    def theme(self) -> ThemeName:
        """What the user chose."""
        return cast(ThemeName, self._device.get("theme"))

    @property
    def text_size(self) -> int:
        """Per cent, 100 to 200."""
        return int(self._device.get("text_size"))

    def choose_theme(self, name: ThemeName) -> None:
        """Dark or light, kept for the next start."""
        self._device.set("theme", name)
        self.apply()

    def toggle_theme(self) -> None:
        """The other one."""
        self.choose_theme("light" if self.theme == "dark" else "dark")

    def choose_text_size(self, percent: int) -> None:
        """A size of text, kept for the next start. ValueError outside 100 to 200."""
        self._device.set("text_size", str(percent))
        self.apply()

    def set_perspective(self, perspective: str) -> None:
        """Lets the perspective have its own look."""
        self._perspective = perspective
        self.apply()

    def apply(self) -> None:
        """Makes the look what it should be; does nothing when it is."""
        name = "light" if self._perspective == "print" else self.theme
        theme = load_theme(name, scale_percent=self.text_size)
        if self._perspective == "wall":
            # The smallest role must still be read from the back of the room.
            theme = replace(theme, scale=WALL_TEXT_PX / min(theme.sizes.values()))
        if self._perspective == "field":
            scale = max(theme.scale, FIELD_SCALE)
            row = round(TOUCH_ROW_PX / scale)
            theme = replace(theme, scale=scale, row=row, row_compact=row, touch=True)
        wanted = (name, theme.scale, theme.touch)
        if wanted == self._applied:
            return
        self._applied = wanted
        apply_theme(self._app, theme)
        self.changed.emit()
