"""What a pull leaves in sight, whatever tables it brings first."""

from collections.abc import Callable, Iterator

import pytest

from storage.ids import new_id
from storage.sync import engine, push
from tests.hub.conftest import Town
from tests.sync.conftest import Laptop

Make = Callable[..., Laptop]
LOG = (
    "insert into execution_log (id, case_id, at, kind, body)"
    " values (?, ?, '2026-02-01T10:00:00+08:00', 'x', '记')"
)


@pytest.fixture
def mover(town: Town) -> Iterator[Callable[[int], None]]:
    """Moves the officer `second` to another team and, in the end, back."""

    def move(scope: int) -> None:
        town.admin.execute("update sync.member set scope = %s where who = 'second'", (scope,))

    yield move
    move(2)


def test_a_fact_made_here_comes_back_with_its_case(
    town: Town, laptop: Make, mover: Callable[[int], None]
) -> None:
    mine = laptop("second")
    log_id, case_id = new_id(), town.cases[2]
    mine.edit(LOG, log_id, case_id)
    # Sent and answered, but not pulled before the officer leaves the team.
    batch = push.freeze(mine.session, "second")
    push.settle(mine.session, mine.remote.push(mine.session.replica.device_id, batch.text))
    mover(1)
    mine.sync()
    assert mine.rows("select id from execution_log where id = ?", log_id) == []

    # The team's log grows meanwhile, so that its table is named before the cases come whole.
    other = laptop("centre")
    other.edit(LOG, new_id(), case_id)
    other.sync()
    mover(2)
    done = engine.Round()
    engine.receive(mine.session, mine.remote, done)
    assert mine.rows("select id from execution_log where id = ?", log_id) == [(log_id,)]
