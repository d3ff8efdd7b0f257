"""A child process: the real desk in a window of its own, told what to do by lines of JSON.

Arguments: store, hub. Each line on standard input is {"do": name, …}; each answer a line of JSON
with the instant. The desk is whole: lanes, driver, panels; only the hand at the mouse is a script.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.bootstrap import Desk, Options, make_application
from storage.sync.counts import READ_LOG

CALM_LOOKS = 25  # half a second: what has been read is painted then
# Looks at files begin no sending of their own: they go with other work, or each minute.
_UNDECIDED = (
    "select count(*) from _bundle b where state <> 'decided'"
    f" and exists (select 1 from _op o where o.bundle_n = b.n and o.tbl <> {READ_LOG})"
)


class Hand(QObject):
    """Does what the parent says, one order after another."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._text = b""
        self._ear = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._ear.activated.connect(self._hear)
        desk.ready.connect(self._ready)
        desk.refused.connect(lambda sentence: self.say("refused", sentence=sentence))

    def say(self, what: str, **facts: Any) -> None:
        """One line for the parent."""
        print(json.dumps({"said": what, "at": time.time(), **facts}), flush=True)

    def _ready(self) -> None:
        self._desk.admitting.driver.changed.connect(
            lambda state: self.say("state", phase=state.phase, pending=state.pending)
        )
        self.say("ready")

    def _hear(self) -> None:
        read = os.read(sys.stdin.fileno(), 65536)
        if not read:
            self._ear.setEnabled(False)
            self._desk.window.close()
            return
        self._text += read
        while b"\n" in self._text:
            line, _, self._text = self._text.partition(b"\n")
            order = json.loads(line)
            getattr(self, f"do_{order.pop('do')}")(**order)

    # Orders

    def do_open(self, panel: str, params: dict[str, str] | None = None) -> None:
        """Opens a panel."""
        self._desk.window.open_panel(panel, params or {})
        self.say("opened", panel=panel)

    def do_edit(self, label: str, sql: str, values: list[Any]) -> None:
        """One write as a panel makes it."""
        self._desk.context.write(
            self,
            label,
            lambda connection, _n: connection.exec_driver_sql(sql, tuple(values)) and None,
            0,
            lambda _done: self.say("written", label=label),
            lambda sentence: self.say("refused", sentence=sentence),
        )

    def do_query(self, sql: str, values: list[Any]) -> None:
        """Rows of the replica."""
        self._desk.context.read(
            self,
            sql,
            lambda connection, _n: [
                list(row) for row in connection.exec_driver_sql(sql, tuple(values))
            ],
            0,
            lambda rows: self.say("rows", rows=rows),
        )

    def do_await_cell(self, panel: str, key: str, value: str, seconds: float = 20.0) -> None:
        """Says when a row of the panel's list shows that value."""
        until = time.monotonic() + seconds

        def shown() -> bool:
            table = self._list(panel)
            rows = (table.row_values(row) for row in range(table.rowCount())) if table else ()
            return any(row is not None and _plain(row.get(key)) == value for row in rows)

        self._wait(until, shown, lambda ok: self.say("cell", key=key, value=value, shown=ok))

    def do_await_row(self, panel: str, shown: dict[str, str], seconds: float = 20.0) -> None:
        """Says when one row of the panel's list shows all these values."""

        def there() -> bool:
            table = self._list(panel)
            rows = (table.row_values(row) for row in range(table.rowCount())) if table else ()
            return any(
                row is not None and all(_plain(row.get(key)) == word for key, word in shown.items())
                for row in rows
            )

        self._wait(
            time.monotonic() + seconds,
            there,
            lambda ok: self.say("row", wanted=shown, rows=self._words(panel, shown), shown=ok),
        )

    def do_words(self, panel: str, keys: list[str]) -> None:
        """What the rows of a panel's list show now."""
        self.say("words", rows=self._words(panel, dict.fromkeys(keys, "")))

    def do_await_phase(self, phase: str, seconds: float = 30.0) -> None:
        """Says when the exchange stands so."""
        self._wait(
            time.monotonic() + seconds,
            lambda: self._desk.admitting.driver.state().phase == phase,
            lambda ok: self.say(
                "phase", phase=self._desk.admitting.driver.state().phase, reached=ok
            ),
        )

    def do_await_sent(self, held: int | None = None, seconds: float = 60.0) -> None:
        """Says when nothing waits to be sent, and so many bundles wait for a person."""
        state = self._desk.admitting.driver.state
        undecided = [-1]  # what is written this instant is not in the driver's count yet

        def sent() -> bool:
            self._desk.context.read(
                self,
                "await_sent",
                lambda connection, _n: connection.exec_driver_sql(_UNDECIDED).scalar_one(),
                0,
                lambda count: undecided.__setitem__(0, count),
            )
            now = state()
            settled = held is None or now.held == held
            return undecided[0] == 0 and now.phase == "current" and now.pending == 0 and settled

        self._wait(
            time.monotonic() + seconds,
            sent,
            lambda ok: self.say("sent", held=state().held, pending=state().pending, all=ok),
        )

    def do_select(self, panel: str, key: str, value: str, seconds: float = 20.0) -> None:
        """Puts the cursor on the row of a list that shows that value."""

        def list_view() -> Any:
            host = self._host(panel)
            return getattr(host, "list", host)

        def place() -> int | None:
            view = list_view()
            if view is None:
                return None
            for row in range(view.model.rowCount()):
                values = view.model.row_values(row)
                if values is not None and _plain(values.get(key)) == value:
                    return int(view.model.ids[row])
            return None

        def select(_ok: bool) -> None:
            found = place()
            if found is not None:
                list_view().table.select_id(found)
            self.say("selected", found=found is not None)

        self._wait(time.monotonic() + seconds, lambda: place() is not None, select)

    def do_choose(self, panel: str, name: str, keys: list[Any], seconds: float = 20.0) -> None:
        """Ticks entries of a box of choices, once it offers them."""

        def choose(offered: bool) -> None:
            box: Any = self._widget(panel, name)
            if offered:
                box.set_selected(tuple(keys))
                box.changed.emit()
            self.say("chosen", chosen=list(box.selected()) if box is not None else [])

        def offers() -> bool:
            # The view of a panel comes into being some time after it was opened.
            box: Any = self._widget(panel, name)
            return box is not None and set(keys) <= {option.key for option in box.options()}

        self._wait(time.monotonic() + seconds, offers, choose)

    def do_await_draft(self, key: str, part: str, seconds: float = 10.0) -> None:
        """Says when what is typed is kept on the disk."""
        kept: list[str] = []

        def there() -> bool:
            self._desk.context.load_draft(key, lambda found: kept.append(str(found)))
            return bool(kept) and part in kept[-1]

        self._wait(time.monotonic() + seconds, there, lambda ok: self.say("draft", kept=ok))

    def do_text(self, panel: str, name: str) -> None:
        """What a label says."""
        widget: Any = self._widget(panel, name)
        self.say("text", text=widget.text() if widget is not None and widget.isVisible() else "")

    def do_await_text(self, panel: str, name: str, part: str, seconds: float = 20.0) -> None:
        """Says when a label says that."""

        def says() -> bool:
            widget: Any = self._widget(panel, name)
            ready = widget is not None and widget.isVisible() and widget.isEnabled()
            return ready and part in widget.text()

        def tell(ok: bool) -> None:
            widget: Any = self._widget(panel, name)
            self.say("text", text=widget.text() if widget is not None else "", found=ok)

        self._wait(time.monotonic() + seconds, says, tell)

    def do_click(self, panel: str, name: str) -> None:
        """Presses a button with the mouse."""
        button = self._widget(panel, name)
        able = button is not None and button.isVisible() and button.isEnabled()
        if able and button is not None:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.say("clicked", name=name, able=able)

    def do_type(self, panel: str, name: str, text: str, seconds: float = 10.0) -> None:
        """Types into a field once it takes keys: key by key, or as an input method does."""

        def typed(ready: bool) -> None:
            widget = self._widget(panel, name)
            assert widget is not None, name
            assert ready, name
            widget.setFocus()
            if text.isascii():
                QTest.keyClicks(widget, text)
            else:
                event = QInputMethodEvent()
                event.setCommitString(text)
                QApplication.sendEvent(widget, event)
            self.say("typed", name=name)

        def ready() -> bool:
            widget = self._widget(panel, name)
            return widget is not None and widget.isVisible() and widget.isEnabled()

        self._wait(time.monotonic() + seconds, ready, typed)

    def do_picture(self, path: str, seconds: float = 10.0) -> None:
        """A picture of the window, once it has stood for a moment without a question."""
        calm = [0]

        def stands() -> bool:
            calm[0] = 0 if self._desk.context.outstanding else calm[0] + 1
            return calm[0] >= CALM_LOOKS

        def take(_ok: bool) -> None:
            self.say("picture", saved=self._desk.window.grab().save(path))

        self._wait(time.monotonic() + seconds, stands, take)

    def do_setting(self, key: str, value: str) -> None:
        """Changes a setting."""
        self._desk.context.set_setting(key, value)
        self.say("kept", key=key)

    def do_sync(self) -> None:
        """The button 立即同步."""
        self._desk.admitting.driver.sync_now()
        self.say("asked")

    def do_pause(self, paused: bool) -> None:
        """The button 暂停."""
        self._desk.admitting.driver.pause(paused)
        self.say("asked")

    def do_quit(self) -> None:
        """Closes the window."""
        self._desk.window.close()

    # Inside

    def _host(self, panel: str) -> Any:
        assert self._desk.window.desk is not None
        return self._desk.window.desk.host(panel).view

    def _list(self, panel: str) -> Any:
        view = self._host(panel)
        if view is None:
            return None
        return getattr(getattr(view, "list", view), "model", None)

    def _words(self, panel: str, keys: dict[str, str]) -> list[dict[str, str]]:
        table = self._list(panel)
        rows = [table.row_values(row) for row in range(table.rowCount())] if table else []
        return [{key: _plain(row.get(key)) for key in keys} for row in rows if row is not None]

    def _widget(self, panel: str, name: str) -> QWidget | None:
        view = self._host(panel) if panel else self._desk.window
        found: QWidget | None = view.findChild(QWidget, name) if view is not None else None
        return found

    def _wait(
        self, until: float, condition: Callable[[], bool], tell: Callable[[bool], None]
    ) -> None:
        timer = QTimer(self)

        def look() -> None:
            reached = condition()
            if reached or time.monotonic() > until:
                timer.stop()
                timer.deleteLater()
                tell(reached)

        timer.timeout.connect(look)
        timer.start(20)


def _plain(value: Any) -> str:
    return str(value[1]) if isinstance(value, tuple) else str(value)


def main() -> int:
    store, hub = sys.argv[1:3]
    app = make_application()
    desk = Desk(app, Options(Path(store), hub=hub, size=(1920, 1080), remember=False))
    hand = Hand(desk)
    desk.window.show()
    desk.open()
    code = app.exec()
    closed = desk.close()
    hand.say("closed", clean=closed)
    return code


if __name__ == "__main__":
    sys.exit(main())
