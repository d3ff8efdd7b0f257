"""The demo's seizures: one in each state, receipts that hold, and the same again from the seed."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from desktop.command.receipts import prove
from desktop.command.seizures.queries import lines, seizure_of
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import load_law
from desktop.demo.city import generate
from desktop.rules.seizure_form import State
from storage.schema import table
from storage.session import Session
from tests.stores import new_store

TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 10, 30, tzinfo=COURT_ZONE)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("seizures") / "store"
    with new_store(folder) as replica:
        made = Session(replica, actor="演示")
        generate(made, load_law(), cases=600, seed=1, today=TODAY, now=NOW)
        yield made


def test_there_is_one_in_each_state_with_its_photographs(session: Session) -> None:
    with session.read() as connection:
        found = lines(connection)
        whole = [seizure_of(connection, one.id) for one in found]
    assert sorted(one.state.value for one in found) == sorted(state.value for state in State)
    for one in whole:
        assert one is not None
        assert one.pictures
        assert all(picture.thumbnail for picture in one.pictures)
        assert one.officer
        assert one.second != one.officer


def test_each_receipt_holds_and_no_clock_ran_backwards(session: Session) -> None:
    with session.read() as connection:
        codes = [one.code for one in lines(connection) if one.code]
        proofs = [prove(connection, code) for code in codes]
    assert len(proofs) == 3
    assert all(proof.sound for proof in proofs)
    assert not any("拨回" in "".join(proof.words) for proof in proofs)


def test_what_was_verified_is_a_measure_with_its_term(session: Session) -> None:
    item, measure = table("seizure_item").c, table("control_measure").c
    with session.read() as connection:
        rows: list[Any] = list(
            connection.execute(
                select(item.status, measure.expires_on).outerjoin(
                    table("control_measure"), measure.id == item.measure_id
                )
            )
        )
    assert {row.status for row in rows} == {"claimed", "verified", "denied"}
    assert all((row.expires_on is not None) is (row.status == "verified") for row in rows)
