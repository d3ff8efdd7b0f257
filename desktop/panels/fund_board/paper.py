"""Prints balances, receipts and payment vouchers and shows them. UI thread."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop.circulars.names import file_name
from desktop.circulars.slip import Slip
from desktop.contract.context import PanelContext
from desktop.funds.slips import (
    DaySlip,
    DaySlipArgs,
    SlipPrint,
    Voucher,
    day_slip,
    fill_day_slip,
    fill_voucher,
    print_slip,
    voucher,
)
from widgets.pdf_preview import PdfPreview

Done = Callable[[Path], None]


def print_balance(
    context: PanelContext, owner: QWidget, fund_id: str, on: date, done: Done | None = None
) -> None:
    """Reads, lays out and shows the balance of an account at the end of a day, or now."""

    def fill(found: DaySlip) -> None:
        slip = fill_day_slip(found, context.now(), context.who.name)
        words = found.head.case_number or found.head.words
        _show(context, owner, slip, words, found.head.case_id, done)

    args = DaySlipArgs(fund_id, on, context.now())
    context.read(owner, "day_slip", day_slip, args, fill)


def print_voucher(
    context: PanelContext, owner: QWidget, entry_id: str, done: Done | None = None
) -> None:
    """Reads, lays out and shows the receipt or voucher of an entry."""

    def fill(found: Voucher) -> None:
        slip = fill_voucher(found, context.now(), context.who.name)
        words = found.row["case_number"]
        _show(context, owner, slip, words, found.row["case_id"], done)

    context.read(owner, "voucher", voucher, entry_id, fill)


def _show(
    context: PanelContext,
    owner: QWidget,
    slip: Slip,
    words: str,
    case_id: str | None,
    done: Done | None,
) -> None:
    def shown(path: Path) -> None:
        context.copied("print", slip.title, case_id)
        preview = PdfPreview(path, f"{slip.title} {slip.number}", owner)
        preview.failed.connect(partial(context.notify, level="error"))
        preview.show()
        said = QCoreApplication.translate("FundBoard", "Saved: {path}")
        context.notify(said.format(path=path), level="done")
        if done is not None:
            done(path)

    path = context.documents_folder() / file_name(slip.title, words, slip.number)
    context.layout(owner, print_slip, SlipPrint(slip, path), shown)
