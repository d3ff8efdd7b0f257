"""Photographs on their way onto a form, one after the other. UI thread.

One at a time, so that a card that is pulled out, a full disk or a file that is no photograph takes
nothing with it but itself; and onto the form they were chosen for, wherever the officer has gone
meanwhile.
"""

from collections import deque
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.command.seizures.commands import AddPhotos, Filled, Photo, add_photos
from desktop.command.seizures.pictures import read_pictures
from desktop.contract.bodies import Body, BodyFile
from desktop.contract.context import PanelContext


class PhotoTaking(QObject):
    """`moved()` after each file; `ended(words)` after the last one, with a line for each file that
    was not taken."""

    moved = Signal()
    ended = Signal(str)

    def __init__(self, context: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: deque[tuple[Path, str]] = deque()
        self._filled: dict[str, Filled] = {}
        self._told: dict[str, list[str]] = {}
        self._busy = False
        self.done = 0
        self.total = 0

    def busy_with(self, seizure_id: str) -> bool:
        """Whether photographs of that form are still under way."""
        return self._busy and seizure_id in self._filled

    def take(self, filled: Filled, paths: Sequence[Path]) -> None:
        """Takes files for a form, behind those that are under way."""
        self.keep_up(filled)
        self._waiting += [(path, filled.seizure_id) for path in paths]
        self.total += len(paths)
        if not self._busy and paths:
            self._busy = True
            self._next()

    def keep_up(self, filled: Filled) -> None:
        """What the form says now: a photograph is stored with the form it hangs on."""
        self._filled[filled.seizure_id] = filled

    def _next(self) -> None:
        if not self._waiting:
            self._end()
            return
        path, seizure_id = self._waiting.popleft()
        self._context.layout(
            self,
            read_pictures,
            (path,),
            lambda photos: self._on_read(path, seizure_id, photos[0]),
            partial(self._on_fault, path),
        )

    def _on_read(self, path: Path, seizure_id: str, photo: Photo) -> None:
        self._context.bodies.keep(
            self,
            (BodyFile(path, photo.mime),),
            lambda kept: self._on_kept(path, seizure_id, photo, kept[0]),
            partial(self._on_fault, path),
        )

    def _on_kept(self, path: Path, seizure_id: str, photo: Photo, body: Body) -> None:
        # A file that was replaced between the two readings is another photograph.
        if body.sha256 != photo.sha256:
            self._on_fault(path, self.tr("A file changed meanwhile; choose it again."))
            return
        self._context.write(
            self,
            "现场照片",
            add_photos,
            AddPhotos(self._filled[seizure_id], (photo,)),
            partial(self._on_added, path),
            partial(self._on_fault, path),
        )

    def _on_added(self, path: Path, count: int) -> None:
        if not count:
            self._tell(path, self.tr("It hangs on this form already."))
        self._go_on()

    def _on_fault(self, path: Path, sentence: str) -> None:
        self._tell(path, sentence)
        self._go_on()

    def _tell(self, path: Path, sentence: str) -> None:
        self._told.setdefault(sentence, []).append(path.name)

    def _go_on(self) -> None:
        self.done += 1
        self.moved.emit()
        self._next()

    def _end(self) -> None:
        words = "\n".join(
            sentence if names[0] in sentence else f"{'、'.join(names)}：{sentence}"
            for sentence, names in self._told.items()
        )
        self._filled.clear()
        self._told.clear()
        self._busy = False
        self.done = self.total = 0
        self.ended.emit(words)
