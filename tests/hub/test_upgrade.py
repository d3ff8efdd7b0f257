"""A hub of an earlier schema is brought to the present one; nothing that was there is lost."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from storage import engine, key, migrations
from storage.hub import embedded, setup, upgrade, users
from storage.hub.setup import HubFault
from storage.ids import new_id
from storage.ledger.sealing import entry_hash
from storage.merge import COMMAND_TABLES, ROLES
from storage.migrations import added
from storage.migrations.versions import v0006_funds_and_attachments
from storage.replica import DATABASE, Replica
from storage.schema import metadata, synced_tables
from storage.schema.funds import GENESIS, SEALED
from storage.schema.payments import SHIPPED_TIERS
from storage.session import Session
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Officer, Town, built_town
from tests.hub.saving import SAVED
from tests.passphrase import PASSPHRASE
from tests.sync.conftest import Laptop

FILES = sorted(SAVED.glob("hub-*.sql.gz"))
GROUPS = ("owner", "member", "reader", "keeper", *ROLES)


@dataclass
class Old:
    """A hub as an earlier version left it."""

    server: embedded.Server
    admin: "psycopg.Connection[Any]"
    version: str

    def one(self, query: str, *values: object) -> Any:
        """The first value of the first row."""
        row = self.admin.execute(query, values).fetchone()
        return None if row is None else row[0]


@pytest.fixture(scope="module")
def server(server_folder: Path) -> Iterator[embedded.Server]:
    """A PostgreSQL without a hub."""
    made = embedded.start(server_folder / "upgrade", fast=True)
    yield made
    embedded.stop(made.folder, immediate=True)


@pytest.fixture(params=FILES, ids=lambda path: path.name.split(".")[0])
def old(server: embedded.Server, request: pytest.FixtureRequest) -> Iterator[Old]:
    """The saved hub, with its officer `first`, before the upgrade."""
    version = request.param.name.removeprefix("hub-").partition(".")[0]
    admin = psycopg.connect(server.admin_dsn, autocommit=True)
    for group in GROUPS:
        more = " createrole" if group == "keeper" else ""
        admin.execute(
            f"do $$ begin create role edesk_{group} nologin{more}; "
            "exception when duplicate_object then null; end $$"
        )
    admin.execute("drop schema if exists sync, desk, keeper cascade")
    admin.execute("drop role if exists first, later")
    admin.execute(gzip.decompress(request.param.read_bytes()).decode())
    admin.execute("set search_path to public")
    admin.execute(f"create role first login password '{PASSWORD}' in role edesk_member")
    admin.execute("grant edesk_handler to first")
    setup.renew(admin)
    yield Old(server, admin, version)
    admin.close()


def test_every_version_of_the_hub_so_far_was_saved() -> None:
    """When this fails: see tests/hub/saving.py."""
    saved = {path.name.removeprefix("hub-").partition(".")[0] for path in FILES}
    assert saved == {n for n in migrations.VERSIONS if "0006" <= n < migrations.SCHEMA_VERSION}


def test_what_was_there_stays_and_the_new_is_usable(old: Old) -> None:
    told = upgrade.upgrade(old.server.admin_dsn)
    assert (told["from"], told["to"]) == (old.version, migrations.SCHEMA_VERSION)
    added = str(told["added"])
    assert ("case.sealed" in added) == (old.version < "0007")
    assert ("petition_act" in added) == (old.version < "0008")
    assert ("note_mention" in added) == (old.version < "0009")
    assert all(
        (name in added) == (old.version < "0010")
        for name in ("bank_line", "'ledger_period'", "fund_entry.hash")
    )
    assert all(
        (name in added) == (old.version < "0011")
        for name in ("payment_order", "approval_tier", "'distribution'")
    )
    assert all(
        (name in added) == (old.version < "0012")
        for name in ("field_order", "measure_act", "bulletin")
    )
    commands = (
        "select count(*) from sync.right where role = 'edesk_administrator' and tbl = any(%s)"
    )
    assert old.one(commands, list(COMMAND_TABLES)) == 0
    assert old.one("select count(*) from desk.approval_tier where state = 'agreed'") == 10
    assert ("delegation.ended_by" in added) == (old.version == "0008")
    columns = old.one("select cols from sync.rule where tbl = 49 and grp = 'agreement'")
    assert {"state", "ended_by", "ended_on"} <= set(columns)
    assert old.one("select count(*) from sync.bundle where verdict = 'applied'") > 0
    assert old.one("select count(*) from sync.journal where what = 'upgraded'") == 1
    edited = "select count(*) from sync.right where tbl = 17 and role = 'edesk_judge'"
    assert old.one(edited) == 0, "a right that was taken away does not come back"
    first = Officer("first", old.server.dsn("first", PASSWORD))
    case = first.one("""select id::text from desk."case" where remarks = '改过'""")
    assert case is not None, "seen by the officer of its team, and no other"
    assert first.one('select count(*) from desk."case"') == 1
    edit = {"sealed": 1}, {"sealed": 0}
    new = first.bundle((10, case, "U", *edit), schema_ver=migrations.SCHEMA_VERSION)
    assert first.push(new)[0]["verdict"] == "applied"
    # A desk that has not been updated goes on with what it knows.
    assert first.verdict((10, case, "U", {"remarks": "旧版"}, {"remarks": "改过"})) == "applied"
    first.connection.close()


@pytest.fixture(scope="module")
def new_shape(server_folder: Path) -> dict[str, Any]:
    """What a new hub consists of."""
    with built_town(server_folder / "fresh") as fresh:
        return _shape(fresh.admin)


def test_an_upgraded_hub_is_what_a_new_one_is(old: Old, new_shape: dict[str, Any]) -> None:
    upgrade.upgrade(old.server.admin_dsn)
    assert _shape(old.admin) == new_shape


def _shape(admin: "psycopg.Connection[Any]") -> dict[str, Any]:
    """Tables with columns, functions with owners, policies, triggers, grants."""
    queries = {
        "columns": "select table_schema, table_name, column_name, data_type, is_nullable,"
        " column_default from information_schema.columns where table_schema in ('sync', 'desk')",
        "functions": "select p.oid::regprocedure::text, md5(p.prosrc), p.prosecdef,"
        " pg_get_userbyid(p.proowner), coalesce(p.proacl::text, '') from pg_proc p"
        " where p.pronamespace in ('sync'::regnamespace, 'keeper'::regnamespace)",
        "policies": "select schemaname, tablename, policyname, roles::text, cmd, qual, with_check"
        " from pg_policies",
        "triggers": "select tgrelid::regclass::text, tgname, tgenabled::text from pg_trigger"
        " where not tgisinternal and tgrelid::regclass::text !~ '_\\d{6,8}$'",
        "owners": "select oid::regclass::text, pg_get_userbyid(relowner) from pg_class where"
        " relkind in ('r', 'p') and relnamespace in ('sync'::regnamespace, 'desk'::regnamespace)",
        "security": "select oid::regclass::text, relrowsecurity, relforcerowsecurity from pg_class"
        " where relkind = 'r' and relnamespace = 'desk'::regnamespace",
        "schemas": "select schema_ver from sync.schema_known",
        "constraints": "select conrelid::regclass::text, pg_get_constraintdef(oid)"
        " from pg_constraint where connamespace = 'desk'::regnamespace",
    }
    found: dict[str, Any] = {
        name: sorted(map(str, admin.execute(query).fetchall())) for name, query in queries.items()
    }
    found["owners"] = [line for line in found["owners"] if "_20" not in line]  # partitions by date
    found["columns"] = [line for line in found["columns"] if "_20" not in line]
    return found


def test_a_failing_upgrade_leaves_the_hub_as_it_was(
    old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("cut off")

    monkeypatch.setattr(setup, "close", fail)
    with pytest.raises(RuntimeError, match="cut off"):
        upgrade.upgrade(old.server.admin_dsn)
    assert old.one("select schema_ver from sync.hub") == old.version
    first = Officer("first", old.server.dsn("first", PASSWORD))
    case = first.one('select id::text from desk."case"')
    assert first.verdict((10, case, "U", {"remarks": "还在"}, {"remarks": "改过"})) == "applied"
    first.connection.close()


@pytest.mark.parametrize(
    "old", [FILES[0], FILES[-1]], indirect=True, ids=lambda path: path.name.split(".")[0]
)
def test_twice_is_once_and_what_cannot_be_is_said(old: Old) -> None:
    upgrade.upgrade(old.server.admin_dsn)
    again = upgrade.upgrade(old.server.admin_dsn)
    assert again["added"] == []
    old.admin.execute("update sync.hub set schema_ver = '9999'")
    with pytest.raises(HubFault, match="9999"):
        upgrade.upgrade(old.server.admin_dsn)
    old.admin.execute("drop schema sync cascade")
    with pytest.raises(HubFault, match="edesk hub init"):
        upgrade.upgrade(old.server.admin_dsn)


def test_an_updated_desk_fetches_what_its_version_added(town: Town, tmp_path: Path) -> None:
    """Only rows that are not empty there come again; everything else was here."""
    folder = tmp_path / "desk"
    remote = PostgresRemote(town.server.dsn("centre", PASSWORD))
    sealed = town.cases[1]
    assert town.centre.verdict((10, sealed, "U", {"sealed": 1}, {"sealed": 0})) == "applied"
    with Replica.open(folder, PASSPHRASE, create=True) as replica:
        Laptop("centre", Session(replica, actor="centre"), remote).sync()
    _back_to_0006(folder / DATABASE)
    with Replica.open(folder, PASSPHRASE) as replica:
        desk = Laptop("centre", Session(replica, actor="centre"), remote)
        with desk.session.read() as connection:
            new: added.Added = {
                table.info["number"]: [] for table in synced_tables() if table.name in _SINCE_0007
            }
            assert added.wanted(connection) == {
                10: ["sealed"],
                32: ["code", "kind", "last_seq", "name"],
                33: [
                    *("booked_on", "credit_after_fen", "credit_id", "debit_after_fen"),
                    *("debit_held_fen", "debit_id", "hash", "line_id", "lost", "order_id"),
                    *("prev", "reverses", "seq"),
                ],
                **new,
            }
        assert desk.rows('select id from "case" where sealed = 1') == []
        done = desk.sync()
        assert (done.whole, done.pulled) == (False, 1 + len(SHIPPED_TIERS))
        assert [row[0] for row in desk.rows('select id from "case" where sealed = 1')] == [sealed]
        with desk.session.read() as connection:
            assert added.wanted(connection) == {}
        assert desk.sync().pulled == 0
    remote.close()


_SINCE_0007 = {
    *("petition", "petition_act", "document", "document_version", "document_act"),
    *("document_file", "document_recipient", "objection", "signing_rule", "delegation"),
    *("matter", "matter_act", "note", "note_mention"),
    *("bank_line", "ledger_period"),
    *("approval_tier", "payment_order", "payment_act", "bank_match", "payment_delay"),
    *("reconcile_note", "bank_balance", "distribution", "distribution_objection"),
    *("field_order", "field_order_act", "operation", "operation_act", "operation_group"),
    *("checkin", "run_log", "police_request", "police_act", "unit", "duty_act"),
    *("position_batch", "fence", "alarm_note", "equipment", "equipment_act", "self_test"),
    *("feed", "snapshot", "seizure", "seizure_item", "seizure_photo", "receipt_link"),
    *("measure_act", "case_kin", "roster", "roster_act", "handover", "bulletin"),
}


def _back_to_0006(path: Path) -> None:
    made = engine.writer(path, key.derive(PASSPHRASE, key.salt_of(path) or b""))
    with made.begin() as connection:
        names = connection.execute(text("select name from sqlite_schema where type = 'trigger'"))
        for name in names.scalars().all():
            connection.execute(text(f'drop trigger "{name}"'))
        # Today's accounts and entries pass as those of then: nothing was booked.
        connection.execute(text("drop table fund_entry"))
        connection.execute(text("drop table fund"))
        context = MigrationContext.configure(connection)
        with Operations.context(context):
            v0006_funds_and_attachments._funds()
        for name in reversed([table.name for table in metadata.sorted_tables]):
            if name in _SINCE_0007:
                connection.execute(text(f'drop table "{name}"'))
        connection.execute(text("drop index ix_case_sealed"))
        connection.execute(text("drop index ix_read_log_at"))
        connection.execute(text('alter table "case" drop column sealed'))
        connection.execute(text("update alembic_version set version_num = '0006'"))
    made.dispose()


def test_new_logins_work_after_the_upgrade(old: Old) -> None:
    upgrade.upgrade(old.server.admin_dsn)
    users.add(old.admin, "later", PASSWORD, ["operator"], [-1])
    later = Officer("later", old.server.dsn("later", PASSWORD))
    assert later.one('select count(*) from desk."case"') == 2
    later.connection.close()


def test_old_entries_are_linked_and_their_accounts_add_up(old: Old) -> None:
    if old.version < "0009":
        pytest.skip("no money was booked in this saved hub")
    upgrade.upgrade(old.server.admin_dsn)
    old.admin.execute("set row_security = on")  # the saved script switched it off
    assert old.one("select balance_fen from desk.fund where kind = 'bank'") == -7_500
    assert old.one("select balance_fen from desk.fund where kind = 'case'") == 7_500
    assert old.one("select held_fen from desk.fund where kind = 'case'") == 400
    assert old.admin.execute("select * from sync.fund_differences()").fetchall() == []
    listed = ", ".join(f'"{name}"::text' for name in SEALED)
    entries = old.admin.execute(f"select {listed}, hash from desk.fund_entry order by seq")
    rows = [dict(zip((*SEALED, "hash"), row, strict=True)) for row in entries.fetchall()]
    assert [row["kind"] for row in rows] == ["receipt", *["hold"] * 3, "payment", "release"]
    assert [row["seq"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    prev = GENESIS
    for row in rows:
        assert (row["prev"], row["hash"]) == (prev, entry_hash(row))
        prev = row["hash"]
    # What is booked next is linked to them.
    users.add(old.admin, "later", PASSWORD, ["finance"], [-1])
    later = Officer("later", old.server.dsn("later", PASSWORD))
    case = later.one("""select id::text from desk."case" where remarks = '改过'""")
    args = json.dumps({"case_id": case, "amount_fen": 5, "payer": "甲"})
    ask = {"id": new_id(), "kind": "receive", "state": "asked", "args": args}
    assert later.verdict((30, ask["id"], "R", ask, None)) == "applied"
    assert old.one("select prev from desk.fund_entry where seq = 7") == prev
    later.connection.close()
