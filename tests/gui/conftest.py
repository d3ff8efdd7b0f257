"""A real window over a real, tiny store, with invented panels or the desk's own."""

import gc
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from desktop.background.context import DeskContext, Parts
from desktop.background.hub import Hub
from desktop.background.lanes import Lanes
from desktop.background.sync_driver import SyncDriver
from desktop.background.sync_wiring import Wiring
from desktop.contract.context import Who
from desktop.contract.law import load_law
from desktop.settings import DeviceSettings
from desktop.shell.registry import Registry, discover
from desktop.shell.theme import Look
from desktop.shell.translation import install_language
from desktop.shell.window import Attached, DeskWindow
from storage.drafts import Drafts
from storage.replica import Replica
from storage.session import Session
from tests.fake_positions import FakePositions

VIEW = '''
from PySide6.QtWidgets import QLabel

class View(QLabel):
    """Invented view."""

    def __init__(self, context, parent=None):
        super().__init__("{name}", parent)
        self.applied = []

    def apply(self, params):
        self.applied.append(params)
'''
BROKEN_VIEW = "raise ZeroDivisionError"
NOBODY_KNOWN = Who(None, "周书言", "值班员")


def write_panel(root: Path, name: str, *, view: str = VIEW, **spec: str) -> None:
    """Writes an invented panel folder; `spec` holds source text of PanelSpec's arguments."""
    folder = root / name
    folder.mkdir(parents=True)
    given = {"area": '"center"', "order": "10", "duty": '"process"', **spec}
    arguments = ", ".join(f"{key}={value}" for key, value in given.items())
    (folder / "__init__.py").write_text(
        textwrap.dedent(
            f'''
            """Invented panel."""
            from desktop.contract.panel import PanelSpec
            PANELS = (PanelSpec(id="{name}", title="{name.title()}", icon="ri.file-line",
                                view="view:View", {arguments}),)
            '''
        ),
        encoding="utf-8",
    )
    (folder / "view.py").write_text(view.replace("{name}", name), encoding="utf-8")
    (folder / "queries.py").write_text(
        "def count(connection, today):\n    return 42, 'overdue'\n", encoding="utf-8"
    )


@pytest.fixture
def panels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package `invented` of six panels as the desk arranges them; add or delete folders."""
    root = tmp_path / "package" / "invented"
    root.mkdir(parents=True)
    (root / "__init__.py").write_text("", encoding="utf-8")
    write_panel(root, "strip", area='"top"', framed="False")
    write_panel(root, "list", count='"queries:count"', tables='("case",)')
    write_panel(root, "letters", with_panel='"list"', shortcut='"F6"', duty='"supervision"')
    write_panel(root, "bars", area='"bottom"', order="1")
    write_panel(root, "lines", area='"bottom"', order="2")
    write_panel(root, "why", area='"right"')
    monkeypatch.syspath_prepend(str(root.parent))
    yield root
    for name in [name for name in sys.modules if name.split(".")[0] == "invented"]:
        del sys.modules[name]


@dataclass
class Rig:
    """A window and what stands behind it."""

    window: DeskWindow
    context: DeskContext
    device: DeviceSettings
    crashes: list[BaseException]
    session: Session


@pytest.fixture
def open_window(
    qtbot: QtBot, qapp: object, replica: Replica, session: Session, tmp_path: Path
) -> Iterator[Callable[..., Rig]]:
    """Opens windows over one store, one after another; all are closed after the test."""
    ends: list[Callable[[], None]] = []
    law = load_law()
    # As in the desk: what is left of earlier windows is never collected on a lane's thread.
    gc.collect()
    gc.disable()

    def make(
        registry: Registry | str = "invented", *, demo: bool = False, who: Who = NOBODY_KNOWN
    ) -> Rig:
        found = discover(registry) if isinstance(registry, str) else registry
        crashes: list[BaseException] = []
        hub, lanes, drafts = Hub(crashes.append), Lanes(), Drafts.open(replica)
        device = DeviceSettings(tmp_path / "window.json")
        install_language(qapp, "zh_CN")  # type: ignore[arg-type]
        look = Look(qapp, device)  # type: ignore[arg-type]
        look.apply()
        window = DeskWindow(found, device, look, crashes.append)
        window.resize(1400, 900)
        parts = Parts(
            hub,
            lanes,
            session,
            drafts,
            law,
            who,
            device,
            {},
            tmp_path / "documents",
            crashes.append,
        )
        context = DeskContext(parts)
        driver = SyncDriver(context, Wiring(hub, lanes.network, session, crashes.append))
        context.sync = driver
        context.positions = FakePositions()
        window.show()
        window.attach(Attached(context, "洛阳", demo, lambda _on: None))
        with qtbot.waitSignal(window.settled, timeout=20_000):
            context.settle()
        driver.start()

        def end() -> None:
            window.close()
            driver.close()
            context.close()
            assert lanes.close()
            hub.close()
            drafts.close()
            shiboken6.delete(driver)
            window.deleteLater()

        ends.append(end)
        return Rig(window, context, device, crashes, session)

    yield make
    for end in ends:
        end()
    gc.enable()
