"""The databases refuse a request that nobody but the chief may send: the hub and a replica."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from storage.faults import RefusedByRule
from storage.ids import new_id
from storage.session import Session
from tests.hub.conftest import Town
from tests.stores import new_store

AT = "2026-11-23T09:00:00+08:00"
POSTS = ("operator", "deputy_chief", "vice_president", "president", "police", "bureau_chief")
REQUEST = (
    "insert into {at}police_request (id, team_id, reason, place, needed_from, needed_to, officers,"
    " maker_id, made_at) values ('{id}', '{team}', '清场', '东门', '2026-11-24T08:00+08:00',"
    " '2026-11-24T12:00+08:00', 4, '{maker}', '{now}')"
)
ACT = (
    "insert into {at}police_act (id, request_id, team_id, act, person_id, at, body)"
    " values ('{new}', '{id}', '{team}', '{act}', '{who}', '{now}', '{body}')"
)


def _statements(at: str, team: str, people: dict[str, str]) -> list[tuple[str, str | None]]:
    """(statement, words of the refusal or None) in order; {people} by post."""
    request = new_id()
    made = {"at": at, "id": request, "team": team, "now": AT}

    def act(name: str, post: str, body: str = "") -> str:
        return ACT.format(**made, new=new_id(), act=name, who=people[post], body=body)

    chief = "只能由本院执行局局长"
    found: list[tuple[str, str | None]] = [
        (REQUEST.format(**made, maker=people["operator"]), None),
        (act("answer", "operator"), "尚未发往法警支队"),
        (act("submit", "operator"), None),
    ]
    found += [(act("send", post), chief) for post in POSTS[:-1]]
    found += [(act("return", "president", "不必"), chief), (act("send", "bureau_chief"), None)]
    words = f"update {at}police_request set officers = 40 where id = '{request}'"
    return [*found, (words, "内容不得再改"), (act("answer", "operator"), None)]


def test_the_hub_refuses(town: Town) -> None:
    people = {post: new_id() for post in POSTS}
    for post, person in people.items():
        town.admin.execute(
            "insert into desk.person (id, court_id, name, post) values (%s, %s, %s, %s)",
            (person, town.court, f"某{post}", post),
        )
    for statement, refused in _statements("desk.", town.teams[1], people):
        if refused is None:
            town.admin.execute(statement)
        else:
            with pytest.raises(psycopg.errors.RaiseException, match=refused):
                town.admin.execute(statement)


def test_a_replica_refuses(tmp_path: Path) -> None:
    court, team = new_id(), new_id()
    people = {post: new_id() for post in POSTS}
    with new_store(tmp_path / "s") as replica:
        session = Session(replica, actor="某人")
        with session.write("建立") as made:
            connection = made.connection
            connection.execute(
                text("insert into court (id, code, name, short_name) values (:i, 'x', 'x', 'x')"),
                {"i": court},
            )
            connection.execute(
                text(
                    "insert into team (id, court_id, name, kind, number)"
                    " values (:i, :c, '一', 'implementation', 1)"
                ),
                {"i": team, "c": court},
            )
            for post, person in people.items():
                connection.execute(
                    text("insert into person (id, court_id, name, post) values (:i, :c, :p, :p)"),
                    {"i": person, "c": court, "p": post},
                )
        for statement, refused in _statements("", team, people):
            if refused is None:
                with session.write("办理") as made:
                    made.connection.execute(text(statement))
            else:
                with (
                    pytest.raises(RefusedByRule, match=refused),
                    session.write("办理") as made,
                ):
                    made.connection.execute(text(statement))
