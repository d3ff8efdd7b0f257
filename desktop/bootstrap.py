"""Composition root: makes every long-lived thing once and joins them. UI thread.

Nothing is decided here; if a line needs a test of its own, it belongs elsewhere.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Final, cast

from PySide6.QtCore import QObject, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from desktop.admitting import Admitting
from desktop.background.collecting import Collecting
from desktop.background.courtesy import Courtesy
from desktop.background.early_key import EarlyKey
from desktop.background.hub import Hub
from desktop.background.lanes import Lanes, Task
from desktop.settings import DeviceSettings
from desktop.shell import crash
from desktop.shell.registry import discover, import_ahead, load_daily
from desktop.shell.theme import Look
from desktop.shell.translation import install_language, panel_title
from desktop.shell.unlock import Act, Obstacle
from desktop.shell.window import Attached, DeskWindow
from widgets.theme import ThemeName

WINDOW_FILE: Final = "window.json"
REPORTS_FOLDER: Final = "reports"
KEY_S: Final = 24 * 3600.0  # a key ring may ask a person who has just gone for tea


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked of the window; None leaves what this device remembers."""

    store: Path
    demo: bool = False
    cases: int = 50_000
    theme: ThemeName | None = None
    language: str | None = None
    size: tuple[int, int] = (1920, 1080)
    hub: str = ""  # connection string of the shared database for this run alone
    remember: bool = True  # False: a picture is taken, the device's own settings stay untouched


