"""Whose notes and matters are at the hub, and what it takes in whose name."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from storage.hub import users
from storage.ids import new_id
from tests.hub.conftest import PASSWORD, Officer, Town

PERSON, CASE, DELEGATION = 2, 10, 49
MATTER, MATTER_ACT, NOTE, MENTION, PETITION = 50, 51, 52, 53, 46
AT: Final = "2026-11-30T09:00:00+08:00"


@pytest.fixture(scope="module")
def people(town: Town) -> dict[str, str]:
    """Post to a person of it; `first` and `second` are the people behind these logins."""
    made: dict[str, str] = {}
    posts = ("president", "vice_president", "clerk", "first", "second")
    for post in posts:
        row = {"id": new_id(), "court_id": town.court, "name": f"某{post}", "post": post}
        assert town.centre.verdict((PERSON, row["id"], "I", row, None)) == "applied"
        made[post] = row["id"]
    for who in ("first", "second"):
        town.admin.execute(
            "update sync.account set person_id = %s where who = %s", (made[who], who)
        )
    return made


@pytest.fixture(scope="module")
def mate(town: Town) -> Iterator[Officer]:
    """Another member of the first team."""
    users.add(town.admin, "mate", PASSWORD, ["handler"], [1])
    officer = Officer("mate", town.server.dsn("mate", PASSWORD))
    yield officer
    officer.connection.close()


def note(town: Town, author: str, *, team: int = 1, **more: Any) -> dict[str, Any]:
    """A note on the team's case; on its words alone for the team."""
    case = town.cases[team]
    row = {"id": new_id(), "about": "case", "about_id": case, "case_id": case, "body": "留意"}
    row |= {"author_id": author, "at": AT} | more
    if row.get("team_only"):
        row["case_id"] = None
    return row


def put(officer: Officer, table: int, row: dict[str, Any]) -> str:
    return officer.verdict((table, row["id"], "I", row, None))


def sees(officer: Officer, table: str, row: dict[str, Any]) -> bool:
    found = officer.one(f'select count(*) from desk."{table}" where id = %s', row["id"])
    return bool(found)


def mention(of: dict[str, Any], person: str, **more: Any) -> dict[str, Any]:
    team = of.get("team_only", 0)
    return {"id": new_id(), "note_id": of["id"], "person_id": person, "team_only": team} | more


def test_a_note_on_a_case_is_for_whoever_has_the_case(
    town: Town, mate: Officer, people: dict[str, str]
) -> None:
    made = note(town, people["first"])
    assert put(town.first, NOTE, made) == "applied"
    assert (sees(mate, "note", made), sees(town.centre, "note", made)) == (True, True)
    assert not sees(town.second, "note", made)
    alien = note(town, people["second"])
    assert put(town.second, NOTE, alien) != "applied", "on a case of another team"


def test_a_note_to_the_team_stays_with_it_whoever_gets_the_case(
    town: Town, mate: Officer, people: dict[str, str]
) -> None:
    case = new_id()
    assert put(town.centre, CASE, town.case_row(1, 71, case)) == "applied"
    private = note(town, people["first"], about_id=case, team_only=1)
    plain = note(town, people["first"], about_id=case, case_id=case)
    named = mention(private, people["first"])
    assert put(town.first, NOTE, private) == put(town.first, NOTE, plain) == "applied"
    assert put(town.first, MENTION, named) == "applied"
    everybody = (mate, town.centre, town.second)
    assert [sees(one, "note", private) for one in everybody] == [True, False, False]
    assert [sees(one, "note_mention", named) for one in everybody] == [True, False, False]
    assert [sees(one, "note", plain) for one in everybody] == [True, True, False]
    moved = {"team_id": town.teams[2]}, {"team_id": town.teams[1]}
    assert town.centre.verdict((CASE, case, "U", *moved)) == "applied"
    assert [sees(one, "note", private) for one in everybody] == [True, False, False]
    assert [sees(one, "note", plain) for one in everybody] == [False, True, True]
    told = town.centre.one("select sync.census()")[str(NOTE)][0]
    assert told == town.centre.one("select count(*) from desk.note"), "as its desk counts"


def test_the_centre_has_notes_of_its_own(town: Town, people: dict[str, str]) -> None:
    own = note(town, people["clerk"], team_only=1)
    assert put(town.centre, NOTE, own) == "applied"
    assert (sees(town.centre, "note", own), sees(town.first, "note", own)) == (True, False)


def test_a_note_on_a_petition_without_case_is_for_whoever_has_the_petition(
    town: Town, people: dict[str, str]
) -> None:
    petition = {
        "id": new_id(),
        "code": "A1",
        "received_at": AT,
        "source": "own",
        "class": "implementation",
        "petitioner": "某甲",
        "court_id": town.court,
        "summary": "久未执行",
    }
    assert put(town.first, PETITION, petition) == "applied"
    about = {"about": "petition", "about_id": petition["id"], "case_id": None}
    made = note(town, people["clerk"], **about)
    assert put(town.centre, NOTE, made) == "applied"
    assert (sees(town.first, "note", made), sees(town.second, "note", made)) == (True, False)


