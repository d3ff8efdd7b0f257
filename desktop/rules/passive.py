"""Passive enforcement (消极执行): which rule a case trips, with the evidence. Pure.

Every hit names its rule, the article and what was seen, so that it can be contradicted.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.clock import overdue_days, state_of
from desktop.rules.periods import add_months
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path
from storage.records.cases import CaseRow, ControlMeasure, NodeClock
from storage.records.states import NodeState

FEN_PER_YUAN: Final = 100


@dataclass(frozen=True, slots=True)
class CaseActivity:
    """What happened, and did not, in one case. `last_act_on` counts execution acts of any kind.

    `open_clues`: (subject, since) not verified. `idle_money`: (arrived on, fen) not paid out and
    not under an approved delay. `late_nodes`: the open node clocks. `paused_from`: the case
    stands by law since then. `checks`: check-list code -> established or not.
    """

    case: CaseRow
    last_act_on: date | None = None
    open_clues: tuple[tuple[str, date], ...] = ()
    idle_money: tuple[tuple[date, int], ...] = ()
    measures: tuple[ControlMeasure, ...] = ()
    late_nodes: tuple[NodeClock, ...] = ()
    applied_on: date | None = None
    paused_from: date | None = None
    debtor_is_enterprise: bool | None = None
    property_found_on: date | None = None
    checks: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PassiveRule:
    """One check with its threshold (`days`, or `months` and `days`) and its legal basis."""

    code: str
    name: str
    check: str
    days: int
    months: int
    nodes: tuple[str, ...]
    article: str
    source: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule tripped: since when, how many days, and what was seen (Chinese)."""

    rule: str
    name: str
    article: str
    confidence: str
    evidence: str
    since: date
    days: int


_Found = tuple[str, date]
_Check = Callable[[CaseActivity, PassiveRule, date, Mapping[str, str]], Iterable[_Found]]


def passive_hits(
    activity: CaseActivity,
    rules: Iterable[PassiveRule],
    as_of: date,
    node_names: Mapping[str, str] | None = None,
) -> list[Hit]:
    """Every rule an open case trips on `as_of`, worst first; a closed case trips only on money.

    `node_names` turns node codes into words in the evidence.
    """
    closed = activity.case.closed_on is not None and activity.case.closed_on <= as_of
    hits = []
    for rule in rules:
        if closed and rule.check != "money_idle":
            continue
        for evidence, since in _CHECKS[rule.check](activity, rule, as_of, node_names or {}):
            days = max((as_of - since).days, 0)
            hits.append(
                Hit(rule.code, rule.name, rule.article, rule.confidence, evidence, since, days)
            )
    return sorted(hits, key=lambda hit: (-hit.days, hit.rule, hit.evidence))


def _late(
    activity: CaseActivity, rule: PassiveRule, as_of: date, names: Mapping[str, str]
) -> Iterable[_Found]:
    for clock in activity.late_nodes:
        if rule.nodes and clock.node_code not in rule.nodes:
            continue
        late = overdue_days(clock, as_of)
        if state_of(clock, as_of) is NodeState.OVERDUE and late >= rule.days and clock.due_on:
            name = names.get(clock.node_code, clock.node_code)
            subject = f"（{clock.subject}）" if clock.subject else ""
            yield f"{name}{subject}应于 {clock.due_on} 前完成，已逾期 {late} 日", clock.due_on


def _standing(activity: CaseActivity, as_of: date) -> bool:
    return activity.paused_from is not None and activity.paused_from <= as_of


def _no_action(
    activity: CaseActivity, rule: PassiveRule, as_of: date, names: Mapping[str, str]
) -> Iterable[_Found]:
    del names
    since = activity.last_act_on or activity.case.filed_on
    days = (as_of - since).days
    if days >= rule.days and not _standing(activity, as_of):
        last = (
            "最近一次执行行为在" if activity.last_act_on is not None else "立案后无执行行为，立案于"
        )
        yield f"{last} {since}，已 {days} 日", since


