"""One petition by real clicks: acts where allowed, the thread, the clocks and their reasons."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.panels.petitions.act_form import ActForm
from desktop.panels.petitions.chooser import Chooser
from desktop.panels.petitions.rules import (
    MAIN_ACTS,
    Act,
    Condition,
    allowed,
    blocked,
    next_act,
    why_not,
)
from desktop.panels.petitions.view import PetitionsView
from desktop.petitions import commands as do
from storage.records.states import NodeState
from tests.panels.real_city import TODAY, RealCity, real_city

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
CASE = "（2026）豫0381执2962号"


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def by(city: RealCity, day: date = TODAY) -> do.By:
    return do.By(city.operator, datetime.combine(day, time(9)))


def received(city: RealCity, name: str = "张伟", **parts: object) -> str:
    card = do.Reception(
        name, city.court, "案款未发", case_id=city.late_case, case_number=CASE, **parts
    )  # type: ignore[arg-type]
    with city.context.engine.begin() as connection:
        return do.receive(connection, card, by(city, TODAY - timedelta(days=3))).petition_id


def open_page(qtbot: QtBot, city: RealCity, key: str) -> PetitionsView:
    view = PetitionsView(city.context)
    qtbot.addWidget(view)
    view.resize(1200, 760)
    view.show()
    qtbot.waitExposed(view)
    view.apply({"petition_id": key})
    qtbot.waitUntil(lambda: view.shown_page == "petition")
    return view


def shown(view: PetitionsView) -> list[Act]:
    return [act for act, button in view.page.act_buttons.items() if button.isVisible()]


def menu(view: PetitionsView) -> dict[str, bool]:
    view.page._fill_more()
    return {
        action.objectName().removeprefix("more_"): action.isEnabled()
        for action in view.page.more_menu.actions()
    }


def click(view: PetitionsView, act: Act) -> None:
    QTest.mouseClick(view.page.act_buttons[act], Qt.MouseButton.LeftButton)


def form(qtbot: QtBot, view: PetitionsView, act: Act) -> ActForm:
    if act in MAIN_ACTS:
        click(view, act)
    else:
        view.page._fill_more()
        action = next(
            one for one in view.page.more_menu.actions() if one.objectName() == f"more_{act.value}"
        )
        assert action.isEnabled()
        action.trigger()
    qtbot.waitUntil(lambda: view.page.form is not None and view.page.form.isVisible())
    assert view.page.form is not None
    return view.page.form


def send(qtbot: QtBot, view: PetitionsView, made: ActForm) -> None:
    QTest.mouseClick(made.form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.page.form is None)


def accept(view: PetitionsView, act: Act) -> None:
    dialog = view.window().findChild(QDialog, f"confirm_{act.value}")
    assert dialog is not None
    button = dialog.findChild(QPushButton, "accept")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_petition_goes_from_registering_to_its_close_and_back(
    qtbot: QtBot, city: RealCity
) -> None:
    key = received(city)
    view = open_page(qtbot, city, key)
    assert shown(view) == [Act.REGISTER, Act.SCREEN, Act.REPLY_IN, Act.REPLY_OUT, Act.TELL]
    assert view.page.act_buttons[Act.REGISTER].property("kind") == "primary"
    assert "须先登记" in view.page.blocked.text()

    click(view, Act.REGISTER)
    accept(view, Act.REGISTER)
    qtbot.waitUntil(lambda: Act.ASSIGN in shown(view))
    assert Act.REGISTER not in shown(view)

    order = form(qtbot, view, Act.ASSIGN)
    person = order.form.field("person").control
    assert isinstance(person, Chooser)
    person.setFocus()
    QTest.keyClicks(person, "gcf")
    order.form.field("due_on").set_value(TODAY + timedelta(days=5))
    order.form.field("body").set_value("请核查")
    send(qtbot, view, order)
    assert view.page.shown is not None
    assert view.page.shown.row["assigned_to"] == city.handler

    told = form(qtbot, view, Act.TELL)
    told.form.field("body").set_value("已告知")
    send(qtbot, view, told)
    assert view.page.act_buttons[Act.CLOSE].property("kind") == "primary"

    close = form(qtbot, view, Act.CLOSE)
    close.form.field("key").set_value("resolved")
    close.form.field("body").set_value("已发放")
    send(qtbot, view, close)
    qtbot.waitUntil(lambda: shown(view) == [Act.REOPEN])
    assert view.page.shown.condition.closed

    again = form(qtbot, view, Act.REOPEN)
    again.form.field("body").set_value("信访人不服")
    send(qtbot, view, again)
    qtbot.waitUntil(lambda: Act.CLOSE in shown(view))


def test_refusals_come_to_their_fields_and_words_are_kept(qtbot: QtBot, city: RealCity) -> None:
    key = received(city, superior_due=TODAY + timedelta(days=4))
    with city.context.engine.begin() as connection:
        do.register(connection, key, by(city))
    view = open_page(qtbot, city, key)
    order = form(qtbot, view, Act.ASSIGN)
    order.form.field("person").set_value({"key": city.handler, "text": "顾长风"})
    order.form.field("due_on").set_value(TODAY + timedelta(days=9))
    order.form.field("body").set_value("请核查")
    QTest.mouseClick(order.form.submit_button, Qt.MouseButton.LeftButton)
    assert "不能晚于上级限期" in order.form.field("due_on").error()
    order.reject()
    qtbot.waitUntil(lambda: view.page.form is None)
    assert city.context.drafts[order.draft_key] == {"body": "请核查"}
    again = form(qtbot, view, Act.ASSIGN)
    assert again.form.field("body").value() == "请核查"
    again.form.field("person").set_value({"key": city.handler, "text": "顾长风"})
    again.form.field("due_on").set_value(TODAY + timedelta(days=3))
    send(qtbot, view, again)
    assert again.draft_key not in city.context.drafts


def test_a_posted_badge_stays_until_a_named_person_takes_it_down(
    qtbot: QtBot, city: RealCity
) -> None:
    key = received(city)
    with city.context.engine.begin() as connection:
        do.register(connection, key, by(city))
        do.tell(connection, key, "已告知", by(city))
    view = open_page(qtbot, city, key)
    assert Act.CLOSE in shown(view)
    view.page.begin(Act.HANG)
    accept(view, Act.HANG)
    qtbot.waitUntil(lambda: Act.CLOSE not in shown(view))
    assert view.page.badges["level"].accessibleName() == "挂网督办"
    assert "摘牌" in view.page.blocked.text()
    down = form(qtbot, view, Act.UNHANG)
    assert any("周清和" in label.text() for label in down.findChildren(QLabel))
    down.form.field("body").set_value("上级已核销")
    send(qtbot, view, down)
    qtbot.waitUntil(lambda: Act.CLOSE in shown(view))
    assert view.page.badges["level"].accessibleName() == "一般"
    assert "taken down by 周清和" in view.page.head.text()


def test_the_thread_shows_both_deadlines_parts_and_promises(qtbot: QtBot, city: RealCity) -> None:
    key = received(city, source="supervision", superior_due=TODAY + timedelta(days=20))
    me = by(city, TODAY - timedelta(days=3))
    with city.context.engine.begin() as connection:
        do.register(connection, key, me)
        order = do.Order(city.handler, TODAY + timedelta(days=9), "请核查并回复", city.other_court)
        act = do.pass_on(connection, key, order, me)
        do.reply_in(connection, key, do.Reply("已联系", partial=True, answers=act), me)
        do.promise(connection, key, "电话联系", TODAY - timedelta(days=1), me)
        kept = do.promise(connection, key, "约谈", TODAY, me)
        do.keep(connection, key, kept, by(city))
        do.promise(connection, key, "书面答复", TODAY + timedelta(days=6), me)
    view = open_page(qtbot, city, key)
    text = view.page.story.as_text()
    for wanted in (
        f"内部限期 {TODAY + timedelta(days=9)}　上级限期 {TODAY + timedelta(days=20)}",
        "传达 → 西城 顾长风",
        "收到回复（部分）",
        "对应",
        "到期未兑现",
        "已兑现",
        "待兑现",
        "周清和",
    ):
        assert wanted in text, wanted
    keep = form(qtbot, view, Act.KEPT)
    box = keep.form.field("other").control
    assert isinstance(box, QComboBox)
    assert box.count() == 2
    send(qtbot, view, keep)
    assert view.page.shown is not None
    assert view.page.shown.condition.open_promises == 1


def test_every_clock_explains_itself_day_by_day(qtbot: QtBot, city: RealCity) -> None:
    key = received(city)
    with city.context.engine.begin() as connection:
        do.register(connection, key, by(city))
    view = open_page(qtbot, city, key)
    cards = {card.key: card for card in view.page.clocks.cards}
    assert set(cards) == {"D801", "D802", "D802W"}
    assert view.page.shown is not None
    clocks = {clock.key: clock for clock in view.page.shown.clocks}
    assert clocks["D801"].state is NodeState.DONE
    for name in ("D802", "D802W"):
        card = cards[name]
        assert not card.steps.isVisible()
        QTest.mouseClick(card.why, Qt.MouseButton.LeftButton)
        assert card.steps.isVisible()
        text = card.steps.as_text()
        assert str(clocks[name].due_on) in text
        assert clocks[name].steps[0].from_on.isoformat() in text
    # The weekends of a period in working days are named one by one.
    assert "星期六" in cards["D802W"].steps.as_text()


def test_merging_is_undone_and_both_threads_are_read(qtbot: QtBot, city: RealCity) -> None:
    first, second = received(city), received(city, "章伟")
    view = open_page(qtbot, city, second)
    merge = form(qtbot, view, Act.MERGE)
    into = merge.form.field("other").control
    assert isinstance(into, Chooser)
    into.setFocus()
    QTest.keyClicks(into, "XF-")
    qtbot.waitUntil(into.popup.isVisible)
    merge.form.submit_button.setFocus()
    qtbot.waitUntil(lambda: into.key == first)
    send(qtbot, view, merge)
    assert view.page.shown is not None
    assert view.page.shown.condition.merged
    assert Act.UNMERGE in shown(view)
    assert not menu(view)["merge"]
    (link,) = view.page.related.findChildren(QPushButton)
    QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.page.shown is not None and view.page.shown.id == first)
    assert view.page.shown.visits == 2
    assert "自并入的" in view.page.story.as_text()
    view.open_petition(second)
    qtbot.waitUntil(lambda: view.page.shown is not None and view.page.shown.id == second)
    click(view, Act.UNMERGE)
    accept(view, Act.UNMERGE)
    qtbot.waitUntil(lambda: view.page.shown is not None and not view.page.shown.condition.merged)


def test_ways_lead_to_case_late_node_and_letter(qtbot: QtBot, city: RealCity) -> None:
    key = received(city)
    view = open_page(qtbot, city, key)
    page = view.page
    assert page.shown is not None
    assert page.shown.late is not None
    node = page.shown.late
    for button in (page.case_button, page.why_button, page.letter_button):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert city.context.opened == [
        ("case_query", {"case_id": city.late_case}),
        (
            "derivation",
            {"case_id": city.late_case, "node_code": node.code, "subject": node.subject},
        ),
        (
            "supervision",
            {
                "new": "1",
                "case_id": city.late_case,
                "node_code": node.code,
                "subject": node.subject,
            },
        ),
    ]
    selected = city.context.selection()
    assert selected is not None
    assert selected.node_code == node.code


def test_a_change_elsewhere_shows_at_once(qtbot: QtBot, city: RealCity) -> None:
    key = received(city)
    view = open_page(qtbot, city, key)
    city.context.write(
        view,
        "告知",
        lambda connection, _args: do.tell(connection, key, "已告知", by(city)),
        None,
        lambda _done: None,
    )
    qtbot.waitUntil(lambda: view.page.shown is not None and view.page.shown.condition.told)
    assert isinstance(view.page, QWidget)


@pytest.mark.parametrize(
    ("now", "main", "after"),
    [
        (Condition(), Act.REGISTER, Act.REGISTER),
        (Condition(registered=True, lower=True), Act.SCREEN, Act.SCREEN),
        (Condition(registered=True), Act.ASSIGN, Act.ASSIGN),
        (Condition(registered=True, assigned=True), Act.TELL, Act.TELL),
        (Condition(registered=True, assigned=True, told=True), Act.CLOSE, Act.CLOSE),
        (Condition(registered=True, assigned=True, told=True, hung=True), Act.UNHANG, None),
        (Condition(registered=True, closed=True), Act.REOPEN, None),
    ],
)
def test_what_is_allowed_and_what_comes_next(now: Condition, main: Act, after: Act | None) -> None:
    assert main in allowed(now)
    assert next_act(now) is after
    for act in Act:
        assert (act in allowed(now)) == (why_not(act, now) == "")
    assert bool(blocked(now)) == bool(
        not now.closed and (why_not(Act.ASSIGN, now) or why_not(Act.CLOSE, now))
    )


def test_what_the_buttons_allow_the_store_takes(city: RealCity) -> None:
    """No button for what the command refuses for the petition's state, and none missing."""
    from desktop.errors import UserError  # noqa: PLC0415 (only here)
    from desktop.panels.petitions.commands import Deed, carry_out  # noqa: PLC0415
    from desktop.panels.petitions.page_queries import PageArgs, page  # noqa: PLC0415

    key, other = received(city), received(city, "李四")
    me = by(city)

    def deed(act: Act, promise: str | None) -> Deed:
        target = other if act is Act.MERGE else promise if act is Act.KEPT else None
        keys = {Act.SCREEN: "review", Act.LEVEL: "tour", Act.CLOSE: "resolved"}
        due = TODAY + timedelta(days=3)
        return Deed(key, act, me, "内容", city.handler, None, due, keys.get(act, ""), False, target)

    steps = [Act.REGISTER, Act.ASSIGN, Act.PROMISE, Act.HANG, Act.TELL, Act.UNHANG, Act.CLOSE]
    for step in (None, *steps):
        with city.context.engine.connect() as connection:
            if step is not None:
                carry_out(connection, deed(step, None))
                connection.commit()
            found = page(connection, PageArgs(city.law, key, TODAY))
            assert found is not None
            promises = [one.id for one in found.thread if one.kind == "promise"]
            for act in Act:
                if act is Act.SCREEN and found.condition.screened:
                    continue  # a second look is no button, but no mistake either
                connection.rollback()
                why = why_not(act, found.condition)
                try:
                    carry_out(connection, deed(act, promises[0] if promises else None))
                    done = True
                except UserError:
                    done = False
                connection.rollback()
                assert done == (why == ""), (step, act, why)
