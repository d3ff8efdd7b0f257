"""The other half of the seeds of test_simulation."""

import pytest

from tests.simulation.hub import SimulatedHub
from tests.simulation.running import FIRST, PARTS, SEEDS, outcome
from tests.simulation.world import Client


@pytest.mark.parametrize("part", [2, 3])
def test_no_seed_violates_an_invariant(hub: SimulatedHub, clients: list[Client], part: int) -> None:
    """Split in parts so that a slow machine shows progress."""
    for seed in range(FIRST + part, FIRST + SEEDS, PARTS):
        found = outcome(hub, clients, seed)
        assert not found, f"seed {seed}: " + "; ".join(found[:5])
