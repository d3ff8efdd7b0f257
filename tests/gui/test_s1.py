"""Scenario S1, lines 3 to 5: the operator on duty tests, watches, and gives orders.

One desk with its window; the team that receives and the leader on duty have stores of their own,
between which rows go as the exchange brings them. The numbers in the comments are the lines of the
scenario. The clock stands until the test moves it. EDESK_PICTURES names a folder for pictures.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QLabel,
    QMenu,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.command.operations.acts import CheckinArgs, check_in
from desktop.panels.equipment.runner import SelfTest
from desktop.rules.self_tests import Audio, Verdict
from desktop.shell.registry import discover
from storage.schema import table
from storage.session import Session
from tests.command.operation_town import NINE
from tests.fake_sync import FakeSync
from tests.gui.conftest import Rig
from tests.gui.shift_town import (
    CONNECTED,
    LEADER,
    OPERATOR,
    RECEIVER,
    THIRD,
    Clock,
    Device,
    Scene,
    body_camera,
    device,
    exchange,
    join_hub,
    settle_shift,
)

Open = Callable[..., Rig]
WAIT = 60_000  # ms; the machine may be busy with something else
SOUND = Audio(("麦克风",), ("扬声器",))
# A phone whose clock goes fast: what it writes down has its own time.
AHEAD = timedelta(seconds=23)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.qt_log_ignore("This plugin does not support"),
]


class Hands:
    """The operator's window, the other desks, and the hands that work them."""

    def __init__(
        self, qtbot: QtBot, rig: Rig, scene: Scene, clock: Clock, phone: Device, leader: Device
    ) -> None:
        self.qtbot, self.rig, self.scene, self.clock = qtbot, rig, scene, clock
        self.phone, self.leader = phone, leader
        self._pictures = 0

    def panel(self, name: str) -> Any:
        """The view of a panel that is shown."""
        assert self.rig.window.desk is not None
        host = self.rig.window.desk.host(name)
        assert host is not None
        self.wait(lambda: host.view is not None and host.view.isVisible())
        return host.view

    def wait(self, condition: Callable[[], Any]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT)
        crashes = self.rig.crashes + self.phone.crashes + self.leader.crashes
        assert not crashes, crashes

    def press(self, name: str, owner: QWidget) -> None:
        """Clicks a button by its name, once it can be pressed."""

        def found() -> QPushButton | None:
            for one in owner.findChildren(QPushButton, name):
                if one.isVisible() and one.isEnabled():
                    return one
            return None

        self.wait(found)
        button = found()
        assert button is not None
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def confirm(self, name: str, owner: QWidget) -> None:
        """Accepts a dialog by its name."""

        def found() -> QDialog | None:
            shown = [one for one in owner.findChildren(QDialog, name) if one.isVisible()]
            return shown[0] if shown else None

        self.wait(found)
        dialog = found()
        assert dialog is not None
        self.press("accept", dialog)

    def exchange(self) -> None:
        """What each desk wrote is on the others."""
        exchange(
            self.clock.at,
            (self.rig.session, self.rig.context),
            (self.phone.session, self.phone.context),
            (self.leader.session, self.leader.context),
        )

    def rows(self, name: str, session: Session | None = None, /, **equal: str) -> list[Any]:
        """Stored rows, oldest first."""
        stored = table(name)
        wanted = (stored.c[key] == value for key, value in equal.items())
        with (session or self.rig.session).read() as connection:
            return list(connection.execute(select(stored).where(*wanted).order_by(stored.c.id)))

    def picture(self, name: str, widget: QWidget | None = None) -> None:
        """A picture of a window, where they are asked for."""
        folder = os.environ.get("EDESK_PICTURES")
        self._pictures += 1
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.qtbot.wait(700)
            path = Path(folder) / f"{self._pictures:02d}-{name}.png"
            assert (widget or self.rig.window).grab().save(str(path))


