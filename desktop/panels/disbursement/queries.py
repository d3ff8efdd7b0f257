"""The list: orders and intents as they stand, sorted by the clock that presses. Reader lanes."""

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select

from desktop.contract.law import Law
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.contract.params import as_params, flag, many
from desktop.funds import ladder
from desktop.funds.asked_words import instant_words, names, refused_words
from desktop.funds.holders import Crowd, crowd
from desktop.funds.standings import Standing
from desktop.panels.disbursement.rules import (
    COURSE_STYLES,
    COURSE_WORDS,
    OPEN,
    Course,
    course_of,
    intent_course,
    way_words,
)
from desktop.rules.disbursement_law import load_disbursement_law
from storage.schema import table
from storage.schema.payments import EXPIRES_DAYS
from storage.sync.tray import STATE_SQL

TABLES: Final = ("request", *ladder.TABLES)
IDLE_DAYS: Final = EXPIRES_DAYS
_KINDS: Final = ("disburse", "remit")
_STEPS: Final = {"": "", "send": "财务送出", "answer": "银行回盘"}
# Ids of the list: what is an order, an intent, an intent that was not taken.
_ORDER, _INTENT, _HELD = 0, 1, 2
_REQUEST_NUMBER: Final = int(table("request").info["number"])

_ORDERS: Final = """
select o.rowid n, o.id, o.number, o.case_id, c.number case_number, c.court_id,
  m.court_id made_at_court, o.purpose, o.source, o.target, o.amount_fen, o.payee, o.state,
  o.stage, o.maker, o.maker_id, o.made_at, o.memo,
  exists (select 1 from fund_entry e join fund_entry r on r.reverses = e.id
    where e.hold_id = o.id and e.kind = 'payment'
    or e.order_id = o.id and e.kind = 'transfer') reversed
from payment_order o left join "case" c on c.id = o.case_id
  left join person m on m.id = o.maker_id
where {where}"""
_INTENTS: Final = """
select r.rowid n, r.id, r.kind, r.case_id, c.number case_number, r.args, r.changed_by maker,
  r.changed_at at from request r left join "case" c on c.id = r.case_id
where r.kind in ('disburse', 'remit') and r.state = 'asked'
  and not exists (select 1 from payment_order o where o.id = r.id)"""
REFUSED: Final = f"""
select p.seq n, p.row_id id, b.id bundle_id, p.k, p.new, b.actor maker, b.made_at at, b.detail,
  b.verdict from _op p join _bundle b on b.n = p.bundle_n left join _settled s on s.bundle_id = b.id
where p.tbl = {_REQUEST_NUMBER} and p.kind = 'R' and {STATE_SQL} = 'held'"""


