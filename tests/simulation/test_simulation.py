"""Seeds without a violation, and with enough happening in them.

`make simulate` runs the long series: EDESK_SEEDS and EDESK_FIRST_SEED choose which.
"""

from collections import Counter
from dataclasses import dataclass

import pytest

from tests.simulation.hub import OFFICERS, SimulatedHub
from tests.simulation.running import FIRST, PARTS, SEEDS, outcome
from tests.simulation.world import Client

EARLY = 25


@dataclass
class Played:
    """What came of a seed: its violations, the verdicts given, and who was paid."""

    seed: int
    violations: list[str]
    verdicts: Counter[str]
    paid: set[str]


def seeds_of(part: int) -> range:
    """A quarter of them; test_simulation_too has two, on the other processor."""
    return range(FIRST + part, FIRST + SEEDS, PARTS)


def play(hub: SimulatedHub, clients: list[Client], seed: int) -> Played:
    """Plays a seed and looks at what it left at the hub."""
    found = outcome(hub, clients, seed)
    rows = hub.admin.execute("select verdict, count(*) from sync.bundle group by 1").fetchall()
    paid = hub.admin.execute(
        "select distinct b.actor from sync.bundle b join sync.op o on o.bundle = b.id"
        " where o.kind = 'R' and b.verdict = 'applied'"
    ).fetchall()
    return Played(seed, found, Counter(dict(rows)), {row[0] for row in paid})


@pytest.fixture(scope="module")
def early(hub: SimulatedHub, clients: list[Client]) -> list[Played]:
    """The first seeds of the first part."""
    return [play(hub, clients, seed) for seed in seeds_of(0)[:EARLY]]


@pytest.mark.parametrize("part", [0, 1])
def test_no_seed_violates_an_invariant(
    hub: SimulatedHub, clients: list[Client], early: list[Played], part: int
) -> None:
    for played in early:
        assert not played.violations, f"seed {played.seed}: " + "; ".join(played.violations[:5])
    for seed in seeds_of(part)[EARLY if part == 0 else 0 :]:
        found = outcome(hub, clients, seed)
        assert not found, f"seed {seed}: " + "; ".join(found[:5])


def test_a_world_is_not_empty(early: list[Played]) -> None:
    """Invariants hold easily where nothing happens: every kind of verdict must occur."""
    for played in early:
        counts = played.verdicts
        assert counts["applied"] > counts.total() / 2, (played.seed, counts)
    verdicts = {verdict for played in early for verdict in played.verdicts}
    assert verdicts >= {"applied", "conflict", "rejected", "not_permitted", "gone"}
    assert set().union(*(played.paid for played in early)) == set(OFFICERS)
