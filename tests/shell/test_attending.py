"""What panels attend to without a view: started once, ended together, one fault spoils no other."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from desktop.shell.attending import Attendants
from desktop.shell.registry import discover

SPEC = """
from desktop.contract.panel import PanelSpec
PANELS = (PanelSpec(id="{id}", title="T", icon="", duty="process", area="center", order={order},
                    view="view:View", attend="{attend}"),)
"""
ATTENDING = """
from PySide6.QtCore import QObject, QTimer

class Held(QObject):
    def __init__(self, context, owner):
        super().__init__(owner)
        self.ticks = 0
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.tick)
        self.timer.start(0)
        context.append(self)

    def tick(self):
        self.ticks += 1

def start(context, owner):
    return Held(context, owner)

def fall(context, owner):
    raise ZeroDivisionError
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "attending_panels"
    found.mkdir()
    (found / "__init__.py").write_text("", encoding="utf-8")
    for order, (name, attend) in enumerate(
        (("falls", "attending:fall"), ("holds", "attending:start"), ("looks", ""))
    ):
        folder = found / name
        folder.mkdir()
        text = SPEC.format(id=name, order=order, attend=attend)
        (folder / "__init__.py").write_text(text, encoding="utf-8")
        (folder / "attending.py").write_text(ATTENDING, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return found


def test_each_panel_attends_once_and_a_fault_spoils_no_other(root: Path, qtbot: QtBot) -> None:
    faults: list[BaseException] = []
    held: list[QObject] = []
    attendants = Attendants(discover(root.name).specs, faults.append)
    attendants.start(held)
    attendants.start(held)
    qtbot.waitUntil(lambda: len(held) == 1 and held[0].ticks > 1)
    assert [type(fault) for fault in faults] == [ZeroDivisionError]
    assert attendants.find("holds") is held[0]
    assert attendants.find("falls") is None
    assert attendants.find("looks") is None
    with qtbot.waitSignal(held[0].destroyed):
        attendants.close()
    assert attendants.find("holds") is None


def test_what_has_not_begun_never_begins_after_the_end(root: Path, qtbot: QtBot) -> None:
    held: list[QObject] = []
    attendants = Attendants(discover(root.name).specs, lambda _fault: None)
    attendants.start(held)
    attendants.close()
    turns: list[int] = []
    for n in range(5):
        QTimer.singleShot(0, attendants, lambda n=n: turns.append(n))
    qtbot.waitUntil(lambda: len(turns) == 5)
    assert held == []
