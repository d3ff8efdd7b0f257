"""Mutants of the protocol do not get away: a checker that never fails checks nothing."""

import pytest

from tests.simulation.hub import SimulatedHub
from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.running import outcome
from tests.simulation.world import Client

SEEDS_MAX = 200
# Where each was caught before: tried first, as twenty seeds without a catch take their time.
CAUGHT_AT = {
    "naive_cursor": 16,
    "early_cursor": 7,
    "no_replay": 5,
    "no_bootstrap": 14,
    "replay_unsigned": 21,
    "schema_for_ever": 7,
}


def _caught(hub: SimulatedHub, clients: list[Client], seed: int) -> bool:
    """Only a named violation counts; a mutant that merely crashes is tried on another seed."""
    try:
        return bool(outcome(hub, clients, seed))
    except Exception:
        return False


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.__name__)
def test_every_mutant_is_caught(
    hub: SimulatedHub, clients: list[Client], monkeypatch: pytest.MonkeyPatch, mutant: Mutant
) -> None:
    """Within two hundred seeds, mostly within a few."""
    with mutant(hub, monkeypatch):
        first = CAUGHT_AT.get(mutant.__name__, 0)
        for seed in (first, *(n for n in range(SEEDS_MAX) if n != first)):
            if _caught(hub, clients, seed):
                print(f"{mutant.__name__}: seed {seed}")
                return
    pytest.fail(f"{mutant.__name__} survived {SEEDS_MAX} seeds")
