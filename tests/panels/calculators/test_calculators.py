"""计算器 by real keys and clicks: counted as one types, refused all at once, printed, handed on."""

import json
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.contract.context import Selection
from desktop.panels.calculators.interest_tab import InterestTab
from desktop.panels.calculators.tab import CalculatorTab
from desktop.panels.calculators.view import CalculatorsView
from desktop.rules.calculation_files import read_debt, read_json
from desktop.rules.interest import interest
from desktop.rules.interest_law import load_interest_law
from tests.panels.real_city import RealCity, real_city
from widgets.forms import RowsEditor
from widgets.pdf_preview import PdfPreview

WORKED: dict[str, Any] = {
    "principal": [{"amount": "80000.00", "due": "2017-04-01"}],
    "payments": [{"on": "2017-05-01", "amount": "30000"}],
    "until": "2017-07-10",
}


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def opened(qtbot: QtBot, city: RealCity) -> CalculatorsView:
    view = CalculatorsView(city.context)
    qtbot.addWidget(view)
    view.resize(1180, 760)
    view.show()
    qtbot.waitExposed(view)
    return view


def typed(qtbot: QtBot, editor: RowsEditor, row: int, key: str, text: str) -> None:
    """Into a cell, by keys."""
    column = [one.key for one in editor.model.columns].index(key)
    at = editor.model.index(row, column)
    editor.table.setCurrentIndex(at)
    if editor.table.indexWidget(at) is None:
        editor.table.edit(at)
    line = editor.table.indexWidget(at)
    assert isinstance(line, QLineEdit)
    line.selectAll()
    if text.isascii():
        qtbot.keyClicks(line, text)
    else:
        line.insert(text)  # as an input method does
    qtbot.keyClick(line, Qt.Key.Key_Return)


def counted(qtbot: QtBot, tab: CalculatorTab) -> str:
    """The words of the result once it is there."""
    qtbot.waitUntil(lambda: tab.result.answer is not None)
    return tab.result.text.toPlainText()


def click(qtbot: QtBot, tab: CalculatorTab, name: str) -> None:
    button = getattr(tab.result, name)
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_interest_is_counted_while_one_types(qtbot: QtBot, city: RealCity) -> None:
    tab = opened(qtbot, city).interest
    editors = tab.editors()
    for editor in editors.values():
        QAbstractItemModelTester(
            editor.model, QAbstractItemModelTester.FailureReportingMode.Fatal, editor.model
        )
    tab.until.setText("2017-07-10")
    typed(qtbot, editors["principal"], 0, "amount", "80000")
    typed(qtbot, editors["principal"], 0, "due", "2017-4-1")
    words = counted(qtbot, tab)
    assert "1,400.00" in words
    typed(qtbot, editors["payments"], 0, "on", "2017-05-01")
    typed(qtbot, editors["payments"], 0, "amount", "30,000")
    qtbot.waitUntil(lambda: "1,032.50 元" in tab.result.text.toPlainText())
    words = tab.result.text.toPlainText()
    for step in ("0.000175×30", "0.000175×70", "157.50", "875.00", "法释〔2014〕8号第1条"):
        assert step in words


def test_a_rate_that_follows_lpr_shows_each_published_rate(qtbot: QtBot, city: RealCity) -> None:
    tab = opened(qtbot, city).interest
    rate = {"rate": "同期 1Y × 1.5", "per": "year", "basis": "360", "from": "2019-08-01"}
    tab.put({**WORKED, "general": [rate], "until": "2019-10-01"})
    tab.count_now()
    words = counted(qtbot, tab)
    for label in ("4.35%〔未核实〕×1.5", "一年期 LPR 4.25%×1.5", "一年期 LPR 4.20%〔未核实〕×1.5"):
        assert label in words


