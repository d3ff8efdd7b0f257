"""Numbers of printed copies as people write them, and the count slip (清点单) as PDF. No Qt."""

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from desktop.circulars.official import Column, Head, Official, Paragraph, Sheet
from desktop.documents.course import ActArgs
from desktop.documents.kinds import kinds
from desktop.documents.receipts import COPIES_MAX, Slip, print_slip, slips
from desktop.errors import UserError

_RANGE: Final = re.compile(r"(\d{1,3})(?:[-—–~至](\d{1,3}))?")
_BETWEEN: Final = re.compile(r"[,，、;；\s]+")
_DASHES: Final = re.compile(r"\s*([-—–~至])\s*")
_WIDE_DIGITS: Final = str.maketrans("０１２３４５６７８９－", "0123456789-")


def copy_numbers(text: str) -> tuple[int, ...]:
    """7, 1-18 or 3、5、9—11 as numbers in order, each once. UserError for anything else."""
    plain = _DASHES.sub(r"\1", text.translate(_WIDE_DIGITS).strip())
    found: set[int] = set()
    for part in filter(None, _BETWEEN.split(plain)):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise UserError(f"“{part}”不是份号，请按 1-18 或 7、9 填写。")
        first = int(match[1])
        last = int(match[2] or first)
        if not 1 <= first <= last <= COPIES_MAX:
            raise UserError(f"份号“{part}”应在 1 与 {COPIES_MAX} 之间，由小到大。")
        found.update(range(first, last + 1))
    if not found:
        raise UserError("请填写要印的份号。")
    return tuple(sorted(found))


def copy_words(numbers: Iterable[int]) -> str:
    """1—18、20: neighbours together; nothing for no number."""
    ordered = sorted(set(numbers))
    starts = ordered[:1] + [b for a, b in pairwise(ordered) if b != a + 1]
    ends = [a for a, b in pairwise(ordered) if b != a + 1] + ordered[-1:]
    return "、".join(str(a) if a == b else f"{a}—{b}" for a, b in zip(starts, ends, strict=True))


@dataclass(frozen=True, slots=True)
class CountSlip:
    """All print runs of one document, with who ran the last one."""

    number: str
    title: str
    file_sha256: str
    runs: tuple[Slip, ...]
    by: str


def slip_document(slip: CountSlip) -> Official:
    """The count slip as a letter of the centre; what was printed again says so."""
    rows = tuple(
        (
            str(n),
            f"{run.at:%Y-%m-%d %H:%M}",
            str(len(run.copies)),
            copy_words(run.copies),
            f"第 {copy_words(run.again)} 份" if run.again else "无",
        )
        for n, run in enumerate(slip.runs, start=1)
    )
    total = sum(len(run.copies) for run in slip.runs)
    again = sum(len(run.again) for run in slip.runs)
    last = slip.runs[-1]
    columns = (
        Column("序号", 1, "center"),
        Column("时间", 3, "center"),
        Column("份数", 1, "center"),
        Column("份号", 3),
        Column("其中补印", 3),
    )
    return Official(
        head=Head(kinds().organ, slip.number),
        title="公文印制清点单",
        to="",
        body=(
            Paragraph(f"文件：{slip.number}《{slip.title}》"),
            Paragraph(f"本次：{last.words()}。"),
            Paragraph(f"累计印 {total} 份，其中补印 {again} 份；各次所印为同一文件。"),
            Sheet("印制记录", columns, rows),
            Paragraph(f"文件指纹（SHA-256）：{slip.file_sha256}"),
            Paragraph(f"经办：{slip.by}　　　　　　　　清点："),
        ),
        organ=kinds().centre,
        made_on=last.at.date(),
        form="letter",
        seal=False,
    )


def slip_pages(slip: CountSlip) -> bytes:
    """The count slip as PDF. Layout lane."""
    # Imported here: reportlab is slow to load, and a session may end without a page.
    from desktop.circulars.pages import write_official  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="edesk-") as folder:
        return write_official(slip_document(slip), Path(folder) / "slip.pdf").read_bytes()


@dataclass(frozen=True, slots=True)
class Counted:
    """Copies that came out of the printer, by document."""

    acts: tuple[tuple[ActArgs, tuple[int, ...]], ...]


def note_copies(connection: Connection, counted: Counted) -> dict[str, Slip]:
    """Writes down what was printed. Writer lane."""
    return {act.document_id: print_slip(connection, act, numbers) for act, numbers in counted.acts}


def printed_before(connection: Connection, ids: tuple[str, ...]) -> dict[str, tuple[Slip, ...]]:
    """The print runs of each document. Reader lane."""
    return {one: tuple(slips(connection, one)) for one in ids}
