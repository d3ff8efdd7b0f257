"""Saves a store of a schema version for the migration tests.

`python -m tests.storage.saving` writes the files of tests/storage/saved that are missing: run it
when a version is added (the one before it is final from then on), and never rewrite a file.
"""

from pathlib import Path

from sqlalchemy import inspect, text

from storage import engine, key, migrations
from storage.capture import triggers
from storage.schema import metadata

SAVED = Path(__file__).parent / "saved"
PASSPHRASE = "保存的口令"
_SALT = bytes(range(16))
_COURT = "018e0000-0000-7000-8000-000000000001"
_CASE = "018e0000-0000-7000-8000-000000000002"
_EVENT = "018e0000-0000-7000-8000-000000000003"
_STATEMENTS = (
    "insert into _ctl(one, applying, device_id) values "
    "(1, 1, '018e0000-0000-7000-8000-00000000000d')",
    f"insert into court(id, code, name, short_name) values ('{_COURT}', '豫03', '某院', '某院')",
    'insert into "case"(id, number, court_id, year, type_word, serial, filed_on, remarks) values '
    f"('{_CASE}', '（2024）豫03执1号', '{_COURT}', 2024, '执', 1, '2024-03-01', '旧')",
    'insert into node_event(id, case_id, kind, "on", note) values '
    f"('{_EVENT}', '{_CASE}', 'filed', '2024-03-01', '瀍河')",
    "insert into _bundle(id, actor, label, made_at, schema_ver, state) values "
    "('018e0000-0000-7000-8000-00000000000b', '周书言', '立案', "
    "'2024-03-01T09:00:00.000+08:00', :version, 'pending')",
    "insert into _op(bundle_n, k, tbl, row_id, kind, new) values "
    f"(1, 0, 10, '{_CASE}', 'I', '{{\"number\": \"（2024）豫03执1号\"}}')",
    "insert into setting(key, value) values ('theme', 'dark')",
    "insert into node_clock(n, case_id, node_code, started_on, due_on, certain, rule_version, "
    "case_number, type_word, court_n) values "
    f"(1, '{_CASE}', 'N01', '2024-03-01', '2024-03-08', 1, '1', '（2024）豫03执1号', '执', 1)",
)


def save(path: Path, version: str) -> None:
    """Writes a small store file as `version` made it, with one row of everything essential."""
    path.unlink(missing_ok=True)
    file_key = key.derive(PASSPHRASE, _SALT)
    made = engine.writer(path, file_key)
    with made.begin() as connection:
        migrations.upgrade(connection, version)
        there = inspect(connection).get_table_names()
        tables = [table for table in metadata.sorted_tables if table.name in there]
        for trigger, statement in triggers(tables).items():
            connection.exec_driver_sql(f'drop trigger if exists "{trigger}"')
            connection.exec_driver_sql(statement)
        for statement in _STATEMENTS:
            values = {"version": version} if ":version" in statement else {}
            connection.execute(text(statement), values)
        for table_name in ("_changed", "_noted"):
            connection.execute(text(f"delete from {table_name}"))
        connection.execute(text("update _ctl set applying = 0"))
    made.dispose()


if __name__ == "__main__":
    for number in migrations.VERSIONS:
        target = SAVED / f"replica-{number}.db"
        if number < migrations.SCHEMA_VERSION and not target.exists():
            save(target, number)
