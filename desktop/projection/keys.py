"""Small integers for courts, teams, persons and node codes, with the label lists show.

Half a million rows carry integers instead of ids; a list joins the label back. Writer thread.
"""

from typing import Final

from sqlalchemy import Connection

from desktop.contract.law import Law

_SOURCES: Final = (("court", "short_name"), ("team", "name"), ("person", "name"))
NODE_KIND: Final = "node"


class Keys:
    """Id to number. Made by `sync`, which first brings `clock_key` up to date."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self._numbers = numbers

    def number(self, id_: str) -> int:
        """The number of a court, team or person; KeyError when it is not in the store."""
        return self._numbers[id_]

    def maybe(self, id_: str | None) -> int | None:
        """As `number`, and None for None."""
        return None if id_ is None else self._numbers[id_]

    @classmethod
    def sync(cls, connection: Connection, law: Law) -> "Keys":
        """Adds what is new and renames what was renamed; numbers never change."""
        for kind, label in _SOURCES:
            connection.exec_driver_sql(
                f"insert into clock_key (id, kind, label) select id, ?, {label} from {kind}"
                " where id not in (select id from clock_key)",
                (kind,),
            )
            named = f"(select {label} from {kind} where id = clock_key.id)"
            connection.exec_driver_sql(
                f"update clock_key set label = {named} where kind = ? and label <> {named}", (kind,)
            )
        held = {
            row[0]: row[1]
            for row in connection.exec_driver_sql(
                "select id, label from clock_key where kind = ?", (NODE_KIND,)
            )
        }
        nodes = [item for catalogue in law.catalogues for item in catalogue.nodes.items()]
        fresh = [(code, NODE_KIND, r.name) for code, r in nodes if held.get(code) != r.name]
        if fresh:
            connection.exec_driver_sql(
                "insert into clock_key (id, kind, label) values (?, ?, ?)"
                " on conflict (id) do update set label = excluded.label",
                fresh,
            )
        cursor = connection.exec_driver_sql("select id, n from clock_key where kind <> 'node'")
        return cls({row[0]: row[1] for row in cursor})
