"""Fills the printed letter. Pure, apart from the layout it starts on the layout lane."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desktop.circulars.content import LetterSheet
from desktop.circulars.office import office
from desktop.panels.supervision.queries import Letter
from desktop.panels.supervision.rules import LEVEL_WORDS, LetterState, day_text


@dataclass(frozen=True, slots=True)
class LetterPrint:
    """A filled letter and where its PDF goes."""

    sheet: LetterSheet
    path: Path


def print_letter(args: LetterPrint) -> Path:
    """Lays the letter out; runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.supervision_letter import write_supervision_letter  # noqa: PLC0415

    return write_supervision_letter(args.sheet, args.path)


def fill(letter: Letter, printed_at: datetime) -> LetterSheet:
    """The letter as it is printed; a draft says that it is one."""
    team = f"{letter.court}{letter.team}"
    return LetterSheet(
        issuer=office().issuer,
        number=letter.number,
        title=f"关于{letter.case_number}案“{letter.node_name}”的督办单",
        addressee=f"{team}　{letter.addressee}",
        paragraphs=(
            ("督办依据", letter.text.basis),
            ("督办事实", letter.text.facts),
            ("办理要求", letter.text.demand),
        ),
        signed_by=office().issuer,
        signed_on=day_text(letter.issued_on) if letter.issued_on is not None else "",
        level=LEVEL_WORDS[letter.level],
        reply_by=day_text(letter.reply_by),
        printed_at=printed_at,
        draft=letter.state is LetterState.DRAFT,
    )
