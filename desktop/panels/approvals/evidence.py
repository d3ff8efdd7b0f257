"""All that a decision rests on, gathered for one page. Runs on a reader lane; no Qt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from desktop.documents.course import ActArgs, Asked
from desktop.documents.matrix_words import Proposal, names, power_words, proposals
from desktop.documents.numbering import number_words
from desktop.documents.reply_time import AGREED, ASKED
from desktop.documents.staff import matrix
from desktop.errors import UserError
from desktop.panels.approvals.queries import InboxArgs, ask_open, document_item, inbox
from desktop.panels.approvals.rules import Item, Kind, act_word
from desktop.rules.money import grouped
from desktop.rules.signing import CaseFacts, Decision
from desktop.rules.signing_matrix import (
    PANEL_CODES,
    POST_NAMES,
    STAGE_NAMES,
    Document,
    Stage,
    signers_words,
)
from storage.schema import table

_COERCIVE: Final = ("fine_decision", "summons", "detention_decision")
_LOGS_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class EvidenceArgs:
    """Which item, for whom. `stage`: the stage that the page showed before, empty at first."""

    kind: Kind
    id: str
    person_id: str | None
    now: datetime
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier act; `at` as stored."""

    at: str
    who: str
    what: str
    body: str
    back: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """The page. `item` None: nothing waits any more. `allowed`: the person may decide;
    `reason`: why, or why not and who can. `settled`: who decided meanwhile, and when."""

    item: Item | None
    allowed: bool
    reason: str
    standing_in: str = ""
    settled: str = ""
    law: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    acts: tuple[Past, ...] = ()


def evidence(connection: Connection, args: EvidenceArgs) -> Evidence:
    """Everything about one item. UserError when it is gone or nobody is at the desk."""
    if args.kind is Kind.DOCUMENT:
        return _of_document(connection, args)
    items = inbox(connection, InboxArgs(args.person_id, args.now)).items
    item = next((one for one in items if (one.kind, one.id) == (args.kind, args.id)), None)
    if args.kind is Kind.CHANGE:
        return _of_change(connection, args, item)
    if args.kind is Kind.DELEGATION:
        return _of_delegation(connection, args, item)
    if args.kind is Kind.OBJECTION:
        return _of_objection(connection, args, item)
    if args.kind is Kind.BRIEF:
        return _of_brief(connection, args, item)
    return _of_reply(connection, args, item)


# ── documents ──


def _of_document(connection: Connection, args: EvidenceArgs) -> Evidence:
    document = table("document")
    row = connection.execute(select(document).where(document.c.id == args.id)).first()
    if row is None:
        raise UserError("文书已不存在。")
    called = names(connection)
    acts = _acts(connection, row, called)
    facts = case_facts(connection, row.case_id, row.id)
    act = ActArgs(row.id, args.person_id, args.now, row.content_sha256)
    asked = ask_open(connection, row, act)
    if asked is None or row.state not in ("checking", "signing"):
        said = acts[-1] if acts else None
        told = f"{said.who}已于 {_minute(said.at)} {said.what}。" if said is not None else ""
        why = "这件文书现在不在审签之中。"
        return Evidence(None, False, why, settled=told, facts=facts, acts=acts)
    item = document_item(connection, row, asked)
    decision = asked.decision
    return Evidence(
        item=item,
        allowed=decision.allowed,
        reason=decision.reason,
        standing_in=_standing_in(asked, item, called),
        settled=_settled(args, item, decision, acts),
        law=(*_law(asked), *item.limit.lines),
        facts=(*_panel(asked, called), *facts),
        acts=acts,
    )


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")


def _settled(args: EvidenceArgs, item: Item, decision: Decision, acts: Sequence[Past]) -> str:
    """Who was faster, where the stage that was on the page is done meanwhile."""
    if decision.allowed or args.stage in ("", item.stage) or not acts:
        return ""
    last = acts[-1]
    stage = STAGE_NAMES[Stage(args.stage)]
    return f"{last.who}已于 {_minute(last.at)} {last.what}，本件不再需要您办理{stage}。"


