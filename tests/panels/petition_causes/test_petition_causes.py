"""信访成因 by real clicks: list, reasons, trial; a refusal is a sentence and no list."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection

from desktop.panels.petition_causes import queries, words
from desktop.panels.petition_causes.queries import RiskArgs
from desktop.panels.petition_causes.view import PetitionCausesView
from desktop.petitions.causes import Reason, RiskList, RiskRow
from desktop.petitions.causes_model import Bin
from desktop.petitions.filters import PetitionFilter
from storage.records.changes import ALL, ChangeSet
from tests.panels.clicks import painted, shown
from tests.panels.real_city import TODAY, RealCity, real_city

LATE = Reason("发出执行通知书超期 41 天", 1.2)
VISITED = Reason("此前信访 2 件", 0.8)
FOUND = RiskList(
    rows=(
        RiskRow("c1", "（2026）豫03执1号", "洛阳中院", "程思齐", 0.31, (LATE, VISITED)),
        RiskRow("c2", "（2026）豫03执2号", "西工", "顾云舟", 0.12, (VISITED,)),
    ),
    brier=0.0301,
    base_brier=0.0331,
    bins=(
        Bin(0.021, 0.034, 0.03, 30, 1_000, 0.021, 0.042),
        Bin(0.09, 0.31, 0.2, 22, 100, 0.15, 0.31),
    ),
    note="布里尔分数 0.0301，基准率 0.0331，通过检验。",
    base_rate=0.033,
    points=(Reason("每案起点", -3.4), Reason("有过信访", 0.8), Reason("立案满一年", 0.0)),
    watched=900,
)
REFUSED = RiskList((), 0.0331, 0.0331, FOUND.bins, "未能可靠地优于基准率，不列名单。")


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def opened(
    qtbot: QtBot, city: RealCity, monkeypatch: pytest.MonkeyPatch, found: RiskList, wide: int = 1200
) -> PetitionCausesView:
    answers = [found]
    monkeypatch.setattr(queries, "risks", lambda _connection, _args: answers[-1])
    view = PetitionCausesView(city.context)  # type: ignore[arg-type]
    QAbstractItemModelTester(view.model, view)
    shown(qtbot, view, wide, 600)
    qtbot.waitUntil(lambda: view.found is not None)
    return view


def click(qtbot: QtBot, view: QWidget, name: str) -> None:
    button = view.findChild(QWidget, name)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def cells(view: Any) -> list[str]:
    model = view.model()
    return [
        str(model.index(row, column).data())
        for row in range(model.rowCount())
        for column in range(model.columnCount())
    ]


def test_the_first_case_is_explained_at_once(
    qtbot: QtBot, city: RealCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = opened(qtbot, city, monkeypatch, FOUND)
    assert "0.0301" in view.note.text()
    assert view.model.rowCount() == 2
    both = ["发出执行通知书超期 41 天", "+1.2", "此前信访 2 件", "+0.8"]
    qtbot.waitUntil(lambda: cells(view.reason_table) == both)
    assert view.table.select_id(2)
    qtbot.waitUntil(lambda: cells(view.reason_table) == ["此前信访 2 件", "+0.8"])
    # A sign without points is not listed as one.
    told = ["每案起点", "-3.4", "有过信访", "+0.8"]
    qtbot.waitUntil(lambda: cells(view.points_table) == told)


def test_buttons_open_what_they_say(
    qtbot: QtBot, city: RealCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = opened(qtbot, city, monkeypatch, FOUND)
    for name in ("causes_case", "causes_petitions", "causes_letter"):
        click(qtbot, view, name)
    case, petitions, letter = city.context.opened
    assert case == ("case_query", {"case_id": "c1"})
    assert petitions[0] == "petitions"
    assert PetitionFilter.from_params(petitions[1]) == PetitionFilter(open=None, case_id="c1")
    assert letter == ("supervision", {"new": "1", "case_id": "c1", "node_code": "", "subject": ""})


def test_the_trial_shows_numerators_and_denominators(
    qtbot: QtBot, city: RealCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = opened(qtbot, city, monkeypatch, FOUND)
    view.tabs.setCurrentIndex(1)
    painted(qtbot, view.chart, "22/100")
    assert "30/1,000" in view.chart.reading
    assert "9.0—31% 预计 20、实际 22/100" in view.chart.reading
    assert "15.0%—31.0%" in view.chart.toolTip()


def test_a_refusal_is_a_sentence_and_no_list(
    qtbot: QtBot, city: RealCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = opened(qtbot, city, monkeypatch, REFUSED)
    assert view.note.text() == REFUSED.note
    assert view.model.rowCount() == 0
    assert not view.case_button.isEnabled()
    click(qtbot, view, "causes_case")
    assert city.context.opened == []
    assert view.points_model.rowCount() == 0


def test_a_case_stays_chosen_while_others_pass_it(
    qtbot: QtBot, city: RealCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = opened(qtbot, city, monkeypatch, FOUND)
    turned = replace(FOUND, rows=(FOUND.rows[1], FOUND.rows[0]))
    monkeypatch.setattr(queries, "risks", lambda _connection, _args: turned)
    view.live.ask()
    qtbot.waitUntil(lambda: view.found is turned)
    row = view.current()
    assert row is not None
    assert row.case_id == "c1"


def test_new_petitions_are_worked_out_once_a_minute_at_most(
    qtbot: QtBot, city: RealCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = opened(qtbot, city, monkeypatch, FOUND)
    asked = []
    monkeypatch.setattr(queries, "risks", lambda _c, _args: asked.append(1) or FOUND)
    for _ in range(5):
        city.context.changed.emit(ChangeSet({"petition": ALL}))
    assert view.live.stale
    assert not asked
    city.context.changed.emit(ChangeSet({"attachment": ALL}))
    view.live.ask()
    qtbot.waitUntil(lambda: asked == [1])


def test_a_failed_reading_is_told(
    qtbot: QtBot, city: RealCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = opened(qtbot, city, monkeypatch, FOUND)
    view._on_error("读取失败")
    assert view.error.isVisible()
    view.live.ask()
    qtbot.waitUntil(lambda: not view.error.isVisible())


def test_a_store_without_petitions_says_so(city: RealCity) -> None:
    def read(connection: Connection) -> RiskList:
        return queries.risks(connection, RiskArgs(city.context.law, TODAY))

    with city.context.engine.connect() as connection:
        assert "不足" in read(connection).note


@pytest.mark.parametrize(("wide", "beside"), [(1_200, True), (640, False)])
def test_a_narrow_pane_has_the_reasons_below(
    qtbot: QtBot, city: RealCity, monkeypatch: pytest.MonkeyPatch, wide: int, beside: bool
) -> None:
    view = opened(qtbot, city, monkeypatch, FOUND, wide)
    wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
    assert view.splitter.orientation() == wanted


def test_words() -> None:
    low, high = words.bin_words(FOUND)
    assert (low.name, low.expected, low.seen) == ("2.1—3.4%", 30, 30)
    assert high.name == "9.0—31%"
    assert words.reading(replace(FOUND, bins=())) == ""
    (row, _other) = words.rows({1: FOUND.rows[0], 2: FOUND.rows[1]})
    assert row["risk"] == 31.0
    assert row["why"] == "发出执行通知书超期 41 天：+1.2；此前信访 2 件：+0.8"
