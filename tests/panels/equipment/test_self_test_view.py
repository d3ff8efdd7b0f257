"""The self-test's one button: what is measured, filed, printed, and made a fault ticket of."""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot
from sqlalchemy import update

from desktop.command.equipment import acts as do
from desktop.command.equipment.self_test import last_for
from desktop.contract.sync import SyncState
from desktop.panels.equipment.audio import probe_audio
from desktop.panels.equipment.runner import Order, SelfTest
from desktop.panels.equipment.view import EquipmentView
from desktop.rules.operation_plan import Gear, Plan, plan_text
from desktop.rules.self_tests import Audio, Verdict
from storage.schema import table
from storage.sync.port import Unreachable
from tests.command.equipment.test_probes import source
from tests.panels.clicks import shown
from tests.panels.equipment.shelf import Shelf, shelf

CONNECTED = SyncState("current", "已同步")
SOUND = Audio(("麦克风",), ("扬声器",))


@pytest.fixture
def stock(tmp_path: Path) -> Shelf:
    return shelf(tmp_path)


@pytest.fixture
def operation(stock: Shelf) -> str:
    """An operation that takes both cameras along."""
    gear = (Gear("执法记录仪", 1, "甲", stock.camera), Gear("执法记录仪", 1, "乙", stock.second))
    return stock.city.put(
        "operation",
        team_id=stock.city.team,
        name="清场行动",
        starts_at=(stock.now + timedelta(hours=2)).isoformat(),
        commander_id=stock.city.operator,
        plan=plan_text(Plan(gear=gear)),
        content_sha256="0" * 64,
        maker_id=stock.city.operator,
        made_at=stock.now.isoformat(),
    )


@pytest.fixture
def view(qtbot: QtBot, stock: Shelf, tmp_path: Path, operation: str) -> Iterator[EquipmentView]:
    context = stock.city.context
    made = EquipmentView(context)
    # The fake store lies in memory; a test measures the disk it may write to.
    made.self_test.make_run = lambda order: SelfTest(
        context, _on_disk(order, tmp_path), made.self_test, lambda: SOUND
    )
    shown(qtbot, made, 1280, 700)
    made.apply({"self_test": "1", "operation_id": operation})
    qtbot.waitUntil(lambda: made.self_test.operation.selected() == (operation,))
    yield made
    made.close()


def _on_disk(order: Order, folder: Path) -> Order:
    from dataclasses import replace  # noqa: PLC0415 (of one helper)

    return replace(order, ground=replace(order.ground, folder=folder))


def connected(stock: Shelf, clock: Callable[[], float]) -> None:
    stock.city.context.sync.say(CONNECTED)
    stock.city.context.sync.answers["clock_ms"] = clock


def exact() -> float:
    import time  # noqa: PLC0415 (the hub's clock)

    return time.time() * 1000


def run(qtbot: QtBot, view: EquipmentView) -> dict[str, Any]:
    """Presses the button; lines by key."""
    view.self_test.start.click()
    qtbot.waitUntil(lambda: not view.self_test.running)
    return {one.key: one for one in view.self_test.sheet.lines}


def test_the_plan_says_what_goes_along(view: EquipmentView, stock: Shelf) -> None:
    ticks = {
        tick.text(): tick.isChecked()
        for tick in view.self_test.findChildren(QCheckBox)
        if tick.text()
    }
    assert ticks["执法记录仪 01（ZB-01）"]
    assert ticks["执法记录仪 02（ZB-02）"]
    assert not ticks["无人机 01（ZB-04）"]


def test_all_good_is_filed_as_passed_for_the_operation(
    qtbot: QtBot, view: EquipmentView, stock: Shelf, operation: str
) -> None:
    connected(stock, exact)
    lines = run(qtbot, view)
    assert {one.verdict for one in lines.values()} == {Verdict.PASS}
    assert len(lines) == 7
    with stock.city.context.engine.connect() as connection:
        found = last_for(connection, operation)
    assert found is not None
    assert found.good
    assert found.person_id == stock.city.operator
    assert found.sheet is not None
    assert json.loads(found.sheet.text())["operation"] == "清场行动"
    assert stock.city.context.labels[-1] == "设备自检"
    asked = [one for one in stock.city.context.sync.acts if one == ("clock_ms",)]
    assert len(asked) == 8, "as often as the limits say"


