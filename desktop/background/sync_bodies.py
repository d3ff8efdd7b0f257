"""Carries bodies of attachments beside the exchange: a moment after each round, on its own line.

Operations always go first, and a line that fails here says nothing about the exchange: it is tried
again later. Network lane; free of Qt.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from storage.session import Session
from storage.sync.counts import count
from storage.sync.port import Stopped, SyncFault

if TYPE_CHECKING:
    from storage.sync.blob_lane import BlobLane

SLICE_S: Final = 0.4
LATER_S: Final = 60.0


class Line(Protocol):
    """A connection to the hub that is used for bodies alone."""

    def call(self, function: str, *values: Any) -> Any:
        """Calls a function of the hub by name."""
        ...

    def close(self) -> None:
        """Ends the connection; the next call opens one."""
        ...

    def stop(self) -> None:
        """Breaks off what is under way, for good. Any thread."""
        ...


@dataclass(frozen=True, slots=True)
class Carried:
    """`more`: there is more to carry now; `said`: sentences the user should hear, each once."""

    more: bool = False
    said: tuple[str, ...] = ()


class Bodies:
    """One login's attachments. `want` may be called on any thread."""

    def __init__(
        self,
        session: Session,
        make_line: Callable[[], Line],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._make_line = make_line
        self._clock = clock
        self._line: Line | None = None
        self._lane: BlobLane | None = None
        self._for: tuple[str, str] = ("", "")
        self._again_at = 0.0
        self._told: set[tuple[str, str]] = set()

    def carry(self, who: str, person_id: str) -> Carried:
        """Pieces for a moment. Faults of the line wait for a minute."""
        if self._clock() < self._again_at or not self._anything():
            return Carried()
        lane = self._lane_for(who, person_id)
        until = self._clock() + SLICE_S
        said: list[str] = []
        try:
            while self._clock() < until:
                step = lane.step()
                if step.kind == "refused" and (step.row_id, step.sentence) not in self._told:
                    self._told.add((step.row_id, step.sentence))
                    said.append(step.sentence)
                if not step.more:
                    return Carried(said=tuple(said))
        except Stopped:
            raise
        except SyncFault:
            self._again_at = self._clock() + LATER_S
            self.close()
            return Carried(said=tuple(said))
        return Carried(more=True, said=tuple(said))

    def close(self) -> None:
        """Ends the line, until there is something to carry."""
        if self._line is not None:
            self._line.close()

    def stop(self) -> None:
        """Breaks off what is under way. Any thread."""
        line = self._line
        if line is not None:
            line.stop()

    def _anything(self) -> bool:
        """Most desks carry nothing most of the time: no second connection for that."""
        with self._session.read() as connection:
            return bool(connection.exec_driver_sql("select 1 from attachment limit 1").first())

    def _lane_for(self, who: str, person_id: str) -> BlobLane:
        # The ciphers of files are loaded where there is a file to carry.
        from storage.sync.blob_lane import BlobLane  # noqa: PLC0415
        from storage.sync.blobs import BlobStore  # noqa: PLC0415

        if self._lane is None or self._for != (who, person_id):
            line = self._line = self._line or self._make_line()
            self._lane = BlobLane(
                self._session,
                BlobStore(self._session),
                line.call,
                busy=lambda: self._waits(who),
                person_id=person_id,
            )
            self._for = (who, person_id)
        return self._lane

    def _waits(self, who: str) -> bool:
        with self._session.read() as connection:
            return count(connection, "", who).mine > 0
