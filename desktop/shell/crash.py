"""What happens to a bug: a report without personal data, one sentence for the user. Any thread.

A report holds the kinds of the exceptions and the places in the code. Messages are left out: a
database error carries the row it failed on, and rows carry names.
"""

import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final

REPORTS_MAX: Final = 200
CHAIN_MAX: Final = 8


class CrashReporter:
    """Writes reports into a folder and tells a listener, which may be set later."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.on_recorded: Callable[[Path | None], None] | None = None
        self._lock = threading.Lock()
        self._number = 0

    def record(self, fault: BaseException) -> Path | None:
        """Writes a report; None when the disk does not take it. Never raises."""
        if isinstance(fault, KeyboardInterrupt | SystemExit):
            return None
        with self._lock:
            self._number += 1
            number = self._number
        path = self._write(report_text(fault), number)
        if self.on_recorded is not None:
            self.on_recorded(path)
        return path

    def _write(self, text: str, number: int) -> Path | None:
        if number > REPORTS_MAX:
            return None  # One loop of failures must not fill the disk.
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        path = self.folder / f"report-{stamp}-{number}.txt"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError:
            return None
        return path


def report_text(fault: BaseException) -> str:
    """The report: versions, kinds of exceptions, places in the code; no message, no value."""
    lines = [
        f"Python {platform.python_version()} on {platform.system()} {platform.release()}",
        f"thread {threading.current_thread().name}",
    ]
    seen: BaseException | None = fault
    for _ in range(CHAIN_MAX):
        if seen is None:
            break
        # The name of a module that is missing says nothing about anybody.
        missing = f" {seen.name}" if isinstance(seen, ImportError) else ""
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}{missing}")
        for frame in traceback.extract_tb(seen.__traceback__):
            lines.append(f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}")
        seen = seen.__cause__ or seen.__context__
    return "\n".join(lines) + "\n"


def install(reporter: CrashReporter) -> None:
    """Sends every uncaught exception of this process to `reporter`."""

    def on_uncaught(
        kind: type[BaseException], fault: BaseException, place: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, fault, place)
            return
        reporter.record(fault.with_traceback(place))

    def on_thread(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None:
            reporter.record(given.exc_value)

    sys.excepthook = on_uncaught
    threading.excepthook = on_thread


def _short(filename: str) -> str:
    """The path below the package's root; a home folder's name is personal data too."""
    parts = Path(filename).parts
    for root in ("desktop", "widgets", "storage", "resources", "site-packages"):
        if root in parts:
            last = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[last:])
    return Path(filename).name
