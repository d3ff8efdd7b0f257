"""What the clipboard holds outlives Python; the process must end well all the same."""

import subprocess
import sys

COPY_AND_LEAVE = """
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from widgets.table import Column, DataTable, PagedTableModel, StaticSource
app = QApplication([])
model = PagedTableModel((Column("case", "Case"),), StaticSource([{"id": 1, "case": "a"}]))
table = DataTable(model)
model.refresh()
table.copied.connect(lambda _rows: app.quit())
model.page_arrived.connect(table.copy_selection)
table.show()
table.select_id(1)
app.exec()
print(QGuiApplication.clipboard().text())
"""


def test_a_process_that_has_copied_rows_ends_well() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COPY_AND_LEAVE],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.split() == ["Case", "a"]
    assert done.returncode == 0
