"""Rows as clipboard data that a spreadsheet does not spoil. UI thread.

Tab-separated text for editors, and HTML in which text cells carry `mso-number-format:'\\@'`, so
that a case number or a long account number stays text in Excel and WPS.
"""

from collections.abc import Sequence
from html import escape
from typing import Final

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QStandardItemModel

from widgets.table.columns import EMPTY_TEXT, Column, as_cell, cell_text
from widgets.table.source import Row

_FORMULA_START: Final = ("=", "+", "-", "@")


def rows_as_mime(columns: Sequence[Column], rows: Sequence[Row]) -> QMimeData:
    """The rows with a heading line, as text and as HTML."""
    lines = ["\t".join(_flat(column.title) for column in columns)]
    cells = ["<tr>" + "".join(f"<th>{escape(column.title)}</th>" for column in columns) + "</tr>"]
    for row in rows:
        words = [_words(column, row) for column in columns]
        lines.append(
            "\t".join(_safe(column, text) for column, text in zip(columns, words, strict=True))
        )
        cells.append(
            "<tr>"
            + "".join(_td(column, text) for column, text in zip(columns, words, strict=True))
            + "</tr>"
        )
    mime = _plain_mime()
    mime.setText("\n".join(lines) + "\n")
    mime.setHtml(
        '<html><head><meta charset="utf-8"></head><body><table>'
        + "".join(cells)
        + "</table></body></html>"
    )
    return mime


def _plain_mime() -> QMimeData:
    """Empty data that Qt itself has made.

    The clipboard keeps the data until the application object goes, after Python has ended. Data
    made in Python asks Python once more when it is destroyed, and the process would crash there.
    """
    model = QStandardItemModel(1, 1)
    mime = model.mimeData([model.index(0, 0)])
    mime.clear()
    return mime


def _words(column: Column, row: Row) -> str:
    text = cell_text(as_cell(row.get(column.key), column.kind), column.kind)
    if text == EMPTY_TEXT:
        return ""
    return text.replace(",", "") if column.kind in ("money", "number") else text


def _flat(text: str) -> str:
    """One cell of one line: tabs and line ends would shift every cell after it."""
    return " ".join(text.split()) if any(c in text for c in "\t\r\n") else text


def _safe(column: Column, text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    flat = _flat(text)
    if column.text_in_sheet and flat.startswith(_FORMULA_START):
        return "'" + flat
    return flat


def _td(column: Column, text: str) -> str:
    if column.text_in_sheet:
        style = r"mso-number-format:'\@'"
    elif column.kind == "date":
        style = r"mso-number-format:'yyyy\-mm\-dd'"
    elif column.kind == "money":
        style = r"mso-number-format:'0\.00'"
    else:
        style = ""
    body = escape(text).replace("\n", "<br>")
    return f'<td style="{style}">{body}</td>' if style else f"<td>{body}</td>"
