"""The line of versions: every earlier file opens, keeps its data and gets the present schema."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, text

from storage import engine, key, migrations
from storage.capture import triggers
from storage.replica import DATABASE, Replica
from storage.schema import metadata
from storage.session import Session
from tests.storage.rows import add, court
from tests.storage.saving import PASSPHRASE, SAVED

KEY = key.Key(b"k" * 32, b"s" * 16)


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Engine]:
    """An empty file brought to the present version."""
    made = engine.writer(tmp_path / "migrated.db", KEY)
    with made.begin() as connection:
        assert migrations.upgrade(connection) == list(migrations.VERSIONS)
    yield made
    made.dispose()


def _schema(connection: Connection) -> dict[str, Any]:
    """Columns, keys, checks and indexes as SQLite itself tells them, in no particular order."""
    found: dict[str, Any] = {}
    names = connection.execute(
        text(
            "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' "
            "and name <> 'alembic_version'"
        )
    )
    for name in names.scalars().all():
        columns = connection.exec_driver_sql(f'pragma table_info("{name}")').all()
        keys = connection.exec_driver_sql(f'pragma foreign_key_list("{name}")').all()
        sql = connection.execute(
            text("select sql from sqlite_schema where type = 'table' and name = :n"), {"n": name}
        ).scalar_one()
        lines = sorted(line.strip().rstrip(",").strip('"') for line in sql.splitlines()[1:])
        found[name] = (
            {tuple(column)[1:] for column in columns},
            {tuple(one)[2:] for one in keys},
            # A column that was added later stands after the constraints; its own facts are above.
            [line for line in lines if line.startswith(("CONSTRAINT", "CHECK", "UNIQUE"))],
        )
    indexes = connection.execute(text("select name, sql from sqlite_schema where type = 'index'"))
    found["indexes"] = {
        name: " ".join((sql or "").replace('"', "").split())
        for name, sql in indexes
        if "alembic" not in name
    }
    return found


def test_the_versions_build_exactly_the_tables_of_the_program(migrated: Engine) -> None:
    plain = create_engine("sqlite://")
    metadata.create_all(plain)
    with migrated.connect() as connection, plain.connect() as other:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert _schema(connection) == _schema(other)
    plain.dispose()


def test_the_file_holds_exactly_the_triggers_of_the_tables(migrated: Engine) -> None:
    with migrated.begin() as connection:
        names = connection.execute(text("select name from sqlite_schema where type = 'trigger'"))
        assert set(names.scalars()) == set(triggers(metadata.sorted_tables))
        assert migrations.lay_triggers(connection) is False
        connection.execute(text("drop trigger trg_court_upd"))
        assert migrations.lay_triggers(connection) is True
        assert migrations.upgrade(connection) == []


def test_a_failing_version_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = engine.writer(tmp_path / "old.db", KEY)
    with made.begin() as connection:
        migrations.upgrade(connection)
        before = _schema(connection)
    broken = ModuleType("broken")

    def upgrade() -> None:
        from alembic import op as operations  # noqa: PLC0415

        operations.execute("create table half (a)")
        raise RuntimeError("power cut")

    broken.upgrade = upgrade  # type: ignore[attr-defined]
    monkeypatch.setitem(migrations.VERSIONS, "9999", broken)
    with pytest.raises(RuntimeError, match="power cut"), made.begin() as connection:
        migrations.upgrade(connection, "9999")
    with made.connect() as connection:
        assert _schema(connection) == before
        assert migrations.current(connection) == migrations.SCHEMA_VERSION
        count = connection.execute(text("select count(*) from sqlite_schema where type='trigger'"))
        assert count.scalar() == len(triggers(metadata.sorted_tables))
    made.dispose()


def test_every_earlier_version_has_a_saved_file() -> None:
    """When this fails: `python -m tests.storage.saving`, and commit the file it makes."""
    saved = {path.stem.removeprefix("replica-") for path in SAVED.glob("replica-*.db")}
    assert set(migrations.VERSIONS) - {migrations.SCHEMA_VERSION} == saved


@pytest.mark.parametrize("saved", sorted(SAVED.glob("replica-*.db")), ids=lambda path: path.stem)
def test_a_saved_store_opens_with_its_data(saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    shutil.copyfile(saved, folder / DATABASE)
    version = saved.stem.removeprefix("replica-")
    with Replica.open(folder, PASSPHRASE) as replica:
        assert replica.schema_version == migrations.SCHEMA_VERSION
        session = Session(replica, actor="周书言")
        with session.read() as connection:
            assert migrations.current(connection) == migrations.SCHEMA_VERSION
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
            case = connection.execute(text('select number, remarks, ver from "case"')).one()
            assert tuple(case) == ("（2024）豫03执1号", "旧", 1)
            assert connection.execute(text("select note from node_event")).scalar() == "瀍河"
            assert connection.execute(text("select schema_ver from _bundle")).scalar() == version
            # Moving the data left no operation: nobody edited anything.
            assert connection.execute(text("select count(*) from _op")).scalar() == 1
            assert connection.execute(text("select value from setting")).scalar() == "dark"
            assert replica.device_id.endswith("00d")
        with session.write("建院") as write:
            add(write.connection, "court", court(code="豫0302"))
        assert write.bundle_id is not None
    copies = list((folder / "backups").glob(f"before-{version}-*.db"))
    assert len(copies) == 1
    for copy in copies:
        connection_ = engine.connect(copy, key.derive(PASSPHRASE, key.salt_of(copy) or b""))
        try:
            assert connection_.execute("select version_num from alembic_version").fetchone() == (
                version,
            )
        finally:
            connection_.close()
