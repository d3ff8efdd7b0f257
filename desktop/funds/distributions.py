"""参与分配: a plan from its draft to the day it is settled, with service and objections.

A plan is served; whoever got it last has fifteen days to object (民诉法解释第509条), the others
fifteen to oppose, then the objector fifteen to sue (第510条). What is disputed then is deposited
while the rest is paid. The same rules are triggers of the database. Commands run on the writer
lane, reading on any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from desktop.contract.law import Law
from desktop.errors import UserError
from desktop.rules.distribution_law import plan_law_on
from desktop.rules.distribution_plan import (
    Content,
    PlanResult,
    count_plan,
    make_content,
    read_content,
)
from desktop.rules.distribution_wait import Wait, waits
from storage.ids import new_id
from storage.schema import table

AMENDED: Final = "amended"
WITHDRAWN: Final = "withdrawn"
NOT_SUED: Final = "not_sued"
SUED: Final = "sued"
DECISIONS: Final = {
    AMENDED: "无人反对，按异议意见修正方案",
    WITHDRAWN: "异议人撤回异议",
    NOT_SUED: "有人反对，异议人逾期未起诉，按原方案",
    SUED: "异议人已起诉，争议部分提存，其余先行发放",
}
ORDER_ENDED: Final = ("returned", "withdrawn", "failed", "expired")
TEXT_MAX: Final = 2_000
TITLE_MAX: Final = 100
NO_PERSON: Final = "须以本人身份办理：在座人员未设定"


@dataclass(frozen=True, slots=True)
class SavePlan:
    """What a form holds; `plan_id` None makes a new plan. `by`: a person's id."""

    plan_id: str | None
    case_id: str
    title: str
    typed: Mapping[str, Any]
    by: str | None


@dataclass(frozen=True, slots=True)
class ServePlan:
    """The plan was served; `on`: the day on which whoever got it last got it."""

    plan_id: str
    on: date
    today: date
    law: Law


@dataclass(frozen=True, slots=True)
class ReopenPlan:
    """A plan that was served goes back to its draft, to be changed and served again."""

    plan_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ObjectTo:
    """An objection; `claim_id` empty: to the plan as a whole."""

    plan_id: str
    claim_id: str
    by_name: str
    body: str
    raised_on: date
    today: date


@dataclass(frozen=True, slots=True)
class Decide:
    """What became of an objection; `decision` one of DECISIONS."""

    objection_id: str
    decision: str
    reason: str
    on: date
    by: str | None


@dataclass(frozen=True, slots=True)
class SettlePlan:
    """Nobody objects any more; payment may begin."""

    plan_id: str
    today: date
    law: Law
    by: str | None


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection, with its decision in words where there is one."""

    id: str
    claim_id: str
    by_name: str
    body: str
    raised_on: str
    decision: str
    reason: str
    decided_by: str
    decided_on: str


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """A payment order made from the plan, or the request for one; `claim`: of which claim or
    cost."""

    id: str
    claim: str
    number: str
    amount_fen: int
    payee: str
    state: str
    purpose: str

    @property
    def live(self) -> bool:
        """Whether it stands, paid or on its way."""
        return self.state not in ORDER_ENDED


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as its page shows it; `waits`: the limits that follow it, the first one counted from
    the day of service. `available_fen`: what may still be granted from the case's account."""

    id: str
    case_id: str
    case_number: str
    court: str
    title: str
    state: str
    content: Content
    sha256: str
    served_on: str
    wait_until: str
    maker: str
    settled_by: str
    settled_on: str
    note: str
    result: PlanResult
    waits: tuple[Wait, ...]
    objections: tuple[Objection, ...]
    orders: tuple[PlanOrder, ...]
    available_fen: int

    @property
    def open_objections(self) -> int:
        """How many nobody decided yet."""
        return sum(not one.decided_on for one in self.objections)

    def disputed(self) -> frozenset[str]:
        """Claims whose share is deposited, since somebody sued about them."""
        found = {one.claim_id for one in self.objections if one.decision == SUED}
        if "" in found:
            found |= set(self.content.claims)
        return frozenset(found - {""})

    def may_send(self, today: date) -> bool:
        """Whether the database lets an order of the plan go out."""
        over = bool(self.wait_until) and self.wait_until < today.isoformat()
        return over and not self.open_objections


