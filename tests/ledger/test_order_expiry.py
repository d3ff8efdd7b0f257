"""Orders that nobody moves: taken back after their days, their money free, each with its act."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage.ledger import moments
from storage.ledger.moments import written_at
from storage.schema.payments import EXPIRES_DAYS
from tests.ledger.offices import Office, Steps, alone, at_hub

Idle = Callable[[int], str]


@pytest.fixture(params=["alone", "hub"])
def idle(
    request: pytest.FixtureRequest, tmp_path: Path, server_folder: Path
) -> Iterator[tuple[Office, Idle]]:
    """An office, and what makes an order there that waits for so many days."""
    if request.param == "alone":
        with alone(tmp_path / "store") as desk:

            def made(days: int) -> str:
                with written_at(moments.now() - timedelta(days=days)):
                    told = desk.ask("keeper", "receive", case_id=desk.case, amount_fen=1_000)
                    assert told.accepted, told
                    return Steps(desk).order(500).id

            yield desk, made
            assert desk.findings() == []
        return
    with at_hub(server_folder / "idle") as hub:

        def aged(days: int) -> str:
            assert hub.ask("keeper", "receive", case_id=hub.case, amount_fen=1_000).accepted
            order = Steps(hub).order(500).id
            at = (moments.now() - timedelta(days=days)).isoformat(timespec="seconds")
            admin = hub.town.admin
            admin.execute("set session_replication_role = replica")
            admin.execute("update desk.payment_act set at = %s where order_id = %s", (at, order))
            admin.execute("set session_replication_role = origin")
            return order

        yield hub, aged


def test_what_lies_too_long_goes_back(idle: tuple[Office, Idle]) -> None:
    office, made = idle
    steps, today = Steps(office), moments.now().date()
    old, young = made(EXPIRES_DAYS + 5), made(EXPIRES_DAYS - 5)
    latest = today - timedelta(days=EXPIRES_DAYS - 1)
    told = office.ask("keeper", "expire_orders", before=(latest + timedelta(days=1)).isoformat())
    assert (told.code, told.facts["latest"]) == ("early", latest.isoformat())
    told = office.ask("keeper", "expire_orders", before=latest.isoformat())
    numbers = office.rows(f"select number from payment_order where id = '{old}'")
    assert (told.code, told.facts["n"], told.facts["orders"]) == ("expired", 1, [numbers[0][0]])
    assert (steps.state(old), steps.state(young)) == ("expired", "approving")
    assert steps.account() == (2_000, 500)
    assert office.rows(f"select maker from fund_entry where hold_id = '{old}'") == [("系统",)]
    again = office.ask("keeper", "expire_orders", before=latest.isoformat())
    assert again.facts["n"] == 0
    assert steps.passed(old, "keeper", "fund_keeper").code == "state"
    assert steps.order(100, replaces=old).accepted
