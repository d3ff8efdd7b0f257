"""The limits of the law for a stored fine, summons or detention. Any thread that may read."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, or_, select

from desktop.rules.measured import Limit, measured
from desktop.rules.repeats import Decided, repeated
from storage.schema import table

# Decisions that stand or are on their way; a draft binds nobody, and what was recalled is undone,
# unless it was executed: whoever was held or fined has been punished for the act.
_STANDING: Final = ("checking", "signing", "signed", "issued")


def limit_of(connection: Connection, row: Row[Any], day: date) -> Limit:
    """What the law of `day` says of a document's figures, and whether it would punish one act
    twice; nothing for kinds without limits."""
    told = _told(row)
    party = table("party").c
    kind = connection.execute(
        select(party.kind).where(
            party.case_id == row.case_id, party.name == told.get("person", "").strip()
        )
    ).scalar()
    found = measured(row.kind, told, str(kind or ""), day)
    fault, lines = repeated(
        row.kind, told.get("person", ""), told.get("facts", ""), _earlier(connection, row)
    )
    shown = (fault,) if fault else ()
    return replace(found, lines=(*found.lines, *lines, *shown), fault=found.fault or fault)


def _earlier(connection: Connection, row: Row[Any]) -> list[Decided]:
    """The other decisions of the same kind that name the person, in the document's case and in
    others: one act is one act in whichever case it is punished."""
    document, act = table("document").c, table("measure_act").c
    person = _told(row).get("person", "").strip()
    executed = select(act.document_id).where(act.act == "execute")
    rows = connection.execute(
        select(table("document")).where(
            document.kind == row.kind,
            document.id != row.id,
            or_(document.state.in_(_STANDING), document.id.in_(executed)),
            document.fields.contains(person, autoescape=True),
        )
    )
    return [
        Decided(
            kind=one.kind,
            person=told.get("person", ""),
            facts=told.get("facts", ""),
            number="" if one.serial is None else f"{one.series}〔{one.year}〕{one.serial}号",
            on=str(one.made_on or one.issued_at or "")[:10],
            here=one.case_id == row.case_id,
        )
        for one in rows
        for told in (_told(one),)
    ]


def _told(row: Row[Any]) -> Mapping[str, str]:
    return {str(key): str(value) for key, value in json.loads(row.fields).items()}
