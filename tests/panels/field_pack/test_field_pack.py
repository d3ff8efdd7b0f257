"""The field pack by real clicks: choose, see what goes along, have it made."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from desktop.contract.sync import SyncState
from desktop.panels.field_pack.view import FieldPackView
from storage.ids import new_id
from storage.sync import sealed
from storage.sync.port import SyncFault
from tests.panels.clicks import shown
from tests.panels.real_city import TODAY, RealCity, city_pattern

KEY = "11" * 32
DEVICE = "018e0000-0000-7000-8000-00000000000d"
HUB = "018e0000-0000-7000-8000-0000000000ab"


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RealCity:
    # The hub takes real identifiers alone.
    monkeypatch.setattr("tests.panels.real_city.new", lambda _kind: new_id())
    made = city_pattern.__wrapped__().copy(tmp_path, deferred=True)
    made.context.sync.say(SyncState("current", "已同步"))
    return made


def greeted(city: RealCity) -> None:
    """As after a first contact with the hub."""
    hello = {"history": f"{HUB}:1:0", "epoch": 1, "who": "first", "roles": [], "scopes": [0, 1]}
    more = {"revoked": False, "clock_off_ms": 0, "file_key": KEY, "at": "2026-11-23T08:00:00+08:00"}
    with city.context.engine.begin() as connection:
        connection.execute(
            text("insert into _ctl (one, applying, device_id) values (1, 0, :d)"), {"d": DEVICE}
        )
        connection.execute(
            text("insert into _sync values ('hello', :v)"), {"v": json.dumps({**hello, **more})}
        )


def opened(qtbot: QtBot, city: RealCity) -> FieldPackView:
    view = FieldPackView(city.context)
    with qtbot.waitSignal(view.looked):
        shown(qtbot, view, 760, 640)
    return view


def first_number(view: FieldPackView) -> int:
    return int(view.preview.text().split(" ")[0].replace(",", ""))


def click(qtbot: QtBot, view: FieldPackView) -> None:
    qtbot.mouseClick(view.form.submit_button, Qt.MouseButton.LeftButton)


def test_route_and_days_choose_and_the_preview_follows(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    assert (view.start.value(), view.days.value()) == (TODAY, 5)
    alone = first_number(view)
    with qtbot.waitSignal(view.looked):
        view.route.set_selected((city.court,))
        view.route.changed.emit()
    assert first_number(view) > alone
    with qtbot.waitSignal(view.looked):
        view.end.setFocus()
        view.end.selectAll()
        QTest.keyClicks(view.end, (TODAY + timedelta(days=9)).isoformat())
    assert view.days.value() == 10, "it does not destroy itself on the way"
    view.end.selectAll()
    QTest.keyClicks(view.end, (TODAY + timedelta(days=365)).isoformat())
    assert view.end.value() == date(2027, 11, 23)
    qtbot.waitUntil(lambda: "30" in view.note.text())
    assert not view.form.submit_button.isEnabled()
    # A trip that ends before it begins is told, and nothing can be made.
    view.end.selectAll()
    QTest.keyClicks(view.end, "2020-01-01")
    qtbot.waitUntil(lambda: "早于" in view.note.text())
    assert not view.form.submit_button.isEnabled()


def test_the_pack_is_asked_for_and_written_for_this_device(
    qtbot: QtBot, city: RealCity, tmp_path: Path
) -> None:
    greeted(city)
    asked: list[Any] = []

    def make_pack(*values: Any) -> list[str]:
        asked.append(values)
        told = {"pack": DEVICE, "cases": 2, "lines": 9, "parts": []}
        return ["0", json.dumps({**told, "expires_at": "2026-11-28T08:00:00+08:00"}), "ab"]

    city.context.sync.answers["make_pack"] = make_pack
    view = opened(qtbot, city)
    with qtbot.waitSignal(view.looked):
        view.route.set_selected((city.court, city.other_court))
        view.route.changed.emit()
    cases = first_number(view)
    assert cases > 2
    with qtbot.waitSignal(view.made) as heard:
        click(qtbot, view)
    ((device, ids, days, facts),) = asked
    assert (device, len(ids), days) == (DEVICE, cases, 5)
    assert facts["route"] == [city.court, city.other_court]
    (path,) = heard.args
    assert path.parent == tmp_path
    found = sealed.unseal(sealed.seal_key(KEY), path.read_bytes())
    assert (found.header.kind, found.header.device, found.header.hub) == ("pack", DEVICE, HUB)
    assert str(cases - 2) in view.note.text()
    assert city.context.notices[-1][0] == "done"
    assert view.form.submit_button.isEnabled()
    # What was made here is opened here, by one press.
    qtbot.mouseClick(view.open_button, Qt.MouseButton.LeftButton)
    assert city.context.packs.opened == [path]
    assert "2026-12-05" in view.note.text()


def test_packs_that_lie_here_are_given_back(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    assert view.return_button.isHidden()
    with city.context.engine.begin() as connection:
        lying = {"open": {DEVICE: {"expires_at": "2026-12-05T18:00:00+08:00"}}}
        connection.execute(text("insert into _sync values ('packs', :v)"), {"v": json.dumps(lying)})
    city.context.packs.refusal = "这个出差包已经过期，不能打开。请联网后重新制作。"
    view.open_pack(Path("trip.edp"))
    assert "已经过期" in view.note.text()
    qtbot.waitUntil(view.return_button.isVisible)
    qtbot.mouseClick(view.return_button, Qt.MouseButton.LeftButton)
    dialog = view.findChild(QDialog, "confirm_return")
    assert dialog is not None
    assert city.context.packs.returns == 0
    dialog.accept()
    assert city.context.packs.returns == 1
    assert "9" in view.note.text()


def test_a_refusal_is_a_sentence_and_the_form_goes_on(qtbot: QtBot, city: RealCity) -> None:
    def refuse(*_values: Any) -> Any:
        raise SyncFault("所选案件都不在您的权限内，没有制作出差包。")

    city.context.sync.answers["make_pack"] = refuse
    view = opened(qtbot, city)
    with qtbot.waitSignal(view.looked):
        view.route.set_selected((city.court,))
        view.route.changed.emit()
    click(qtbot, view)
    qtbot.waitUntil(lambda: "还没有连接过共享库" in view.note.text())
    greeted(city)
    click(qtbot, view)
    qtbot.waitUntil(lambda: "不在您的权限内" in view.note.text())
    assert view.form.submit_button.isEnabled()


def test_a_desk_without_a_hub_says_so(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    with qtbot.waitSignal(view.looked):
        view.route.set_selected((city.court,))
        view.route.changed.emit()
    assert view.form.submit_button.isEnabled()
    city.context.sync.say(SyncState("off", "单机工作"))
    assert not view.form.submit_button.isEnabled()
    city.context.sync.say(SyncState("offline", "连不上"))
    assert view.form.submit_button.isEnabled()
