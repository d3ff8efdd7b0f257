"""Everything that one measure's page shows, read at once. Reader lanes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from desktop.circulars.official import Official
from desktop.command.measures.approving import approval_copy, figure_of
from desktop.command.measures.carrying import carries, decides
from desktop.command.measures.clocks import clocks
from desktop.command.measures.evidence import Grounds, blocks, grounds
from desktop.command.measures.facts import acts_of, measure_of, party_kind, standing_of, told
from desktop.contract.court_zone import court_time
from desktop.documents.course import ActArgs, ask
from desktop.documents.matrix_words import names, power_words
from desktop.documents.numbering import number_words
from desktop.errors import UserError
from desktop.panels.coercive.telling import nobody_approves
from desktop.rules.coercive import (
    AMENDED,
    NEXT_WORDS,
    Clock,
    Standing,
    may_release,
    next_acts,
    withdraw_fault,
)
from desktop.rules.signing import Decision
from desktop.rules.signing_matrix import POST_NAMES, STAGE_NAMES, Stage, signers_words
from storage.schema import table

_SHORT: Final = 16  # digits of a fingerprint that a person compares


@dataclass(frozen=True, slots=True)
class PageArgs:
    """Which document, for whom, when."""

    document_id: str
    person_id: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """One step that was taken; `style` overrides its colour."""

    at: datetime
    words: str
    body: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """The page. `decides`: the person may approve now (or why not, and who can, in `reason`);
    `acts`: what he may enter; `carries`: he is of the team; `withdraw_fault`: why he may not take
    back what he approved; `copy`: what is approved; `blocks`: what lacks before it is sent."""

    id: str
    kind: str
    case_id: str
    case_number: str
    sealed: bool
    person: str
    party: str
    figure: str
    content: str
    number: str
    state: str
    standing: Standing
    facts: tuple[tuple[str, str], ...]
    law: tuple[str, ...]
    grounds: Grounds
    clocks: tuple[Clock, ...]
    course: tuple[Past, ...]
    decides: bool
    reason: str
    standing_in: str
    stuck: str
    acts: tuple[str, ...]
    carries: bool
    blocks: tuple[str, ...]
    may_withdraw: bool
    withdraw_fault: str
    may_release: bool
    copy: Official


def page(connection: Connection, args: PageArgs) -> MeasurePage:
    """Reads it. UserError where the document is gone or is no measure."""
    row = measure_of(connection, args.document_id)
    day = args.now.date()
    stand = standing_of(connection, row, args.now)
    called = names(connection)
    case = _case(connection, row)
    words = told(row)
    decision, standing_in, law = _decision(connection, row, args, called)
    # Also what was executed already: its approval is asked for afterwards, and heals nothing.
    pending = stand.approval is None and row.state == "checking"
    found = grounds(connection, row, day)
    if case.sealed:  # what is sealed is read on the case's own page, with a purpose
        found = replace(found, photos=(), records=(), warnings=(), lacking=())
    running = clocks(connection, [row], {row.id: stand})[row.id]
    held = carries(connection, row, args.person_id, day)
    fault = withdraw_fault(stand, args.person_id, args.now)
    approved_by_me = stand.approval is not None and stand.approval.person_id == args.person_id
    return MeasurePage(
        id=row.id,
        kind=row.kind,
        case_id=row.case_id or "",
        case_number=case.number,
        sealed=bool(case.sealed),
        person=str(words.get("person", "")).strip(),
        party=party_kind(connection, row.case_id, str(words.get("person", ""))),
        figure=figure_of(row),
        content=row.content_sha256,
        number=number_words(row.series, row.year, row.serial),
        state=row.state,
        standing=stand,
        facts=_facts(case, words, found),
        law=(*found.limit.lines, *law),
        grounds=found,
        clocks=running,
        course=_course(connection, row, called),
        decides=pending and decision is not None and decision.allowed,
        reason="" if decision is None or not pending else decision.reason,
        standing_in=standing_in,
        stuck=nobody_approves(connection, row, args.now) if pending else "",
        acts=_acts(row, stand, running, args.now) if held else (),
        carries=held,
        blocks=blocks(connection, row, day) if row.state == "draft" else (),
        may_withdraw=approved_by_me and not fault,
        withdraw_fault=fault if approved_by_me else "",
        may_release=may_release(row.kind, stand) and decides(connection, row, args.person_id, day),
        copy=approval_copy(connection, row.id),
    )


def _acts(
    row: Row[Any], stand: Standing, running: tuple[Clock, ...], now: datetime
) -> tuple[str, ...]:
    """What may be entered now: that no review was asked for only once its window is over."""
    window = next((one for one in running if one.code == "D708"), None)
    over = window is not None and window.due is not None and window.due <= now
    return tuple(one for one in next_acts(row.kind, row.state, stand) if one != "lapse" or over)


def _case(connection: Connection, row: Row[Any]) -> Any:
    case, court, person, team = (table(one) for one in ("case", "court", "person", "team"))
    found = connection.execute(
        select(
            case.c.number,
            case.c.sealed,
            case.c.cause,
            case.c.filed_on,
            court.c.name.label("court"),
            person.c.name.label("handler"),
            team.c.name.label("team"),
        )
        .join_from(case, court, court.c.id == case.c.court_id)
        .outerjoin(person, person.c.id == case.c.handler_id)
        .outerjoin(team, team.c.id == case.c.team_id)
        .where(case.c.id == row.case_id)
    ).first()
    if found is None:
        raise UserError("文书所属的案件已不在本机。")
    return found


def _facts(case: Any, words: Mapping[str, Any], found: Grounds) -> tuple[tuple[str, str], ...]:
    facts = (
        ("当事人", str(words.get("person", "")).strip()),
        ("行为", str(words.get("facts", "")).strip()),
        ("处所", str(words.get("place", "")).strip()),
        ("此前告诫", "\n".join(found.warnings) or "没有记录"),
        ("团队意见", found.team_view or "没有"),
        ("负责人意见", found.leader_view or "没有"),
        ("案件", f"{case.number}　{case.cause or ''}　{case.filed_on} 立案"),
        ("办理", f"{case.court}{case.team or ''}　承办人 {case.handler or '未定'}"),
    )
    return tuple((label, told_) for label, told_ in facts if told_)


def _decision(
    connection: Connection, row: Row[Any], args: PageArgs, called: Mapping[str, str]
) -> tuple[Decision | None, str, tuple[str, ...]]:
    """The matrix's answer about the approval, for whom the person stands in, and the law of it."""
    act = ActArgs(row.id, args.person_id, args.now, row.content_sha256)
    try:
        asked = ask(connection, row, Stage.APPROVE, act)
    except UserError as refusal:
        return Decision(False, str(refusal), None), "", ()
    document = asked.matrix.document(row.kind)
    step = next(one for one in document.steps if one.stage is Stage.APPROVE)
    law = [f"{STAGE_NAMES[Stage.APPROVE]}由{signers_words(step.signers)}办理。依据：{step.cited()}"]
    if step.delegates:
        law.append(
            f"不在岗时可书面委托{signers_words(step.delegates)}代行。依据：{step.delegates_cited()}"
        )
    decision = asked.decision
    if decision.as_delegate_of is None or decision.for_post is None:
        return decision, "", tuple(law)
    giver = decision.as_delegate_of
    power = next(one for one in asked.attempt.delegations if one.from_id == giver)
    whom = f"{POST_NAMES[decision.for_post]}{called.get(giver, '')}"
    return decision, f"代 {whom} 办理，{power_words(power, called)}。", tuple(law)


