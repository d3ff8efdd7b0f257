"""Operations at the hub: what a changed desk could send by raw operations, and is refused."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from desktop.rules.operations import fingerprint
from storage.hub import users
from storage.ids import new_id
from storage.schema import table
from tests.hub.conftest import PASSWORD, Officer, Town

PERSON: Final = 2
OPERATION: Final = table("operation").info["number"]
ACT: Final = table("operation_act").info["number"]
GROUP: Final = table("operation_group").info["number"]
CHECKIN: Final = table("checkin").info["number"]
LOG: Final = table("run_log").info["number"]
TEST: Final = table("self_test").info["number"]
POWER: Final = table("delegation").info["number"]
Row = dict[str, Any]


def put(officer: Officer, number: int, row: Mapping[str, Any]) -> str:
    """One new row as a bundle; the hub's verdict."""
    return officer.verdict((number, str(row["id"]), "I", dict(row), None))


def acts(town: Town, row: Row) -> str:
    """An act from a login that is bound to whoever it names: no other decides."""
    seat = "update sync.account set person_id = %s where who = 'centre'"
    town.admin.execute(seat, (row["person_id"],))
    try:
        return put(town.centre, ACT, row)
    finally:
        town.admin.execute(seat, (None,))


@pytest.fixture(scope="module")
def people(town: Town) -> dict[str, str]:
    """A maker, a chief, a president, a leader of a group, whoever is on watch in the centre."""
    made: dict[str, str] = {}
    for name, post in (
        *(("maker", "quota_judge"), ("chief", "bureau_chief"), ("president", "president")),
        *(("leader", "clerk"), ("watch", "operator")),
    ):
        row = {"id": new_id(), "court_id": town.court, "name": f"某{name}", "post": post}
        assert put(town.centre, PERSON, row) == "applied"
        made[name] = str(row["id"])
    return made


def operation(town: Town, people: Mapping[str, str], **more: Any) -> Row:
    """A plan with its right fingerprint."""
    row: Row = {
        "id": new_id(),
        "team_id": town.teams[1],
        "name": "腾房",
        "case_id": None,
        "case_number": "",
        "place": "三号楼",
        "lat_e7": 346_500_000,
        "lon_e7": -7,
        "starts_at": "2026-11-29T06:30:00+08:00",
        "ends_at": None,
        "commander_id": people["maker"],
        "plan": '{"aim":"腾退"}',
        "maker_id": people["maker"],
        "made_at": "2026-11-28T09:00:00+08:00",
    }
    row |= more
    return {"content_sha256": fingerprint(row)} | row


def act(of: Row, kind: str, person: str, minute: int, **more: Any) -> Row:
    return {
        "id": new_id(),
        "operation_id": of["id"],
        "team_id": of["team_id"],
        "act": kind,
        "person_id": person,
        "at": f"2026-11-29T06:{minute:02d}:00.000+08:00",
        "content_sha256": of["content_sha256"],
        "body": "理由",
    } | more


def self_test(town: Town, of: Row, person: str, *, passed: bool) -> Row:
    verdict = "pass" if passed else "fail"
    sheet = f'{{"lines":[{{"verdict":"{verdict}"}}]}}'
    return {
        "id": new_id(),
        "team_id": town.teams[1],
        "operation_id": of["id"],
        "person_id": person,
        "at": "2026-11-29T06:20:00+08:00",
        "passed": int(passed),
        "sheet": sheet,
        "sheet_sha256": "a" * 64,
    }


@pytest.fixture
def submitted(town: Town, people: dict[str, str]) -> Row:
    """A plan that waits for approval."""
    row = operation(town, people)
    assert put(town.centre, OPERATION, row) == "applied"
    assert acts(town, act(row, "submit", people["maker"], 1)) == "applied"
    return row


def test_an_operation_goes_its_course(town: Town, people: dict[str, str], submitted: Row) -> None:
    chief = people["chief"]
    test = self_test(town, submitted, chief, passed=True)
    assert acts(town, act(submitted, "approve", chief, 2)) == "applied"
    assert put(town.centre, TEST, test) == "applied"
    begun = act(submitted, "start", people["maker"], 30, test_id=test["id"])
    assert acts(town, begun) == "applied"
    assert acts(town, act(submitted, "finish", people["maker"], 50)) == "applied"


def test_wrong_approvals_are_refused(town: Town, people: dict[str, str], submitted: Row) -> None:
    wrong = [
        act(submitted, "approve", people["leader"], 2),  # not a chief
        act(submitted, "approve", people["maker"], 2),  # his own plan
        act(submitted, "approve", people["chief"], 2, content_sha256="0" * 64),
        act(submitted, "approve", people["chief"], 0),  # before it was submitted
        act(submitted, "return", people["leader"], 2),
    ]
    assert [acts(town, one) for one in wrong] == ["rejected"] * len(wrong)
    own = operation(town, people, maker_id=people["chief"], name="局长自拟")
    assert put(town.centre, OPERATION, own) == "applied"
    assert acts(town, act(own, "submit", people["maker"], 1)) == "applied"
    assert acts(town, act(own, "approve", people["chief"], 2)) == "rejected"
    assert acts(town, act(own, "approve", people["president"], 2)) == "applied"