@pytest.fixture
def hands(
    qtbot: QtBot,
    open_window: Open,
    session: Session,
    make_store: Callable[[Path], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Hands]:
    theme = os.environ.get("EDESK_PICTURE_THEME", "dark")
    (tmp_path / "window.json").write_text(json.dumps({"theme": theme}), encoding="utf-8")
    with ExitStack() as open_:
        answers = (True, True, False, True)
        scene = settle_shift(session, [open_.enter_context(body_camera(one)) for one in answers])
        rig = open_window(discover(), who=scene.who(OPERATOR))
        clock = Clock(NINE - timedelta(minutes=25))
        monkeypatch.setattr(rig.context, "now", clock, raising=False)
        rig.context._time.hold(clock().date())
        hub = FakeSync(CONNECTED)
        hub.answers["clock_ms"] = lambda: time.time() * 1000
        rig.context.sync = hub
        join_hub(session)
        width, height = os.environ.get("EDESK_PICTURE_SIZE", "1920x1080").split("x")
        rig.window.resize(int(width), int(height))
        phone, leader = (
            open_.enter_context(device(tmp_path / name, make_store, session, goes, scene.who(name)))
            for name, goes in ((RECEIVER, lambda: clock() + AHEAD), (LEADER, clock))
        )
        yield Hands(qtbot, rig, scene, clock, phone, leader)


def test_s1_self_test_silent_team_and_order(hands: Hands) -> None:
    one_camera_fails(hands)
    she_starts_without_it(hands)
    the_wall_stops_on_the_silent_team(hands)
    right_click_and_enter(hands)
    sent_delivered_acknowledged(hands)
    unanswered_for_three_minutes(hands)


def one_camera_fails(hands: Hands) -> None:
    """3: four body cameras, one fails amber with its cause; one click makes a fault ticket."""
    scene = hands.scene
    hands.rig.context.open("operations", {"operation_id": scene.operation})
    page = hands.panel("operations").page
    hands.press("self_test", page)
    view = hands.panel("equipment")
    make = view.self_test.make_run

    def with_sound(order: Any) -> SelfTest:
        run = make(order)
        run._audio = lambda: SOUND  # A machine for tests has neither microphone nor loudspeaker.
        return run

    view.self_test.make_run = with_sound
    hands.wait(lambda: view.self_test.operation.selected() == (scene.operation,))
    hands.wait(lambda: sum(view.self_test._ticked.values()) == 4)
    hands.press("start_self_test", view)
    hands.wait(lambda: view.self_test.shown is not None and not view.self_test.running)
    lines = {one.key: one for one in view.self_test.sheet.lines}
    for key in ("link", "audio", "storage", "clock"):
        assert lines[key].verdict is Verdict.PASS, lines[key]
    broken = scene.cameras[2]
    for camera in scene.cameras:
        failed = lines[f"device:{camera}"].verdict is Verdict.FAIL
        assert failed == (camera == broken), lines[f"device:{camera}"]
    badge = view.findChild(QWidget, f"verdict_device:{broken}")
    assert (badge._key, badge.accessibleName()) == ("due_soon", "不通过")
    cause = view.findChild(QLabel, f"cause_device:{broken}")
    assert cause is not None
    why = cause.text()
    assert "图像没有应答" in why
    assert not cause.visibleRegion().isEmpty(), "what failed is seen without scrolling"
    hands.picture("self-test")
    buttons = [
        one.objectName()
        for one in view.self_test.findChildren(QPushButton)
        if one.objectName().startswith("ticket_")
    ]
    assert buttons == [f"ticket_device:{broken}"]
    hands.press(f"ticket_device:{broken}", view)
    hands.wait(lambda: hands.rows("equipment_act", act="fault"))
    (ticket,) = hands.rows("equipment_act", act="fault")
    assert (ticket.equipment_id, ticket.person_id) == (broken, scene.town.people[OPERATOR])
    assert ticket.body == f"设备自检：{why}"


def she_starts_without_it(hands: Hands) -> None:
    """3, end: without the broken one it passes, and the operation starts on that sheet."""
    view, broken = hands.panel("equipment"), hands.scene.cameras[2]
    hands.wait(lambda: view.findChild(QPushButton, f"ticket_device:{broken}").isEnabled() is False)
    tick = view.findChild(QCheckBox, f"test_{broken}")
    hands.qtbot.mouseClick(tick, Qt.MouseButton.LeftButton, pos=QPoint(10, tick.height() // 2))
    assert not view.self_test._ticked[broken]
    hands.press("start_self_test", view)
    hands.wait(lambda: view.self_test.shown is not None and view.self_test.shown.good)
    hands.clock.at = NINE - timedelta(minutes=15)
    hands.rig.context.open("operations", {"operation_id": hands.scene.operation})
    page = hands.panel("operations").page
    hands.press("act_start", page)
    hands.confirm("confirm_start", page)
    hands.wait(lambda: len(hands.rows("operation_group")) == 2)
    hands.wait(lambda: len([one for one in page.groups.cards.values() if one.isVisible()]) == 2)
    hands.picture("operation-started")


def the_wall_stops_on_the_silent_team(hands: Hands) -> None:
    """4: the wall turns its pages; at 09:10 a team is silent, and the wall stands on it until she
    acknowledges: a report that comes late does not free it."""
    window = hands.rig.window
    hands.press("perspective-wall", window.header)
    wall: Any = window.wall
    watchman: Any = window.attendants.find("operations")
    assert wall._turning.interval() == 20_000

    def goes_on() -> bool:
        """Twenty seconds go by."""
        before = wall._pages.currentIndex()
        wall._turning.timeout.emit()
        return bool(wall._pages.currentIndex() != before)

    def look(minutes: float) -> None:
        """The clock of the desk and what looks at it."""
        hands.clock.at = NINE + timedelta(minutes=minutes)
        watchman._timer.timeout.emit()
        wall._ageing.timeout.emit()

    hands.wait(lambda: len(watchman._groups) == 2)
    look(9.9)
    assert not wall.stopped
    assert [goes_on() for _page in range(wall._pages.count())] == [True] * wall._pages.count()
    hands.picture("wall")
    look(10)
    assert wall.stopped
    assert wall.alarm.title.text() == "入户清点组"
    assert "25分钟未报平安" in wall.alarm.words.text()
    assert not goes_on()
    hands.wait(lambda: hands.rows("checkin", act="alarm"))
    silent = hands.rows("operation_group", name="入户清点组")[0].id
    late = CheckinArgs(silent, "ok", hands.scene.town.by("陶一鸣", 12))
    with hands.rig.session.write("报平安") as write:
        check_in(write.connection, late)
    hands.rig.context.announce(write.changes)
    hands.wait(lambda: "恢复" in _words_after(look, wall, 13))
    assert not goes_on()
    hands.picture("wall-stopped")
    hands.press("acknowledge", wall)
    hands.wait(lambda: hands.rows("checkin", act="acknowledge"))
    (told,) = hands.rows("checkin", act="acknowledge")
    assert (told.group_id, told.person_id) == (silent, hands.scene.town.people[OPERATOR])
    hands.wait(lambda: not watchman.held())
    look(13.5)
    assert not wall.stopped
    assert goes_on()
    hands.qtbot.keyClick(wall, Qt.Key.Key_Escape)
    assert window.perspective == "duty"


def _words_after(look: Callable[[float], None], wall: Any, minutes: float) -> str:
    look(minutes)
    return str(wall.alarm.words.text())


def right_click_and_enter(hands: Hands) -> None:
    """5: right-click on team 3, 下达指令, template 增援, two fields, Enter."""
    assert not hands.rows("field_order")
    order = give(hands, "北苑小区西门", "围观人群增多，请求增援四人")
    assert (order.team_id, order.template, order.title) == (
        hands.scene.team,
        "reinforce",
        "增援现场",
    )
    assert (order.place, order.body) == ("北苑小区西门", "围观人群增多，请求增援四人")
    assert order.issuer_id == hands.scene.town.people[OPERATOR]


def give(hands: Hands, place: str, why: str) -> Any:
    """An order to the third team, as line 5 has it; its row."""
    before = {one.id for one in hands.rows("field_order")}
    assert hands.rig.window.open_panel("teams")
    staffing = hands.panel("teams").staffing
    table_, model = staffing.table, staffing.model

    def row() -> int:
        rows = (model.row_values(n) for n in range(model.rowCount()))
        return next((n for n, one in enumerate(rows) if one and one.get("name") == THIRD), -1)

    hands.wait(lambda: row() >= 0)
    at = table_.visualRect(model.index(row(), 0)).center()
    where = table_.viewport().mapToGlobal(at)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, where)
    QGuiApplication.sendEvent(table_.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = next(one for one in menu.actions() if "下达指令" in one.text())
    hands.picture("right-click", menu)
    hands.qtbot.mouseClick(
        menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center()
    )
    view = hands.panel("remote_command")
    form = view.form
    hands.wait(lambda: form.isVisible() and form.team.currentText().endswith(THIRD))
    hands.press("template_reinforce", form)
    for field, words in ((form.place, place), (form.body, why)):
        assert hands.rig.window.focusWidget() is field, "the next field is asked by itself"
        typed(field, words)
        if field is form.body:
            hands.picture("order-form")
        hands.qtbot.keyClick(field, Qt.Key.Key_Return)
    hands.wait(lambda: view.shown_page == "order" and view.page.page is not None)
    (made,) = [one for one in hands.rows("field_order") if one.id not in before]
    hands.wait(lambda: view.page.page.order.id == made.id)
    return made


def typed(field: QWidget, words: str) -> None:
    """What an input method commits into the field that has the focus."""
    event = QInputMethodEvent()
    event.setCommitString(words)
    QGuiApplication.sendEvent(field, event)


def shown_state(hands: Hands) -> str:
    """The state of the order that the operator looks at, as its badge says it."""
    return str(hands.panel("remote_command").page.state.accessibleName())


def sent_delivered_acknowledged(hands: Hands) -> None:
    """5: 已发送, then 已送达 with the phone's time, then 已确认."""
    page = hands.panel("remote_command").page
    order = page.page.order.id
    assert shown_state(hands) == "正在发送"
    hands.exchange()
    hands.wait(lambda: shown_state(hands) == "已发送")
    assert [one.word for one in page.strip.stations if one.at] == ["已发送"]
    phone = hands.phone
    hands.wait(lambda: hands.rows("field_order_act", phone.session, act="deliver"))
    assert shown_state(hands) == "已发送", "the desk is not told before the exchange"
    hands.clock.at += timedelta(seconds=2)
    hands.exchange()
    hands.wait(lambda: shown_state(hands) == "已送达")
    # By the phone's clock, when the order had come, not by the desk's when it heard of it.
    at = hands.clock.at - timedelta(seconds=2) + AHEAD
    station = next(one for one in page.strip.stations if one.word == "已送达")
    assert (station.at, station.who) == (f"{at:%H:%M:%S}", RECEIVER)
    hands.picture("delivered")
    row = phone.view.list
    hands.wait(lambda: row.model.rowCount() == 1 and row.model.row_values(0))
    place = row.table.visualRect(row.model.index(0, 0)).center()
    hands.qtbot.mouseClick(row.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    hands.picture("phone", phone.view)
    hands.press("next_report", row)
    hands.wait(lambda: hands.rows("field_order_act", phone.session, act="acknowledge"))
    hands.exchange()
    hands.wait(lambda: shown_state(hands) == "已确认")
    (told,) = hands.rows("field_order_act", order_id=order, act="acknowledge")
    assert told.person_id == hands.scene.town.people[RECEIVER]
    hands.picture("acknowledged")


def unanswered_for_three_minutes(hands: Hands) -> None:
    """5, end: unconfirmed at three minutes, the leader on duty gets one pop-up, and only one."""
    order = give(hands, "北苑小区东门", "再派两人封控")
    hands.exchange()
    hands.wait(
        lambda: hands.rows("field_order_act", hands.phone.session, order_id=order.id, act="deliver")
    )
    hands.exchange()
    hands.wait(lambda: shown_state(hands) == "已送达")
    attendants = {
        "desk": lambda: hands.rig.window.attendants.find("remote_command"),
        "phone": lambda: hands.phone.attendant,
        "leader": lambda: hands.leader.attendant,
    }
    sent = hands.clock.at

    def look(seconds: int) -> None:
        """Everybody's timer fires at that time after the order was sent."""
        hands.clock.at = sent + timedelta(seconds=seconds)
        for find in attendants.values():
            one: Any = find()
            hands.wait(lambda one=one: not one._looking)
            one._timer.timeout.emit()
            hands.wait(lambda one=one: not one._looking)

    popped = hands.leader.notices
    look(179)
    assert popped.texts() == []
    assert popped.bar.isHidden()
    look(180)
    assert not popped.bar.isHidden()
    (words,) = popped.texts()
    assert words == f"3 分钟无人确认：增援现场（{THIRD}），报告{LEADER}"
    hands.wait(lambda: hands.rows("field_order_act", order_id=order.id, act="escalate"))
    (told,) = hands.rows("field_order_act", order_id=order.id, act="escalate")
    assert (told.rung, told.body) == (1, LEADER)
    hands.exchange()
    hands.leader.restart_attending()
    for seconds in (200, 240, 420):
        look(seconds)
        hands.exchange()
    assert popped.texts() == [words]
    assert len(hands.rows("field_order_act", order_id=order.id, act="escalate")) == 1
    assert not [one for one in hands.phone.notices.texts() if LEADER in one]
    hands.wait(lambda: "未确认" in shown_state(hands))
    hands.picture("unanswered")