def test_without_a_hub_line_and_clock_are_amber_and_nothing_passes(
    qtbot: QtBot, view: EquipmentView, stock: Shelf, operation: str
) -> None:
    lines = run(qtbot, view)
    for key in ("link", "delay", "clock"):
        assert lines[key].verdict is Verdict.UNMEASURED
        assert lines[key].cause == "未连接共享库，无法测量"
        assert view.self_test.findChild(QLabel, f"cause_{key}") is not None
    assert lines["storage"].verdict is Verdict.PASS
    assert "a chief signs" in view.self_test.hint.text()
    with stock.city.context.engine.connect() as connection:
        found = last_for(connection, operation)
    assert found is not None
    assert not found.passed


def another(stock: Shelf) -> str:
    """A second operation, which nobody has tested for."""
    return stock.city.put(
        "operation",
        team_id=stock.city.team,
        name="另一行动",
        starts_at=(stock.now + timedelta(hours=3)).isoformat(),
        commander_id=stock.city.operator,
        plan=plan_text(Plan()),
        content_sha256="0" * 64,
        maker_id=stock.city.operator,
        made_at=stock.now.isoformat(),
    )


def test_the_sheet_of_one_operation_is_not_shown_for_the_next(
    qtbot: QtBot, view: EquipmentView, stock: Shelf
) -> None:
    connected(stock, exact)
    run(qtbot, view)
    assert view.self_test.shown is not None
    other = another(stock)
    view.apply({"self_test": "1", "operation_id": other})
    qtbot.waitUntil(lambda: view.self_test.operation.selected() == (other,))
    assert view.self_test.shown is None
    assert not view.self_test.sheet.lines
    assert not view.self_test.print.isEnabled()


def test_a_sheet_goes_to_the_operation_it_was_measured_for(
    qtbot: QtBot, view: EquipmentView, stock: Shelf, operation: str
) -> None:
    other = another(stock)
    tested = view.self_test
    make, held = tested.make_run, []

    def hold(order: Order) -> SelfTest:
        made = make(order)
        monkey = made.start
        made.start = lambda: held.append(monkey)  # type: ignore[method-assign]
        return made

    tested.make_run = hold
    tested.start.click()
    assert tested.running
    tested.start.click()
    assert len(held) == 1, "one at a time"
    tested.choose(other)
    qtbot.waitUntil(lambda: tested.operation.selected() == (other,))
    held[0]()
    qtbot.waitUntil(lambda: not tested.running)
    with stock.city.context.engine.connect() as connection:
        assert last_for(connection, operation) is not None
        assert last_for(connection, other) is None
    assert tested.shown is None
    assert not tested.sheet.lines


def test_a_wrong_clock_and_a_dead_line_have_their_causes(
    qtbot: QtBot, view: EquipmentView, stock: Shelf
) -> None:
    connected(stock, lambda: exact() - 7_000)
    lines = run(qtbot, view)
    assert lines["clock"].verdict is Verdict.FAIL
    assert "本机快 7.00 秒" in lines["clock"].cause
    assert lines["link"].verdict is Verdict.PASS

    def cut() -> float:
        raise Unreachable("连不上共享库。")

    stock.city.context.sync.answers["clock_ms"] = cut
    lines = run(qtbot, view)
    assert lines["link"].verdict is Verdict.FAIL
    assert lines["delay"].verdict is Verdict.UNMEASURED


def test_one_camera_fails_amber_and_one_click_makes_the_ticket(
    qtbot: QtBot, view: EquipmentView, stock: Shelf, operation: str
) -> None:
    """S1 line 3: one of the body cameras fails, the cause stands there, one click."""
    connected(stock, exact)
    box = view.self_test.findChild(QSpinBox, f"battery_{stock.second}")
    assert box is not None
    box.setValue(23)
    lines = run(qtbot, view)
    assert lines[f"device:{stock.camera}"].verdict is Verdict.PASS
    line = lines[f"device:{stock.second}"]
    assert (line.verdict, line.cause) == (Verdict.FAIL, "电量只有 23%")
    button = view.self_test.findChild(QPushButton, f"ticket_device:{stock.second}")
    assert button is not None
    assert view.self_test.findChild(QPushButton, f"ticket_device:{stock.camera}") is None
    button.click()
    ticket = stock.thing(stock.second).standing.open_tickets[0]
    assert ticket.body == "设备自检：电量只有 23%"
    assert ticket.due_at == stock.now + timedelta(hours=48)

    def told() -> bool:
        again = view.self_test.findChild(QPushButton, f"ticket_device:{stock.second}")
        return again is not None and not again.isEnabled()

    qtbot.waitUntil(told)


