"""A simulated world: officers work, the network fails, the hub fails, teams change hands.

The client's code and the hub's are the real ones; only the order of events and the faults come
from the seed. `quiesce` heals everything, and `check` then looks for what must never happen.
"""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from sqlalchemy import Connection

from storage.ids import new_id
from storage.migrations import SCHEMA_VERSION
from storage.overlay import TABLES
from storage.session import Session
from storage.sync import awaited, engine, pull, push
from storage.sync.port import Answer, SyncFault
from storage.sync.postgres import PostgresRemote
from tests.simulation.hub import FUND_FEN, NEWER, OFFICERS, SimulatedHub

ROUNDS_MAX = 12
Made = dict[str, Any]


class Crash(Exception):  # noqa: N818
    """The process ends in the middle of a step."""


def filled_tables(connection: Connection) -> list[str]:
    """The travelling tables that hold anything, parents first."""
    asked = " union all ".join(
        f"select '{table.name}' where exists (select 1 from \"{table.name}\")"
        for table in TABLES.values()
    )
    found = {row[0] for row in connection.exec_driver_sql(asked)}
    return [table.name for table in TABLES.values() if table.name in found]


class Client:
    """One laptop with its officers."""

    def __init__(self, session: Session, officers: tuple[str, ...], hub: SimulatedHub) -> None:
        self.session = session
        self.officers = officers
        self.remotes = {who: PostgresRemote(hub.dsn(who)) for who in officers}
        self.who = officers[0]

    @property
    def remote(self) -> PostgresRemote:
        """The connection of the officer logged in now."""
        return self.remotes[self.who]

    def rows(self, sql: str, *values: object) -> list[Any]:
        """What the replica holds."""
        with self.session.read() as connection:
            return list(connection.exec_driver_sql(sql, values).fetchall())

    def reset(self) -> None:
        """A fresh replica for the next seed."""
        with self.session.apply() as write:
            connection = write.connection
            connection.exec_driver_sql("pragma defer_foreign_keys = on")
            for name in reversed(filled_tables(connection)):
                connection.exec_driver_sql(f'delete from "{name}"')
            for name in ("_op", "_bundle", "_base", "_settled", "_sync"):
                connection.exec_driver_sql(f"delete from {name}")
            connection.exec_driver_sql("delete from sqlite_sequence")
            device = new_id()
            connection.exec_driver_sql(
                "update _ctl set cursor = null, hub_id = null, scopes = null, device_id = ?",
                (device,),
            )
        self.session.replica.device_id = device
        self.session.replica.schema_version = SCHEMA_VERSION
        self.who = self.officers[0]
        self.session.actor = self.who


