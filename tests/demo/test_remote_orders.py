"""The demo city's orders: every state is there, and live events answer them lawfully."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from random import Random

import pytest

from desktop.command.orders.reading import Order, orders_where
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import load_law
from desktop.demo import remote_orders
from desktop.demo.city import generate
from desktop.demo.remote_live import Moment
from desktop.rules.command_law import load_command_law
from desktop.rules.field_orders import OrderState, rungs_due
from storage.session import Session
from tests.stores import new_store

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=COURT_ZONE)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder: Path = tmp_path_factory.mktemp("orders")
    with new_store(folder) as replica:
        made = Session(replica, actor="演示")
        generate(made, load_law(), cases=200, seed=1, today=TODAY)
        yield made


def all_orders(session: Session) -> list[Order]:
    with session.read() as connection:
        return orders_where(connection)


def test_every_state_is_shown_one_order_unanswered_past_its_rung(session: Session) -> None:
    found = all_orders(session)
    today = [one for one in found if one.made_at.date() == TODAY]
    assert {one.standing.state for one in today} == set(OrderState)
    ladder = load_command_law().ladder(TODAY)
    late = [one for one in today if rungs_due(one.standing, ladder, NOW)]
    assert [len(rungs_due(one.standing, ladder, NOW)) for one in late] == [2]
    assert set(late[0].standing.rungs) == {1, 2}
    assert not any(one.standing.queued for one in found)
    assert len(found) > 60  # four weeks of them


def test_live_events_bring_every_order_to_its_end(session: Session) -> None:
    """Run last: it changes the city."""
    rng, said = Random(3), []
    while len(said) < 100:
        with session.write("演示") as write:
            sentence = remote_orders.live(Moment(write.connection, rng, NOW))
        if sentence is None:
            break
        said.append(sentence)
    assert 10 < len(said) < 100
    today = [one for one in all_orders(session) if one.made_at.date() == TODAY]
    ended = {OrderState.DONE, OrderState.CANCELLED, OrderState.REFUSED, OrderState.DRAFT}
    assert {one.standing.state for one in today} == ended