def test_what_a_note_cannot_be(town: Town, people: dict[str, str]) -> None:
    first = people["first"]
    wrong: list[dict[str, Any]] = [
        {"body": "  "},
        {"case_id": None},
        {"case_id": town.cases[2]},
        {"kind": "handover"},
        {"kind": "handover", "to_id": people["second"], "team_only": 1},
        {"about": "weather"},
    ]
    for more in wrong:
        assert put(town.first, NOTE, note(town, first, **more)) == "rejected", more
    private = note(town, first) | {"team_only": 1}
    assert put(town.first, NOTE, private) == "rejected", "with a case it would travel with it"
    assert put(town.first, NOTE, note(town, people["second"])) == "not_permitted"
    of_other = note(town, people["clerk"])
    assert put(town.centre, NOTE, of_other) == "applied"
    assert put(town.first, NOTE, note(town, first, voids=of_other["id"])) == "rejected"
    mine = note(town, first)
    assert put(town.first, NOTE, mine) == "applied"
    assert put(town.first, NOTE, note(town, first, voids=mine["id"])) == "applied"
    edit = (NOTE, mine["id"], "U", {"body": "改"}, {"body": "留意"})
    assert town.first.verdict(edit) != "applied", "a note is a fact"


def test_a_mention_is_read_by_the_mentioned_alone(
    town: Town, mate: Officer, people: dict[str, str]
) -> None:
    made = note(town, people["first"])
    named = mention(made, people["first"])
    assert (
        town.first.verdict(
            (NOTE, made["id"], "I", made, None), (MENTION, named["id"], "I", named, None)
        )
        == "applied"
    )
    before = {"read_at": None, "read_by": None, "acknowledged_at": None}

    def reading(person: str, **more: Any) -> Any:
        after = {"read_at": AT, "read_by": person, "acknowledged_at": None} | more
        return (MENTION, named["id"], "U", after, before)

    assert mate.verdict(reading(people["clerk"])) == "rejected"
    town.admin.execute(
        "update sync.account set person_id = %s where who = 'mate'", (people["clerk"],)
    )
    assert mate.verdict(reading(people["first"])) == "not_permitted", "in another's name"
    assert town.first.verdict(reading(people["first"], acknowledged_at=AT)) == "rejected"
    assert town.first.verdict(reading(people["first"])) == "applied"
    other = (
        MENTION,
        named["id"],
        "U",
        {"person_id": people["second"]},
        {"person_id": people["first"]},
    )
    assert town.first.verdict(other) == "rejected"
    spread = mention(note(town, people["first"], team_only=1), people["first"])
    private = note(town, people["first"], team_only=1)
    assert put(town.first, NOTE, private) == "applied"
    leak = spread | {"note_id": private["id"], "team_only": 0}
    assert put(town.first, MENTION, leak) == "rejected"


def test_whoever_takes_over_acknowledges_the_hand_over(town: Town, people: dict[str, str]) -> None:
    made = note(town, people["first"], kind="handover", to_id=people["first"])
    taken, other = mention(made, people["first"]), mention(made, people["second"])
    assert put(town.first, NOTE, made) == "applied"
    for row in (taken, other):
        assert put(town.first, MENTION, row) == "applied"
    before = {"read_at": None, "read_by": None, "acknowledged_at": None}
    for row, person, verdict in (
        (other, people["second"], "rejected"),
        (taken, people["first"], "applied"),
    ):
        after = {"read_at": AT, "read_by": person, "acknowledged_at": AT}
        town.admin.execute("update sync.account set person_id = null where who = 'centre'")
        told = town.centre.verdict((MENTION, row["id"], "U", after, before))
        assert told == verdict, person


def brief(maker: str, **more: Any) -> dict[str, Any]:
    row = {
        "id": new_id(),
        "kind": "brief",
        "title": "终本结案比例偏高",
        "maker_id": maker,
        "raised_on": "2026-11-23",
        "body": "问题",
        "advice": "建议",
        "asked_of": "president",
    }
    return row | more


