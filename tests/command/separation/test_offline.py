"""Two desks on a real hub: what completes a conflict was written where there was no line."""

import json
from collections.abc import Callable

from sqlalchemy import Connection

from desktop.command.separation.watching import Look, look, recount, settle
from desktop.command.separation.words import told
from desktop.documents.bench import panel_words
from desktop.rules.separation import ConflictBook, News
from storage.ids import new_id
from storage.records.changes import ChangeSet
from tests.hub.conftest import Town
from tests.sync.conftest import Laptop, laptop, town

__all__ = ["laptop", "town"]


class Attendant:
    """What the desk's attendant does with the changes that its store announces."""

    def __init__(self, desk: Laptop) -> None:
        self.desk = desk
        self.waiting = ChangeSet()
        with desk.session.read() as connection:
            self.book = ConflictBook(recount(connection))
        desk.session.before_commit.append(self._collect)

    def _collect(self, _connection: Connection, changes: ChangeSet) -> None:
        self.waiting = self.waiting.merge(changes)

    def hears(self) -> News:
        """What the changes since the last look brought."""
        changes, self.waiting = self.waiting, ChangeSet()
        with self.desk.session.read() as connection:
            known = tuple(self.book.conflicts.values())
            news = settle(self.book, look(connection, Look(known, changes)))
            assert set(self.book.conflicts) == {one.key for one in recount(connection)}
            return news


def test_a_hold_from_an_offline_desk_completes_the_conflict_at_the_centre(
    town: Town, laptop: Callable[..., Laptop]
) -> None:
    judge, second, third = (new_id() for _ in range(3))
    person = {"court_id": town.court, "post": "quota_judge", "quota": 1}
    people = [
        (2, key, "I", {"id": key, "name": f"法官{n}", **person}, None)
        for n, key in enumerate((judge, second, third))
    ]
    assert town.centre.verdict(*people) == "applied"
    centre, field = laptop("centre"), laptop("first")
    case_id = town.cases[1]
    # The laptop is away: somebody notes there that the judge had the case until a week ago.
    field.edit(
        "insert into hold (id, case_id, from_on, kind, holder_id, holder_name, scope)"
        " values (?, ?, '2026-01-05', 'handler', ?, '法官0', 1)",
        *(new_id(), case_id, judge),
    )
    # Meanwhile the centre names him for a bench, of which nothing speaks against him here.
    fields = json.dumps({"_panel": panel_words([second, judge, third])})
    centre.edit(
        "insert into document (id, kind, template, case_id, title, fields, content_sha256, series,"
        " made_on, maker_id, judge) values (?, 'objection_ruling', 't', ?, '执行裁定书', ?, ?,"
        " '执异裁', '2026-05-06', ?, 1)",
        *(new_id(), case_id, fields, "0" * 64, second),
    )
    attends, his = Attendant(centre), Attendant(field)
    centre.sync()
    assert not attends.hears()
    # He comes back: his desk knows at once, the centre with the pull that brings the hold.
    field.sync()
    assert his.hears().come
    centre.sync()
    found = attends.hears()
    with centre.session.read() as connection:
        (one,) = told(connection, found.come)
    assert (one.person, one.path, one.carried_out) == ("法官0", "本案", "承办执行实施")
