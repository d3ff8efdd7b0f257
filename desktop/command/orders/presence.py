"""Who is away or has gone off duty: no order goes to an empty chair unsaid. Reader lanes."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, and_, func, select

from desktop.contract.court_zone import court_time
from storage.schema import table

_WORDS: Final = {"leave": "休假", "sick": "病假", "training": "培训", "secondment": "借调"}


def away(connection: Connection, day: date) -> dict[str, str]:
    """Who is away on that day, by id, and why."""
    absence, on = table("absence").c, day.isoformat()
    rows = connection.execute(
        select(absence.person_id, absence.kind).where(
            absence.status == "planned", absence.from_on <= on, absence.to_on >= on
        )
    )
    return {row.person_id: _WORDS.get(row.kind, "不在岗") for row in rows}


def missing(connection: Connection, ids: Collection[str], now: datetime) -> dict[str, str]:
    """Those of `ids` that cannot be expected to answer now, and why: away, or off duty with every
    device that they carry."""
    unit, act, wanted = table("unit"), table("duty_act"), set(ids)
    newest = (
        select(act.c.unit_id, func.max(act.c.at).label("at")).group_by(act.c.unit_id).subquery()
    )
    last = act.join(newest, and_(newest.c.unit_id == act.c.unit_id, newest.c.at == act.c.at))
    rows = connection.execute(
        select(unit.c.person_id, act.c.act, act.c.at)
        .select_from(last.join(unit, unit.c.id == act.c.unit_id))
        .where(unit.c.kind == "person")
        .order_by(act.c.at)
    ).all()
    on = {row.person_id for row in rows if row.act == "on"}
    day, found = now.date(), dict[str, str]()
    for row in rows:
        if row.person_id in wanted - on:
            at = court_time(row.at)
            found[row.person_id] = f"{at:%H:%M}" if at.date() == day else f"{at:%m-%d %H:%M}"
            found[row.person_id] += " 下勤"
    return found | {key: word for key, word in away(connection, day).items() if key in wanted}
