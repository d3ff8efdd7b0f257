"""The escalation ladder of one letter, planned and fired. Runs on a reader lane."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from desktop.panels.supervision.rules import Rung
from desktop.rules.alerts import load_ladder
from desktop.rules.calendar import WorkCalendar
from storage.schema import table


def rungs_of(
    connection: Connection, letter_id: str, reply_by: date, calendar: WorkCalendar
) -> tuple[Rung, ...]:
    """Every rung: the day it falls due if no reply comes, and the day it fired."""
    rung, person = table("letter_rung"), table("person")
    source = rung.outerjoin(person, person.c.id == rung.c.to_person_id)
    fired: dict[int, Any] = {
        row.rung: row
        for row in connection.execute(
            select(rung.c.rung, rung.c.fired_on, person.c.name)
            .select_from(source)
            .where(rung.c.letter_id == letter_id)
        )
    }
    made = []
    for step in load_ladder("supervision").rungs:
        row = fired.get(step.n)
        made.append(
            Rung(
                step.n,
                step.fires_on(reply_by, calendar),
                step.post.value,
                step.text,
                date.fromisoformat(row.fired_on) if row is not None else None,
                (row.name or "") if row is not None else "",
            )
        )
    return tuple(made)
