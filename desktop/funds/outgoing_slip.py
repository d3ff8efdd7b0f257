"""付款批次清单: what a bank file holds, counted and summed, with its fingerprint. Any thread.

A4, black on white. Whoever carries the file to the bank can hold it against this sheet; equal
batches give equal bytes.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, SimpleDocTemplate, Spacer

from desktop.circulars.official import Align
from desktop.circulars.paper import PageCounter, write_atomically
from desktop.circulars.plain import MARGIN, cell, grid, paragraph
from desktop.circulars.typefaces import Typefaces, typefaces
from desktop.funds.outgoing import BankFile, Batch, plain_account
from desktop.rules.money import grouped

_WIDE: Final = A4[0] - 2 * MARGIN
_NAME: Final = 26 * mm
_SHARES: Final = (0.9, 2.2, 2.5, 2.8, 3.0, 1.9)
_HEADS: Final = ("序号", "支付单号", "收款人", "账号 / 开户行", "案号", "金额（元）")
_SIDES: Final[tuple[Align, ...]] = ("left", "left", "left", "left", "left", "right")
_SIGNED: Final = "制单人：＿＿＿＿＿＿　　复核人：＿＿＿＿＿＿　　银行签收：＿＿＿＿＿＿"


def write_slip(batch: Batch, file: BankFile, path: Path) -> Path:
    """Lays the slip out and puts it at `path`, whole or not at all.

    Raises UserError for a character without a font, OutsideError where nothing can be written.
    """
    faces = typefaces()
    payments = sorted(batch.payments, key=lambda one: (one.number, one.order_id))
    story: list[Any] = [
        paragraph("付款批次清单", faces, size=18, leading=28, face="hei", align="center"),
        Spacer(1, 2 * mm),
        _pairs(
            (
                ("批次", f"{batch.name}　{batch.day.isoformat()}"),
                ("付款账户", f"{batch.our_name}　{plain_account(batch.our_account)}"),
                ("笔数与合计", f"{file.count} 笔　{grouped(file.total_fen)} 元"),
                ("付款文件", file.name),
                ("SHA-256", file.sha256),
            ),
            faces,
        ),
        Spacer(1, 4 * mm),
        _table(
            [
                (
                    str(n),
                    one.number,
                    one.payee,
                    f"{plain_account(one.account_no)}\n{one.bank}",
                    one.case_number,
                    grouped(one.amount_fen),
                )
                for n, one in enumerate(payments, start=1)
            ],
            faces,
        ),
        Spacer(1, 6 * mm),
        KeepTogether([paragraph(_SIGNED, faces, size=11, leading=18)]),
    ]

    def build(target: str) -> None:
        document = SimpleDocTemplate(
            target,
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=15 * mm,
            bottomMargin=18 * mm,
            title=f"付款批次清单 {batch.name}",
            author=batch.our_name,
            invariant=1,
        )
        canvas = PageCounter.with_note(batch.name, faces, MARGIN)
        document.build(story, canvasmaker=canvas)

    return write_atomically(path, build)


def _pairs(pairs: Sequence[tuple[str, str]], faces: Typefaces) -> Any:
    rows = [[cell(name, faces), cell(words, faces)] for name, words in pairs]
    return grid(rows, [_NAME, _WIDE - _NAME], faces, head=False)


def _table(rows: Sequence[tuple[str, ...]], faces: Typefaces) -> Any:
    made = [[cell(head, faces, align=side) for head, side in zip(_HEADS, _SIDES, strict=True)]]
    made += [
        [cell(words, faces, align=side) for words, side in zip(row, _SIDES, strict=True)]
        for row in rows
    ]
    widths = [_WIDE * share / sum(_SHARES) for share in _SHARES]
    return grid(made, widths, faces, head=True)
