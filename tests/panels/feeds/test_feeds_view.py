"""图像 on screen: real clicks on the grid, its list, the form and the strip of pictures."""

import base64
import hashlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QDialog, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import select, update

from desktop.command.feeds.address import Login, setting_key, stored
from desktop.panels.feeds.view import FeedsView
from storage.records.changes import ALL, ChangeSet
from storage.schema import table
from tests.panels.clicks import shown
from tests.panels.real_city import RealCity, new, real_city
from tests.widgets.feeds.conftest import NOISE, PATIENCE_MS
from tests.widgets.feeds.streams import FFMPEG, HttpStream
from widgets.feeds import FeedState
from widgets.feeds.watch import living_threads

pytestmark = pytest.mark.qt_log_ignore(NOISE)
LEFT = Qt.MouseButton.LeftButton


def png(color: str) -> bytes:
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "PNG")
    return bytes(held.data())


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    made = real_city(tmp_path, deferred=True)
    made.sit_down("顾长风", "quota_judge")
    return made


@pytest.fixture
def feeds(city: RealCity) -> list[str]:
    """Four feeds where nobody answers."""
    return [
        city.put("feed", team_id=city.team, name=f"图像{n}", url="rtsp://127.0.0.1:9/x", place=n)
        for n in range(4)
    ]


