"""A hand-over as one page. Pure, apart from the layout it starts on the layout lane."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from desktop.circulars.official import Column, Head, Official, Sheet
from desktop.circulars.wide import WideSheet, WideTable
from desktop.command.handover import Handed
from desktop.rules.handover import LINES_MAX, urgency
from desktop.rules.short_names import short_place

_LETTER_MAX: Final = 16  # more lines than a letter has room for
_COLUMNS: Final = (
    Column("序号", 0.07, "center"),
    Column("类别", 0.12, "center"),
    Column("事项", 0.43),
    Column("负责人", 0.19),
    Column("下一步", 0.19),
)


@dataclass(frozen=True, slots=True)
class HandoverPrint:
    """A hand-over and where its PDF goes; `issuer`: whose paper it is."""

    handed: Handed
    issuer: str
    printed_at: datetime
    path: Path


def print_handover(args: HandoverPrint) -> Path:
    """Lays it out on one page, whatever there is: as a letter, where that is too small as a wide
    table, and what even that has no room for is counted. Runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.pages import write_official  # noqa: PLC0415
    from desktop.circulars.paper import write_atomically  # noqa: PLC0415
    from desktop.circulars.wide_sheet import wide_pages  # noqa: PLC0415

    if len(args.handed.items) <= _LETTER_MAX:
        path = write_official(fill(args), args.path)
        if _page_count(path.read_bytes()) == 1:
            return path
    least, most = 0, min(len(args.handed.items), LINES_MAX)
    made = wide_pages(wide(args, most))
    if _page_count(made) > 1:
        while least < most:
            tried = (least + most + 1) // 2
            fits = _page_count(wide_pages(wide(args, tried))) == 1
            least, most = (tried, most) if fits else (least, tried - 1)
        made = wide_pages(wide(args, least))
    return write_atomically(args.path, lambda target: Path(target).write_bytes(made))


def _page_count(pdf: bytes) -> int:
    from pypdf import PdfReader  # noqa: PLC0415  As above.

    return len(PdfReader(BytesIO(pdf)).pages)


def _rows(args: HandoverPrint, most: int) -> tuple[tuple[str, ...], ...]:
    items = sorted(args.handed.items, key=urgency)
    rows = [
        (str(number), item.kind, item.text, _short(item.owner), item.step)
        for number, item in enumerate(items[:most], start=1)
    ]
    if left := len(items) - len(rows):
        rows.append(("", "", f"另有 {left} 项，见指挥台交接记录", "", ""))
    return tuple(rows)


def _short(owner: str) -> str:
    team, _blank, person = owner.partition(" ")
    return f"{short_place(team)} {person}" if person else owner


def wide(args: HandoverPrint, most: int) -> WideSheet:
    """The first `most` matters in a table of small print."""
    one = args.handed
    given, taken = _signed(one)
    caption = f"未办结事项 {len(one.items)} 项"
    return WideSheet(
        f"{args.issuer}交接班记录",
        (("班次截至", _moment(one.to_at)), ("校验", one.sha256[:16])),
        (WideTable(caption, _COLUMNS, _rows(args, most)),),
        (f"{given}　　{taken}　　打印 {args.printed_at:%Y-%m-%d %H:%M}",),
        args.issuer,
    )


def _signed(one: Handed) -> tuple[str, str]:
    taken = f"接班 {one.taker} {_moment(one.taken_at)}" if one.taken_at else "尚未接班"
    return f"交班 {one.giver} {_moment(one.given_at)}", taken


def fill(args: HandoverPrint) -> Official:
    """The open matters as a letter."""
    one = args.handed
    given, taken = _signed(one)
    rows = _rows(args, len(one.items))
    return Official(
        head=Head(args.issuer, "交接班记录"),
        title=f"{_moment(one.to_at)}交接班记录",
        to="",
        body=(Sheet(f"未办结事项 {len(one.items)} 项", _COLUMNS, rows),),
        organ=args.issuer,
        made_on=None,
        note="",
        seal=False,
        form="letter",
        foot=f"{given}　{taken}　校验 {one.sha256[:16]}　打印 {args.printed_at:%Y-%m-%d %H:%M}",
    )


def _moment(text: str | None) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}" if text else ""
