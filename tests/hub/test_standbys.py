"""The primary dies under load, a standby takes over, and the desks go on by themselves.

Synchronous (ANY 1 of three servers): nothing that was acknowledged may be missing afterwards.
Asynchronous with a stalled line: acknowledged work is lost with the primary, and comes back from
the desks under the hub's signature. EDESK_FAILOVERS sets how often each.
"""

import os
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storage.hub import embedded, setup, users
from storage.merge import ROLES
from storage.session import Session
from storage.sync import engine
from storage.sync.port import SyncFault
from tests.hub.standbys import Cluster
from tests.simulation import hub as simulated
from tests.simulation.checker import violations
from tests.simulation.world import Client, World
from tests.stores import new_store

TIMES = int(os.environ.get("EDESK_FAILOVERS", "1"))
FUND_FEN = 5_000_000
LAPTOPS = ("centre", "first", "second")
LOAD_S = (0.4, 1.6)
RECOVERY_S = 60.0


class StandbyHub(simulated.SimulatedHub):
    """The simulation's hub on a real cluster, without its simulated failovers."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        with psycopg.connect(cluster.admin_dsn()) as connection:
            setup.build(connection)
        with cluster.admin() as admin:
            admin.execute(simulated._MONEY)
            admin.execute("insert into sim.fund (balance) values (%s)", (FUND_FEN,))
            roles = [role for role in ROLES if role != "auditor"]
            for who in LAPTOPS:
                users.add(admin, who, simulated.PASSWORD, roles, simulated.OFFICERS[who])
                admin.execute(f"alter role {who} connection limit -1")
        self.admin: Any = cluster.admin()

    def dsn(self, who: str) -> str:
        """All servers, of which one takes writes."""
        return self.cluster.dsn(who, simulated.PASSWORD)

    @contextmanager
    def looking(self, who: str) -> Iterator["psycopg.Connection[Any]"]:
        """A connection of its own: those from before died with the primary."""
        with psycopg.connect(self.dsn(who)) as connection:
            yield connection

    def empty(self) -> None:
        """A cluster is made once and never emptied."""

    def reconnect(self) -> None:
        """The owner's connection died with the primary."""
        self.admin.close()
        self.admin = self.cluster.admin()


class Crew(World):
    """A world whose officers really work at the same time."""

    def expected_fund(self) -> int:
        return FUND_FEN


class Desk(threading.Thread):
    """One officer who works and syncs, whatever happens to the hub."""

    def __init__(self, crew: Crew, client: Client, seed: int) -> None:
        super().__init__(name=f"desk {client.who}")
        self.client = client
        self.told: dict[str, str] = {}  # bundle -> verdict this desk was told
        self.granted: set[str] = set()
        self.rounds = 0
        self.faults = 0
        self.recovered = 0
        self.broken: BaseException | None = None
        self._crew = crew
        self._random = random.Random(seed)
        self.stop = threading.Event()

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self._work()
                self._sync()
        except BaseException as error:
            self.broken = error

    def _work(self) -> None:
        world = World.__new__(World)
        world.__dict__.update(self._crew.__dict__, random=self._random)
        acts = [world.edit, world.insert, world.log, world.chain, world.ask]
        for _ in range(self._random.randrange(1, 4)):
            self._random.choice(acts)(self.client)

    def _sync(self) -> None:
        try:
            done = engine.round_trip(self.client.session, self.client.remote)
            self.rounds += 1
            self.recovered += done.recovered
        except SyncFault:
            self.faults += 1
            self.stop.wait(0.1)
        self.told.update(
            self.client.rows("select id, verdict from _bundle where state = 'decided'")
        )


@pytest.fixture(params=["synchronous", "lossy"])
def cluster(request: pytest.FixtureRequest, server_folder: Path) -> Iterator[Cluster]:
    try:
        embedded.programs(tls=True)
    except embedded.EmbeddedFault as fault:
        pytest.skip(str(fault))
    synchronous = request.param == "synchronous"
    folder = server_folder / request.param
    folder.mkdir()
    folder.chmod(0o755)
    names = ("a", "b", "c") if synchronous else ("a", "b")
    made = Cluster(folder, names, synchronous=synchronous)
    yield made
    made.stop()