def test_a_picture_that_does_not_answer_fails_its_camera(
    qtbot: QtBot, view: EquipmentView, stock: Shelf
) -> None:
    connected(stock, exact)
    with source(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n") as port, source(b"") as deaf:
        for camera, where in ((stock.camera, port), (stock.second, deaf)):
            url = f"rtsp://127.0.0.1:{where}/live"
            values = {"name": "图像", "url": url, "team_id": stock.city.team}
            stock.city.put("feed", equipment_id=camera, **values)
        view.self_test.live.ask()
        qtbot.waitUntil(lambda: view.self_test.live.stale is False)
        lines = run(qtbot, view)
    assert "图像应答" in lines[f"device:{stock.camera}"].measured
    assert lines[f"device:{stock.camera}"].verdict is Verdict.PASS
    assert "图像没有应答" in lines[f"device:{stock.second}"].cause


def test_the_filed_sheet_is_printed_as_it_was(
    qtbot: QtBot, view: EquipmentView, stock: Shelf, tmp_path: Path
) -> None:
    run(qtbot, view)
    view.self_test.print.click()
    path = next(tmp_path.glob("设备自检表*.pdf"))
    told = "".join(page.extract_text() for page in PdfReader(path).pages).replace("\n", "")
    test = view.self_test.shown
    assert test is not None
    for part in ("清场行动", "周清和", "未连接共享库", "〔未核实〕", "局长签字同意"):
        assert part in told, part
    assert test.sha256 in told.replace(" ", "")
    assert stock.city.context.copies[-1][0] == "print"


def test_a_test_without_a_tester_is_shown_and_not_filed(
    qtbot: QtBot, view: EquipmentView, stock: Shelf
) -> None:
    who = stock.city.context.who
    stock.city.context.who = type(who)(None, "无名", "")
    run(qtbot, view)
    assert "自检人" in view.self_test.hint.text()
    assert stock.count("self_test") == 0
    assert view.self_test.sheet.lines
    assert not view.self_test.print.isEnabled()


def test_an_older_sheet_opens_and_says_that_it_is_too_old(
    qtbot: QtBot, view: EquipmentView, stock: Shelf
) -> None:
    connected(stock, exact)
    run(qtbot, view)
    test = view.self_test.shown
    assert test is not None
    old = (stock.now - timedelta(hours=13)).isoformat()
    with stock.city.context.engine.begin() as connection:
        row = table("self_test")
        connection.execute(update(row).where(row.c.id == test.test_id).values(at=old))
    view.self_test.choose(test.operation_id)
    qtbot.waitUntil(lambda: "too old" in view.self_test.hint.text())
    fresh = EquipmentView(stock.city.context)
    fresh.apply({"test_id": test.test_id})  # before anything was read
    shown(qtbot, fresh, 1280, 700)
    qtbot.waitUntil(lambda: fresh.self_test.shown is not None)
    assert fresh.self_test.shown is not None
    assert fresh.self_test.shown.test_id == test.test_id
    assert fresh.self_test.sheet.lines


def test_a_broken_thing_is_known_before_it_is_taken_along(
    qtbot: QtBot, view: EquipmentView, stock: Shelf
) -> None:
    with stock.city.context.engine.begin() as connection:
        do.report_fault(connection, do.Fault(stock.camera, "录像中断", stock.by()))
    view.self_test.live.ask()
    lines = run(qtbot, view)
    assert "有未修复的故障：录像中断" in lines[f"device:{stock.camera}"].cause


def test_sound_that_cannot_be_asked_about_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    assert probe_audio() == Audio(why="本机缺少音频组件")


def test_a_sound_server_without_a_card_has_no_loudspeaker(monkeypatch: pytest.MonkeyPatch) -> None:
    def things(key: bytes, name: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(id=lambda: QByteArray(key), description=lambda: name)]

    devices = SimpleNamespace(
        audioInputs=lambda: things(b"alsa_input.usb", "麦克风"),
        audioOutputs=lambda: things(b"auto_null", "Dummy Output"),
    )
    library = SimpleNamespace(QMediaDevices=devices)
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", library)
    assert probe_audio() == Audio(("麦克风",), ())