@dataclass(frozen=True, slots=True)
class DisbursementFilter:
    """Which rows: courses (empty for all) and purposes, of one case or of all, with some text in
    number, case or payee. `open_only`: without courses, what still waits for somebody; `mine`: made
    or passed by `person_id`; `waiting`: waiting for him, whatever its course."""

    courses: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    case_id: str | None = None
    text: str = ""
    open_only: bool = True
    mine: bool = False
    waiting: bool = False
    person_id: str | None = None

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open."""
        return as_params(self)

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "DisbursementFilter":
        """The filter that `to_params` wrote; unknown keys are ignored."""
        return cls(
            courses=many(params, "courses"),
            purposes=many(params, "purposes"),
            case_id=params.get("case_id") or None,
            text=params.get("text", ""),
            open_only=bool(flag(params, "open_only")),
            mine=bool(flag(params, "mine")),
            waiting=bool(flag(params, "waiting")),
            person_id=params.get("person_id") or None,
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """One row before its clock is known. `code` and `facts`: why an intent was not taken;
    `where`: bundle and place of the operation, to make it again."""

    n: int
    id: str
    course: Course
    case_id: str | None
    case_number: str
    court_id: str | None
    purpose: str
    way: str
    amount_fen: int
    payee: str
    maker: str
    maker_id: str | None
    at: str
    number: str = ""
    stage: str = ""
    memo: str = ""
    code: str = ""
    facts: Mapping[str, Any] | None = None
    where: tuple[str, int] | None = None

    @property
    def is_order(self) -> bool:
        """Whether the amount is granted; an intent moves nothing."""
        return self.n % 4 == _ORDER


def listed(connection: Connection, where: str = "1") -> Iterator[Listed]:
    """Everything there is, in no order; `where`: which orders, as SQL over `o`."""
    for row in connection.exec_driver_sql(_ORDERS.format(where=where)):
        yield Listed(
            n=row.n * 4 + _ORDER,
            id=row.id,
            course=course_of(row.state, reversed_=bool(row.reversed)),
            case_id=row.case_id,
            case_number=row.case_number or "",
            court_id=row.court_id or row.made_at_court,
            purpose=row.purpose,
            way=way_words(row.purpose, row.source, row.target),
            amount_fen=row.amount_fen,
            payee=row.payee,
            maker=row.maker,
            maker_id=row.maker_id,
            at=row.made_at,
            number=row.number,
            stage=row.stage,
            memo=row.memo or "",
        )
    yield from _intents(connection)


def _intents(connection: Connection) -> Iterator[Listed]:
    for row in connection.exec_driver_sql(_INTENTS):
        yield _intent(row.n * 4 + _INTENT, row, json.loads(row.args), "", None, None)
    found = connection.exec_driver_sql(REFUSED).fetchall()
    if not found:
        return
    case = table("case").c
    numbers = {row.id: row.number for row in connection.execute(select(case.id, case.number))}
    for row in found:
        new = json.loads(row.new)
        if new.get("kind") not in _KINDS:
            continue
        args = new["args"] if isinstance(new["args"], dict) else json.loads(new["args"])
        detail = json.loads(row.detail) if row.detail else {}
        code = str(detail.get("code") or row.verdict)
        made = _Wished(row.id, args.get("case_id"), "", row.maker, row.at)
        made.case_number = numbers.get(made.case_id or "", "")
        place = (row.bundle_id, row.k)
        yield _intent(row.n * 4 + _HELD, made, args, code, detail, place)


@dataclass(slots=True)
class _Wished:
    id: str
    case_id: str | None
    case_number: str
    maker: str
    at: str


def _intent(
    n: int,
    row: Any,
    args: Mapping[str, Any],
    code: str,
    facts: Mapping[str, Any] | None,
    where: tuple[str, int] | None,
) -> Listed:
    purpose = str(args.get("purpose") or "payment")
    course = intent_course("asked", code)
    assert course is not None
    return Listed(
        n=n,
        id=row.id,
        course=course,
        case_id=row.case_id,
        case_number=row.case_number or "",
        court_id=None,
        purpose=purpose,
        way=way_words(purpose, str(args.get("from") or "case"), args.get("target")),
        amount_fen=int(args["amount_fen"]),
        payee=str(args.get("payee") or ""),
        maker=row.maker or "",
        maker_id=None,
        at=row.at or "",
        memo=str(args.get("memo") or ""),
        code=code,
        facts=facts,
        where=where,
    )


class Waiting:
    """Which orders wait for one person: his stage, his sending, his own that came back."""

    def __init__(self, connection: Connection, person_id: str | None, day: date) -> None:
        self.person_id = person_id
        self._crowd: Crowd = crowd(connection, day)
        act = table("payment_act").c
        self._passed: set[str] = set()
        self._replaced: set[str] = set()
        if person_id is None:
            return
        self._passed.update(
            connection.execute(
                select(act.order_id).where(act.act == "pass", act.person_id == person_id)
            ).scalars()
        )
        order = table("payment_order").c
        self._replaced.update(
            connection.execute(select(order.replaces).where(order.replaces.is_not(None))).scalars()
        )

    def can(self, stage: str, court_id: str | None) -> bool:
        """Whether the person may do a stage ("finance": send and answer) for that court."""
        if self.person_id is None:
            return False
        return any(one.id == self.person_id for one in self._crowd.may(stage, court_id))

    def is_for(self, one: Listed) -> bool:
        """Whether this row waits for him."""
        mine = one.maker_id is not None and one.maker_id == self.person_id
        match one.course:
            case Course.APPROVING:
                apart = not mine and one.id not in self._passed
                return apart and self.can(one.stage, one.court_id)
            case Course.APPROVED:
                apart = not mine and one.id not in self._passed
                return apart and self.can("finance", one.court_id)
            case Course.UNKNOWN:
                return not mine and self.can("finance", one.court_id)
            case Course.RETURNED | Course.FAILED:
                return mine and one.id not in self._replaced
            case Course.REFUSED | Course.CHANGED:
                return True  # what lies in this desk's tray was asked for here
            case _:
                return False

    def touched(self, one: Listed) -> bool:
        """Whether he made it or passed it; an intent was made at this desk."""
        return not one.is_order or one.maker_id == self.person_id or one.id in self._passed


def chosen(connection: Connection, filter_: DisbursementFilter, today: date) -> list[Listed]:
    """The rows of a filter, in no order."""
    waiting = Waiting(connection, filter_.person_id, today)
    typed = filter_.text.strip().casefold()
    found = []
    for one in listed(connection, _states(filter_)):
        if filter_.courses and one.course.value not in filter_.courses:
            continue
        anything = filter_.courses or filter_.waiting or not filter_.open_only
        if not anything and one.course not in OPEN:
            continue
        if filter_.purposes and one.purpose not in filter_.purposes:
            continue
        if filter_.case_id is not None and one.case_id != filter_.case_id:
            continue
        if typed and typed not in f"{one.number} {one.case_number} {one.payee}".casefold():
            continue
        if filter_.mine and not waiting.touched(one):
            continue
        if filter_.waiting and not waiting.is_for(one):
            continue
        found.append(one)
    return found


def _states(filter_: DisbursementFilter) -> str:
    """Which orders have to be read for a filter: most are paid, and few filters ask for those."""
    wanted = [str(course) for course in filter_.courses]
    if Course.REVERSED in wanted:
        wanted.append("paid")
    if not wanted and filter_.waiting:
        wanted = [*OPEN, Course.RETURNED, Course.FAILED]
    elif not wanted and filter_.open_only:
        wanted = list(OPEN)
    if not wanted:
        return "1"
    return f"o.state in ({', '.join(repr(str(state)) for state in sorted(set(wanted)))})"


def clocks(
    connection: Connection, some: Iterable[Listed], today: date, law: Law
) -> Mapping[str, Standing]:
    """Order -> how its money stands; of an order over several receipts what presses most."""
    cases = {one.case_id for one in some if one.is_order and one.course in OPEN and one.case_id}
    if not cases:
        return {}
    found: dict[str, Standing] = {}
    for standing in ladder.standing(connection, today, sorted(cases), law):
        if standing.order_id is not None:
            found.setdefault(standing.order_id, standing)  # sorted: what presses most comes first
    return found


def snapshot(
    connection: Connection, args: SnapshotArgs[Dated[DisbursementFilter]], law: Law
) -> Sequence[int]:
    """Ordered row ids; unless asked otherwise, what presses most first, what is done last."""
    today = args.filter.today
    some = chosen(connection, args.filter.filter, today)
    if args.sort in _SORTS:
        some.sort(key=lambda one: (_SORTS[args.sort or ""](one), one.at), reverse=args.descending)
        return array("q", (one.n for one in some))
    stand = clocks(connection, some, today, law)
    done = [one for one in some if one.course not in OPEN]
    pressing = [one for one in some if one.id in stand]
    others = [one for one in some if one.course in OPEN and one.id not in stand]
    pressing.sort(key=lambda one: (stand[one.id].order, one.at))
    others.sort(key=lambda one: one.at)
    done.sort(key=lambda one: one.at, reverse=True)
    late = [one for one in pressing if stand[one.id].light == "overdue"]
    rest = [one for one in pressing if stand[one.id].light != "overdue"]
    return array("q", (one.n for one in (*late, *others, *rest, *done)))


_SORTS: Final[Mapping[str, Any]] = {
    "case_number": lambda one: one.case_number,
    "way": lambda one: one.way,
    "amount": lambda one: one.amount_fen,
    "payee": lambda one: one.payee,
    "state": lambda one: one.course.value,
    "number": lambda one: one.number,
    "day": lambda one: one.at,
    "maker": lambda one: one.maker,
}


def rows(
    connection: Connection,
    ids: Sequence[int],
    today: date,
    law: Law,
    person_id: str | None = None,
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids`, keyed as the columns of the list."""
    wanted = set(ids)
    orders = ", ".join(str(n // 4) for n in wanted if n % 4 == _ORDER)
    some = [one for one in listed(connection, f"o.rowid in ({orders})") if one.n in wanted]
    stand = clocks(connection, some, today, law)
    waiting = Waiting(connection, person_id, today)
    known = names(connection)
    return {one.n: _row(one, stand.get(one.id), waiting, known, today) for one in some}


def _row(
    one: Listed,
    standing: Standing | None,
    waiting: Waiting,
    known: Mapping[str, str],
    today: date,
) -> Mapping[str, object]:
    why = refused_words(one.code, one.facts or {}, known) if one.code else ""
    return {
        "id": one.id,
        "is_order": one.is_order,
        "course": one.course,
        "case_id": one.case_id,
        "case_number": one.case_number,
        "way": one.way,
        "amount": one.amount_fen,
        "payee": one.payee,
        "state": (COURSE_STYLES[one.course], COURSE_WORDS[one.course]),
        "step": _step(one, standing),
        "clock": _clock(standing, today),
        "clock_words": clock_words(standing, today),
        "number": one.number,
        "at": instant_words(one.at),
        "day": instant_words(one.at)[:10],
        "maker": known.get(one.maker_id or one.maker, one.maker),
        "note": why or one.memo,
        "why": why,
        "waiting": waiting.is_for(one),
        "sendable": one.course is Course.APPROVED and waiting.is_for(one),
        "possible_fen": possible_fen(one),
        "where": one.where,
    }


def possible_fen(one: Listed) -> int | None:
    """The amount that is there, of an intent that asked for more; None for anything else."""
    if one.code != "funds" or not one.facts:
        return None
    fen = int(one.facts.get("available_fen") or 0)
    return fen if fen > 0 else None


def _step(one: Listed, standing: Standing | None) -> str:
    if standing is not None:
        return f"{standing.step_name}·{standing.holder_name}"
    if one.course is Course.APPROVING:
        return load_disbursement_law().stage_name(one.stage)
    return {Course.APPROVED: "财务送出", Course.SENT: "银行回盘", Course.UNKNOWN: "查询结果"}.get(
        one.course, ""
    )


def _clock(standing: Standing | None, today: date) -> tuple[str, str] | str:
    if standing is None:
        return ""
    left = standing.days_left(today)
    if left is None:
        return (standing.light, f"已 {standing.days_held} 天")
    return (standing.light, f"超 {-left} 天" if left < 0 else f"余 {left} 天")


def clock_words(standing: Standing | None, today: date) -> str:
    """What the clock is, and who holds the money up: step and person."""
    if standing is None:
        return ""
    due = f"应于 {standing.due_on.isoformat()} 前" if standing.due_on else "无法定期限"
    return "\n".join(
        (
            f"{standing.clock_name}：{due}（{standing.article}）",
            f"到账 {standing.arrived_on.isoformat()}，已 {standing.days_held} 天",
            f"现在：{standing.step_name}，{standing.holder_name}"
            + (f"，自 {standing.step_since.isoformat()}" if standing.step_since else ""),
        )
    )


def idle(connection: Connection, today: date) -> list[str]:
    """Numbers of orders before their sending that nobody has moved for as long as they may lie."""
    found = connection.exec_driver_sql(
        "select o.number from payment_order o join payment_act a on a.order_id = o.id"
        " and a.n = o.last_n where o.state in ('approving', 'approved')"
        " and substr(a.at, 1, 10) < ? order by o.number",
        (idle_before(today).isoformat(),),
    )
    return [row.number for row in found]


def idle_before(today: date) -> date:
    """An order whose last act is before this day may be taken back."""
    return today - timedelta(days=IDLE_DAYS - 1)


def waiting_count(connection: Connection, today: date, person_id: str | None) -> tuple[int, str]:
    """How many wait for the person at the desk (for the navigator)."""
    wanted = DisbursementFilter(waiting=True, person_id=person_id)
    some = chosen(connection, wanted, today)
    count = len(some)
    refused = any(not one.is_order for one in some)
    return count, "overdue" if refused else "due_soon" if count else ""
