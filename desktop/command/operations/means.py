"""Vehicles and equipment that a plan may name, as the register knows them. Reader lanes."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from desktop.command.equipment.register import Item, current_items, names_of
from desktop.rules.operation_plan import Plan
from desktop.rules.plan_means import Known
from storage.schema import table

TABLES = ("unit", "equipment", "equipment_act")


def vehicles(connection: Connection, ids: Collection[str] | None = None) -> tuple[Known, ...]:
    """Vehicles in use by plate; or those of `ids`, whether in use or not."""
    unit = table("unit").c
    asked = select(unit.id, unit.name, unit.plate, unit.retired_on).order_by(
        unit.plate, unit.name, unit.id
    )
    if ids is None:
        asked = asked.where(unit.kind == "vehicle", unit.retired_on.is_(None))
    else:
        asked = asked.where(unit.id.in_(sorted(ids)))
    return tuple(
        Known(
            row.id,
            row.plate.strip() or row.name,
            row.name if row.plate.strip() else "",
            gone=row.retired_on is not None,
        )
        for row in connection.execute(asked)
    )


def gear(connection: Connection, ids: Collection[str] | None = None) -> tuple[Known, ...]:
    """Things of the register that are not retired, by asset number; or those of `ids`."""
    where = None if ids is None else table("equipment").c.id.in_(sorted(ids))
    names = names_of(connection)
    found = []
    for one in current_items(connection, where):
        if ids is None and one.standing.retired_at is not None:
            continue
        found.append(_known(one, names.person(one.standing.now_with.holder_id)))
    return tuple(found)


def _known(one: Item, holder: str) -> Known:
    standing = one.standing
    lent = standing.lent
    return Known(
        one.id,
        one.title,
        one.model,
        tuple(ticket.body for ticket in standing.open_tickets),
        standing.calibrate_by,
        standing.uncalibrated,
        standing.now_with.holder_id if lent else None,
        holder if lent else "",
        standing.now_with.due_at if lent else None,
        standing.retired_at is not None,
    )


def named_in(connection: Connection, plan: Plan | None) -> dict[str, Known]:
    """What a plan names by its id, where it is here."""
    if plan is None:
        return {}
    units = {one.unit_id for one in plan.vehicles} | {one.unit_id for one in plan.groups}
    things = {one.equipment_id for one in plan.gear}
    found = (*vehicles(connection, units - {""}), *gear(connection, things - {""}))
    return {one.id: one for one in found}
