"""Acts on official documents, each one transaction of the writer lane.

What desktop.documents does by itself is called from the page directly; here stands what a panel
adds: a form as a draft, the documents of a case by one act, what an issue is for the case.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from desktop.documents.bench import (
    BENCH_WORD,
    PANEL_WORDS,
    bench_words,
    panel_words,
    seats_fault,
)
from desktop.documents.case_words import case_words, failed_ways, office_words
from desktop.documents.course import ActArgs, pass_stage, row_of
from desktop.documents.drafts import CASE_WORDS, Draft, save
from desktop.documents.filling import fill
from desktop.documents.kinds import Template, kinds
from desktop.documents.numbering import number_words
from desktop.documents.receipts import Issue, issue, remind
from desktop.documents.staff import matrix
from desktop.errors import UserError
from desktop.panels.documents.canned import canned
from desktop.panels.documents.rules import ISSUE_EVENTS, THREE, attempts_lack
from desktop.rules.signing import Decision
from desktop.rules.signing_matrix import Stage
from storage.ids import new_id
from storage.schema import table


@dataclass(frozen=True, slots=True)
class DraftArgs:
    """A filled form. `document_id` None makes a new document; `refresh` takes the words of the
    case anew where a draft has kept older ones. `seats`: the panel, whoever presides first."""

    kind: str
    case_id: str | None
    values: Mapping[str, str]
    person_id: str | None
    at: datetime
    document_id: str | None = None
    note: str = ""
    refresh: bool = False
    seats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreeArgs:
    """For which case, by whom, when."""

    case_id: str
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Three:
    """Ids of what was made, and names of what was there already."""

    made: tuple[str, ...]
    there: tuple[str, ...]


def save_document(connection: Connection, args: DraftArgs) -> str:
    """Stores the form as a new document or as one more version; gives its id.

    Raises UserError with every mistake, and for somebody who may not draft such documents.
    """
    kind = kinds().kind(args.kind)
    if args.document_id is None:
        template = kind.template_on(args.at.date())
        case_id = args.case_id if kind.case else None
        words = _words(connection, case_id, args)
        kept: dict[str, Any] = {}
        if kind.attempts:
            _require_attempts(connection, kind.attempts, case_id)
    else:
        row = row_of(connection, args.document_id)
        template, case_id = kinds().template(row.template), row.case_id
        told = json.loads(row.fields)
        # What begins with a dash below is no field of the form: the words of the case, a panel.
        kept = {key: value for key, value in told.items() if key.startswith("_")}
        words = kept.pop(CASE_WORDS, {})
        if args.refresh:
            words = _words(connection, case_id, args)
    if case_id is not None and matrix(connection, args.at.date()).document(args.kind).panel:
        fault = seats_fault(connection, case_id, args.seats, args.at.date())
        if fault:
            raise UserError(fault)
        kept[PANEL_WORDS] = panel_words(args.seats)
        words = {**words, BENCH_WORD: bench_words(connection, args.seats)}
    return _store(connection, args, template, case_id, {**kept, CASE_WORDS: dict(words)})


def _words(connection: Connection, case_id: str | None, args: DraftArgs) -> dict[str, str]:
    day = args.at.date()
    return office_words(day) if case_id is None else case_words(connection, case_id, day)


def _require_attempts(connection: Connection, needed: tuple[str, ...], case_id: str | None) -> None:
    if case_id is not None and (lack := attempts_lack(needed, failed_ways(connection, case_id))):
        raise UserError(lack)


def _store(
    connection: Connection,
    args: DraftArgs,
    template: Template,
    case_id: str | None,
    kept: Mapping[str, Any],
) -> str:
    values = {key: value for key, value in args.values.items() if value}
    if kinds().kind(args.kind).case and case_id is None:
        raise UserError(f"{kinds().kind(args.kind).name}须从案件拟稿：没有选定案件。")
    document = matrix(connection, args.at.date()).document(args.kind)
    return save(
        connection,
        Draft(
            kind=args.kind,
            template=template.ref,
            title=fill(template, values, kept[CASE_WORDS]).title,
            fields={**values, **kept},
            author_id=args.person_id,
            at=args.at,
            document_id=args.document_id,
            case_id=case_id,
            judge=document.judge,
            coercive=document.coercive,
            note=args.note.strip(),
        ),
    )


def make_three(connection: Connection, args: ThreeArgs) -> Three:
    """执行通知书, 报告财产令 and 财产申报表 of a case as drafts by one act (M29). A kind that the
    case has already is left as it is."""
    document = table("document").c
    there = set(
        connection.execute(
            select(document.kind).where(
                document.case_id == args.case_id,
                document.kind.in_(THREE),
                document.state != "recalled",
            )
        ).scalars()
    )
    made = []
    for kind in THREE:
        if kind not in there:
            values = canned().proposals.get(kind, {})
            draft = DraftArgs(kind, args.case_id, values, args.person_id, args.at)
            made.append(save_document(connection, draft))
    names = tuple(kinds().kind(kind).name for kind in THREE if kind in there)
    return Three(tuple(made), names)


def issue_document(connection: Connection, args: Issue) -> int:
    """印发; gives how many it goes to. What the issue is for the case becomes a fact of it."""
    row = row_of(connection, args.act.document_id)
    count = issue(connection, args)
    kind = ISSUE_EVENTS.get(row.kind)
    if kind is not None and row.case_id is not None:
        _note_issue(connection, row, kind, args.act)
    return count


def _note_issue(connection: Connection, row: Row[Any], kind: str, act: ActArgs) -> None:
    """An announcement runs for each debtor by himself, the other kinds for the case."""
    subjects: list[str | None] = [None]
    if row.kind == "announcement":
        words = json.loads(row.fields).get(CASE_WORDS, {})
        subjects = [*str(words.get("debtors", "")).split("、")]
    for subject in subjects:
        connection.execute(
            insert(table("node_event")).values(
                id=new_id(),
                case_id=row.case_id,
                kind=kind,
                on=act.at.date().isoformat(),
                subject=subject or None,
                actor_id=act.person_id,
                document_no=number_words(row.series, row.year, row.serial),
                scope=row.scope,
            )
        )


def remind_documents(connection: Connection, acts: tuple[ActArgs, ...]) -> int:
    """催阅 of several documents; gives how many receipts were reminded."""
    return sum(remind(connection, act) for act in acts)


@dataclass(frozen=True, slots=True)
class StageArgs:
    """Review or approval: the act, and the stage that the person has seen open."""

    act: ActArgs
    stage: str


def pass_open_stage(connection: Connection, args: StageArgs) -> Decision:
    """办理 of the stage; UserError with who can, when he cannot."""
    return pass_stage(connection, args.act, Stage(args.stage))
