"""What the hub takes of coercive measures, and what it refuses whoever sends it, as the raw
operations of a changed desk and as SQL of its own."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg
import pytest

from storage.hub import users
from storage.ids import new_id
from tests.hub.conftest import PASSWORD, Officer, Town

PERSON, MEMBERSHIP, DOCUMENT, ACT, FILE, DELEGATION, MEASURE = 2, 5, 40, 42, 43, 49, 88
SHA: Final = "a" * 64
PAGES: Final = "b" * 64
NO: Final = ("rejected", "not_permitted")
# Login: roles, teams, post of its person.
LOGINS: Final = {
    "judge1": (["judge"], [1], "quota_judge"),
    "field1": (["field"], [1], "police"),
    "other2": (["handler"], [2], "quota_judge"),
    "boss": (["president"], [-1, 1, 2], "president"),
    "vice": (["president"], [-1, 1, 2], "vice_president"),
    "chief": (["bureau_chief"], [-1, 1, 2], "bureau_chief"),
    "guide": (["supervisor"], [-1, 1, 2], "commissar"),
    "watch": (["operator"], [-1, 1, 2], "operator"),
    "cash": (["finance"], [1], "finance"),
    "audit": (["auditor"], [-1], "clerk"),
}


def at(minute: int) -> str:
    return f"2026-11-23T09:{minute:02d}:00.000+08:00"


@pytest.fixture(scope="module")
def people(town: Town) -> dict[str, str]:
    """Login to its person; those of team 1 belong to it."""
    made: dict[str, str] = {}
    for who, (roles, scopes, post) in LOGINS.items():
        if who != "audit":
            users.add(town.admin, who, PASSWORD, roles, scopes)
        row = {"id": new_id(), "court_id": town.court, "name": f"某{who}", "post": post, "quota": 1}
        assert town.centre.verdict((PERSON, row["id"], "I", row, None)) == "applied"
        made[who] = row["id"]
        town.admin.execute(
            "update sync.account set person_id = %s where who = %s", (row["id"], who)
        )
        if scopes == [1] and post in ("quota_judge", "police"):
            member = {"id": new_id(), "person_id": row["id"], "team_id": town.teams[1]}
            member |= {"role": "judge", "from_on": "2026-01-01"}
            assert town.centre.verdict((MEMBERSHIP, member["id"], "I", member, None)) == "applied"
    return made


@pytest.fixture(scope="module")
def desks(town: Town, people: dict[str, str]) -> Iterator[dict[str, Officer]]:
    made = {who: Officer(who, town.server.dsn(who, PASSWORD)) for who in people}
    yield made
    for officer in made.values():
        officer.connection.close()


def paper(town: Town, people: dict[str, str], desks: dict[str, Officer]) -> str:
    """A detention of team 1 that waits for the president; gives its id."""
    row = {"id": new_id(), "kind": "detention_decision", "template": "detention_decision@2024"}
    row |= {"case_id": town.cases[1], "title": "拘留决定书", "fields": "{}", "state": "checking"}
    row |= {"content_sha256": SHA, "series": "司惩", "maker_id": people["judge1"]}
    row |= {"judge": 1, "coercive": 1}
    assert desks["judge1"].verdict((DOCUMENT, row["id"], "I", row, None)) == "applied"
    return row["id"]


def passes(held: str, person: str, minute: int, **more: Any) -> Any:
    row = {"id": new_id(), "document_id": held, "act": "pass", "stage": "approve"}
    row |= {"person_id": person, "at": at(minute), "content_sha256": SHA} | more
    return (ACT, row["id"], "I", row, None)


def copy_of(held: str) -> Any:
    """The copy that the approval's PIN signed, for the file."""
    row = {"id": new_id(), "document_id": held, "kind": "approved", "name": "批准稿.pdf"}
    row |= {"sha256": SHA, "size": 4, "body": "JVBERg=="}
    return (FILE, row["id"], "I", row, None)


def did(held: str, act: str, person: str, minute: int, **more: Any) -> Any:
    row = {"id": new_id(), "document_id": held, "act": act, "person_id": person, "body": "经过"}
    row |= {"at": at(minute), "violation": 0} | more
    return (MEASURE, row["id"], "I", row, None)


