"""Filters of a list stand beside its buttons, and beneath them where that loses fewer lines."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop.panels.remote_command.order_list import FieldOrderList
from tests.panels.clicks import shown
from tests.panels.real_city import real_city


def test_every_filter_is_whole_at_any_width(qtbot: QtBot, tmp_path: Path) -> None:
    view = FieldOrderList(real_city(tmp_path).context)
    shown(qtbot, view)
    parts = (view.waiting_button, view.mine_button, view.state_box, view.days_box, view.search)
    buttons = (view.count_label, view.new_button)
    roomy = view.filter_row.sizeHint().width() + 60  # whatever the size of the text is
    least = max(one.sizeHint().width() for one in parts)
    tight = max(view.minimumSizeHint().width(), least + 60)

    def whole() -> bool:
        edges = [one.mapTo(view, one.rect().topRight()).x() for one in (*parts, *buttons)]
        return max(edges) < view.width()

    def beneath() -> bool:
        """The first filter stands below the last button."""
        filters = view.waiting_button.mapTo(view, view.waiting_button.rect().topLeft()).y()
        return bool(filters > view.new_button.mapTo(view, view.new_button.rect().bottomLeft()).y())

    for width, wanted in ((roomy, False), (tight, True), (roomy, False)):
        view.resize(width, 400)
        qtbot.waitUntil(lambda wanted=wanted: whole() and beneath() == wanted)
