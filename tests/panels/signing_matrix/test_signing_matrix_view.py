"""The matrix by real clicks: reading, asking, two persons for a change, powers, proof."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.contract.context import Who
from desktop.documents.powers import Change, propose
from desktop.documents.staff import matrix
from desktop.panels.signing_matrix import proof
from desktop.panels.signing_matrix.proof_page import ProofPage
from desktop.panels.signing_matrix.view import SigningMatrixView
from desktop.rules.signing import Attempt, Decision, decide
from desktop.rules.signing_matrix import Matrix, Stage
from storage.schema import table
from tests.documents.office import AT, Office, office
from tests.panels.real_city import TODAY

FROM = TODAY + timedelta(days=8)
NOTICE = ((Stage.DRAFT, "group:general.member"), (Stage.SIGN, "post:vice_president"))


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path)


def sit(desk: Office, who: str) -> None:
    desk.city.context.who = Who(desk.people[who], who, "")


def open_view(qtbot: QtBot, desk: Office, who: str, tab: str = "matrix") -> SigningMatrixView:
    sit(desk, who)
    view = SigningMatrixView(desk.city.context)
    qtbot.addWidget(view)
    for page in (view.matrix, view.changes, view.powers, view.compare, view.proof):
        model = page.list.model
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(1200, 720)
    view.apply({"tab": tab})
    view.show()
    qtbot.waitExposed(view)
    return view


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible(), button.text()
    assert button.isEnabled(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def accept(qtbot: QtBot, view: QWidget, name: str) -> None:
    shown = view.window().findChild(QDialog, name)
    assert isinstance(shown, QDialog), name
    button = shown.findChild(QPushButton, "accept")
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def settle(qtbot: QtBot, shown: Callable[[], bool]) -> None:
    qtbot.waitUntil(shown)


def put_change(desk: Office, who: str = "chief", valid_from: date = FROM) -> str:
    with desk.engine.begin() as connection:
        return propose(
            connection,
            Change("notice", NOTICE, valid_from, None, "洛中法〔2026〕9号", desk.people[who], AT),
        )


def notice_signers(desk: Office, day: date) -> frozenset[str]:
    with desk.engine.connect() as connection:
        return matrix(connection, day).document("notice").steps[-1].signers


def test_the_table_shows_every_stage_and_is_searched(qtbot: QtBot, desk: Office) -> None:
    view = open_view(qtbot, desk, "clerk")
    with desk.engine.connect() as connection:
        whole = sum(len(one.steps) for one in matrix(connection, TODAY).documents.values())
    settle(qtbot, lambda: view.matrix.list.model.rowCount() == whole)
    view.matrix.search.setText("拘留 院长")
    assert {line.code for line in view.matrix.list.things.values()} == {"detention_decision"}
    (line,) = view.matrix.list.things.values()
    assert (line.stage, line.signers, line.fixed) == ("审批", "院长", True)
    assert "民诉法第119条" in line.basis
    view.matrix.search.setText("未核实")
    assert all(
        not line.confirmed or "未核实" in line.delegates
        for line in view.matrix.list.things.values()
    )


def test_a_former_day_has_the_law_of_that_day(qtbot: QtBot, desk: Office) -> None:
    view = open_view(qtbot, desk, "clerk")
    view.matrix.search.setText("拘留 院长")
    view.matrix.day.set_value(date(2020, 3, 1))
    settle(
        qtbot,
        lambda: any("（2017）第116条" in one.basis for one in view.matrix.list.things.values()),
    )


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("president", "院长丁可以办理拘留决定书的审批"),
        ("chief", "局长乙（执行局局长，未入额）不能办理"),
        ("vice_president", "可以审批的有：院长丁"),
    ],
)
def test_the_question_is_answered_with_its_reason(
    qtbot: QtBot, desk: Office, who: str, said: str
) -> None:
    view = open_view(qtbot, desk, "clerk")
    settle(qtbot, lambda: view.matrix.document.count() > 0)
    view.matrix.ask("detention_decision", "approve", desk.people[who])
    settle(qtbot, view.matrix.answer.isVisible)
    assert said in view.matrix.answer.text()


def test_the_question_knows_the_team_of_a_case(qtbot: QtBot, desk: Office) -> None:
    view = open_view(qtbot, desk, "clerk")
    settle(qtbot, lambda: view.matrix.document.count() > 0)
    number = "（2026）豫0381执2962号"
    view.matrix.ask("execution_notice", "draft", desk.people["judge"], number)
    settle(qtbot, lambda: "可以办理" in view.matrix.answer.text())
    view.matrix.ask("execution_notice", "draft", desk.people["leader"], number)
    settle(qtbot, lambda: "不能办理" in view.matrix.answer.text())
    view.matrix.ask("execution_notice", "draft", desk.people["leader"], "没有这个号")
    settle(qtbot, lambda: "案号有误" in view.matrix.answer.text())


def test_a_change_is_proposed_in_the_form_and_takes_another_person(
    qtbot: QtBot, desk: Office
) -> None:
    before = notice_signers(desk, FROM)
    view = open_view(qtbot, desk, "chief", "changes")
    press(qtbot, view.changes.propose_button)
    settle(qtbot, lambda: view.changes.form is not None)
    dialog = view.changes.form
    assert dialog is not None
    form = dialog.form
    form.set_values({"document": "notice", "basis": "洛中法〔2026〕9号", "first": FROM})
    form.field("steps").set_value(NOTICE)
    press(qtbot, form.submit_button)
    settle(qtbot, lambda: view.changes.list.model.rowCount() == 1)
    view.changes.list.table.selectRow(0)
    settle(qtbot, view.changes.card.isVisible)
    assert "proposed it yourself" in view.changes.fault.text()
    assert not view.changes.agree_button.isEnabled()
    assert not view.changes.refuse_button.isEnabled()
    assert notice_signers(desk, FROM) == before

    sit(desk, "president")
    view.changes.live.ask()
    settle(qtbot, view.changes.agree_button.isEnabled)
    press(qtbot, view.changes.agree_button)
    accept(qtbot, view, "settle_change")
    settle(qtbot, lambda: notice_signers(desk, FROM) == {"post:vice_president"})
    assert notice_signers(desk, FROM - timedelta(days=1)) == before
    settle(qtbot, lambda: not view.changes.agree_button.isVisible())


def test_what_the_law_forbids_is_refused_in_the_form_and_nothing_typed_is_lost(
    qtbot: QtBot, desk: Office
) -> None:
    view = open_view(qtbot, desk, "chief", "changes")
    press(qtbot, view.changes.propose_button)
    settle(qtbot, lambda: view.changes.form is not None)
    dialog = view.changes.form
    assert dialog is not None
    form = dialog.form
    wrong = ((Stage.DRAFT, "team:judge"), (Stage.SIGN, "team:judge,maker"))
    form.set_values({"document": "detention_decision", "basis": "某文件", "first": FROM})
    form.field("steps").set_value(wrong)
    press(qtbot, form.submit_button)
    settle(qtbot, lambda: "须先经院长一人批准" in form.field("steps").error())
    assert form.values()["basis"] == "某文件"
    assert form.values()["steps"] == wrong
    with desk.engine.connect() as connection:
        assert connection.execute(table("signing_rule").select()).all() == []


def test_two_days_differ_where_a_change_came_between(qtbot: QtBot, desk: Office) -> None:
    put_change(desk)
    with desk.engine.begin() as connection:
        rule = table("signing_rule")
        agreed = {"state": "agreed", "agreed_by": desk.people["president"]}
        connection.execute(rule.update().values(agreed_at=AT.isoformat(), **agreed))
    view = open_view(qtbot, desk, "clerk", "compare")
    view.compare.first.set_value(TODAY)
    view.compare.second.set_value(FROM)
    settle(qtbot, lambda: {one.document for one in view.compare.list.things.values()} == {"通知"})
    told = {one.stage: (one.before, one.after) for one in view.compare.list.things.values()}
    assert "执行局局长" in told["签发"][0]
    assert told["签发"][1].startswith("副院长")
    view.compare.second.set_value(TODAY)
    settle(qtbot, lambda: not view.compare.list.things)


def test_a_power_is_given_agreed_to_by_a_third_and_ended(qtbot: QtBot, desk: Office) -> None:
    view = open_view(qtbot, desk, "president", "powers")
    press(qtbot, view.powers.give_button)
    settle(qtbot, lambda: view.powers.form is not None)
    dialog = view.powers.form
    assert dialog is not None
    form = dialog.form
    form.set_values({"first": TODAY, "last": TODAY + timedelta(days=3)})
    form.field("giver").set_value((desk.people["president"],))
    form.field("taker").set_value((desk.people["vice_president"],))
    number = form.field("document_no").control
    assert isinstance(number, QLineEdit)
    number.setText("洛中法〔2026〕31号")
    press(qtbot, form.submit_button)
    settle(qtbot, lambda: view.powers.list.model.rowCount() == 1)
    view.powers.list.table.selectRow(0)
    assert not view.powers.agree_button.isEnabled()  # his own

    sit(desk, "chief")
    view.powers.live.ask()
    settle(qtbot, view.powers.agree_button.isEnabled)
    press(qtbot, view.powers.agree_button)
    accept(qtbot, view, "settle_power")
    settle(qtbot, lambda: [one.state for one in view.powers.list.things.values()] == ["agreed"])

    sit(desk, "clerk")
    view.powers.live.ask()
    settle(qtbot, lambda: not view.powers.end_button.isEnabled())
    sit(desk, "president")
    view.powers.live.ask()
    settle(qtbot, view.powers.end_button.isEnabled)
    press(qtbot, view.powers.end_button)
    accept(qtbot, view, "settle_power")
    settle(qtbot, lambda: [one.state for one in view.powers.list.things.values()] == ["ended"])


def test_who_is_away_stands_beside_who_stands_in(qtbot: QtBot, desk: Office) -> None:
    away = {"from_on": TODAY.isoformat(), "to_on": FROM.isoformat(), "kind": "leave"}
    desk.city.put("absence", person_id=desk.people["president"], **away)
    view = open_view(qtbot, desk, "clerk", "powers")
    settle(qtbot, lambda: len(view.powers.away.things) == 1)
    (one,) = view.powers.away.things.values()
    assert (one.post, one.kind, one.by) == ("院长", "休假", "无人代行")


def small(page: ProofPage, desk: Office) -> None:
    """Only two documents, so that the walk ends soon."""
    asked = page._on_matrix

    def fewer(found: object) -> None:
        whole: Matrix = found.matrix  # type: ignore[attr-defined]
        few = {code: whole.documents[code] for code in ("notice", "execution_notice")}
        asked(replace(found, matrix=replace(whole, documents=few)))  # type: ignore[type-var]

    page._on_matrix = fewer  # type: ignore[method-assign]


def test_the_proof_is_walked_and_told(qtbot: QtBot, desk: Office) -> None:
    view = open_view(qtbot, desk, "clerk", "proof")
    small(view.proof, desk)
    press(qtbot, view.proof.start_button)
    settle(qtbot, view.proof.start_button.isEnabled)
    report = view.proof.report
    assert report is not None
    assert [one.code for one in report.counts] == ["notice", "execution_notice"]
    assert report.total("states") > 10
    assert report.violations == []
    assert "违反 0 项" in view.proof.summary.text()
    assert not view.proof.violations.isVisible()


def test_a_hole_in_the_matrix_is_shown(
    qtbot: QtBot, desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_door(rules: Matrix, attempt: Attempt) -> Decision:
        return replace(decide(rules, attempt), allowed=True)

    monkeypatch.setattr(proof, "decide", open_door)
    view = open_view(qtbot, desk, "clerk", "proof")
    small(view.proof, desk)
    press(qtbot, view.proof.start_button)
    settle(qtbot, view.proof.start_button.isEnabled)
    assert view.proof.violations.isVisible()
    assert "违反 0 项" not in view.proof.summary.text()
