"""Opinion items, briefs and notes of the demo city are in every state and keep the rules."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, select

from desktop.contract.law import load_law
from desktop.demo.city import generate
from desktop.notes.queries import unread
from desktop.panels.matters.queries import overdue_count
from desktop.panels.matters.rules import State, page_fault, state_of
from storage.schema import table
from storage.session import Session
from tests.stores import new_store

TODAY = date(2026, 11, 29)  # a Sunday: what was written lies on days before it


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    folder = tmp_path_factory.mktemp("remarks") / "store"
    with new_store(folder) as replica:
        session = Session(replica, actor="演示")
        generate(session, load_law(), cases=1_000, seed=1, today=TODAY)
        with session.read() as opened:
            yield opened


def test_every_state_is_there_and_something_is_late(connection: Connection) -> None:
    rows = connection.execute(select(table("matter"))).all()
    states = {state_of(r.kind, r.submitted_on, r.answered_on, r.closed_on) for r in rows}
    assert states == set(State)
    assert overdue_count(connection, TODAY)[0] >= 1
    for row in rows:
        if row.kind == "brief":
            assert page_fault(row.title, row.body, row.advice) == "", row.title
            assert row.answered_by != row.maker_id
        assert row.raised_on <= TODAY.isoformat()
        assert (row.answered_on or "") <= TODAY.isoformat()
        assert (row.closed_on or "") <= TODAY.isoformat()


def test_the_operator_of_the_demo_is_mentioned(connection: Connection) -> None:
    person = table("person").c
    me = connection.execute(
        select(person.id).where(person.post == "operator").order_by(person.id).limit(1)
    ).scalar()
    assert unread(connection, me) >= 3
    handover = table("note").c
    rows = connection.execute(select(handover.to_id).where(handover.kind == "handover")).scalars()
    assert me in set(rows)