class World:
    """One seed."""

    def __init__(self, hub: SimulatedHub, clients: list[Client], seed: int) -> None:
        self.hub = hub
        self.clients = clients
        self.random = random.Random(seed)
        self.made: dict[str, str] = {}  # bundle id -> who
        self.acked: dict[str, str] = {}  # bundle id -> verdict a client was told
        self.paid: set[str] = set()  # requests some client was told are carried out
        self.failovers = 0
        self.steps: list[str] = []
        self._long: psycopg.Connection[Any] | None = None
        hub.empty()
        for client in clients:
            client.reset()
        self.there = hub.seed_rows()

    # What officers do

    def edit(self, client: Client) -> None:
        """Changes a column or a legal group of some case in sight."""
        found = client.rows('select id, filed_on from "case"')
        if not found:
            return self.insert(client)
        case_id, filed_on = self.random.choice(sorted(found))
        column, value = self.random.choice(
            [
                ("remarks", f"注{self.random.randrange(1000)}"),
                ("cause", self.random.choice(["借款", "买卖", "租赁"])),
                ("claim_fen", self.random.randrange(10_000)),
                ("closed_on", f"{filed_on[:4]}-12-{self.random.randrange(10, 30)}"),
                ("close_mode", self.random.choice(["终本", "执行完毕"])),
            ]
        )
        return self._write(
            client, "改", f'update "case" set {column} = ? where id = ?', (value, case_id)
        )

    def insert(self, client: Client) -> None:
        """A new case, sometimes with a log entry in the same bundle."""
        case_id = new_id()
        team = self.there["teams"][self.random.choice((1, 2))]
        scopes = OFFICERS[client.who]
        if scopes != (-1,):
            team = self.there["teams"][scopes[0]]
        number = f"（2026）豫99执{self.random.randrange(30)}号"
        with suppress(Exception), client.session.write("立案") as write:
            write.connection.exec_driver_sql(
                'insert into "case" (id, number, court_id, year, type_word, serial, filed_on,'
                " team_id) values (?, ?, ?, 2026, '执', 1, '2026-01-05', ?)",
                (case_id, number, self.there["court"], team),
            )
            if self.random.random() < 0.5:
                self._log(write.connection, case_id)
        self._note(client)

    def log(self, client: Client) -> None:
        """A fact below some case, which may itself still wait for its verdict."""
        found = client.rows('select id from "case"')
        if found:
            with client.session.write("记录") as write:
                self._log(write.connection, self.random.choice(sorted(found))[0])
            self._note(client)

    def chain(self, client: Client) -> None:
        """Several edits of one row in one bundle and in the next."""
        for _ in range(self.random.randrange(2, 4)):
            self.edit(client)

    def ask(self, client: Client) -> None:
        """Asks for money; only the hub decides."""
        with client.session.write("申请") as write:
            write.connection.exec_driver_sql(
                "insert into request (id, kind, args) values (?, 'sim_pay', ?)",
                (new_id(), json.dumps({"fen": self.random.randrange(1, 30_000)})),
            )
        self._note(client)

    def swap(self, client: Client) -> None:
        """The other officer of a shared laptop logs in."""
        client.who = self.random.choice(client.officers)
        client.session.actor = client.who

    def _log(self, connection: Any, case_id: str) -> None:
        connection.exec_driver_sql(
            "insert into execution_log (id, case_id, at, kind, body) values (?, ?, ?, 'x', ?)",
            (new_id(), case_id, "2026-02-01T10:00:00+08:00", f"记{self.random.randrange(99)}"),
        )

    def _write(self, client: Client, label: str, sql: str, values: tuple[object, ...]) -> None:
        with suppress(Exception), client.session.write(label) as write:
            write.connection.exec_driver_sql(sql, values)
        self._note(client)

    def _note(self, client: Client) -> None:
        for bundle_id, actor in client.rows("select id, actor from _bundle"):
            self.made[bundle_id] = actor

    def upgrade(self, client: Client) -> None:
        """The desk on this laptop is brought up to the newer schema, before the hub or after."""
        client.session.replica.schema_version = NEWER

    # What the network and the hub do

    def send(self, client: Client) -> None:
        """A push; its answer may be lost, come twice, or the client may end before storing it."""
        batch = push.freeze(client.session, client.who, most=self.random.choice((1, 3, 50)))
        if not batch.numbers:
            return
        device = client.session.replica.device_id
        client.remote.hello(device, {"clock_ms": self.random.randrange(10**12, 2 * 10**12)})
        fault = self.random.random()
        if fault < 0.15:
            return  # the request is lost
        answers = client.remote.push(device, batch.text)
        if fault < 0.35:
            return  # the answer is lost
        if fault < 0.5:
            answers = client.remote.push(device, batch.text)
        if fault < 0.6:
            with suppress(Crash):
                self._crashing(client, lambda: push.settle(client.session, answers))
            return
        self._told(answers)
        push.settle(client.session, answers)

    def receive(self, client: Client) -> None:
        """A pull; the client may end before it is stored."""
        cursor = pull.load_cursor(client.session)
        told = engine.hello(client.session, client.remote)
        if cursor is not None and told.history != cursor.history:
            return self.round(client)
        with client.session.read() as connection:
            taken = awaited.standing(connection)
        pulled = pull.fetch(client.remote, cursor, taken=taken)
        if self.random.random() < 0.2:
            with suppress(Crash):
                self._crashing(client, lambda: pull.apply(client.session, pulled))
            return None
        return pull.apply(client.session, pulled)

    def round(self, client: Client) -> None:
        """A whole round, as the desk does it."""
        with suppress(SyncFault):
            engine.round_trip(client.session, client.remote)

    def long_transaction(self, _client: Client) -> None:
        """Another program holds a transaction open at the hub, and commits it much later."""
        if self._long is not None:
            with suppress(psycopg.Error):
                self._long.execute(self.random.choice(("commit", "commit", "rollback")))
            self._long.close()
            self._long = None
            return
        self._long = psycopg.connect(self.hub.server.admin_dsn, autocommit=True)
        self._long.execute("begin")
        with suppress(psycopg.Error):
            self._long.execute("set lock_timeout = '50ms'")
            self._long.execute(
                'update desk."case" set basis_no = %s where id in'
                ' (select id from desk."case" order by id limit 1)',
                (f"依{self.random.randrange(1000)}",),
            )

    def move(self, _client: Client) -> None:
        """The centre gives a case to the other team."""
        found = self.hub.admin.execute('select id, scope from desk."case" order by id').fetchall()
        if found:
            case_id, scope = self.random.choice(found)
            other = self.there["teams"][2 if scope == 1 else 1]
            self._admin('update desk."case" set team_id = %s where id = %s', (other, case_id))

    def transfer(self, _client: Client) -> None:
        """An officer changes teams, and comes back."""
        scope = self.random.choice((1, 2))
        self._admin("update sync.member set scope = %s where who = 'relief'", (scope,))

    def standby(self, _client: Client) -> None:
        """The standby has caught up."""
        if self._long is None:
            self.hub.remember()

    def fail_over(self, _client: Client) -> None:
        """The primary is lost with its tail."""
        if self._long is None and self.hub.has_standby:
            self.hub.fail_over()
            self.failovers += 1

    def learn(self, _client: Client) -> None:
        """The hub is brought up to the newer schema."""
        self.hub.learn()

    def note_paid(self, client: Client) -> None:
        """Remembers what this client was told: it must stay so through any failover."""
        self.paid.update(
            row[0]
            for row in client.rows(
                "select o.row_id from _op o join _bundle b on b.n = o.bundle_n"
                " where o.kind = 'R' and b.verdict = 'applied'"
            )
        )

    def _admin(self, sql: str, values: tuple[object, ...]) -> None:
        with suppress(psycopg.errors.LockNotAvailable):
            self.hub.admin.execute("set lock_timeout = '50ms'")
            self.hub.admin.execute(sql, values)

    def _told(self, answers: list[Answer]) -> None:
        for answer in answers:
            if answer.verdict not in push.OPEN_VERDICTS:
                self.acked[answer.id] = answer.verdict

    def _crashing(self, client: Client, step: Callable[[], object]) -> None:
        """Runs a step that ends at its commit: nothing of it may be there afterwards."""

        def crash(_connection: Any, _changes: Any) -> None:
            raise Crash

        client.session.before_commit.append(crash)
        try:
            step()
        finally:
            client.session.before_commit.remove(crash)

    # The run

    def run(self, steps: int) -> None:
        """So many random steps."""
        acts: list[tuple[Callable[[Client], None], int]] = [
            *((self.edit, 20), (self.insert, 6), (self.log, 6), (self.chain, 4), (self.ask, 5)),
            *((self.swap, 2), (self.send, 16), (self.receive, 16), (self.round, 6)),
            *((self.long_transaction, 6), (self.move, 4), (self.transfer, 2)),
            *((self.standby, 3), (self.fail_over, 2), (self.upgrade, 1), (self.learn, 1)),
        ]
        for _ in range(steps):
            act = self.random.choices([one for one, _ in acts], [n for _, n in acts])[0]
            client = self.random.choice(self.clients)
            self.steps.append(f"{act.__name__} {client.who}")
            with suppress(SyncFault):
                act(client)
            self.note_paid(client)

    def quiesce(self) -> None:
        """Everything works again: every officer logs in until nothing waits."""
        self.hub.learn()
        if self._long is not None:
            self._long.execute("commit")
            self._long.close()
            self._long = None
        for _ in range(ROUNDS_MAX):
            for client in self.clients:
                # The first one once more, where another was at the same laptop meanwhile.
                for who in dict.fromkeys((*client.officers[1:], client.officers[0])):
                    client.who = client.session.actor = who
                    engine.round_trip(client.session, client.remote)
            waiting = sum(
                client.rows("select count(*) from _bundle where state <> 'decided'")[0][0]
                for client in self.clients
            )
            if not waiting:
                break
        for client in self.clients:
            engine.round_trip(client.session, client.remote)

    def close(self) -> None:
        """Ends what a failing step left open."""
        if self._long is not None:
            self._long.close()
            self._long = None

    def fund(self) -> tuple[int, int]:
        """Balance, and the sum of what was paid, in fen."""
        balance = self.hub.admin.execute("select balance from sim.fund").fetchone()
        paid = self.hub.admin.execute("select coalesce(sum(fen), 0) from sim.entry").fetchone()
        assert balance is not None
        assert paid is not None
        return int(balance[0]), int(paid[0])

    def expected_fund(self) -> int:
        """What fund and payments must add up to."""
        return FUND_FEN
