"""What all plain papers share: page numbers with a foot note, and files that appear whole."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from desktop.circulars.typefaces import Typefaces
from desktop.errors import OutsideError

_FOOT_Y: Final = 11 * mm
_FOOT_SIZE: Final = 8.5


class PageCounter(Canvas):  # type: ignore[misc]
    """A canvas that knows the page count before it writes the first page number."""

    note = ""
    faces: Typefaces
    margin = 0.0
    wide = A4[0]

    @classmethod
    def with_note(
        cls, note: str, faces: Typefaces, margin: float, *, wide: float = A4[0]
    ) -> type["PageCounter"]:
        """A canvas class for one document: `note` stands at the left of every foot; `wide` is how
        wide its pages are, in points."""
        own = {"note": note, "faces": faces, "margin": margin, "wide": wide}
        return type("NotedPageCounter", (cls,), own)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # reportlab would name Helvetica, which is not embedded.
        super().__init__(*args, **{**kwargs, "initialFontName": self.faces.font("song")})
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
            self.setFillGray(0.35)
            self._words(self.note, self.margin)
            pages = f"第 {self._pageNumber} 页　共 {count} 页"
            wide = _FOOT_SIZE * sum(self.faces.width(char, "song") for char in pages)
            self._words(pages, self.wide - self.margin - wide)
            super().showPage()
        super().save()

    def _words(self, text: str, left: float) -> None:
        made = self.beginText(left, _FOOT_Y)
        for run in self.faces.runs(text, "song"):
            made.setFont(run.font, _FOOT_SIZE)
            made.textOut(run.text)
        self.drawText(made)


def write_atomically(path: Path, build: Callable[[str], object]) -> Path:
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
