"""A child process: opens the real desk, opens a letter and types without a pause until killed.

Arguments: store, folder to import from meanwhile (or "-"). Each typed character is reported on
standard output with the instant it was typed, so that the parent knows what must not be lost.
"""

import sys
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from desktop.bootstrap import Desk, Options, make_application
from desktop.importing.apply import ImportArgs, run_import
from desktop.importing.profile_files import load_profile

KEY_MS = 15


class Clerk:
    """Waits for the letter's form, then presses one key after another."""

    def __init__(self, desk: Desk, file: Path | None) -> None:
        self._desk = desk
        self._file = file
        self._box: QPlainTextEdit | None = None
        self._typed = 0
        self._timer = QTimer()
        self._timer.timeout.connect(self._step)
        desk.ready.connect(self._open_letter)

    def _open_letter(self) -> None:
        context = self._desk.context

        def found(row: tuple[str, str, str]) -> None:
            case_id, node_code, subject = row
            params = {"new": "1", "case_id": case_id, "node_code": node_code, "subject": subject}
            self._desk.window.open_panel("supervision", params)
            self._timer.start(KEY_MS)

        context.read(self._desk.window, "first", _first_node, None, found)

    def _step(self) -> None:
        if self._box is None:
            self._find_box()
            return
        QTest.keyClick(self._box, "abcdefghij"[self._typed % 10])
        self._typed += 1
        print(f"{time.time():.6f} {self._typed}", flush=True)

    def _find_box(self) -> None:
        host = self._desk.window.desk.host("supervision") if self._desk.window.desk else None
        form = host.view.form if host is not None and host.view is not None else None
        if form is None or not form.isVisible() or not form.title.text():
            return
        box = form.findChild(QPlainTextEdit, "letter_demand")
        box.clear()
        box.setFocus()
        self._box = box
        print(f"key {form.draft_key}", flush=True)
        if self._file is not None:
            self._import(self._file)

    def _import(self, file: Path) -> None:
        context = self._desk.context
        profile = load_profile("branch_cases")
        args = ImportArgs(file, profile, context.today(), "clerk", context.now().isoformat())
        context.write_long(
            self._desk.window, "导入", run_import, args, lambda *_: None, lambda _report: None
        )


def _first_node(connection: object, _args: None) -> tuple[str, str, str]:
    row = connection.exec_driver_sql(  # type: ignore[attr-defined]
        "select case_id, node_code, subject from node_clock where done_on is null limit 1"
    ).one()
    return str(row[0]), str(row[1]), str(row[2])


def main() -> None:
    """Runs until killed."""
    app = make_application()
    file = None if sys.argv[2] == "-" else Path(sys.argv[2])
    desk = Desk(app, Options(Path(sys.argv[1]), remember=False))
    clerk = Clerk(desk, file)
    desk.window.show()
    desk.open()
    app.exec()
    del clerk


if __name__ == "__main__":
    main()
