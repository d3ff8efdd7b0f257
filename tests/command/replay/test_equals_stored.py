"""X20: the film at any instant is what the panels would read from a store that holds the facts up
to that instant and no others. EDESK_REPLAY_INSTANTS sets how many instants are looked at."""

import gc
import os
import random
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select

from desktop.command.operations.reading import board, operations
from desktop.command.orders.reading import orders_where
from desktop.command.positions.alarms import Writing, key_text, write_down
from desktop.command.positions.changing import Doer
from desktop.command.positions.live import Ask as LiveAsk
from desktop.command.positions.live import LivePicture
from desktop.command.replay.loading import Ask, load
from desktop.command.replay.reel import Reel, State
from desktop.contract.law import Law, load_law
from desktop.projection.project import project_cases
from desktop.projection.select import state_case
from desktop.rules.operation_law import load_operation_law
from desktop.rules.track_law import load_field_law
from storage.schema import table
from tests.command.replay.day import START, Day, drawn
from tests.panels.fake_context import memory_engine

INSTANTS = int(os.environ.get("EDESK_REPLAY_INSTANTS", "30"))
HOURS = 24 if INSTANTS >= 500 else 6
SEED = int(os.environ.get("EDESK_REPLAY_SEED", "20"))


class Stored:
    """A store that takes the facts in as time goes on, and what panels read from it."""

    def __init__(self, engine: Engine, day: Day, law: Law) -> None:
        self.engine = engine
        self.day = day
        self.law = law
        self.live = LivePicture(load_field_law())
        self._until: datetime | None = None

    def go_on(self, until: datetime) -> None:
        with self.engine.begin() as connection:
            for write in self.day.facts(self._until, until):
                write(connection)
            for row in self.day.positions(self._until, until):
                connection.execute(insert(table("position_batch")).values(row))
            project_cases(connection, self.law, self.day.cases, until.date())
            # A desk that commands writes what it sees of alarms down.
            seen = self.live.take(connection, LiveAsk(until)).alarms
            write_down(connection, Writing(Doer(self.day.field.officer, until), seen))
        self._until = until


def clocks(connection: Connection, day: date) -> set[tuple[Any, ...]]:
    """What the lists of nodes show."""
    row = table("node_clock").c
    return {
        tuple(one)
        for one in connection.execute(
            select(
                *(row.case_number, row.node_code, row.subject, row.started_on, row.due_on),
                *(row.done_on, state_case(day)),
            )
        )
    }


def clocks_of(state: State) -> set[tuple[Any, ...]]:
    def text(one: date | None) -> str | None:
        return None if one is None else one.isoformat()

    return {
        (
            *(case.number, clock.node_code, clock.subject, text(clock.started_on)),
            *(text(clock.due_on), text(clock.done_on), how.value),
        )
        for case in state.cases
        for clock, how in case.states()
    }


def assert_equal(state: State, stored: Stored, at: datetime) -> None:
    limits = load_operation_law().on(at.date())
    with stored.engine.connect() as connection:
        assert list(state.orders) == orders_where(connection)
        seen = {one.id: one for one in operations(connection)}
        assert {one.operation.id: one.operation for one in state.operations} == seen
        for then in state.operations:
            assert then.standing == seen[then.operation.id].standing(at)
        boards = [one for key in seen if (one := board(connection, (key, at)))]
        groups = {group.id: group for one in boards for group in one.groups}
        assert {one.group.id: one.group for one in state.groups} == groups
        for member in state.groups:
            assert member.watch == groups[member.group.id].watch(limits, at)
        by_id = {line.id: line for one in boards for line in one.log}
        assert {line.id: line for line in state.lines} == by_id
        pictures = {one.id: one for each in boards for one in each.pictures}
        assert {one.id: one for one in state.pictures} == pictures
        live = stored.live.take(connection, LiveAsk(at))
        shown = {one.unit.id: (one.point, one.duty, one.trail) for one in live.units}
        assert {one.unit.id: (one.point, one.duty, one.trail) for one in state.units} == shown
        raised = {one.key for one in live.alarms if not one.corrected}
        assert raised == {key_text(one.key) for one in state.alarms}
        assert [zone.id for zone in state.zones] == [zone.id for zone in live.zones]
        assert clocks_of(state) == clocks(connection, at.date())


@pytest.fixture(scope="module")
def engines() -> Iterator[tuple[Engine, Engine]]:
    made = (memory_engine(), memory_engine())
    yield made
    for engine in made:
        engine.dispose()


def test_at_random_instants_the_film_is_what_a_store_of_that_instant_shows(
    engines: tuple[Engine, Engine],
) -> None:
    whole, growing = engines
    law = load_law()
    with whole.begin() as connection:
        day = drawn(connection, SEED, HOURS)
        staff = {
            name: connection.execute(select(table(name))).mappings().all()
            for name in ("court", "team", "person", "unit")
        }
        for write in day.facts(None, day.end):
            write(connection)
        for row in day.positions(None, day.end):
            connection.execute(insert(table("position_batch")).values(row))
    with growing.begin() as connection:
        for name, rows in staff.items():
            for row in rows:
                connection.execute(insert(table(name)).values(dict(row)))
    with whole.connect() as connection:
        # Nobody's way is looked at: persons have no points on this day.
        ask = Ask(law, day.end, None, since=START, until=day.end)
        reel = Reel(load(connection, ask), load_operation_law())
    rng = random.Random(SEED)
    span = (day.end - START) // timedelta(milliseconds=1)
    instants = [START + timedelta(milliseconds=rng.randrange(span)) for _n in range(INSTANTS)]
    # Looked at in any order: nothing depends on where the film was before. What counts is the time
    # that it takes, not that others use the processor meanwhile.
    # Garbage is collected by the desk in moments of its own (desktop.background.collecting).
    worst, states = 0.0, {}
    gc.collect()
    gc.disable()
    for at in instants:
        begun = time.thread_time()
        states[at] = reel.at(at)
        worst = max(worst, time.thread_time() - begun)
    gc.enable()
    stored = Stored(growing, day, law)
    for at in sorted(instants):
        stored.go_on(at)
        assert_equal(states[at], stored, at)
        assert reel.at(at) == states[at]
    last = reel.at(day.end)
    seen = (last.operations, last.groups, last.orders, last.lines, last.pictures, last.units)
    assert all((*seen, last.alarms, last.zones, last.cases)), "a day without that proves nothing"
    print(f"{len(instants)} instants of {len(day.points)} points, worst jump {worst * 1000:.1f} ms")
    assert worst < 0.2
