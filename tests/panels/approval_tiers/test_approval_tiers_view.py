"""The approval tiers by real clicks: a day's table, an amount's chain, a change by two persons."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import insert

from desktop.panels.approval_tiers.view import ApprovalTiersView
from desktop.rules.signing_matrix import UNCONFIRMED_MARK
from storage.schema import metadata
from tests.funds.till import FINANCE, till_of
from tests.panels.real_city import RealCity, real_city
from widgets.forms import DateField, MoneyField


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    made = real_city(tmp_path)
    till_of(made)
    with made.context.engine.begin() as connection:
        # What a replica writes down when it is made.
        connection.execute(insert(metadata.tables["_ctl"]).values(device_id="desk"))
    return made


def open_view(qtbot: QtBot, city: RealCity, who: str = "周清和") -> ApprovalTiersView:
    city.sit_down(who)
    view = ApprovalTiersView(city.context)
    qtbot.addWidget(view)
    for model in (view.tiers.list.model, view.changes.list.model):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(1200, 720)
    view.show()
    qtbot.waitExposed(view)
    qtbot.waitUntil(lambda: view.tiers.list.model.rowCount() > 0)
    return view


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible(), button.text()
    assert button.isEnabled(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_tiers_of_a_day_with_what_nobody_has_checked(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    model = view.tiers.list.model
    qtbot.waitUntil(lambda: all(model.row_values(row) for row in range(2)))
    assert model.rowCount() == 2
    shown = [model.row_values(row) for row in range(2)]
    assert [row["purpose"] for row in shown if row] == ["各类款项"] * 2
    assert shown[1] is not None
    assert shown[1]["chain"] == "案款管理人审核 → 执行局局长审批 → 分管院领导审批"
    assert shown[1]["state"] == ("unknown", "未核实")
    assert str(shown[1]["basis"]).endswith(UNCONFIRMED_MARK)
    assert "局长乙" in view.tiers.able.text()
    assert all(name in view.tiers.able.text() for name in FINANCE)
    view.tiers.day.set_value(date(2016, 1, 1))
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    (line,) = view.tiers.list.things.values()
    assert line.tier is None


def test_an_amount_shows_its_chain_with_names(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    page = view.tiers
    qtbot.keyClicks(page.amount, "99999.99")
    qtbot.waitUntil(lambda: "局长乙" in page.answer.text())
    assert "院领导丙" not in page.answer.text()
    page.amount.clear()
    qtbot.keyClicks(page.amount, "100000")
    qtbot.waitUntil(lambda: "院领导丙" in page.answer.text())
    assert page.answer.text().startswith("承办人提出")
    assert not page.warning.isVisible()
    view.apply({"purpose": "fee", "amount": "100"})
    qtbot.waitUntil(lambda: "院领导丙" not in page.answer.text())
    assert page.purpose.currentData() == "fee"
    page.day.set_value(date(2016, 1, 1))
    qtbot.waitUntil(page.warning.isVisible)
    assert page.answer.text() == ""


def test_who_is_away_and_who_stands_in_is_told(qtbot: QtBot, city: RealCity) -> None:
    chief = city.person("局长乙")
    city.put(
        "absence",
        person_id=chief,
        from_on="2026-11-20",
        to_on="2026-11-27",
        kind="leave",
        status="planned",
    )
    city.put(
        "delegation",
        from_id=chief,
        to_id=city.person("副局长甲"),
        post="bureau_chief",
        from_on="2026-11-20",
        to_on="2026-11-27",
        document_no="授〔2026〕1号",
        agreed_by=city.person("院长丁"),
        state="agreed",
    )
    view = open_view(qtbot, city)
    assert "局长乙（休假）、副局长甲（代行局长）" in view.tiers.able.text()


def fill(qtbot: QtBot, view: ApprovalTiersView) -> None:
    view.apply({"tab": "changes"})
    press(qtbot, view.changes.propose_button)
    dialog = view.changes.form
    assert dialog is not None
    form = dialog.form
    purpose, low, basis = (form.field(key).control for key in ("purpose", "low", "basis"))
    assert isinstance(purpose, QComboBox)
    assert isinstance(low, MoneyField)
    assert isinstance(basis, QLineEdit)
    purpose.setCurrentIndex(purpose.findData("payment"))
    low.set_value(5_000_000)
    basis.setText("本院〔2026〕8号")


def tick(view: ApprovalTiersView, *codes: str) -> None:
    assert view.changes.form is not None
    for code in codes:
        box = view.changes.form.findChild(QCheckBox, f"stage_{code}")
        assert isinstance(box, QCheckBox)
        box.setChecked(True)


def test_a_change_is_proposed_by_one_and_agreed_by_another(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "局长乙")
    fill(qtbot, view)
    page = view.changes
    assert page.form is not None
    tick(view, "fund_keeper")
    press(qtbot, page.form.form.submit_button)
    assert "局长或者院领导" in page.form.form.field("stages").error()
    tick(view, "bureau_chief", "vice_president", "president")
    first = page.form.form.field("first").control
    assert isinstance(first, DateField)
    press(qtbot, page.form.form.submit_button)
    qtbot.waitUntil(lambda: page.form is None)
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    page.list.table.selectRow(0)
    qtbot.waitUntil(page.card.isVisible)
    assert not page.agree_button.isEnabled()
    assert "提出人以外" in page.fault.text()
    city.sit_down("院长丁")
    page.live.ask()
    qtbot.waitUntil(page.agree_button.isEnabled)
    press(qtbot, page.agree_button)
    dialog = view.window().findChild(QDialog, "settle_tier")
    assert isinstance(dialog, QDialog)
    accept = dialog.findChild(QPushButton, "accept")
    assert isinstance(accept, QPushButton)
    qtbot.mouseClick(accept, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.agree_button.isVisible())
    view.apply({"purpose": "payment", "amount": "6000000"})
    qtbot.waitUntil(lambda: "院长审批" in view.tiers.answer.text())
    model = view.tiers.list.model
    qtbot.waitUntil(lambda: model.rowCount() == 4)
    qtbot.waitUntil(lambda: all(model.row_values(row) for row in range(4)))
    rows = [model.row_values(n) for n in range(4)]
    assert ("due_soon", "本院变更") in [row["state"] for row in rows if row]


def test_a_refused_change_stays_in_the_list(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city, "局长乙")
    fill(qtbot, view)
    tick(view, "bureau_chief")
    page = view.changes
    assert page.form is not None
    press(qtbot, page.form.form.submit_button)
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    city.sit_down("院长丁")
    page.live.ask()
    page.list.table.selectRow(0)
    qtbot.waitUntil(page.refuse_button.isEnabled)
    press(qtbot, page.refuse_button)
    dialog = view.window().findChild(QDialog, "settle_tier")
    assert isinstance(dialog, QDialog)
    accept = dialog.findChild(QPushButton, "accept")
    assert isinstance(accept, QPushButton)
    qtbot.mouseClick(accept, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [one.tier.state for one in page.list.things.values()] == ["refused"])
    assert page.list.model.rowCount() == 1
