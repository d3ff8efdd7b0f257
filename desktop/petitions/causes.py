"""Causes of petitions (X26): which open cases may bring one within thirty days, and why.

Every sign is something the court did or left undone: a node past its day, no act for two months,
money not paid out, a clue not verified, how long the case has run, who came about it before. Points
are fitted to the court's own past and tried on later days; where they do no better than one rate
for all cases there is no list, and a sentence says so. Who the parties are plays no part.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from sqlalchemy import Connection

from desktop.contract.law import Law
from desktop.petitions.causes_facts import CaseState, History, LateNode, first_petition, history
from desktop.petitions.causes_model import Bin, Numbers, Sample, Trial, fit, judged, risks

HORIZON: Final = timedelta(days=30)
WINDOWS_MOST: Final = 12
_WINDOWS_LEAST: Final = 3
_HITS_TO_FIT: Final = 60
_HITS_TO_JUDGE: Final = 25
_SURE: Final = 2.0  # standard errors by which the points must beat the base rate
_TIMES: Final = 2.0  # a case is listed from this multiple of the base rate on
ROWS_MOST: Final = 300
_SHOWN: Final = 0.05  # points below which a reason says nothing
_GROUPS: Final = {
    "start": (
        "立案、分案、通知",
        ("N03", "N04", "N05", "N06", "N06X", "N07", "N08", "N09", "D303C"),
    ),
    "query": ("查控、调查", ("N10", "N11", "N12", "N13", "N13U", "N14", "N15", "D601")),
    "sale": (
        "评估、拍卖",
        (
            *("N24", "N25", "N25P", "N26", "N26Y", "N27", "N28", "N29", "N30", "N31", "N32"),
            *("D401", "D402", "D403", "D501", "D502", "D503", "D504"),
        ),
    ),
    "money": ("案款", ("N35", "N35A", "D901", "D902", "D903", "D904", "D905")),
    "term": ("办案期限", ("N37", "N37F", "D203C", "D206C")),
}
_OTHER: Final = "other"
_GROUP_OF: Final = {code: key for key, (_name, codes) in _GROUPS.items() for code in codes}
_TIERS: Final = (8, 31, 61)


@dataclass(frozen=True, slots=True)
class Reason:
    """What speaks for a risk, in points of log-odds."""

    text: str
    points: float

    def words(self) -> str:
        """公告节点超期 41 天：+1.2."""
        return f"{self.text}：{self.points:+.1f}"


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One case; its reasons, the heaviest first."""

    case_id: str
    number: str
    court: str
    handler: str
    risk: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class RiskList:
    """`rows` is empty where the trial failed; `note` says in a sentence what was tried and what
    came of it. `brier`, `base_brier`, `bins` are of days the points had not seen, None and empty
    where there was too little to try. `points`: the whole model, the first line for every case."""

    rows: tuple[RiskRow, ...]
    brier: float | None
    base_brier: float | None
    bins: tuple[Bin, ...]
    note: str
    base_rate: float | None = None
    points: tuple[Reason, ...] = ()
    watched: int = 0

    @property
    def usable(self) -> bool:
        """Whether the trial was passed."""
        return self.base_rate is not None


def _late_in(group: str) -> Callable[[CaseState], float]:
    def found(state: CaseState) -> float:
        return float(any(_group(late) == group for late in state.late))

    return found


def _group(late: LateNode) -> str:
    return _GROUP_OF.get(late.code, _OTHER)


def _late_by(days: int) -> Callable[[CaseState], float]:
    return lambda state: float(bool(state.late) and state.late[0].days >= days)


def _at_least(what: Callable[[CaseState], int | None], days: int) -> Callable[[CaseState], float]:
    def found(state: CaseState) -> float:
        value = what(state)
        return float(value is not None and value >= days)

    return found


def _lately(state: CaseState) -> float:
    return float(state.since_visit is not None and state.since_visit <= 60)


