"""What happened in an operation, in one order of time: acts, log, groups, alarms, orders, pictures.

Everything is read from facts; nothing is typed a second time. Pure; any thread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from desktop.command.operations.records import LOG_WORDS, Board, Group, LogLine, OrderLine
from desktop.rules.checkins import Watch, sentence
from desktop.rules.field_orders import ACT_WORDS as ORDER_WORDS
from desktop.rules.operation_law import OperationLimits
from desktop.rules.operations import ACT_WORDS

Kind = Literal["course", "log", "group", "checkin", "alarm", "order", "picture", "police"]
KIND_WORDS: Final[dict[Kind, str]] = {
    "course": "行动",
    "log": "记事",
    "group": "小组",
    "checkin": "报平安",
    "alarm": "警报",
    "order": "指令",
    "picture": "图片",
    "police": "警力",
}
POLICE_WORDS: Final = {
    "submit": "申请用警",
    "return": "退回用警申请",
    "send": "发往法警支队",
    "answer": "法警支队答复",
    "arrive": "警力到场",
    "leave": "警力撤离",
    "refuse": "法警支队未予派警",
    "cancel": "撤回用警申请",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `line`: of the run log; `style`: a style key where it is grave;
    `order_id`, `picture_id`: what it leads to."""

    at: datetime
    key: str
    kind: Kind
    what: str
    who: str
    words: str
    style: str = ""
    line: LogLine | None = None
    order_id: str = ""
    picture_id: str = ""

    @property
    def struck(self) -> bool:
        """Whether a later line corrects it."""
        return self.line is not None and self.line.voided_by is not None


def chronicle(
    board: Board, limits: OperationLimits, now: datetime, *, checkins: bool = False
) -> tuple[Entry, ...]:
    """Everything up to `now`, the oldest first; with `checkins` each report that all is well."""
    found = [*_course(board), *_log(board), *_orders(board), *_pictures(board), *_police(board)]
    for group in board.groups:
        found += _group(group, limits, now, checkins=checkins)
    return tuple(sorted((one for one in found if one.at <= now), key=lambda one: (one.at, one.key)))


def _course(board: Board) -> Iterator[Entry]:
    for act in board.operation.acts:
        words = ACT_WORDS[act.act]
        grave = "overdue" if act.act in ("return", "override", "cancel") else ""
        told = f"{words}：{act.body}" if act.body else words
        yield Entry(act.at, act.id, "course", words, board.name(act.person_id), told, grave)


def _log(board: Board) -> Iterator[Entry]:
    at = {line.id: line.at for line in board.log}
    for line in board.log:
        words = line.body
        if line.voids in at:
            words = f"（更正{at[line.voids]:%H:%M:%S}所记）{words}"
        yield Entry(
            line.at,
            line.id,
            "log",
            LOG_WORDS[line.kind],
            board.name(line.person_id),
            words,
            line=line,
            order_id=(line.about_id or "") if line.about == "order" else "",
            picture_id=(line.about_id or "") if line.about == "snapshot" else "",
        )


def _group(
    group: Group, limits: OperationLimits, now: datetime, *, checkins: bool
) -> Iterator[Entry]:
    for one in group.reports:
        key = one.id
        if one.act == "join":
            task = f"，{group.task}" if group.task else ""
            words = f"{group.name}（{group.team}，组长{group.leader or '未定'}）出发{task}"
            yield Entry(one.at, key, "group", "出发", one.person, words)
        elif one.act == "leave":
            yield Entry(one.at, key, "group", "撤收", one.person, f"{group.name}撤收")
        elif one.act == "ok" and (checkins or one.body):
            words = f"{group.name}报平安" + (f"：{one.body}" if one.body else "")
            yield Entry(one.at, key, "checkin", "报平安", one.person, words, "normal")
    state: Watch = group.watch(limits, now)
    for alarm in state.alarms:
        words = sentence(alarm, group.name, alarm.acknowledged_at or now)
        key = f"{group.id}{alarm.key}"
        yield Entry(alarm.raised_at, key, "alarm", "警报", "", words, "overdue")
        if alarm.acknowledged_at is not None:
            note = f"：{alarm.note}" if alarm.note else ""
            words = f"确认{group.name}的警报{note}"
            who = alarm.acknowledged_by
            yield Entry(alarm.acknowledged_at, f"{key}-", "alarm", "确认", who, words, "done")


def _orders(board: Board) -> Iterator[Entry]:
    for order in board.orders:
        whom = order_whom(order)
        for act in order.acts:
            words = f"{ORDER_WORDS.get(act.act, act.act)}指令“{order.title}”（{whom}）"
            told = (order.place, order.body) if act.act == "send" else ()
            if said := "，".join(part for part in (*told, act.body) if part):
                words = f"{words}：{said}"
            grave = "overdue" if act.act in ("refuse", "escalate") else ""
            what = ORDER_WORDS.get(act.act, act.act)
            who = board.name(act.person_id)
            yield Entry(act.at, act.id, "order", what, who, words, grave, order_id=order.id)


def order_whom(order: OrderLine) -> str:
    """Whom an order is for."""
    return f"{order.team} {order.person}".strip()


def _pictures(board: Board) -> Iterator[Entry]:
    """Those that no line of the log tells of already."""
    told = {line.about_id for line in board.log if line.about == "snapshot"}
    for one in board.pictures:
        if one.id in told:
            continue
        words = f"{one.feed}截图" + (f"：{one.note}" if one.note else "")
        yield Entry(one.at, one.id, "picture", "截图", one.officer, words, picture_id=one.id)


def _police(board: Board) -> Iterator[Entry]:
    for request in board.police:
        for n, (act, at, officers) in enumerate(request.acts):
            count = f"{officers}人" if officers is not None else f"申请{request.officers}人"
            what = POLICE_WORDS.get(act, act)
            key = f"{request.id}{n:03d}"
            yield Entry(at, key, "police", what, "", f"{what}（{count}，{request.place}）")
