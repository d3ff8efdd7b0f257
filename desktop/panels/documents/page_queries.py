"""Everything the page of one document shows. Runs on reader lanes; gives frozen rows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, select

from desktop.documents.bench import BENCH_WORD, PANEL_WORDS
from desktop.documents.course import ActArgs, row_of, settled
from desktop.documents.drafts import CASE_WORDS, FIGURE_FIELDS, Version, versions
from desktop.documents.figures_draft import FIGURE_KINDS, objections_of
from desktop.documents.kinds import kinds
from desktop.documents.numbering import number_words
from desktop.documents.permits import Deed, may
from desktop.documents.receipts import Receipt, Slip, receipts, slips
from desktop.documents.replies import asked_courts
from desktop.documents.reply_time import AGREED, ASKED
from desktop.documents.staff import court_of, matrix
from desktop.errors import UserError
from desktop.panels.documents.possible import Do, Possible, possible_acts
from desktop.panels.documents.queries import superseded
from desktop.panels.documents.rules import (
    SERVICE_EVENTS,
    SERVICE_WORDS,
    Span,
    stage_act,
    state_cell,
    tracked,
)
from desktop.panels.documents.waiting import Waiting, waiting_of
from desktop.rules.signing_matrix import POST_NAMES, STAGE_NAMES, signers_words
from storage.records.people import Post
from storage.schema import table

_OF_CASE: Final = "案件信息·"
Mark = Literal["done", "returned", "waits", "later", "note"]


@dataclass(frozen=True, slots=True)
class PageArgs:
    """Which document, as whom, and when."""

    document_id: str
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CourseStep:
    """One step that was done, waits, or comes later."""

    mark: Mark
    headline: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Objected:
    """One objection as it is shown; `decision` empty while it waits."""

    id: str
    court: str
    by: str
    at: datetime
    body: str
    about: str
    proof: str
    decision: str
    reason: str
    decided: str


@dataclass(frozen=True, slots=True)
class Served:
    """One attempt of service, or its success."""

    on: str
    what: str
    whom: str
    note: str
    failed: bool


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document as it stands for the person at the desk. `possible`: the acts that its state
    shows; `hint`: why he cannot take it further; `debtors`: whom papers of a case are served on."""

    id: str
    kind: str
    kind_name: str
    number: str
    title: str
    state: str
    style: tuple[str, str]
    content: str
    case_id: str | None
    case_number: str
    maker: str
    made: str
    notes: tuple[str, ...]
    course: tuple[CourseStep, ...]
    possible: Mapping[Do, Possible]
    hint: str
    versions: tuple[Version, ...]
    authors: Mapping[str, str]
    receipts: tuple[Receipt, ...]
    slips: tuple[Slip, ...]
    objections: tuple[Objected, ...]
    answers: Possible
    asked: tuple[str, ...]
    reply_by: str
    served: tuple[Served, ...]
    debtors: tuple[str, ...]
    mine: str  # id of a receipt of the person or his court that is not acknowledged, or empty
    replaced_by: str
    fingerprints: tuple[str, str]
    shared: bool


def document_page(connection: Connection, args: PageArgs) -> DocumentPage | None:
    """The document, or None when it is gone."""
    document, case, person = table("document"), table("case"), table("person")
    row = connection.execute(
        select(document, case.c.number.label("case_number"), person.c.name.label("maker"))
        .select_from(document)
        .outerjoin(case, case.c.id == document.c.case_id)
        .outerjoin(person, person.c.id == document.c.maker_id)
        .where(document.c.id == args.document_id)
    ).first()
    if row is None:
        return None
    act = ActArgs(row.id, args.person_id, args.at, row.content_sha256)
    found = tuple(versions(connection, row.id))
    names = _names(connection)
    waiting = waiting_of(connection, [row], args.at.date()).get(row.id)
    later = superseded(connection, [row.id]).get(row.id)
    told = tuple(receipts(connection, row.id))
    done = settled(connection, row)
    possible = possible_acts(connection, row, act, numbering=_numbering(connection, row.id))
    return DocumentPage(
        id=row.id,
        kind=row.kind,
        kind_name=kinds().kind(row.kind).name,
        number=number_words(row.series, row.year, row.serial),
        title=row.title,
        state=row.state,
        style=state_cell(row.state, later is not None, done),
        content=row.content_sha256,
        case_id=row.case_id,
        case_number=row.case_number or "",
        maker=row.maker or "",
        made=found[0].at.strftime("%Y-%m-%d") if found else "",
        notes=_notes(connection, row, later),
        course=_course(connection, row, found, names, waiting, args),
        possible=possible,
        hint="" if done else _hint(possible),
        versions=found,
        authors=names,
        receipts=told,
        slips=tuple(slips(connection, row.id)),
        objections=_objections(connection, row.id, names),
        answers=_answers(connection, row, act),
        asked=_courts(connection, row.id),
        reply_by=row.reply_by or "",
        served=_served(connection, row),
        debtors=debtors_of(row.fields),
        mine=_mine(connection, told, args.person_id),
        replaced_by=later or "",
        fingerprints=(row.render_sha256 or "", row.signed_sha256 or ""),
        shared=kinds().kind(row.kind).shared,
    )