def test_a_stand_in_approves_on_his_days_alone(
    town: Town, people: dict[str, str], submitted: Row
) -> None:
    def power(**more: Any) -> str:
        row = {
            "id": new_id(),
            "from_id": people["chief"],
            "to_id": people["leader"],
            "post": "bureau_chief",
            "from_on": "2026-11-29",
            "to_on": "2026-11-29",
            "document_no": "授字1号",
            "agreed_by": people["president"],
            "state": "agreed",
            "documents": "",
        } | more
        assert put(town.centre, POWER, row) == "applied"
        return str(row["id"])

    def approves() -> str:
        return acts(town, act(submitted, "approve", people["leader"], 2))

    for wrong in (
        {"from_on": "2026-11-30", "to_on": "2026-11-30"},
        {"state": "proposed", "agreed_by": None},
        {"documents": "payment_order"},
        {"post": "president"},
        {"from_id": people["maker"], "post": "quota_judge"},
    ):
        power(**wrong)
        assert approves() == "rejected", wrong
    test = self_test(town, submitted, people["chief"], passed=False)
    assert put(town.centre, TEST, test) == "applied"
    key = power()
    signed = act(submitted, "override", people["leader"], 3, test_id=test["id"])
    assert [approves(), acts(town, signed)] == ["applied", "applied"]
    # What the giver asked for himself his stand-in does not approve.
    own = operation(town, people, name="另一件")
    assert put(town.centre, OPERATION, own) == "applied"
    assert acts(town, act(own, "submit", people["chief"], 1)) == "applied"
    assert acts(town, act(own, "approve", people["leader"], 2)) == "rejected"
    ends = {"state": "ended", "ended_by": people["chief"], "ended_on": "2026-11-29"}
    old = {"state": "agreed", "ended_by": None, "ended_on": None}
    assert town.centre.verdict((POWER, key, "U", ends, old)) == "applied"
    assert approves() == "rejected", "ended"


def test_wrong_starts_are_refused(town: Town, people: dict[str, str], submitted: Row) -> None:
    chief, maker = people["chief"], people["maker"]
    passed = self_test(town, submitted, chief, passed=True)
    failed = self_test(town, submitted, chief, passed=False)
    for test in (passed, failed):
        assert put(town.centre, TEST, test) == "applied"

    def begins(minute: int, test: str | None) -> str:
        return acts(town, act(submitted, "start", maker, minute, test_id=test))

    assert begins(30, passed["id"]) == "rejected", "nobody approved it"
    assert acts(town, act(submitted, "approve", chief, 10)) == "applied"
    assert begins(9, passed["id"]) == "rejected", "before the approval"
    assert begins(30, None) == "rejected"
    assert begins(30, failed["id"]) == "rejected"
    signed = act(submitted, "override", maker, 31, test_id=failed["id"])
    assert acts(town, signed) == "rejected", "the maker signs for himself"
    signed = act(submitted, "override", chief, 32, test_id=failed["id"])
    assert acts(town, signed) == "applied"
    assert begins(31, failed["id"]) == "rejected", "before the signature"
    assert begins(33, failed["id"]) == "applied"
    assert begins(34, failed["id"]) == "rejected", "twice"


def test_who_leads_starts_and_ends_an_operation(town: Town, people: dict[str, str]) -> None:
    foreign = {"id": new_id(), "code": "豫97", "name": "丙院", "short_name": "丙", "confirmed": 1}
    assert put(town.centre, 1, foreign) == "applied"
    row = {"id": new_id(), "court_id": foreign["id"], "name": "外院局长", "post": "bureau_chief"}
    assert put(town.centre, PERSON, row) == "applied"
    wrong = (people["leader"], people["maker"], str(row["id"]))

    def ready(**more: Any) -> tuple[Row, str]:
        plan = operation(
            town, people, name=f"另件{new_id()}", commander_id=people["leader"], **more
        )
        assert put(town.centre, OPERATION, plan) == "applied"
        assert acts(town, act(plan, "submit", people["maker"], 1)) == "applied"
        assert acts(town, act(plan, "approve", people["chief"], 2)) == "applied"
        test = self_test(town, plan, people["chief"], passed=True)
        assert put(town.centre, TEST, test) == "applied"
        return plan, str(test["id"])

    for right in ("watch", "chief", "leader"):
        plan, test = ready()
        for who in wrong[1:]:
            assert acts(town, act(plan, "start", who, 30, test_id=test)) == "rejected"
        begun = act(plan, "start", people[right], 30, test_id=test)
        assert put(town.centre, ACT, begun) == "not_permitted", "a login of nobody"
        assert acts(town, begun) == "applied", right
        for who in wrong[1:]:
            assert acts(town, act(plan, "finish", who, 40)) == "rejected"
        assert acts(town, act(plan, "finish", people[right], 41)) == "applied", right
    plan, test = ready(maker_id=people["president"])
    assert acts(town, act(plan, "cancel", people["maker"], 30)) == "rejected"
    assert acts(town, act(plan, "cancel", people["president"], 31)) == "applied"


