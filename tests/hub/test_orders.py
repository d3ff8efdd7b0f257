"""Orders at the hub: wrong roles and persons are refused there too, and what presses rings."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import psycopg
import pytest

from storage.hub import users
from storage.ids import new_id
from storage.merge import PRESSING, ROLES
from storage.schema import table
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, PORTABLE, Officer, Town

ORDER: Final = table("field_order").info["number"]
ACT: Final = table("field_order_act").info["number"]
PERSON: Final = table("person").info["number"]
MEMBER: Final = table("membership").info["number"]
CASE: Final = table("case").info["number"]
LOOKING: Final = ("auditor", "finance", "administrator")
Row = dict[str, Any]
# Name, post; the team that each stands in.
STAFF: Final = (
    ("issuer", "operator", None),
    ("receiver", "judge_assistant", 1),
    ("comrade", "clerk", 1),
    ("former", "clerk", 1),
    ("stranger", "clerk", 2),
    ("chief", "bureau_chief", None),
)


def put(officer: Officer, number: int, row: Mapping[str, Any]) -> str:
    """One new row as a bundle; the hub's verdict."""
    return officer.verdict((number, str(row["id"]), "I", dict(row), None))


@pytest.fixture(scope="module")
def people(town: Town) -> dict[str, str]:
    made: dict[str, str] = {}
    for name, post, team in STAFF:
        row = {"id": new_id(), "court_id": town.court, "name": f"某{name}", "post": post}
        assert put(town.centre, PERSON, row) == "applied"
        made[name] = str(row["id"])
        if team is not None:
            member = {
                "id": new_id(),
                "person_id": row["id"],
                "team_id": town.teams[team],
                "role": "clerk",
                "from_on": "2026-01-01",
                "to_on": "2026-10-31" if name == "former" else None,
            }
            assert put(town.centre, MEMBER, member) == "applied"
    return made


def order(town: Town, issuer: str, **more: Any) -> Row:
    return {
        "id": new_id(),
        "team_id": town.teams[1],
        "person_id": None,
        "title": "增援现场",
        "issuer_id": issuer,
        "made_at": "2026-11-29T09:00:00.000+08:00",
    } | more


def act(of: Row, kind: str, person: str, minute: int = 5, **more: Any) -> Row:
    return {
        "id": new_id(),
        "order_id": of["id"],
        "team_id": of["team_id"],
        "act": kind,
        "person_id": person,
        "at": f"2026-11-29T09:{minute:02d}:00.000+08:00",
    } | more


@pytest.fixture
def sent(town: Town, people: dict[str, str]) -> Row:
    """An order on its way."""
    row = order(town, people["issuer"])
    assert put(town.centre, ORDER, row) == "applied"
    assert put(town.centre, ACT, act(row, "send", people["issuer"], 1)) == "applied"
    return row


@pytest.fixture(scope="module")
def logins(town: Town, people: dict[str, str]) -> Iterator[dict[str, Officer]]:
    """One login of each role, all of them the issuer's own person."""
    made = {}
    for role in ROLES:
        who = f"order_{role}"
        users.add(town.admin, who, PASSWORD, [role], [1], person_id=people["issuer"])
        made[role] = Officer(who, town.server.dsn(who, PASSWORD))
    yield made
    for officer in made.values():
        officer.connection.close()


def test_an_order_goes_its_course(town: Town, people: dict[str, str], sent: Row) -> None:
    course = ("deliver", "acknowledge", "depart", "arrive", "finish")
    for minute, kind in enumerate(course, 2):
        assert put(town.centre, ACT, act(sent, kind, people["receiver"], minute)) == "applied", kind


def wrong(people: Mapping[str, str], sent: Row, town: Town) -> Sequence[tuple[str, Row]]:
    """(what is wrong, act)."""
    return (
        ("another issuer", act(sent, "send", people["chief"])),
        ("of another team", act(sent, "acknowledge", people["stranger"])),
        ("no longer of the team", act(sent, "acknowledge", people["former"])),
        ("the issuer says it is delivered", act(sent, "deliver", people["issuer"], body="来电")),
        ("by telephone without words", act(sent, "acknowledge", people["issuer"])),
        ("no reason", act(sent, "refuse", people["receiver"])),
        ("blank reason", act(sent, "refuse", people["receiver"], body="  ")),
        ("withdrawn by the receiver", act(sent, "cancel", people["receiver"])),
        ("no rung", act(sent, "escalate", people["issuer"])),
        ("a rung of nothing", act(sent, "note", people["issuer"], rung=1)),
        ("unheard of", act(sent, "praise", people["issuer"])),
        ("under another team", act(sent, "note", people["issuer"]) | {"team_id": town.teams[2]}),
    )


def test_wrong_persons_and_wrong_acts_are_refused(
    town: Town, people: dict[str, str], sent: Row
) -> None:
    for what, row in wrong(people, sent, town):
        assert put(town.centre, ACT, row) == "rejected", what
    told = town.admin.execute(
        "select act from desk.field_order_act where order_id = %s", (sent["id"],)
    )
    assert [row[0] for row in told] == ["send"]


