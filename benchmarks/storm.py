"""Forty desks at once on one hub: how long a round takes, and what it costs the hub.

Each desk has a team of its own, edits one of its cases every three seconds, as the driver does, and
exchanges; the baseline is one such desk alone on the same hub. EDESK_STORM names another number of
desks, EDESK_STORM_S how many seconds. Linux only: the hub's load is read from /proc.
"""

import multiprocessing
import os
import statistics
import tempfile
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from benchmarks.ratio import Ratio
from benchmarks.sync_speed import PASSPHRASE, PASSWORD, TEAMS, City
from storage.hub import users
from storage.replica import Replica
from storage.session import Session
from storage.sync import engine
from storage.sync.postgres import PostgresRemote

DESKS = int(os.environ.get("EDESK_STORM", "40"))
SECONDS = float(os.environ.get("EDESK_STORM_S", "30"))
EVERY_S = 3.0
_FORK = multiprocessing.get_context("fork")  # forty starts of the interpreter would be the storm


def _desk(city: City, name: str, number: int, ready: Barrier, told: Any) -> None:
    """One desk in a process of its own: fills itself, waits for the others, works."""
    who = f"desk{number}"
    replica = Replica.open(city.folder / f"{name}{number}", PASSPHRASE, create=True)
    session, remote = Session(replica, actor=who), PostgresRemote(city.dsn(who))
    engine.round_trip(session, remote)
    with session.read() as connection:
        cases = [row[0] for row in connection.exec_driver_sql('select id from "case" order by id')]
    ready.wait()
    began = time.perf_counter()
    ends, took, held = began + SECONDS, [], 0
    # Nobody begins in the same instant: desks that start together are a case of their own.
    time.sleep(EVERY_S * number / max(DESKS, 1))
    while time.perf_counter() < ends:
        case_id = cases[len(took) % len(cases)]
        with session.write("改") as write:
            write.connection.exec_driver_sql(
                'update "case" set remarks = ? where id = ?', (f"{number}.{len(took)}", case_id)
            )
        before = time.perf_counter()
        held += engine.round_trip(session, remote).held
        took.append(time.perf_counter() - before)
        time.sleep(max(0.0, EVERY_S - took[-1]))
    with session.read() as connection:
        waiting = connection.exec_driver_sql(
            "select count(*) from _bundle where state <> 'decided'"
        ).scalar_one()
    told.put((took, held, waiting))
    remote.close()
    replica.close()


def _cpu_s(postmaster: int) -> float:
    """Seconds of CPU that the server and its living and ended backends have used."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            words = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        if int(entry.name) == postmaster:
            ticks += sum(map(int, words[11:15]))
        elif int(words[1]) == postmaster:
            ticks += sum(map(int, words[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _storm(city: City, desks: int, name: str) -> tuple[list[float], float]:
    """Seconds of every round, and the share of one core that the hub took meanwhile."""
    ready, told = _FORK.Barrier(desks + 1), _FORK.Queue()
    made = [_FORK.Process(target=_desk, args=(city, name, n, ready, told)) for n in range(desks)]
    for one in made:
        one.start()
    postmaster = int((city.server.folder / "data" / "postmaster.pid").read_text().split()[0])
    ready.wait()
    before, began = _cpu_s(postmaster), time.perf_counter()
    found = [told.get(timeout=SECONDS + 120) for _ in made]
    used, passed = _cpu_s(postmaster) - before, time.perf_counter() - began
    for one in made:
        one.join()
    assert all(held == waiting == 0 for _, held, waiting in found), "a desk has work left"
    return [seconds for took, _, _ in found for seconds in took], used / passed


def _worst(took: list[float]) -> float:
    """The round that ninety-five of a hundred are not slower than, in milliseconds."""
    return statistics.quantiles(took, n=20)[-1] * 1000


def measure() -> list[Ratio]:
    """Rounds of many desks against rounds of one."""
    with tempfile.TemporaryDirectory(prefix="edesk-storm-") as base:
        os.chmod(base, 0o755)
        city = City(Path(base))
        try:
            # A login of its own for each, as the hub limits how many lines one may have.
            for n in range(DESKS):
                users.add(city.admin, f"desk{n}", PASSWORD, ["handler"], [1 + n % TEAMS])
            alone, load_alone = _storm(city, 1, "alone")
            many, load_many = _storm(city, DESKS, "many")
        finally:
            city.close()
    middle = statistics.median(many) * 1000, statistics.median(alone) * 1000
    against = "one desk alone"
    return [
        Ratio(f"a round, {DESKS} desks at once: median of {len(many)}", *middle, "ms", against),
        Ratio("… 95 of 100 are not slower than", _worst(many), _worst(alone), "ms", against),
        Ratio("… the hub takes of one core", load_many * 100, load_alone * 100, "%", against),
    ]