def _clues(
    activity: CaseActivity, rule: PassiveRule, as_of: date, names: Mapping[str, str]
) -> Iterable[_Found]:
    del names
    for subject, since in activity.open_clues:
        days = (as_of - since).days
        if days > rule.days:
            yield f"线索“{subject}”自 {since} 起 {days} 日未核实", since


def _lapsed(
    activity: CaseActivity, rule: PassiveRule, as_of: date, names: Mapping[str, str]
) -> Iterable[_Found]:
    del names
    for measure in _unrenewed(activity, as_of):
        days = (as_of - measure.expires_on).days
        if days >= rule.days:
            yield (
                f"{measure.asset}的控制（{measure.document_no}）"
                f"已于 {measure.expires_on} 届满，未续行",
                measure.expires_on,
            )


def _expiring(
    activity: CaseActivity, rule: PassiveRule, as_of: date, names: Mapping[str, str]
) -> Iterable[_Found]:
    del names
    for measure in _unrenewed(activity, as_of):
        left = (measure.expires_on - as_of).days
        warned = date.fromordinal(measure.expires_on.toordinal() - rule.days)
        acted = activity.last_act_on is not None and activity.last_act_on >= warned
        if 0 <= left <= rule.days and not acted:
            yield (
                f"{measure.asset}的控制（{measure.document_no}）将于 {measure.expires_on} 届满，"
                f"余 {left} 日，{warned} 以来无执行行为",
                warned,
            )


def _unrenewed(activity: CaseActivity, as_of: date) -> list[ControlMeasure]:
    """Measures neither lifted nor carried on by a renewal."""
    renewed = {m.renewal_of for m in activity.measures if m.started_on <= as_of}
    return [
        measure
        for measure in activity.measures
        if measure.id not in renewed and (measure.lifted_on is None or measure.lifted_on > as_of)
    ]


def _money(
    activity: CaseActivity, rule: PassiveRule, as_of: date, names: Mapping[str, str]
) -> Iterable[_Found]:
    del names
    for since, fen in activity.idle_money:
        days = (as_of - since).days
        if days > rule.days:
            yuan = f"{fen // FEN_PER_YUAN:,}.{fen % FEN_PER_YUAN:02d}"
            yield f"{since} 到账的案款 {yuan} 元已 {days} 日未发放", since


def _property(
    activity: CaseActivity, rule: PassiveRule, as_of: date, names: Mapping[str, str]
) -> Iterable[_Found]:
    del names
    start = activity.applied_on or activity.case.filed_on
    limit = add_months(start, rule.months)
    if activity.case.has_property and limit < as_of and not _standing(activity, as_of):
        word = "收到申请" if activity.applied_on is not None else "立案"
        yield f"有可供执行的财产，自 {start} {word}起已满 {rule.months} 个月未执结", limit


_CHECKS: Final[Mapping[str, _Check]] = {
    "not_closed": _late,
    "late_node": _late,
    "no_action": _no_action,
    "clue_unverified": _clues,
    "seizure_lapsed": _lapsed,
    "seizure_expiring": _expiring,
    "money_idle": _money,
    "property_unexecuted": _property,
}


def load_passive_rules(path: Path | None = None) -> tuple[PassiveRule, ...]:
    """The rules from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/passive.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> tuple[PassiveRule, ...]:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    seen: set[str] = set()
    rules = []
    for row in reader.rows("rule"):
        rule = _read_rule(row)
        if rule.code in seen:
            row.note("code", f"规则代码“{rule.code}”重复")
        seen.add(rule.code)
        rules.append(rule)
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return tuple(rules)


def _read_rule(row: RowReader) -> PassiveRule:
    rule = PassiveRule(
        code=row.text("code"),
        name=row.text("name"),
        check=row.choice("check", tuple(_CHECKS)),
        days=row.number("days", least=1, most=4_000),
        months=row.number("months", least=0, most=120, default=0),
        nodes=row.texts("nodes"),
        article=row.text("article"),
        source=row.text("source"),
        confidence=row.choice("confidence", CONFIDENCES),
        note=row.text("note", ""),
    )
    row.finish()
    return rule
