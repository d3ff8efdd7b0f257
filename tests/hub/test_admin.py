"""Users and devices from an administrator's desk: what the doors do, and whom they refuse."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from storage.hub import users
from storage.hub.setup import HubFault
from storage.ids import new_id
from storage.merge import ROLES
from tests.hub.conftest import PASSWORD, Officer, Town

DENIED, SAID, WRONG = "42501", "P0001", ("28P01", "28000")
ANY_ID = "'00000000-0000-7000-8000-000000000001'"
# Every door, asked for something that an administrator would get.
DOORS = {
    "users": "select sync.admin_users()",
    "devices": "select sync.admin_devices()",
    "new user": """select sync.admin_new_user('{"who": "thief", "scopes": [1]}')""",
    "lock": "select sync.admin_lock('victim', true)",
    "unlock": "select sync.admin_lock('victim', false)",
    "scopes": "select sync.admin_scopes('victim', array[-1])",
    "roles": "select sync.admin_roles('victim', array['administrator'])",
    "rights": "select sync.admin_rights('victim', array['administrator'], array[1])",
    "reset": "select sync.admin_reset('victim')",
    "revoke": f"select sync.admin_revoke({ANY_ID})",
}
# What an administrator of team 1 tries beyond his power.
ESCALATIONS = {
    "a superuser's role": (
        """select sync.admin_new_user('{"who": "x1", "roles": ["superuser"]}')""",
        SAID,
    ),
    "the owner's role": (
        """select sync.admin_new_user('{"who": "x2", "roles": ["owner"]}')""",
        SAID,
    ),
    "the keeper's role": (
        """select sync.admin_new_user('{"who": "x3", "roles": ["keeper"]}')""",
        SAID,
    ),
    "a name with a quote": (
        """select sync.admin_new_user('{"who": "x4\\" superuser --"}')""",
        SAID,
    ),
    "a name with an apostrophe": ("""select sync.admin_new_user('{"who": "x''5"}')""", SAID),
    "a name of the desk's own": ("""select sync.admin_new_user('{"who": "edesk_x"}')""", SAID),
    "a name of the server's own": ("""select sync.admin_new_user('{"who": "pg_x"}')""", SAID),
    "a name that exists": ("""select sync.admin_new_user('{"who": "postgres"}')""", SAID),
    "no name": ("""select sync.admin_new_user('{}')""", SAID),
    "everything to a new user": (
        """select sync.admin_new_user('{"who": "x6", "scopes": [-1]}')""",
        DENIED,
    ),
    "another team to a new user": (
        """select sync.admin_new_user('{"who": "x7", "scopes": [2]}')""",
        DENIED,
    ),
    "everything to a user": ("select sync.admin_scopes('victim', array[-1])", DENIED),
    "everything with a role": (
        "select sync.admin_rights('victim', array['handler'], array[-1])",
        DENIED,
    ),
    "rights for oneself": ("select sync.admin_rights('boss', array['auditor'], array[1])", SAID),
    "no scopes at all": ("select sync.admin_scopes('victim', null)", DENIED),
    "the public scope": ("select sync.admin_scopes('victim', array[1, 0])", DENIED),
    "the owner's role to a user": ("select sync.admin_roles('victim', array['owner'])", SAID),
    "a role by a quote": (
        """select sync.admin_roles('victim', array['handler" to victim; --'])""",
        SAID,
    ),
    "more for oneself": ("select sync.admin_scopes('boss', array[1])", SAID),
    "other roles for oneself": ("select sync.admin_roles('boss', array['auditor'])", SAID),
    "lock oneself": ("select sync.admin_lock('boss', true)", SAID),
    "reset oneself": ("select sync.admin_reset('boss')", SAID),
    "lock a user of another team": ("select sync.admin_lock('second', true)", DENIED),
    "take over the centre": ("select sync.admin_reset('centre')", DENIED),
    "lock the superuser": ("select sync.admin_lock('postgres', true)", SAID),
    "a password for the superuser": ("select sync.admin_reset('postgres')", SAID),
    "a password for the owner": ("select sync.admin_reset('edesk_owner')", SAID),
    "a password for the keeper": ("select sync.admin_reset('edesk_keeper')", SAID),
    "an account that is a superuser": ("select sync.admin_reset('dba')", DENIED),
    "an account with a foreign group": ("select sync.admin_lock('monitor', true)", DENIED),
    "roles for an account with a foreign group": (
        "select sync.admin_roles('monitor', array['handler'])",
        DENIED,
    ),
    "the inner doors": ("select sync.put_scopes('boss', array[-1])", DENIED),
    "the inner door of roles": ("select sync.put_roles('boss', array['auditor'])", DENIED),
    "the inner door of passwords": (
        "select sync.give_password('centre', 'mine-from-now', null)",
        DENIED,
    ),
    "the inner door of users": (
        "select sync.add_user('x8', 'long-enough', null, '', null, '{}', '{-1}')",
        DENIED,
    ),
    "the keeper himself": ("select keeper.make_login('x9', 'long-enough', null)", DENIED),
    "the keeper's passwords": (
        "select keeper.set_password('centre', 'mine-from-now', null)",
        DENIED,
    ),
    "the keeper as a role": ("set role edesk_keeper", DENIED),
    "a device of another team": ("select sync.admin_revoke('{second_device}')", SAID),
    "an empty password": ("select sync.change_password('')", SAID),
}


@pytest.fixture(scope="module")
def offices(town: Town) -> Iterator[dict[str, Officer]]:
    """One officer of team 1 in each role, a victim, and two accounts that are more than that."""
    admin = town.admin
    for role in (*ROLES, ""):
        who = {"administrator": "boss", "": "victim"}.get(role, f"o_{role}")
        users.add(admin, who, PASSWORD, [role] if role else [], [1])
    for who, more in (("dba", "superuser login"), ("monitor", "login in role pg_monitor")):
        admin.execute(f"create role {who} {more}")
        admin.execute("insert into sync.account (who) values (%s)", (who,))
        admin.execute("insert into sync.member values (%s, 1)", (who,))
    made = {
        role: Officer(who, town.server.dsn(who, PASSWORD))
        for role in ROLES
        for who in ["boss" if role == "administrator" else f"o_{role}"]
    }
    yield made
    for officer in made.values():
        officer.connection.close()


@pytest.fixture
def log_in(town: Town) -> Iterator[Callable[..., Officer]]:
    """Makes the officer of a login; its connection is closed after the test."""
    made: list[Officer] = []

    def make(who: str, password: str = PASSWORD) -> Officer:
        made.append(Officer(who, town.server.dsn(who, password)))
        return made[-1]

    yield make
    for officer in made:
        officer.connection.close()


def attempt(officer: Officer, statement: str) -> str:
    """The SQLSTATE of a refusal; empty when it was carried out (and taken back)."""
    try:
        with officer.connection.transaction(force_rollback=True):
            officer.connection.execute(statement)
    except psycopg.Error as error:
        return error.sqlstate or str(error)
    return ""


def can_log_in(town: Town, who: str, password: str) -> bool:
    try:
        psycopg.connect(town.server.dsn(who, password)).close()
    except psycopg.OperationalError:
        return False
    return True


def user_of(officer: Officer, who: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = officer.one("select sync.admin_users()")
    return next(one for one in found if one["who"] == who)


def notes(town: Town, whom: str) -> list[tuple[str, str]]:
    found = town.admin.execute(
        "select what, who from sync.journal where facts->>'whom' = %s order by id", (whom,)
    )
    return [(str(what), str(who)) for what, who in found]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("role", ROLES)
def test_a_door_opens_to_administrators_alone(
    offices: dict[str, Officer], role: str, door: str
) -> None:
    told = attempt(offices[role], DOORS[door])
    if role != "administrator":
        assert told == DENIED
    else:
        beyond = {"scopes": DENIED, "revoke": SAID}
        assert told == beyond.get(door, "")


@pytest.mark.parametrize("name", ESCALATIONS)
def test_an_administrator_does_not_get_beyond_his_power(
    town: Town, offices: dict[str, Officer], name: str
) -> None:
    statement, state = ESCALATIONS[name]
    statement = statement.replace("{second_device}", town.second.device)
    assert attempt(offices["administrator"], statement) == state


def test_the_groups_of_the_keeper_are_the_roles_of_the_desk(town: Town) -> None:
    found = town.admin.execute("select keeper.groups()::text[]").fetchone()
    assert found is not None
    assert sorted(found[0]) == sorted(f"edesk_{role}" for role in ROLES)
    members = town.admin.execute(
        "select u.rolname from pg_auth_members m join pg_roles u on u.oid = m.member"
        " join pg_roles g on g.oid = m.roleid where g.rolname = 'edesk_keeper' and u.rolcanlogin"
        " and not u.rolsuper"
    ).fetchall()
    assert members == []


def test_a_new_user_works_at_once_and_replaces_his_password(
    town: Town, log_in: Callable[..., Officer]
) -> None:
    person = new_id()
    row = {"id": person, "name": "沈知行", "court_id": town.court, "post": "法官"}
    assert town.centre.verdict((2, person, "I", row, None)) == "applied"
    asked = (
        f'{{"who": "newcomer", "title": "书记员", "person_id": "{person}",'
        ' "roles": ["handler"], "scopes": [2]}'
    )
    made = town.centre.one("select sync.admin_new_user(%s)", asked)
    assert len(made["password"]) == 19
    officer = log_in("newcomer", made["password"])
    assert set(officer.one("select sync.my_roles()")) == {"edesk_member", "edesk_handler"}
    assert sorted(officer.one("select sync.my_scopes()")) == [0, 2]
    seen = user_of(town.centre, "newcomer")
    assert (seen["person"], seen["title"], seen["made_by"]) == ("沈知行", "书记员", "centre")
    assert seen["password_until"] is not None
    assert seen["last_seen"] is not None
    # Whoever does not replace it loses it: the server itself ends it.
    town.admin.execute("alter role newcomer valid until 'yesterday'")
    assert not can_log_in(town, "newcomer", made["password"])
    officer.one("select sync.change_password(%s)", "a-word-of-my-own")
    assert can_log_in(town, "newcomer", "a-word-of-my-own")
    assert not can_log_in(town, "newcomer", made["password"])
    assert user_of(town.centre, "newcomer")["password_until"] is None
    assert ("user added", "centre") in notes(town, "newcomer")
    assert ("password set", "newcomer") in notes(town, "newcomer")


def test_a_locked_user_is_out_and_comes_back(town: Town, log_in: Callable[..., Officer]) -> None:
    users.add(town.admin, "locked", PASSWORD, ["handler"], [1])
    officer, other = log_in("locked"), log_in("first")
    assert town.centre.one("select sync.admin_lock('locked', true)") == 1
    assert other.one("select 1") == 1, "nobody else was put out"
    with pytest.raises(psycopg.OperationalError):
        officer.connection.execute("select 1")
    assert not can_log_in(town, "locked", PASSWORD)
    assert user_of(town.centre, "locked")["locked_at"] is not None
    town.centre.one("select sync.admin_lock('locked', false)")
    assert can_log_in(town, "locked", PASSWORD)
    assert [what for what, who in notes(town, "locked") if who == "centre"] == [
        "user locked",
        "user unlocked",
    ]


def test_roles_and_scopes_become_exactly_what_was_asked(
    town: Town, log_in: Callable[..., Officer]
) -> None:
    users.add(town.admin, "moved", PASSWORD, ["handler", "field"], [1])
    town.centre.one("select sync.admin_roles('moved', %s)", ["judge", "field"])
    town.centre.one("select sync.admin_scopes('moved', %s)", [2, 3])
    seen = user_of(town.centre, "moved")
    assert seen["roles"] == ["field", "judge"]
    assert seen["scopes"] == [2, 3]
    officer = log_in("moved")
    assert set(officer.one("select sync.my_roles()")) == {
        "edesk_member",
        "edesk_field",
        "edesk_judge",
    }
    facts = town.admin.execute(
        "select facts->'was', facts->'now' from sync.journal where what = 'scopes set'"
        " and facts->>'whom' = 'moved' order by id desc limit 1"
    ).fetchone()
    assert facts == ([1], [2, 3])
    town.centre.one("select sync.admin_roles('moved', %s)", [])
    assert user_of(town.centre, "moved")["roles"] == []
    town.centre.one("select sync.admin_rights('moved', %s, %s)", ["field"], [1])
    with pytest.raises(psycopg.Error, match="范围 0"):
        # Neither where one of the two cannot be.
        town.centre.one("select sync.admin_rights('moved', %s, %s)", ["judge"], [0])
    seen = user_of(town.centre, "moved")
    assert (seen["roles"], seen["scopes"]) == (["field"], [1])


def test_a_reset_ends_the_old_password_and_its_connections(
    town: Town, log_in: Callable[..., Officer]
) -> None:
    users.add(town.admin, "forgetful", PASSWORD, [], [1])
    officer = log_in("forgetful")
    made = town.centre.one("select sync.admin_reset('forgetful')")
    with pytest.raises(psycopg.OperationalError):
        officer.connection.execute("select 1")
    assert not can_log_in(town, "forgetful", PASSWORD)
    assert can_log_in(town, "forgetful", made["password"])


def test_a_revoked_device_is_refused_and_says_when_it_is_wiped(
    town: Town, log_in: Callable[..., Officer]
) -> None:
    users.add(town.admin, "loser", PASSWORD, ["handler"], [1])
    officer = log_in("loser")
    town.centre.one("select sync.admin_revoke(%s::uuid)", officer.device)
    answer = officer.one("select sync.hello(%s, '{}')", officer.device)
    assert answer["revoked"] is True
    officer.one("select sync.hello(%s, '{\"wiped\": true}')", officer.device)
    devices = town.centre.one("select sync.admin_devices()")
    device = next(one for one in devices if one["id"] == officer.device)
    assert device["revoked_by"] == "centre"
    assert device["wiped_at"] is not None
    assert device["users"] == ["loser"]


def test_an_administrator_of_a_team_sees_its_users_alone(
    town: Town, offices: dict[str, Officer]
) -> None:
    boss = offices["administrator"]
    seen = {one["who"] for one in boss.one("select sync.admin_users()")}
    assert "victim" in seen
    assert "boss" in seen
    assert not {"second", "centre"} & seen
    owners = {one["owner"] for one in boss.one("select sync.admin_devices()")}
    assert owners <= seen
    assert len(town.centre.one("select sync.admin_users()")) > len(seen)


def test_a_locked_administrator_opens_no_door(town: Town, log_in: Callable[..., Officer]) -> None:
    users.add(town.admin, "former", PASSWORD, ["administrator"], [-1])
    officer = log_in("former")
    assert attempt(officer, DOORS["users"]) == ""
    town.admin.execute("update sync.account set locked_at = now() where who = 'former'")
    assert attempt(officer, DOORS["users"]) == DENIED


def test_a_wish_that_cannot_be_granted_says_why(town: Town) -> None:
    with pytest.raises(HubFault, match="没有这样的用户"):
        users.lock(town.admin, "nobody")
    with pytest.raises(HubFault, match="标识的格式"):
        users.revoke_device(town.admin, "no-uuid")
    with pytest.raises(HubFault, match="登录名"):
        users.add(town.admin, "Robert'); drop", PASSWORD, [], [1])
    with pytest.raises(HubFault, match="8 个字符"):
        users.add(town.admin, "short", "short", [], [1])
    assert users.exists(town.admin, "first")
    assert any(one["who"] == "first" for one in users.every_user(town.admin))
    assert any(one["owner"] == "first" for one in users.every_device(town.admin))
