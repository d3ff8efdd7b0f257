"""What only the hub decides: moves, numbers and money, and that nobody gets round it."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from storage.hub import users
from storage.ids import new_id
from tests.hub.conftest import PASSWORD, Officer, Town
from tests.ledger import without_orders

REQUEST = 30
LETTER = 20


class Court(Town):
    """The town with a finance clerk of each kind of mind."""

    clerk: Officer
    other_clerk: Officer


@pytest.fixture(scope="module")
def court(town: Town) -> Iterator[Court]:
    made = Court(**vars(town))
    without_orders.at_hub(town.admin)
    for who in ("clerk", "other_clerk"):
        users.add(town.admin, who, PASSWORD, ["finance"], [-1])
        setattr(made, who, Officer(who, town.server.dsn(who, PASSWORD)))
    yield made
    made.clerk.connection.close()
    made.other_clerk.connection.close()


def ask(
    officer: Officer, kind: str, case_id: str | None, **args: Any
) -> tuple[str, dict[str, Any], str]:
    """(verdict, facts, id of the request) of one request."""
    request_id = new_id()
    row = {"id": request_id, "kind": kind, "case_id": case_id, "state": "asked"}
    row["args"] = json.dumps({"case_id": case_id, **args} if case_id else args)
    answer = officer.push(officer.bundle((REQUEST, request_id, "R", row, None)))[0]
    facts = officer.one("select facts::jsonb from desk.request where id = %s", request_id)
    return answer["verdict"], facts or answer["detail"], request_id


def fund(court: Court, case_id: str) -> tuple[int, int]:
    """Balance and grants of a case in fen."""
    row = court.admin.execute(
        "select balance_fen, held_fen from desk.fund where case_id = %s", (case_id,)
    ).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


def new_case(court: Court, serial: int, team: int = 1) -> str:
    case_id = new_id()
    row = court.case_row(team, serial, case_id)
    assert court.centre.verdict((10, case_id, "I", row, None)) == "applied"
    return case_id


def filled(court: Court, serial: int, fen: int) -> str:
    """A case with money on its account."""
    case_id = new_case(court, serial)
    assert ask(court.clerk, "receive", case_id, amount_fen=fen, payer="甲公司")[0] == "applied"
    return case_id


def test_an_officer_is_told_what_is_left_and_who_took_it(court: Court) -> None:
    case_id = filled(court, 501, 8_600_000)
    _, _, hold = ask(court.first, "disburse", case_id, amount_fen=2_480_000, payee="申请人甲")
    assert ask(court.clerk, "pay", None, hold_id=hold)[0] == "applied"
    verdict, facts, _ = ask(court.first, "disburse", case_id, amount_fen=8_600_000, payee="乙")
    assert verdict == "rejected"
    assert facts["code"] == "funds"
    assert facts["available_fen"] == 6_120_000
    assert facts["last"]["amount_fen"] == 2_480_000
    assert facts["last"]["number"].startswith("付")
    assert facts["last"]["maker"] == "clerk"
    again, facts, _ = ask(court.first, "disburse", case_id, amount_fen=6_120_000, payee="乙")
    assert (again, facts["available_fen"]) == ("applied", 0)
    assert fund(court, case_id) == (6_120_000, 6_120_000)


def test_who_asked_for_money_neither_pays_nor_releases_it(court: Court) -> None:
    users.add(court.admin, "both", PASSWORD, ["handler", "finance"], [-1])
    both = Officer("both", court.server.dsn("both", PASSWORD))
    case_id = filled(court, 502, 1_000)
    _, _, hold = ask(both, "disburse", case_id, amount_fen=1_000, payee="甲")
    for kind in ("pay", "release"):
        verdict, facts, _ = ask(both, kind, None, hold_id=hold)
        assert (verdict, facts["code"]) == ("rejected", "own")
    assert ask(court.clerk, "pay", None, hold_id=hold)[0] == "applied"
    both.connection.close()


def test_a_grant_ends_once_and_the_second_is_told_by_whom(court: Court) -> None:
    case_id = filled(court, 503, 5_000)
    _, _, hold = ask(court.first, "disburse", case_id, amount_fen=5_000, payee="甲")
    outcomes: list[tuple[str, dict[str, Any], str]] = []
    clerks = (court.clerk, court.other_clerk)
    threads = [
        threading.Thread(target=lambda c=c: outcomes.append(ask(c, "pay", None, hold_id=hold)))
        for c in clerks
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome[0] for outcome in outcomes) == ["applied", "rejected"]
    facts = next(outcome[1] for outcome in outcomes if outcome[0] == "rejected")
    assert facts["code"] == "already"
    assert facts["by"] in ("clerk", "other_clerk")
    assert facts["number"].startswith("付")
    assert fund(court, case_id) == (0, 0)


def test_many_who_ask_at_once_never_get_more_than_there_is(court: Court) -> None:
    case_id = filled(court, 504, 10_000)
    makers = [Officer("first", court.server.dsn("first", PASSWORD)) for _ in range(2)]
    granted: list[str] = []

    def several(officer: Officer) -> None:
        for _ in range(6):
            verdict, _, _ = ask(officer, "disburse", case_id, amount_fen=3_000, payee="甲")
            granted.append(verdict)

    threads = [threading.Thread(target=several, args=(officer,)) for officer in makers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert granted.count("applied") == 3
    assert granted.count("rejected") == 9
    assert fund(court, case_id) == (10_000, 9_000)
    for officer in makers:
        officer.connection.close()


def test_the_accounts_agree_with_their_entries(court: Court) -> None:
    case_id = filled(court, 505, 700)
    _, _, hold = ask(court.first, "disburse", case_id, amount_fen=300, payee="甲")
    assert ask(court.clerk, "release", None, hold_id=hold)[0] == "applied"
    assert fund(court, case_id) == (700, 0)
    differences = court.admin.execute("select * from sync.fund_differences()").fetchall()
    assert differences == []
    with pytest.raises(psycopg.errors.RaiseException, match="余额只随分录变动"):
        court.admin.execute("update desk.fund set balance_fen = 1 where case_id = %s", (case_id,))


@pytest.mark.parametrize(
    "statement",
    [
        "update desk.fund_entry set amount_fen = 1",
        "update desk.fund_entry set maker = 'x'",
        "delete from desk.fund_entry",
        "truncate desk.fund_entry",
    ],
)
def test_not_even_the_owner_changes_an_entry(court: Court, statement: str) -> None:
    filled(court, 600 + len(statement), 100)
    with pytest.raises(psycopg.errors.RaiseException, match="只增不改"):
        court.admin.execute(statement)


def test_an_entry_sent_as_a_row_is_refused_whoever_sends_it(court: Court) -> None:
    case_id = filled(court, 506, 100)
    row = {
        "id": new_id(),
        "case_id": case_id,
        "kind": "receipt",
        "amount_fen": 1,
        "number": "收0",
        "at": "2026-01-01",
        "maker": "clerk",
    }
    for officer in (court.clerk, court.first, court.centre):
        assert officer.verdict((33, row["id"], "I", row, None)) == "not_permitted"
    account = court.clerk.one("select id::text from desk.fund where case_id = %s", case_id)
    edit = ({"balance_fen": 9_999}, {"balance_fen": 100})
    assert court.clerk.verdict((32, account, "U", *edit)) == "not_permitted"


@pytest.mark.parametrize("amount", [0, -5, "1,5", None])
def test_impossible_amounts_book_nothing(court: Court, amount: Any) -> None:
    case_id = filled(court, 700 + len(str(amount)), 1_000)
    verdict, _, _ = ask(court.first, "disburse", case_id, amount_fen=amount, payee="甲")
    assert verdict in ("rejected", "invalid")
    verdict, _, _ = ask(court.clerk, "receive", case_id, amount_fen=amount, payer="甲")
    assert verdict in ("rejected", "invalid")
    assert fund(court, case_id) == (1_000, 0)


def test_a_case_moves_by_request_with_all_that_hangs_on_it(court: Court) -> None:
    case_id = filled(court, 507, 100)
    event = {"id": new_id(), "case_id": case_id, "kind": "filed", "on": "2026-01-05"}
    assert court.first.verdict((12, event["id"], "I", event, None)) == "applied"
    to = {"team_id": court.teams[2], "reason": "调整分案"}
    assert ask(court.first, "move_case", case_id, **to)[0] == "not_permitted"
    assert ask(court.centre, "move_case", case_id, team_id=court.teams[2])[1]["code"] == "reason"
    verdict, facts, _ = ask(court.centre, "move_case", case_id, **to)
    assert (verdict, facts["code"]) == ("applied", "moved")
    for table in ('desk."case"', "desk.node_event", "desk.fund", "desk.fund_entry"):
        column = "id" if table == 'desk."case"' else "case_id"
        query = f"select count(*) from {table} where {column} = %s"
        assert (court.first.one(query, case_id), court.second.one(query, case_id)) == (0, 1), table
    assert ask(court.centre, "move_case", case_id, **to)[1]["code"] == "same_team"


def test_letters_get_one_number_each_and_none_is_left_out(court: Court) -> None:
    case_id = new_case(court, 508)
    person = new_id()
    who = {"id": person, "name": "韩若溪", "court_id": court.court, "post": "法官"}
    assert court.centre.verdict((2, person, "I", who, None)) == "applied"
    facts = []
    for _ in range(3):
        letter = new_id()
        row = {
            "id": letter,
            "case_id": case_id,
            "node_code": "N01",
            "year": 2026,
            "level": "red",
            "basis": "一",
            "facts": "二",
            "demand": "三",
            "addressee_id": person,
            "reply_by": "2999-12-31",
            "state": "draft",
        }
        assert court.centre.verdict((LETTER, letter, "I", row, None)) == "applied"
        verdict, told, _ = ask(court.centre, "number_letter", case_id, letter_id=letter)
        assert verdict == "applied"
        state = court.centre.one("select state from desk.supervision_letter where id=%s", letter)
        assert state == "issued"
        again = ask(court.centre, "number_letter", case_id, letter_id=letter)
        assert (again[0], again[1]["serial"]) == ("rejected", told["serial"])
        facts.append(told["serial"])
    assert facts == [1, 2, 3]
