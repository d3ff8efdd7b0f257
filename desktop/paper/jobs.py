"""Print jobs: finished PDF files go to a printer or into a folder. Layout lane.

Qt may paint on a printer from any thread; the pages are turned into dots once for all copies.
"""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter

from desktop.circulars.appearance import as_it_looks
from desktop.circulars.names import file_name
from desktop.errors import OutsideError
from widgets.pdf_printing import print_pages

TRAYS: Final[Mapping[str, QPrinter.PaperSource]] = MappingProxyType(
    {
        "auto": QPrinter.PaperSource.Auto,
        "upper": QPrinter.PaperSource.Upper,
        "lower": QPrinter.PaperSource.Lower,
        "manual": QPrinter.PaperSource.Manual,
    }
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where paper comes out: a printer by name and a tray of TRAYS; or `folder`, which gets the
    files byte by byte; or `spool`, one PDF of all copies, as a printer would put them out."""

    printer: str = ""
    tray: str = "auto"
    both_sides: bool = True
    folder: Path | None = None
    spool: Path | None = None


@dataclass(frozen=True, slots=True)
class PrintRun:
    """One file and how many copies of it."""

    name: str
    data: bytes
    copies: int


@dataclass(frozen=True, slots=True)
class PrintJobs:
    """What is printed in one go, in this order."""

    runs: tuple[PrintRun, ...]
    target: Target


def print_runs(jobs: PrintJobs) -> tuple[Path, ...]:
    """Prints everything; gives the files that were written, none for paper. OutsideError where
    printer or folder refuses."""
    if jobs.target.folder is not None:
        return tuple(_keep(run, jobs.target.folder) for run in jobs.runs)
    for run in jobs.runs:
        _print(run, jobs.target)
    return (jobs.target.spool,) if jobs.target.spool is not None else ()


def _keep(run: PrintRun, folder: Path) -> Path:
    path = folder / file_name(run.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(run.data)
    except OSError as error:
        raise OutsideError(f"文件无法写入 {folder}：{error.strerror or error}。") from error
    return path


def _print(run: PrintRun, target: Target) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    if target.spool is not None:
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(target.spool))
    else:
        printer.setPrinterName(target.printer)
        if printer.printerName() != target.printer or not printer.isValid():
            raise OutsideError(f"没有找到打印机“{target.printer}”。")
        printer.setPaperSource(TRAYS.get(target.tray, QPrinter.PaperSource.Auto))
    side = QPrinter.DuplexMode.DuplexLongSide if target.both_sides else None
    printer.setDuplex(side or QPrinter.DuplexMode.DuplexNone)
    printer.setDocName(run.name)
    folder = Path(tempfile.mkdtemp(prefix="edesk-"))
    document = QPdfDocument()
    try:
        (folder / "pages.pdf").write_bytes(as_it_looks(run.data))
        document.load(str(folder / "pages.pdf"))
        if document.pageCount() < 1 or not print_pages(document, printer, run.copies):
            raise OutsideError(f"打印机没有接受“{run.name}”。")
    finally:
        document.close()
        shutil.rmtree(folder, ignore_errors=True)