def test_all_faults_are_told_at_once_with_their_cells(qtbot: QtBot, city: RealCity) -> None:
    tab = opened(qtbot, city).interest
    tab.put(
        {
            "principal": [
                {"amount": "1", "due": "2017-04-01"},
                {},
                {"amount": "-2", "due": "2017-04-01"},
            ],
            "payments": [{"on": "2017-03-01", "amount": "1"}],
            "general": [{"rate": "LPR 3Y", "per": "year", "from": "2017-04-01"}],
            "until": "2017-07-10",
        }
    )
    tab.count_now()
    lines = tab.result.faults.text().split("\n")
    assert len(lines) == 3
    assert (
        "款项第 3 行·金额：金额不能为负数" in lines[0]
    )  # the blank row is skipped, not renumbered
    assert "付款第 1 行·日期：付款日 2017-03-01 早于" in lines[1]
    assert "一般利息第 1 行·利率：“LPR 3Y”不是利率" in lines[2]
    model = tab.editors()["principal"].model
    assert "不能为负" in model.index(2, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert not tab.result.hand_button.isEnabled()
    assert not tab.result.print_button.isEnabled()


def test_a_case_fills_the_form(qtbot: QtBot, city: RealCity) -> None:
    account = city.put("fund", case_id=city.late_case, kind="case", code="豫0381-2962")
    bank = city.put("fund", kind="bank")
    city.put("node_event", case_id=city.late_case, kind="judgment_due", on="2026-01-05")
    entry = {"case_id": city.late_case, "kind": "receipt", "maker": "x", "hash": "0" * 64}
    for n, (day, fen) in enumerate((("2026-03-02", 1_000_000), ("2026-04-01", 50_050)), start=1):
        city.put(
            "fund_entry",
            **entry,
            amount_fen=fen,
            number=f"收{n}",
            at=f"{day}T09:00:00+08:00",
            booked_on=day,
            debit_id=bank,
            credit_id=account,
            seq=n,
        )
    view = opened(qtbot, city)
    tab = view.interest
    assert not tab.fill_button.isEnabled()
    city.context.select(Selection(city.late_case))
    qtbot.waitUntil(tab.fill_button.isEnabled)
    qtbot.mouseClick(tab.fill_button, Qt.MouseButton.LeftButton)
    found = tab.typed()
    assert found["principal"][0]["amount"] == "1234567.00"
    assert found["principal"][0]["due"] == "2026-01-05"
    assert [(row["on"], row["amount"]) for row in found["payments"]] == [
        ("2026-03-02", "10000.00"),
        ("2026-04-01", "500.50"),
    ]
    assert "（2026）豫0381执2962号" in tab.result.answer.sheet.facts[0][1]  # type: ignore[union-attr]


def test_the_result_goes_into_a_payment_order(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    city.context.select(Selection(city.late_case))
    tab = view.interest
    tab.put(WORKED)
    tab.count_now()
    counted(qtbot, tab)
    click(qtbot, tab, "hand_button")
    ((panel, params),) = city.context.opened
    assert panel == "disbursement"
    assert (params["new"], params["case_id"]) == ("1", city.late_case)
    assert params["amount"] == str(5_000_000 + 103_250)
    told = json.loads(params["computation"])
    assert told["parts"] == {
        "principal_fen": 5_000_000,
        "interest_fen": 0,
        "doubled_fen": 103_250,
    }
    # What is handed on can be recounted as it stands.
    law = load_interest_law()
    again = interest(read_debt(read_json(json.dumps(told["input"])), law), law)
    assert again.to_json() == told["output"]


def test_the_sheet_is_printed_and_copied(qtbot: QtBot, city: RealCity, tmp_path: Path) -> None:
    tab = opened(qtbot, city).interest
    tab.put(WORKED)
    tab.count_now()
    counted(qtbot, tab)
    click(qtbot, tab, "copy_button")
    text = QGuiApplication.clipboard().text()
    assert "加倍部分债务利息：1,032.50 元" in text
    click(qtbot, tab, "print_button")
    qtbot.waitUntil(lambda: tab.findChild(PdfPreview) is not None)
    (path,) = tmp_path.glob("*.pdf")
    with pdfplumber.open(path) as pdf:
        words = "".join(page.extract_text() for page in pdf.pages)
    for part in ("迟延履行利息计算表", "1,032.50", "0.000175×30", "计算人："):
        assert part in words
    assert city.context.copies == [("print", "迟延履行利息计算表", None)]


def test_what_is_typed_survives(qtbot: QtBot, city: RealCity) -> None:
    tab = opened(qtbot, city).interest
    typed(qtbot, tab.editors()["principal"], 0, "amount", "12.3")
    qtbot.waitUntil(lambda: tab.draft_key in city.context.drafts)
    again = opened(qtbot, city).interest
    assert again.typed()["principal"][0]["amount"] == "12.30"
    qtbot.mouseClick(again.clear_button, Qt.MouseButton.LeftButton)
    assert again.draft_key not in city.context.drafts
    assert again.typed()["principal"] == []


def test_a_fee_halved_and_a_fee_without_an_amount(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    view.apply({"tab": "fee"})
    tab = view.fee
    assert not tab.fields["halved"].isVisible()
    tab.kind.setCurrentIndex(tab.kind.findData("acceptance"))
    assert tab.fields["halved"].isVisible()
    tab.halved.setCurrentIndex(tab.halved.findData("withdrawal"))
    qtbot.keyClicks(tab.amount, "2345678.90")
    assert "12,782.72 元" in counted(qtbot, tab)
    tab.kind.setCurrentIndex(tab.kind.findData("execution"))
    qtbot.waitUntil(lambda: "25,856.79 元" in tab.result.text.toPlainText())
    tab.without.setChecked(True)
    assert not tab.fields["amount"].isVisible()
    qtbot.keyClicks(tab.decided, "501")
    qtbot.waitUntil(lambda: "现为 501.00 元" in tab.result.faults.text())
    tab.decided.setText("500")
    tab.count_now()
    assert "500.00 元" in counted(qtbot, tab)
    tab.on.setText("2007-03-31")
    tab.without.setChecked(False)
    qtbot.waitUntil(lambda: "没有 2007-03-31 适用" in tab.result.faults.text())


def test_a_quick_distribution_shows_shares_and_becomes_a_plan(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    view.apply({"tab": "distribute", "case_id": city.late_case})
    tab = view.share
    qtbot.keyClicks(tab.pool, "1000")
    claims = tab.editors()["claims"]
    for row, (name, amount) in enumerate((("甲", "1000"), ("乙", "500"))):
        typed(qtbot, claims, row, "id", name)
        typed(qtbot, claims, row, "amount", amount)
    counted(qtbot, tab)
    got = [column.key for column in claims.model.columns].index("got")
    qtbot.waitUntil(lambda: claims.model.index(1, got).data() == "333.33")
    assert claims.model.index(0, got).data() == "666.67"
    click(qtbot, tab, "hand_button")
    ((panel, params),) = city.context.opened
    assert (panel, params["new"], params["case_id"]) == ("distribution", "1", city.late_case)
    assert json.loads(params["computation"])["input"]["claims"][1]["amount"] == "500.00"


def test_an_older_answer_never_replaces_a_newer_one(qtbot: QtBot, tmp_path: Path) -> None:
    city = real_city(tmp_path, deferred=True)
    tab: InterestTab = opened(qtbot, city).interest
    qtbot.waitUntil(lambda: not tab._loading)
    tab.put(WORKED)
    tab.count_now()
    tab.put({**WORKED, "payments": []})
    tab.count_now()
    assert "1,400.00 元" in counted(qtbot, tab)
    passed: list[bool] = []
    QTimer.singleShot(0, lambda: passed.append(True))  # behind every answer that is on its way
    qtbot.waitUntil(lambda: bool(passed))
    assert "1,400.00 元" in tab.result.text.toPlainText()
