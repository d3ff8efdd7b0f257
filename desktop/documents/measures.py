"""The limits of the law for a stored fine, summons or detention. Any thread that may read."""

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from desktop.rules.measured import Limit, measured
from storage.schema import table


def limit_of(connection: Connection, row: Row[Any], day: date) -> Limit:
    """What the law of `day` says of a document's figures; nothing for kinds without limits."""
    told = {str(key): str(value) for key, value in json.loads(row.fields).items()}
    party = table("party").c
    kind = connection.execute(
        select(party.kind).where(
            party.case_id == row.case_id, party.name == told.get("person", "").strip()
        )
    ).scalar()
    return measured(row.kind, told, str(kind or ""), day)
