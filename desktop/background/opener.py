"""The way from a folder to an open store, with a person in between. UI thread.

The work runs on the writer lane. What has to be asked or said goes out as signals; the window
answers with `submit` and `act`. The key ring is asked on the lane too: it may be slow to answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from desktop.background.early_key import EarlyKey, Found, exists
from desktop.background.hub import Hub
from desktop.background.lanes import Lanes, Task
from desktop.background.opening import OpenStore, Wish, open_store
from desktop.background.progress import Progress
from desktop.errors import DeskError
from storage import backup, passphrase
from storage.faults import (
    DamagedReplica,
    NewerSchema,
    ReplicaFault,
    WrongPassphrase,
)
from storage.replica import latest_backup

DEADLINE_S: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the store does not open. acts: retry, restore, passphrase, quit."""

    kind: str  # damaged | newer | other
    sentence: str
    acts: tuple[str, ...]


class Opener(QObject):
    """Opens one store; may be asked again after a refusal."""

    passphrase_wanted = Signal(str)  # the sentence about the last one, or empty
    new_passphrase_wanted = Signal()
    opening = Signal()
    progressed = Signal(int, int)
    refused = Signal(object)  # Refused
    opened = Signal(object)  # OpenStore

    def __init__(
        self,
        wish: Wish,
        hub: Hub,
        lanes: Lanes,
        on_crash: Callable[[BaseException], object],
        early: EarlyKey,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._wish = wish
        self._hub = hub
        self._lanes = lanes
        self._on_crash = on_crash
        self._early = early
        self._remember = False

    def start(self) -> None:
        """Opens silently with a known passphrase, else asks for one."""
        self.opening.emit()
        self._run(lambda _task: self._early.take(), self._on_found)

    def submit(self, text: str, remember: bool) -> None:
        """Opens, or creates, with what was typed."""
        self._remember = remember
        create = not exists(self._wish.folder)
        self._wish = replace(self._wish, passphrase=text, create=create, key=None)
        self._open()

    def act(self, act: str) -> None:
        """Carries out an act of a Refused, except quit."""
        if act == "restore":
            self._restore()
        elif act == "passphrase":
            self.passphrase_wanted.emit("")
        else:
            self.start()

    def _on_found(self, found: Found) -> None:
        if found.passphrase is not None:
            self._wish = replace(
                self._wish, passphrase=found.passphrase, create=not found.exists, key=found.key
            )
            self._open()
        elif found.exists:
            self.passphrase_wanted.emit("")
        else:
            self.new_passphrase_wanted.emit()

    def _open(self) -> None:
        self.opening.emit()
        wish = self._wish

        def work(task: Task) -> OpenStore:
            progress = Progress(self._hub, task, self.progressed.emit)
            return open_store(wish, progress.report)

        self._run(work, self._on_opened)

    def _on_opened(self, store: OpenStore) -> None:
        if self._remember:
            folder, text = self._wish.folder, self._wish.passphrase
            self._run(lambda _task: passphrase.remember(folder, text), lambda _done: None)
        self.opened.emit(store)

    def _restore(self) -> None:
        self.opening.emit()
        folder, text = self._wish.folder, self._wish.passphrase

        def work(_task: Task) -> None:
            newest = latest_backup(folder)
            if newest is None:
                raise DeskError("这个文件夹里没有可用的备份。")
            backup.restore(folder, newest, text)

        self._run(work, lambda _done: self._open())

    def _run(self, work: Callable[[Task], Any], on_done: Callable[[Any], None]) -> None:
        task = Task(DEADLINE_S)

        def guarded() -> None:
            try:
                result = work(task)
            except BaseException as fault:
                caught = fault
                self._hub.post(lambda: self._on_fault(caught))
                return
            self._hub.post(lambda: on_done(result))

        self._lanes.writer.submit(task, guarded)

    def _on_fault(self, fault: BaseException) -> None:
        if isinstance(fault, WrongPassphrase):
            self.passphrase_wanted.emit(str(fault))
        elif isinstance(fault, ReplicaFault | DeskError):
            self.refused.emit(_refusal(fault, self._wish.folder))
        else:
            self._on_crash(fault)
            self.refused.emit(
                Refused("other", "程序错误已记录，数据文件没有改动。", ("retry", "quit"))
            )


def _refusal(fault: Exception, folder: Path) -> Refused:
    if isinstance(fault, DamagedReplica):
        acts = ("restore", "quit") if latest_backup(folder) is not None else ("retry", "quit")
        return Refused("damaged", str(fault), acts)
    if isinstance(fault, NewerSchema):
        return Refused("newer", str(fault), ("quit",))
    return Refused("other", str(fault), ("retry", "quit"))
