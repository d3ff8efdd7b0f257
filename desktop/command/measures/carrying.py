"""What the team does on a decision, and what it is for the case. Writer lane.

Each act is a fact with the hour at which it was done; the facts of the case that set its clocks
going are written in the same transaction, so that nobody has to enter them again. What was done
without an approval is not refused: it is kept as a violation, with the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, insert, or_, select

from desktop.command.measures.clocks import EVENT_MARK, clocks, subject_of
from desktop.command.measures.facts import device, measure_of, standing_of, told
from desktop.contract.court_zone import court_time
from desktop.documents.numbering import number_words
from desktop.errors import UserError
from desktop.rules.coercive import (
    ENDED_EVENTS,
    EXECUTED_EVENTS,
    KINDS,
    NEXT_WORDS,
    Stand,
    Standing,
    detention_end,
    may_release,
)
from storage.ids import new_id
from storage.records.people import Post
from storage.schema import table

BODY_MAX: Final = 1_000
SIGNED: Final = ("signed", "issued", "recalled")
_EVENTS: Final[Mapping[str, str]] = {
    "notify_family": "family_told",
    "serve": "sanction_served",
    "ask_review": "sanction_reconsideration",
    "decide_review": "sanction_reconsideration_decided",
    "lapse": "sanction_review_lapsed",
    "pay": "fine_paid",
}
_NEEDS_WORDS: Final[Mapping[str, str]] = {
    "notify_family": "须写明通知了谁、以何方式；无法通知的，写明原因（民诉法解释第180条）。",
    "hand_over": "须写明送交哪一处看管、由谁接收。",
    "decide_review": "须写明复议决定的文号和结果。",
    "pay": "须写明缴款凭证号。",
    "release": "须写明提前解除的理由。",
}
# Only where a person is held is there a family to tell and a place to hand over to.
_DETENTION_ONLY: Final = ("notify_family", "hand_over", "release")
_SANCTION_ONLY: Final = ("serve", "ask_review", "decide_review", "lapse")


@dataclass(frozen=True, slots=True)
class Carry:
    """An act on a measure. `when`: the hour at which it was done, `at`: that of its entry.

    `served`: the decision was handed over at the execution itself. `grave`: a detention may follow
    the questioning, which may then last a day (民诉法解释第482条). `device`: this one without.
    """

    document_id: str
    act: str
    person_id: str | None
    when: datetime
    at: datetime
    body: str = ""
    served: bool = False
    grave: bool = False
    device: str | None = None


def carry(connection: Connection, args: Carry) -> str:
    """Stores the act with the facts that follow from it; gives what was done, in words. UserError
    with everything that lacks."""
    row = measure_of(connection, args.document_id)
    stand = standing_of(connection, row, args.at)
    wrong = _wrong(connection, row, stand, args)
    if wrong:
        raise UserError("\n".join(wrong))
    if args.act == "execute":
        return _execute(connection, row, args)
    _write(connection, row, args, args.act)
    if args.act in ("finish", "release"):
        _event(connection, row, args, ENDED_EVENTS[row.kind])
    elif args.act in _EVENTS:
        _event(connection, row, args, _EVENTS[args.act])
    return f"已登记：{NEXT_WORDS[args.act]}"


def _execute(connection: Connection, row: Row[Any], args: Carry) -> str:
    # Asked as it stood at the hour of the act: what was approved later was not approved then.
    approved = standing_of(connection, row, args.when).approval is not None
    _write(connection, row, args, "execute", violation=not approved)
    _event(connection, row, args, EXECUTED_EVENTS[row.kind])
    if args.served:
        _write(connection, row, args, "serve")
        _event(connection, row, args, _EVENTS["serve"])
    word = KINDS[row.kind]
    return f"已登记执行{word}" if approved else f"已登记执行{word}，因未经批准记为违规"


def _wrong(connection: Connection, row: Row[Any], stand: Standing, args: Carry) -> list[str]:
    wrong = _of_person(connection, row, args)
    if args.when > args.at:
        wrong.append("时间不能晚于现在。")
    if len(args.body) > BODY_MAX:
        wrong.append(f"说明不得超过 {BODY_MAX} 字。")
    if args.act in _NEEDS_WORDS and not args.body.strip():
        wrong.append(_NEEDS_WORDS[args.act])
    if args.act in _DETENTION_ONLY and row.kind != "detention_decision":
        wrong.append(f"{KINDS[row.kind]}没有{NEXT_WORDS[args.act]}。")
    if args.act in _SANCTION_ONLY and row.kind == "summons":
        wrong.append(f"拘传票没有{NEXT_WORDS[args.act]}。")
    return wrong + _in_turn(connection, row, stand, args)


def _of_person(connection: Connection, row: Row[Any], args: Carry) -> list[str]:
    if args.person_id is None:
        return ["须以本人身份登记：在座人员未设定。"]
    day = args.when.date()
    if args.act == "release":
        if decides(connection, row, args.person_id, day):
            return []
        return ["提前解除由院长决定，或者由受其委托代行的人决定（民诉法解释第182条）。"]
    if carries(connection, row, args.person_id, day):
        return []
    return ["只有本案承办人和所在团队成员才能登记执行情况。"]


def carries(connection: Connection, row: Row[Any], person_id: str | None, day: date) -> bool:
    """Whether the person carries the case out on that day: its handler, or one of its team."""
    case, member = table("case").c, table("membership").c
    on = day.isoformat()
    found = connection.execute(
        select(case.id)
        .outerjoin(table("membership"), member.team_id == case.team_id)
        .where(
            case.id == row.case_id,
            or_(
                case.handler_id == person_id,
                and_(
                    member.person_id == person_id,
                    member.from_on <= on,
                    or_(member.to_on.is_(None), member.to_on >= on),
                ),
            ),
        )
    ).first()
    return person_id is not None and found is not None


def decides(connection: Connection, row: Row[Any], person_id: str | None, day: date) -> bool:
    """Whether the person is the president of the case's court, or has his power on that day."""
    person, case, power = table("person").c, table("case").c, table("delegation").c
    court = connection.execute(select(case.court_id).where(case.id == row.case_id)).scalar()
    me = connection.execute(
        select(person.post, person.court_id).where(person.id == person_id)
    ).first()
    if me is None or me.court_id != court:
        return False
    if me.post == Post.PRESIDENT:
        return True
    giver, on = table("person").alias("giver"), day.isoformat()
    held = connection.execute(
        select(power.id)
        .join_from(table("delegation"), giver, giver.c.id == power.from_id)
        .where(
            power.to_id == person_id,
            power.state == "agreed",
            power.post == Post.PRESIDENT.value,
            giver.c.post == Post.PRESIDENT.value,
            giver.c.court_id == court,
            power.from_on <= on,
            power.to_on >= on,
        )
    ).first()
    return held is not None


