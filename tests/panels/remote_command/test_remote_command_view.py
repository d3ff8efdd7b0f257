"""The panel of orders, clicked and typed as people do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.panels.remote_command.queries import waiting_count
from desktop.panels.remote_command.view import RemoteCommandView
from desktop.rules.field_orders import OrderState
from tests.panels.clicks import shown
from tests.panels.remote_command.post import CHIEF, ISSUER, RECEIVER, Post

ENTER = Qt.Key.Key_Return


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)


@pytest.fixture
def open_view(post: Post, qtbot: QtBot) -> Callable[..., RemoteCommandView]:
    def make(**params: str) -> RemoteCommandView:
        view = RemoteCommandView(post.context)
        shown(qtbot, view, 1100, 640)
        if params:
            view.apply(params)
        return view

    return make


def keys(qtbot: QtBot, text: str) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClicks(widget, text)


def enter(qtbot: QtBot) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClick(widget, ENTER)


def focused(qtbot: QtBot, widget: Any) -> None:
    qtbot.waitUntil(lambda: QApplication.focusWidget() is widget)


def click(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def states(view: RemoteCommandView) -> list[str]:
    model = view.list.model
    rows = [model.row_values(row) for row in range(model.rowCount())]
    return [str(row["state"][1]) for row in rows if row is not None]


def first_row(qtbot: QtBot, view: RemoteCommandView) -> None:
    qtbot.waitUntil(lambda: view.list.model.row_values(0) is not None)
    view.list.table.select_id(int(view.list.model.ids[0]))


def test_a_template_two_fields_and_enter_send_an_order(
    post: Post, open_view: Callable[..., RemoteCommandView], qtbot: QtBot
) -> None:
    """S1 line 5: from a right-click on a unit, template 增援, two fields, Enter."""
    unit = post.city.put(
        *("unit",),
        team_id=post.city.team,
        kind="person",
        name=RECEIVER,
        device="d1",
        source="gpsd",
        person_id=post.city.person(RECEIVER),
    )
    view = open_view(new="1", unit_id=unit, lat_e7="346500000", lon_e7="1124500000")
    form = view.form
    assert form.team.currentData() == post.city.team
    focused(qtbot, form.chip_buttons["reinforce"])
    keys(qtbot, "1")
    focused(qtbot, form.place)
    keys(qtbot, "3 hao lou")
    enter(qtbot)
    focused(qtbot, form.body)
    keys(qtbot, "two more")
    enter(qtbot)
    assert view.shown_page == "order"
    assert view.page.page is not None
    one = view.page.page.order
    assert (one.title, one.place, one.body) == ("增援现场", "3 hao lou", "two more")
    assert (one.person_id, one.template) == (post.city.person(RECEIVER), "reinforce")
    assert (one.lat_e7, one.lon_e7) == (346500000, 1124500000)
    assert one.due_at is not None
    assert (one.due_at - post.now).total_seconds() == 30 * 60
    assert one.standing.state is OrderState.SENT
    assert post.context.labels == ["下达指令"]


def test_shift_enter_begins_a_line_and_another_template_takes_its_own_words(
    open_view: Callable[..., RemoteCommandView], post: Post, qtbot: QtBot
) -> None:
    view = open_view(new="1", team_id=post.city.team, template="reinforce")
    form = view.form
    qtbot.keyClicks(form.body, "a")
    qtbot.keyClick(form.body, ENTER, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(form.body, "b")
    assert form.body.toPlainText() == "a\nb"
    assert view.shown_page == "form"
    click(qtbot, form.chip_buttons["stand_by"])
    assert form.subject.text() == "原地待命，保持联络"
    assert form.due.text() == ""
    form.subject.setText("自拟事项")
    click(qtbot, form.chip_buttons["report"])
    assert form.subject.text() == "自拟事项"  # what somebody wrote himself stays


def test_what_is_wrong_is_said_at_its_field_and_sends_nothing(
    open_view: Callable[..., RemoteCommandView], post: Post, qtbot: QtBot
) -> None:
    view = open_view(new="1")
    form = view.form
    form.due.setText("someday")
    click(qtbot, form.form.submit_button)
    problems = [key for key in ("team", "title", "due") if form.form.field(key).error()]
    assert problems == ["team", "title", "due"]
    assert post.context.labels == []


def test_what_is_typed_is_kept_and_comes_back(
    open_view: Callable[..., RemoteCommandView], post: Post, qtbot: QtBot
) -> None:
    view = open_view(new="1", team_id=post.city.team)
    click(qtbot, view.form.chip_buttons["verify"])
    qtbot.keyClicks(view.form.place, "yard")
    key = view.form.draft_key
    qtbot.waitUntil(lambda: post.context.drafts.get(key, {}).get("place") == "yard")
    again = open_view(new="1", team_id=post.city.team)
    assert again.form.place.text() == "yard"
    assert again.form.chip_buttons["verify"].isChecked()
    other = open_view(new="1", team_id=post.city.other_team)
    assert other.form.place.text() == ""
    click(qtbot, again.form.form.submit_button)
    assert key not in post.context.drafts


def test_a_draft_is_stored_opened_and_sent(
    open_view: Callable[..., RemoteCommandView], post: Post, qtbot: QtBot
) -> None:
    view = open_view(new="1", team_id=post.city.team, template="report")
    click(qtbot, view.form.store_button)
    assert view.shown_page == "list"
    first_row(qtbot, view)
    assert states(view) == ["草稿"]
    view.list.open_current()
    assert view.shown_page == "form"
    assert view.form.subject.text() == "报告现场情况"
    click(qtbot, view.form.form.submit_button)
    assert view.page.page is not None
    assert view.page.page.order.standing.state is OrderState.SENT


def test_the_receiver_reports_with_one_click_each(
    open_view: Callable[..., RemoteCommandView], post: Post, qtbot: QtBot
) -> None:
    key = post.send()
    post.city.sit_down(RECEIVER)
    view = open_view()
    button = view.list.next_button
    for words, state in (
        ("确认", OrderState.ACKNOWLEDGED),
        ("出发", OrderState.EN_ROUTE),
        ("到场", OrderState.ON_SCENE),
        ("完成", OrderState.DONE),
    ):
        first_row(qtbot, view)
        qtbot.waitUntil(lambda words=words: button.isVisible() and button.text() == words)
        click(qtbot, button)
        assert post.order(key).standing.state is state
    qtbot.waitUntil(lambda: states(view) == ["完成"])
    assert not view.list.next_button.isVisible()


def test_a_refusal_needs_its_reason_and_comes_first_at_the_issuer(
    open_view: Callable[..., RemoteCommandView], post: Post, qtbot: QtBot
) -> None:
    post.send()
    key = post.send(title="核实财产线索")
    post.city.sit_down(RECEIVER)
    view = open_view(order_id=key)
    refuse = view.page.buttons["refuse"]
    assert refuse.isVisible()
    assert not refuse.isEnabled()
    view.page.words.setPlainText("车辆故障")
    click(qtbot, refuse)
    assert view.page.state.accessibleName() == "拒绝"
    assert [one.word for one in view.page.strip.stations] == ["已发送", "拒绝"]
    assert "车辆故障" in view.page.history.as_text()
    post.city.sit_down(ISSUER)
    at_issuer = open_view()
    first_row(qtbot, at_issuer)
    assert states(at_issuer) == ["拒绝", "已发送"]


def test_the_issuer_writes_down_what_the_telephone_said(
    open_view: Callable[..., RemoteCommandView], post: Post, qtbot: QtBot
) -> None:
    key = post.send()
    view = open_view(order_id=key)
    assert not view.page.buttons["acknowledge"].isVisible()
    assert view.page.phone_button.isVisible()
    view.page.phone_menu.actions()[0].trigger()
    dialog = view.page.findChild(QDialog, "ask_phone")
    assert isinstance(dialog, QDialog)
    accept = dialog.findChild(QPushButton, "accept")
    words = dialog.findChild(QPlainTextEdit, "text")
    assert isinstance(accept, QPushButton)
    assert isinstance(words, QPlainTextEdit)
    assert not accept.isEnabled()
    words.setPlainText("顾长风来电：收到")
    click(qtbot, accept)
    assert post.order(key).standing.state is OrderState.ACKNOWLEDGED
    assert "电话回报：确认" in view.page.history.as_text()
    delivered = view.page.strip.stations[1]
    assert (delivered.word, delivered.at) == ("已送达", "")


def test_what_waits_here_is_said_to_wait_and_never_to_be_sent(
    open_view: Callable[..., RemoteCommandView], post: Post, qtbot: QtBot
) -> None:
    post.join_hub("offline")
    key = post.send()
    view = open_view()
    qtbot.waitUntil(lambda: states(view) == ["待发（离线）"])
    view.open_order(key)
    assert view.page.state.accessibleName() == "待发（离线）"
    assert view.page.waiting.isVisible()
    assert view.page.strip.stations[0].waiting
    post.say("sending")
    view.apply({})
    qtbot.waitUntil(lambda: states(view) == ["正在发送"])
    post.take()
    qtbot.waitUntil(lambda: states(view) == ["已发送"])
    post.city.sit_down(RECEIVER)
    post.say("offline")
    post.report(key, "acknowledge")
    qtbot.waitUntil(lambda: states(view) == ["已确认（待报）"])


def test_time_alone_moves_an_order_up_the_ladder(
    open_view: Callable[..., RemoteCommandView], post: Post, qtbot: QtBot
) -> None:
    key = post.send()
    view = open_view()
    qtbot.waitUntil(lambda: states(view) == ["已发送"])
    post.pass_time(minutes=3)
    view.list._on_tick()
    qtbot.waitUntil(lambda: states(view) == ["已发送·未确认"])
    with post.context.engine.connect() as connection:
        who = post.city.person(ISSUER)
        assert waiting_count(connection, post.context.today(), who)[0] in (0, 1)
    view.open_order(key)
    assert "3" in view.page.ladder.as_text().splitlines()[0]


def test_the_navigator_counts_what_waits_for_whom(post: Post) -> None:
    key = post.send()
    post.send(send=False)

    def count(name: str) -> tuple[int, str]:
        with post.context.engine.connect() as connection:
            return waiting_count(connection, post.context.today(), post.city.person(name))

    assert count(RECEIVER) == (1, "overdue")
    assert count(CHIEF) == (0, "")
    post.report(key, "acknowledge")
    assert count(RECEIVER) == (1, "due_soon")
    post.report(key, "refuse", body="另有任务")
    assert count(RECEIVER) == (0, "")
    assert count(ISSUER) == (1, "overdue")


def test_lists_of_a_case_an_operation_and_a_person(
    open_view: Callable[..., RemoteCommandView], post: Post, qtbot: QtBot
) -> None:
    post.send(case_id=post.city.late_case, case_number="甲")
    post.send(title="另一件")
    view = open_view(case_id=post.city.late_case)
    qtbot.waitUntil(lambda: len(states(view)) == 1)
    click(qtbot, view.list.what)
    qtbot.waitUntil(lambda: len(states(view)) == 2)
    view.list.search.setText("另一")
    qtbot.waitUntil(lambda: len(states(view)) == 1)
    post.city.sit_down(RECEIVER)
    mine = open_view(mine="1")
    qtbot.waitUntil(lambda: mine.list.count_label.text().startswith("0"))
    waiting = open_view(waiting="1")
    qtbot.waitUntil(lambda: len(states(waiting)) == 2)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_case_is_found_by_the_end_of_its_number(
    open_view: Callable[..., RemoteCommandView], post: Post, qtbot: QtBot
) -> None:
    view = open_view(new="1", team_id=post.city.team, template="seal")
    line = view.form.case
    line.setFocus()
    qtbot.keyClicks(line, "2962")
    qtbot.waitUntil(lambda: line.completer().popup().isVisible())
    qtbot.keyClick(line.completer().popup(), Qt.Key.Key_Down)
    qtbot.keyClick(line.completer().popup(), ENTER)
    qtbot.waitUntil(lambda: line.value()["key"] == post.city.late_case)
    click(qtbot, view.form.form.submit_button)
    assert view.page.page is not None
    assert view.page.page.order.case_id == post.city.late_case
    click(qtbot, view.page.case_button)
    assert post.context.opened == [("case_query", {"case_id": post.city.late_case})]
