"""A hand-over as one page. Pure, apart from the layout it starts on the layout lane."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from desktop.circulars.official import Column, Head, Official, Sheet
from desktop.command.handover import Handed
from desktop.rules.handover import LINES_MAX

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
    """Lays the page out; runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.pages import write_official  # noqa: PLC0415

    return write_official(fill(args), args.path)


def fill(args: HandoverPrint) -> Official:
    """The open matters in a table; what does not fit the page is counted, not dropped unsaid."""
    one = args.handed
    shown = one.items[:LINES_MAX]
    rows = [
        (str(number), item.kind, item.text, item.owner, item.step)
        for number, item in enumerate(shown, start=1)
    ]
    left = len(one.items) - len(shown)
    if left:
        rows.append(("", "", f"另有 {left} 项，见指挥台交接记录", "", ""))
    given = _moment(one.given_at)
    taken = f"接班 {one.taker} {_moment(one.taken_at)}" if one.taken_at else "尚未接班"
    return Official(
        head=Head(args.issuer, "交接班记录"),
        title=f"{_moment(one.to_at)}交接班记录",
        to="",
        body=(Sheet(f"未办结事项 {len(one.items)} 项", _COLUMNS, tuple(rows)),),
        organ=args.issuer,
        made_on=None,
        note="",
        seal=False,
        form="letter",
        foot=f"交班 {one.giver} {given}　{taken}　校验 {one.sha256[:16]}"
        f"　打印 {args.printed_at:%Y-%m-%d %H:%M}",
    )


def _moment(text: str | None) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}" if text else ""
