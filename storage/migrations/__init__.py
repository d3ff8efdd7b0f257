"""Alembic migrations, forward only: one line of versions, run inside one transaction.

The versions are found by walking the package, so that a frozen program finds them as a source
tree does; they and Alembic are imported only when one of them has to run, which spares every
other start a quarter of the time until the store is open. Triggers are no part of a version: they
follow from the tables, so every upgrade ends by laying them anew from the present tables, in the
same transaction. Writer's thread.
"""

import importlib
import pkgutil
from types import ModuleType
from typing import Final

from sqlalchemy import Connection, text

from storage.capture import owned, triggers
from storage.faults import NewerSchema
from storage.migrations import added, versions
from storage.schema import metadata


def _found() -> dict[str, ModuleType | str]:
    """Number to module, or to the name of one that was not needed yet: v0003_what.py is 0003."""
    names = sorted(found.name for found in pkgutil.iter_modules(versions.__path__))
    return {name.removeprefix("v").partition("_")[0]: name for name in names}


def load(number: str) -> ModuleType:
    """The module of one version; its `upgrade()` needs an open Alembic context."""
    found = VERSIONS[number]
    if isinstance(found, ModuleType):
        return found
    module = importlib.import_module(f"{versions.__name__}.{found}")
    assert module.revision == number, f"{found} calls itself {module.revision}"
    return module


VERSIONS: Final = _found()
SCHEMA_VERSION: Final = max(VERSIONS)
_FIRST: Final = min(VERSIONS)


def current(connection: Connection) -> str | None:
    """The file's version; None for an empty file."""
    there = connection.execute(
        text("select 1 from sqlite_schema where type = 'table' and name = 'alembic_version'")
    ).scalar()
    if not there:
        return None
    version = connection.execute(text("select version_num from alembic_version")).scalar()
    return None if version is None else str(version)


def refuse_newer(version: str | None) -> None:
    """Raises NewerSchema when a newer desk wrote the file."""
    if version is not None and version not in VERSIONS:
        raise NewerSchema(
            f"数据文件由更新版本的执行指挥台写入（结构版本 {version}，"
            f"本程序支持到 {SCHEMA_VERSION}）。请先升级程序；数据未作任何改动。"
        )


def upgrade(connection: Connection, target: str = SCHEMA_VERSION) -> list[str]:
    """Brings the file to `target` within the open transaction; gives the versions that ran.

    NewerSchema when the file is newer than this program. Triggers are checked even when no
    version runs, so that a changed trigger needs no version of its own.
    """
    version = current(connection)
    refuse_newer(version)
    ran = [number for number in VERSIONS if (version or "") < number <= target]
    if ran:
        if version is None:
            connection.execute(
                text("create table alembic_version (version_num varchar(32) primary key not null)")
            )
            connection.execute(text("insert into alembic_version values ('')"))
        # Data moved by a version must not look like a user's edit.
        _drop_triggers(connection)
        before = added.columns_there(connection) if version else None
        _run(connection, ran)
        if before is not None and target == SCHEMA_VERSION:
            added.note(connection, before)
        connection.execute(text("update alembic_version set version_num = :v"), {"v": ran[-1]})
    if target == SCHEMA_VERSION:
        lay_triggers(connection)
    return ran


def _run(connection: Connection, numbers: list[str]) -> None:
    from alembic.migration import MigrationContext  # noqa: PLC0415  See the head of this module.
    from alembic.operations import Operations  # noqa: PLC0415

    with Operations.context(MigrationContext.configure(connection)):
        for number in numbers:
            load(number).upgrade()


def lay_triggers(connection: Connection) -> bool:
    """Makes the file's triggers those of the present tables; True when something changed."""
    wanted = triggers(metadata.sorted_tables)
    there = _triggers_there(connection)
    if there == {name: _stored(statement) for name, statement in wanted.items()}:
        return False
    _drop_triggers(connection)
    for statement in wanted.values():
        connection.exec_driver_sql(statement)
    return True


def _triggers_there(connection: Connection) -> dict[str, str]:
    rows = connection.execute(text("select name, sql from sqlite_schema where type = 'trigger'"))
    return {str(name): _stored(str(sql)) for name, sql in rows if owned(str(name))}


def _stored(statement: str) -> str:
    """As SQLite keeps it: the keyword in capitals, the rest letter by letter."""
    return "CREATE TRIGGER" + statement[len("create trigger") :]


def _drop_triggers(connection: Connection) -> None:
    for name in _triggers_there(connection):
        connection.exec_driver_sql(f'drop trigger "{name}"')
