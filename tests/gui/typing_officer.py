"""A child process: opens the real desk in the mode for the field, opens the form of a seizure and
types the record without a pause until killed. Arguments and output as tests.gui.typing_clerk."""

import sys
from pathlib import Path

from PySide6.QtWidgets import QPlainTextEdit

from desktop.bootstrap import Desk, Options, make_application
from tests.gui.typing_clerk import KEY_MS, Clerk


class Officer(Clerk):
    """Fills in the record of what was told, found and said."""

    def _open_letter(self) -> None:
        window = self._desk.window

        def found(case_id: str) -> None:
            window.enter("field")
            window.open_panel("seizures", {"new": "1", "case_id": case_id})
            self._timer.start(KEY_MS)

        self._desk.context.read(window, "first", _first_case, None, found)

    def _find_box(self) -> None:
        host = self._desk.window.desk.host("seizures") if self._desk.window.desk else None
        form = host.view.form if host is not None and host.view is not None else None
        if form is None or not form.isVisible() or not form.blocks.blocks:
            return
        box = form.findChild(QPlainTextEdit, "seizure_transcript")
        box.setFocus()
        self._box = box
        print(f"key {form.draft_key}", flush=True)


def _first_case(connection: object, _args: None) -> str:
    row = connection.exec_driver_sql(  # type: ignore[attr-defined]
        'select id from "case" where closed_on is null order by id limit 1'
    ).one()
    return str(row[0])


def main() -> None:
    """Runs until killed."""
    app = make_application()
    desk = Desk(app, Options(Path(sys.argv[1]), remember=False))
    officer = Officer(desk, None)
    desk.window.show()
    desk.open()
    app.exec()
    del officer


if __name__ == "__main__":
    main()
