"""Inputs of the form that no other form has: a moment, and a place on the map. UI thread."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from desktop.contract.court_zone import COURT_ZONE
from desktop.panels.seizures.queries import Fix
from widgets.parts import named_button

_E7: Final = 10_000_000
_TIMES: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M")


class MomentField(QWidget):
    """Takes 2026-11-30 10:05 or 10:05 of today; a button enters now. `value` is the typed text, so
    that half a moment survives a kill, too."""

    changed = Signal()

    def __init__(
        self, name: str, now: Callable[[], datetime], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._now = now
        self.text = QLineEdit(self)
        self.text.setObjectName(name)
        self.text.setPlaceholderText(self.tr("10:05 or 2026-11-30 10:05"))
        self.now_button = named_button(self, f"{name}_now", self.tr("Now"))
        self.setFocusProxy(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.text, 1)
        row.addWidget(self.now_button)
        self.text.textChanged.connect(lambda _text: self.changed.emit())
        self.now_button.clicked.connect(lambda _checked=False: self.set_moment(self._now()))

    def value(self) -> str:
        """As it is typed."""
        return self.text.text().strip()

    def set_value(self, value: str | None) -> None:
        """Shows that text."""
        self.text.setText(value or "")

    def set_moment(self, at: datetime) -> None:
        """Shows that minute of the court's day."""
        self.text.setText(f"{at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}")

    def moment(self) -> datetime | None:
        """What the text says, of the court's zone; None for no moment."""
        typed = self.value().replace("：", ":")
        if len(typed) <= len("10:05"):
            typed = f"{self._now().astimezone(COURT_ZONE):%Y-%m-%d} {typed}"
        for pattern in _TIMES:
            try:
                return datetime.strptime(typed, pattern).replace(tzinfo=COURT_ZONE)
            except ValueError:
                continue
        return None

    def problem(self) -> str:
        """One sentence when the text is no moment, else nothing."""
        if not self.value() or self.moment() is not None:
            return ""
        return self.tr("This is not a time; write 10:05 or 2026-11-30 10:05.")


class PlaceField(QWidget):
    """Latitude and longitude, typed or taken from the officer's own device."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fix: Fix | None = None
        self._accuracy_dm: int | None = None
        self.lat, self.lon = QLineEdit(self), QLineEdit(self)
        self.lat.setObjectName("seizure_lat")
        self.lon.setObjectName("seizure_lon")
        self.lat.setPlaceholderText(self.tr("Latitude"))
        self.lon.setPlaceholderText(self.tr("Longitude"))
        self.take_button: QPushButton = named_button(self, "take_fix", self.tr("This device"))
        self.note = QLabel(self)
        self.note.setProperty("role", "small")
        self.setFocusProxy(self.lat)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self.lat, self.lon):
            row.addWidget(part, 2)
        row.addWidget(self.take_button)
        row.addWidget(self.note, 1)
        for part in (self.lat, self.lon):
            part.textEdited.connect(self._on_typed)
        self.take_button.clicked.connect(lambda _checked=False: self.take())
        self.offer(None)

    def offer(self, fix: Fix | None) -> None:
        """Where the officer's device is, or that nobody knows."""
        self._fix = fix
        self.take_button.setEnabled(fix is not None)
        self.take_button.setToolTip(
            self.tr("No position of your own device is known; type it or say why.")
            if fix is None
            else f"{fix.unit} {fix.at.astimezone(COURT_ZONE):%H:%M:%S}"
        )

    def take(self) -> None:
        """Enters the position of the officer's device."""
        if self._fix is not None:
            self.set_value(
                {
                    "lat": f"{self._fix.lat_e7 / _E7:.7f}",
                    "lon": f"{self._fix.lon_e7 / _E7:.7f}",
                    "accuracy_dm": self._fix.accuracy_dm,
                }
            )

    def value(self) -> dict[str, Any]:
        """As it is typed."""
        return {
            "lat": self.lat.text().strip(),
            "lon": self.lon.text().strip(),
            "accuracy_dm": self._accuracy_dm,
        }

    def set_value(self, value: Any) -> None:
        """Shows what `value` gave."""
        given = value if isinstance(value, dict) else {}
        self.lat.setText(str(given.get("lat") or ""))
        self.lon.setText(str(given.get("lon") or ""))
        accuracy = given.get("accuracy_dm")
        self._accuracy_dm = accuracy if isinstance(accuracy, int) else None
        self._say()
        self.changed.emit()

    def degrees(self) -> tuple[int | None, int | None]:
        """Both in 10⁻⁷ of a degree; None for what is no number."""
        return _e7(self.lat.text()), _e7(self.lon.text())

    @property
    def accuracy_dm(self) -> int | None:
        """Of what came from the device; what was typed has none."""
        return self._accuracy_dm

    def _on_typed(self, _text: str) -> None:
        self._accuracy_dm = None
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        metres = (self._accuracy_dm or 0) / 10
        self.note.setText(
            self.tr("within {metres} m").format(metres=f"{metres:.0f}") if metres else ""
        )


def _e7(text: str) -> int | None:
    try:
        return round(float(text.strip().rstrip("°")) * _E7)
    except (ValueError, OverflowError):
        return None
