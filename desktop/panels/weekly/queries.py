"""What the panel of circulars reads. Runs on reader lanes; gives frozen rows.

Rows of the list are found by SQLite's `rowid`, which is stable within one snapshot and no longer.
"""

import base64
import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, literal_column, or_, select

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.documents.course import ActArgs, ask, open_stage, row_of
from desktop.documents.figures_draft import (
    WEEKLY,
    corrections_of,
    figures_of,
    objections_of,
    overdue_snapshot,
)
from desktop.documents.files import fingerprint
from desktop.documents.numbering import number_words
from desktop.documents.permits import Deed, may
from desktop.documents.receipts import Receipt, Slip, receipts, slips
from desktop.documents.reply_time import AGREED, window
from desktop.documents.staff import court_of
from desktop.documents.states import STATE_STYLES, STATE_WORDS
from desktop.errors import UserError
from desktop.evidence.corrections import Correction
from desktop.evidence.figures import Figures
from desktop.evidence.overdue_snapshot import OverdueSnapshot
from desktop.evidence.printing import ObjectionState
from desktop.evidence.snapshot import Snapshot
from desktop.evidence.week import week_of
from desktop.panels.weekly.changes import CorrectionWords, told, told_struck
from desktop.panels.weekly.rules import KINDS, Standing, receipt_style, receipt_words
from desktop.rules.signing_matrix import STAGE_NAMES, Stage
from storage.schema import table

_ROWID: Final[ColumnElement[int]] = literal_column("document.rowid")
_OPEN: Final = ("draft", "replying", "checking", "signing", "signed")
_ACT_WORDS: Final = {
    "return": "退回",
    "ask_replies": "征求意见",
    "sign": "签发",
    "issue": "印发",
    "recall": "撤销",
    "print": "印制",
    "remind": "催阅",
}


@dataclass(frozen=True, slots=True)
class CircularFilter:
    """Which circulars: kinds and states as stored, part of a number or title; empty for all."""

    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class CircularArgs:
    """Which circular, as whom, and when."""

    document_id: str
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """An objection, and the file that came with it."""

    state: ObjectionState
    by: str
    proof_id: str | None
    proof_name: str


@dataclass(frozen=True, slots=True)
class CourseLine:
    """One act on the circular."""

    at: str
    who: str
    what: str


@dataclass(frozen=True)
class Circular:
    """One circular with all that its pages show. `own_court`: id of the court at the desk where it
    is not the maker's. A weekly one has `snapshot` and `figures`, one on overdue nodes `overdue`
    and what was `struck` out of it. `answered`: the courts asked that objected or have no
    objection; `free_from`: when it may be signed although others have not answered. `stage`: what
    waits in its course, `may_pass`: whether the person at the desk may do it, else `who_can`;
    `sends`: whether he drafts or signs it."""

    id: str
    kind: str
    number: str
    title: str
    state: str
    content: str
    period: tuple[str, str]
    reply_by: date | None
    made_on: date | None
    issued_at: str
    maker: str
    own: bool
    own_court: str
    snapshot: Snapshot | None
    figures: Figures | None
    overdue: OverdueSnapshot | None
    struck: tuple[Correction, ...]
    corrections: tuple[CorrectionWords, ...]
    objections: tuple[ObjectionLine, ...]
    asked: frozenset[str]
    answered: frozenset[str]
    free_from: datetime | None
    recipients: tuple[tuple[str, str], ...]
    receipts: tuple[Receipt, ...]
    slips: tuple[Slip, ...]
    course: tuple[CourseLine, ...]
    stage: Stage | None
    may_pass: bool
    who_can: str
    sends: bool

    @property
    def standing(self) -> Standing:
        """As far as steps go."""
        return Standing(
            self.state,
            bool(self.number),
            sum(one.state.decision is None for one in self.objections),
            sum(len(one.copies) for one in self.slips),
            sum(one.opened_at is None for one in self.receipts),
            self.own,
        )

    @property
    def stage_words(self) -> str:
        """审核, or nothing."""
        return "" if self.stage is None else STAGE_NAMES[self.stage]


def open_circulars(connection: Connection, _today: date) -> tuple[int, str]:
    """How many circulars are on their way (for the navigator)."""
    document = table("document").c
    count = connection.execute(
        select(func.count()).where(document.kind.in_(tuple(KINDS)), document.state.in_(_OPEN))
    ).scalar_one()
    return int(count), "due_soon" if count else ""


# The list


