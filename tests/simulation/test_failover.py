"""Money that was paid before a lossy failover stays paid, and only under the hub's signature."""

import json
from typing import Any

import pytest

from storage.ids import new_id
from storage.sync import engine, push
from storage.sync.port import Answer
from tests.simulation.hub import FUND_FEN, SimulatedHub
from tests.simulation.world import Client, World

MOST = FUND_FEN * 5 // 6  # two of these are more than there is


def _pay(client: Client) -> str:
    request = new_id()
    with client.session.write("申请") as write:
        write.connection.exec_driver_sql(
            "insert into request (id, kind, args) values (?, 'sim_pay', ?)",
            (request, json.dumps({"fen": MOST})),
        )
    engine.round_trip(client.session, client.remote)
    return request


def _verdict(client: Client, request: str) -> str:
    rows = client.rows(
        "select b.verdict from _op o join _bundle b on b.n = o.bundle_n where o.row_id = ?",
        request,
    )
    return str(rows[0][0])


def _lost_then_spent_again(hub: SimulatedHub, clients: list[Client]) -> tuple[World, str, str]:
    """One payment is lost with the primary, another spends the same money, the first returns."""
    world = World(hub, clients, 0)
    _centre, first, second = clients
    for client in (first, second):
        engine.round_trip(client.session, client.remote)
    hub.remember()
    early = _pay(first)
    assert _verdict(first, early) == "applied"
    hub.fail_over()
    late = _pay(second)
    assert _verdict(second, late) == "applied"
    engine.round_trip(first.session, first.remote)
    return world, early, late


def test_a_lost_payment_is_booked_even_into_the_red(
    hub: SimulatedHub, clients: list[Client]
) -> None:
    world, early, late = _lost_then_spent_again(hub, clients)
    assert _verdict(clients[1], early) == "applied"
    assert world.fund() == (FUND_FEN - 2 * MOST, 2 * MOST)
    suspense = hub.admin.execute("select in_suspense from sim.fund").fetchone()
    assert suspense == (True,)
    paid = {str(row[0]) for row in hub.admin.execute("select request_id from sim.entry")}
    assert paid == {early, late}


def test_without_the_signature_it_is_a_request_like_any_other(
    hub: SimulatedHub, clients: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = push.leased

    def forged(*args: Any) -> str:
        return right(*args).replace('"sig": "', '"sig": "0')

    monkeypatch.setattr(push, "leased", forged)
    world, early, _late = _lost_then_spent_again(hub, clients)
    assert _verdict(clients[1], early) == "rejected"
    assert world.fund() == (FUND_FEN - MOST, MOST)


def test_a_second_replay_changes_nothing(hub: SimulatedHub, clients: list[Client]) -> None:
    world, _early, _late = _lost_then_spent_again(hub, clients)
    before = world.fund()
    for client in clients:
        engine.round_trip(client.session, client.remote)
    assert world.fund() == before


def test_what_survived_is_asked_for_once(
    hub: SimulatedHub, clients: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps the signature of its own history, but is not sent again with every greeting."""
    sent: list[str] = []
    right = push.leased

    def noted(*args: Any) -> str:
        sent.append(right(*args))
        return sent[-1]

    monkeypatch.setattr(push, "leased", noted)
    _lost_then_spent_again(hub, clients)
    assert set(sent) != {"[]"}
    sent.clear()
    for client in clients:
        engine.round_trip(client.session, client.remote)
    assert set(sent) == {"[]"}


def test_a_verdict_of_another_history_that_comes_late_is_replayed(
    hub: SimulatedHub, clients: list[Client]
) -> None:
    _lost_then_spent_again(hub, clients)
    client = clients[1]
    engine.round_trip(client.session, client.remote)
    told = engine.last_hello(client.session)
    assert told is not None
    assert push.leased(client.session, told.who, told.history) == "[]"
    with client.session.write("又一次") as write:
        write.connection.exec_driver_sql(
            "insert into request (id, kind, args) values (?, 'sim_pay', '{}')", (new_id(),)
        )
    assert write.bundle_id is not None
    late = Answer(write.bundle_id, "applied", None, (), "earlier:1:0", "sig")
    push.settle(client.session, [late])
    again = json.loads(push.leased(client.session, told.who, told.history))
    assert write.bundle_id in {one["id"] for one in again}
