"""After a failover: orders that a lost history had carried out come again from many laptops."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.hub import setup
from storage.ids import new_id
from tests.ledger.offices import PAYEE, AtHub, Steps, at_hub

TABLES = (
    *("desk.fund", "desk.fund_entry", "desk.payment_order", "desk.payment_act", "desk.request"),
    *("sync.bundle", "sync.op", "sync.serial"),
)


class Lost:
    """An office whose hub can be wound back; what was sent is remembered as laptops do."""

    def __init__(self, office: AtHub) -> None:
        self.office, self.admin = office, office.town.admin
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def keep(self) -> None:
        """The copy that the hub will be restored from."""
        for name in TABLES:
            kept = name.replace(".", "_")
            self.admin.execute(f"drop table if exists public.{kept}")
            self.admin.execute(f"create table public.{kept} as select * from {name}")

    def wind_back(self) -> None:
        """The hub as it was, with a new history."""
        self.admin.execute("set session_replication_role = replica")
        for name in reversed(TABLES):
            self.admin.execute(f"delete from {name}")
        for name in TABLES:
            kept = name.replace(".", "_")
            self.admin.execute(f"insert into {name} select * from public.{kept}")
        self.admin.execute("set session_replication_role = origin")
        setup.renew(self.admin)

    def ask(self, who: str, kind: str, **args: Any) -> str:
        """A wish that is granted; its bundle is kept with the answer."""
        officer = self.office.officers[who]
        row = {"id": new_id(), "kind": kind, "state": "asked", "args": json.dumps(args)}
        bundle = officer.bundle((30, row["id"], "R", row, None))
        (answer,) = officer.push(bundle)
        assert answer["verdict"] == "applied", answer
        told = {name: answer[name] for name in ("verdict", "detail", "vers", "history", "sig")}
        self.sent.append((who, bundle | told))
        return row["id"]

    def come_back(self, chance: random.Random) -> int:
        """All laptops send what they had, in any order, until nothing waits; gives the rounds."""
        left, rounds = list(self.sent), 0
        while left:
            rounds += 1
            assert rounds < 20, "something waits for ever"
            chance.shuffle(left)
            again = []
            for who, bundle in left:
                officer = self.office.officers[who]
                (answer,) = officer.one(
                    "select sync.replay(%s, %s)", officer.device, json.dumps([bundle])
                )
                if answer["verdict"] == "waiting":
                    again.append((who, bundle))
                else:
                    assert answer["verdict"] == "applied", answer
            left = again
        return rounds


@pytest.fixture
def lost(server_folder: Path) -> Iterator[Lost]:
    with at_hub(server_folder / new_id()) as office:
        assert office.ask("keeper", "receive", case_id=office.case, amount_fen=1_000).accepted
        yield Lost(office)


def test_a_paid_order_is_paid_again_in_the_books_and_once(lost: Lost) -> None:
    office, steps = lost.office, Steps(lost.office)
    lost.keep()
    order = lost.ask("officer", "disburse", **PAYEE, case_id=office.case, amount_fen=700)
    sha = steps.sha(order)
    for who, stage in (("keeper", "fund_keeper"), ("chief", "bureau_chief")):
        lost.ask(who, "pass_order", order_id=order, stage=stage, content_sha256=sha)
    lost.ask("teller", "send_order", order_id=order)
    lost.ask("third", "answer_order", order_id=order, outcome="paid")
    back = lost.ask("officer", "disburse", **PAYEE, case_id=office.case, amount_fen=200)
    lost.ask("officer", "withdraw_order", order_id=back, reason="和解")
    for n in range(4):
        lost.wind_back()
        assert steps.account() == (1_000, 0)
        lost.come_back(random.Random(n))
        assert (steps.state(order), steps.state(back)) == ("paid", "withdrawn")
        assert steps.account() == (300, 0)
        acts = office.rows(f"select act from payment_act where order_id = '{order}' order by n")
        assert [row[0] for row in acts] == ["submit", "pass", "pass", "send", "paid"]
        # Coming back once more changes nothing.
        lost.come_back(random.Random(n))
        assert steps.account() == (300, 0)


def test_what_the_new_history_spent_is_booked_into_the_red(lost: Lost) -> None:
    office, steps = lost.office, Steps(lost.office)
    lost.keep()
    order = lost.ask("officer", "disburse", **PAYEE, case_id=office.case, amount_fen=700)
    sha = steps.sha(order)
    for who, stage in (("keeper", "fund_keeper"), ("chief", "bureau_chief")):
        lost.ask(who, "pass_order", order_id=order, stage=stage, content_sha256=sha)
    lost.ask("teller", "send_order", order_id=order)
    lost.ask("third", "answer_order", order_id=order, outcome="paid")
    lost.wind_back()
    other = steps.sent(600)
    assert office.ask("third", "answer_order", order_id=other, outcome="paid").accepted
    lost.come_back(random.Random(1))
    assert steps.state(order) == "paid"
    assert steps.account() == (-300, 0)
    flags = office.rows(
        f"select in_suspense from fund where case_id = '{office.case}' and kind = 'case'"
    )
    assert flags == [(1,)]
