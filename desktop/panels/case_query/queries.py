"""Finds cases and reads everything of one. Runs on reader lanes; gives frozen rows."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, or_, select

from desktop.circulars.office import letter_number
from desktop.contract.law import Law
from desktop.contract.paging import SnapshotArgs
from desktop.panels.case_query.rules import (
    ASSET_WORDS,
    KIND_WORDS,
    LOG_WORDS,
    ROLE_WORDS,
    masked,
    number_part,
)
from desktop.projection.cases import ROWID, CaseFilter, case_rows, case_where
from desktop.projection.select import numbers, state_case
from storage.records.states import STYLE_KEY, NodeState
from storage.schema import table

LOG_MAX: Final = 200
EVENTS_MAX: Final = 400


@dataclass(frozen=True, slots=True)
class CaseSearch:
    """`text` is a part of a case number, or of the name of a party, or of the handler."""

    text: str
    today: date
    filter: CaseFilter = field(default_factory=CaseFilter)


@dataclass(frozen=True, slots=True)
class PageArgs:
    """A case and the day on which its clocks are judged."""

    law: Law
    case_id: str
    today: date


@dataclass(frozen=True, slots=True)
class Fact:
    """One dated line: an event, a log entry, a measure, a letter. `state` is a style key."""

    on: str
    headline: str
    detail: str
    state: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of the case."""

    code: str
    subject: str
    name: str
    started_on: str
    due_on: str
    done_on: str
    state: str
    style: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything the page of a case shows, in words."""

    case_id: str
    number: str
    head: tuple[tuple[str, str], ...]
    parties: tuple[Fact, ...]
    clocks: tuple[ClockLine, ...]
    events: tuple[Fact, ...]
    log: tuple[Fact, ...]
    measures: tuple[Fact, ...]
    letters: tuple[Fact, ...]
    sealed: bool = False


def search_where(asked: CaseSearch) -> list[ColumnElement[bool]]:
    """The search as conditions on `case`; empty text restricts nothing."""
    case, party, person = table("case"), table("party"), table("person")
    parts = case_where(asked.filter, asked.today)
    text = asked.text.strip()
    if text:
        number = number_part(text)
        parties = select(party.c.case_id).where(party.c.name.contains(text, autoescape=True))
        handlers = select(person.c.id).where(person.c.name.contains(text, autoescape=True))
        parts.append(
            or_(
                case.c.number.contains(number, autoescape=True),
                case.c.id.in_(parties),
                case.c.handler_id.in_(handlers),
            )
        )
    return parts


def search_ids(connection: Connection, args: SnapshotArgs[CaseSearch]) -> "array[int]":
    """Row numbers of the cases found, youngest first unless sorted."""
    case = table("case").c
    columns: dict[str, ColumnElement[Any]] = {
        "case_number": case.number,
        "closed_on": case.closed_on,
        "claim_fen": case.claim_fen,
    }
    column = columns.get(args.sort or "", case.filed_on)
    descending = args.descending if args.sort else True
    order = column.desc() if descending else column.asc()
    statement = (
        select(ROWID.label("n")).select_from(table("case")).where(*search_where(args.filter))
    )
    return numbers(connection, statement.order_by(order.nulls_last(), ROWID))


def search_rows(
    connection: Connection, ids: Sequence[int], *, today: date
) -> dict[int, dict[str, object]]:
    """List rows; `badge` is (style key, word): a closed case says how it was closed."""
    rows = case_rows(connection, ids, today)
    for row in rows.values():
        closed = row["closed_on"] is not None
        row["badge"] = (
            ("done", row["close_mode"] or "已结") if closed else (row["state_key"], row["state"])
        )
    return rows


def case_page(connection: Connection, args: PageArgs) -> CasePage | None:
    """The page of one case; None when the case is gone."""
    case, court, team = table("case"), table("court"), table("team")
    handler, leader = table("person").alias("handler"), table("person").alias("leader")
    source = case.join(court, court.c.id == case.c.court_id)
    source = source.outerjoin(team, team.c.id == case.c.team_id)
    source = source.outerjoin(handler, handler.c.id == case.c.handler_id)
    source = source.outerjoin(leader, leader.c.id == case.c.leader_id)
    row = connection.execute(
        select(
            case,
            court.c.name.label("court"),
            team.c.name.label("team"),
            handler.c.name.label("handler"),
            leader.c.name.label("leader"),
        )
        .select_from(source)
        .where(case.c.id == args.case_id)
    ).one_or_none()
    if row is None:
        return None
    return CasePage(
        case_id=row.id,
        number=row.number,
        head=_head(row),
        parties=_parties(connection, args.case_id),
        clocks=_clocks(connection, args),
        events=_events(connection, args, row.type_word),
        log=_log(connection, args.case_id),
        measures=_measures(connection, args),
        letters=_letters(connection, args),
        sealed=bool(row.sealed),
    )


def _head(row: Any) -> tuple[tuple[str, str], ...]:
    closed = f"{row.closed_on} {row.close_mode or ''}".strip() if row.closed_on else "未结"
    known = {None: "未查明", True: "有", False: "无"}
    return (
        ("法院", row.court),
        ("团队", row.team or "—"),
        ("承办人", row.handler or "—"),
        ("团队负责人", row.leader or "—"),
        ("案由", row.cause or "—"),
        ("执行依据", row.basis_no or "—"),
        ("立案", row.filed_on),
        ("结案", closed),
        ("申请标的", _yuan(row.claim_fen)),
        ("已执行", _yuan(row.executed_fen)),
        ("可供执行财产", known[row.has_property]),
        ("封存", "已封存，查阅须填明目的" if row.sealed else "未封存"),
    )


def _yuan(fen: int | None) -> str:
    return f"¥ {fen / 100:,.2f}" if fen else "—"


def _parties(connection: Connection, case_id: str) -> tuple[Fact, ...]:
    party = table("party")
    rows = connection.execute(
        select(party).where(party.c.case_id == case_id).order_by(party.c.role, party.c.name)
    )
    return tuple(
        Fact(
            ROLE_WORDS.get(row.role, row.role),
            row.name,
            "　".join(
                part
                for part in (KIND_WORDS.get(row.kind, row.kind), masked(row.identity_no))
                if part
            ),
        )
        for row in rows
    )


def _clocks(connection: Connection, args: PageArgs) -> tuple[ClockLine, ...]:
    clock = table("node_clock").c
    rows = connection.execute(
        select(
            clock.node_code,
            clock.subject,
            clock.started_on,
            clock.due_on,
            clock.certain,
            clock.done_on,
            state_case(args.today).label("state"),
        )
        .where(clock.case_id == args.case_id, clock.started_on <= args.today.isoformat())
        .order_by(clock.done_on.is_not(None), clock.due_on, clock.node_code, clock.subject)
    )
    made = []
    for row in rows:
        rule = args.law.node(row.node_code)
        due = row.due_on or "—"
        made.append(
            ClockLine(
                row.node_code,
                row.subject,
                rule.name if rule is not None else row.node_code,
                row.started_on,
                due if row.certain else f"不早于 {due}",
                row.done_on or "",
                row.state,
                STYLE_KEY[NodeState(row.state)],
            )
        )
    return tuple(made)


def _events(connection: Connection, args: PageArgs, type_word: str) -> tuple[Fact, ...]:
    event, person = table("node_event"), table("person")
    kinds = args.law.catalogue_for(type_word).events
    rows = connection.execute(
        select(event, person.c.name.label("actor"))
        .select_from(event.outerjoin(person, person.c.id == event.c.actor_id))
        .where(event.c.case_id == args.case_id)
        .order_by(event.c.on.desc(), event.c.id.desc())
        .limit(EVENTS_MAX)
    ).all()
    voided = {row.voids for row in rows if row.voids}
    made = []
    for row in rows:
        name = kinds[row.kind].name if row.kind in kinds else row.kind
        wrong = "（已更正）" if row.id in voided else ""
        parts = (row.subject, row.actor, row.document_no, row.note)
        made.append(Fact(row.on, f"{name}{wrong}", "　".join(part for part in parts if part)))
    return tuple(made)


def _log(connection: Connection, case_id: str) -> tuple[Fact, ...]:
    log, person = table("execution_log"), table("person")
    rows = connection.execute(
        select(log.c.at, log.c.kind, log.c.body, person.c.name)
        .select_from(log.outerjoin(person, person.c.id == log.c.author_id))
        .where(log.c.case_id == case_id)
        .order_by(log.c.at.desc(), log.c.id.desc())
        .limit(LOG_MAX)
    )
    return tuple(
        Fact(
            row.at[:16].replace("T", " "),
            row.body,
            "　".join(filter(None, (LOG_WORDS.get(row.kind, row.kind), row.name))),
        )
        for row in rows
    )


def _measures(connection: Connection, args: PageArgs) -> tuple[Fact, ...]:
    measure = table("control_measure")
    rows = connection.execute(
        select(measure)
        .where(measure.c.case_id == args.case_id)
        .order_by(measure.c.lifted_on.is_not(None), measure.c.expires_on)
    )
    found = rows.all()
    renewed = {row.renewal_of for row in found if row.renewal_of}
    made = []
    for row in found:
        rank = "首封" if row.rank == 0 else f"轮候 {row.rank}"
        ended = f"，{row.lifted_on} 解除" if row.lifted_on else ""
        ended = "，已续行" if row.id in renewed else ended
        late = not ended and row.expires_on < args.today.isoformat()
        kind = ASSET_WORDS.get(row.asset_kind, row.asset_kind)
        made.append(
            Fact(
                f"{row.expires_on} 届满",
                f"{row.asset}（{kind}，{rank}）",
                f"{row.institution}　{row.document_no}　{row.started_on} 起{ended}",
                "done" if ended else ("overdue" if late else "normal"),
            )
        )
    return tuple(made)


def _letters(connection: Connection, args: PageArgs) -> tuple[Fact, ...]:
    letter, person = table("supervision_letter"), table("person")
    rows = connection.execute(
        select(letter, person.c.name.label("addressee"))
        .select_from(letter.join(person, person.c.id == letter.c.addressee_id))
        .where(letter.c.case_id == args.case_id)
        .order_by(letter.c.year.desc(), letter.c.serial.desc())
    )
    made = []
    for row in rows:
        rule = args.law.node(row.node_code)
        name = rule.name if rule is not None else row.node_code
        made.append(
            Fact(
                row.issued_on or "草稿",
                f"{letter_number(row.year, row.serial)}　{name}",
                f"{row.addressee}，{row.reply_by} 前回复",
                "done" if row.state == "closed" else "normal",
                row.id,
            )
        )
    return tuple(made)
