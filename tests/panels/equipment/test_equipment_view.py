"""The register on the screen: listed, lent, given back, repaired, printed, imported."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from pypdf import PdfReader
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.command.equipment import acts as do
from desktop.panels.equipment.queries import navigator_count
from desktop.panels.equipment.service import board
from desktop.panels.equipment.view import EquipmentView
from tests.panels.clicks import painted, shown
from tests.panels.equipment.shelf import Shelf, shelf


@pytest.fixture
def stock(tmp_path: Path) -> Shelf:
    return shelf(tmp_path)


@pytest.fixture
def view(qtbot: QtBot, stock: Shelf) -> Iterator[EquipmentView]:
    made = EquipmentView(stock.city.context)
    QAbstractItemModelTester(
        made.list.model, QAbstractItemModelTester.FailureReportingMode.Fatal, made
    )
    shown(qtbot, made, 1280, 700)
    qtbot.waitUntil(lambda: listed(made) != [])
    yield made
    made.close()


def listed(view: EquipmentView) -> list[str]:
    model = view.list.model
    rows = [model.row_values(n) for n in range(model.rowCount())]
    return [str(row["asset_no"]) for row in rows if row is not None]


def choose(view: EquipmentView, *numbers: str) -> None:
    table = view.list.table
    table.clearSelection()
    for number in numbers:
        row = listed(view).index(number)
        modifier = Qt.KeyboardModifier.ControlModifier if number != numbers[0] else None
        click(view, row, modifier)


def click(view: EquipmentView, row: int, modifier: Qt.KeyboardModifier | None = None) -> None:
    table = view.list.table
    at = table.visualRect(view.list.model.index(row, 1)).center()
    QTest.mouseClick(
        table.viewport(),
        Qt.MouseButton.LeftButton,
        modifier or Qt.KeyboardModifier.NoModifier,
        QPoint(at),
    )


def key(qtbot: QtBot, view: EquipmentView, letter: Qt.Key) -> None:
    view.list.table.setFocus()
    qtbot.waitUntil(view.list.table.hasFocus)
    qtbot.keyClick(view.list.table, letter)


def save(view: EquipmentView) -> None:
    assert view.form is not None
    view.form.form.submit_button.click()


def test_what_presses_most_comes_first(view: EquipmentView, stock: Shelf) -> None:
    assert listed(view) == ["ZB-03", "ZB-04", "ZB-01", "ZB-02"]
    row = view.list.model.row_values(0)
    assert row is not None
    assert row["state"] == ("overdue", "逾期未还")
    assert row["holder"] == "顾长风"
    assert row["due_words"] == "已过 26.0 小时"
    with stock.city.context.engine.connect() as connection:
        assert navigator_count(connection, stock.city.context.today())[0] == 2


@pytest.mark.parametrize(
    ("params", "numbers"),
    [
        ({"flags": "faulty"}, ["ZB-04"]),
        ({"flags": "lent,faulty"}, ["ZB-03", "ZB-04"]),
        ({"kinds": "body_camera"}, ["ZB-01", "ZB-02"]),
        ({"flags": "in_store", "kinds": "body_camera,radio"}, ["ZB-01", "ZB-02"]),
        ({"text": "顾长 zb"}, ["ZB-03"]),
        ({"flags": "retired"}, []),
    ],
)
def test_a_filter_shows_its_list(
    qtbot: QtBot, view: EquipmentView, params: dict[str, str], numbers: list[str]
) -> None:
    view.apply({"list": "1", **params})
    qtbot.waitUntil(lambda: listed(view) == numbers)
    assert view.list.filter.to_params() == {"list": "1", **params}


def test_lending_takes_one_letter_a_name_and_enter(
    qtbot: QtBot, view: EquipmentView, stock: Shelf
) -> None:
    choose(view, "ZB-01", "ZB-02")
    key(qtbot, view, Qt.Key.Key_L)
    assert view.form is not None
    save(view)
    assert view.form.form.field("to").error(), "nobody was chosen"
    view.form.form.set_values({"to": (stock.city.handler,), "body": "外出执行"})
    save(view)
    qtbot.waitUntil(lambda: view.form is None)
    for camera in (stock.camera, stock.second):
        link = stock.thing(camera).standing.now_with
        assert link.holder_id == stock.city.handler
        assert link.due_at is not None
        assert link.due_at - stock.now == timedelta(days=3, hours=9, minutes=30)
    assert stock.city.context.labels[-1] == "借出装备"
    qtbot.waitUntil(lambda: view.list.model.row_values(1) is not None)
    choose(view, "ZB-01", "ZB-02")
    key(qtbot, view, Qt.Key.Key_B)
    save(view)
    qtbot.waitUntil(lambda: view.form is None)
    assert not stock.thing(stock.camera).standing.lent
    assert stock.thing(stock.camera).acts[-1].body == "完好"


def test_a_refusal_stands_in_the_form_with_by_whom_and_when(
    qtbot: QtBot, view: EquipmentView, stock: Shelf
) -> None:
    choose(view, "ZB-01")
    key(qtbot, view, Qt.Key.Key_L)
    with stock.city.context.engine.begin() as connection:  # another was quicker
        later = stock.now + timedelta(days=1)
        do.lend(connection, do.Loan((stock.camera,), stock.city.other_handler, later, stock.by()))
    assert view.form is not None
    view.form.form.set_values({"to": (stock.city.handler,)})
    save(view)
    assert view.form is not None, "the form stays, nothing typed is lost"
    assert "已由 周清和 于 11-23 08:30 借给 许南乔" in view.form.form.field("to").error()
    view.form.accept()


def test_one_letter_for_one_row_only(qtbot: QtBot, view: EquipmentView, stock: Shelf) -> None:
    choose(view, "ZB-01", "ZB-02")
    key(qtbot, view, Qt.Key.Key_C)
    assert view.form is None
    assert "Choose one row" in stock.city.context.notices[-1][1]
    view.list.table.clearSelection()
    key(qtbot, view, Qt.Key.Key_L)
    assert "Choose a row first" in stock.city.context.notices[-1][1]


def test_the_page_tells_the_chain_and_offers_what_can_be_done(
    qtbot: QtBot, view: EquipmentView, stock: Shelf
) -> None:
    view.apply({"equipment_id": stock.drone})
    page = view.page
    assert page.story.as_text().count("报修") == 2
    assert "更换桨叶" in page.story.as_text()
    shown_acts = {act for act, button in page.acts.items() if not button.isHidden()}
    assert shown_acts == {"calibrate", "fault", "repair", "check", "register", "retire"}
    page.acts["repair"].click()
    assert view.form is not None
    view.form.form.set_values({"body": "更换罗盘"})
    save(view)
    qtbot.waitUntil(lambda: "更换罗盘" in page.story.as_text())
    assert stock.thing(stock.drone).standing.open_tickets == ()
    qtbot.waitUntil(lambda: not page.acts["lend"].isHidden())


def test_a_thing_goes_on_from_hand_to_hand_and_is_retired(
    qtbot: QtBot, view: EquipmentView, stock: Shelf
) -> None:
    view.apply({"equipment_id": stock.radio})
    view.page.acts["hand_over"].click()
    assert view.form is not None
    view.form.form.set_values({"to": (stock.city.other_handler,)})
    save(view)
    qtbot.waitUntil(lambda: "许南乔" in view.page.where.text())
    view.page.acts["retire"].click()
    assert view.form is not None
    save(view)
    assert view.form.form.field("body").error()
    view.form.form.set_values({"body": "遗失，已处理"})
    save(view)
    qtbot.waitUntil(lambda: all(button.isHidden() for button in view.page.acts.values()))
    view.show_list()
    qtbot.waitUntil(lambda: "ZB-03" not in listed(view))


def test_the_register_is_entered_and_corrected(
    qtbot: QtBot, view: EquipmentView, stock: Shelf
) -> None:
    view.apply({"new": "1"})
    assert view.form is not None
    new = {"asset_no": "ZB-01", "name": "测距仪 01", "team": (stock.city.team,)}
    view.form.form.set_values(new)
    save(view)
    assert "已经登记为“执法记录仪 01”" in view.form.form.field("asset_no").error()
    view.form.form.set_values({"asset_no": "ZB-05", "kind": "rangefinder"})
    save(view)
    qtbot.waitUntil(lambda: "ZB-05" in listed(view))
    view.apply({"equipment_id": stock.camera})
    view.page.acts["register"].click()
    assert view.form is not None
    assert view.form.form.values()["asset_no"] == "ZB-01"
    view.form.form.set_values({"keeper": (stock.city.handler,)})
    save(view)
    qtbot.waitUntil(lambda: "保管人由" in view.page.story.as_text())
    assert stock.thing(stock.camera).calibrate_days == 365


def words_of(path: Path) -> str:
    return "".join(page.extract_text() for page in PdfReader(path).pages).replace("\n", "")


def test_loan_slip_and_chain_are_printed(
    qtbot: QtBot, view: EquipmentView, stock: Shelf, tmp_path: Path
) -> None:
    view.apply({"equipment_id": stock.radio})
    view.page.slip.click()
    slip = next(tmp_path.glob("技术装备借用单*.pdf"))
    told = words_of(slip)
    for part in ("顾长风", "ZB-03", "领用人留存", "2026-11-22 06:30"):
        assert part in told, part
    view.apply({"equipment_id": stock.drone})
    view.page.chain.click()
    told = words_of(next(tmp_path.glob("技术装备保管流转表*.pdf")))
    for part in ("桨叶开裂", "更换桨叶", "无法返航", "故障 2 次"):
        assert part in told, part
    assert [act for act, _what, _case in stock.city.context.copies] == ["print", "print"]
    view.print_paper("loan", [stock.camera])
    assert "同一人现在借用" in stock.city.context.notices[-1][1]


def test_the_list_is_exported_as_it_is_shown(
    view: EquipmentView, stock: Shelf, tmp_path: Path
) -> None:
    view.list.export()
    assert len(list(tmp_path.glob("*.xlsx"))) == 1
    assert stock.city.context.copies[-1][:2] == ("export", "技术装备台账（4 行）")


def test_a_register_is_taken_over_from_a_sheet(
    qtbot: QtBot, view: EquipmentView, stock: Shelf, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["执行局技术装备台账"])
    sheet.append(["资产编号", "名称", "类别", "团队", "保管人", "校准周期（天）", "购置日期"])
    team, keeper = "第四执行团队", "顾长风"
    sheet.append(["ZB-01", "执法记录仪 01", "执法记录仪", team, keeper, None, None])
    sheet.append(["ZB-11", "执法记录仪 11", "执法记录仪", team, keeper, None, "2026/3/1"])
    sheet.append([12, "测距仪 12", "测距仪", team, None, "180天", None])
    sheet.append(["ZB-13", "坦克", "坦克", team, "无名氏", "x", "昨天"])
    sheet.append(["ZB-11", "又一件", "对讲机", team, None, None, None])
    path = tmp_path / "台账.xlsx"
    book.save(path)
    view.import_file(path)
    dialog = view.findChild(QDialog, "confirm_import")
    told = stock.city.context.notices
    assert dialog is not None
    words = "".join(label.text() for label in dialog.findChildren(QLabel))
    assert "新增 2 件，已登记 1 件" in words
    assert "第 7 行：资产编号 ZB-11 在文件中出现两次" in words
    assert stock.count("equipment") == 4, "nothing is written before somebody agreed"
    accept = dialog.findChild(QPushButton, "accept")
    assert accept is not None
    accept.click()
    qtbot.waitUntil(lambda: {"ZB-11", "12"} <= set(listed(view)))
    assert stock.count("equipment") == 6
    rows = {thing["asset_no"]: thing for thing in _rows(view)}
    assert rows["ZB-11"]["calibrate_by"] == "2027-03-01"
    view.import_file(path)
    assert "新增 0 件，已登记 4 件" in told[-1][1]
    assert "第 6 行" in told[-1][1]
    for part in ("没有“坦克”这一类别", "没有名为“无名氏”的保管人", "“x”不是天数", "不是日期"):
        assert part in told[-1][1], part


def _rows(view: EquipmentView) -> list[dict[str, object]]:
    model = view.list.model
    found = [model.row_values(n) for n in range(model.rowCount())]
    return [dict(row) for row in found if row is not None]


def test_faults_are_counted_and_repaired_from_their_list(
    qtbot: QtBot, view: EquipmentView, stock: Shelf
) -> None:
    view.apply({"tab": "service"})
    service = view.service
    qtbot.waitUntil(lambda: service.shown is not None)
    assert service.shown is not None
    whole = service.shown.whole
    assert (whole.repaired, whole.open, whole.late, whole.mean_hours) == (1, 1, 1, 20.0)
    painted(qtbot, service.repairs.chart, "平均 20.0 小时")
    painted(qtbot, service.available.chart, "本周可用率")
    service.repairs.chart.bar_clicked.emit(0, None)
    assert stock.city.context.opened[-1] == ("equipment", {"list": "1", "kinds": "drone"})
    assert not service.repair.isEnabled()
    service.listing.table.selectRow(0)
    service.repair.click()
    assert view.form is not None
    view.form.form.set_values({"body": "更换罗盘"})
    save(view)
    qtbot.waitUntil(lambda: service.shown is not None and service.shown.whole.open == 0)
    service.figures["overdue"].clicked.emit()
    assert stock.city.context.opened[-1] == ("equipment", {"list": "1", "flags": "overdue"})


def test_what_was_just_repaired_counts_and_is_listed(tmp_path: Path) -> None:
    """By hand: 20 h, and 200 days by a clock that is a minute ahead."""
    stock = shelf(tmp_path)
    ahead = do.By(stock.city.operator, stock.now + timedelta(minutes=1))
    long_ago = do.By(stock.city.operator, stock.now - timedelta(days=200))
    with stock.city.context.engine.begin() as connection:
        new = do.NewThing(stock.city.team, "ZB-05", "单兵终端 01", "field_terminal")
        thing = do.register(connection, do.Register(new, long_ago))
        ticket = do.report_fault(connection, do.Fault(thing, "屏幕碎裂", long_ago))
        do.repair(connection, do.Repair(thing, ticket, "更换屏幕", ahead))
        found = board(connection, stock.now)
    assert (found.whole.repaired, found.whole.within, found.whole.open) == (2, 1, 1)
    assert found.whole.mean_hours == pytest.approx((20 + 200 * 24 + 1 / 60) / 2)
    assert sum(not one.ticket.open for one in found.tickets) == found.whole.repaired
