"""The application's side of field packs: work goes to the layout lane. UI thread.

Not through the writer lane: a pack's rows are nobody's edits, and lie in by a transaction of their
own.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from desktop.background.body_keeper import LaysOut
from desktop.contract.packs import PackOpened, PacksReturned
from desktop.errors import OutsideError
from storage.records.changes import ALL, ChangeSet
from storage.session import Session

T = TypeVar("T")


class Announces(LaysOut, Protocol):
    """The context as far as it is needed here."""

    def announce(self, changes: ChangeSet) -> None: ...


class PackKeeper:
    """Implements desktop.contract.packs.PackDoor for one open store."""

    def __init__(self, context: Announces, session: Session) -> None:
        self._context = context
        self._session = session

    def open(
        self,
        owner: Any,
        path: Path,
        on_result: Callable[[PackOpened], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """See PackDoor."""
        done = partial(self._on_done, on_result)
        self._context.layout(owner, self._opened, path, done, on_error)

    def give_back(
        self,
        owner: Any,
        on_result: Callable[[PacksReturned], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """See PackDoor."""
        done = partial(self._on_done, on_result)
        self._context.layout(owner, self._returned, None, done, on_error)

    def _on_done(self, on_result: Callable[[T], None], found: T) -> None:
        # Imported here: few desks ever open a pack.
        from storage.overlay import TABLES  # noqa: PLC0415

        self._context.announce(ChangeSet({one.name: ALL for one in TABLES.values()}, "sync"))
        on_result(found)

    def _opened(self, path: Path) -> PackOpened:
        from storage.sync import packs  # noqa: PLC0415  As above.

        try:
            data = path.read_bytes()
        except OSError as fault:
            raise OutsideError(f"出差包文件无法读取：{path.name}。") from fault
        packs.expire(self._session)
        found = packs.unpack(self._session, data, file=path)
        return PackOpened(found.cases, found.brought, found.expires_at)

    def _returned(self, _args: None) -> PacksReturned:
        from storage.sync import packs  # noqa: PLC0415  As above.

        proofs = packs.expire(self._session)
        for pack in packs.open_packs(self._session):
            proofs.append(packs.shred(self._session, pack, "returned"))
        return PacksReturned(len(proofs), sum(int(one["rows"]) for one in proofs))
