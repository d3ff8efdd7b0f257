"""大屏 stands still on an alarm until it is acknowledged (S1 line 4); any panel may keep one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.shell.wall import WallPage
from tests.gui.conftest import Rig, write_panel

KEEPER = """
from datetime import timedelta
from PySide6.QtCore import QObject
from desktop.contract.alarms import HeldAlarm

class Keeper(QObject):
    def __init__(self, context, owner):
        super().__init__(owner)
        self.context = context
        self.alarms = []

    def silent(self, title, minutes):
        since = self.context.now() - timedelta(minutes=minutes)
        self.alarms.append(HeldAlarm(title, title, title + "失联", since))

    def held(self):
        return tuple(self.alarms)

    def acknowledge(self, key):
        self.alarms = [one for one in self.alarms if one.key != key]

def start(context, owner):
    return Keeper(context, owner)
"""


@pytest.fixture
def rig(panels: Path, open_window: Callable[..., Rig], qtbot: QtBot) -> Iterator[Rig]:
    """A desk with six panels and one that keeps alarms; two pages of plots on the wall."""
    write_panel(panels, "field", attend='"attending:start"')
    (panels / "field" / "attending.py").write_text(KEEPER, encoding="utf-8")
    for name in ("third", "fourth"):
        write_panel(panels, name, area='"bottom"', order="3")
    made = open_window()
    qtbot.waitUntil(lambda: made.window.attendants.find("field") is not None)
    made.window.enter("wall")
    yield made
    made.window.enter("duty")  # the size of its text would stay with the tests that follow


def wall_of(rig: Rig) -> WallPage:
    assert rig.window.wall is not None
    return rig.window.wall


def shown(wall: WallPage) -> int:
    return wall._pages.currentIndex()


def test_the_wall_stops_on_the_silent_team_until_it_is_acknowledged(rig: Rig, qtbot: QtBot) -> None:
    wall = wall_of(rig)
    keeper = rig.window.attendants.find("field")
    wall.turn()
    assert shown(wall) == 1
    keeper.silent("三队", 12)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: wall.stopped, timeout=5_000)
    assert wall.alarm.isVisible()
    assert wall.alarm.title.text() == "三队"
    assert wall.alarm.lapse.text().startswith("12:")
    before = shown(wall)
    wall.turn()
    assert shown(wall) == before, "it does not go on while the alarm waits"
    QTest.mouseClick(wall.alarm.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not wall.stopped, timeout=5_000)
    wall.turn()
    assert shown(wall) != before


def test_enter_acknowledges_the_oldest_and_the_next_one_follows(rig: Rig, qtbot: QtBot) -> None:
    wall = wall_of(rig)
    keeper = rig.window.attendants.find("field")
    keeper.silent("后失联", 5)  # type: ignore[union-attr]
    keeper.silent("先失联", 40)  # type: ignore[union-attr]
    wall.look()
    assert wall.alarm.title.text() == "先失联"
    assert "1" in wall.alarm.more.text()
    QTest.keyClick(wall, Qt.Key.Key_Return)
    wall.look()
    assert wall.stopped
    assert wall.alarm.title.text() == "后失联"
    QTest.keyClick(wall, Qt.Key.Key_Return)
    wall.look()
    assert not wall.stopped
    assert not rig.crashes


def test_the_desk_is_left_and_entered_with_the_alarm_still_there(rig: Rig, qtbot: QtBot) -> None:
    wall = wall_of(rig)
    rig.window.attendants.find("field").silent("三队", 12)  # type: ignore[union-attr]
    wall.look()
    QTest.keyClick(wall, Qt.Key.Key_Escape)
    assert rig.window.perspective == "duty"
    rig.window.enter("wall")
    assert wall.stopped


WHOLE = """
from PySide6.QtWidgets import QLabel

class View(QLabel):
    vacant = False

    def __init__(self, context, parent=None):
        super().__init__("whole", parent)
"""


def test_what_names_the_wall_has_its_own_page_while_it_shows_something(
    panels: Path, open_window: Callable[..., Rig], qtbot: QtBot
) -> None:
    write_panel(panels, "whole", view=WHOLE, perspectives='frozenset(("wall",))')
    rig = open_window()
    rig.window.enter("wall")
    wall = wall_of(rig)
    whole = next(host for host in wall.hosts() if host.spec.id == "whole")
    last = wall._pages.count() - 1
    assert last > 0, "the plots of the desk are still there"
    wall._pages.setCurrentIndex(last)
    qtbot.waitUntil(lambda: whole.view is not None)
    wall.look()
    assert shown(wall) == last
    whole.view.vacant = True  # type: ignore[union-attr]
    wall.look()
    assert shown(wall) == 0, "nobody looks at an empty page"
    for _turn in range(2 * last):
        wall.turn()
        assert shown(wall) != last
    rig.window.enter("duty")
