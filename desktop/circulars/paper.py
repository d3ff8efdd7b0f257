"""What all plain papers share: page numbers with a foot note, and files that appear whole."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from desktop.errors import OutsideError

_FOOT_Y: Final = 11 * mm


class PageCounter(Canvas):  # type: ignore[misc]
    """A canvas that knows the page count before it writes the first page number."""

    note = ""
    font = ""
    margin = 0.0

    @classmethod
    def with_note(cls, note: str, font: str, margin: float) -> type["PageCounter"]:
        """A canvas class for one document: `note` stands at the left of every foot."""
        return type("NotedPageCounter", (cls,), {"note": note, "font": font, "margin": margin})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 (reportlab's name)
        """Keeps the page until the count is known."""
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Writes all pages, each with its number of how many."""
        count = len(self._kept)
        for state in self._kept:
            self.__dict__.update(state)
            self.setFont(self.font, 8.5)
            self.setFillGray(0.35)
            self.drawString(self.margin, _FOOT_Y, self.note)
            width = A4[0] - self.margin
            self.drawRightString(width, _FOOT_Y, f"第 {self._pageNumber} 页　共 {count} 页")
            super().showPage()
        super().save()


def write_atomically(path: Path, build: Callable[[str], None]) -> Path:
    """Runs `build(name)` on a neighbour of `path`, then renames it: no half file is ever seen."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".pdf", dir=path.parent)
        os.close(handle)
        try:
            build(name)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutsideError(f"文件无法写入 {path.parent}：{error.strerror or error}。") from error
    return path
