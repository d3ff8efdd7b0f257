"""One seed from its beginning to its verdict."""

import os

from tests.simulation.checker import violations
from tests.simulation.hub import SimulatedHub
from tests.simulation.world import Client, World

STEPS = 80
SEEDS = int(os.environ.get("EDESK_SEEDS", "200"))
FIRST = int(os.environ.get("EDESK_FIRST_SEED", "0"))
PARTS = 4


def outcome(hub: SimulatedHub, clients: list[Client], seed: int) -> list[str]:
    """Runs a world to its rest; the invariants that do not hold."""
    world = World(hub, clients, seed)
    try:
        world.run(STEPS)
        world.quiesce()
        return violations(world)
    finally:
        world.close()