def _course(connection: Connection, row: Row[Any], called: Mapping[str, str]) -> tuple[Past, ...]:
    """Drafts, acts of the course and acts on the measure in one line of time."""
    version, act = table("document_version"), table("document_act")
    found: list[tuple[datetime, str, Past]] = []
    for one in connection.execute(select(version).where(version.c.document_id == row.id)):
        changed = str(one.note).startswith(AMENDED)
        what = "改定数额" if changed else "拟稿" if one.n == 1 else f"改稿（第{one.n}稿）"
        found.append(_past(one.at, one.id, called.get(one.author_id or "", ""), what, one.note))
    for one in connection.execute(select(act).where(act.c.document_id == row.id)):
        who = called.get(one.person_id or "", "")
        stood = f"（代{POST_NAMES.get(one.for_post, one.for_post)}）" if one.for_post else ""
        back = "overdue" if one.act == "return" else ""
        found.append(_past(one.at, one.id, who, _act_word(one) + stood, one.body, back))
    for done in acts_of(connection, [row.id])[row.id]:
        who, word = called.get(done.person_id, ""), NEXT_WORDS[done.act]
        body, style = done.body, "overdue" if done.violation else ""
        if done.act == "approve":
            word = "以口令批准所见版面"
            device = f"设备 {done.device[:8]}　" if done.device else ""
            body = f"{device}版面指纹 {done.pages[:_SHORT]}…　{body}".rstrip("　")
        if done.violation:
            word += "（未经批准）"
        found.append((done.at, f"{done.id}~", Past(done.at, f"{who}　{word}", body, style)))
    return tuple(past for _at, _id, past in sorted(found, key=lambda one: one[:2]))


def _past(
    at: str, id_: str, who: str, what: str, body: str, style: str = ""
) -> tuple[datetime, str, Past]:
    when = court_time(at)
    return when, id_, Past(when, f"{who}　{what}", body, style)


def _act_word(one: Row[Any]) -> str:
    named = {"sign": "签发", "issue": "印发", "recall": "撤销", "return": "退回", "print": "打印"}
    if one.act != "pass":
        return named.get(str(one.act), str(one.act))
    return "送审" if one.stage == Stage.DRAFT else f"{STAGE_NAMES[Stage(one.stage)]}通过"