def _standing_in(asked: Asked, item: Item, called: Mapping[str, str]) -> str:
    if not item.for_whom:
        return ""
    decision, me = asked.decision, asked.attempt.person.id
    power = next(
        one
        for one in asked.attempt.delegations
        if (one.from_id, one.to_id) == (decision.as_delegate_of, me)
    )
    return f"代 {item.for_whom} 办理，{power_words(power, called)}。"


def _law(asked: Asked) -> list[str]:
    """What the matrix of the day says of the open stage."""
    document = asked.matrix.document(asked.attempt.document)
    step = next(one for one in document.steps if one.stage is asked.attempt.stage)
    lines = [f"{step.name()}由{signers_words(step.signers)}办理。依据：{step.cited()}"]
    if step.delegates:
        words = signers_words(step.delegates)
        lines.append(f"不在岗时可书面委托{words}代行。依据：{step.delegates_cited()}")
    return lines + _marks(document)


def _marks(document: Document) -> list[str]:
    return [
        words
        for holds, words in (
            (document.coercive, "罚款、拘传、拘留须经院长批准，逐件办理，不得批量。"),
            (document.judge, "审判文书，须由员额法官签发。"),
            (document.panel, "须由三名法官组成合议庭，按多数意见决定，少数意见记入笔录。"),
            (document.separate, "曾办理本案执行实施的人员不得参加合议庭（异议复议规定第11条）。"),
        )
        if holds
    ]


def _panel(asked: Asked, called: Mapping[str, str]) -> list[tuple[str, str]]:
    """Who sits, who presides, and who has voted."""
    facts: CaseFacts = asked.attempt.facts
    document = asked.matrix.document(asked.attempt.document)
    if not any(step.signers & PANEL_CODES for step in document.steps):
        return []
    words = [
        called.get(one, one)
        + ("（审判长）" if one == facts.presiding else "")
        + ("·已表决" if one in asked.standing.voted else "")
        for one in facts.panel
    ]
    return [("合议庭", "、".join(words) or "未组成")]


def _acts(connection: Connection, row: Row[Any], called: Mapping[str, str]) -> tuple[Past, ...]:
    """Saved drafts and acts, the oldest first."""
    version, done = table("document_version"), table("document_act")
    found: list[tuple[str, str, Past]] = []
    for one in connection.execute(select(version).where(version.c.document_id == row.id)):
        what = "拟稿" if one.n == 1 else f"改稿（第{one.n}稿）"
        past = Past(one.at, called.get(one.author_id or "", ""), what, one.note)
        found.append((one.at, one.id, past))
    for one in connection.execute(select(done).where(done.c.document_id == row.id)):
        word = act_word(one.stage, one.act, one.body)
        if one.for_post:
            word += f"（代{POST_NAMES.get(one.for_post, one.for_post)}）"
        asked = one.act == ASKED
        if asked and AGREED in json.loads(one.body):
            word = "答复：无异议"
        body = "" if asked else one.body
        past = Past(one.at, called.get(one.person_id or "", ""), word, body, one.act == "return")
        found.append((one.at, one.id, past))
    return tuple(past for _, _, past in sorted(found, key=lambda one: one[:2]))


def case_facts(
    connection: Connection, case_id: str | None, but: str = ""
) -> tuple[tuple[str, str], ...]:
    """What the desk knows of the case: parties, amounts, measures, earlier decisions, last work.
    but: the document that asks."""
    case, court, person = table("case"), table("court").c, table("person").c
    team = table("team").c
    row = connection.execute(
        select(
            case,
            court.name.label("court"),
            person.name.label("handler"),
            team.name.label("team"),
        )
        .join_from(case, table("court"), court.id == case.c.court_id)
        .outerjoin(table("person"), person.id == case.c.handler_id)
        .outerjoin(table("team"), team.id == case.c.team_id)
        .where(case.c.id == case_id)
    ).first()
    if row is None:
        return ()
    if row.sealed:  # what is sealed is read on the case's own page, with a purpose
        return (("案件", f"{row.number}（已封存，须说明用途后在案件页查看）"),)
    told = [
        ("案件", f"{row.number}　{row.cause or ''}"),
        ("法院", f"{row.court}{row.team or ''}　承办人 {row.handler or '未定'}"),
        ("立案", row.filed_on + (f"，{row.closed_on} 结案" if row.closed_on else "")),
        ("申请执行人", _parties(connection, row.id, "applicant")),
        ("被执行人", _parties(connection, row.id, "debtor")),
        ("标的", f"{grouped(row.claim_fen)} 元，已执行 {grouped(row.executed_fen)} 元"),
        ("在册查控", _measures(connection, row.id)),
        ("此前强制措施", _earlier(connection, row.id, but)),
        ("近期办理", _logs(connection, row.id)),
    ]
    return tuple((label, words) for label, words in told if words)


