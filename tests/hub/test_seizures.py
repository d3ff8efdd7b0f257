"""What the hub takes of seizures and receipts, and what it refuses whoever sends it, also as raw
operations of a changed desk."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg
import pytest

from desktop.rules.receipt_chain import Entry, following, known_of
from storage.hub import users
from storage.ids import new_id
from storage.session import Session
from storage.sync import heads
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Officer, Town

PERSON, ATTACHMENT, SEIZURE, ITEM, PHOTO, LINK = 2, 34, 84, 85, 86, 87
AT: Final = "2026-11-30T10:40:00+08:00"
SHA: Final = "d" * 64
ROOT: Final = "5c" * 32
NO: Final = ("rejected", "not_permitted")


@pytest.fixture(scope="module")
def people(town: Town) -> dict[str, str]:
    """Login to its person; `mate` and `cash` are of the first team, too."""
    for who, role, scopes in (("mate", "field", [1]), ("cash", "finance", [1])):
        users.add(town.admin, who, PASSWORD, [role], scopes)
    made: dict[str, str] = {}
    for who in ("first", "second", "mate", "cash", "audit"):
        row = {"id": new_id(), "court_id": town.court, "name": f"某{who}", "post": "clerk"}
        assert town.centre.verdict((PERSON, row["id"], "I", row, None)) == "applied"
        made[who] = row["id"]
        town.admin.execute(
            "update sync.account set person_id = %s where who = %s", (row["id"], who)
        )
    return made


@pytest.fixture(scope="module")
def others(town: Town, people: dict[str, str]) -> Iterator[dict[str, Officer]]:
    made = {who: Officer(who, town.server.dsn(who, PASSWORD)) for who in ("mate", "cash", "audit")}
    yield made
    for officer in made.values():
        officer.connection.close()


def seizure(town: Town, officer: str, second: str, **more: Any) -> dict[str, Any]:
    row = {"id": new_id(), "case_id": town.cases[1], "kind": "seize", "place": "甲路"}
    row |= {"began_at": AT, "ended_at": AT, "officer_id": officer, "second_id": second}
    return row | more


def whole(town: Town, people: dict[str, str]) -> tuple[dict[str, Any], list[Any]]:
    """A form with a thing and a photograph, as operations."""
    form = seizure(town, people["first"], people["mate"])
    item = {"id": new_id(), "seizure_id": form["id"], "n": 1, "name": "轿车", "kind": "vehicle"}
    body = {"id": new_id(), "case_id": form["case_id"], "sha256": SHA, "size": 9}
    body |= {"mime": "image/jpeg", "name": "1.jpg"}
    photo = {"id": new_id(), "seizure_id": form["id"], "attachment_id": body["id"], "taken_at": AT}
    photo |= {"sha256": SHA, "person_id": people["first"]}
    rows = ((SEIZURE, form), (ITEM, item), (ATTACHMENT, body), (PHOTO, photo))
    return form, [(number, row["id"], "I", row, None) for number, row in rows]


def link(device: str, n: int, previous: str, about_id: str, person: str) -> dict[str, Any]:
    entry = Entry("sign", "seizure", about_id, SHA, AT, "", person)
    made = following(device, n, previous, entry)
    row = {"id": new_id(), "device": device, "n": n, "kind": "sign", "about": "seizure"}
    row |= {"about_id": about_id, "content_sha256": SHA, "previous": previous, "at": AT}
    row |= {"link_sha256": made.link_sha256, "code": made.code, "person_id": person}
    return row


def signature(form: dict[str, Any], code: str, second: str) -> Any:
    """The group of the signature, as a desk sends it."""
    new = {"signed_at": AT, "content_sha256": SHA, "code": code, "second_id": second}
    old = {"signed_at": None, "content_sha256": None, "code": "", "second_id": second}
    return (SEIZURE, form["id"], "U", new, old)


@pytest.fixture(scope="module")
def signed(town: Town, people: dict[str, str]) -> dict[str, Any]:
    """A signed form; `item` is the id of its thing, `link` its receipt."""
    form, rows = whole(town, people)
    assert town.first.verdict(*rows) == "applied"
    receipt = link(town.first.device, 1, ROOT, form["id"], people["first"])
    made = (LINK, receipt["id"], "I", receipt, None)
    assert town.first.verdict(made, signature(form, receipt["code"], people["mate"])) == "applied"
    return {**form, "item": rows[1][1], "link": receipt}


def verified(item: str, person: str, **more: Any) -> Any:
    new = {"status": "verified", "verified_by": person, "verified_at": AT} | more
    old = {"status": "claimed", "verified_by": None, "verified_at": None}
    return (ITEM, item, "U", new, old)


def test_no_signature_without_its_receipt_its_things_and_its_second_officer(
    town: Town, people: dict[str, str]
) -> None:
    form, rows = whole(town, people)
    bare = seizure(town, people["first"], people["mate"])
    lone = seizure(town, people["first"], None)  # type: ignore[arg-type]
    assert town.first.verdict(*rows) == "applied"
    for row in (bare, lone):
        assert town.first.verdict((SEIZURE, row["id"], "I", row, None)) == "applied"
    code = "AAAA-BBBB-CCCC-DDDD"
    assert town.first.verdict(signature(form, code, people["mate"])) in NO
    for n, row in enumerate((bare, lone), start=40):
        receipt = link(new_id(), 1, ROOT, row["id"], people["first"])
        made = (LINK, receipt["id"], "I", receipt, None)
        ask = signature(row, receipt["code"], row["second_id"])
        assert town.first.verdict(made, ask) in NO, n
    born = seizure(
        town, people["first"], people["mate"], signed_at=AT, content_sha256=SHA, code=code
    )
    assert town.first.verdict((SEIZURE, born["id"], "I", born, None)) in NO


def test_what_is_signed_stands(town: Town, signed: dict[str, Any]) -> None:
    key = signed["id"]
    moved = (SEIZURE, key, "U", {"keeper": "别处"}, {"keeper": ""})
    assert town.first.verdict(moved) in NO
    renamed = (ITEM, signed["item"], "U", {"name": "货车"}, {"name": "轿车"})
    assert town.first.verdict(renamed) in NO
    late = {"id": new_id(), "seizure_id": key, "n": 2, "name": "电视", "kind": "movable"}
    assert town.first.verdict((ITEM, late["id"], "I", late, None)) in NO
    rewritten = (LINK, signed["link"]["id"], "U", {"at": "x"}, {"at": AT})
    assert town.first.verdict(rewritten) in NO


def test_whoever_seized_verifies_nothing_and_another_does_once(
    town: Town, people: dict[str, str], others: dict[str, Officer], signed: dict[str, Any]
) -> None:
    item = signed["item"]
    assert town.first.verdict(verified(item, people["first"])) in NO
    assert others["mate"].verdict(verified(item, people["mate"])) in NO
    judge = {"id": new_id(), "court_id": town.court, "name": "某法官", "post": "quota_judge"}
    assert town.centre.verdict((PERSON, judge["id"], "I", judge, None)) == "applied"
    town.admin.execute(
        "update sync.account set person_id = %s where who = 'centre'", (judge["id"],)
    )
    assert town.centre.verdict(verified(item, people["second"])) in NO, "in another's name"
    assert town.centre.verdict(verified(item, judge["id"])) == "applied"
    again = (ITEM, item, "U", {"status": "denied", "note": "非"}, {"status": "verified"})
    assert town.centre.verdict(again) in NO


def test_a_link_follows_the_one_before_it(
    town: Town, people: dict[str, str], signed: dict[str, Any]
) -> None:
    me, device = people["first"], town.first.device
    apart = link(device, 2, "e" * 64, signed["id"], me)
    assert town.first.verdict((LINK, apart["id"], "I", apart, None)) in NO
    twin = link(device, 1, "e" * 64, signed["id"], me)
    assert town.first.verdict((LINK, twin["id"], "I", twin, None)) in NO
    other = link(device, 2, signed["link"]["link_sha256"], signed["id"], people["mate"])
    assert town.first.verdict((LINK, other["id"], "I", other, None)) in NO, "another's"
    right = link(device, 2, signed["link"]["link_sha256"], signed["id"], me)
    assert town.first.verdict((LINK, right["id"], "I", right, None)) == "applied"


def test_the_cash_desk_and_the_auditor_write_no_seizure(
    town: Town, people: dict[str, str], others: dict[str, Officer]
) -> None:
    for who in ("cash", "audit"):
        row = seizure(town, people[who], people["mate"])
        assert others[who].verdict((SEIZURE, row["id"], "I", row, None)) in NO, who
        receipt = link(others[who].device, 1, ROOT, new_id(), people[who])
        assert others[who].verdict((LINK, receipt["id"], "I", receipt, None)) in NO, who


def test_another_teams_case_is_seized_by_nobody_here(
    town: Town, people: dict[str, str], signed: dict[str, Any]
) -> None:
    row = seizure(town, people["second"], people["mate"])  # a case of the first team
    assert town.second.verdict((SEIZURE, row["id"], "I", row, None)) != "applied"
    assert not town.second.one("select count(*) from desk.seizure where id = %s", signed["id"])


@pytest.mark.parametrize("table", ["seizure", "seizure_item", "seizure_photo", "receipt_link"])
def test_nobody_writes_past_the_doors_of_the_hub(town: Town, table: str) -> None:
    for statement in (f"delete from desk.{table}", f"update desk.{table} set scope = 0"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            town.first.connection.execute(statement)


def test_a_desk_learns_the_head_of_the_chain_with_the_hubs_time(
    town: Town, signed: dict[str, Any], session: Session
) -> None:
    remote = PostgresRemote(town.server.dsn("first", PASSWORD))
    try:
        told = remote.hello(session.replica.device_id, {"clock_ms": 0})
        assert remote.chain_head() is not None
        heads.note(session, remote.call, told.at)
    finally:
        remote.close()
    with session.read() as connection:
        known = known_of(heads.noted(connection))
    assert known is not None
    row = town.admin.execute("select link from sync.chain where seq = %s", (known.seq,)).fetchone()
    assert row is not None
    assert row[0] == known.link