def test_nobody_decides_his_own_brief(town: Town, people: dict[str, str]) -> None:
    open_ = {"answer": None, "answered_by": None, "answered_on": None}

    def deciding(row: dict[str, Any], person: str) -> Any:
        after = {"answer": "同意", "answered_by": person, "answered_on": "2026-11-24"}
        return (MATTER, row["id"], "U", after, open_)

    of_president = brief(people["president"], submitted_on="2026-11-23")
    assert put(town.centre, MATTER, of_president) == "applied"
    assert town.centre.verdict(deciding(of_president, people["president"])) == "rejected"
    assert town.centre.verdict(deciding(of_president, people["clerk"])) == "rejected", "no leader"
    assert town.centre.verdict(deciding(of_president, people["vice_president"])) == "applied"
    again = {"answer": "不同意"}, {"answer": "同意"}
    assert town.centre.verdict((MATTER, of_president["id"], "U", *again)) == "rejected"
    draft = brief(people["clerk"])
    assert put(town.centre, MATTER, draft) == "applied"
    assert town.centre.verdict(deciding(draft, people["president"])) == "rejected", "not submitted"
    maker = (MATTER, draft["id"], "U", {"maker_id": people["first"]}, {"maker_id": people["clerk"]})
    assert town.centre.verdict(maker) == "rejected"


def test_a_submitted_brief_and_a_closed_item_keep_their_words(
    town: Town, people: dict[str, str]
) -> None:
    sent = brief(people["clerk"], submitted_on="2026-11-23")
    assert put(town.centre, MATTER, sent) == "applied"
    words = {"body": "问题"}
    assert town.centre.verdict((MATTER, sent["id"], "U", {"body": "别的"}, words)) == "rejected"
    back = {"submitted_on": None}, {"submitted_on": "2026-11-23"}
    assert town.centre.verdict((MATTER, sent["id"], "U", *back)) == "applied"
    assert town.centre.verdict((MATTER, sent["id"], "U", {"body": "别的"}, words)) == "applied"
    item = brief(people["clerk"], kind="opinion", source="本地论坛", asked_of=None)
    item |= {"answer": "已作回应", "answered_on": "2026-11-24", "answered_by": people["clerk"]}
    item |= {"closed_on": "2026-11-25", "closed_by": people["clerk"]}
    assert put(town.centre, MATTER, item) == "applied"
    for column, old in (("title", item["title"]), ("link", None), ("closed_on", "2026-11-25")):
        new = None if column == "closed_on" else "https://example.org/1"
        edit = (MATTER, item["id"], "U", {column: new}, {column: old})
        assert town.centre.verdict(edit) == "rejected", column
    # Who owes what may still be put right.
    charge = ({"owner_id": people["clerk"], "due_on": None}, {"owner_id": None, "due_on": None})
    assert town.centre.verdict((MATTER, item["id"], "U", *charge)) == "applied"


def test_nobody_decides_or_closes_in_anothers_name(town: Town, people: dict[str, str]) -> None:
    row = brief(people["clerk"], submitted_on="2026-11-23", case_id=town.cases[1])
    assert put(town.centre, MATTER, row) == "applied"
    after = {"answer": "同意", "answered_by": people["president"], "answered_on": "2026-11-24"}
    before = {"answer": None, "answered_by": None, "answered_on": None}
    assert town.first.verdict((MATTER, row["id"], "U", after, before)) == "not_permitted"
    act = {"id": new_id(), "matter_id": row["id"], "kind": "decide", "at": AT}
    forged = act | {"person_id": people["president"]}
    assert put(town.first, MATTER_ACT, forged) == "not_permitted"
    assert sees(town.first, "matter", row)
    assert not sees(town.second, "matter", row)


def test_a_delegation_ends_by_those_concerned_alone(town: Town, people: dict[str, str]) -> None:
    power = {
        "id": new_id(),
        "from_id": people["vice_president"],
        "to_id": people["first"],
        "post": "vice_president",
        "from_on": "2026-11-01",
        "to_on": "2026-12-31",
        "document_no": "洛中法〔2026〕31号",
        "agreed_by": people["clerk"],
        "state": "agreed",
    }
    before = {"state": "agreed", "agreed_by": people["clerk"], "ended_by": None, "ended_on": None}
    at = before | {"state": "ended", "ended_on": "2026-11-30"}
    for who, verdict in (("second", "rejected"), ("first", "rejected"), ("clerk", "applied"),
                         ("president", "applied"), ("vice_president", "applied")):  # fmt: skip
        made = power | {"id": new_id()}
        assert put(town.centre, DELEGATION, made) == "applied"
        told = town.centre.verdict(
            (DELEGATION, made["id"], "U", at | {"ended_by": people[who]}, before)
        )
        assert told == verdict, who
    made = power | {"id": new_id()}
    assert put(town.centre, DELEGATION, made) == "applied"
    forged = at | {"ended_by": people["president"]}
    told = town.first.verdict((DELEGATION, made["id"], "U", forged, before))
    assert told == "not_permitted", "in the president's name"
    longer = (DELEGATION, made["id"], "U", {"to_on": "2027-12-31"}, {"to_on": "2026-12-31"})
    assert town.centre.verdict(longer) == "rejected"