@dataclass(frozen=True, slots=True)
class PlanArgs:
    """Which plan; the law names its limits."""

    plan_id: str
    law: Law


def save_plan(connection: Connection, plan: SavePlan) -> str:
    """Stores a new plan or a changed draft; gives its id. UserError with everything wrong."""
    made = make_content(plan.typed)
    wrong = [fault.reason for fault in made.faults]
    if plan.by is None:
        wrong.append(NO_PERSON)
    if not plan.title.strip():
        wrong.append("名称未填写")
    if len(plan.title) > TITLE_MAX:
        wrong.append(f"名称超过 {TITLE_MAX} 字")
    if wrong:
        raise UserError("；".join(dict.fromkeys(wrong)) + "。")
    values = {
        "title": plan.title.strip(),
        "content": made.content.text(),
        "content_sha256": made.content.sha256(),
    }
    rows = table("distribution")
    if plan.plan_id is None:
        case = table("case").c
        if connection.execute(select(case.id).where(case.id == plan.case_id)).first() is None:
            raise UserError("案件已不在本机。")
        plan_id = new_id()
        connection.execute(
            insert(rows).values(
                id=plan_id, case_id=plan.case_id, maker_id=plan.by, state="draft", **values
            )
        )
        return plan_id
    row = _row(connection, plan.plan_id)
    if row.state != "draft":
        raise UserError("分配方案已经送达，请先撤回为草稿。")
    connection.execute(update(rows).where(rows.c.id == plan.plan_id).values(**values))
    return plan.plan_id


def serve(connection: Connection, given: ServePlan) -> str:
    """Serves a draft and sets the end of the objection period; gives that day as ISO text."""
    row = _row(connection, given.plan_id)
    if row.state != "draft":
        raise UserError("分配方案已经送达。")
    content = read_content(row.content)
    if given.on > given.today:
        raise UserError("送达日不能晚于今日。")
    if given.on < content.day:
        raise UserError(f"送达日不能早于制作分配方案之日（{content.day}）。")
    until = _wait_until(content, given.on, given.law)
    assert until.last_on is not None
    _change(
        connection,
        given.plan_id,
        state="served",
        served_on=given.on.isoformat(),
        wait_until=until.last_on.isoformat(),
    )
    return until.last_on.isoformat()


def reopen(connection: Connection, given: ReopenPlan) -> None:
    """Back to the draft. Refused once an order was made of it that stands."""
    row = _row(connection, given.plan_id)
    if row.state not in ("served", "objected"):
        raise UserError("只有已送达、尚未确定的分配方案可以撤回为草稿。")
    if not given.reason.strip():
        raise UserError("须写明撤回的理由。")
    live = [one.number or one.payee for one in plan_orders(connection, given.plan_id) if one.live]
    if live:
        raise UserError(f"已有支付单（{'、'.join(live)}），请先退回或者撤回。")
    if any(one.decided_on == "" for one in objections_of(connection, given.plan_id)):
        raise UserError("尚有异议未处理，请先处理。")
    note = f"{row.note}\n" if row.note else ""
    words = f"{note}{row.served_on} 送达后撤回：{given.reason.strip()[:TEXT_MAX]}"
    _change(connection, given.plan_id, state="draft", served_on=None, wait_until=None, note=words)


