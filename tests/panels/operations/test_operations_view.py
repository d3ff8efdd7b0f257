"""行动 by real clicks: a plan that lacks everything, its approval, board, log and report."""

from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from desktop.command.operations import acts
from desktop.command.operations.acts import CheckinArgs, Draft, LogArgs
from desktop.command.operations.reading import operation, watched
from desktop.panels.operations.group_form import GroupForm
from desktop.panels.operations.plan_form import PlanForm
from desktop.panels.operations.view import OperationsView
from desktop.rules.checkins import Level
from desktop.rules.operations import State
from tests.command.operation_town import (
    approved,
    args,
    at,
    heading,
    running,
    saved,
    self_test,
    whole_plan,
)
from tests.panels.operations.town import Office, office


@pytest.fixture
def hall(tmp_path: Path) -> Office:
    return office(tmp_path)


def opened(qtbot: QtBot, hall: Office, width: int = 2000) -> OperationsView:
    view = OperationsView(hall.desk)
    qtbot.addWidget(view)
    for model in (view.list.model, view.page.log.listing.model):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(width, 760)
    view.show()
    qtbot.waitExposed(view)
    return view


def press(qtbot: QtBot, where: QWidget, name: str) -> None:
    button = where.findChild(QPushButton, name)
    assert button is not None, name
    assert button.isVisible(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def answer(qtbot: QtBot, where: QWidget, name: str, words: str = "") -> None:
    """Fills the question that stands there and accepts it."""
    dialog = next(one for one in where.findChildren(QDialog, name) if one.isVisible())
    box = dialog.findChild(QPlainTextEdit, "text") or dialog.findChild(QLineEdit, "text")
    if box is not None and words:
        box.setPlainText(words) if isinstance(box, QPlainTextEdit) else box.setText(words)
    press(qtbot, dialog, "accept")


def rows(view: OperationsView) -> list[dict[str, Any]]:
    model = view.list.model
    found = [model.row_values(n) for n in range(model.rowCount())]
    return [dict(row) for row in found if row is not None]


def state(hall: Office, key: str) -> State:
    with hall.desk.engine.connect() as connection:
        found = operation(connection, key)
    assert found is not None
    return found.standing().state


def shown_acts(view: OperationsView) -> set[str]:
    return {key for key, button in view.page.act_buttons.items() if button.isVisible()}


def test_what_is_under_way_stands_first_with_its_next_step(qtbot: QtBot, hall: Office) -> None:
    waiting = hall.do(saved, hall.town)
    hall.do(lambda c: acts.submit(c, args(c, hall.town, waiting, "submit", "苏文清", 1)))
    under_way = hall.do(running, hall.town)
    view = opened(qtbot, hall)
    qtbot.waitUntil(lambda: len(rows(view)) == 2)
    found = rows(view)
    assert [row["id"] for row in found] == [under_way, waiting]
    assert found[0]["groups"][1].startswith("2组")
    assert found[1]["next"] == "等待局长或者院领导批准"
    view.list.search.setText("没有这样的")
    qtbot.waitUntil(lambda: rows(view) == [])


def test_a_new_plan_tells_all_that_it_lacks_and_keeps_what_was_typed(
    qtbot: QtBot, hall: Office
) -> None:
    view = opened(qtbot, hall)
    view.apply({"new": "1", "place": "东门"})
    form = view.form
    assert isinstance(form, PlanForm)
    form.form.field("name").set_value("腾房")
    press(qtbot, form, "submit_plan")
    press(qtbot, form, "check_plan")
    assert form.form.field("aim").error()
    assert form.form.field("commander_id").error()
    assert form.form.field("starts_time").error()
    assert form.tables["groups"].note.text()
    assert form.tables["contingencies"].note.text()
    assert "共" in form.note.text() or "things" in form.note.text()
    with qtbot.waitSignal(form.left):
        form.form.close_keeping_draft()
    view.new_operation()
    assert view.form is not None
    assert view.form.form.field("name").value() == "腾房"


def test_a_plan_is_typed_in_and_submitted(qtbot: QtBot, hall: Office) -> None:
    """Everything of a whole plan, as people type it."""
    key = hall.do(saved, hall.town)
    hall.sit_down("苏文清")
    view = opened(qtbot, hall)
    view.open_operation(key)
    press(qtbot, view.page, "act_edit")
    form = view.form
    assert isinstance(form, PlanForm)
    assert form.faults() == ()
    form.tables["people"].set_values([{"person_id": "谁", "group": "外围警戒组", "role": "警戒"}])
    assert {(one.field, one.row) for one in form.faults() if one.field == "people"} == {
        ("people", 0)
    }
    rows_typed = [
        {"person_id": "纪明远", "group": "外围警戒组", "role": "现场指挥"},
        {"person_id": "白若溪", "group": "外围警戒组", "role": "摄像"},
        {"person_id": "苏文清", "group": "入户清点组", "role": "宣读文书"},
        {"person_id": "陶一鸣", "group": "入户清点组", "role": "登记"},
    ]
    form.tables["people"].set_values(rows_typed)
    press(qtbot, form, "submit_plan")
    assert view.shown is view.page
    assert state(hall, key) is State.SUBMITTED
    with hall.desk.engine.connect() as connection:
        found = operation(connection, key)
    assert found is not None
    assert found.plan is not None
    assert [duty.name for duty in found.plan.people] == ["纪明远", "白若溪", "苏文清", "陶一鸣"]
    assert found.plan.people[2].group == "入户清点组"


def test_another_group_joins_what_is_under_way(qtbot: QtBot, hall: Office) -> None:
    key = hall.do(running, hall.town)
    hall.desk.go_on(15)
    view = opened(qtbot, hall)
    view.open_operation(key)
    press(qtbot, view.page, "add_group")
    form = next(one for one in view.page.findChildren(GroupForm) if one.isVisible())
    for field, words in (("name", "外围警戒组"), ("leader_id", "谁"), ("task", "看守车辆")):
        form.form.field(field).set_value(words)
    form.form.field("minutes").set_value("0")
    press(qtbot, form, "send_group")
    assert form.form.field("leader_id").error()
    assert form.form.field("minutes").error()
    form.form.field("leader_id").set_value("苏文清")
    form.form.field("minutes").set_value("15")
    press(qtbot, form, "send_group")
    assert "已经出发" in form.form.field("name").error(), "the name of a group that is out"
    form.form.field("name").set_value("机动组")
    press(qtbot, form, "send_group")
    with hall.desk.engine.connect() as connection:
        groups = [one for one in watched(connection) if one.operation_id == key]
    made = next(one for one in groups if one.name == "机动组")
    assert len(groups) == 3
    assert (made.leader, made.checkin_s, made.task) == ("苏文清", 900, "看守车辆")
    assert view.page.groups.cards[made.id].level is Level.GREEN


def test_a_group_joins_only_what_is_under_way(qtbot: QtBot, hall: Office) -> None:
    key = hall.do(approved, hall.town)
    view = opened(qtbot, hall)
    view.open_operation(key)
    assert view.page.group_button.isHidden()
    draft = acts.GroupDraft(
        key, hall.town.teams[0], "机动组", hall.town.people["苏文清"], "看守", 900
    )
    asked = acts.SetOut(draft, hall.town.by("值班员", 5))
    told: list[str] = []
    hall.desk.write(view, "增派", acts.set_out, asked, None, told.append)
    assert told == ["行动已批准，不能增派小组。"]


def test_another_approves_and_only_he_is_asked(qtbot: QtBot, hall: Office) -> None:
    key = hall.do(saved, hall.town)
    hall.do(lambda c: acts.submit(c, args(c, hall.town, key, "submit", "苏文清", 0)))
    view = opened(qtbot, hall)
    view.open_operation(key)
    assert shown_acts(view) == {"edit", "cancel"}
    hall.sit_down("局长")
    hall.desk.go_on(5)
    view.open_operation(key)
    assert {"approve", "return"} <= shown_acts(view)
    press(qtbot, view.page, "act_return")
    answer(qtbot, view.page, "ask_return", "请写明就近医院")
    assert state(hall, key) is State.RETURNED
    assert "请写明就近医院" in view.page.next.text()
    hall.do(lambda c: acts.submit(c, args(c, hall.town, key, "submit", "苏文清", 6)))
    hall.desk.go_on(5)
    press(qtbot, view.page, "act_approve")
    answer(qtbot, view.page, "confirm_approve")
    assert state(hall, key) is State.APPROVED


def test_a_start_asks_for_a_self_test_or_a_signature(qtbot: QtBot, hall: Office) -> None:
    draft = Draft(None, heading(hall.town), whole_plan(hall.town), hall.town.by("苏文清", 0))
    key = hall.do(acts.save, draft)
    hall.do(lambda c: acts.submit(c, args(c, hall.town, key, "submit", "苏文清", 1)))
    hall.do(lambda c: acts.act(c, args(c, hall.town, key, "approve", "局长", 2)))
    hall.desk.go_on(5)
    view = opened(qtbot, hall)
    view.open_operation(key)
    assert "start" not in shown_acts(view)
    press(qtbot, view.page, "self_test")
    assert hall.desk.opened[-1] == ("equipment", {"self_test": "1", "operation_id": key})
    hall.do(lambda c: self_test(c, hall.town, key, 4, passed=False))
    assert "override" not in shown_acts(view)
    hall.sit_down("院长")
    view.open_operation(key)
    assert shown_acts(view) >= {"override"}
    press(qtbot, view.page, "act_override")
    answer(qtbot, view.page, "ask_override", "备用电台可用")
    hall.sit_down("值班员")
    hall.desk.go_on(1)
    view.open_operation(key)
    press(qtbot, view.page, "act_start")
    answer(qtbot, view.page, "confirm_start")
    assert state(hall, key) is State.RUNNING
    assert view.page.tabs.currentWidget() is view.page.plan or view.page.groups.cards
    assert {card.level for card in view.page.groups.cards.values()} == {Level.GREEN}


def board(qtbot: QtBot, hall: Office) -> tuple[OperationsView, str]:
    key = hall.do(running, hall.town)  # at ten minutes past nine
    hall.desk.moment = at(11)
    view = opened(qtbot, hall)
    view.open_operation(key)
    return view, key


def card(view: OperationsView, name: str) -> Any:
    return next(one for one in view.page.groups.cards.values() if one.group.name == name)


def test_clocks_turn_and_one_click_reports(qtbot: QtBot, hall: Office) -> None:
    view, _key = board(qtbot, hall)
    inside = card(view, "入户清点组")  # every twenty minutes
    seen = []
    for minute in (11, 26, 30.5, 36):
        hall.desk.moment = at(minute)
        view.page.tick()
        seen.append(inside.level)
    assert seen == [Level.GREEN, Level.YELLOW, Level.RED, Level.ALARM]
    press(qtbot, inside, "check_in")
    assert inside.level is Level.ALARM, "late: the alarm is held"
    assert "才恢复" in inside.words.text()
    # A narrow card has no room for it beside two buttons: it stands above them.
    inside.resize(250, inside.height())
    assert inside.staff.text() == inside.words.text()
    assert inside.words.isHidden()
    inside.resize(500, inside.height())
    assert "陶一鸣" in inside.staff.text()
    assert not inside.words.isHidden()
    press(qtbot, inside, "acknowledge")
    answer(qtbot, view.page, "ask_acknowledge", "电话已通")
    assert inside.level is Level.GREEN
    assert not inside.ack_button.isVisible()
    outside = card(view, "外围警戒组")
    assert outside.level is Level.YELLOW
    press(qtbot, outside, "check_in")
    assert outside.level is Level.GREEN


def test_a_group_calls_and_comes_back(qtbot: QtBot, hall: Office) -> None:
    view, _key = board(qtbot, hall)
    one = card(view, "外围警戒组")
    for act, question, words, level in (
        ("alarm", "ask_group_alarm", "有人受伤", Level.ALARM),
        ("leave", "ask_group_leave", "", Level.ALARM),
    ):
        menu = one.menu()
        action = next(a for a in menu.actions() if a.objectName() == f"group_{act}")
        action.trigger()
        answer(qtbot, view.page, question, words)
        assert one.level is level
    assert "有人受伤" in one.words.text()


def test_the_log_takes_lines_by_keyboard_and_shows_corrections(qtbot: QtBot, hall: Office) -> None:
    view, _key = board(qtbot, hall)
    log = view.page.log
    QTest.keyClick(log.line, Qt.Key.Key_Down)
    assert log.kind.currentData() == "event"
    log.line.setText("到达三号楼")
    QTest.keyClick(log.line, Qt.Key.Key_Return)
    assert log.line.text() == ""
    first = next(one for one in log.listing.things.values() if one.line is not None)
    assert (first.words, first.who, first.what) == ("到达三号楼", "值班员", "现场情况")
    hall.desk.go_on(1)
    log.listing.choose(first.key)
    press(qtbot, log, "log_correct")
    answer(qtbot, log, "correct_line", "到达三号楼东门")
    entries = [one for one in log.listing.things.values() if one.line is not None]
    assert {(one.line.body, one.struck) for one in entries if one.line} == {
        ("到达三号楼", True),
        ("到达三号楼东门", False),
    }
    hall.sit_down("局长")
    view.open_operation(view.page.board.operation.id if view.page.board else "")
    log.listing.choose(entries[-1].key)
    assert not log.correct_button.isVisible(), "the line of another"


def test_a_group_reports_from_a_desk_that_does_not_see_the_operation(
    qtbot: QtBot, hall: Office
) -> None:
    """A team's rows come to it; the plan of another team does not."""
    key = hall.do(running, hall.town)
    hall.desk.moment = at(28)
    with hall.desk.engine.begin() as connection:
        connection.execute(text("pragma foreign_keys = off"))
        for name in ("operation_act", "run_log", "operation"):
            connection.execute(text(f"delete from {name}"))
    hall.sit_down("白若溪")
    view = opened(qtbot, hall)
    qtbot.waitUntil(lambda: len(view.own.board.cards) == 2)
    assert rows(view) == []
    inside = next(c for c in view.own.board.cards.values() if c.group.name == "入户清点组")
    foot = inside.ok_button.mapTo(view.own.board, inside.ok_button.rect().bottomLeft())
    qtbot.waitUntil(lambda: view.own.board.rect().contains(foot))
    assert inside.level is Level.YELLOW
    press(qtbot, inside, "check_in")
    qtbot.waitUntil(lambda: inside.level is Level.GREEN)
    reports = next(one.reports for one in hall_groups(hall) if one.id == inside.group.id)
    assert [(one.act, one.person) for one in reports] == [("join", "值班员"), ("ok", "白若溪")]
    assert key


def test_who_leads_a_group_has_it_before_his_eyes(qtbot: QtBot, hall: Office) -> None:
    hall.do(running, hall.town)
    hall.desk.moment = at(12)
    view = opened(qtbot, hall)
    assert view.own.board.cards == {}, "the operator leads none"
    hall.sit_down("陶一鸣")
    view.own.live.ask()
    qtbot.waitUntil(lambda: len(view.own.board.cards) == 1)
    (own,) = view.own.board.cards.values()
    hall.desk.moment = at(60)
    view.own.board.tick(view.page._limits, at(60))
    assert own.level is Level.ALARM
    assert not own.ack_button.isVisible(), "nobody ends the alarm of his own group"


def test_orders_are_given_from_here(qtbot: QtBot, hall: Office) -> None:
    view, key = board(qtbot, hall)
    view.page.tabs.setCurrentWidget(view.page.orders)
    press(qtbot, view.page.orders, "new_order")
    panel, params = hall.desk.opened[-1]
    assert panel == "remote_command"
    assert (params["new"], params["operation_id"], params["place"]) == ("1", key, "凤鸣苑3号楼")
    one = card(view, "入户清点组")
    one.order_asked.emit(one.group)
    assert hall.desk.opened[-1][1]["team_id"] == hall.town.teams[1]


def test_the_report_says_what_happened_without_retyping(qtbot: QtBot, hall: Office) -> None:
    view, key = board(qtbot, hall)
    inside = next(one for one in hall_groups(hall) if one.name == "入户清点组")
    hall.desk.moment = at(40)
    hall.do(lambda c: acts.notice(c, hall.town.by("值班员", 40)))
    late = CheckinArgs(inside.id, "ok", hall.town.by("白若溪", 41), body="地下室无信号")
    hall.do(acts.check_in, late)
    view.page.log.line.setText("清点完毕，登记物品八十六件")
    QTest.keyClick(view.page.log.line, Qt.Key.Key_Return)
    hall.desk.moment = at(50)
    press(qtbot, view.page, "act_finish")
    answer(qtbot, view.page, "ask_finish", "房屋腾空并交付")
    assert state(hall, key) is State.FINISHED
    hall.desk.moment = at(55)
    press(qtbot, card(view, "入户清点组"), "acknowledge")
    answer(qtbot, view.page, "ask_acknowledge", "人员平安")
    press(qtbot, view.page, "act_report")
    assert "外围警戒组" in hall.desk.notices[-1][1], "its silence waits, too"
    assert not list(hall.desk.documents_folder().glob("*.pdf"))
    press(qtbot, card(view, "外围警戒组"), "acknowledge")
    answer(qtbot, view.page, "ask_acknowledge", "对讲机没电")
    hall.desk.moment = at(60)
    press(qtbot, view.page, "act_report")
    assert state(hall, key) is State.REPORTED
    (path,) = hall.desk.documents_folder().glob("行动报告_*.pdf")
    text = "".join(page.extract_text() for page in PdfReader(path).pages)
    plain = "".join(text.split())
    for words in (
        *("清点完毕，登记物品八十六件", "房屋腾空并交付", "地下室无信号", "人员平安"),
        *("亲属聚集阻挠", "有人突发疾病", "豫C0786警", "局长", "方案安排警力6人"),
        *("入户清点组", "外围警戒组", "值班员"),
    ):
        assert words in plain, words
    assert hall.desk.copies[-1][:2] == ("print", "行动报告")


def hall_groups(hall: Office) -> Any:
    with hall.desk.engine.connect() as connection:
        return watched(connection)


def test_an_approved_plan_that_is_changed_goes_back_to_the_start(
    qtbot: QtBot, hall: Office
) -> None:
    key = hall.do(approved, hall.town)
    hall.desk.moment = at(5)
    view = opened(qtbot, hall)
    view.open_operation(key)
    assert "start" in shown_acts(view)
    press(qtbot, view.page, "act_edit")
    form = view.form
    assert isinstance(form, PlanForm)
    form.form.field("aim").set_value("另一个目标")
    press(qtbot, form, "save_plan")
    assert view.shown is view.page
    assert "start" not in shown_acts(view)
    assert "submit" in shown_acts(view)
    assert "重新送审" in view.page.next.text()


def test_a_click_on_the_map_is_the_next_point_of_the_way(qtbot: QtBot, hall: Office) -> None:
    key = hall.do(saved, hall.town)
    view = opened(qtbot, hall)
    view.open_operation(key)
    press(qtbot, view.page, "act_edit")
    form = view.form
    assert isinstance(form, PlanForm)
    form.sketch.map.map_clicked.emit(112.46, 34.66)
    route = form.typed().plan.route
    assert [(one.lat_e7, one.lon_e7) for one in route] == [
        (346_500_000, 1_124_500_000),
        (None, None),
        (346_600_000, 1_124_600_000),
    ]
    assert route[2].place
    assert hall.desk.drafts, "and it is kept"


def test_in_a_narrow_pane_the_leads_stand_in_a_menu(qtbot: QtBot, hall: Office) -> None:
    view, _key = board(qtbot, hall)
    page = view.page
    assert page.map_button.isVisible()
    assert not page.more_button.isVisible()
    view.resize(320, 600)
    qtbot.waitUntil(page.more_button.isVisible)
    assert not page.map_button.isVisible()
    for card_ in page.groups.cards.values():
        assert card_.geometry().right() <= page.groups.width()


def test_police_and_pictures_are_asked_for_and_opened_where_they_live(
    qtbot: QtBot, hall: Office
) -> None:
    view, key = board(qtbot, hall)
    press(qtbot, view.page, "ask_police")
    assert hall.desk.opened[-1] == (
        "police",
        {"new": "1", "operation_id": key, "team_id": hall.town.teams[0]},
    )
    picture = LogArgs(
        key, "picture", "入户画面", hall.town.by("局长", 11), about="snapshot", about_id="s1"
    )
    hall.do(acts.log, picture)
    log = view.page.log.listing
    entry = next(one for one in log.things.values() if one.picture_id)
    log.choose(entry.key)
    log.table.row_activated.emit(log.table.current_id())
    assert hall.desk.opened[-1] == ("feeds", {"snapshot_id": "s1"})