def test_a_measure_goes_its_way_and_no_other(
    town: Town, people: dict[str, str], desks: dict[str, Officer]
) -> None:
    held = paper(town, people, desks)
    judge, boss = people["judge1"], people["boss"]

    def says(who: str, act: str, minute: int, **more: Any) -> str:
        return desks[who].verdict(did(held, act, people[who], minute, **more))

    assert says("judge1", "execute", 5) in NO, "nobody approved"
    for who in ("chief", "vice", "guide", "watch"):
        desks[who].verdict(passes(held, people[who], 6, for_post="president"))
        assert says("judge1", "execute", 7) in NO, who
    assert says("boss", "approve", 8, pages_sha256=PAGES) in NO, "nothing to note yet"
    assert desks["boss"].verdict(passes(held, boss, 10)) == "applied"
    assert says("judge1", "execute", 19) in NO, "no pages stand behind it"
    assert says("boss", "approve", 10, pages_sha256=PAGES) == "applied"
    assert says("judge1", "execute", 19) in NO, "and no signed copy"
    assert desks["boss"].verdict(copy_of(held)) == "applied"
    assert says("judge1", "execute", 9) in NO, "older than its approval"
    # Who may, by role, team and post; and nobody in another's name.
    for who in ("other2", "chief", "guide", "watch", "boss", "vice", "cash", "audit"):
        assert says(who, "execute", 20) in NO, who
    assert desks["field1"].verdict(did(held, "execute", judge, 20)) in NO, "in another's name"
    assert says("field1", "execute", 20) == "applied"
    assert says("judge1", "execute", 21) in NO, "once"
    assert says("boss", "withdraw", 22) in NO, "after the execution"
    for who in ("judge1", "field1", "chief", "vice", "guide", "watch"):
        assert says(who, "release", 30) in NO, who
    power = {"id": new_id(), "from_id": boss, "to_id": people["vice"], "post": "president"}
    power |= {"from_on": "2026-11-23", "to_on": "2026-11-23", "document_no": "授31号"}
    agreed = {"state": "agreed", "agreed_by": people["chief"]}
    before = {"state": "proposed", "agreed_by": None}
    assert desks["boss"].verdict((DELEGATION, power["id"], "I", power, None)) == "applied"
    assert says("vice", "release", 31) in NO, "only proposed"
    assert desks["chief"].verdict((DELEGATION, power["id"], "U", agreed, before)) == "applied"
    late = {"at": "2026-11-24T09:00:00.000+08:00"}
    assert says("vice", "release", 32, **late) in NO, "the power has ended"
    assert says("vice", "release", 33) == "applied"
    assert says("judge1", "finish", 34) in NO, "ended already"


def test_a_violation_is_the_truth_and_stays_so(
    town: Town, people: dict[str, str], desks: dict[str, Officer]
) -> None:
    held = paper(town, people, desks)
    judge = people["judge1"]
    silent = did(held, "execute", judge, 5, violation=1, body="")
    assert desks["judge1"].verdict(silent) in NO
    wrong = did(held, "execute", judge, 5, violation=1, body="情况紧急")
    assert desks["judge1"].verdict(wrong) == "applied"
    assert desks["boss"].verdict(passes(held, people["boss"], 6)) == "applied"
    clean = (MEASURE, wrong[1], "U", {"violation": 0}, {"violation": 1})
    for who in ("judge1", "boss", "chief"):
        assert desks[who].verdict(clean) in NO, who
        assert desks[who].verdict((MEASURE, wrong[1], "D", None, wrong[3])) in NO, who
    kept = town.admin.execute(
        "select violation from desk.measure_act where id = %s", (wrong[1],)
    ).fetchone()
    assert kept is not None
    assert bool(kept[0])


def test_an_approval_that_was_taken_back_serves_no_more(
    town: Town, people: dict[str, str], desks: dict[str, Officer]
) -> None:
    held = paper(town, people, desks)
    boss, judge = people["boss"], people["judge1"]
    approves = did(held, "approve", boss, 10, pages_sha256=PAGES)
    told = desks["boss"].verdict(passes(held, boss, 10), approves, copy_of(held))
    assert told == "applied"
    late = passes(held, boss, 12, act="return", stage="sign")
    for ops in ((did(held, "withdraw", boss, 12),), (late,), (did(held, "withdraw", boss, 9),)):
        assert desks["boss"].verdict(*ops) in NO, "after its minute, or before the approval"
    for who in ("chief", "judge1", "watch"):
        assert desks[who].verdict(did(held, "withdraw", people[who], 10)) in NO, who
    back = passes(held, boss, 11, act="return", stage="sign")
    assert desks["boss"].verdict(did(held, "withdraw", boss, 10), back) == "applied"
    assert desks["judge1"].verdict(did(held, "execute", judge, 12)) in NO
    # What was done before it was taken back was approved, though it arrives later.
    assert desks["judge1"].verdict(did(held, "execute", judge, 10)) == "applied"


@pytest.mark.parametrize("who", list(LOGINS))
def test_no_role_writes_past_the_doors(
    town: Town, people: dict[str, str], desks: dict[str, Officer], who: str
) -> None:
    """SQL of its own: tables are not theirs to write, whoever they are."""
    for table in ("measure_act", "document_act"):
        for sql in (
            f"insert into desk.{table} (id) values ('{new_id()}')",
            f"update desk.{table} set body = 'x'",
            f"delete from desk.{table}",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                desks[who].connection.execute(sql)
