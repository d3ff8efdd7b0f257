"""What waits for the person at the desk. Runs on reader lanes; gives frozen rows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from desktop.contract.court_zone import COURT_ZONE
from desktop.documents.course import ActArgs, Asked, Day, ask, open_stage
from desktop.documents.drafts import CASE_WORDS
from desktop.documents.matrix_words import names
from desktop.documents.measures import limit_of
from desktop.documents.staff import court_of
from desktop.panels.approvals.rules import (
    DECIDERS,
    LEADING,
    Item,
    Kind,
    ordered,
    urgency,
)
from desktop.rules.measured import Limit
from desktop.rules.signing import Decision, decide
from desktop.rules.signing_matrix import POST_NAMES, STAGE_NAMES, Stage
from storage.records.people import Post
from storage.schema import table

_ON_THE_WAY: Final = ("checking", "signing")
_SECOND: Final = "待同意"


@dataclass(frozen=True, slots=True)
class InboxArgs:
    """Whose inbox, and when it is asked."""

    person_id: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Inbox:
    """Everything that waits, the most urgent first; `reason`: why there is no inbox at all."""

    items: tuple[Item, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Me:
    """Who asks: id, court, post."""

    id: str
    court_id: str
    post: Post

    @property
    def leading(self) -> bool:
        """Whether it is his office to be the second person."""
        return self.post in LEADING


def waiting_count(connection: Connection, today: date, person_id: str | None) -> tuple[int, str]:
    """How much waits for whoever sits here, and how urgent it is (for the navigator)."""
    # Acts carry an instant; the day alone decides who may do what.
    now = datetime(today.year, today.month, today.day, 12, tzinfo=COURT_ZONE)
    items = inbox(connection, InboxArgs(person_id, now)).items
    styles = {urgency(one, today)[0] for one in items}
    return len(items), next((one for one in ("overdue", "due_soon") if one in styles), "")


def inbox(connection: Connection, args: InboxArgs) -> Inbox:
    """Documents, objections, delegations, changes and answered letters that wait for a person."""
    person = table("person").c
    row = connection.execute(
        select(person.id, person.court_id, person.post).where(person.id == args.person_id)
    ).first()
    if row is None:
        return Inbox((), "须以本人身份办理：本机尚未设定在座人员。")
    me = _Me(row.id, row.court_id, Post(row.post))
    found = [
        *_documents(connection, me, args.now),
        *_objections(connection, me, args.now.date()),
        *(_delegations(connection, me) if me.leading else ()),
        *(_changes(connection, me, args.now.date()) if me.leading else ()),
        *_replies(connection, me),
        *_briefs(connection, me),
    ]
    return Inbox(tuple(ordered(found, args.now.date())))


# ── documents ──


def _documents(connection: Connection, me: _Me, now: datetime) -> Iterator[Item]:
    document = table("document").c
    rows = connection.execute(
        select(table("document")).where(document.state.in_(_ON_THE_WAY)).order_by(document.id)
    ).all()
    day = Day.of(connection, now.date())
    for row in rows:
        if court_of(connection, row.case_id, row.maker_id, me.id) != me.court_id:
            continue
        asked = ask_open(connection, row, ActArgs(row.id, me.id, now, row.content_sha256), day)
        if asked is not None and asked.decision.allowed:
            yield document_item(connection, row, asked)


def ask_open(
    connection: Connection, row: Row[Any], act: ActArgs, day: Day | None = None
) -> Asked | None:
    """The question about the stage that is open; None when the document waits for nobody."""
    asked = ask(connection, row, Stage.SIGN, act, day)
    stage = open_stage(asked)
    if stage is None:
        return None
    attempt = replace(asked.attempt, stage=stage)
    return replace(asked, attempt=attempt, decision=decide(asked.matrix, attempt))


def document_item(connection: Connection, row: Row[Any], asked: Asked) -> Item:
    """A document as the inbox lists it."""
    stage = asked.attempt.stage
    sender, since = _came_from(connection, row)
    law = asked.matrix.document(row.kind)
    return Item(
        kind=Kind.DOCUMENT,
        id=row.id,
        document_id=row.id,
        case_id=row.case_id or "",
        case_number=_case_number(connection, row),
        what=law.name,
        title=_subject(row),
        stage=stage.value,
        stage_word=STAGE_NAMES[stage],
        sender=sender,
        since=since,
        limit=limit_of(connection, row, asked.matrix.day),
        coercive=law.coercive,
        content=row.content_sha256,
        for_whom=for_whom(connection, asked.decision),
    )


def for_whom(connection: Connection, decision: Decision) -> str:
    """院长丁: for whom the person stands in; empty when he acts for himself."""
    if decision.as_delegate_of is None or decision.for_post is None:
        return ""
    name = _name(connection, decision.as_delegate_of)
    return f"{POST_NAMES[decision.for_post]}{name}"


def _came_from(connection: Connection, row: Row[Any]) -> tuple[str, str]:
    """Whose act made it wait, and when: the last act of its course, else its last version."""
    act, version = table("document_act").c, table("document_version").c
    last = connection.execute(
        select(act.person_id, act.at)
        .where(act.document_id == row.id, act.act.in_(("pass", "return")))
        .order_by(act.at.desc(), act.id.desc())
        .limit(1)
    ).first()
    if last is None:
        last = connection.execute(
            select(version.author_id.label("person_id"), version.at)
            .where(version.document_id == row.id)
            .order_by(version.at.desc())
            .limit(1)
        ).first()
    if last is None:
        return _name(connection, row.maker_id), ""
    return _name(connection, last.person_id), str(last.at)


def _name(connection: Connection, person_id: str | None) -> str:
    person = table("person").c
    found = connection.execute(select(person.name).where(person.id == person_id)).scalar()
    return str(found or "")


def _subject(row: Row[Any]) -> str:
    """Its title, after whom it is against: titles of decisions are all the same."""
    person = str(json.loads(row.fields).get("person", "")).strip()
    title = str(row.title).replace("\n", "")
    return f"{person}　{title}" if person and person not in title else title


def _case_number(connection: Connection, row: Row[Any]) -> str:
    case = table("case").c
    number = connection.execute(select(case.number).where(case.id == row.case_id)).scalar()
    return str(number or json.loads(row.fields).get(CASE_WORDS, {}).get("case_number", ""))


# ── what waits beside documents ──


def _objections(connection: Connection, me: _Me, day: date) -> Iterator[Item]:
    """Objections against documents that the person drafts, reviews or signs."""
    objection, document = table("objection"), table("document")
    court = table("court").c
    rows = connection.execute(
        select(
            objection,
            document.c.title,
            document.c.kind,
            document.c.case_id.label("of_case"),
            document.c.maker_id,
            document.c.reply_by,
            court.short_name,
        )
        .join_from(objection, document, document.c.id == objection.c.document_id)
        .join(table("court"), court.id == objection.c.court_id)
        .where(
            objection.c.decision.is_(None),
            document.c.state.in_(("draft", "replying", "checking", "signing")),
        )
    ).all()
    if not rows:
        return
    known = Day.of(connection, day)
    for row in rows:
        if me.id == row.by_id or court_of(connection, row.of_case, row.maker_id) != me.court_id:
            continue
        cells = {code for step in known.matrix.document(row.kind).steps for code in step.signers}
        person = next(
            (one for one in known.people(row.of_case, me.court_id) if one.id == me.id), None
        )
        if person is None or (person.codes.isdisjoint(cells) and me.id != row.maker_id):
            continue
        yield _plain(
            *(Kind.OBJECTION, row.id, row.short_name, row.at),
            what="异议",
            title=f"{known.matrix.document(row.kind).name}：{row.body}",
            stage_word="待处理",
            document_id=row.document_id,
            reply_by=row.reply_by or "",
        )


def _delegations(connection: Connection, me: _Me) -> Iterator[Item]:
    """Delegations of the person's court that wait for a third person."""
    power, person = table("delegation"), table("person").c
    called = names(connection)
    rows = connection.execute(
        select(power)
        .join(table("person"), person.id == power.c.from_id)
        .where(
            power.c.state == "proposed",
            power.c.from_id != me.id,
            power.c.to_id != me.id,
            person.court_id == me.court_id,
        )
    ).all()
    for row in rows:
        giver, taker = called.get(row.from_id, ""), called.get(row.to_id, "")
        yield _plain(
            *(Kind.DELEGATION, row.id, giver, row.from_on),
            what="授权",
            title=f"{POST_NAMES[Post(row.post)]}{giver}授权{taker}代行，"
            f"{row.from_on} 至 {row.to_on}，{row.document_no}",
            stage_word=_SECOND,
        )


