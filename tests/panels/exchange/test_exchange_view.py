"""The exchange panel as a clerk uses it: drop a workbook, look, import, take the rejects back."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from desktop.panels.exchange import PANELS, queries
from desktop.panels.exchange.rules import freshness
from desktop.panels.exchange.view import (
    TAB_ERRORS,
    TAB_HISTORY,
    TAB_MAPPING,
    TAB_PREVIEW,
    ExchangeView,
)
from storage.schema import table
from tests.importing.workbooks import BAD_ROWS, HEADERS, branch_rows, branch_workbook, save
from tests.panels.fake_context import FakeContext, memory_engine
from widgets.table import DataTable

TODAY = date(2026, 9, 1)


@pytest.fixture
def context(tmp_path: Path, qtbot: QtBot) -> Iterator[FakeContext]:
    engine = memory_engine()
    yield FakeContext(engine, None, today=TODAY, folder=tmp_path / "documents", deferred=True)
    engine.dispose()


@pytest.fixture
def view(context: FakeContext, qtbot: QtBot) -> ExchangeView:
    made = ExchangeView(context)
    qtbot.addWidget(made)
    made.resize(1100, 620)
    made.show()
    qtbot.waitExposed(made)
    return made


def drop(view: ExchangeView, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    center, button = view.rect().center(), Qt.MouseButton.LeftButton
    action, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(view, QDragEnterEvent(center, action, mime, button, keys))
    QApplication.sendEvent(view, QDropEvent(QPointF(center), action, mime, button, keys))


def looked(qtbot: QtBot, view: ExchangeView, path: Path) -> None:
    with qtbot.waitSignal(view.looked, timeout=15_000):
        drop(view, path)


def values(qtbot: QtBot, table_: DataTable) -> list[dict[str, object]]:
    """What a visible table shows, once its page has come."""
    model = table_.data_model
    qtbot.waitUntil(lambda: model.rowCount() > 0)
    model.data(model.index(0, 0))
    qtbot.waitUntil(lambda: model.row_values(model.rowCount() - 1) is not None)
    return [dict(model.row_values(n) or {}) for n in range(model.rowCount())]


def press_import(qtbot: QtBot, view: ExchangeView) -> None:
    with qtbot.waitSignal(view.imported, timeout=30_000):
        qtbot.mouseClick(view.import_button, Qt.MouseButton.LeftButton)


def test_look_import_give_back_and_import_again(
    qtbot: QtBot, view: ExchangeView, context: FakeContext, tmp_path: Path
) -> None:
    path = branch_workbook(tmp_path / "西工台账.xlsx")
    looked(qtbot, view, path)
    assert view.tabs.currentIndex() == TAB_PREVIEW
    assert view.preview_table.data_model.rowCount() == 200
    assert view.profile_box.currentData() == "branch_cases"
    view.tabs.setCurrentIndex(TAB_ERRORS)
    rows = values(qtbot, view.error_table)
    assert [row["row"] for row in rows] == list(BAD_ROWS)
    assert [row["column"] for row in rows] == ["立案日期", "案号", "结案日期"]
    assert all(row["reason"] for row in rows)
    assert "309" in view.summary.text()

    press_import(qtbot, view)
    with context.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(table("case"))) == 309
    assert context.labels[-1].endswith(path.name)

    qtbot.mouseClick(view.rejects_button, Qt.MouseButton.LeftButton)
    folder = tmp_path / "documents"
    qtbot.waitUntil(lambda: folder.exists() and any(folder.glob("*.xlsx")))
    qtbot.waitUntil(lambda: context.notices[-1][0] == "done")
    sheet = openpyxl.load_workbook(next(folder.glob("*.xlsx"))).active
    assert sheet is not None
    given = list(sheet.iter_rows(values_only=True))
    assert [row[-2] for row in given[1:]] == list(BAD_ROWS)

    looked(qtbot, view, path)
    press_import(qtbot, view)
    with context.engine.connect() as connection:
        last = queries.history(connection, TODAY).runs[0]
    assert (last.added, last.unchanged, last.rejected) == (0, 309, 3)
    assert last.read == last.added + last.changed + last.unchanged + last.rejected


def test_the_log_shows_runs_their_rejects_and_the_age_of_each_court(
    qtbot: QtBot, view: ExchangeView, tmp_path: Path
) -> None:
    looked(qtbot, view, branch_workbook(tmp_path / "b.xlsx"))
    press_import(qtbot, view)
    view.tabs.setCurrentIndex(TAB_HISTORY)
    runs = view.history.run_table
    qtbot.waitUntil(lambda: runs.data_model.rowCount() == 1)
    assert runs.select_id(0)
    qtbot.waitUntil(lambda: view.history.reject_table.data_model.rowCount() == 3)
    qtbot.waitUntil(lambda: view.history.court_table.data_model.rowCount() == 2)
    fresh = {str(row["court"]): row for row in values(qtbot, view.history.court_table)}
    assert str(fresh["西工"]["last"]) == TODAY.isoformat()


def test_a_mapping_made_by_hand_is_remembered(
    qtbot: QtBot, view: ExchangeView, tmp_path: Path
) -> None:
    headers = ["编号甲" if name == "案号" else name for name in HEADERS]
    path = save(tmp_path / "other.xlsx", branch_rows(20), headers)
    view.profile_box.setCurrentIndex(view.profile_box.findData("branch_cases"))
    looked(qtbot, view, path)
    assert view.tabs.currentIndex() == TAB_MAPPING
    assert not view.import_button.isEnabled()
    assert "案号" in view.mapping_table.missing_label.text()
    view.mapping_table.choose("编号甲", "number")
    with qtbot.waitSignal(view.looked, timeout=15_000):
        qtbot.mouseClick(view.mapping_table.apply_button, Qt.MouseButton.LeftButton)
    assert view.import_button.isEnabled()
    assert "20" in view.summary.text()
    looked(qtbot, view, path)
    assert view.import_button.isEnabled()
    assert view.mapping_table.mapping()["编号甲"] == "number"


def test_a_file_that_cannot_be_read_says_why(
    qtbot: QtBot, view: ExchangeView, tmp_path: Path
) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"0" * 100)
    looked(qtbot, view, path)
    assert ".xls" in view.summary.text()
    assert not view.import_button.isEnabled()
    assert view.tabs.count() == TAB_HISTORY + 1
    assert view.tabs.tabText(TAB_ERRORS)


def test_freshness_words() -> None:
    assert freshness(None, TODAY).state == "unknown"
    assert freshness(TODAY, TODAY).state == "normal"
    assert freshness(date(2026, 8, 29), TODAY) == freshness(date(2026, 8, 29), TODAY)
    assert freshness(date(2026, 8, 29), TODAY).state == "due_soon"
    assert freshness(date(2026, 8, 20), TODAY).words == "12 天前"
    assert freshness(date(2026, 8, 20), TODAY).state == "overdue"


def test_the_spec_names_a_view_that_exists() -> None:
    (spec,) = PANELS
    assert spec.view == f"view:{ExchangeView.__name__}"
