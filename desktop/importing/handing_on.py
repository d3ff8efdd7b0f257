"""Who had a case before an import gave it to another handler. Writer lane.

A case names its present handler alone. Whoever had it before has carried it out all the same, and
may not judge about it later (审执分离); the days until then were his. So an import that replaces a
handler writes down both as holders: him from the filing, the new one from the day of the import,
unless an institution or the centre has the case just then.
"""

from typing import Final

from sqlalchemy import Connection

from storage.ids import new_id

_HELD: Final = (
    "select c.handler_id, (select h.kind from hold h where h.case_id = c.id and h.node_code is null"
    ' order by h.from_on desc, h.id desc limit 1) from "case" c where c.id = ?'
)
_INSERT: Final = (
    "insert into hold (id, case_id, from_on, kind, holder_id, holder_name, scope, changed_by,"
    " changed_at) select ?, c.id, coalesce(?, c.filed_on), 'handler', p.id, p.name, c.scope, ?, ?"
    ' from "case" c join person p on p.id = ? where c.id = ?'
)
_KNOWN: Final = (
    "select 1 from hold where case_id = ? and holder_id = ? and kind = 'handler' limit 1"
)


def before(connection: Connection, case_id: str) -> tuple[str | None, str | None]:
    """The handler whom the store names, and the kind of whoever has the whole case now."""
    found = connection.exec_driver_sql(_HELD, (case_id,)).first()
    return (None, None) if found is None else (found[0], found[1])


def hand_on(
    connection: Connection,
    case_id: str,
    held: tuple[str | None, str | None],
    handler_id: object,
    stamp: tuple[str, str],
    day: str,
) -> None:
    """Notes the change of handler on `day`, once the case is changed. `held`: what `before` gave;
    stamp: who imports, and when."""
    old, kind = held
    if old is None or old == handler_id:
        return
    if connection.exec_driver_sql(_KNOWN, (case_id, old)).first() is None:
        connection.exec_driver_sql(_INSERT, (new_id(), None, *stamp, old, case_id))
    if handler_id is not None and kind in (None, "handler"):
        connection.exec_driver_sql(_INSERT, (new_id(), day, *stamp, handler_id, case_id))