def object_to(connection: Connection, given: ObjectTo) -> str:
    """Records an objection; gives its id. UserError with everything wrong."""
    row = _row(connection, given.plan_id)
    if row.state not in ("served", "objected"):
        raise UserError("分配方案不在异议期间。")
    day, wrong = given.raised_on.isoformat(), []
    if not given.by_name.strip():
        wrong.append("异议人未填写")
    if not given.body.strip():
        wrong.append("异议内容未填写")
    if len(given.body) > TEXT_MAX:
        wrong.append(f"异议内容超过 {TEXT_MAX} 字")
    if given.claim_id and given.claim_id not in read_content(row.content).claims:
        wrong.append("方案中没有该债权")
    if given.raised_on > given.today:
        wrong.append("提出日不能晚于今日")
    if day < row.served_on:
        wrong.append(f"提出日不能早于送达日（{row.served_on}）")
    if day > row.wait_until:
        wrong.append(f"异议期已于 {row.wait_until} 届满（民诉法解释第509条）")
    if wrong:
        raise UserError("；".join(wrong) + "。")
    objection_id = new_id()
    connection.execute(
        insert(table("distribution_objection")).values(
            id=objection_id,
            distribution_id=given.plan_id,
            claim_id=given.claim_id,
            body=given.body.strip(),
            by_name=given.by_name.strip(),
            raised_on=day,
        )
    )
    _change(connection, given.plan_id, state="objected")
    return objection_id


def decide(connection: Connection, given: Decide) -> None:
    """Records what became of an objection. UserError with everything wrong."""
    rows = table("distribution_objection")
    row = connection.execute(select(rows).where(rows.c.id == given.objection_id)).one_or_none()
    if row is None:
        raise UserError("异议已不在本机。")
    wrong = []
    if row.decided_on is not None:
        wrong.append("异议已经处理")
    if given.by is None:
        wrong.append(NO_PERSON)
    if given.decision not in DECISIONS:
        wrong.append("须选明处理结果")
    if not given.reason.strip():
        wrong.append("理由未填写")
    if given.on.isoformat() < row.raised_on:
        wrong.append("处理日不能早于提出日")
    if wrong:
        raise UserError("；".join(wrong) + "。")
    connection.execute(
        update(rows)
        .where(rows.c.id == given.objection_id)
        .values(
            decision=given.decision,
            reason=given.reason.strip()[:TEXT_MAX],
            decided_by=given.by,
            decided_on=given.on.isoformat(),
        )
    )


def settle(connection: Connection, given: SettlePlan) -> None:
    """The plan stands. The end of the period is counted again by the calendar that is known now."""
    row = _row(connection, given.plan_id)
    if row.state not in ("served", "objected"):
        raise UserError("分配方案尚未送达或者已经确定。")
    if given.by is None:
        raise UserError(f"{NO_PERSON}。")
    until = _wait_until(read_content(row.content), date.fromisoformat(row.served_on), given.law)
    assert until.last_on is not None
    if not until.certain:
        raise UserError("异议期末日所在年份的放假安排尚未公布，末日不能确定。")
    if until.last_on >= given.today:
        raise UserError(f"异议期至 {until.last_on} 届满，次日起方可确定。")
    found = [
        one
        for one in objections_of(connection, given.plan_id)
        if one.raised_on >= row.served_on  # those before were met by serving again
    ]
    if any(not one.decided_on for one in found):
        raise UserError("尚有异议未处理，分配方案不能确定。")
    if any(one.decision == AMENDED for one in found):
        raise UserError("有异议应按其意见修正方案，请撤回为草稿，修正后重新送达。")
    if until.last_on.isoformat() != row.wait_until:
        _change(connection, given.plan_id, wait_until=until.last_on.isoformat())
    _change(
        connection,
        given.plan_id,
        state="settled",
        settled_by=given.by,
        settled_on=given.today.isoformat(),
    )


# Reading