def test_nobody_reports_on_what_was_not_sent(town: Town, people: dict[str, str]) -> None:
    draft = order(town, people["issuer"])
    assert put(town.centre, ORDER, draft) == "applied"
    for kind in ("deliver", "acknowledge", "finish"):
        assert put(town.centre, ACT, act(draft, kind, people["receiver"])) == "rejected", kind
    changed = {"title": "撤离现场"}
    edit = (ORDER, draft["id"], "U", changed, {"title": draft["title"]})
    assert town.centre.verdict(edit) == "applied"


def test_a_named_person_and_not_his_comrade_reports(town: Town, people: dict[str, str]) -> None:
    named = order(town, people["issuer"], person_id=people["stranger"])
    assert put(town.centre, ORDER, named) == "applied"
    assert put(town.centre, ACT, act(named, "send", people["issuer"], 1)) == "applied"
    assert put(town.centre, ACT, act(named, "acknowledge", people["stranger"])) == "applied"


def test_what_was_sent_keeps_its_words(town: Town, sent: Row) -> None:
    for name, value in (("title", "撤离现场"), ("due_at", "2026-11-30"), ("place", "别处")):
        edit = (ORDER, sent["id"], "U", {name: value}, {name: sent.get(name)})
        assert town.centre.verdict(edit) in ("rejected", "conflict"), name
    kept = town.admin.execute(
        "select title, place from desk.field_order where id = %s", [sent["id"]]
    )
    assert kept.fetchone() == (sent["title"], "")


def test_the_chief_withdraws_what_another_gave(
    town: Town, people: dict[str, str], sent: Row
) -> None:
    assert put(town.centre, ACT, act(sent, "cancel", people["chief"])) == "applied"


def test_roles_that_only_look_send_nothing(
    town: Town, people: dict[str, str], logins: dict[str, Officer]
) -> None:
    for role, officer in logins.items():
        mine = order(town, people["issuer"])
        wanted = "not_permitted" if role in LOOKING else "applied"
        assert put(officer, ORDER, mine) == wanted, role
        if wanted == "applied":
            assert put(officer, ACT, act(mine, "send", people["issuer"])) == "applied", role
        forged = order(town, people["chief"])
        assert put(officer, ORDER, forged) == "not_permitted", role
        elsewhere = order(town, people["issuer"], team_id=town.teams[2])
        assert put(officer, ORDER, elsewhere) in ("not_permitted", "gone", "rejected"), role


def test_no_role_writes_past_the_doors(
    people: dict[str, str], logins: dict[str, Officer], sent: Row
) -> None:
    statements = (
        "update desk.field_order set title = 'x' where id = %s",
        "delete from desk.field_order where id = %s",
        "delete from desk.field_order_act where order_id = %s",
        "insert into desk.field_order_act (id, order_id, team_id, act, person_id, at)"
        " select gen_random_uuid(), id, team_id, 'finish', issuer_id, '2026' from desk.field_order"
        " where id = %s",
    )
    for role, officer in logins.items():
        for statement in statements:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                officer.connection.execute(statement, (sent["id"],))
            assert role in ROLES


@pytest.mark.skipif(PORTABLE, reason="this engine has no bell")
def test_what_presses_rings_each_time_and_the_rest_once_a_second(
    town: Town, people: dict[str, str]
) -> None:
    assert set(PRESSING) >= {"field_order", "field_order_act", "checkin"}
    with psycopg.connect(town.server.dsn("first", PASSWORD), autocommit=True) as listening:
        listening.execute("listen edesk_bell")
        one = order(town, people["issuer"])
        assert put(town.centre, ORDER, one) == "applied"
        for kind, person in (("send", "issuer"), ("deliver", "receiver"), ("note", "issuer")):
            assert put(town.centre, ACT, act(one, kind, people[person], body="说明")) == "applied"
        rung = list(listening.notifies(timeout=5, stop_after=4))
        assert len(rung) == 4
        for serial in (9_001, 9_002, 9_003, 9_004):
            case = town.case_row(1, serial, new_id())
            assert put(town.centre, CASE, case) == "applied"
        assert len(list(listening.notifies(timeout=0.3))) < 4


@pytest.mark.skipif(PORTABLE, reason="this engine has no bell")
def test_a_bell_during_a_call_is_not_lost(town: Town, people: dict[str, str]) -> None:
    remote = PostgresRemote(town.server.dsn("first", PASSWORD), bell=True)
    device = new_id()
    remote.hello(device, {"clock_ms": 0})
    assert not remote.rang()
    row = order(town, people["issuer"])
    assert put(town.centre, ORDER, row) == "applied"
    remote.hello(device, {"clock_ms": 0})  # any call takes what the socket had
    assert remote.rang()
    assert not remote.rang()
    mine = town.first.bundle((CASE, new_id(), "I", {}, None))
    remote.push(device, json.dumps([mine]))
    remote.hello(device, {"clock_ms": 0})
    assert not remote.rang()  # his own
    remote.close()
