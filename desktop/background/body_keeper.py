"""The application's side of the bodies of attachments: work goes to the layout lane. UI thread.

Not the writer lane: sealing a photograph takes longer than a sentence that somebody types.
"""

from collections.abc import Callable
from typing import Any, Protocol

from desktop.contract.bodies import Body, BodyFile
from desktop.errors import OutsideError
from storage.session import Session


class LaysOut(Protocol):
    """The context as far as it is needed here."""

    def layout(
        self,
        owner: Any,
        work: Callable[[Any], Any],
        args: Any,
        on_result: Callable[[Any], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None: ...


class BodyKeeper:
    """Implements desktop.contract.bodies.BodyDoor for one open store."""

    def __init__(self, context: LaysOut, session: Session) -> None:
        self._context = context
        self._session = session
        self._store: Any = None

    def keep(
        self,
        owner: Any,
        files: tuple[BodyFile, ...],
        on_result: Callable[[tuple[Body, ...]], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """See BodyDoor."""
        self._context.layout(owner, self._kept, files, on_result, on_error)

    def fetch(
        self,
        owner: Any,
        body: Body,
        on_result: Callable[[bytes | None], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """See BodyDoor."""
        self._context.layout(owner, self._fetched, body, on_result, on_error)

    def _kept(self, files: tuple[BodyFile, ...]) -> tuple[Body, ...]:
        made = []
        for file in files:
            try:
                blob = self._bodies().add(file.path, file.mime)
            except OSError as fault:
                raise OutsideError(f"文件无法读取或保存：{file.path.name}。") from fault
            made.append(Body(blob.sha256, blob.size, blob.mime))
        return tuple(made)

    def _fetched(self, body: Body) -> bytes | None:
        from storage.sync.blobs import Blob  # noqa: PLC0415  As below.

        bodies = self._bodies()
        if bodies.state(body.sha256) not in ("local", "sent", "cached"):
            return None
        return b"".join(bodies.read(Blob(body.sha256, body.size, body.mime)))

    def _bodies(self) -> Any:
        """Made on the lane, which is one thread: the first one writes the key."""
        if self._store is None:
            # The ciphers of files are loaded where there is a file.
            from storage.sync.blobs import BlobStore  # noqa: PLC0415

            self._store = BlobStore(self._session)
        return self._store
