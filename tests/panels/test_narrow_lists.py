"""Filters of a list stand beside its buttons, and beneath them where that loses fewer lines."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.panels.remote_command.order_list import FieldOrderList
from tests.panels.clicks import shown
from tests.panels.real_city import real_city


@pytest.mark.parametrize(("width", "beneath"), [(900, False), (380, True)])
def test_every_filter_is_whole_at_any_width(
    qtbot: QtBot, tmp_path: Path, width: int, beneath: bool
) -> None:
    view = FieldOrderList(real_city(tmp_path).context)
    shown(qtbot, view, 900, 400)
    view.resize(width, 400)
    parts = (view.waiting_button, view.mine_button, view.state_box, view.days_box, view.search)
    buttons = (view.count_label, view.new_button)

    def settled() -> bool:
        edges = [one.mapTo(view, one.rect().topRight()).x() for one in (*parts, *buttons)]
        return max(edges) < width

    qtbot.waitUntil(settled)
    below = view.waiting_button.mapTo(view, view.waiting_button.rect().topLeft()).y()
    foot = view.new_button.mapTo(view, view.new_button.rect().bottomLeft()).y()
    assert (below > foot) == beneath
    view.resize(900, 400)
    qtbot.waitUntil(lambda: view.search.mapTo(view, view.search.rect().center()).y() < foot)
    assert view.waiting_button.mapTo(view, view.waiting_button.rect().topLeft()).y() < foot
