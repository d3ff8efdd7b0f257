"""What a visitor's receipt says, from the store to a laid out page. No Qt.

`receipt` runs on a reader lane, `print_receipt` on the layout lane.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, select

from desktop.circulars.official import Anchor, Head, Official, Paragraph
from desktop.errors import UserError
from desktop.petitions.phrases import phrases
from desktop.petitions.queries import thread
from storage.schema import table


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was noted. `came_on`: the last visit; `promises`: words and day of those not kept."""

    code: str
    petitioner: str
    came_on: date
    court: str
    case_id: str | None
    case_number: str
    summary: str
    demand: str
    promises: tuple[tuple[str, date], ...]


def receipt(connection: Connection, petition_id: str) -> Receipt:
    """The receipt of a petition as it stands; UserError when it is gone."""
    petition, court = table("petition"), table("court")
    source = petition.join(court, court.c.id == petition.c.court_id)
    found = connection.execute(
        select(petition, court.c.name.label("court"))
        .select_from(source)
        .where(petition.c.id == petition_id)
    ).one_or_none()
    if found is None:
        raise UserError("信访件已不存在。")
    acts = thread(connection, petition_id)
    visits = [act for act in acts if act["kind"] == "visit"]
    last = visits[-1] if visits else {"at": found.received_at, "body": found.summary}
    kept = {act["answers"] for act in acts if act["kind"] == "kept"}
    return Receipt(
        code=found.code,
        petitioner=found.petitioner,
        came_on=date.fromisoformat(last["at"][:10]),
        court=found.court,
        case_id=found.case_id,
        case_number=found.case_number or "",
        summary=last["body"] or found.summary,
        demand=found.demand,
        promises=tuple(
            (act["body"], date.fromisoformat(act["due_on"]))
            for act in acts
            if act["kind"] == "promise" and act["id"] not in kept and act["due_on"]
        ),
    )


@dataclass(frozen=True, slots=True)
class ReceiptPrint:
    """A receipt and where its PDF goes."""

    receipt: Receipt
    printed_at: datetime
    path: Path


def print_receipt(args: ReceiptPrint) -> Path:
    """Lays the receipt out; runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.pages import write_official  # noqa: PLC0415

    return write_official(fill(args.receipt, args.printed_at), args.path)


def fill(noted: Receipt, printed_at: datetime) -> Official:
    """The receipt as it is printed, with its code also as a code for a telephone."""
    words = phrases().receipt
    body = [
        Paragraph(f"您于{_day(noted.came_on)}反映的执行信访事项已经登记。"),
        Paragraph(f"被反映法院：{noted.court}"),
    ]
    if noted.case_number:
        body.append(Paragraph(f"案号：{noted.case_number}"))
    for head, text in (("反映事项", noted.summary), ("诉求", noted.demand)):
        lines = [line.expandtabs(2) for line in text.splitlines() if line.strip()]
        body += [Paragraph(line if n else f"{head}：{line}") for n, line in enumerate(lines)]
    body += [Paragraph(f"答复与承诺：{_dated(text, due)}") for text, due in noted.promises]
    body.append(Paragraph(f"查询电话：{words.telephone}（{words.hours}）"))
    body += [Paragraph(line) for line in words.notice]
    return Official(
        head=Head(words.issuer, f"查询码 {noted.code}"),
        title=words.title,
        to=noted.petitioner,
        body=tuple(body),
        organ=words.issuer,
        made_on=noted.came_on,
        seal=False,
        form="letter",
        foot=f"打印 {printed_at:%Y-%m-%d %H:%M}",
        anchor=Anchor((f"查询码 {noted.code}", f"电话 {words.telephone}"), noted.code),
    )


def _dated(text: str, due: date) -> str:
    """A promise with its day, unless its words name it."""
    return text if f"{due.month}月{due.day}日" in text else f"{text}（{_day(due)}前）"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
