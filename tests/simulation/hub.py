"""The hub of a simulated world: a real PostgreSQL, emptied before each seed, and its faults."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from storage.hub import embedded, users
from storage.ids import new_id
from storage.merge import ROLES
from storage.migrations import SCHEMA_VERSION
from tests.hub.template import start_hub

PASSWORD = "simulated-1"
# login -> scopes; two officers share a laptop, one moves between teams.
OFFICERS = {"centre": (-1,), "first": (1,), "second": (2,), "relief": (1,)}
FUND_FEN = 60_000
NEWER = "9999"  # a schema version the hub learns of late, or never before the end
_MONEY = """
create schema sim;
create table sim.fund (one boolean primary key default true, balance bigint not null,
  in_suspense boolean not null default false, check (balance >= 0 or in_suspense));
create table sim.entry (request_id uuid primary key, fen bigint not null check (fen > 0));
create function sim.pay(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  left_fen bigint;
begin
  select balance into left_fen from sim.fund for update;
  if left_fen < (p_args->>'fen')::bigint and not p_lost then
    return jsonb_build_object('state', 'rejected', 'code', 'overdraft', 'left', left_fen);
  end if;
  insert into sim.entry values (p_id, (p_args->>'fen')::bigint);
  update sim.fund set balance = balance - (p_args->>'fen')::bigint,
    in_suspense = balance - (p_args->>'fen')::bigint < 0;
  return jsonb_build_object('state', 'accepted', 'code', 'paid');
end $$;
insert into sync.request_kind values
  ('sim_pay', 'sim.pay(uuid, jsonb, boolean)', '{edesk_handler}');
grant usage on schema sim to edesk_owner;
grant all on all tables in schema sim to edesk_owner;
"""
_KEPT = (
    *("hub", "secret", "account", "member", "rule", "right", "request_kind", "schema_known"),
    *("converter", "turn"),
)


class SimulatedHub:
    """One database for many seeds."""

    def __init__(self, folder: Path, *, portable: bool = False) -> None:
        self.server = start_hub(folder, portable=portable)
        self.admin: psycopg.Connection[Any] = psycopg.connect(
            self.server.admin_dsn, autocommit=True
        )
        self.admin.execute(_MONEY)
        self._hurry()
        roles = [role for role in ROLES if role != "auditor"]
        for who, scopes in OFFICERS.items():
            users.add(self.admin, who, PASSWORD, roles, scopes)
            self.admin.execute(f"alter role {who} connection limit -1")
        names = self.admin.execute(
            "select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c"
            " join pg_namespace n on n.oid = c.relnamespace where n.nspname in"
            " ('desk', 'sync', 'sim') and c.relkind in ('r', 'p') and not c.relispartition"
            " order by 1"
        ).fetchall()
        self.tables = [
            row[0] for row in names if row[0].removeprefix("sync.").strip('"') not in _KEPT
        ]
        self._copy: dict[str, bytes] = {}
        self._eyes: dict[str, psycopg.Connection[Any]] = {}

    @contextmanager
    def looking(self, who: str) -> Iterator["psycopg.Connection[Any]"]:
        """What an officer sees: one connection for all seeds, as a new one has to learn of every
        table first."""
        if who not in self._eyes:
            self._eyes[who] = psycopg.connect(self.dsn(who), autocommit=True)
        yield self._eyes[who]

    def _hurry(self) -> None:
        """One thread plays everybody here, so a lock of another is never given back meanwhile:
        the hub's two seconds of waiting end the same way after a moment."""
        waiting = self.admin.execute(
            "select oid::regprocedure::text from pg_proc where pronamespace = 'sync'::regnamespace"
            " and 'lock_timeout=2s' = any (proconfig)"
        ).fetchall()
        assert waiting
        for (function,) in waiting:
            self.admin.execute(f"alter function {function} set lock_timeout = '40ms'")

    def dsn(self, who: str) -> str:
        """The connection string of an officer."""
        return self.server.dsn(who, PASSWORD)

    def empty(self) -> None:
        """Back to nothing but courts' staff: every seed begins alike."""
        self._copy = {}
        self.admin.execute("update sync.hub set life = 1")
        self.admin.execute("delete from sync.schema_known where schema_ver = %s", (NEWER,))
        self.admin.execute("update sync.hub set schema_ver = %s", (SCHEMA_VERSION,))
        for who, scopes in OFFICERS.items():
            self.admin.execute("delete from sync.member where who = %s", (who,))
            for scope in scopes:
                self.admin.execute("insert into sync.member values (%s, %s)", (who, scope))
        filled = self._filled()
        emptied = [f"delete from {name}" for name in self._downwards() if name in filled]
        self.admin.execute("; ".join(emptied))
        self.admin.execute("insert into sim.fund (balance) values (%s)", (FUND_FEN,))

    def _filled(self) -> set[str]:
        """The tables that hold anything: most of a hub's many hold nothing here."""
        asked = " union all ".join(
            f"select '{name}' where exists (select from {name})" for name in self.tables
        )
        return {row[0] for row in self.admin.execute(asked).fetchall()}

    def _downwards(self) -> list[str]:
        """Children first; found once by trying."""
        if not hasattr(self, "_order"):
            left, order = list(self.tables), []
            rows = self.admin.execute(
                "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint"
                " where contype = 'f' and conrelid <> confrelid"
            ).fetchall()
            points = {(child, parent) for child, parent in rows}
            while left:
                free = [t for t in left if not any((other, t) in points for other in left)]
                order += free
                left = [t for t in left if t not in free]
            self._order: list[str] = order
        return self._order

    def seed_rows(self) -> dict[str, Any]:
        """One court, two teams, one person, written as the owner of the hub."""
        court, person = new_id(), new_id()
        teams = {1: new_id(), 2: new_id()}
        self.admin.execute(
            "insert into desk.court (id, code, name, short_name, confirmed)"
            " values (%s, '豫99', '甲院', '甲', 1)",
            (court,),
        )
        for number, team in teams.items():
            self.admin.execute(
                "insert into desk.team (id, court_id, name, kind, number)"
                " values (%s, %s, '队', 'implementation', %s)",
                (team, court, number),
            )
        self.admin.execute(
            "insert into desk.person (id, court_id, name, post) values (%s, %s, '某', 'handler')",
            (person, court),
        )
        return {"court": court, "teams": teams, "person": person}

    def learn(self) -> None:
        """The hub is brought up to the newer schema."""
        self.admin.execute(
            "insert into sync.schema_known values (%s) on conflict do nothing", (NEWER,)
        )
        self.admin.execute("update sync.hub set schema_ver = %s", (NEWER,))

    def remember(self) -> None:
        """A standby's copy: what a lossy failover will go back to."""
        self._copy = {}
        with self.admin.transaction(), self.admin.cursor() as cursor:
            for name in self._filled():
                with cursor.copy(f"copy (select * from {name}) to stdout") as copy:
                    self._copy[name] = b"".join(bytes(part) for part in copy)

    @property
    def has_standby(self) -> bool:
        """Whether there is a copy to go back to."""
        return bool(self._copy)

    def fail_over(self) -> None:
        """Everything after `remember` is lost, and the history is another one."""
        if not self._copy:
            return
        self.admin.execute("set session_replication_role = replica")
        self.admin.execute("begin")
        filled = self._filled()
        for name in self._downwards():
            if name in filled:
                self.admin.execute(f"delete from {name}")
        for name in (one for one in reversed(self._downwards()) if one in self._copy):
            with self.admin.cursor() as cursor, cursor.copy(f"copy {name} from stdin") as copy:
                copy.write(self._copy[name])
        self.admin.execute("update sync.hub set life = life + 1")
        self.admin.execute("commit")
        self.admin.execute("set session_replication_role = default")
        self._copy = {}

    def close(self) -> None:
        """Stops the server."""
        for connection in (self.admin, *self._eyes.values()):
            connection.close()
        embedded.stop(self.server.folder, immediate=True)
