"""Two who press at the same time, on real connections: one wins, the other hears who and when."""

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storage.hub import users
from tests.hub.conftest import PASSWORD, Officer
from tests.ledger.offices import PAYEE, AtHub, Steps, Told, at_hub


@pytest.fixture(scope="module")
def office(server_folder: Path) -> Iterator[AtHub]:
    with at_hub(server_folder / "at-once") as made:
        assert made.ask("keeper", "receive", case_id=made.case, amount_fen=1_000_000).accepted
        yield made
        assert made.rows("select * from sync.fund_differences()") == []


def together(office: AtHub, *wishes: tuple[str, str, dict[str, Any]]) -> list[Told]:
    """All of them at one moment, each on its own line."""
    start, told = threading.Barrier(len(wishes)), dict[int, Told]()

    def press(n: int, who: str, kind: str, args: dict[str, Any]) -> None:
        start.wait()
        told[n] = office.ask(who, kind, **args)

    lines = [threading.Thread(target=press, args=(n, *wish)) for n, wish in enumerate(wishes)]
    for line in lines:
        line.start()
    for line in lines:
        line.join()
    return [told[n] for n in range(len(wishes))]


@pytest.mark.parametrize("_again", range(5))
def test_two_clerks_send_and_one_wins(office: AtHub, _again: int) -> None:
    order = Steps(office).approved()
    told = together(
        office,
        ("teller", "send_order", {"order_id": order}),
        ("third", "send_order", {"order_id": order}),
    )
    assert Counter(one.code for one in told) == {"sent": 1, "already": 1}
    winner, loser = (told[0], told[1]) if told[0].accepted else (told[1], told[0])
    first = "teller" if winner is told[0] else "third"
    assert loser.facts["person_id"] == office.people[first]
    assert loser.facts["by"] == f"o_{first}"
    assert loser.facts["at"]
    sends = office.rows(
        f"select count(*) from payment_act where order_id = '{order}' and act = 'send'"
    )
    assert sends == [(1,)]


@pytest.mark.parametrize("_again", range(3))
def test_sent_or_withdrawn_never_both(office: AtHub, _again: int) -> None:
    order = Steps(office).approved()
    told = together(
        office,
        ("teller", "send_order", {"order_id": order}),
        ("officer", "withdraw_order", {"order_id": order, "reason": "和解"}),
        ("third", "return_order", {"order_id": order, "stage": "", "reason": "不"}),
    )
    assert sum(one.accepted for one in told) == 1
    assert all(one.code in ("state", "already") for one in told if not one.accepted)


@pytest.mark.parametrize("_again", range(3))
def test_paid_once_by_however_many(office: AtHub, _again: int) -> None:
    balance, held = Steps(office).account()
    order = Steps(office).sent()
    told = together(
        office,
        ("teller", "answer_order", {"order_id": order, "outcome": "paid"}),
        ("third", "answer_order", {"order_id": order, "outcome": "paid"}),
        ("keeper", "pay", {"hold_id": order}),
        ("alien", "answer_order", {"order_id": order, "outcome": "failed", "reason": "不"}),
    )
    assert sum(one.accepted for one in told) == 1
    assert all(one.code == "already" for one in told if not one.accepted), told
    paid = any(one.accepted and one.code == "paid" for one in told)
    assert Steps(office).account() == (balance - 500 * paid, held)


def test_a_payment_that_waits_for_a_sending_is_no_payment_without_its_act(office: AtHub) -> None:
    """The clerk who pays looked before the other one had sent, and goes on after him."""
    order, told = Steps(office).approved(), dict[str, Told]()
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"

    def press(who: str, kind: str, args: dict[str, Any]) -> threading.Thread:
        line = threading.Thread(target=lambda: told.update({kind: office.ask(who, kind, **args)}))
        line.start()
        return line

    with psycopg.connect(office.town.server.admin_dsn) as blocking:
        blocking.execute("select from sync.ledger_lock for update")
        lines = []
        for n, wish in enumerate(
            (
                ("teller", "send_order", {"order_id": order}),
                ("third", "pay", {"hold_id": order}),
            )
        ):
            lines.append(press(*wish))
            while office.rows(waiting)[0][0] <= n:
                pass
        blocking.rollback()
    for line in lines:
        line.join()
    assert told["send_order"].accepted
    paid = office.rows(f"select count(*) from fund_entry where hold_id = '{order}'")[0][0]
    acts = office.rows(
        f"select count(*) from payment_act where order_id = '{order}' and act = 'paid'"
    )
    assert (told["pay"].accepted, paid, acts) == (True, 1, [(1,)])
    assert Steps(office).state(order) == "paid"


def test_who_is_nobody_is_not_approved(office: AtHub) -> None:
    users.add(office.town.admin, "nobody", PASSWORD, ["handler"], [-1])
    office.officers["nobody"] = Officer("nobody", office.town.server.dsn("nobody", PASSWORD))
    args = PAYEE | {"case_id": office.case, "amount_fen": 7}
    order = office.ask("nobody", "disburse", **args).id
    assert Steps(office).passed(order, "keeper", "fund_keeper").code == "maker"
    back = {"order_id": order, "stage": "fund_keeper", "reason": "须由本人提出"}
    assert office.ask("keeper", "return_order", **back).code == "returned"


def test_the_last_money_goes_to_one_of_eight(office: AtHub) -> None:
    free = Steps(office).account()[0] - Steps(office).account()[1]
    args = {"case_id": office.case, "amount_fen": free, "payee": "丙"}
    told = together(office, *((who, "disburse", args) for who in ("officer", "other", "deputy")))
    assert Counter(one.code for one in told) == {"held": 1, "funds": 2}
