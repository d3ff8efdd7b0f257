"""Paged tables: a model that never blocks, its source protocol, and the view. UI thread."""

from widgets.table.columns import Cell, Column, Kind, as_cell, cell_text
from widgets.table.model import PagedTableModel
from widgets.table.source import PageSource, StaticSource
from widgets.table.view import ColumnKeeper, DataTable

__all__ = [
    "Cell",
    "Column",
    "ColumnKeeper",
    "DataTable",
    "Kind",
    "PageSource",
    "PagedTableModel",
    "StaticSource",
    "as_cell",
    "cell_text",
]