_Sign = tuple[str, Callable[[CaseState], float]]
_LATE_SIGNS: Final[tuple[_Sign, ...]] = (
    *((f"{name}节点超期", _late_in(key)) for key, (name, _codes) in _GROUPS.items()),
    ("其他节点超期", _late_in(_OTHER)),
    *((f"最长超期满 {days} 天", _late_by(days)) for days in _TIERS),
)


@dataclass(frozen=True, slots=True)
class _Matter:
    """Signs of one matter, told in one line with its own number."""

    words: Callable[[CaseState], str]
    signs: tuple[_Sign, ...]


_MATTERS: Final = (
    _Matter(
        lambda state: f"另有 {len(state.late) - 1} 个节点超期",
        (("另有节点超期（每个，至多三个）", lambda s: float(min(max(len(s.late) - 1, 0), 3))),),
    ),
    _Matter(
        lambda state: f"{state.idle} 天无执行行为",
        (("六十日无执行行为", _at_least(lambda s: s.idle, 60)),),
    ),
    _Matter(
        lambda state: f"案款到账 {state.money} 天未发放",
        (
            ("案款未发放", _at_least(lambda s: s.money, 0)),
            ("案款滞留满三十日", _at_least(lambda s: s.money, 30)),
        ),
    ),
    _Matter(
        lambda state: f"线索 {state.clue} 天未核实",
        (("线索超过七日未核实", _at_least(lambda s: s.clue, 8)),),
    ),
    _Matter(
        lambda state: f"立案已 {state.age} 天",
        (
            ("立案满九十日", _at_least(lambda s: s.age, 90)),
            ("立案满六个月", _at_least(lambda s: s.age, 183)),
            ("立案满一年", _at_least(lambda s: s.age, 365)),
        ),
    ),
    _Matter(
        lambda state: f"此前信访 {state.visits} 件",
        (
            ("有过信访", _at_least(lambda s: s.visits, 1)),
            ("信访两件以上", _at_least(lambda s: s.visits, 2)),
        ),
    ),
    _Matter(
        lambda state: f"最近一件信访在 {state.since_visit} 天前",
        (("六十日内有信访", _lately),),
    ),
)
_SIGNS: Final = (*_LATE_SIGNS, *(sign for matter in _MATTERS for sign in matter.signs))


def signs(states: Sequence[CaseState]) -> Numbers:
    """A line of numbers for each case."""
    lines = [[sign(state) for _name, sign in _SIGNS] for state in states]
    return np.asarray(lines, dtype=np.float64).reshape(len(states), len(_SIGNS))


