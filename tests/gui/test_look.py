"""The perspectives of the real panels, calm notices, and the size of text."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.shell.registry import discover
from tests.gui.conftest import Rig

Open = Callable[..., Rig]


def view_of(qtbot: QtBot, rig: Rig, panel: str) -> None:
    assert rig.window.desk is not None
    host = rig.window.desk.host(panel)
    assert host is not None
    qtbot.waitUntil(lambda: host.view is not None)


def present(*panels: str) -> list[str]:
    """Those of `panels` that this build has: a folder that is gone must not fail the others."""
    registry = discover()
    return [panel for panel in panels if registry.find(panel) is not None]


def test_a_meeting_shows_list_reasons_and_timeline_at_once(open_window: Open, qtbot: QtBot) -> None:
    rig = open_window(discover())
    rig.window.enter("meeting")
    assert rig.window.desk is not None
    docks = rig.window.desk.docks
    for panel in present("process_monitor", "derivation", "case_timeline"):
        assert docks.is_visible(panel)
        view_of(qtbot, rig, panel)
        assert docks._docks[panel].tabWidget().isVisible()
    assert not any(docks.is_open(panel) for panel in present("figures"))
    rig.window.enter("duty")
    assert all(docks.is_open(panel) for panel in present("figures"))
    assert not any(docks.is_open(panel) for panel in present("case_timeline"))


@pytest.mark.usefixtures("panels")
def test_only_an_error_takes_room_from_the_desk(open_window: Open) -> None:
    rig = open_window()
    notices = rig.window.notices
    words = rig.window.status.findChild(QLabel, "notice_words")
    assert words is not None
    rig.context.notify("两份督办单逾期未复", level="warning")
    assert notices.bar.isHidden()
    assert words.isVisible()
    assert words.text() == "两份督办单逾期未复"
    assert not notices.line._brief.isActive()
    rig.context.notify("已保存", level="done")
    assert words.text() == "已保存"
    assert notices.line._brief.isActive()
    notices.line._dismiss()
    assert words.text() == "两份督办单逾期未复"
    rig.context.notify("磁盘已满", level="error")
    assert notices.bar.isVisible()
    assert notices.unseen == 2
    notices.bar.mark_all_seen()
    assert notices.bar.isHidden()
    assert notices.line.isHidden()


def test_the_wall_enlarges_its_views_and_hides_their_choices(
    open_window: Open, qtbot: QtBot
) -> None:
    rig = open_window(discover())
    rig.window.enter("wall")
    wall = rig.window.wall
    assert wall is not None
    hosts = [host for host in wall.hosts() if host.isVisible()]
    assert 0 < len(hosts) <= 3
    qtbot.waitUntil(lambda: all(host.view is not None for host in hosts))
    for host in hosts:
        menu = getattr(host.view, "menu", None)
        assert menu is None or not menu.isVisible()
        note = getattr(host.view, "note", None)
        assert note is None or note.isVisible()
    figures = getattr(hosts[0].view, "figures", {})
    assert all(figure.height() > 150 for figure in figures.values())


def test_larger_text_gives_the_plots_more_room(open_window: Open, qtbot: QtBot) -> None:
    rig = open_window(discover())
    assert rig.window.desk is not None
    plots = [spec.id for spec in rig.window.registry.specs if spec.area == "bottom"]
    plot = next(iter(plots), "")
    if not plot:
        pytest.skip("this build has no panel at the bottom")
    view_of(qtbot, rig, plot)
    card = rig.window.desk.docks.frame(plot)
    assert card is not None
    before = card.height()
    look = rig.window._look
    look.choose_text_size(200)
    qtbot.waitUntil(lambda: card.height() > before)
    look.choose_text_size(100)
    qtbot.waitUntil(lambda: abs(card.height() - before) < 20)
