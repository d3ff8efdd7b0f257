"""Pages and workbooks of the panel. Layout lane; no Qt."""

from dataclasses import dataclass
from pathlib import Path

from desktop.circulars.wide import SignedBy, WideSheet
from desktop.funds.wide_book import write_wide_book
from desktop.paper.pen import SignPages, sign_pages


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet, who signed it, and where it goes."""

    sheet: WideSheet
    signatures: tuple[SignedBy, ...]
    path: Path


@dataclass(frozen=True, slots=True)
class Laid:
    """Pages of the sheet whose fingerprint is `sha256`, with the signatures known by then."""

    sha256: str
    signatures: tuple[SignedBy, ...]
    pages: bytes


def lay(paper: Paper) -> Laid:
    """The pages alone."""
    from desktop.circulars.wide_sheet import wide_pages  # noqa: PLC0415  Loads the PDF library.

    pages = wide_pages(paper.sheet, paper.signatures)
    return Laid(paper.sheet.sha256(), paper.signatures, pages)


def printed(paper: Paper) -> Path:
    """The pages as a file."""
    from desktop.circulars.wide_sheet import write_wide_sheet  # noqa: PLC0415  As above.

    return write_wide_sheet(paper.sheet, paper.path, paper.signatures)


def exported(paper: Paper) -> Path:
    """The same words as a workbook."""
    return write_wide_book(paper.sheet, paper.path)


@dataclass(frozen=True, slots=True)
class KeepSigned:
    """Pages to sign as they are on the screen, and where the signed file goes."""

    work: SignPages
    path: Path


def keep_signed(args: KeepSigned) -> Path:
    """A copy of the sheet with the electronic signature of whoever is at the keyboard. UserError
    for a wrong PIN or certificate."""
    from desktop.circulars.paper import write_atomically  # noqa: PLC0415  As above.

    file = sign_pages(args.work)
    return write_atomically(args.path, lambda name: Path(name).write_bytes(file))
