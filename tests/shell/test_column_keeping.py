"""What a person chose of the columns of a list is there again in the next window."""

from PySide6.QtWidgets import QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from desktop.shell.column_keeping import ColumnKeeping
from tests.widgets.test_table_view import COLUMNS
from widgets.table import DataTable, PagedTableModel, StaticSource


class Kept:
    def __init__(self) -> None:
        self.settings: dict[str, str] = {}
        self.writes = 0

    def setting(self, key: str) -> str:
        return self.settings.get(key, "")

    def set_setting(self, key: str, value: str) -> None:
        self.settings[key] = value
        self.writes += 1


class Host(QWidget):
    """Stands where a panel's host does; two lists, the second on a page that is not shown."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self.columns = ColumnKeeping("orders", kept, self)
        self.pages = QTabWidget(self)
        self.tables = []
        for columns in (COLUMNS, COLUMNS[:3]):
            model = PagedTableModel(columns, StaticSource(()), self)
            self.tables.append(DataTable(model, self.pages))
            self.pages.addTab(self.tables[-1], "")
        self.pages.resize(800, 300)

    def keep_columns(self, table: DataTable) -> None:
        self.columns.keep(table)


def shown(table: DataTable) -> list[str]:
    return [column.key for column in table.columns.shown()]


def test_choices_come_back_in_the_next_window(qtbot: QtBot) -> None:
    kept = Kept()
    for turn in range(2):
        host = Host(kept)
        qtbot.addWidget(host)
        host.resize(800, 300)
        host.show()
        first, second = host.tables
        host.pages.setCurrentIndex(1)
        if turn:
            assert shown(first) == ["case", "due", "money", "state"]
            assert first.columnWidth(2) == 222
            assert shown(second) == ["case", "node"]
            assert kept.writes == 2
            return
        assert kept.settings == {}
        second.turn_column("due")
        host.pages.setCurrentIndex(0)
        first.turn_column("node")
        for width in range(200, 223):
            first.head.resizeSection(2, width)
        assert kept.writes == 0
        host.columns.flush()
        assert kept.writes == 2
        host.close()
