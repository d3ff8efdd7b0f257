"""The hands that move the demo's money: everything is asked of the ledger by somebody's name.

Writer thread; no Qt. Base data passes the rules of the tables unasked; money does not: while
these hands work, the desk's own triggers judge and move. What is refused is raised, since the demo
may hold nothing that the desk would not have allowed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from desktop.demo.staff import Member
from desktop.demo.story import World
from storage import outbox
from storage.ledger.asking import ask
from storage.ledger.moments import written_at
from storage.records.people import Post

HOME: Final = "豫03"


@dataclass(frozen=True, slots=True)
class Purse:
    """The people at home who have to do with money. Of those who keep it, one approves an order
    and another sends it, neither of them having asked for it."""

    keepers: tuple[Member, ...]
    chief: Member
    vice: Member

    def turn(self, n: int, maker: Member) -> tuple[Member, Member]:
        """(who approves, who sends) of the n-th order."""
        others = [one for one in self.keepers if one != maker]
        return others[n % len(others)], others[(n + 1) % len(others)]


def purse(world: World) -> Purse:
    """Who they are in this city."""
    home = world.staff.court_ids[HOME]
    keepers = tuple(
        Member(str(row[0]), str(row[2]))
        for row in world.staff.persons
        if row[1] == home and row[3] == Post.FINANCE.value
    )
    staff = world.staff
    return Purse(keepers, staff.chiefs[HOME], staff.vice_presidents[HOME])


@contextmanager
def judged(connection: Connection) -> Iterator[None]:
    """Within base data: the rules of the tables hold, and nothing is left to be sent."""
    before = outbox.last_seq(connection)
    connection.exec_driver_sql("update _ctl set applying = 0")
    yield
    connection.exec_driver_sql("delete from _op where seq > ?", (before,))
    connection.exec_driver_sql("update _ctl set applying = 1")


def asked(
    connection: Connection, who: Member, moment: datetime, kind: str, **args: Any
) -> dict[str, Any]:
    """The facts of a wish that must be accepted; with `id` of what it made."""
    with written_at(moment):
        told = ask(connection, kind, args, by=who.id)
    answer = told.answer
    assert answer is not None, f"{kind}: the demo stands alone, yet waits for a hub"
    assert answer.accepted, f"{kind} {moment}: {answer.code} {answer.facts} {args}"
    return {**answer.facts, "id": told.request_id}
