"""Inputs of the form that no other form has: a moment, and a place on the map. UI thread."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.command.seizures.known import Fix, standing_of
from desktop.contract.court_zone import COURT_ZONE
from widgets.parts import named_button, words_label

_E7: Final = 10_000_000
_DEGREES_MOST: Final = 180
_NOW: Final = ("fresh", "fading")  # what may be entered as where the officer is
_TIMES: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M")

_SHORT: Final = len("10:05")


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
        """As it is typed; a time of today with its day, or it would be another moment tomorrow."""
        typed = self.text.text().strip()
        at = self.moment()
        return typed if at is None or len(typed) > _SHORT else f"{at:%Y-%m-%d %H:%M}"

    def set_value(self, value: str | None) -> None:
        """Shows that text."""
        self.text.setText(value or "")

    def set_moment(self, at: datetime) -> None:
        """Shows that minute of the court's day."""
        self.text.setText(f"{at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}")

    def moment(self) -> datetime | None:
        """What the text says, of the court's zone; None for no moment."""
        typed = self.text.text().strip().replace("：", ":")
        if len(typed) <= _SHORT:
            typed = f"{self._now().astimezone(COURT_ZONE):%Y-%m-%d} {typed}"
        for pattern in _TIMES:
            try:
                return datetime.strptime(typed, pattern).replace(tzinfo=COURT_ZONE)
            except ValueError:
                continue
        return None

    def problem(self) -> str:
        """One sentence when the text is no moment, else nothing."""
        if not self.text.text().strip() or self.moment() is not None:
            return ""
        return self.tr("This is not a time; write 10:05 or 2026-11-30 10:05.")


class PlaceField(QWidget):
    """Latitude and longitude, typed or taken from the officer's own device: `asked` is to be
    answered with where it is now."""

    changed = Signal()
    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accuracy_dm: int | None = None
        self.lat, self.lon = QLineEdit(self), QLineEdit(self)
        self.lat.setObjectName("seizure_lat")
        self.lon.setObjectName("seizure_lon")
        self.lat.setPlaceholderText(self.tr("Latitude"))
        self.lon.setPlaceholderText(self.tr("Longitude"))
        self.take_button: QPushButton = named_button(self, "take_fix", self.tr("This device"))
        self.note = words_label(self, "small")
        self.note.setObjectName("fix_note")
        self.setFocusProxy(self.lat)
        row = QHBoxLayout()
        row.setSpacing(6)
        for part in (self.lat, self.lon):
            row.addWidget(part, 2)
        row.addWidget(self.take_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addLayout(row)
        box.addWidget(self.note)
        for part in (self.lat, self.lon):
            part.textEdited.connect(self._on_typed)
        self.take_button.clicked.connect(lambda _checked=False: self.asked.emit())
        self._say("")

    def answer(self, fix: Fix | None, now: datetime) -> None:
        """Enters where the officer's device is. An old position is told and not entered: nobody
        knows whether he is still there."""
        if fix is None:
            words = self.tr("No position of your own device is known; type it or say why.")
            self._say(words)
            return
        stands = standing_of(fix, now)
        if stands.state not in _NOW:
            words = self.tr("Not entered: {why}. Get a new one, type it, or say why there is none.")
            self._say(words.format(why=stands.sentence))
            return
        lat, lon = f"{fix.lat_e7 / _E7:.7f}", f"{fix.lon_e7 / _E7:.7f}"
        self.set_value({"lat": lat, "lon": lon, "accuracy_dm": fix.accuracy_dm})
        self._say(f"{fix.unit}：{stands.sentence}")

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
        self._say_accuracy()
        self.changed.emit()

    def degrees(self) -> tuple[int | None, int | None]:
        """Both in 10⁻⁷ of a degree; None for what is no number."""
        return _e7(self.lat.text()), _e7(self.lon.text())

    @property
    def accuracy_dm(self) -> int | None:
        """Of what came from the device; what was typed has none."""
        return self._accuracy_dm

    def problem(self) -> str:
        """One sentence when something is typed that is no degree, else nothing."""
        typed = [part.text().strip() for part in (self.lat, self.lon)]
        if all(not text or _e7(text) is not None for text in typed):
            return ""
        return self.tr("Not degrees: {typed}; write 34.6200.").format(typed="，".join(typed))

    def _on_typed(self, _text: str) -> None:
        self._accuracy_dm = None
        self._say("")
        self.changed.emit()

    def _say_accuracy(self) -> None:
        metres = (self._accuracy_dm or 0) / 10
        self._say(self.tr("within {metres} m").format(metres=f"{metres:.0f}") if metres else "")

    def _say(self, words: str) -> None:
        self.note.setText(words)
        self.note.setVisible(bool(words))


def _e7(text: str) -> int | None:
    """None for what is no number, and for one beyond all degrees, which no row takes."""
    try:
        degrees = float(text.strip().rstrip("°"))
    except ValueError:
        return None
    return round(degrees * _E7) if abs(degrees) <= _DEGREES_MOST else None
