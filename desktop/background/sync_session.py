"""The session of the network lane: what a pull or a verdict changes here reaches the panels.

It shares the user session's hooks, so that projections are brought up to date in the transaction
that applies the hub's rows, and by the same law.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection

from storage.records.changes import ChangeSet, Origin
from storage.session import Session, Write

STEPS: Final = 20_000  # virtual machine steps between two looks at the flag


class SyncSession(Session):
    """`on_changes` hears after each commit; `stopped` is asked while statements run."""

    def __init__(
        self,
        user: Session,
        stopped: Callable[[], bool],
        on_changes: Callable[[ChangeSet], None],
    ) -> None:
        super().__init__(user.replica, actor=user.actor)
        self.before_commit = user.before_commit
        self._stopped = stopped
        self._on_changes = on_changes

    @contextmanager
    def apply(self, *, origin: Origin = "sync") -> Iterator[Write]:
        """See Session."""
        with super().apply(origin=origin) as write:
            yield write
        if write.changes:
            self._on_changes(write.changes)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """A desk that closes stops a long apply; it rolls back and comes again at the next start.

        The flag is not looked at any more when the commit begins.
        """
        with super()._transaction() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.set_progress_handler(lambda: int(self._stopped()), STEPS)
            try:
                yield connection
            finally:
                raw.set_progress_handler(None, 0)