def risk_list(connection: Connection, law: Law, today: date) -> RiskList:
    """The cases open today that may bring a petition, and how far such lists were right before.

    Reads a few hundred thousand rows: some seconds on a large city. Deterministic.
    """
    first = first_petition(connection)
    count = 0 if first is None else min((today - first).days // HORIZON.days, WINDOWS_MOST)
    if first is None or count < _WINDOWS_LEAST:
        least = _WINDOWS_LEAST * HORIZON.days
        return _refused(f"信访登记不足 {least} 日，没有可供检验的历史，暂不列名单。")
    past = history(connection, today - HORIZON * count, today)
    windows = [today - HORIZON * back for back in range(count, 0, -1)]
    split = count - max(1, count // 3)
    numbers = {row[0]: n for n, row in enumerate(past.cases)}
    earlier = _sample(past, windows[:split], numbers)
    later = _sample(past, windows[split:], numbers)
    if earlier.y.sum() < _HITS_TO_FIT or later.y.sum() < _HITS_TO_JUDGE:
        return _refused(
            f"有案件的信访过少（拟合 {int(earlier.y.sum())} 件、检验 {int(later.y.sum())} 件），"
            "无法检验，暂不列名单。"
        )
    points = fit(earlier.x, earlier.y)
    trial = judged(points, later)
    told = _told(windows, split, trial)
    if trial.brier >= trial.base or trial.sure < _SURE:
        return RiskList(
            *((), trial.brier, trial.base, trial.bins),
            f"{told}未能可靠地优于基准率：眼下的节点情况说明不了谁会来访，不列名单。",
        )
    base = float(earlier.y.mean())
    states = past.states(today)
    rows, reached = _rows(law, points, states, base)
    gain = (1 - trial.brier / trial.base) * 100
    note = (
        f"{told}误差比基准率小 {gain:.1f}%，通过检验。"
        f"今日在办 {len(states):,} 案，风险达基准率（{base:.1%}）{_TIMES:g} 倍以上的 {reached} 案"
        f"{'' if reached == len(rows) else f'，列出最高的 {len(rows)} 案'}。"
        "名单仅供提前化解，不作为对当事人的评价。"
    )
    names = ("每案起点", *(name for name, _sign in _SIGNS))
    model = tuple(Reason(*pair) for pair in zip(names, points.tolist(), strict=True))
    return RiskList(
        rows, trial.brier, trial.base, trial.bins, note, base, model, watched=len(states)
    )


def _refused(why: str) -> RiskList:
    return RiskList((), None, None, (), why)


def _told(windows: Sequence[date], split: int, trial: Trial) -> str:
    return (
        f"以 {windows[0]} 起 {split} 个三十日的在办案件拟合，用其后 {len(windows) - split} 个三十日"
        f"检验（{trial.of:,} 案次，预计 {trial.expected:.0f}、实际 {trial.happened} 案次有信访）："
        f"布里尔分数 {trial.brier:.4f}，基准率 {trial.base:.4f}，"
    )


def _sample(past: History, days: Sequence[date], numbers: dict[str, int]) -> Sample:
    x, y, case = [], [], []
    for day in days:
        states = past.states(day)
        after, until = day.isoformat(), (day + HORIZON).isoformat()
        x.append(signs(states))
        y += [float(past.came_within(one.case_id, after, until)) for one in states]
        case += [numbers[one.case_id] for one in states]
    return Sample(np.vstack(x), np.asarray(y), np.asarray(case, dtype=np.int64))


def _rows(
    law: Law, points: Numbers, states: Sequence[CaseState], base: float
) -> tuple[tuple[RiskRow, ...], int]:
    """The rows to be shown, and how many reach the mark."""
    found = zip(states, risks(points, signs(states)).tolist(), strict=True)
    high = [(risk, state) for state, risk in found if risk >= _TIMES * base]
    high.sort(key=lambda one: (-one[0], one[1].number))
    rows = tuple(
        RiskRow(
            *(state.case_id, state.number, state.court, state.handler, risk),
            why(law, points, state),
        )
        for risk, state in high[:ROWS_MOST]
    )
    return rows, len(high)


def why(law: Law, points: Numbers, state: CaseState) -> tuple[Reason, ...]:
    """The reasons of one case: with the points for everybody they add up to its risk."""
    found = _late_reasons(law, points, state)
    place = 1 + len(_LATE_SIGNS)
    for matter in _MATTERS:
        own = points[place : place + len(matter.signs)].tolist()
        place += len(matter.signs)
        values = [sign(state) for _name, sign in matter.signs]
        if any(values):
            weight = sum(point * value for point, value in zip(own, values, strict=True))
            found.append(Reason(matter.words(state), weight))
    shown = [one for one in found if one.points >= _SHOWN]
    return tuple(sorted(shown, key=lambda one: (-one.points, one.text)))


def _late_reasons(law: Law, points: Numbers, state: CaseState) -> list[Reason]:
    """One line for the latest node of each group; the tiers go with the latest of all."""
    worst: dict[str, LateNode] = {}
    for late in state.late:
        worst.setdefault(_group(late), late)
    order = (*_GROUPS, _OTHER)
    found = []
    for group, late in worst.items():
        weight = float(points[1 + order.index(group)])
        if late is state.late[0]:
            for n, days in enumerate(_TIERS):
                if late.days >= days:
                    weight += float(points[1 + len(order) + n])
        rule = law.node(late.code)
        name = late.code if rule is None else rule.name
        subject = f"（{late.subject}）" if late.subject else ""
        found.append(Reason(f"{name}{subject}超期 {late.days} 天", weight))
    return found
