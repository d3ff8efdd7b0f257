"""An order paid on the bank's word, and the line that comes later: listed until it is joined."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.contract.court_zone import court_today
from desktop.funds.reconcile import Reconciliation, reconcile
from tests.ledger.offices import Alone, Steps, alone


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Alone]:
    with alone(tmp_path / "s") as made:
        yield made


def line(office: Alone, fen: int, n: int, party: str = "丙") -> str:
    return office.add(
        "bank_line",
        account="1",
        booked_on=court_today().isoformat(),
        direction="in" if fen > 0 else "out",
        amount_fen=abs(fen),
        party_name=party,
        fingerprint=f"{n:064d}",
        file_sha256="0" * 64,
    )


def ok(told: Any) -> str:
    assert told.accepted, told
    return str(told.id)


def state(office: Alone) -> Reconciliation:
    with office.session.read() as connection:
        return reconcile(connection, court_today().isoformat())


def test_from_the_receipt_to_money_that_comes_back(office: Alone) -> None:
    steps = Steps(office)
    come = line(office, 900, 1)
    assert [one.fen for one in state(office).differences] == [900]
    ok(office.ask("keeper", "receive", case_id=office.case, amount_fen=900, line_id=come))
    assert not state(office).differences

    order = steps.sent(500)
    assert not state(office).differences  # what is sent and not answered is no entry yet
    paid = ok(office.ask("keeper", "answer_order", order_id=order, outcome="paid"))
    (one,) = state(office).differences
    assert (one.kind, one.about_id, one.fen) == ("entry_without_line", paid, 500)
    assert one.words == "账上已付、银行未付"
    gone = line(office, -500, 2)
    assert len(state(office).differences) == 2  # a line and an entry that nobody has joined
    ok(office.ask("keeper", "match_line", line_id=gone, entry_id=paid, why="同额同户"))
    assert not state(office).differences

    reversal = office.ask("teller", "reverse", entry_id=paid, reason="银行退汇")
    ok(reversal)
    (one,) = state(office).differences
    assert (one.kind, one.about_id, one.fen) == ("line_without_entry", gone, -500)
    assert str(reversal.facts["number"]) in one.words
    line(office, 500, 3)
    found = state(office)
    assert not found.differences
    assert found.bank_fen == found.ledger_fen == found.cases_fen == 900
