"""What was made here before there was a hub, under a name the hub does not know.

Such bundles carry the local account's name. A login of the hub may take them as its own, once, and
only after the person at the keyboard has said so; a bundle that was ever frozen keeps its author,
because the hub may have seen it.
"""

from sqlalchemy import Connection

from storage.session import Session

_MINE = "state = 'pending' and frozen = 0 and actor = ?"


def unclaimed(connection: Connection, local: str, login: str) -> int:
    """How many bundles of the local account `login` could take."""
    if not local or local == login:
        return 0
    found = connection.exec_driver_sql(f"select count(*) from _bundle where {_MINE}", (local,))
    return int(found.scalar_one())


def claim(session: Session, local: str, login: str) -> int:
    """Puts `login` in the place of the local account; gives the number of bundles."""
    assert local, "what another program left behind belongs to nobody"
    assert login, "the hub has told who is logged in"
    with session.apply() as write:
        done = write.connection.exec_driver_sql(
            f"update _bundle set actor = ? where {_MINE}", (login, local)
        )
        if not done.rowcount:
            write.abandon()
    return int(done.rowcount)