def _where(wanted: CircularFilter) -> list[ColumnElement[bool]]:
    document = table("document").c
    parts: list[ColumnElement[bool]] = [document.kind.in_(wanted.kinds or tuple(KINDS))]
    if wanted.states:
        parts.append(document.state.in_(wanted.states))
    if wanted.text:
        serial = wanted.text.strip("第号 ")
        pieces: list[ColumnElement[bool]] = [document.title.contains(wanted.text, autoescape=True)]
        if serial.isdecimal():
            pieces.append(document.serial == int(serial))
        parts.append(or_(*pieces))
    return parts


def circular_ids(
    connection: Connection, args: SnapshotArgs[Dated[CircularFilter]]
) -> Sequence[int]:
    """Row numbers of the filter's circulars, the newest week first by default."""
    document = table("document").c
    named: dict[str, list[ColumnElement[Any]]] = {
        "week": [document.period_from],
        "kind": [document.kind],
        "number": [document.year, document.serial],
        "state": [document.state],
        "title": [document.title],
    }
    chosen = named.get(args.sort or "", [])
    order = [part.desc() if args.descending else part.asc() for part in chosen]
    if not chosen:
        order = [document.period_from.desc(), document.id.desc()]
    query = select(_ROWID).select_from(table("document")).where(*_where(args.filter.filter))
    found = connection.execute(query.order_by(*order, _ROWID))
    return array("q", (row[0] for row in found))


def circular_rows(
    connection: Connection, ids: Sequence[int], _today: date
) -> Mapping[int, Mapping[str, object]]:
    """List rows by row number."""
    document, recipient, objection = (
        table("document"),
        table("document_recipient"),
        table("objection"),
    )
    of = recipient.c.document_id == document.c.id
    sent = select(func.count()).where(of).correlate(document).scalar_subquery()
    opened = (
        select(func.count())
        .where(of, recipient.c.opened_at.is_not(None))
        .correlate(document)
        .scalar_subquery()
    )
    waiting = (
        select(func.count())
        .where(objection.c.document_id == document.c.id, objection.c.decision.is_(None))
        .correlate(document)
        .scalar_subquery()
    )
    query = select(
        _ROWID.label("n"), document, sent.label("sent"), opened.label("opened"),
        waiting.label("waiting"),
    ).where(_ROWID.in_(list(ids)))  # fmt: skip
    rows: dict[int, dict[str, object]] = {}
    for row in connection.execute(query):
        rows[row.n] = {
            "id": row.id,
            "kind": KINDS[row.kind],
            "week": _period(row),
            "number": number_words(row.series, row.year, row.serial),
            "title": str(row.title).replace("\n", ""),
            "state": (STATE_STYLES[row.state], STATE_WORDS[row.state]),
            "waiting": int(row.waiting) or None,
            "receipts": (
                receipt_style(row.opened, row.sent),
                receipt_words(row.opened, row.sent) or "—",
            ),
            "issued_on": None if row.issued_at is None else row.issued_at[:10],
        }
    return rows


def _period(row: Row[Any]) -> str:
    if row.period_from is None:
        return ""
    if row.kind == WEEKLY:
        return week_of(date.fromisoformat(row.period_from)).words
    return f"{row.period_from} — {row.period_to}"


# One circular


