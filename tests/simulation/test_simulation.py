"""Seeds without a violation, and with enough happening in them.

`make simulate` runs the long series: EDESK_SEEDS and EDESK_FIRST_SEED choose which.
"""

import pytest

from tests.simulation.hub import OFFICERS, SimulatedHub
from tests.simulation.running import FIRST, PARTS, SEEDS, outcome
from tests.simulation.world import Client, World


@pytest.mark.parametrize("part", [0, 1])
def test_no_seed_violates_an_invariant(hub: SimulatedHub, clients: list[Client], part: int) -> None:
    """Half of the seeds; test_simulation_too has the rest, on the other processor."""
    for seed in range(FIRST + part, FIRST + SEEDS, PARTS):
        found = outcome(hub, clients, seed)
        assert not found, f"seed {seed}: " + "; ".join(found[:5])


def test_a_world_is_not_empty(hub: SimulatedHub, clients: list[Client]) -> None:
    """Invariants hold easily where nothing happens: every kind of verdict must occur."""
    verdicts: set[str] = set()
    paid_to: set[str] = set()
    for seed in range(FIRST, FIRST + 12):
        world = World(hub, clients, seed)
        try:
            world.run(80)
            world.quiesce()
        finally:
            world.close()
        rows = hub.admin.execute("select verdict, count(*) from sync.bundle group by 1").fetchall()
        counts = dict(rows)
        assert counts.get("applied", 0) > sum(counts.values()) / 2, (seed, counts)
        verdicts |= set(counts)
        asked = hub.admin.execute(
            "select distinct b.actor from sync.bundle b join sync.op o on o.bundle = b.id"
            " where o.kind = 'R' and b.verdict = 'applied'"
        ).fetchall()
        paid_to |= {row[0] for row in asked}
    assert verdicts >= {"applied", "conflict", "rejected", "not_permitted", "gone"}
    assert paid_to == set(OFFICERS)
