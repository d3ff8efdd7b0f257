"""Cities that are made once a run and copied for each file of tests that looks at them."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from desktop.contract.law import load_law
from desktop.demo.city import generate
from storage.replica import Replica
from storage.session import Session
from tests.passphrase import PASSPHRASE

TODAY: Final = date(2026, 11, 26)
# Enough that petitions have causes a list of risks can be proven on.
CASES: Final = 16_000
SEED: Final = 57


def made_city(factory: pytest.TempPathFactory, cases: int, seed: int, today: date) -> Path:
    """Where such a city lies that nobody opens; the first who asks makes it, others wait."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # one place for all workers
    made = base / f"city-{cases}-{seed}-{today}"
    whole = made.with_name(made.name + ".whole")
    with made.with_name(made.name + ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            with Replica.open(made, PASSPHRASE, create=True) as replica:
                session = Session(replica, actor="演示")
                generate(session, load_law(), cases=cases, seed=seed, today=today)
            whole.touch()
    return made


def great_city(factory: pytest.TempPathFactory) -> Path:
    """The city that most look at."""
    return made_city(factory, CASES, SEED, TODAY)


@contextmanager
def own_copy(factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The great city in a folder of one's own, open."""
    folder = factory.mktemp("city") / "store"
    shutil.copytree(great_city(factory), folder)
    with Replica.open(folder, PASSPHRASE) as replica:
        yield Session(replica, actor="演示")
    shutil.rmtree(folder)