class Desk(QObject):
    """The running application."""

    ready = Signal()  # the window shows the open store
    refused = Signal(str)  # the store does not open; the sentence

    def __init__(self, app: QApplication, options: Options) -> None:
        super().__init__()
        self.collecting = Collecting(self)
        self._options = options
        self._closed: bool | None = None
        self.reporter = crash.CrashReporter(options.store / REPORTS_FOLDER)
        self.hub = Hub(self.reporter.record)
        self.lanes = Lanes()
        self.courtesy = Courtesy(self)
        self.device = DeviceSettings(options.store / WINDOW_FILE, keep=options.remember)
        if options.theme is not None:
            self.device.set("theme", options.theme)
        install_language(app, options.language or self.device.get("language"))
        look = Look(app, self.device)
        look.apply()
        self.window = DeskWindow(discover(), self.device, look, self.reporter.record)
        self.window.resize(*options.size)
        self.window.closing.connect(app.quit)
        self.reporter.on_recorded = lambda _path: self.hub.post(self.window.tell_recorded)
        self.store: object | None = None
        self._parts: list[Callable[[], object]] = []

    def open(self) -> None:
        """Begins to open the store; the window is on the screen meanwhile."""
        early = EarlyKey(self._options.store)
        self.lanes.writer.submit(Task(KEY_S), early.look)
        # SQLAlchemy, the cipher and the law take longer to import than the window to paint.
        from desktop.background.opener import Opener  # noqa: PLC0415
        from desktop.background.opening import Wish  # noqa: PLC0415

        options, page = self._options, self.window.unlock
        wish = Wish(options.store, "", demo=options.demo, demo_cases=options.cases)
        opener = Opener(wish, self.hub, self.lanes, self.reporter.record, early, self)
        opener.passphrase_wanted.connect(page.ask)
        opener.passphrase_wanted.connect(self.refused)
        opener.new_passphrase_wanted.connect(page.ask_new)
        opener.new_passphrase_wanted.connect(lambda: self.refused.emit(""))
        opener.opening.connect(lambda: page.show_busy(self.tr("Opening the desk…")))
        opener.opening.connect(lambda: QTimer.singleShot(0, self._import_ahead))
        opener.progressed.connect(
            lambda done, total: page.show_progress(
                self.tr("Inventing a city for the demonstration…"), done, total
            )
        )
        opener.refused.connect(self._on_refused)
        opener.opened.connect(self._on_opened)
        page.submitted.connect(opener.submit)
        page.act_chosen.connect(lambda act: self._on_act(act, opener.act))
        opener.start()

    def close(self) -> bool:
        """Quits within two seconds; False when a thread is stuck and must be left behind."""
        if self._closed is None:
            for part in self._parts:
                part()
            self.courtesy.stop()
            self._closed = self.lanes.close()
            self.hub.close()
            if self.store is not None and self.lanes.store_free:
                self.store.close()  # type: ignore[attr-defined]
            self.collecting.stop()
        return self._closed

    def _import_ahead(self) -> None:
        """What is needed once the store is open, while its pages come from the disk."""
        import_ahead(self.window.registry, self.window.perspective)
        for name in ("chores", "context", "admission", "sync_driver", "positions"):
            import_module(f"desktop.background.{name}")

    def _on_opened(self, store: object) -> None:
        from desktop.background.chores import Chores, DailyTask  # noqa: PLC0415
        from desktop.background.context import DeskContext, Parts  # noqa: PLC0415
        from desktop.background.opening import OpenStore  # noqa: PLC0415
        from desktop.background.positions import Positions  # noqa: PLC0415

        opened = cast(OpenStore, store)
        self.store = opened
        places = QStandardPaths.StandardLocation
        documents = Path(QStandardPaths.writableLocation(places.DocumentsLocation))
        self.context = DeskContext(
            Parts(
                hub=self.hub,
                lanes=self.lanes,
                session=opened.session,
                drafts=opened.drafts,
                law=opened.law,
                who=opened.who,
                device=self.device,
                settings=opened.settings,
                documents=documents / "edesk",
                on_crash=self.reporter.record,
                sealed=opened.sealed,
            )
        )
        daily_tasks = [
            DailyTask(
                panel_title(spec.title), partial(load_daily, spec), panel_title(spec.daily_text)
            )
            for spec in self.window.registry.specs
            if spec.daily
        ]
        self.admitting = Admitting(self.window, self.context, opened, self.close, self)
        self.admitting.join(self.hub, self.lanes, self._options.hub, self.reporter.record)
        positions = Positions(self.context, opened.session, self._crashed_elsewhere, self)
        self.context.positions = positions
        self.context.idle.connect(positions.start)
        chores = Chores(self.context, opened.session, opened.replica, self, daily_tasks=daily_tasks)
        chores.played.connect(self.window.say_played)
        self.collecting.attach(self.context)
        driver = self.admitting.driver
        self._parts = [
            *(lambda: chores.set_live(False), driver.close, positions.close),
            self.context.close,
        ]
        self.window.attach(Attached(self.context, opened.city, opened.demo, chores.set_live))
        self.admitting.start()
        self.ready.emit()

    def _crashed_elsewhere(self, fault: BaseException) -> None:
        """A fault on a thread that is no lane."""

        def record() -> None:
            self.reporter.record(fault)

        self.hub.post(record)

    def _on_refused(self, refusal: object) -> None:
        from desktop.background.opener import Refused  # noqa: PLC0415

        why = cast(Refused, refusal)
        titles = {
            "damaged": self.tr("The replica is damaged"),
            "newer": self.tr("The replica is newer than this desk"),
        }
        title = titles.get(why.kind, self.tr("The replica cannot be opened"))
        acts = cast(tuple[Act, ...], why.acts)
        self.window.unlock.show_obstacle(Obstacle(title, why.sentence, acts))
        self.refused.emit(why.sentence)

    def _on_act(self, act: str, carry_out: Callable[[str], None]) -> None:
        if act == "quit":
            self.window.close()
        else:
            carry_out(act)


def make_application() -> QApplication:
    """The one QApplication, with what must be set before it exists."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    QApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication(sys.argv[:1])
    app.setApplicationName("edesk")
    app.setDesktopFileName("edesk")
    return app


def run_window(options: Options) -> int:
    """Shows the window until it is closed; the exit code."""
    app = make_application()
    desk = Desk(app, options)
    crash.install(desk.reporter)
    desk.window.show()
    desk.open()
    code = app.exec()
    if not desk.close():
        # A thread is stuck in foreign code; the write it held has rolled back. Do not wait for it.
        sys.stdout.flush()
        os._exit(code or 1)
    return code