def circular(connection: Connection, args: CircularArgs) -> Circular:
    """Everything about one. UserError when it is gone, or its snapshot was tampered with."""
    row = row_of(connection, args.document_id)
    own_court = _desk_court(connection, args.person_id)
    maker_court = court_of(connection, None, row.maker_id)
    own = not own_court or maker_court in (None, own_court)
    snapshot, figures = None, None
    corrections: tuple[CorrectionWords, ...] = ()
    overdue: OverdueSnapshot | None = None
    struck: tuple[Correction, ...] = ()
    if row.kind == WEEKLY:
        snapshot, figures = figures_of(connection, row.id)
        corrections = told(snapshot, figures)
    else:
        overdue, struck = overdue_snapshot(connection, row.id), corrections_of(connection, row.id)
        corrections = told_struck(overdue, struck)
    replies = window(connection, row)
    stage, may_pass, who_can = _open_stage(connection, row, args)
    return Circular(
        id=row.id,
        kind=row.kind,
        number=number_words(row.series, row.year, row.serial),
        title=str(row.title).replace("\n", ""),
        state=row.state,
        content=row.content_sha256,
        period=(row.period_from or "", row.period_to or ""),
        reply_by=_day(row.reply_by),
        made_on=_day(row.made_on),
        issued_at=row.issued_at or "",
        maker=_name(connection, row.maker_id),
        own=own,
        own_court="" if own else own_court,
        snapshot=snapshot,
        figures=figures,
        overdue=overdue,
        struck=struck,
        corrections=corrections,
        objections=_objections(connection, row.id),
        asked=frozenset(replies.asked),
        answered=replies.answered,
        free_from=replies.free_from,
        recipients=_recipients(snapshot or overdue, maker_court),
        receipts=tuple(receipts(connection, row.id)),
        slips=tuple(slips(connection, row.id)),
        course=_course(connection, row.id),
        stage=stage,
        may_pass=may_pass,
        who_can=who_can,
        sends=own and may(connection, row, Deed.ISSUE, _act(row, args)).allowed,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _name(connection: Connection, person_id: str | None) -> str:
    person = table("person").c
    return str(connection.execute(select(person.name).where(person.id == person_id)).scalar() or "")


def _desk_court(connection: Connection, person_id: str | None) -> str:
    person = table("person").c
    found = connection.execute(select(person.court_id).where(person.id == person_id)).scalar()
    return str(found or "")


def _open_stage(
    connection: Connection, row: Row[Any], args: CircularArgs
) -> tuple[Stage | None, bool, str]:
    """What waits before the signature, whether this person may do it, and else who can."""
    if row.state not in ("checking", "signing"):
        return None, False, ""
    act = _act(row, args)
    try:
        stage = open_stage(ask(connection, row, Stage.SIGN, act))
        if stage is None:
            return None, False, ""
        decision = ask(connection, row, stage, act).decision
    except UserError as refusal:
        return None, False, str(refusal)
    return stage, decision.allowed, "" if decision.allowed else decision.reason


def _act(row: Row[Any], args: CircularArgs) -> ActArgs:
    return ActArgs(row.id, args.person_id, args.at, row.content_sha256)


def _objections(connection: Connection, document_id: str) -> tuple[ObjectionLine, ...]:
    objection, file, person = table("objection"), table("document_file"), table("person")
    rows = connection.execute(
        select(objection.c.id, objection.c.proof_id, file.c.name, person.c.name.label("who"))
        .select_from(objection)
        .outerjoin(file, file.c.id == objection.c.proof_id)
        .outerjoin(person, person.c.id == objection.c.by_id)
        .where(objection.c.document_id == document_id)
    )
    stored = {row.id: row for row in rows}
    if not stored:
        return ()
    lines = []
    for state in objections_of(connection, document_id):
        row = stored.get(state.id)
        if row is None:
            lines.append(ObjectionLine(state, "", None, ""))
        else:
            lines.append(ObjectionLine(state, row.who or "", row.proof_id, row.name or ""))
    return tuple(lines)


def _recipients(
    snapshot: Snapshot | OverdueSnapshot | None, maker_court: str | None
) -> tuple[tuple[str, str], ...]:
    """Id and name of the courts that a circular is for: those of its figures but the maker's."""
    courts = [] if snapshot is None else [(one.id, one.name) for one in snapshot.courts]
    return tuple(one for one in courts if one[0] != maker_court)


def _course(connection: Connection, document_id: str) -> tuple[CourseLine, ...]:
    version, done, person = table("document_version"), table("document_act"), table("person")
    lines: list[tuple[str, str, CourseLine]] = []
    drafts = connection.execute(
        select(version.c.id, version.c.at, version.c.note, person.c.name)
        .outerjoin(person, person.c.id == version.c.author_id)
        .where(version.c.document_id == document_id)
    )
    for row in drafts:
        lines.append((row.at, row.id, CourseLine(_when(row.at), row.name or "", row.note)))
    acts = connection.execute(
        select(done.c.id, done.c.at, done.c.act, done.c.stage, done.c.body, person.c.name)
        .outerjoin(person, person.c.id == done.c.person_id)
        .where(done.c.document_id == document_id)
    )
    for done_row in acts:
        what = _act_words(done_row.act, done_row.stage, done_row.body)
        lines.append(
            (done_row.at, done_row.id, CourseLine(_when(done_row.at), done_row.name or "", what))
        )
    return tuple(line for _at, _id, line in sorted(lines, key=lambda one: one[:2]))


def _when(at: str) -> str:
    return at[:16].replace("T", " ")


def _act_words(act: str, stage: str, body: str) -> str:
    if act == "pass":
        return "送审" if stage == "draft" else STAGE_NAMES[Stage(stage)]
    if act == "ask_replies" and AGREED in json.loads(body):
        return "答复：无异议"
    words = _ACT_WORDS[act]
    return f"{words}：{body}" if act in ("return", "recall") and body else words


def proof_file(connection: Connection, file_id: str) -> tuple[str, bytes]:
    """Name and bytes of a proof. UserError when it is gone or was tampered with."""
    file = table("document_file").c
    row = connection.execute(
        select(file.name, file.body, file.sha256).where(file.id == file_id)
    ).first()
    if row is None:
        raise UserError("凭证已不存在。")
    body = base64.b64decode(row.body)
    if fingerprint(body) != row.sha256:
        raise UserError("存入的凭证与其指纹不符，可能被改动过。")
    return row.name, body
