"""Intents by real clicks: kept while typed, never counted as money, and shown as they fare."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.contract.context import Selection
from desktop.errors import UserError
from desktop.panels.disbursement.commands import AskArgs, make_orders
from desktop.panels.disbursement.queries import waiting_count
from desktop.panels.disbursement.rules import COURSE_WORDS, OPEN, WAYS, Act, Course, Wish
from desktop.panels.disbursement.seed import account
from desktop.panels.disbursement.view import DisbursementView
from storage.schema import table
from tests.panels.clicks import shown
from tests.panels.disbursement.rows import joined, put_act, put_intent, put_order, put_refused
from tests.panels.real_city import TODAY, RealCity, real_city

FUNDS = {
    "code": "funds",
    "available_fen": 6_120_000,
    "last": {
        "number": "付2026-000007",
        "amount_fen": 2_480_000,
        "at": "2026-11-22T15:20:00+08:00",
        "payee": "申请人乙",
        "maker": "clerk",
    },
}


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    made = real_city(tmp_path, deferred=True)
    made.put("fund", case_id=made.late_case, balance_fen=8_600_000, held_fen=0, ver=3)
    for n, name in enumerate(("许会计", "秦会计")):
        made.people = {**made.people, name: f"finance0-0000-7000-8000-00000000000{n}"}
        made.put("person", id=made.person(name), court_id=made.court, name=name, post="finance")
    made.put("party", case_id=made.late_case, role="applicant", name="申请人甲", kind="natural")
    return made


def opened(qtbot: QtBot, city: RealCity) -> DisbursementView:
    view = DisbursementView(city.context)
    QAbstractItemModelTester(
        view.list.model, QAbstractItemModelTester.FailureReportingMode.Fatal, view.list.model
    )
    shown(qtbot, view, 1100, 700)
    return view


def listed(view: DisbursementView) -> list[Any]:
    model = view.list.model
    rows = [model.row_values(row) for row in range(model.rowCount())]
    return [row for row in rows if row is not None]


def states(view: DisbursementView) -> list[str]:
    return [str(row["state"][1]) for row in listed(view)]


def requests(city: RealCity) -> list[Any]:
    with city.context.engine.connect() as connection:
        return list(connection.execute(select(table("request"))))


def field(view: DisbursementView, name: str) -> QLineEdit:
    found = view.form.findChild(QLineEdit, name)
    assert isinstance(found, QLineEdit)
    return found


def test_an_intent_is_typed_kept_and_recorded_with_what_was_seen(
    qtbot: QtBot, city: RealCity
) -> None:
    joined(city)
    view = opened(qtbot, city)
    city.context.select(Selection(city.late_case, None, ""))
    view.new_order()
    assert not view.form.amount.isEnabled()  # what is kept would replace what is typed now
    qtbot.waitUntil(view.form.amount.isEnabled)
    assert "86,000.00" in view.form.known.text()
    qtbot.keyClicks(view.form.amount, "86000")
    qtbot.keyClicks(field(view, "order_payee"), "Payee A")
    qtbot.waitUntil(lambda: bool(city.context.drafts))
    view.close()
    view = opened(qtbot, city)  # as after a restart: the form is filled from what was kept
    view.new_order()
    qtbot.waitUntil(lambda: view.form.payee.text() == "Payee A")
    assert view.form.amount.value() == 8_600_000
    with qtbot.waitSignal(view.form.asked):
        qtbot.mouseClick(view.form.form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: states(view) == [COURSE_WORDS[Course.INTENT]])
    (row,) = requests(city)
    args = json.loads(row.args)
    assert (row.kind, row.state, args["amount_fen"]) == ("disburse", "asked", 8_600_000)
    assert args["seen"] == {
        "available_fen": 8_600_000,
        "handler_id": city.handler,
        "team_id": city.team,
        "closed_on": None,
        "account_no": None,
    }
    assert not city.context.drafts


def test_what_was_kept_for_a_case_never_fills_the_form_of_another(
    qtbot: QtBot, city: RealCity
) -> None:
    view = opened(qtbot, city)
    kept = {"entries": [{"amount": 100, "payee": "A"}], "computation": ""}
    city.context.drafts[f"disbursement:{city.late_case}"] = kept
    answers: list[Callable[[], None]] = []
    city.context.hold_drafts(answers)
    view.apply({"new": "1", "case_id": city.late_case})
    qtbot.waitUntil(lambda: len(answers) == 1)
    view.apply({"new": "1", "case_id": city.calm_case})
    qtbot.waitUntil(lambda: len(answers) == 2)
    answers[0]()
    assert (view.form.payee.text(), view.form.amount.isEnabled()) == ("", False)
    answers[1]()
    assert (view.form.payee.text(), view.form.amount.isEnabled()) == ("", True)


def test_an_intent_takes_nothing_from_the_balance(qtbot: QtBot, city: RealCity) -> None:
    put_intent(city, 8_600_000)
    with city.context.engine.connect() as connection:
        seen = account(connection, city.late_case)
    assert seen is not None
    assert (seen.available_fen, seen.intents_fen) == (8_600_000, 8_600_000)
    view = opened(qtbot, city)
    view.apply({"new": "1", "case_id": city.late_case})
    qtbot.waitUntil(lambda: "86,000.00" in view.form.known.text())
    assert view.form.known.text().count("86,000.00") == 2


def test_the_list_tells_where_each_request_stands(qtbot: QtBot, city: RealCity) -> None:
    put_intent(city, 1)
    put_refused(city, 8_600_000, FUNDS)
    put_refused(
        city,
        100,
        {
            "code": "changed",
            "fact": "closed_on",
            "seen": None,
            "now": "2026-11-21",
            "by": city.person("顾长风"),
            "at": "2026-11-21T10:00:00+08:00",
        },
    )
    in_order = [one for one in Course if one.value not in ("intent", "refused", "changed")]
    for course in in_order:
        state = "paid" if course is Course.REVERSED else course.value
        order_id = put_order(city, state)
        if course is Course.REVERSED:
            booked = {
                "case_id": city.late_case,
                "amount_fen": 1,
                "maker": "x",
                "at": "2026-11-22T15:20:00+08:00",
            }
            entry = city.put("fund_entry", kind="payment", number="付1", hold_id=order_id, **booked)
            city.put("fund_entry", kind="reversal", number="冲1", reverses=entry, **booked)
    view = opened(qtbot, city)
    qtbot.waitUntil(lambda: sorted(states(view)) == sorted(COURSE_WORDS[one] for one in OPEN))
    view.list.open_button.click()
    qtbot.waitUntil(lambda: sorted(states(view)) == sorted(COURSE_WORDS.values()))
    why = {row["course"]: row["why"] for row in listed(view) if row["why"]}
    assert why[Course.REFUSED] == (
        "未受理：可用余额 ¥61,200.00，2026-11-22 15:20 已付 ¥24,800.00（付2026-000007）。"
    )
    assert "结案日期由“无”变为“2026-11-21”（顾长风 2026-11-21 10:00）" in why[Course.CHANGED]
    view.list.course_box.set_selected((Course.PAID.value, Course.INTENT.value))
    view.list.course_box.changed.emit()
    wanted = sorted((COURSE_WORDS[Course.PAID], COURSE_WORDS[Course.INTENT]))
    qtbot.waitUntil(lambda: sorted(states(view)) == wanted)


def test_one_click_asks_again_over_what_is_there(qtbot: QtBot, city: RealCity) -> None:
    joined(city)
    put_refused(city, 8_600_000, FUNDS)
    view = opened(qtbot, city)
    qtbot.waitUntil(lambda: bool(listed(view)))
    view.list.table.selectRow(0)
    qtbot.waitUntil(view.list.less_button.isVisible)
    assert "¥61,200.00" in view.list.less_button.text()
    qtbot.mouseClick(view.list.less_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: states(view) == [COURSE_WORDS[Course.INTENT]])
    (row,) = requests(city)
    args = json.loads(row.args)
    # The parts were those of the other sum.
    assert (args["amount_fen"], args["principal_fen"]) == (6_120_000, None)


def test_what_waits_for_a_person_is_counted_and_listed(qtbot: QtBot, city: RealCity) -> None:
    first = put_order(city)  # waits for any keeper of the money
    second = put_order(city, stage="bureau_chief")
    put_act(city, second, "pass", "许会计", n=2, stage="fund_keeper")
    third = put_order(city, "approved")
    put_act(city, third, "pass", "许会计", n=2, stage="fund_keeper")
    back = put_order(city, "returned")
    put_act(city, back, "return", "许会计", n=2, stage="fund_keeper", body="账号有误")
    expected = {
        "许会计": {first},  # nobody sends what he passed
        "秦会计": {first, third},
        "局长乙": {second},
        "院领导丙": set(),
        "顾长风": {back},
    }
    for name, orders in expected.items():
        with city.context.engine.connect() as connection:
            count = waiting_count(connection, TODAY, city.person(name))
        assert count == (len(orders), "due_soon" if orders else ""), name
        city.sit_down(name)
        view = opened(qtbot, city)
        qtbot.waitUntil(lambda view=view: len(listed(view)) == 3)  # all see all that is open
        view.list.waiting_button.click()
        qtbot.waitUntil(
            lambda view=view, orders=orders: {row["id"] for row in listed(view)} == orders
        )
        view.close()


def test_without_a_case_the_desk_says_so(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    view.new_order()
    assert city.context.notices[-1][0] == "warning"
    view.apply({"new": "1", "case_id": "00000000-0000-7000-8000-000000000000"})
    qtbot.waitUntil(lambda: len(city.context.notices) == 2)


def wish(city: RealCity, **changes: Any) -> Wish:
    made: dict[str, Any] = {
        "way": WAYS["payment"],
        "case_id": city.late_case,
        "amount_fen": 100,
        "payee": "甲",
        **changes,
    }
    return Wish(**made)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount_fen": 0}, "大于零"),
        ({"amount_fen": -1, "payee": ""}, "大于零；领款人"),
        ({"payee": " "}, "领款人"),
        ({"payee": "甲" * 101}, "100 字"),
        ({"parts": {"principal_fen": 60, "fee_fen": 30}}, "各项金额之和"),
        ({"parts": {"principal_fen": 160, "fee_fen": -60}}, "负数"),
        ({"account_no": "1234/5678"}, "数字和字母"),
        ({"account_no": "账号"}, "数字和字母"),
        ({"confirmed_on": date(2026, 11, 24), "account_no": "1234"}, "晚于今天"),
        ({"confirmed_on": TODAY}, "账号未填写"),
        ({"call_back_result": "属实"}, "同时写明日期"),
        ({"way": WAYS["escrow"]}, "法定事由"),
        ({"computation": "{}"}, "计算步骤"),
        ({"computation": "x"}, "计算书"),
    ],
)
def test_all_faults_come_in_one_sentence(
    city: RealCity, changes: dict[str, Any], words: str
) -> None:
    with (
        city.context.engine.begin() as connection,
        pytest.raises(UserError, match=words),
    ):
        make_orders(connection, AskArgs((wish(city, **changes),), city.handler, TODAY))
    assert requests(city) == []


def test_of_several_payees_all_are_asked_for_or_none(city: RealCity) -> None:
    joined(city)
    good, bad = wish(city, payee="甲"), wish(city, payee="乙", amount_fen=0)
    with (
        city.context.engine.begin() as connection,
        pytest.raises(UserError, match="乙：金额须大于零"),
    ):
        make_orders(connection, AskArgs((good, bad), city.handler, TODAY))
    assert requests(city) == []
    with city.context.engine.begin() as connection:
        made = make_orders(connection, AskArgs((good, wish(city, payee="乙")), city.handler, TODAY))
    assert (made.waiting, len(requests(city))) == (2, 2)


def test_what_is_asked_of_an_order_is_not_asked_twice(qtbot: QtBot, city: RealCity) -> None:
    joined(city)
    order_id = put_order(city)
    city.sit_down("许会计")
    view = opened(qtbot, city)
    view.open_order(order_id)
    approve = view.page.buttons[Act.PASS, ""]
    qtbot.waitUntil(approve.isVisible)
    qtbot.mouseClick(approve, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "待共享库裁定" in view.page.warnings.text())
    assert not approve.isVisible()
    (row,) = requests(city)
    assert (row.kind, json.loads(row.args)["order_id"]) == ("pass_order", order_id)


def test_the_slower_clerk_of_a_hub_sees_who_was_faster(qtbot: QtBot, city: RealCity) -> None:
    order_id = put_order(city, "sent")
    faster = {
        "code": "already",
        "act": "send",
        "by": "clerk2",
        "person_id": city.person("秦会计"),
        "at": "2026-11-22T15:20:00+08:00",
        "number": "批1",
    }
    put_refused(city, 0, faster, kind="send_order", order_id=order_id)
    view = opened(qtbot, city)
    view.open_order(order_id)
    wanted = "送出未受理：已由 秦会计 于 2026-11-22 15:20 送出（批1），没有重复办理。"
    qtbot.waitUntil(lambda: wanted in view.page.warnings.text())
