"""Payments as a bank's batch file: equal orders give equal bytes. Any thread; no Qt, no database.

Each line bears the id of its order, so that a file sent twice pays once where the bank looks, and
what comes back finds its order. What does not fit a bank's field is refused, never shortened: a
name without its end is another name.
"""

import csv
import hashlib
import io
import os
import re
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from desktop.errors import OutsideError, UserError
from desktop.funds.payment_profiles import OutColumn, OutLayout, PaymentProfile
from desktop.funds.payment_xml import initiation
from desktop.rules.money import yuan_text

SUFFIXES: Final = {"csv": ".csv", "xlsx": ".xlsx", "xml": ".xml"}
_KEY: Final = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_ACCOUNT: Final = re.compile(r"[0-9A-Za-z]{4,40}")
_STAMP: Final = (1980, 1, 1, 0, 0, 0)  # the first day that a ZIP file can name


@dataclass(frozen=True, slots=True)
class Payment:
    """One order on its way out, in fen. `number`: as the ledger counts it; `memo`: what the payee
    reads on the statement."""

    order_id: str
    number: str
    amount_fen: int
    payee: str
    bank: str
    account_no: str
    purpose: str
    memo: str
    case_number: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes out together. `our_account` and `our_name`: where the money lies."""

    name: str
    day: date
    our_account: str
    our_name: str
    payments: tuple[Payment, ...]

    @property
    def total_fen(self) -> int:
        """The sum of all lines."""
        return sum(payment.amount_fen for payment in self.payments)


@dataclass(frozen=True, slots=True)
class BankFile:
    """A batch as the bank takes it."""

    name: str
    content: bytes
    count: int
    total_fen: int

    @property
    def sha256(self) -> str:
        """The fingerprint that the count slip bears."""
        return hashlib.sha256(self.content).hexdigest()


def batch_name(day: date, order_ids: Sequence[str]) -> str:
    """付20261129-1f2e3d4c: the same orders on the same day are the same batch."""
    text = "\n".join(sorted(order_ids))
    return f"付{day:%Y%m%d}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def batch_day(name: str) -> date | None:
    """The day in a batch's name; None for a name that was not given here."""
    found = re.fullmatch(r"付(\d{4})(\d{2})(\d{2})(?:-[0-9a-f]{8})?", name)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def reference_of(order_id: str, layout: OutLayout) -> str:
    """The order's id as the bank's file holds it."""
    return order_id.replace("-", "") if layout.reference == "hex" else order_id


def order_of(reference: str) -> str | None:
    """The order's id from what a bank gave back; None for what is no id."""
    text = reference.strip().lower()
    if not _KEY.fullmatch(text):
        return None
    plain = text.replace("-", "")
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


def plain_account(text: str) -> str:
    """An account number without the blanks and dashes people write into it."""
    return re.sub(r"[\s\-　]", "", text)


def bank_file(batch: Batch, profile: PaymentProfile) -> BankFile:
    """Lays a batch out. Raises UserError naming the order and the field that cannot be written."""
    if not batch.payments:
        raise UserError("批次中没有付款。")
    if not _ACCOUNT.fullmatch(plain_account(batch.our_account)):
        raise UserError("未设定执行款专户的账号，不能制作付款文件。")
    layout = profile.out
    payments = sorted(batch.payments, key=lambda one: (one.number, one.order_id))
    for payment in payments:
        _check(payment)
    if layout.format == "xml":
        content = initiation(
            batch.name, batch.day, (batch.our_name, plain_account(batch.our_account)), payments
        )
    else:
        rows = [
            [
                _field(column, _values(batch, n, payment, layout), payment, layout)
                for column in layout.columns
            ]
            for n, payment in enumerate(payments, start=1)
        ]
        heads = [column.head for column in layout.columns]
        content = (_csv if layout.format == "csv" else _xlsx)([heads, *rows], layout)
    name = f"{batch.name}{SUFFIXES[layout.format]}"
    return BankFile(name, content, len(payments), batch.total_fen)


