"""Intents by real clicks: kept while typed, never counted as money, and shown as they fare."""

import json
from collections.abc import Callable
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
from desktop.panels.disbursement.commands import Intent, ask
from desktop.panels.disbursement.queries import account, open_requests
from desktop.panels.disbursement.rules import COURSE_WORDS, Course, course
from desktop.panels.disbursement.view import DisbursementView
from storage.schema import table
from tests.panels.clicks import shown
from tests.panels.real_city import TODAY, RealCity, real_city


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    made = real_city(tmp_path, deferred=True)
    made.put("fund", case_id=made.late_case, balance_fen=8_600_000, held_fen=0, ver=3)
    return made


def opened(qtbot: QtBot, city: RealCity) -> DisbursementView:
    view = DisbursementView(city.context)
    QAbstractItemModelTester(
        view.list.model, QAbstractItemModelTester.FailureReportingMode.Fatal, view.list.model
    )
    shown(qtbot, view, 1100, 600)
    return view


def states(view: DisbursementView) -> list[str]:
    model = view.list.model
    rows = [model.row_values(row) for row in range(model.rowCount())]
    return ["" if row is None else str(row["state"][1]) for row in rows]  # type: ignore[index]


def requests(city: RealCity) -> list[Any]:
    with city.context.engine.connect() as connection:
        return list(connection.execute(select(table("request"))))


def put_request(city: RealCity, fen: int, state: str = "asked") -> str:
    args = json.dumps({"amount_fen": fen, "payee": "申请人甲"})
    return city.put("request", kind="disburse", case_id=city.late_case, args=args, state=state)


def put_entry(city: RealCity, kind: str, row_id: str, hold: str | None = None) -> None:
    city.put(
        "fund_entry",
        id=row_id,
        case_id=city.late_case,
        kind=kind,
        amount_fen=100,
        number=f"{kind}-{row_id}",
        hold_id=hold,
        at="2026-11-22T15:20:00+08:00",
        maker="clerk",
    )


def test_an_intent_is_typed_kept_and_recorded_with_what_was_seen(
    qtbot: QtBot, city: RealCity
) -> None:
    view = opened(qtbot, city)
    city.context.select(Selection(city.late_case, None, ""))
    view.new_request()
    assert not view.form.amount.isEnabled()  # what is kept would replace what is typed now
    qtbot.waitUntil(view.form.amount.isEnabled)
    assert "86,000.00" in view.form.known.text()
    payee = view.form.findChild(QLineEdit, "intent_payee")
    assert payee is not None
    qtbot.keyClicks(view.form.amount, "86000")
    qtbot.keyClicks(payee, "Payee A")
    qtbot.waitUntil(lambda: bool(city.context.drafts))
    view.close()
    view = opened(qtbot, city)  # as after a restart: the form is filled from what was kept
    view.new_request()
    qtbot.waitUntil(lambda: view.form.payee.text() == "Payee A")
    assert view.form.amount.value() == 8_600_000
    with qtbot.waitSignal(view.form.asked):
        qtbot.mouseClick(view.form.form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: states(view) == [COURSE_WORDS[Course.INTENT]])
    (row,) = requests(city)
    args = json.loads(row.args)
    assert (row.kind, row.state, args["amount_fen"]) == ("disburse", "asked", 8_600_000)
    assert (args["seen_fen"], args["seen_ver"]) == (8_600_000, 3)
    assert not city.context.drafts


def test_what_was_kept_for_a_case_never_fills_the_form_of_another(
    qtbot: QtBot, city: RealCity
) -> None:
    view = opened(qtbot, city)
    city.context.drafts[f"disbursement:{city.late_case}"] = {"amount": 100, "payee": "A"}
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
    put_request(city, 8_600_000)
    with city.context.engine.connect() as connection:
        seen = account(connection, city.late_case)
    assert seen is not None
    assert (seen.available_fen, seen.intents_fen) == (8_600_000, 8_600_000)
    view = opened(qtbot, city)
    view.apply({"new": "1", "case_id": city.late_case})
    qtbot.waitUntil(lambda: "86,000.00" in view.form.known.text())
    assert view.form.known.text().count("86,000.00") == 2


def test_the_list_tells_where_each_request_stands(qtbot: QtBot, city: RealCity) -> None:
    put_request(city, 1)
    for ended in (None, "payment", "release"):
        hold = put_request(city, 100, "accepted")
        put_entry(city, "hold", hold)
        if ended:
            put_entry(city, ended, f"{ended}-0000-7000", hold)
    view = opened(qtbot, city)
    qtbot.waitUntil(lambda: sorted(states(view)) == sorted(COURSE_WORDS.values()))
    view.list.course_box.set_selected((Course.PAID.value, Course.INTENT.value))
    wanted = sorted((COURSE_WORDS[Course.PAID], COURSE_WORDS[Course.INTENT]))
    qtbot.waitUntil(lambda: sorted(states(view)) == wanted)
    with city.context.engine.connect() as connection:
        assert open_requests(connection, TODAY) == (2, "due_soon")


def test_without_a_case_the_desk_says_so(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    view.new_request()
    assert city.context.notices[-1][0] == "warning"
    view.apply({"new": "1", "case_id": "00000000-0000-7000-8000-000000000000"})
    qtbot.waitUntil(lambda: len(city.context.notices) == 2)


@pytest.mark.parametrize(
    ("fen", "payee", "words"),
    [(0, "甲", "大于零"), (-1, "", "领款人"), (5, " ", "领款人"), (5, "甲" * 101, "100 字")],
)
def test_all_faults_come_in_one_sentence(city: RealCity, fen: int, payee: str, words: str) -> None:
    with (
        city.context.engine.begin() as connection,
        pytest.raises(UserError, match=words),
    ):
        ask(connection, Intent(city.late_case, fen, payee, "", "", ""))
    assert requests(city) == []


@pytest.mark.parametrize(
    ("state", "ended", "where"),
    [
        ("asked", None, Course.INTENT),
        ("asked", "payment", Course.INTENT),
        ("accepted", None, Course.GRANTED),
        ("accepted", "payment", Course.PAID),
        ("accepted", "release", Course.RELEASED),
    ],
)
def test_course(state: str, ended: str | None, where: Course) -> None:
    assert course(state, ended) is where