def test_a_login_of_nobody_decides_nothing(
    town: Town, people: dict[str, str], submitted: Row
) -> None:
    for kind in ("approve", "return", "override"):
        one = act(submitted, kind, people["chief"], 2)
        assert put(town.centre, ACT, one) == "not_permitted", kind


def test_words_do_not_slip_under_an_approval(
    town: Town, people: dict[str, str], submitted: Row
) -> None:
    chief = people["chief"]
    assert acts(town, act(submitted, "approve", chief, 2)) == "applied"
    test = self_test(town, submitted, chief, passed=True)
    assert put(town.centre, TEST, test) == "applied"
    words = {"plan": '{"aim":"别的"}'}
    old = {"plan": submitted["plan"], "content_sha256": submitted["content_sha256"]}

    def change(new: Row) -> str:
        return town.centre.verdict((OPERATION, submitted["id"], "U", new, {k: old[k] for k in new}))

    assert change(words) == "rejected"
    assert change({"content_sha256": "0" * 64}) == "rejected"
    sealed = fingerprint(submitted | words)
    assert change(words | {"content_sha256": sealed}) == "applied"
    begun = act(submitted, "start", people["maker"], 30, test_id=test["id"])
    assert acts(town, begun) == "rejected", "the old words"
    begun |= {"id": new_id(), "content_sha256": sealed}
    assert acts(town, begun) == "rejected", "the new words"


def test_a_group_reports_for_itself_and_does_not_end_its_own_alarm(
    town: Town, people: dict[str, str], submitted: Row
) -> None:
    group = {
        "id": new_id(),
        "operation_id": submitted["id"],
        "operation_name": "腾房",
        "team_id": town.teams[2],
        "name": "二组",
        "leader_id": people["leader"],
        "checkin_s": 1800,
    }
    assert put(town.centre, GROUP, group) == "applied"

    def report(kind: str, person: str, **more: Any) -> Row:
        return {
            "id": new_id(),
            "operation_id": submitted["id"],
            "group_id": group["id"],
            "team_id": town.teams[2],
            "act": kind,
            "person_id": people[person],
            "at": "2026-11-29T07:00:00+08:00",
            "about": "",
        } | more

    assert put(town.centre, CHECKIN, report("join", "maker")) == "applied"
    assert put(town.second, CHECKIN, report("ok", "leader")) == "applied"
    key = {"about": "silent:1"}
    assert put(town.second, CHECKIN, report("acknowledge", "leader", **key)) == "rejected"
    assert put(town.first, CHECKIN, report("ok", "maker", team_id=town.teams[1])) == "rejected"
    assert put(town.centre, CHECKIN, report("acknowledge", "maker", **key)) == "applied"
    sooner = {"checkin_s": 60}, {"checkin_s": 1800}
    assert town.centre.verdict((GROUP, group["id"], "U", *sooner)) == "rejected"


def test_the_log_is_nobody_elses_to_correct(
    town: Town, people: dict[str, str], submitted: Row
) -> None:
    def line(person: str, **more: Any) -> Row:
        return {
            "id": new_id(),
            "operation_id": submitted["id"],
            "team_id": town.teams[1],
            "person_id": people[person],
            "at": "2026-11-29T07:00:00+08:00",
            "kind": "event",
            "body": "到达",
        } | more

    first = line("maker")
    assert put(town.centre, LOG, first) == "applied"
    assert put(town.centre, LOG, line("chief", voids=first["id"])) == "rejected"
    assert put(town.centre, LOG, line("maker", voids=first["id"])) == "applied"
    changed = {"body": "未到"}, {"body": "到达"}
    assert town.centre.verdict((LOG, first["id"], "U", *changed)) == "not_permitted"


def test_logins_without_the_role_write_nothing(town: Town, people: dict[str, str]) -> None:
    users.add(town.admin, "cashier6", PASSWORD, ["finance"], [-1])
    cashier = Officer("cashier6", town.server.dsn("cashier6", PASSWORD))
    audit = Officer("audit", town.server.dsn("audit", PASSWORD))
    for officer in (cashier, audit):
        assert put(officer, OPERATION, operation(town, people)) == "not_permitted"
        officer.connection.close()
