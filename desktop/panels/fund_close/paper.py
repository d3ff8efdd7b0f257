"""Pages and workbooks of the panel. Layout lane; no Qt."""

from dataclasses import dataclass
from pathlib import Path

from desktop.circulars.wide import SignedBy, WideSheet
from desktop.funds.wide_book import write_wide_book


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet, who signed it, and where it goes."""

    sheet: WideSheet
    signatures: tuple[SignedBy, ...]
    path: Path


@dataclass(frozen=True, slots=True)
class Laid:
    """Pages of the sheet whose fingerprint is `sha256`."""

    sha256: str
    pages: bytes


def lay(paper: Paper) -> Laid:
    """The pages alone."""
    from desktop.circulars.wide_sheet import wide_pages  # noqa: PLC0415  Loads the PDF library.

    return Laid(paper.sheet.sha256(), wide_pages(paper.sheet, paper.signatures))


def printed(paper: Paper) -> Path:
    """The pages as a file."""
    from desktop.circulars.wide_sheet import write_wide_sheet  # noqa: PLC0415  As above.

    return write_wide_sheet(paper.sheet, paper.path, paper.signatures)


def exported(paper: Paper) -> Path:
    """The same words as a workbook."""
    return write_wide_book(paper.sheet, paper.path)
