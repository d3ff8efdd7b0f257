"""What must never happen, checked after a world has come to rest (I1 to I9 of the protocol)."""

import json
from typing import Any

from storage.overlay import TABLES
from tests.simulation.world import Client, World, filled_tables

# Which tables an officer sees anything of: most hold nothing here.
_ASKED = " union all ".join(
    f"select '{table.name}' where exists (select from desk.\"{table.name}\")"
    for table in TABLES.values()
)


def violations(world: World) -> list[str]:
    """Sentences about every invariant that does not hold; empty when all do."""
    found = [*_verdicts(world), *_money(world), *_numbers(world), *_no_lost_update(world)]
    for client in world.clients:
        found += _view(world, client)
        found += _leftovers(client)
    return found


def _verdicts(world: World) -> list[str]:
    """I1 one verdict, the same on both sides; I4 nothing that was made disappears; I9 decided."""
    hub = {
        str(row[0]): row[1]
        for row in world.hub.admin.execute("select id, verdict from sync.bundle").fetchall()
    }
    found = []
    held: dict[str, tuple[str, str | None]] = {}
    for client in world.clients:
        for bundle_id, state, verdict in client.rows("select id, state, verdict from _bundle"):
            held[bundle_id] = (state, verdict)
    for bundle_id, who in world.made.items():
        state, verdict = held.get(bundle_id, ("", None))
        if not state:
            found.append(f"I4 bundle {bundle_id} of {who} is not on its client any more")
        elif state != "decided":
            found.append(f"I9 bundle {bundle_id} of {who} has no verdict ({state})")
        elif hub.get(bundle_id) != verdict:
            found.append(f"I1 bundle {bundle_id}: {verdict} here, {hub.get(bundle_id)} there")
    return found


def _money(world: World) -> list[str]:
    """I2 the fund and what was paid add up, each request once; I4b what was paid stays paid."""
    balance, paid = world.fund()
    found = []
    if balance + paid != world.expected_fund():
        found.append(f"I2 {balance} left and {paid} paid are not {world.expected_fund()}")
    if balance < 0 and not world.failovers:
        found.append(f"I2 the fund is overdrawn: {balance}")
    entries = {
        str(row[0])
        for row in world.hub.admin.execute("select request_id from sim.entry").fetchall()
    }
    for client in world.clients:
        world.note_paid(client)
    found += [
        f"I4b request {row_id} was paid and is not in the ledger"
        for row_id in sorted(world.paid - entries)
    ]
    return found


def _numbers(world: World) -> list[str]:
    """I6 the numbers of a device have no holes at the hub."""
    rows = world.hub.admin.execute(
        "select device, min(n), max(n), count(*), count(distinct n) from sync.bundle group by 1"
    ).fetchall()
    return [
        f"I6 device {device}: {least}..{most} but {count} bundles"
        for device, least, most, count, distinct in rows
        if most - least + 1 != count or count != distinct
    ]


def _no_lost_update(world: World) -> list[str]:
    """I5 whoever overwrote a value had seen it. After a failover the lost order is gone."""
    if world.failovers:
        return []
    rows = world.hub.admin.execute(
        "select o.row_id, o.ver, o.new, o.old from sync.op o join sync.bundle b on b.id = o.bundle"
        " where b.verdict = 'applied' and o.kind = 'U' and o.tbl = 10 order by o.row_id, o.ver"
    ).fetchall()
    seen: dict[tuple[str, str], object] = {}
    found = []
    for row_id, ver, new, old in rows:
        for column, value in new.items():
            key = (str(row_id), column)
            if key in seen and old[column] != seen[key] and value != seen[key]:
                found.append(f"I5 {column} of {row_id}: {seen[key]!r} was lost at version {ver}")
            seen[key] = value
    return found


def _view(world: World, client: Client) -> list[str]:
    """I3 and I7: the replica holds what its officer may see at the hub, no row more or less."""
    found = []
    with world.hub.looking(client.who) as connection, client.session.read() as replica:
        filled = {row[0] for row in connection.execute(_ASKED).fetchall()}
        filled |= set(filled_tables(replica))
        for table in (one for one in TABLES.values() if one.name in filled):
            names = [column.name for column in table.columns]
            listed = ", ".join(f'"{name}"' for name in names)
            theirs: dict[str, Any] = {
                str(row[0]): tuple(None if v is None else str(v) for v in row)
                for row in connection.execute(f'select {listed} from desk."{table.name}"')
            }
            mine = {
                row[0]: tuple(None if v is None else str(v) for v in row)
                for row in replica.exec_driver_sql(f'select {listed} from "{table.name}"')
            }
            for row_id in theirs.keys() | mine.keys():
                if theirs.get(row_id) != mine.get(row_id):
                    found.append(
                        f"I3 {client.who} {table.name} {row_id}: here {mine.get(row_id)},"
                        f" there {theirs.get(row_id)}"
                    )
    return found


def _leftovers(client: Client) -> list[str]:
    """At rest nothing lies above a base, and the cursor stands in the hub's history."""
    found = [
        f"overlay: {client.who} keeps a base of {row} at rest"
        for row in client.rows("select tbl, row_id, ver from _base")
    ]
    if not json.loads(client.rows("select cursor from _ctl")[0][0] or "null"):
        found.append(f"I8 {client.who} has no cursor")
    return found