@pytest.fixture
def crew(cluster: Cluster, tmp_path: Path) -> Iterator[Crew]:
    hub = StandbyHub(cluster)
    cluster.arm()
    cluster.wait_streaming()
    clients = []
    for number, who in enumerate(LAPTOPS):
        replica = new_store(tmp_path / str(number))
        clients.append(Client(Session(replica, actor=who), (who,), hub))
    yield Crew(hub, clients, 0)
    for client in clients:
        client.remotes[client.who].close()
        client.session.replica.close()
    hub.admin.close()


def test_the_desks_outlive_the_primary(crew: Crew, cluster: Cluster) -> None:
    lossy = not cluster.synchronous
    chance = random.Random(57)
    lost = acknowledged = 0
    waits = []
    for client in crew.clients:
        engine.round_trip(client.session, client.remote)
    for number in range(TIMES):
        desks = [Desk(crew, client, 100 * number + n) for n, client in enumerate(crew.clients)]
        for desk in desks:
            desk.start()
        time.sleep(chance.uniform(*LOAD_S))
        if lossy:
            cluster.stall_standbys()
            _until_all_synced(desks)  # what was under way may still have reached a standby
            _until_told(desks, 10)
        cluster.kill()
        told = _told(desks)
        heir = cluster.most_advanced()
        missing = set(told) - _bundles(cluster, heir)
        if not lossy:
            assert not missing, f"{len(missing)} acknowledged bundles are gone"
        lost += len(missing)
        acknowledged += len(told)
        began = time.monotonic()
        cluster.fail_over(heir)
        crew.hub.reconnect()
        crew.failovers += lossy
        _until_all_synced(desks)
        waits.append(time.monotonic() - began)
        for desk in desks:
            desk.stop.set()
        for desk in desks:
            desk.join()
            assert desk.broken is None, repr(desk.broken)
        assert all(desk.faults for desk in desks), "nobody noticed that the primary was gone"
        _at_rest(crew, {**told, **_told(desks)}, lossy=lossy)
    assert lost or not lossy, "nothing was lost: this run proves nothing"
    print(
        f"\n{'lossy' if lossy else 'synchronous'}: {TIMES} failovers, {acknowledged} acknowledged"
        f" bundles looked for, {lost} lost with the primary, all present at rest;"
        f" all desks synced again {statistics.median(waits):.1f} s (median), {max(waits):.1f} s"
        " (longest) after the promotion"
    )


def _told(desks: list[Desk]) -> dict[str, str]:
    return {bundle: verdict for desk in desks for bundle, verdict in dict(desk.told).items()}


def _bundles(cluster: Cluster, name: str) -> set[str]:
    with cluster.admin(name) as connection:
        rows = connection.execute("select id from sync.bundle").fetchall()
    return {str(row[0]) for row in rows}


def _until_told(desks: list[Desk], more: int) -> None:
    enough = len(_told(desks)) + more
    _until(lambda: len(_told(desks)) >= enough)


def _until_all_synced(desks: list[Desk]) -> None:
    before = [desk.rounds for desk in desks]
    _until(lambda: all(d.rounds > n for d, n in zip(desks, before, strict=True)))


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + RECOVERY_S
    while not true():
        assert time.monotonic() < until, f"not within {RECOVERY_S} s"
        time.sleep(0.02)


def _at_rest(crew: Crew, told: dict[str, str], *, lossy: bool) -> None:
    for client in crew.clients:
        crew.note_paid(client)
    crew.quiesce()
    found = violations(crew)
    assert not found, "; ".join(found[:5])
    rows = crew.hub.admin.execute("select id, verdict from sync.bundle").fetchall()
    there = {str(row[0]): row[1] for row in rows}
    assert set(told) <= set(there)
    if not lossy:
        changed = {bundle for bundle, verdict in told.items() if there[bundle] != verdict}
        assert not changed, "a verdict that was told is another now"
    doubled = crew.hub.admin.execute(
        "select count(*) - count(distinct row_id) from sync.op o join sync.bundle b"
        " on b.id = o.bundle where o.kind = 'I' and b.verdict = 'applied'"
    ).fetchone()
    assert doubled == (0,)
