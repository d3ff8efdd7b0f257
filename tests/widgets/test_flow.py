"""The layout that goes on in the next line."""

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from widgets.flow import FlowLayout


def flow(qtbot: QtBot, *, fill: bool) -> tuple[QWidget, FlowLayout, list[QLabel]]:
    box = QWidget()
    qtbot.addWidget(box)
    layout = FlowLayout(box, fill=fill)
    labels = [QLabel("督办"), QLabel("打印推导"), QLabel("跳到案件")]
    for label in labels:
        label.setFixedHeight(20)
        layout.addWidget(label)
    return box, layout, labels


@pytest.mark.parametrize("fill", [True, False])
def test_items_go_on_in_the_next_line(qtbot: QtBot, fill: bool) -> None:
    box, layout, labels = flow(qtbot, fill=fill)
    wide = layout.sizeHint().width()
    assert layout.heightForWidth(wide) == 20
    narrow = labels[1].sizeHint().width() + 1
    assert layout.heightForWidth(narrow) == 3 * 20 + 2 * 8
    box.resize(narrow, 80)
    layout.activate()
    assert len({label.y() for label in labels}) == 3


def test_a_filled_line_leaves_nothing_over(qtbot: QtBot) -> None:
    box, layout, labels = flow(qtbot, fill=True)
    box.resize(600, 40)
    layout.activate()
    assert labels[0].x() == 0
    assert 597 <= labels[-1].geometry().right() + 1 <= 600
    assert all(label.width() > label.sizeHint().width() for label in labels)


def test_an_item_wider_than_the_line_is_made_narrower_and_not_cut(qtbot: QtBot) -> None:
    box, layout, labels = flow(qtbot, fill=False)
    wide = labels[2].sizeHint().width()
    box.resize(wide - 6, 80)
    layout.activate()
    assert labels[2].geometry().right() < box.width()
    assert labels[0].width() == labels[0].sizeHint().width()
