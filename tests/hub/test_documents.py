"""Numbers of documents under a crowd, and what the hub refuses whoever asks for it."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from storage.hub import users
from storage.ids import new_id
from tests.hub.conftest import PASSWORD, Officer, Town

REQUEST: Final = 30
PERSON: Final = 2
DOCUMENT: Final = 40
ACT: Final = 42
FILE: Final = 43
MEASURE: Final = 88
OBJECTION: Final = 45
RULE: Final = 48
SHA: Final = "a" * 64
OTHER_SHA: Final = "b" * 64
CLIENTS: Final = 20
EACH: Final = 50


def document(**more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": new_id(),
        "kind": "weekly_circular",
        "template": "weekly@1",
        "title": "执行信访周通报",
        "fields": "{}",
        "content_sha256": SHA,
        "state": "signing",
        "series": "洛中法执信通",
    }
    return row | more


def ask_number(officer: Officer, document_id: str) -> dict[str, Any]:
    """Asks for the number; the answer of the hub with its facts."""
    request = {
        "id": new_id(),
        "kind": "number_document",
        "args": f'{{"document_id": "{document_id}"}}',
    }
    pushed = officer.push(officer.bundle((REQUEST, request["id"], "R", request, None)))
    return pushed[0]


@pytest.fixture(scope="module")
def people(town: Town) -> dict[str, str]:
    """Post to a person of it."""
    made: dict[str, str] = {}
    for post, quota in (("president", 1), ("bureau_chief", 0), ("quota_judge", 1), ("clerk", 0)):
        row = {
            "id": new_id(),
            "court_id": town.court,
            "name": f"某{post}",
            "post": post,
            "quota": quota,
        }
        assert town.centre.verdict((PERSON, row["id"], "I", row, None)) == "applied"
        made[post] = str(row["id"])
    return made


@pytest.fixture(scope="module")
def crowd(town: Town) -> Iterator[list[Officer]]:
    """Twenty logins of the centre, each with its own line."""
    officers = []
    for n in range(CLIENTS):
        users.add(town.admin, f"clerk{n}", PASSWORD, ["operator"], [-1])
        officers.append(Officer(f"clerk{n}", town.server.dsn(f"clerk{n}", PASSWORD)))
    yield officers
    for officer in officers:
        officer.connection.close()


def test_twenty_clients_issue_a_thousand_numbers_without_gap_or_repeat(
    town: Town, crowd: list[Officer]
) -> None:
    def issue(officer: Officer) -> list[str]:
        """Documents and requests turn about, so that all clients meet at the counter."""
        made = []
        for _ in range(EACH):
            row = document(series="洛中法执通")
            assert officer.verdict((DOCUMENT, row["id"], "I", row, None)) == "applied"
            assert ask_number(officer, row["id"])["verdict"] == "applied"
            made.append(str(row["id"]))
        return made

    with ThreadPoolExecutor(CLIENTS) as pool:
        issued = [one for part in pool.map(issue, crowd) for one in part]
    assert len(set(issued)) == CLIENTS * EACH
    rows = town.admin.execute(
        "select serial from desk.document where series = '洛中法执通' order by serial"
    ).fetchall()
    assert [row[0] for row in rows] == list(range(1, CLIENTS * EACH + 1))


def test_a_number_is_given_once_and_only_before_the_signature(town: Town) -> None:
    early = document(state="draft")
    town.centre.verdict((DOCUMENT, early["id"], "I", early, None))
    refused = ask_number(town.centre, early["id"])
    assert (refused["verdict"], refused["detail"]["code"]) == ("rejected", "not_ready")
    ready = document()
    town.centre.verdict((DOCUMENT, ready["id"], "I", ready, None))
    assert ask_number(town.centre, ready["id"])["verdict"] == "applied"
    again = ask_number(town.centre, ready["id"])
    assert (again["verdict"], again["detail"]["code"]) == ("rejected", "numbered")
    mine = town.centre.one("select serial from desk.document where id = %s", ready["id"])
    moved = town.centre.verdict(
        (DOCUMENT, ready["id"], "U", {"serial": mine + 1}, {"serial": mine})
    )
    assert moved == "rejected"


def approves(town: Town, key: str, person: str, **more: Any) -> str:
    """The president's approval with the note of its pages and the copy in the file."""
    passed = act(key, person, "pass", "approve", **more)
    note = {"id": new_id(), "document_id": key, "act": "approve", "person_id": person}
    note |= {"at": passed[3]["at"], "pages_sha256": SHA}
    copy = {"id": new_id(), "document_id": key, "kind": "approved", "name": "批准稿.pdf"}
    copy |= {"sha256": SHA, "size": 4, "body": "JVBERg=="}
    seat = "update sync.account set person_id = %s where who = 'centre'"
    town.admin.execute(seat, (person,))
    rows = ((MEASURE, note), (FILE, copy))
    told = town.centre.verdict(passed, *((tbl, row["id"], "I", row, None) for tbl, row in rows))
    town.admin.execute(seat, (None,))
    return told