def plan(connection: Connection, args: PlanArgs) -> Plan | None:
    """One plan, counted; None when it is not on this device."""
    rows, case, court = table("distribution"), table("case"), table("court")
    person = table("person")
    maker, settler = person.alias("maker"), person.alias("settler")
    row = connection.execute(
        select(
            rows,
            case.c.number,
            court.c.name.label("court"),
            maker.c.name.label("maker"),
            settler.c.name.label("settler"),
        )
        .select_from(
            rows.join(case, case.c.id == rows.c.case_id)
            .join(court, court.c.id == case.c.court_id)
            .outerjoin(maker, maker.c.id == rows.c.maker_id)
            .outerjoin(settler, settler.c.id == rows.c.settled_by)
        )
        .where(rows.c.id == args.plan_id)
    ).one_or_none()
    if row is None:
        return None
    content = read_content(row.content)
    served = [date.fromisoformat(row.served_on)] if row.served_on else []
    return Plan(
        id=row.id,
        case_id=row.case_id,
        case_number=row.number,
        court=row.court,
        title=row.title,
        state=row.state,
        content=content,
        sha256=row.content_sha256,
        served_on=row.served_on or "",
        wait_until=row.wait_until or "",
        maker=row.maker or "",
        settled_by=row.settler or "",
        settled_on=row.settled_on or "",
        note=row.note,
        result=count_plan(content),
        waits=plan_waits(content, args.law, served),
        objections=objections_of(connection, row.id),
        orders=plan_orders(connection, row.id),
        available_fen=available(connection, row.case_id),
    )


def plan_waits(content: Content, law: Law, served: Sequence[date] = ()) -> tuple[Wait, ...]:
    """The three limits that follow a plan; the first with its last day once it was served."""
    order = plan_law_on(str(content.question["debtor"]), content.day)
    return waits(order, content.day, law.catalogues[0], served, law.court_calendar)


def objections_of(connection: Connection, plan_id: str) -> tuple[Objection, ...]:
    """The objections to a plan, the earliest first."""
    rows, person = table("distribution_objection"), table("person").c
    found = connection.execute(
        select(rows, person.name)
        .select_from(rows.outerjoin(table("person"), person.id == rows.c.decided_by))
        .where(rows.c.distribution_id == plan_id)
        .order_by(rows.c.raised_on, rows.c.id)
    )
    return tuple(
        Objection(
            *(row.id, row.claim_id, row.by_name, row.body, row.raised_on, row.decision or ""),
            *(row.reason or "", row.name or "", row.decided_on or ""),
        )
        for row in found
    )


def plan_orders(connection: Connection, plan_id: str) -> tuple[PlanOrder, ...]:
    """Orders made of a plan, and requests for them that the shared database has not decided."""
    orders = connection.exec_driver_sql(
        "select id, json_extract(computation, '$.claim'), number, amount_fen, payee, state,"
        " purpose from payment_order where distribution_id = ? order by number",
        (plan_id,),
    )
    asked = connection.exec_driver_sql(
        "select id, json_extract(json_extract(args, '$.computation'), '$.claim'), '',"
        " json_extract(args, '$.amount_fen'), json_extract(args, '$.payee'), 'asked',"
        " coalesce(json_extract(args, '$.purpose'), 'payment') from request"
        " where kind = 'disburse' and state = 'asked'"
        " and json_extract(args, '$.distribution_id') = ? order by id",
        (plan_id,),
    )
    return tuple(
        PlanOrder(row[0], row[1] or "", row[2] or "", int(row[3]), row[4] or "", row[5], row[6])
        for row in (*orders, *asked)
    )


def available(connection: Connection, case_id: str) -> int:
    """What may still be granted from the account of a case, in fen."""
    fund = table("fund").c
    found = connection.execute(
        select(fund.balance_fen - fund.held_fen).where(fund.case_id == case_id, fund.kind == "case")
    ).scalar()
    return int(found or 0)


# Inside


def _row(connection: Connection, plan_id: str) -> Row[Any]:
    rows = table("distribution")
    found = connection.execute(select(rows).where(rows.c.id == plan_id)).one_or_none()
    if found is None:
        raise UserError("分配方案已不在本机。")
    return found


def _change(connection: Connection, plan_id: str, **values: Any) -> None:
    rows = table("distribution")
    connection.execute(update(rows).where(rows.c.id == plan_id).values(**values))


def _wait_until(content: Content, served_on: date, law: Law) -> Wait:
    found = plan_waits(content, law, (served_on,))
    if not found or found[0].last_on is None:
        raise UserError("规则中没有异议期间，不能送达。")
    return found[0]
