"""Prints the visitor's receipt and shows it. UI thread."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop.circulars.names import file_name
from desktop.contract.context import PanelContext
from desktop.panels.petitions.receipts import Receipt, ReceiptPrint, print_receipt, receipt
from widgets.pdf_preview import PdfPreview


def print_for(
    context: PanelContext,
    owner: QWidget,
    petition_id: str,
    done: Callable[[Path], None] | None = None,
) -> None:
    """Reads, lays out and shows the receipt of a petition; `done(path)` when it is on show."""

    def lay_out(found: Receipt) -> None:
        path = context.documents_folder() / file_name("信访回执", found.code)
        args = ReceiptPrint(found, context.now(), path)
        context.layout(owner, print_receipt, args, partial(show, found))

    def show(found: Receipt, path: Path) -> None:
        context.copied("print", "信访回执", found.case_id)
        title = QCoreApplication.translate("Petitions", "Visitor's receipt")
        preview = PdfPreview(path, title, owner)
        preview.failed.connect(lambda text: context.notify(text, level="error"))
        preview.show()
        said = QCoreApplication.translate("Petitions", "Saved: {path}")
        context.notify(said.format(path=path), level="done")
        if done is not None:
            done(path)

    context.read(owner, "receipt", receipt, petition_id, lay_out)