def _parties(connection: Connection, case_id: str, role: str) -> str:
    party = table("party").c
    rows = connection.execute(
        select(party.name).where(party.case_id == case_id, party.role == role).order_by(party.name)
    ).scalars()
    return "、".join(rows)


def _measures(connection: Connection, case_id: str) -> str:
    measure = table("control_measure").c
    count = connection.execute(
        select(func.count()).where(measure.case_id == case_id, measure.lifted_on.is_(None))
    ).scalar_one()
    return f"{count} 项" if count else ""


def _earlier(connection: Connection, case_id: str, but: str) -> str:
    """Fines, summonses and detentions of the case: none is repeated for one act."""
    document = table("document").c
    rows = connection.execute(
        select(document.title, document.series, document.year, document.serial, document.state)
        .where(document.case_id == case_id, document.kind.in_(_COERCIVE), document.id != but)
        .order_by(document.id)
    ).all()
    words = [
        row.title + (number_words(row.series, row.year, row.serial) if row.serial else "（未编号）")
        for row in rows
    ]
    return "；".join(words) or "没有"


def _logs(connection: Connection, case_id: str) -> str:
    log = table("execution_log").c
    rows = connection.execute(
        select(log.at, log.body)
        .where(log.case_id == case_id)
        .order_by(log.at.desc())
        .limit(_LOGS_SHOWN)
    ).all()
    return "\n".join(f"{row.at[:10]}　{row.body}" for row in rows)


# ── what waits beside documents ──


def _of_change(connection: Connection, args: EvidenceArgs, item: Item | None) -> Evidence:
    found = next(iter(proposals(connection, args.now.date(), args.id)), None)
    if found is None:
        raise UserError("这项变更已不存在。")
    told = (
        ("文书", found.name),
        ("生效", found.valid_from.isoformat() + _until(found.valid_to)),
        ("依据", found.basis),
        ("现行", "；".join(found.before) or "没有"),
        ("改为", "；".join(found.after)),
    )
    law = ["签发权限的变更须由一人提出、另一人同意，自生效日起适用，不溯及既往。"]
    law.append(found.fault + "。" if found.fault else "与法定签发人核对：没有违反。")
    acts = [Past(found.proposed_at, found.proposed_by, "提出变更", found.basis)]
    acts += _settling(found)
    return Evidence(
        item=item,
        allowed=item is not None and not found.fault,
        reason=_why_not(item, found.state != "proposed", "提出人以外的另一人"),
        settled=_of_last(acts) if found.state != "proposed" else "",
        law=tuple(law),
        facts=told,
        acts=tuple(acts),
    )


def _settling(found: Proposal) -> list[Past]:
    if found.state == "proposed":
        return []
    what = "同意变更" if found.state == "agreed" else "否决变更"
    return [Past(found.agreed_at, found.agreed_by, what, "", found.state != "agreed")]


def _until(day: date | None) -> str:
    return f" 至 {day.isoformat()}" if day is not None else " 起"


def _of_last(acts: Sequence[Past]) -> str:
    last = acts[-1]
    when = f"于 {_minute(last.at)} " if last.at else ""
    return f"{last.who}已{when}{last.what}，本件不再需要您办理。"


def _why_not(item: Item | None, done: bool, who: str) -> str:
    if done:
        return "本件已经处理。"
    return "可以办理。" if item is not None else f"本件须由{who}办理，您不能办理。"


