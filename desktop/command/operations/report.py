"""行动报告: the after-action report, made from the facts of an operation and from nothing else.

Filled on any thread; laid out on the layout lane.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

from desktop.circulars.official import Block, Column, Head, Official, Paragraph, Sheet, day_words
from desktop.command.operations.chronicle import (
    KIND_WORDS,
    POLICE_WORDS,
    Entry,
    chronicle,
    order_whom,
)
from desktop.command.operations.records import Board, Group
from desktop.errors import UserError
from desktop.rules.field_orders import ACT_WORDS as ORDER_WORDS
from desktop.rules.field_orders import STATE_WORDS as ORDER_STATES
from desktop.rules.field_orders import OrderState, fold
from desktop.rules.operation_law import OperationLimits
from desktop.rules.operation_plan import RISK_LEVELS, Plan
from desktop.rules.operations import Act, Standing, State

_STEPS: Final = (
    OrderState.SENT,
    OrderState.DELIVERED,
    OrderState.ACKNOWLEDGED,
    OrderState.ON_SCENE,
    OrderState.DONE,
)
_UNDONE: Final = (OrderState.REFUSED, OrderState.CANCELLED)
# Of an order's steps, those that the course tells.
_ORDER_ENDS: Final = frozenset(
    ORDER_WORDS[act] for act in ("send", "finish", "refuse", "cancel", "escalate")
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A report before it is laid out. `sha256`: of all facts that it was made from."""

    document: Official
    sha256: str


@dataclass(frozen=True, slots=True)
class ReportPrint:
    """A filled report and where its PDF goes."""

    document: Official
    path: Path


