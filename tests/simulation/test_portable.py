"""The same worlds on a hub whose engine does not number its transactions.

EDESK_PORTABLE_SEEDS chooses how many.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.hub import SimulatedHub
from tests.simulation.mutants import _hub_says
from tests.simulation.running import outcome
from tests.simulation.world import Client

SEEDS = int(os.environ.get("EDESK_PORTABLE_SEEDS", "10"))
CAUGHT_WITHIN = 60


@pytest.fixture(scope="module")
def hub(server_folder: Path) -> Iterator[SimulatedHub]:
    """A hub with a sequencer, in the place of the usual one."""
    made = SimulatedHub(server_folder / "portable", portable=True)
    yield made
    made.close()


def test_no_seed_violates_an_invariant_on_the_portable_engine(
    hub: SimulatedHub, clients: list[Client]
) -> None:
    for seed in range(SEEDS):
        found = outcome(hub, clients, seed)
        assert not found, f"seed {seed}: " + "; ".join(found[:5])


def test_a_place_ahead_of_its_changes_is_caught(hub: SimulatedHub, clients: list[Client]) -> None:
    """The mutant: a reader is told the next place already, as if a sequence had given it."""
    with _hub_says(
        hub,
        "now_cursor",
        "(select last from sync.feed), 0)",
        "(select last + 1 from sync.feed), 0)",
    ):
        assert any(outcome(hub, clients, seed) for seed in range(CAUGHT_WITHIN))