@pytest.fixture
def snapshot(city: RealCity, feeds: list[str]) -> str:
    """A picture of the second feed."""
    data = png("orange")
    return city.put(
        "snapshot",
        team_id=city.team,
        feed_id=feeds[1],
        feed_name="图像1",
        person_id=city.handler,
        at="2026-11-23T07:59:58+08:00",
        taken_at="2026-11-23T08:00:00+08:00",
        mime="image/png",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        body=base64.b64encode(data).decode(),
    )


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without QtMultimedia: nothing is opened, which these tests have no need of."""
    monkeypatch.setitem(sys.modules, "widgets.feeds.eye", None)


@pytest.fixture
def view(qtbot: QtBot, city: RealCity) -> Iterator[Callable[[], FeedsView]]:
    """Opens the panel and waits for its rows."""
    made: list[FeedsView] = []

    def open_() -> FeedsView:
        panel = FeedsView(city.context)
        made.append(panel)
        with qtbot.waitSignal(panel.board_shown):
            shown(qtbot, panel, 1400, 860)
        return panel

    yield open_
    for panel in made:
        panel.grid.set_sources(())
    qtbot.waitUntil(lambda: living_threads() == 0, timeout=PATIENCE_MS)


@pytest.mark.usefixtures("still")
def test_a_click_in_the_list_enlarges_and_drops_are_kept(
    qtbot: QtBot, city: RealCity, feeds: list[str], view: Callable[[], FeedsView]
) -> None:
    panel = view()
    panel.apply({"feed_id": feeds[2]})
    assert panel.grid.large == feeds[2]
    qtbot.mouseClick(panel.grid.tile(feeds[2]), LEFT, pos=QPoint(80, 80))
    assert panel.grid.large == ""
    panel.grid.moved.emit(feeds[0], 3)
    qtbot.waitUntil(lambda: panel.grid.tile(feeds[0]).place == 3)
    with city.context.engine.connect() as connection:
        rows = table("feed").c
        found = {row.id: row.place for row in connection.execute(select(rows.id, rows.place))}
    assert (found[feeds[0]], found[feeds[3]]) == (3, 0)


@pytest.mark.usefixtures("still")
def test_on_a_wall_there_are_the_pictures_alone(
    qtbot: QtBot, city: RealCity, view: Callable[[], FeedsView]
) -> None:
    panel = view()
    assert panel.vacant  # a wall goes on to its next page
    panel.set_large(True)
    assert not any(part.isVisible() for part in (panel.head, panel.side, panel.strip))
    qtbot.waitUntil(lambda: panel.grid.size() == panel.size())
    url = "rtsp://127.0.0.1:9/x"
    feed = city.put("feed", team_id=city.team, name="图像", url=url, place=0)
    city.context.changed.emit(ChangeSet({"feed": ALL}))
    assert not panel.vacant  # what has not been read yet may be there
    qtbot.waitUntil(lambda: feed in panel.grid.standings())
    assert not panel.vacant


@pytest.mark.usefixtures("still")
def test_a_lost_feed_shows_the_newest_picture_that_was_kept_of_it(
    qtbot: QtBot, feeds: list[str], snapshot: str, view: Callable[[], FeedsView]
) -> None:
    panel = view()
    tile = panel.grid.tile(feeds[1])
    qtbot.waitUntil(lambda: tile.last_picture is not None)
    assert panel.grid.tile(feeds[0]).last_picture is None
    assert tile.watch.standing.last_at is None  # nothing came from it: nothing is said to have


@pytest.mark.usefixtures("still")
def test_a_picture_is_checked_each_time_it_is_opened(
    qtbot: QtBot, city: RealCity, snapshot: str, view: Callable[[], FeedsView]
) -> None:
    panel = view()
    qtbot.waitUntil(lambda: panel.strip.list.count() == 1)
    item = panel.strip.list.item(0)
    at = panel.strip.list.visualItemRect(item).center()
    with qtbot.waitSignal(panel.page.proved) as heard:
        qtbot.mouseClick(panel.strip.list.viewport(), LEFT, pos=at)
    assert heard.args == [snapshot, True]
    assert panel.page.area.image.size().toTuple() == (64, 36)
    qtbot.mouseClick(panel.page.export_button, LEFT)
    qtbot.waitUntil(lambda: len(city.context.copies) == 1)
    act, subject, _case = city.context.copies[0]
    assert act == "export"
    assert "图像1" in subject
    (file,) = city.context.documents_folder().glob("截图_*.png")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == panel.page.shown.line.sha256
    with city.context.engine.begin() as connection:
        other = base64.b64encode(png("blue")).decode()
        connection.execute(update(table("snapshot")).values(body=other))
    with qtbot.waitSignal(panel.page.proved) as heard:
        qtbot.mouseClick(panel.page.prove_button, LEFT)
    assert heard.args == [snapshot, False]
    assert not panel.page.export_button.isEnabled()
    qtbot.waitUntil(lambda: panel.tr("Altered!") in panel.strip.list.item(0).text())
    qtbot.mouseClick(panel.strip.prove_button, LEFT)
    qtbot.waitUntil(lambda: any(level == "error" for level, _ in city.context.notices))
    qtbot.mouseClick(panel.page.back_button, LEFT)
    assert panel.grid.isVisible()


@pytest.mark.usefixtures("still")
def test_a_feed_is_added_and_its_login_stays_on_this_desk(
    qtbot: QtBot, city: RealCity, view: Callable[[], FeedsView]
) -> None:
    panel = view()
    qtbot.mouseClick(panel.add_button, LEFT)
    form = panel.findChild(QDialog, "feed_form")
    form.name.setText("院内")
    form.address.setText("nonsense")
    qtbot.mouseClick(form.form.submit_button, LEFT)
    assert "rtsp://" in form.form.field("address").error()
    form.address.setText("rtsp://看守:钥匙@127.0.0.1:9/x")
    form.address.editingFinished.emit()
    assert (form.address.text(), form.user.text()) == ("rtsp://127.0.0.1:9/x", "看守")
    with qtbot.waitSignal(form.saved) as heard:
        qtbot.mouseClick(form.form.submit_button, LEFT)
    feed_id = heard.args[0]
    qtbot.waitUntil(lambda: feed_id in panel.grid.standings())
    with city.context.engine.connect() as connection:
        row = connection.execute(select(table("feed"))).one()
    assert row.url == "rtsp://127.0.0.1:9/x"
    assert not any("钥匙" in str(value) for value in row)
    assert city.context.settings[setting_key(feed_id)] == stored(Login("看守", "钥匙"))
    source = panel.grid.tile(feed_id).watch.source
    assert "@127.0.0.1" in source.url
    assert "%E9%92%A5" not in repr(source)


@pytest.mark.usefixtures("still")
def test_a_feed_goes_out_of_use_and_comes_back(
    qtbot: QtBot, city: RealCity, feeds: list[str], view: Callable[[], FeedsView]
) -> None:
    panel = view()

    def act(feed_id: str, words: str) -> None:
        menu = QMenu(panel)
        panel._add_feed_acts(menu, panel._feed(feed_id))
        next(one for one in menu.actions() if one.text() == words).trigger()

    act(feeds[0], panel.tr("Take out of use…"))
    dialog = panel.findChild(QDialog, "retire_feed")
    qtbot.mouseClick(dialog.findChild(QPushButton, "accept"), LEFT)
    qtbot.waitUntil(lambda: feeds[0] not in panel.grid.standings())
    qtbot.mouseClick(panel.retired, LEFT)
    qtbot.waitUntil(lambda: panel.listing.model.rowCount() == 4)
    act(feeds[0], panel.tr("Take back into use"))
    qtbot.waitUntil(lambda: feeds[0] in panel.grid.standings())


@pytest.mark.usefixtures("still")
def test_little_room_is_left_to_the_pictures_until_somebody_asks(
    qtbot: QtBot, feeds: list[str], view: Callable[[], FeedsView]
) -> None:
    panel = view()
    assert panel.side.isVisible()
    panel.resize(700, 330)
    assert (panel.side.isVisible(), panel.strip.isVisible()) == (False, False)
    qtbot.mouseClick(panel.list_button, LEFT)
    panel.resize(690, 320)
    assert panel.side.isVisible()


def under_way(city: RealCity) -> str:
    """An operation that has begun; its id."""
    operation, sha = new("operation"), "0" * 64
    people: dict[str, Any] = {"commander_id": city.handler, "maker_id": city.handler}
    people |= {"made_at": "x", "plan": "{}", "content_sha256": sha, "case_id": city.late_case}
    values = {"team_id": city.team, "name": "清场行动", "starts_at": "2026-11-23T08:00"}
    city.put("operation", id=operation, **values, **people)
    start = {"person_id": city.handler, "act": "start", "at": "x", "content_sha256": sha}
    city.put("operation_act", operation_id=operation, team_id=city.team, **start)
    return operation


@pytest.mark.usefixtures("still")
def test_an_operation_that_begins_is_the_one_pictures_are_noted_in(
    qtbot: QtBot, city: RealCity, feeds: list[str], view: Callable[[], FeedsView]
) -> None:
    panel = view()
    assert panel.operation.currentData() is None
    operation = under_way(city)
    city.context.changed.emit(ChangeSet({"operation_act": ALL}))
    qtbot.waitUntil(lambda: panel.operation.currentData() == operation)
    box = panel.operation
    box.setCurrentIndex(box.count() - 1)
    box.activated.emit(box.count() - 1)  # somebody wants it noted nowhere
    under_way(city)
    city.context.changed.emit(ChangeSet({"operation_act": ALL}))
    qtbot.waitUntil(lambda: box.count() == 3)
    assert box.currentData() is None


@pytest.mark.skipif(FFMPEG is None, reason="no ffmpeg on this machine")
def test_a_live_picture_is_kept_for_the_operation_under_way(
    qtbot: QtBot,
    city: RealCity,
    view: Callable[[], FeedsView],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
    monkeypatch.setattr("widgets.feeds.eye.PROBE_BYTES", 8_192)
    operation = under_way(city)
    stream = HttpStream()
    try:
        feed = city.put("feed", team_id=city.team, name="正门", url=stream.url, place=0)
        panel = view()
        assert panel.operation.currentData() == operation
        tile = panel.grid.tile(feed)
        qtbot.waitUntil(lambda: tile.watch.standing.state is FeedState.LIVE, timeout=PATIENCE_MS)
        qtbot.mouseClick(tile.take_button, LEFT)
        qtbot.waitUntil(lambda: panel.strip.list.count() == 1, timeout=PATIENCE_MS)
    finally:
        stream.close()
    with city.context.engine.connect() as connection:
        shot = connection.execute(select(table("snapshot"))).one()
        log = connection.execute(select(table("run_log"))).one()
    assert (shot.operation_id, shot.case_id) == (operation, city.late_case)
    assert shot.sha256 == hashlib.sha256(base64.b64decode(shot.body)).hexdigest()
    assert (log.kind, log.about_id) == ("picture", shot.id)
    assert any(shot.sha256[:12] in text for level, text in city.context.notices if level == "done")


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.usefixtures("still")
def test_in_a_narrow_dock_the_pictures_keep_the_room_and_a_menu_has_the_buttons(
    qtbot: QtBot, feeds: list[str], view: Callable[[], FeedsView]
) -> None:
    panel = view()
    assert not panel.more.isVisible()
    panel.setMinimumSize(1, 1)  # a dock asks nobody how small it may become
    panel.resize(340, 240)
    qtbot.waitUntil(panel.more.isVisible)
    head = (panel.operation, panel.count_label, panel.more)
    qtbot.waitUntil(
        lambda: (
            all(one.width() >= one.minimumSizeHint().width() for one in head)
            and all(one.mapTo(panel, one.rect().topRight()).x() < panel.width() for one in head)
        )
    )
    assert not panel.add_button.isVisible()
    qtbot.mouseClick(panel.more, LEFT)
    menu = panel.findChild(QMenu)
    assert menu is not None
    strip = next(one for one in menu.actions() if one.text() == panel.strip_button.text())
    before = panel.strip_button.isChecked()
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(strip).center())
    assert panel.strip_button.isChecked() != before
    panel.resize(1400, 860)
    qtbot.waitUntil(panel.add_button.isVisible)
    assert not panel.more.isVisible()