def _names(connection: Connection) -> Mapping[str, str]:
    person = table("person").c
    return {row.id: row.name for row in connection.execute(select(person.id, person.name))}


def _notes(connection: Connection, row: Row[Any], later: str | None) -> tuple[str, ...]:
    """What must be known before it is read: that it no longer counts, or what it replaces."""
    document = table("document").c
    said = []
    for key, words in ((later, "本件已由{}替代，不再有效。"), (row.supersedes, "本件替代{}。")):
        other = None
        if key is not None:
            other = connection.execute(
                select(document.series, document.year, document.serial).where(document.id == key)
            ).first()
        if other is not None:
            number = number_words(other.series, other.year, other.serial)
            said.append(words.format(number or "未编号的一件"))
    if row.state == "recalled" and later is None:
        said.append("本件已撤销，不再有效。")
    return tuple(said)


def _numbering(connection: Connection, document_id: str) -> bool:
    request = table("request").c
    rows = connection.execute(
        select(request.args).where(request.kind == "number_document", request.state == "asked")
    ).scalars()
    return any(json.loads(one).get("document_id") == document_id for one in rows)


def _hint(possible: Mapping[Do, Possible]) -> str:
    """Why the foremost act cannot be done, when none of the course can."""
    course = [possible[do] for do in _OF_THE_COURSE if do in possible]
    if not course or any(one.allowed for one in course):
        return ""
    return course[0].why


_OF_THE_COURSE: Final = (Do.PASS, Do.SIGN, Do.NUMBER, Do.SUBMIT, Do.ISSUE)


def _course(
    connection: Connection,
    row: Row[Any],
    saved: tuple[Version, ...],
    names: Mapping[str, str],
    waiting: Waiting | None,
    args: PageArgs,
) -> tuple[CourseStep, ...]:
    """What was done, oldest first, then what waits and what comes later."""
    done = table("document_act").c
    found: list[tuple[datetime, CourseStep]] = []
    for one in saved:
        by = names.get(one.author_id or "", "")
        changed = f"改动：{'、'.join(one.changed)}" if one.changed else ""
        words = "拟稿" if one.n == 1 else f"改稿（第{one.n}稿）"
        detail = "　".join(filter(None, (one.note, changed)))
        found.append((one.at, CourseStep("note", _head(one.at, words, by), detail)))
    for act in connection.execute(select(table("document_act")).where(done.document_id == row.id)):
        at = datetime.fromisoformat(act.at)
        by = names.get(act.person_id or "", "")
        if act.for_post:
            by += f"（代行{POST_NAMES[Post(act.for_post)]}职权）"
        mark: Mark = "returned" if act.act in ("return", "recall") else "done"
        if act.act in ("print", "remind", "ask_replies"):
            mark = "note"
        found.append(
            (at, CourseStep(mark, _head(at, stage_act(act.stage, act.act), by), _said(act)))
        )
    steps = [step for _, step in sorted(found, key=lambda one: one[0])]
    return (*steps, *_coming(connection, row, waiting, args))


def _head(at: datetime, words: str, by: str) -> str:
    return f"{at:%Y-%m-%d %H:%M}　{words}　{by}".rstrip("　")


def _said(act: Row[Any]) -> str:
    """The remark of an act; those that keep numbers say them in words."""
    if act.act == "print":
        told = json.loads(act.body)
        return Slip(
            tuple(told["copies"]), tuple(told["again"]), datetime.fromisoformat(act.at)
        ).words()
    if act.act == ASKED:
        told = json.loads(act.body)
        return "答复：无异议" if AGREED in told else f"征求 {len(told['courts'])} 个法院的意见"
    return str(act.body)


def _coming(
    connection: Connection, row: Row[Any], waiting: Waiting | None, args: PageArgs
) -> list[CourseStep]:
    steps = matrix(connection, args.at.date()).document(row.kind).steps
    if waiting is None:
        if row.state not in ("draft", "replying"):
            return []
        rest = steps[1:]
        made = [CourseStep("waits", "待送审", f"拟稿：{signers_words(steps[0].signers)}")]
    else:
        stages = [step.stage for step in steps]
        at = stages.index(waiting.stage)
        can = "、".join(waiting.names) or "现无人可办，须报告值班领导"
        cited = steps[at].cited()
        made = [CourseStep("waits", f"待{waiting.word}", f"可以办理的有：{can}（{cited}）")]
        rest = steps[at + 1 :]
    made += [
        CourseStep("later", STAGE_NAMES[step.stage], signers_words(step.signers)) for step in rest
    ]
    return made


