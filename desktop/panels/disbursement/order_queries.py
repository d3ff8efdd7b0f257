"""One order with all that its page tells: facts, chain, history, what may be done. Reader lanes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from desktop.contract.law import Law
from desktop.funds.asked_words import ACT_WORDS, instant_words, names, refused_words
from desktop.funds.holders import Crowd, crowd
from desktop.funds.sending import LINE_BATCH
from desktop.panels.disbursement.computation import computation_lines
from desktop.panels.disbursement.queries import REFUSED, Listed, Waiting, clock_words, clocks
from desktop.panels.disbursement.rules import (
    LINE_WORDS,
    PART_WORDS,
    PARTS,
    UNKNOWN_WORDS,
    Act,
    Course,
    Rights,
    acts,
    course_of,
    way_words,
)
from desktop.rules.disbursement_law import load_disbursement_law
from desktop.rules.money import grouped
from storage.schema import table

CHIEFS: Final = ("bureau_chief", "vice_president", "president")
_KIND_WORDS: Final = {
    "pass_order": "审批",
    "return_order": "退回",
    "withdraw_order": "撤回",
    "send_order": "送出",
    "answer_order": "结果登记",
}
_BAD: Final = ("return", "failed", "withdraw", "expire", "unknown")


@dataclass(frozen=True, slots=True)
class Link:
    """A stage of the chain. `state`: done, now, ahead or back."""

    words: str
    who: str
    at: str
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """One act in the history; `number` of the order it was done with."""

    number: str
    words: str
    who: str
    at: str
    body: str
    bad: bool


@dataclass(frozen=True, slots=True)
class Order:
    """Everything on the page of one order."""

    id: str
    number: str
    course: Course
    case_id: str | None
    case_number: str
    amount_fen: int
    payee: str
    stage: str
    content_sha256: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    computation: tuple[str, ...]
    chain: tuple[Link, ...]
    history: tuple[Deed, ...]
    acts: tuple[Act, ...]
    clock: str
    light: str
    entry_id: str | None
    replaces: str | None
    replaced_by: str | None
    batch: str
    by_line: bool
    inside: bool


@dataclass(frozen=True, slots=True)
class OrderArgs:
    """Which order, for whom, on which day."""

    order_id: str
    person_id: str | None
    today: date
    law: Law


def order(connection: Connection, args: OrderArgs) -> Order | None:
    """The order as it stands; None when it is not on this desk."""
    row = _row(connection, args.order_id)
    if row is None:
        return None
    known = names(connection)
    deeds = _acts(connection, [args.order_id])
    entry = _entry(connection, args.order_id)
    course = course_of(row.state, reversed_=entry is not None and entry.reversed_by is not None)
    people = crowd(connection, args.today)
    listed = _listed(row, course)
    waiting = Waiting(connection, args.person_id, args.today)
    stand = clocks(connection, [listed], args.today, args.law).get(row.id)
    later = _replaced_by(connection, row.id)
    asked = _asked(connection, row.id)
    sent = next((one for one in reversed(deeds) if one.act == "send"), None)
    by_line = sent is not None and (sent.batch or "").startswith(LINE_BATCH)
    rights = Rights(
        course=course,
        maker=args.person_id is not None and args.person_id in (row.maker_id, row.maker),
        passed=any(one.act == "pass" and one.person_id == args.person_id for one in deeds),
        may_stage=bool(row.stage) and waiting.can(row.stage, listed.court_id),
        may_send=waiting.can("finance", listed.court_id),
        finance=waiting.can("finance", listed.court_id),
        chief=any(
            one.id == args.person_id
            for post in CHIEFS
            for one in people.posts.get((listed.court_id or people.seat, post), ())
        ),
        inside=bool(row.target),
        by_line=by_line,
        booked=any(
            one.act in ("paid", "move") and one.person_id == args.person_id for one in deeds
        ),
        replaced=later is not None,
    )
    return Order(
        id=row.id,
        number=row.number,
        course=course,
        case_id=row.case_id,
        case_number=row.case_number or "",
        amount_fen=row.amount_fen,
        payee=row.payee,
        stage=row.stage,
        content_sha256=row.content_sha256,
        facts=_facts(row, known, entry),
        warnings=(
            *_warnings(row, course, by_line=by_line),
            *asked,
            *_refused(connection, row.id, known),
        ),
        computation=computation_lines(row.computation),
        chain=_chain(row, deeds, known, people, listed.court_id),
        history=_history(connection, row, known),
        acts=() if asked else acts(rights),
        clock=clock_words(stand, args.today),
        light=stand.light if stand is not None else "",
        entry_id=entry.id if entry is not None else None,
        replaces=row.replaces,
        replaced_by=later,
        batch=(sent.batch or "") if sent is not None else "",
        by_line=by_line,
        inside=bool(row.target),
    )


def _row(connection: Connection, order_id: str) -> Row[Any] | None:
    order_, case, person = table("payment_order"), table("case"), table("person")
    return connection.execute(
        select(
            order_,
            case.c.number.label("case_number"),
            case.c.court_id,
            person.c.court_id.label("made_at_court"),
        )
        .select_from(
            order_.outerjoin(case, case.c.id == order_.c.case_id).outerjoin(
                person, person.c.id == order_.c.maker_id
            )
        )
        .where(order_.c.id == order_id)
    ).one_or_none()


def _listed(row: Row[Any], course: Course) -> Listed:
    return Listed(
        n=0,
        id=row.id,
        course=course,
        case_id=row.case_id,
        case_number=row.case_number or "",
        court_id=row.court_id or row.made_at_court,
        purpose=row.purpose,
        way="",
        amount_fen=row.amount_fen,
        payee=row.payee,
        maker=row.maker,
        maker_id=row.maker_id,
        at=row.made_at,
        stage=row.stage,
    )


def _acts(connection: Connection, ids: Sequence[str]) -> list[Row[Any]]:
    act = table("payment_act")
    query = select(act).where(act.c.order_id.in_(ids)).order_by(act.c.at, act.c.order_id, act.c.n)
    return list(connection.execute(query))


def _entry(connection: Connection, order_id: str) -> Row[Any] | None:
    """What was booked for the order, and what booked it back."""
    return connection.exec_driver_sql(
        "select e.id, e.number, e.at, e.maker, e.booked_on, r.number reversed_by,"
        " r.booked_on reversed_on, r.memo reversed_why from fund_entry e"
        " left join fund_entry r on r.reverses = e.id where e.kind = 'payment' and e.hold_id = ?"
        " or e.kind = 'transfer' and e.order_id = ?",
        (order_id, order_id),
    ).first()


def _replaced_by(connection: Connection, order_id: str) -> str | None:
    order_ = table("payment_order").c
    found = connection.execute(select(order_.id).where(order_.replaces == order_id)).scalar()
    return None if found is None else str(found)


def _asked(connection: Connection, order_id: str) -> tuple[str, ...]:
    """What this desk asked for and the shared database has not decided: nothing is asked twice."""
    request = table("request").c
    found = connection.execute(
        select(request.kind, request.args).where(
            request.state == "asked", request.kind.in_(_KIND_WORDS)
        )
    )
    return tuple(
        f"已提出{_KIND_WORDS[kind]}，待共享库裁定；裁定之前不能另行办理。"
        for kind, args in found
        if json.loads(args).get("order_id") == order_id
    )


def _refused(connection: Connection, order_id: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """What was asked for here and not granted, until somebody has settled it in the tray."""
    found = []
    for row in connection.exec_driver_sql(REFUSED):
        new = json.loads(row.new)
        args = new["args"] if isinstance(new["args"], dict) else json.loads(new["args"])
        if args.get("order_id") == order_id and new["kind"] in _KIND_WORDS:
            detail = json.loads(row.detail) if row.detail else {}
            why = refused_words(str(detail.get("code") or row.verdict), detail, known)
            found.append(f"{_KIND_WORDS[new['kind']]}未受理：{why}")
    return tuple(found)


def _facts(
    row: Row[Any], known: Mapping[str, str], entry: Row[Any] | None
) -> tuple[tuple[str, str], ...]:
    found = [("款项", way_words(row.purpose, row.source, row.target)), ("领款人", row.payee)]
    if not row.target:
        found.append(("账号", " ".join(part for part in (row.account_no, row.bank) if part) or "—"))
        confirmed = "尚未确认"
        if row.confirmed_on:
            how = "，".join(part for part in (row.confirmed_by, row.confirmed_how) if part)
            confirmed = f"{row.confirmed_on}" + (f"（{how}）" if how else "")
        found.append(("账号确认", confirmed))
        if row.differs:
            back = "与上次收款账号不同，尚未回拨"
            if row.call_back_on and row.call_back_result:
                by = f"{row.call_back_by}：" if row.call_back_by else ""
                back = f"{row.call_back_on}　{by}{row.call_back_result}"
            found.append(("回拨核实", back))
    parts = [
        f"{PART_WORDS[name]} {grouped(getattr(row, name))}"
        for name in PARTS
        if getattr(row, name) is not None
    ]
    if parts:
        found.append(("金额构成", "　".join(parts)))
    if row.remaining_fen is not None:
        found.append(("尚欠", f"{grouped(row.remaining_fen)} 元"))
    if row.ground:
        law = load_disbursement_law()
        ground = next((one for one in law.escrows if one.code == row.ground), None)
        found.append(("提存事由", f"{ground.name}（{ground.cited()}）" if ground else row.ground))
    found += [(label, text) for label, text in (("依据", row.basis), ("附言", row.memo)) if text]
    found.append(
        ("提出", f"{known.get(row.maker_id or row.maker, row.maker)}　{instant_words(row.made_at)}")
    )
    if entry is not None:
        found.append(
            ("记账", f"{entry.number}　{entry.booked_on}　{known.get(entry.maker, entry.maker)}")
        )
        if entry.reversed_by:
            found.append(
                ("冲正", f"{entry.reversed_by}　{entry.reversed_on}　{entry.reversed_why or ''}")
            )
    return tuple(found)


def _warnings(row: Row[Any], course: Course, *, by_line: bool) -> tuple[str, ...]:
    found = []
    if course is Course.SENT and by_line:
        found.append(LINE_WORDS)
    if course is Course.UNKNOWN:
        found.append(UNKNOWN_WORDS)
    open_ = course in (Course.APPROVING, Course.APPROVED)
    if open_ and not row.target:
        if not row.account_no or not row.confirmed_on:
            found.append("账号尚未经领款人确认，不能通过；请退回后补正。")
        if row.differs and not (row.call_back_on and row.call_back_result):
            found.append("收款账号与上次支付不同，须先回拨核实并记明结果；请退回后补正。")
    return tuple(found)


def _chain(
    row: Row[Any],
    deeds: Sequence[Row[Any]],
    known: Mapping[str, str],
    people: Crowd,
    court_id: str | None,
) -> tuple[Link, ...]:
    """Maker, stages, finance, bank: each with who did it, or who has to."""
    law = load_disbursement_law()
    involved = {row.maker_id} | {one.person_id for one in deeds if one.act == "pass"}
    without = frozenset(one for one in involved if one)
    found = [
        Link(
            "承办人提出",
            known.get(row.maker_id or row.maker, row.maker),
            instant_words(row.made_at),
            "done",
        )
    ]
    open_ = row.state == "approving"
    for stage in row.stages.split(","):
        done = next((one for one in deeds if one.act == "pass" and one.stage == stage), None)
        back = next((one for one in deeds if one.act == "return" and one.stage == stage), None)
        name = law.stage_name(stage)
        if done is not None:
            found.append(_done(name, done, known, "done"))
        elif back is not None:
            found.append(_done(f"{name}：退回", back, known, "back"))
        else:
            now = open_ and row.stage == stage
            holder = people.holder(stage, court_id, without).name if open_ else ""
            found.append(Link(name, holder, "", "now" if now else "ahead"))
    return (*found, *_ending(row, deeds, known, people, (court_id, without)))


def _done(name: str, deed: Row[Any], known: Mapping[str, str], state: str) -> Link:
    who = known.get(deed.person_id or deed.actor, deed.actor)
    if deed.for_post:
        who += "（受托代行）"
    return Link(name, who, instant_words(deed.at), state, deed.body)


def _ending(
    row: Row[Any],
    deeds: Sequence[Row[Any]],
    known: Mapping[str, str],
    people: Crowd,
    where: tuple[str | None, frozenset[str]],
) -> list[Link]:
    sent = next((one for one in deeds if one.act == "send"), None)
    last = deeds[-1] if deeds else None
    found = []
    if sent is not None:
        found.append(_done("财务送出", sent, known, "done"))
    elif row.state in ("approving", "approved"):
        holder = people.holder("finance", *where).name
        state = "now" if row.state == "approved" else "ahead"
        found.append(Link("财务送出", holder, "", state))
    if last is not None and last.act in ("withdraw", "expire"):
        found.append(_done(ACT_WORDS[last.act], last, known, "back"))
    elif row.target:
        if row.state == "moved" and last is not None:
            found.append(_done("划转入账", last, known, "done"))
    elif row.state in ("paid", "failed") and last is not None:
        word = "银行已付" if row.state == "paid" else "银行未付成"
        found.append(_done(word, last, known, "done" if row.state == "paid" else "back"))
    elif row.state in ("sent", "unknown"):
        note = (last.body if last is not None else "") if row.state == "unknown" else ""
        word = "结果未知，等待查明" if row.state == "unknown" else "等待银行回盘"
        found.append(Link(word, "", "", "now", note))
    return found


def _history(connection: Connection, row: Row[Any], known: Mapping[str, str]) -> tuple[Deed, ...]:
    """All acts of this order and of those it replaces, oldest first."""
    order_ = table("payment_order").c
    numbers = {row.id: row.number}
    before = row.replaces
    while before is not None and before not in numbers:
        found = connection.execute(
            select(order_.number, order_.replaces).where(order_.id == before)
        ).one_or_none()
        if found is None:
            break
        numbers[before] = found.number
        before = found.replaces
    law = load_disbursement_law()
    deeds = []
    for one in _acts(connection, list(numbers)):
        word = ACT_WORDS.get(one.act, one.act)
        if one.act == "pass":
            word = f"{law.stage_name(one.stage)}通过"
        elif one.act == "return" and one.stage:
            word = f"{law.stage_name(one.stage)}退回"
        elif one.act == "send" and one.batch:
            word = f"送出（批次 {one.batch}）" if one.batch.startswith("付") else "经银企直联送出"
        who = known.get(one.person_id or one.actor, one.actor)
        if one.for_post:
            who += "（受托代行）"
        body = " · ".join(part for part in (one.body, _reference(one.facts)) if part)
        body = " · ".join(part for part in (one.body, _reference(one.facts)) if part)
        number = numbers[one.order_id]
        deeds.append(Deed(number, word, who, instant_words(one.at), body, one.act in _BAD))
    return tuple(deeds)


def _reference(facts: str | None) -> str:
    """The bank's own number of a payment."""
    told = json.loads(facts) if facts else {}
    return f"银行流水号 {told['bank_ref']}" if told.get("bank_ref") else ""
