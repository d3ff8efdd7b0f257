"""How the tables hang together, as rows the hub's functions can walk. Pure text."""

from storage.merge import scope_from
from storage.schema import metadata, synced_tables


def statements() -> list[str]:
    """One row of sync.relation for each synced table, in the order of foreign keys."""
    made = ["delete from sync.relation"]
    for place, table in enumerate(synced_tables()):
        source = scope_from(table)
        below = source.kind == "parent" and source.column
        parent = metadata.tables[source.parent].info["number"] if below else "null"
        via = f"'{source.column}'" if below else "null"
        made.append(
            "insert into sync.relation values "
            f"({place}, {table.info['number']}, '{table.name}', {source.kind == 'public'},"
            f" {via}, {parent})"
        )
    return made