def _of_delegation(connection: Connection, args: EvidenceArgs, item: Item | None) -> Evidence:
    power = table("delegation")
    row = connection.execute(select(power).where(power.c.id == args.id)).first()
    if row is None:
        raise UserError("这项授权已不存在。")
    called = names(connection)
    known = matrix(connection, args.now.date()).documents
    codes = [code for code in row.documents.split(",") if code]
    covers = "、".join(known[code].name for code in codes if code in known)
    told = (
        ("授权人", f"{called.get(row.from_id, '')}（{POST_NAMES.get(row.post, row.post)}）"),
        ("代行人", called.get(row.to_id, "")),
        ("期间", f"{row.from_on} 至 {row.to_on}"),
        ("授权书", row.document_no),
        ("范围", covers or "签发权限表许可代行的全部文书"),
    )
    settled = "" if row.state == "proposed" else f"{called.get(row.agreed_by or '', '')}已经同意"
    if row.state == "ended":
        settled = "这项授权已经终止"
    return Evidence(
        item=item,
        allowed=item is not None,
        reason=_why_not(item, row.state != "proposed", "双方以外的第三人"),
        settled=f"{settled}，本件不再需要您办理。" if settled else "",
        law=(
            "授权须由双方以外的人同意，只在授权人不在岗时适用，且以签发权限表许可代行者为限。",
            "终止：由授权人、同意人或本院院长为之。",
        ),
        facts=told,
    )


def _of_objection(connection: Connection, args: EvidenceArgs, item: Item | None) -> Evidence:
    objection, court = table("objection"), table("court").c
    row = connection.execute(
        select(objection, court.name.label("court"))
        .join(table("court"), court.id == objection.c.court_id)
        .where(objection.c.id == args.id)
    ).first()
    if row is None:
        raise UserError("异议已不存在。")
    called = names(connection)
    told = [
        ("提出法院", row.court),
        ("提出人", called.get(row.by_id or "", "")),
        ("所指", " ".join(part for part in (row.row_key, row.field) if part)),
        ("主张", row.claimed or ""),
        ("理由", row.body),
    ]
    acts = [Past(row.at, called.get(row.by_id or "", ""), "提出异议", row.body)]
    if row.decision is not None:
        what = "采纳异议" if row.decision == "accepted" else "不采纳异议"
        acts.append(Past(row.decided_at, called.get(row.decided_by or "", ""), what, row.reason))
    return Evidence(
        item=item,
        allowed=item is not None,
        reason=_why_not(item, row.decision is not None, "文书的拟稿、审核或签发人员"),
        settled=_of_last(acts) if row.decision is not None else "",
        law=("异议未处理完毕，文书不得签发；采纳或不采纳均须写明理由。",),
        facts=tuple((label, words) for label, words in told if words),
        acts=tuple(acts),
    )


def _of_reply(connection: Connection, args: EvidenceArgs, item: Item | None) -> Evidence:
    letter = table("supervision_letter")
    row = connection.execute(select(letter).where(letter.c.id == args.id)).first()
    if row is None:
        raise UserError("督办单已不存在。")
    called = names(connection)
    told = (
        ("督办依据", row.basis),
        ("督办事实", row.facts),
        ("办理要求", row.demand),
        ("回复", row.reply or ""),
    )
    acts = (Past(row.replied_on or "", called.get(row.addressee_id, ""), "回复", row.reply or ""),)
    return Evidence(
        item=item,
        allowed=item is not None,
        reason=_why_not(item, row.state != "replied", "签发督办单的人员"),
        settled="" if row.state == "replied" else "回复已经审查，本件不再需要您办理。",
        law=("回复由签发督办单的人员审查，不得由受督办人自己审查。",),
        facts=(*told, *case_facts(connection, row.case_id)),
        acts=acts,
    )


def _of_brief(connection: Connection, args: EvidenceArgs, item: Item | None) -> Evidence:
    matter = table("matter")
    row = connection.execute(select(matter).where(matter.c.id == args.id)).first()
    if row is None:
        raise UserError("这件汇报已不存在。")
    called = names(connection)
    acts = [Past(row.submitted_on or "", called.get(row.maker_id, ""), "提交汇报", "")]
    if row.answered_on is not None:
        acts.append(
            Past(row.answered_on, called.get(row.answered_by, ""), "批示", row.answer or "")
        )
    waits = row.submitted_on is not None and row.answered_on is None
    return Evidence(
        item=item,
        allowed=item is not None,
        reason=_why_not(item, not waits, "所报请的院领导"),
        settled="" if waits else _of_last(acts),
        law=("重大问题由院领导批示；汇报人不得批示自己所作的汇报。",),
        facts=(("问题", row.body), ("建议", row.advice), *case_facts(connection, row.case_id)),
        acts=tuple(acts),
    )
