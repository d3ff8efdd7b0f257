"""A strip for long work: how far, how fast, how long still, and a way out. UI thread."""

from collections.abc import Callable
from time import monotonic
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

_RATE_AFTER_S: Final = 1.0


class ProgressStrip(QWidget):
    """`start`, then `advance` as often as you like, then `finish` or `fail`."""

    cancel_requested = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._started = 0.0
        self._total: int | None = None
        self._running = False
        self._label = QLabel()
        self._rate = QLabel()
        self._rate.setProperty("role", "small")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.clicked.connect(self._on_cancel)
        words = QHBoxLayout()
        words.addWidget(self._label)
        words.addStretch(1)
        words.addWidget(self._rate)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addLayout(words)
        left.addWidget(self._bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(left, 1)
        layout.addWidget(self._cancel)
        self._cancel.setEnabled(False)

    @property
    def running(self) -> bool:
        """Whether work is under way."""
        return self._running

    def rate_text(self) -> str:
        """The words at the right: count, rate and time left."""
        return self._rate.text()

    def start(self, label: str, total: int | None = None) -> None:
        """Begins; total None while nobody knows how much there is."""
        self._started = self._clock()
        self._total = total
        self._running = True
        self._label.setText(label)
        self._cancel.setEnabled(True)
        self._bar.setRange(0, 1000 if total else 0)
        self._bar.setValue(0)
        self._rate.clear()

    def advance(self, done: int, total: int | None = None, label: str = "") -> None:
        """Reports `done` units so far. Calls after the end are ignored."""
        if not self._running:
            return
        if total is not None:
            self._total = total
        if label:
            self._label.setText(label)
        elapsed = self._clock() - self._started
        rate = done / elapsed if elapsed >= _RATE_AFTER_S else 0.0
        parts = [f"{done:,}" if not self._total else f"{done:,} / {self._total:,}"]
        if rate > 0:
            parts.append(self.tr("{rate} per second").replace("{rate}", f"{rate:,.0f}"))
        if self._total:
            self._bar.setRange(0, 1000)
            self._bar.setValue(min(1000, done * 1000 // self._total))
            if rate > 0:
                left = max(0, self._total - done) / rate
                parts.append(self.tr("{time} left").replace("{time}", duration_text(left)))
        self._rate.setText("  ·  ".join(parts))

    def finish(self, text: str = "") -> None:
        """Ends well."""
        self._end(text)
        self._bar.setRange(0, 1000)
        self._bar.setValue(1000)

    def fail(self, text: str) -> None:
        """Ends badly; the bar stays where it was."""
        self._end(text)
        if self._bar.maximum() == 0:
            self._bar.setRange(0, 1000)

    def _end(self, text: str) -> None:
        self._running = False
        self._cancel.setEnabled(False)
        if text:
            self._label.setText(text)

    def _on_cancel(self) -> None:
        self._cancel.setEnabled(False)
        self._label.setText(self.tr("Stopping…"))
        self.cancel_requested.emit()


def duration_text(seconds: float) -> str:
    """Minutes and seconds, with hours before them when it takes that long."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"