def _changes(connection: Connection, me: _Me, day: date) -> Iterator[Item]:
    """Changes of the signing matrix by somebody else of the same court, each once."""
    rule, person = table("signing_rule"), table("person").c
    called, known = names(connection), Day.of(connection, day).matrix.documents
    rows = connection.execute(
        select(rule)
        .join(table("person"), person.id == rule.c.proposed_by)
        .where(
            rule.c.state == "proposed",
            rule.c.proposed_by != me.id,
            person.court_id == me.court_id,
        )
    ).all()
    for row in {one.change_id: one for one in rows}.values():
        name = known[row.document].name if row.document in known else row.document
        yield _plain(
            *(Kind.CHANGE, row.change_id, called.get(row.proposed_by, ""), row.proposed_at),
            what="权限变更",
            title=f"{name}自 {row.valid_from} 起的签发权限；依据：{row.basis}",
            stage_word=_SECOND,
        )


def _replies(connection: Connection, me: _Me) -> Iterator[Item]:
    """Replies to supervision letters that the person issued."""
    letter, person, case = table("supervision_letter"), table("person").c, table("case").c
    rows = connection.execute(
        select(letter, person.name, case.number.label("case_number"))
        .join_from(letter, table("person"), person.id == letter.c.addressee_id)
        .join(table("case"), case.id == letter.c.case_id)
        .where(letter.c.state == "replied", letter.c.issuer_id == me.id)
    ).all()
    for row in rows:
        yield _plain(
            *(Kind.REPLY, row.id, row.name, row.replied_on or ""),
            what="督办回复",
            title=row.reply or "",
            stage_word="待审查",
            case_id=row.case_id,
            case_number=row.case_number,
        )


