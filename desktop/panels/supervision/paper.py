"""Fills the printed letter. Pure, apart from the layout it starts on the layout lane."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desktop.circulars.office import office
from desktop.circulars.official import Head, Official, Paragraph
from desktop.panels.supervision.queries import Letter
from desktop.panels.supervision.rules import LEVEL_WORDS, LetterState, day_text
from desktop.paper.pen import SignPages, sign_pages


@dataclass(frozen=True, slots=True)
class LetterPrint:
    """A filled letter and where its PDF goes."""

    sheet: Official
    path: Path


def print_letter(args: LetterPrint) -> Path:
    """Lays the letter out; runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.pages import write_official  # noqa: PLC0415

    return write_official(args.sheet, args.path)


@dataclass(frozen=True, slots=True)
class KeepSigned:
    """Pages to sign, and where the signed file goes."""

    work: SignPages
    path: Path


def keep_signed(args: KeepSigned) -> Path:
    """Signs the pages as they are and puts the file at its place, whole or not at all; runs on
    the layout lane."""
    from desktop.circulars.paper import write_atomically  # noqa: PLC0415  As above.

    file = sign_pages(args.work)
    return write_atomically(args.path, lambda name: _write(Path(name), file))


def _write(path: Path, file: bytes) -> None:
    path.write_bytes(file)


def fill(letter: Letter, printed_at: datetime) -> Official:
    """The letter as it is printed; a draft says that it is one."""
    parts = (
        ("一、督办依据", letter.text.basis),
        ("二、督办事实", letter.text.facts),
        ("三、办理要求", letter.text.demand),
    )
    body: list[Paragraph] = []
    for head, words in parts:
        body.append(Paragraph(head, 1))
        # What was pasted from a table has tabs, which no typeface has.
        body += [Paragraph(line.expandtabs(2)) for line in words.splitlines() if line.strip()]
    body.append(Paragraph(f"请于{day_text(letter.reply_by)}前书面回复。"))
    return Official(
        head=Head(office().issuer, letter.number),
        title=f"关于{letter.case_number}案“{letter.node_name}”的督办单",
        to=f"{letter.court}{letter.team}　{letter.addressee}",
        body=tuple(body),
        organ=office().issuer,
        made_on=letter.issued_on,
        note="草稿，未签发，不具效力" if letter.state is LetterState.DRAFT else "",
        form="letter",
        foot=f"{LEVEL_WORDS[letter.level]}督办　打印 {printed_at:%Y-%m-%d %H:%M}",
    )