def act(document_id: str, person: str | None, kind: str, stage: str = "", **more: Any) -> Any:
    row = {
        "id": new_id(),
        "document_id": document_id,
        "act": kind,
        "stage": stage,
        "person_id": person,
        "at": "2026-11-23T09:00:00+08:00",
        "content_sha256": SHA,
    } | more
    return (ACT, row["id"], "I", row, None)


def test_no_way_to_detention_past_the_president(town: Town, people: dict[str, str]) -> None:
    """Raw operations, as a changed desk could send them."""
    judge, president = people["quota_judge"], people["president"]
    lied = document(kind="detention_decision", coercive=0, judge=1)
    assert town.centre.verdict((DOCUMENT, lied["id"], "I", lied, None)) == "rejected"
    row = document(kind="detention_decision", coercive=1, judge=1, maker_id=judge)
    assert town.centre.verdict((DOCUMENT, row["id"], "I", row, None)) == "applied"
    key = row["id"]
    assert town.centre.verdict(act(key, judge, "sign")) == "rejected"
    for post in ("bureau_chief", "clerk"):
        town.centre.verdict(act(key, people[post], "pass", "approve"))
        assert town.centre.verdict(act(key, judge, "sign")) == "rejected", post
    # Who says he stands in for the president is asked for the delegation.
    town.centre.verdict(act(key, people["bureau_chief"], "pass", "approve", for_post="president"))
    assert town.centre.verdict(act(key, judge, "sign")) == "rejected"
    assert town.centre.verdict(act(key, president, "pass", "approve")) == "applied"
    assert town.centre.verdict(act(key, judge, "sign")) == "rejected", "no signed copy"
    assert approves(town, key, president) == "applied"
    changed = {"fields": '{"days": 15}', "content_sha256": OTHER_SHA}
    before = {"fields": "{}", "content_sha256": SHA}
    assert town.centre.verdict((DOCUMENT, key, "U", changed, before)) == "applied"
    other = {"content_sha256": OTHER_SHA}
    assert town.centre.verdict(act(key, judge, "sign", **other)) == "rejected", "other words"
    assert town.centre.verdict(act(key, judge, "sign")) == "rejected", "words that are gone"
    later = {"at": "2026-11-23T10:00:00+08:00", **other}
    assert approves(town, key, president, **later) == "applied"
    back = {"at": "2026-11-23T11:00:00+08:00", **other}
    assert town.centre.verdict(act(key, president, "return", "sign", **back)) == "rejected"
    assert town.centre.verdict(act(key, judge, "return", "sign", **back)) == "applied"
    signing = {"at": "2026-11-23T12:00:00+08:00", **other}
    assert town.centre.verdict(act(key, judge, "sign", **signing)) == "rejected", "sent back"
    anew = {"at": "2026-11-23T13:00:00+08:00", **other}
    assert approves(town, key, president, **anew) == "applied"
    assert town.centre.verdict(act(key, people["clerk"], "sign", **anew)) == "rejected", "no quota"
    assert town.centre.verdict(act(key, judge, "sign", **anew)) == "applied"


def test_another_courts_president_approves_nothing_here(town: Town, people: dict[str, str]) -> None:
    court = {"id": new_id(), "code": "豫98", "name": "乙院", "short_name": "乙", "confirmed": 1}
    assert town.centre.verdict((1, court["id"], "I", court, None)) == "applied"
    other = {"id": new_id(), "court_id": court["id"], "name": "他院院长", "post": "president"}
    assert town.centre.verdict((PERSON, other["id"], "I", {**other, "quota": 1}, None)) == "applied"
    row = document(kind="detention_decision", coercive=1, judge=1, maker_id=people["quota_judge"])
    assert town.centre.verdict((DOCUMENT, row["id"], "I", row, None)) == "applied"
    town.centre.verdict(act(row["id"], str(other["id"]), "pass", "approve"))
    assert town.centre.verdict(act(row["id"], people["quota_judge"], "sign")) == "rejected"
    assert approves(town, row["id"], people["president"]) == "applied"
    assert town.centre.verdict(act(row["id"], people["quota_judge"], "sign")) == "applied"


