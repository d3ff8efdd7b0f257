"""Opens a store for a command: passphrase, replica, session with the projection hook. No Qt."""

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from desktop.contract.court_zone import COURT_ZONE, court_today
from desktop.contract.law import Law, load_law
from desktop.errors import UserError
from desktop.projection.local_days import local_days
from desktop.projection.project import projector
from storage import passphrase
from storage.faults import ReplicaFault
from storage.replica import Replica
from storage.session import Session
from storage.sync.validity import ended_words, validity

NO_PASSPHRASE = "没有口令：请设置环境变量 EDESK_PASSPHRASE，或先在窗口中打开一次该数据目录。"


@dataclass(frozen=True, slots=True)
class Opened:
    """An open store; `law` holds the local calendar days of this store.

    `today`: the day the store stands on; an invented city keeps the day it was made for.
    """

    replica: Replica
    session: Session
    law: Law
    today: date


@contextmanager
def open_session(
    store: Path,
    *,
    create: bool = False,
    shows: bool = False,
    today: Callable[[], date] = court_today,
) -> Iterator[Opened]:
    """The store in the folder `store`, closed again at the end.

    shows: the command prints what the store holds, which ends with its validity (U30).
    The passphrase comes from EDESK_PASSPHRASE, else from the system's keyring. Whatever is
    written is projected in the same transaction for the day the store holds, else `today()`.
    Raises UserError with the fault's own sentence when the store cannot be opened or written.
    """
    secret = passphrase.find(store)
    if secret is None:
        raise UserError(NO_PASSPHRASE)
    try:
        with Replica.open(store, secret, create=create) as replica:
            session = Session(replica, actor=_actor())
            with session.read() as connection:
                law = load_law(local_days(connection))
                held = _held_day(connection)
                if shows:
                    _refuse_ended(connection)
            session.before_commit.append(projector(law, lambda: held or today()))
            yield Opened(replica, session, law, held or today())
    except ReplicaFault as fault:
        raise UserError(str(fault)) from fault


def _refuse_ended(connection: Connection) -> None:
    found = validity(connection, datetime.now(COURT_ZONE))
    if found is not None and found.over:
        raise UserError(ended_words(found))


def _held_day(connection: Connection) -> date | None:
    row = connection.exec_driver_sql("select value from setting where key = 'today'").first()
    return date.fromisoformat(row[0]) if row is not None and row[0] else None


def _actor() -> str:
    """Who acts from the command line: the account's name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return os.environ.get("USERNAME", "cli")