def _in_turn(connection: Connection, row: Row[Any], stand: Standing, args: Carry) -> list[str]:
    """Whether it is time for the act, by what was done before."""
    executed, done = stand.executed, stand.acts
    word = NEXT_WORDS[args.act]
    if args.act == "execute":
        return _first_time(row, stand, args)
    if args.act == "release" and not may_release(row.kind, stand):
        return ["该措施不在执行之中，不能提前解除。"]
    if args.act in _SANCTION_ONLY:
        return _of_review(connection, row, stand, args)
    if executed is None:
        return ["该措施尚未执行。"]
    if args.when < executed.at:
        return [f"{word}不能早于执行（{executed.at:%m-%d %H:%M}）。"]
    if args.act in done:
        return [f"已经登记过{word}。"]
    if args.act in ("finish", "pay") and not stand.open:
        return ["该措施已经结束。"]
    if args.act == "finish" and row.kind == "detention_decision":
        return _too_early(row, executed.at, args.when)
    if args.act == "pay" and row.kind != "fine_decision":
        return ["只有罚款才登记缴纳。"]
    return []


def _too_early(row: Row[Any], since: datetime, when: datetime) -> list[str]:
    """Before its hour a detention ends by the president's decision alone."""
    end = detention_end(since, str(told(row).get("days", "")))
    if end is None or when >= end:
        return []
    return [
        f"拘留至{end:%Y-%m-%d %H:%M}期满，此前不能登记执行完毕；提前解除由院长决定"
        "（民诉法解释第182条）。"
    ]


