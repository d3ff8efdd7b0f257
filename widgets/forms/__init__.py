"""Form parts: fields with errors in words, a pane that keeps drafts, filters, dates. UI thread."""

from widgets.forms.dialog import FormDialog
from widgets.forms.field import Field
from widgets.forms.filter_box import FilterBox, Option
from widgets.forms.growing import GrowingText
from widgets.forms.inputs import DateField, MoneyField
from widgets.forms.pane import FormPane
from widgets.forms.rows import Offer, RowColumn, RowsModel
from widgets.forms.rows_editor import RowsEditor

__all__ = [
    "DateField",
    "Field",
    "FilterBox",
    "FormDialog",
    "FormPane",
    "GrowingText",
    "MoneyField",
    "Offer",
    "Option",
    "RowColumn",
    "RowsEditor",
    "RowsModel",
]
