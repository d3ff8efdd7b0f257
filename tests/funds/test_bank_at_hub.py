"""Finance desks of one shared database: each line once, each wish decided once."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.funds.booking import give
from desktop.funds.importing import Imported, import_statement
from storage.ledger.asking import ask
from storage.ledger.chain import verify
from storage.session import Session
from storage.sync.postgres import PostgresRemote
from tests.funds.test_statements_stored import statement
from tests.funds.town import lines
from tests.hub.conftest import PASSWORD, Town, built_town
from tests.ledger.offices import AtHub
from tests.stores import new_store
from tests.sync.conftest import Laptop

CODE = "17050260092000000180001"


@pytest.fixture
def office(server_folder: Path, request: pytest.FixtureRequest) -> Iterator[AtHub]:
    with built_town(server_folder / request.node.name[-8:]) as made:
        here = AtHub(made)
        here.build()
        yield here
        here.close()


def imported(desk: Laptop, office: AtHub, **change: Any) -> Imported:
    """Two lines: one to a virtual account, one that nothing explains."""
    some = (
        replace(lines()[0], reference=CODE, **change),
        replace(lines()[6], **change),
    )
    with desk.session.write("导入") as write:
        return import_statement(write.connection, statement(some), office.people[desk.who])


ENTRIES = "select kind, case_id, amount_fen, line_id, maker from fund_entry order by seq"


def test_two_finance_desks_keep_one_line_and_book_it_once(office: AtHub, tmp_path: Path) -> None:
    town: Town = office.town
    case = town.cases[1]
    with ExitStack() as stack:
        desks = []
        for who in ("keeper", "teller"):
            replica = stack.enter_context(new_store(tmp_path / who))
            remote = PostgresRemote(town.server.dsn(f"o_{who}", PASSWORD))
            stack.callback(remote.close)
            desks.append(Laptop(who, Session(replica, actor=f"o_{who}"), remote))
            desks[-1].sync()
        keeper, teller = desks
        with keeper.session.write("开户") as write:
            wish = {"case_id": case, "code": CODE}
            ask(write.connection, "open_account", wish, by=office.people["keeper"])
        keeper.sync()
        assert keeper.rows("select case_id from fund where code = ?", CODE) == [(case,)]

        done = imported(keeper, office)
        assert (done.sure, done.unknown, done.booked.waiting) == (1, 1, 2)
        assert keeper.rows(ENTRIES) == []
        keeper.sync()
        first, second = done.stored.line_ids
        assert [tuple(row[:4]) for row in keeper.rows(ENTRIES)] == [
            ("receipt", case, 8_600_000, first),
            ("receipt", None, 777, second),
        ]

        teller.sync()
        again = imported(teller, office, bank_ref=None, party_account=None)
        assert (again.stored.new_ids, again.stored.line_ids) == ((), (first, second))
        with teller.session.write("认领") as write:
            give(write.connection, second, ((case, 700),), "核实", office.people["teller"])
        teller.sync()
        last = teller.rows(ENTRIES)[-1]
        assert tuple(last[:3]) == ("transfer", case, 700)
        for desk in desks:
            desk.sync()
            with desk.session.read() as connection:
                assert verify(connection).findings == []


def test_the_same_file_on_two_desks_at_once_is_kept_once(office: AtHub, tmp_path: Path) -> None:
    town: Town = office.town
    with ExitStack() as stack:
        desks = []
        for who in ("keeper", "teller"):
            replica = stack.enter_context(new_store(tmp_path / who))
            remote = PostgresRemote(town.server.dsn(f"o_{who}", PASSWORD))
            stack.callback(remote.close)
            desks.append(Laptop(who, Session(replica, actor=f"o_{who}"), remote))
            desks[-1].sync()
        for desk in desks:
            imported(desk, office)
        for desk in (*desks, *desks):
            desk.sync()
        ours, theirs = (desk.rows(ENTRIES) for desk in desks)
        assert ours == theirs
        assert sorted(row[2] for row in ours) == [777, 8_600_000]  # once, whoever was first