def _first_time(row: Row[Any], stand: Standing, args: Carry) -> list[str]:
    wrong = []
    if stand.executed is not None:
        wrong.append("该措施已经执行。")
    if stand.stand is Stand.RECALLED:
        wrong.append("文书已经撤销，不得执行。")
    if args.served and row.state not in SIGNED:
        wrong.append("决定书尚未签发，不能送达。")
    if args.served and row.kind == "summons":
        wrong.append("拘传票没有送达决定书。")
    return wrong


def _of_review(connection: Connection, row: Row[Any], stand: Standing, args: Carry) -> list[str]:
    served, done = stand.acts.get("serve"), stand.acts
    if args.act == "serve":
        if row.state not in SIGNED:
            return ["决定书尚未签发，不能送达。"]
        return ["已经登记过送达。"] if served is not None else []
    if served is None:
        return ["决定书尚未送达，复议期间没有起算。"]
    if args.act in done:
        return [f"已经登记过{NEXT_WORDS[args.act]}。"]
    if args.act == "decide_review" and "ask_review" not in done:
        return ["没有复议申请的登记。"]
    before = done["ask_review"] if args.act == "decide_review" else served
    if args.when < before.at:
        word = NEXT_WORDS[args.act]
        return [f"{word}不能早于{NEXT_WORDS[before.act]}（{before.at:%m-%d %H:%M}）。"]
    if args.act == "decide_review":
        return []
    if "ask_review" in done or "lapse" in done:
        return ["复议情况已经登记。"]
    if args.act == "lapse" and not _window_is_over(connection, row, stand, args.at):
        return ["复议期间三日尚未届满（民诉法解释第185条）。"]
    return []


def _window_is_over(connection: Connection, row: Row[Any], stand: Standing, at: datetime) -> bool:
    window = next(
        (one for one in clocks(connection, [row], {row.id: stand})[row.id] if one.code == "D708"),
        None,
    )
    return window is not None and window.due is not None and window.due <= at


def _write(
    connection: Connection, row: Row[Any], args: Carry, act: str, *, violation: bool = False
) -> None:
    body = args.body.strip()
    if violation and not body:
        raise UserError(
            "没有早于执行的院长批准：请写明当时的紧急情况和原因，本件将作为违规记录报监督人员"
            "（民事诉讼法第119条，解释第179条）。"
        )
    connection.execute(
        insert(table("measure_act")).values(
            id=new_id(),
            document_id=row.id,
            act=act,
            person_id=args.person_id,
            at=args.when.isoformat(timespec="milliseconds"),
            device=device(connection) if args.device is None else args.device,
            violation=violation,
            body=body if act == args.act else "执行时当场送达",
            scope=row.scope,
        )
    )


def _event(connection: Connection, row: Row[Any], args: Carry, kind: str) -> None:
    """A fact of the case about the person, with its hour; its clocks follow from it."""
    if row.case_id is None:
        return
    words = told(row)
    when = court_time(args.when.isoformat()).replace(tzinfo=None, second=0, microsecond=0)
    connection.execute(
        insert(table("node_event")).values(
            id=new_id(),
            case_id=row.case_id,
            kind=kind,
            on=when.date().isoformat(),
            at=when.isoformat(timespec="minutes"),
            subject=subject_of(connection, row),
            actor_id=args.person_id,
            document_no=number_words(row.series, row.year, row.serial) or None,
            note=_note(row, words, kind, args),
            source_key=f"{EVENT_MARK}{row.id}:{kind}",
            scope=row.scope,
        )
    )


def _note(row: Row[Any], words: Mapping[str, Any], kind: str, args: Carry) -> str:
    said = args.body.strip()
    if kind == "detained":  # the clock of its end reads the days from here
        said = f"拘留{words.get('days', '')}日" + (f"；{said}" if said else "")
    elif kind == "summoned":
        said = f"询问{24 if args.grave else 8}小时" + (f"；{said}" if said else "")
    elif kind == "detention_ended":
        said = ("提前解除：" if args.act == "release" else "期满解除：") + said
    return said.removesuffix("：")
