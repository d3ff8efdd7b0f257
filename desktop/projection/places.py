"""Which court is one's own. Reader lanes; any thread."""

from sqlalchemy import Connection, func, select

from storage.schema import table

_court = table("court").c
_person = table("person").c


def own_court(connection: Connection, person_id: str | None) -> str | None:
    """The court of a person; without one, the court most others are subject to; else None."""
    if person_id is not None:
        found = connection.execute(select(_person.court_id).where(_person.id == person_id)).first()
        if found is not None:
            return str(found.court_id)
    above = connection.execute(
        select(_court.superior_id)
        .where(_court.superior_id.in_(select(_court.id)))
        .group_by(_court.superior_id)
        .order_by(func.count().desc())
    ).first()
    if above is not None:
        return str(above.superior_id)
    only = connection.execute(select(_court.id).order_by(_court.code)).first()
    return None if only is None else str(only.id)
