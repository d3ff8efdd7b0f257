"""Desks that read the hub's ledger: a team has its own part, the centre has all; both prove it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import migrations
from storage.ledger.chain import Report, verify
from storage.migrations import added
from storage.session import Session
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Town, built_town
from tests.ledger.offices import AtHub, Steps
from tests.stores import new_store
from tests.sync.conftest import Laptop

NEW = ("debit_id", "credit_id", "seq", "prev", "hash", "booked_on")
NEW_SUMS = ("debit_after_fen", "credit_after_fen", "debit_held_fen")


@pytest.fixture(scope="module")
def town(server_folder: Path) -> Iterator[Town]:
    """Two teams' cases with money, and money that is nobody's."""
    with built_town(server_folder / "readers") as made:
        office = AtHub(made)
        office.build()
        steps = Steps(office)
        one, two = made.cases[1], made.cases[2]
        for case, fen in ((one, 1_000), (two, 500), (None, 70)):
            assert office.ask("keeper", "receive", case_id=case, amount_fen=fen).accepted
        paid = steps.sent(300)
        assert office.ask("keeper", "answer_order", order_id=paid, outcome="paid").accepted
        assert steps.order(20).accepted
        for target, fen in (("fee", 10), ("escrow", 15)):
            order = steps.approved(fen, purpose=target, target=target)
            assert office.ask("teller", "send_order", order_id=order).code == "moved"
        assert office.ask("keeper", "assign", case_id=two, amount_fen=30).accepted
        yield made
        office.close()


def proven(desk: Laptop) -> Report:
    """What that desk finds."""
    with desk.session.read() as connection:
        return verify(connection)


def test_a_team_sees_and_proves_its_own_part(town: Town, tmp_path: Path) -> None:
    remote = PostgresRemote(town.server.dsn("first", PASSWORD))
    with new_store(tmp_path / "desk") as replica:
        desk = Laptop("first", Session(replica, actor="first"), remote)
        desk.sync()
        assert sorted(desk.rows("select kind, balance_fen from fund")) == [
            ("case", 675),
            ("escrow", 15),
        ]
        report = proven(desk)
        assert (report.findings, report.whole, report.entries) == ([], False, 10)
        with replica.writer_engine.begin() as connection:
            migrations._drop_triggers(connection)
            connection.exec_driver_sql("update fund set balance_fen = 676 where kind = 'case'")
        (finding,) = proven(desk).findings
        assert "676" in str(finding)
    remote.close()


def test_the_centre_proves_the_whole(town: Town, tmp_path: Path) -> None:
    remote = PostgresRemote(town.server.dsn("centre", PASSWORD))
    with new_store(tmp_path / "desk") as replica:
        desk = Laptop("centre", Session(replica, actor="centre"), remote)
        desk.sync()
        report = proven(desk)
        assert (report.findings, report.whole, report.entries) == ([], True, 13)
    remote.close()


def test_entries_of_before_the_double_entry_are_completed_by_the_hub(
    town: Town, tmp_path: Path
) -> None:
    remote = PostgresRemote(town.server.dsn("centre", PASSWORD))
    with new_store(tmp_path / "desk") as replica:
        desk = Laptop("centre", Session(replica, actor="centre"), remote)
        desk.sync()
        head = proven(desk).head
        # As the upgrade leaves what an earlier version had.
        with replica.writer_engine.begin() as connection:
            triggers = migrations._triggers_there(connection)
            migrations._drop_triggers(connection)
            nothing = ", ".join(f"{name} = null" for name in (*NEW, *NEW_SUMS))
            connection.exec_driver_sql(f"update fund_entry set {nothing}")
            before = added.columns_there(connection)
            before["fund_entry"] -= {*NEW, *NEW_SUMS}
            added.note(connection, before)
            for statement in triggers.values():
                connection.exec_driver_sql(statement)
        (finding,) = [one for one in proven(desk).findings if "入链" in str(one)]
        assert "13 笔" in str(finding)
        desk.sync()
        report = proven(desk)
        assert (report.findings, report.head) == ([], head)
    remote.close()
