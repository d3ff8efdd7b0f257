"""What the form of a draft begins with: kinds, words of the case, kept values. No Qt."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from desktop.documents.bench import BENCH_WORD, PANEL_WORDS, offered, seats_notes
from desktop.documents.case_words import case_words, failed_ways, office_words
from desktop.documents.course import row_of
from desktop.documents.drafts import CASE_WORDS
from desktop.documents.kinds import Template, kinds
from desktop.documents.staff import matrix
from desktop.errors import UserError
from desktop.panels.documents.canned import canned
from desktop.panels.documents.rules import THREE, attempts_lack
from desktop.rules.signing import PANEL_SIZE
from storage.schema import table


@dataclass(frozen=True, slots=True)
class SeedArgs:
    """A kind and perhaps a case, or a stored draft; and the day."""

    today: date
    kind: str = ""
    case_id: str | None = None
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class BenchSeed:
    """Of a document that three judges decide: who may be named, by id and name, and who is.
    `notes`: what is to be weighed before some of them are."""

    offered: tuple[tuple[str, str], ...]
    seats: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormSeed:
    """A form before anybody typed. `template` None: there is nothing to fill in, and `why` says
    what lacks; `stale`: the case has other words by now than the draft has kept."""

    kind: str
    kind_name: str
    template: Template | None
    values: Mapping[str, str]
    words: Mapping[str, str]
    case_id: str | None = None
    case_number: str = ""
    document_id: str | None = None
    title: str = ""
    needs_case: bool = False
    why: str = ""
    stale: bool = False
    state: str = "draft"
    bench: BenchSeed | None = None


def seed(connection: Connection, args: SeedArgs) -> FormSeed:
    """The form of a new document or of a stored draft."""
    return _stored(connection, args) if args.document_id else _new(connection, args)


def _new(connection: Connection, args: SeedArgs) -> FormSeed:
    kind = kinds().kind(args.kind)
    case_id = args.case_id if kind.case else None
    words: Mapping[str, str] = office_words(args.today)
    why, number = "", ""
    template: Template | None = None
    try:
        template = kind.template_on(args.today)
        if case_id is not None:
            words = case_words(connection, case_id, args.today)
            number = words["case_number"]
            why = attempts_lack(kind.attempts, failed_ways(connection, case_id))
    except UserError as lack:
        why = str(lack)
    bench = None if case_id is None else _bench(connection, kind.code, case_id, "", args.today)
    return FormSeed(
        kind=kind.code,
        kind_name=kind.name,
        template=template,
        bench=bench,
        values=canned().proposals.get(kind.code, {}),
        words=words,
        case_id=case_id,
        case_number=number,
        needs_case=kind.case,
        why=why,
    )


def _stored(connection: Connection, args: SeedArgs) -> FormSeed:
    row = row_of(connection, args.document_id or "")
    kind = kinds().kind(row.kind)
    told = json.loads(row.fields)
    words = told.pop(CASE_WORDS, {})
    why, stale, number = "", False, ""
    template: Template | None = None
    try:
        template = kinds().template(row.template)
        if row.case_id is not None:
            now = case_words(connection, row.case_id, args.today)
            number = now["case_number"]
            # The names of the panel stand with them, and are no words of the case.
            was = {key: value for key, value in words.items() if key != BENCH_WORD}
            stale = {**now, "today": ""} != {**was, "today": ""}
    except UserError as lack:
        why = str(lack)
    bench = None
    if row.case_id is not None:
        named = str(told.get(PANEL_WORDS, ""))
        bench = _bench(connection, kind.code, row.case_id, named, args.today)
    return FormSeed(
        kind=kind.code,
        kind_name=kind.name,
        template=template,
        bench=bench,
        values={key: str(value) for key, value in told.items() if not key.startswith("_")},
        words=words,
        case_id=row.case_id,
        case_number=number,
        document_id=row.id,
        title=row.title,
        needs_case=kind.case,
        why=why,
        stale=stale,
        state=row.state,
    )


def _bench(
    connection: Connection, kind: str, case_id: str, named: str, today: date
) -> BenchSeed | None:
    """None where no panel decides. A court's only three judges are proposed."""
    if not matrix(connection, today).document(kind).panel:
        return None
    found = offered(connection, case_id, today)
    seats = tuple(one for one in named.split(",") if one)
    if not seats and len(found) == PANEL_SIZE:
        seats = tuple(str(one.id) for one in found)
    people = tuple((str(one.id), one.name) for one in found)
    notes = seats_notes(connection, case_id, [one for one, _name in people], today)
    return BenchSeed(people, seats, notes)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case above a list of its documents; `lacks`: which of the three are not there yet."""

    id: str
    number: str
    lacks: tuple[str, ...]


def case_line(connection: Connection, case_id: str) -> CaseLine | None:
    """The case with the names of those of its three first papers that it lacks; None: gone."""
    case, document = table("case").c, table("document").c
    number = connection.execute(select(case.number).where(case.id == case_id)).scalar()
    if number is None:
        return None
    there = set(
        connection.execute(
            select(document.kind).where(document.case_id == case_id, document.state != "recalled")
        ).scalars()
    )
    lacks = tuple(kinds().kind(kind).name for kind in THREE if kind not in there)
    return CaseLine(case_id, str(number), lacks)