def _briefs(connection: Connection, me: _Me) -> Iterator[Item]:
    """Briefs of the court that ask a leader for instructions; nobody answers his own."""
    asked = [whom for whom, posts in DECIDERS.items() if me.post in posts]
    if not asked:
        return
    matter, person, case = table("matter"), table("person").c, table("case").c
    rows = connection.execute(
        select(matter, person.name, case.number.label("case_number"))
        .join_from(matter, table("person"), person.id == matter.c.maker_id)
        .outerjoin(table("case"), case.id == matter.c.case_id)
        .where(
            matter.c.kind == "brief",
            matter.c.submitted_on.is_not(None),
            matter.c.answered_on.is_(None),
            matter.c.closed_on.is_(None),
            matter.c.asked_of.in_(asked),
            matter.c.maker_id != me.id,
            person.court_id == me.court_id,
        )
    ).all()
    for row in rows:
        yield _plain(
            *(Kind.BRIEF, row.id, row.name, row.submitted_on),
            what="请示汇报",
            title=row.title,
            stage_word="待批示",
            case_id=row.case_id or "",
            case_number=row.case_number or "",
        )


def _plain(kind: Kind, id_: str, sender: str, since: str, **more: str) -> Item:
    told: dict[str, str] = {"document_id": "", "case_id": "", "case_number": "", **more}
    return Item(
        kind=kind,
        id=id_,
        stage="",
        sender=sender,
        since=since,
        limit=Limit(),
        coercive=False,
        content="",
        **told,
    )