def print_report(args: ReportPrint) -> Path:
    """Lays the report out; runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.pages import write_official  # noqa: PLC0415

    return write_official(args.document, args.path)


def fill(board: Board, limits: OperationLimits, now: datetime, printed_by: str) -> Filled:
    """The report as of `now`. UserError while the operation is not over."""
    operation, standing = board.operation, board.operation.standing(now)
    if standing.state not in (State.FINISHED, State.REPORTED):
        raise UserError("行动尚未结束，不能出具报告。")
    entries = chronicle(board, limits, now)
    number = operation.case_number
    body: list[Block] = [
        *_outline(board, standing),
        *_approval(board, standing),
        *_strength(board),
        Paragraph("四、行动经过", 1),
        _course_sheet(entries),
        *_watching(board, limits, now),
        *_orders(board),
        *_pictures(board),
        *_police(board),
    ]
    sha256 = _fingerprint(entries, board)
    document = Official(
        head=Head(operation.court, number),
        title=f"关于{operation.name}的\n行动报告",
        to="执行指挥中心",
        body=tuple(body),
        organ=operation.court,
        made_on=now.date(),
        seal=False,
        form="letter",
        foot=f"据行动记事生成　事实校验值 {sha256[:16]}　打印 {now:%Y-%m-%d %H:%M} {printed_by}",
    )
    return Filled(document, sha256)


def _fingerprint(entries: Sequence[Entry], board: Board) -> str:
    told = [[e.at.isoformat(), e.kind, e.what, e.who, e.words, e.struck] for e in entries]
    told.append([board.operation.content_sha256, *(one.sha256 for one in board.pictures)])
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(words: str) -> str:
    """As it is printed: typefaces have no tabs and no line breaks."""
    return " ".join(words.split())


def _sentence(words: str) -> str:
    """What somebody typed, with one full stop at its end whether he set one or not."""
    said = _plain(words).rstrip("。.；; ")
    return said if said.endswith(("！", "？", "!", "?", "”", "」")) else f"{said}。"


def _moment(at: datetime | None) -> str:
    return "—" if at is None else f"{at:%m-%d %H:%M:%S}"


def _outline(board: Board, standing: Standing) -> list[Block]:
    operation = board.operation
    started, finished = standing.started, standing.finished
    assert started is not None
    assert finished is not None
    minutes = int((finished.at - started.at).total_seconds()) // 60
    held = len(board.groups)
    people = len(operation.plan.people) if operation.plan else 0
    over = "" if finished.at.date() == started.at.date() else day_words(finished.at.date())
    case = f"，案号{operation.case_number}" if operation.case_number else ""
    return [
        Paragraph("一、基本情况", 1),
        Paragraph(
            f"{operation.team}于{day_words(started.at.date())}{started.at:%H时%M分}至"
            f"{over}{finished.at:%H时%M分}（历时{minutes}分钟）在{operation.place}开展{operation.name}"
            f"{case}。现场指挥{operation.commander}，出动{held}个小组{people}人。"
        ),
        Paragraph(f"任务目标：{_sentence(operation.plan.aim if operation.plan else '')}"),
        *([Paragraph(f"行动结论：{_sentence(finished.body)}")] if finished.body else []),
    ]


def _approval(board: Board, standing: Standing) -> list[Block]:
    operation, approved, started = board.operation, standing.approved, standing.started
    assert started is not None
    told = f"方案由{operation.maker}拟制"
    if approved is not None:
        told += f"，{board.name(approved.person_id)}于{_moment(approved.at)}批准"
    told += f"，方案校验值{operation.content_sha256[:16]}"
    found: list[Block] = [Paragraph("二、方案与批准", 1), Paragraph(f"{told}。")]
    signed = standing.overridden(started.test_id)
    if signed is not None:
        found.append(
            Paragraph(
                f"行动前设备自检未通过，{board.name(signed.person_id)}于{_moment(signed.at)}"
                f"签字放行，理由：{_sentence(signed.body)}"
            )
        )
    else:
        found.append(Paragraph("行动前设备自检通过。"))
    plan = operation.plan or Plan()
    if plan.risks:
        rows = [(RISK_LEVELS.get(r.level, r.level), r.what, r.measure) for r in plan.risks]
        found.append(_sheet("风险与措施", (("等级", 0.1), ("风险", 0.4), ("防范措施", 0.5)), rows))
    if plan.contingencies:
        rows = [(one.event, one.response, one.who) for one in plan.contingencies]
        found.append(_sheet("应急预案", (("情形", 0.35), ("处置", 0.5), ("负责人", 0.15)), rows))
    return found


def _strength(board: Board) -> list[Block]:
    plan = board.operation.plan or Plan()
    found: list[Block] = [Paragraph("三、力量编成", 1)]
    people = {
        group.name: [d for d in plan.people if d.group == group.name] for group in plan.groups
    }
    rows = [
        (
            group.name,
            group.team,
            group.leader or "—",
            group.task or "—",
            "、".join(f"{d.name}（{d.role}）" for d in people.get(group.name, ())) or "—",
        )
        for group in board.groups
    ]
    heads = (("小组", 0.16), ("团队", 0.2), ("组长", 0.1), ("任务", 0.22), ("人员", 0.32))
    found.append(_sheet("小组与人员", heads, rows))
    means = [
        *(("车辆", one.plate, f"驾驶{one.driver}，{one.seats or '—'}座") for one in plan.vehicles),
        *(("装备", one.name, f"{one.count or '—'}件{_who(one.who)}") for one in plan.gear),
        *(("路线", one.place, one.note or "—") for one in plan.route),
    ]
    if means:
        found.append(
            _sheet("车辆、装备与路线", (("类别", 0.12), ("名称", 0.4), ("说明", 0.48)), means)
        )
    return found


def _who(name: str) -> str:
    return f"，{name}保管" if name else ""


def _course_sheet(entries: Sequence[Entry]) -> Sheet:
    """Steps of orders between their giving and their end stand in the table of orders alone."""
    rows = [
        (
            _moment(one.at),
            one.what if one.kind in ("log", "course") else KIND_WORDS[one.kind],
            one.who or "—",
            f"{one.words}{'（已更正，见后）' if one.struck else ''}",
        )
        for one in entries
        if one.kind != "order" or one.what in _ORDER_ENDS
    ]
    heads = (("时间", 0.2), ("类别", 0.13), ("记录人", 0.13), ("内容", 0.54))
    return _sheet("行动经过（按时间）", heads, rows)


def _watching(board: Board, limits: OperationLimits, now: datetime) -> list[Block]:
    rows, alarms = [], []
    for group in board.groups:
        state = group.watch(limits, now)
        longest = _longest(group, now)
        rows.append(
            (
                group.name,
                f"{group.checkin_s // 60}分钟",
                str(state.reports),
                f"{int(longest.total_seconds()) // 60}分钟",
                str(len(state.alarms)),
            )
        )
        for alarm in state.alarms:
            ends = "更正" if alarm.corrected_at else "属实"
            kind = "失联" if alarm.kind == "silent" else "呼救"
            alarms.append(
                (
                    _moment(alarm.raised_at),
                    group.name,
                    f"{kind}（{ends}）",
                    _moment(alarm.corrected_at or alarm.answered_at),
                    f"{alarm.acknowledged_by or '—'} {_moment(alarm.acknowledged_at)}",
                )
            )
    heads = (
        ("小组", 0.3),
        ("间隔", 0.16),
        ("报平安次数", 0.18),
        ("最长间断", 0.18),
        ("警报", 0.18),
    )
    found: list[Block] = [Paragraph("五、报平安与警报", 1), _sheet("报平安", heads, rows)]
    if alarms:
        heads = (
            ("警报时间", 0.2),
            ("小组", 0.2),
            ("性质", 0.18),
            ("恢复联系", 0.2),
            ("确认", 0.22),
        )
        found.append(_sheet("警报", heads, alarms))
    else:
        found.append(Paragraph("行动期间没有警报。"))
    return found


def _longest(group: Group, now: datetime) -> timedelta:
    """The longest stretch without a report, from setting out to coming back."""
    times = sorted(one.at for one in group.reports if one.act in ("join", "ok", "leave"))
    ends = [group.over_at] if group.over_at is not None else []
    moments = [*times, *(at for at in ends if times and at > times[-1])]
    gaps = [later - sooner for sooner, later in pairwise(moments)]
    return max(gaps, default=timedelta())


def _orders(board: Board) -> list[Block]:
    found: list[Block] = [Paragraph("六、指令", 1)]
    rows = []
    started = board.operation.standing().started
    for order in board.orders:
        standing = fold(order.acts)
        found_at = {step: standing.steps[step].at for step in _STEPS if step in standing.steps}
        times = [_clock(found_at.get(step), started) for step in _STEPS]
        if standing.state in _UNDONE and standing.made_by is not None:
            times[-1] = f"{ORDER_STATES[standing.state]} {_clock(standing.made_by.at, started)}"
        rows.append((order.title, order_whom(order), *times))
    if not rows:
        return [*found, Paragraph("行动期间没有下达指令。")]
    heads = (
        *(("事项", 0.2), ("接受", 0.2), ("发送", 0.12), ("送达", 0.12), ("确认", 0.12)),
        *(("到场", 0.12), ("完成", 0.12)),
    )
    return [*found, _sheet("指令及回报时间", heads, rows)]


def _clock(at: datetime | None, started: Act | None) -> str:
    """The hour; with its day where that is another than that of the start."""
    if at is None:
        return "—"
    same = started is None or started.at.date() == at.date()
    return f"{at:%H:%M:%S}" if same else _moment(at)


def _pictures(board: Board) -> list[Block]:
    found: list[Block] = [Paragraph("七、图片", 1)]
    if not board.pictures:
        return [*found, Paragraph("没有存档图片。")]
    rows = [
        (_moment(one.at), one.feed, one.officer, one.note or "—", one.sha256[:16])
        for one in board.pictures
    ]
    heads = (("时间", 0.2), ("来源", 0.2), ("截图人", 0.12), ("说明", 0.26), ("校验值", 0.22))
    return [*found, _sheet("图片清单", heads, rows)]


def _police(board: Board) -> list[Block]:
    plan = board.operation.plan or Plan()
    found: list[Block] = [Paragraph("八、警力", 1)]
    if plan.police:
        arms = f"，携带{plan.police_arms}" if plan.police_arms else ""
        found.append(
            Paragraph(f"方案安排警力{plan.police}人{arms}，任务：{_sentence(plan.police_task)}")
        )
    rows = [
        (
            _moment(at),
            POLICE_WORDS.get(act, act),
            f"{request.officers if n is None else n}人",
            request.place,
        )
        for request in board.police
        for act, at, n in request.acts
    ]
    if rows:
        heads = (("时间", 0.22), ("事项", 0.3), ("人数", 0.14), ("地点", 0.34))
        found.append(_sheet("用警经过", heads, rows))
    elif not plan.police:
        found.append(Paragraph("本次行动没有安排警力。"))
    return found


def _sheet(
    caption: str, heads: Iterable[tuple[str, float]], rows: Iterable[Sequence[str]]
) -> Sheet:
    """A numbered table."""
    columns = (Column("序号", 0.08, "center"), *(Column(head, share) for head, share in heads))
    filled = [(str(n), *(_plain(cell) or "—" for cell in row)) for n, row in enumerate(rows, 1)]
    return Sheet(caption, columns, tuple(filled))