def put(file: BankFile, folder: Path) -> Path:
    """Writes the file beside its name and renames it. Raises OutsideError where it cannot be."""
    path = folder / file.name
    part = path.with_name(path.name + ".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(file.content)
        os.replace(part, path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise OutsideError(f"付款文件无法写入 {folder}：{error.strerror or error}。") from error
    return path


def _check(payment: Payment) -> None:
    lacking = [
        words
        for words, value in (("户名", payment.payee), ("账号", payment.account_no))
        if not value.strip()
    ]
    if lacking:
        raise UserError(f"{payment.number} 缺少{'、'.join(lacking)}，不能付款。")
    for words, value in (("户名", payment.payee), ("开户行", payment.bank), ("附言", payment.memo)):
        if not "".join(value.split()).isprintable():
            raise UserError(f"{payment.number} 的{words}含有不能打印的字符。")
    if payment.amount_fen <= 0:
        raise UserError(f"{payment.number} 的金额须大于零。")
    if not _ACCOUNT.fullmatch(plain_account(payment.account_no)):
        raise UserError(f"{payment.number} 的账号“{payment.account_no}”不是银行账号。")


def _values(batch: Batch, n: int, payment: Payment, layout: OutLayout) -> dict[str, str]:
    return {
        "sequence": str(n),
        "reference": reference_of(payment.order_id, layout),
        "batch": batch.name,
        "day": batch.day.isoformat(),
        "amount": yuan_text(payment.amount_fen),
        "currency": "CNY",
        "purpose": payment.purpose,
        "memo": payment.memo,
        "payee": payment.payee,
        "bank": payment.bank,
        "account_no": plain_account(payment.account_no),
        "case_number": payment.case_number,
        "number": payment.number,
        "our_name": batch.our_name,
        "our_account": plain_account(batch.our_account),
    }


def _field(column: OutColumn, values: dict[str, str], payment: Payment, layout: OutLayout) -> str:
    text = " ".join(values[column.value].split())
    if not layout.quoted and layout.delimiter in text:
        raise UserError(f"{payment.number} 的“{column.head}”含有分隔符“{layout.delimiter}”。")
    encoding = layout.encoding.removesuffix("-sig")
    try:
        size = len(text.encode(encoding))
    except UnicodeEncodeError as error:
        lost = text[error.start]
        raise UserError(
            f"{payment.number} 的“{column.head}”中的“{lost}”不能用 {encoding} 表示。"
        ) from None
    if column.most and size > column.most:
        if not column.cut:
            raise UserError(
                f"{payment.number} 的“{column.head}”有 {size} 字节，银行至多收 {column.most} 字节。"
            )
        while len(text.encode(encoding)) > column.most:
            text = text[:-1]
    return text


def _csv(rows: list[list[str]], layout: OutLayout) -> bytes:
    if not layout.quoted:
        text = "".join(layout.delimiter.join(row) + "\r\n" for row in rows)
    else:
        made = io.StringIO(newline="")
        csv.writer(made, delimiter=layout.delimiter, lineterminator="\r\n").writerows(rows)
        text = made.getvalue()
    return text.encode(layout.encoding)


def _xlsx(rows: list[list[str]], _layout: OutLayout) -> bytes:
    # Imported here: the library is slow to load and most sessions pay nothing.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "付款"
    for n, head in enumerate(rows[0], start=1):
        sheet.column_dimensions[get_column_letter(n)].width = 12 + 2 * len(head)
    for r, row in enumerate(rows, start=1):
        for c, text in enumerate(row, start=1):
            cell = sheet.cell(row=r, column=c, value=text)
            cell.data_type = "s"  # a name that begins with "=" is no formula
            cell.number_format = "@"
    made = io.BytesIO()
    book.save(made)
    return _still(made.getvalue())


def _still(workbook: bytes) -> bytes:
    """The same workbook without the moment it was made at: neither in its parts nor around them.

    Stored and not packed: packing differs between versions of the library that packs.
    """
    moment = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = moment.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", content)
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.create_system = 3
            new.writestr(entry, content)
    return made.getvalue()
