"""Finds a case by its number as people type it: whole, without brackets, or its last part.

Runs on reader lanes.
"""

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from desktop.rules.case_number import CaseNumberError, parse
from storage.schema import table

HITS_MAX: Final = 8
TEXT_MAX: Final = 80
_DROPPED: Final = re.compile(r"[\s()（）〔〕［］\[\]【】号第]")
_WIDE_DIGITS: Final = str.maketrans("０１２３４５６７８９", "0123456789")
# 2026-2962, 2026执2962, 2026豫0381执2962, 执2962, 2962: the year only with something behind it.
_SHORT: Final = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})(?=\D))?(?P<middle>\D.*?)?(?P<serial>\d{1,9})"
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a text says of a case number; `middle`: court code and type word, as far as typed."""

    whole: str = ""
    year: int | None = None
    middle: str = ""
    serial: int | None = None


def typed_number(text: str) -> Typed:
    """Reads a number as typed; all empty when it says nothing of a case."""
    cut = text.strip()[:TEXT_MAX]
    try:
        return Typed(whole=parse(cut).case())
    except CaseNumberError:
        plain = _DROPPED.sub("", cut.translate(_WIDE_DIGITS))
    found = _SHORT.fullmatch(plain)
    if found is None:
        return Typed(middle=plain)
    year, middle = found["year"], (found["middle"] or "").strip("-－–—/ ")
    return Typed("", int(year) if year else None, middle, int(found["serial"]))


@dataclass(frozen=True, slots=True)
class CaseHit:
    """One case to choose."""

    case_id: str
    number: str
    court_id: str
    court: str
    parties: str
    handler: str


def find_cases(connection: Connection, text: str, court_id: str | None = None) -> list[CaseHit]:
    """At most HITS_MAX cases, those of `court_id` first, then the youngest."""
    typed = typed_number(text)
    of, court, person = table("case"), table("court"), table("person")
    parts: list[ColumnElement[bool]] = []
    if typed.whole:
        parts.append(of.c.number == typed.whole)
    elif typed.serial is not None:
        parts.append(of.c.serial == typed.serial)
        if typed.year is not None:
            parts.append(of.c.year == typed.year)
        if typed.middle:
            parts.append(of.c.number.contains(f"{typed.middle}{typed.serial}号", autoescape=True))
    elif len(typed.middle) > 1:
        party = table("party").c
        named = party.name.startswith(typed.middle, autoescape=True)
        parts.append(of.c.id.in_(select(party.case_id).where(named)))
    if not parts:
        return []
    own = case((of.c.court_id == court_id, 0), else_=1)
    rows = connection.execute(
        select(
            of.c.id,
            of.c.number,
            of.c.court_id,
            court.c.short_name.label("court"),
            func.coalesce(person.c.name, "").label("handler"),
        )
        .select_from(
            of.join(court, court.c.id == of.c.court_id).outerjoin(
                person, person.c.id == of.c.handler_id
            )
        )
        .where(and_(*parts))
        .order_by(own, of.c.year.desc(), of.c.number)
        .limit(HITS_MAX)
    ).all()
    names = _parties(connection, [row.id for row in rows])
    return [
        CaseHit(row.id, row.number, row.court_id, row.court, names.get(row.id, ""), row.handler)
        for row in rows
    ]


def _parties(connection: Connection, ids: list[str]) -> dict[str, str]:
    party = table("party").c
    asked = select(party.case_id, party.name).where(party.case_id.in_(ids)).order_by(party.role)
    found: dict[str, list[str]] = {}
    for row in connection.execute(asked):
        found.setdefault(row.case_id, []).append(row.name)
    return {key: "、".join(names[:3]) for key, names in found.items()}