def _objections(
    connection: Connection, document_id: str, names: Mapping[str, str]
) -> tuple[Objected, ...]:
    objection, court, file = table("objection"), table("court"), table("document_file")
    rows = connection.execute(
        select(objection, court.c.short_name.label("court"), file.c.name.label("proof"))
        .join_from(objection, court, court.c.id == objection.c.court_id)
        .outerjoin(file, file.c.id == objection.c.proof_id)
        .where(objection.c.document_id == document_id)
        .order_by(objection.c.at, objection.c.id)
    )
    figured = _figured(connection, document_id)
    return tuple(
        Objected(
            id=row.id,
            court=row.court,
            by=names.get(row.by_id or "", ""),
            at=datetime.fromisoformat(row.at),
            body=row.body,
            about=figured.get(row.id) or "　".join(filter(None, (row.row_key, row.claimed))),
            proof=row.proof or "",
            decision=row.decision or "",
            reason=row.reason or "",
            decided=f"{names.get(row.decided_by or '', '')} {(row.decided_at or '')[:10]}".strip(),
        )
        for row in rows
    )


def _figured(connection: Connection, document_id: str) -> dict[str, str]:
    """Of a circular made from figures, what each objection is about in words, by its id."""
    if row_of(connection, document_id).kind not in FIGURE_KINDS:
        return {}
    return {
        one.id: "　".join(filter(None, (one.row_words, one.field_words, one.claimed_words)))
        for one in objections_of(connection, document_id)
    }


def _answers(connection: Connection, row: Row[Any], act: ActArgs) -> Possible:
    try:
        said = may(connection, row, Deed.ANSWER, act)
    except UserError as nobody:
        return Possible(False, str(nobody))
    return Possible(said.allowed, "" if said.allowed else said.reason)


def _courts(connection: Connection, document_id: str) -> tuple[str, ...]:
    court = table("court").c
    asked = asked_courts(connection, document_id)
    found = connection.execute(
        select(court.short_name).where(court.id.in_(asked)).order_by(court.code)
    )
    return tuple(found.scalars())


def _served(connection: Connection, row: Row[Any]) -> tuple[Served, ...]:
    """Attempts that name this document's number, newest first; those that are no fact of their own
    stand in the log of the case."""
    event, log = table("node_event").c, table("execution_log").c
    number = number_words(row.series, row.year, row.serial)
    if row.case_id is None or not number:
        return ()
    rows = connection.execute(
        select(event.on, event.kind, event.subject, event.note, event.id)
        .where(
            event.case_id == row.case_id,
            event.document_no == number,
            event.kind.in_(SERVICE_EVENTS),
        )
        .order_by(event.on.desc(), event.id.desc())
    )
    found = [
        Served(
            one.on,
            SERVICE_WORDS[one.kind],
            one.subject or "",
            one.note or "",
            one.kind.startswith("service_failed"),
        )
        for one in rows
    ]
    logged = connection.execute(
        select(log.at, log.body)
        .where(log.case_id == row.case_id, log.body.startswith(f"{number}　", autoescape=True))
        .order_by(log.at.desc(), log.id.desc())
    )
    for one in logged:
        _, whom, note = one.body.split("　", 2)
        found.append(Served(one.at[:10], "送达记事", whom, note, "未成功" in note))
    return tuple(sorted(found, key=lambda one: one.on, reverse=True))


def _mine(connection: Connection, told: tuple[Receipt, ...], person_id: str | None) -> str:
    court = court_of(connection, None, person_id)
    for one in told:
        own = one.person_id == person_id if one.person_id else one.court_id == court
        if person_id and own and one.acknowledged_at is None:
            return one.id
    return ""


def debtors_of(fields: str) -> tuple[str, ...]:
    """Names of the debtors as the document has kept them; nothing for one without a case."""
    words = json.loads(fields).get(CASE_WORDS, {})
    names = words.get("debtors", "") if isinstance(words, Mapping) else ""
    return tuple(name for name in str(names).split("、") if name)


@dataclass(frozen=True, slots=True)
class DiffArgs:
    """Two versions of one document by their place in the list, the earlier one first."""

    document_id: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """A field whose words differ, as tracked changes."""

    label: str
    spans: tuple[Span, ...]


def difference(connection: Connection, args: DiffArgs) -> tuple[FieldDiff, ...]:
    """What differs between two versions, title first; equal ones give nothing."""
    found = versions(connection, args.document_id)
    if not 0 <= args.before < len(found) or not 0 <= args.after < len(found):
        return ()
    row = connection.execute(
        select(table("document").c.kind).where(table("document").c.id == args.document_id)
    ).one()
    labels = {one.key: one.label for t in kinds().kind(row.kind).templates for one in t.fields}
    labels |= {**FIGURE_FIELDS, f"{_OF_CASE}{BENCH_WORD}": "合议庭"}
    old, new = found[args.before], found[args.after]
    pairs = [("标题", old.title, new.title)]
    was, now = _texts(old.fields), _texts(new.fields)
    for key in {**was, **now}:
        pairs.append((labels.get(key, key), was.get(key, ""), now.get(key, "")))
    return tuple(
        FieldDiff(label, tracked(before, after))
        for label, before, after in pairs
        if before != after
    )


def _texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """Fields as text, with each word of the case as one of its own."""
    texts = {k: str(v) for k, v in fields.items() if k not in (CASE_WORDS, PANEL_WORDS)}
    words = fields.get(CASE_WORDS)
    if isinstance(words, Mapping):
        texts |= {f"{_OF_CASE}{key}": str(value) for key, value in words.items()}
    return texts