def test_a_bench_decides_by_three_votes_and_its_presiding_judge_signs(
    town: Town, people: dict[str, str]
) -> None:
    """Raw operations, as a changed desk could send them (M28)."""
    judges = []
    for n in range(3):
        row = {"id": new_id(), "court_id": town.court, "name": f"合议{n}", "post": "quota_judge"}
        assert town.centre.verdict((PERSON, row["id"], "I", {**row, "quota": 1}, None)) == "applied"
        judges.append(str(row["id"]))
    first, second, third = judges
    fields = json.dumps({"_panel": ",".join(judges)}, separators=(",", ":"))
    ruling = document(kind="petition_answer", judge=1, maker_id=people["clerk"], fields=fields)
    assert town.centre.verdict((DOCUMENT, ruling["id"], "I", ruling, None)) == "applied"
    key = ruling["id"]

    def vote(who: str, body: str, minute: int) -> str:
        at = f"2026-11-23T09:{minute:02d}:00+08:00"
        return str(town.centre.verdict(act(key, who, "pass", "panel", body=body, at=at)))

    for stranger in (people["quota_judge"], people["clerk"]):
        assert vote(stranger, "同意", 1) == "rejected"
    assert town.centre.verdict(act(key, first, "sign")) == "rejected", "no votes"
    assert vote(first, "同意", 2) == "applied"
    assert vote(second, "同意：但须补正。", 3) == "applied"
    assert town.centre.verdict(act(key, first, "sign")) == "rejected", "two votes"
    assert vote(third, "不同意：不当。", 4) == "applied"
    assert town.centre.verdict(act(key, second, "sign")) == "rejected", "does not preside"
    assert vote(second, "不同意：改变意见。", 5) == "applied"
    assert town.centre.verdict(act(key, first, "sign")) == "rejected", "voted down"
    assert vote(second, "同意", 6) == "applied"
    assert town.centre.verdict(act(key, first, "sign")) == "applied"


def test_nobody_approves_what_they_made(town: Town, people: dict[str, str]) -> None:
    row = document(maker_id=people["bureau_chief"])
    town.centre.verdict((DOCUMENT, row["id"], "I", row, None))
    for stage in ("review", "approve"):
        own = act(row["id"], people["bureau_chief"], "pass", stage)
        assert town.centre.verdict(own) == "rejected", stage
        other = act(row["id"], people["president"], "pass", stage)
        assert town.centre.verdict(other) == "applied", stage


def test_no_signature_over_an_objection_that_nobody_answered(
    town: Town, people: dict[str, str]
) -> None:
    row = document(shared=1, state="replying")
    town.centre.verdict((DOCUMENT, row["id"], "I", row, None))
    said = {
        "id": new_id(),
        "document_id": row["id"],
        "court_id": town.court,
        "body": "该件已于周五办结",
        "at": "2026-11-23T09:30:00+08:00",
        "by_id": people["clerk"],
    }
    assert town.first.verdict((OBJECTION, said["id"], "I", said, None)) == "applied"
    assert town.centre.verdict(act(row["id"], people["bureau_chief"], "sign")) == "rejected"
    undecided = {"decision": None, "reason": None, "decided_by": None, "decided_at": None}
    decided = {
        "decision": "rejected",
        "reason": "快照时尚未办结",
        "decided_by": people["clerk"],
        "decided_at": "2026-11-23T10:00:00+08:00",
    }
    own = (OBJECTION, said["id"], "U", decided, undecided)
    assert town.centre.verdict(own) == "rejected", "decided by whoever objected"
    by_other = decided | {"decided_by": people["bureau_chief"]}
    assert town.centre.verdict((OBJECTION, said["id"], "U", by_other, undecided)) == "applied"
    assert town.centre.verdict(act(row["id"], people["bureau_chief"], "sign")) == "applied"


def test_the_signing_matrix_changes_by_two_persons(town: Town, people: dict[str, str]) -> None:
    rule = {
        "id": new_id(),
        "change_id": new_id(),
        "document": "notice",
        "step": 1,
        "stage": "sign",
        "signers": "post:bureau_chief",
        "valid_from": "2026-12-01",
        "basis": "洛中法〔2026〕9号",
        "proposed_by": people["clerk"],
        "proposed_at": "2026-11-23T09:00:00+08:00",
    }
    assert town.centre.verdict((RULE, rule["id"], "I", rule, None)) == "applied"
    before = {"state": "proposed", "agreed_by": None, "agreed_at": None}
    at = {"state": "agreed", "agreed_at": "2026-11-23T10:00:00+08:00"}
    for person, verdict in ((people["clerk"], "rejected"), (people["president"], "applied")):
        after = at | {"agreed_by": person}
        assert town.centre.verdict((RULE, rule["id"], "U", after, before)) == verdict, person
    moved = ({"signers": "post:clerk"}, {"signers": "post:bureau_chief"})
    assert town.centre.verdict((RULE, rule["id"], "U", *moved)) == "rejected"


def test_what_is_shared_is_everybodys_and_what_is_not_stays(town: Town) -> None:
    row = document(state="draft")
    town.centre.verdict((DOCUMENT, row["id"], "I", row, None))
    note = act(row["id"], None, "print")
    assert town.centre.verdict(note) == "applied"
    count = "select count(*) from desk.document where id = %s"
    acts = "select count(*) from desk.document_act where document_id = %s"
    assert (town.first.one(count, row["id"]), town.first.one(acts, row["id"])) == (0, 0)
    shared = (DOCUMENT, row["id"], "U", {"shared": 1}, {"shared": 0})
    assert town.centre.verdict(shared) == "applied"
    assert (town.first.one(count, row["id"]), town.first.one(acts, row["id"])) == (1, 1)
