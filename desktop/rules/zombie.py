"""Dormant cases (僵尸案): open, old, nothing under control, nothing done; and the way out. Pure.

The proposal is a proposal: a check that is not established stays open (None), never assumed.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.passive import CaseActivity
from desktop.rules.periods import add_months
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path

Proposal = Literal["终本", "转破", "恢复"]
PROPOSALS: Final[tuple[Proposal, ...]] = ("终本", "转破", "恢复")
SUSPENDED_MODE: Final = "终结本次执行程序"


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One line of a check list, with its legal basis."""

    code: str
    proposal: Proposal
    text: str
    article: str
    confidence: str


@dataclass(frozen=True, slots=True)
class ZombieRules:
    """Thresholds (months of age, days without an act) and the check lists."""

    age_months: int
    idle_days: int
    closing_months_min: int
    checks: tuple[CheckRule, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the check list as it stands: met, not met, or None: not established."""

    code: str
    text: str
    article: str
    ok: bool | None


@dataclass(frozen=True, slots=True)
class Zombie:
    """A dormant case: why it is one, what is proposed, and what the proposal still needs."""

    why: str
    proposal: Proposal
    checklist: tuple[Check, ...]
    age_days: int
    idle_days: int


def zombie(activity: CaseActivity, rules: ZombieRules, as_of: date) -> Zombie | None:
    """Whether the case is dormant on `as_of`, and what to do; None when it is not.

    A case closed as 终本 with property found since is awakened: its proposal is 恢复. A case that
    stands by law, has property, a live measure, an open clue or money in hand is not dormant.
    """
    case = activity.case
    idle_since = activity.last_act_on or case.filed_on
    age, idle = (as_of - case.filed_on).days, (as_of - idle_since).days
    if case.closed_on is not None and case.closed_on <= as_of:
        found = activity.property_found_on
        if case.close_mode != SUSPENDED_MODE or found is None:
            return None
        if not case.closed_on <= found <= as_of:
            return None
        why = f"{case.closed_on} 终结本次执行程序，{found} 发现财产，尚未恢复执行"
        return Zombie(why, "恢复", _checklist("恢复", activity, rules, as_of), age, idle)
    old = add_months(case.filed_on, rules.age_months) <= as_of
    if not old or idle < rules.idle_days or _alive(activity, as_of):
        return None
    bankrupt = bool(activity.debtor_is_enterprise) and activity.checks.get("consent") is not False
    proposal: Proposal = "转破" if bankrupt else "终本"
    why = f"立案 {age} 日，{idle_since} 以来 {idle} 日无执行行为，无财产在控"
    return Zombie(why, proposal, _checklist(proposal, activity, rules, as_of), age, idle)


def _alive(activity: CaseActivity, as_of: date) -> bool:
    live = any(
        measure.started_on <= as_of <= measure.expires_on
        and (measure.lifted_on is None or measure.lifted_on > as_of)
        for measure in activity.measures
    )
    standing = activity.paused_from is not None and activity.paused_from <= as_of
    in_hand = bool(activity.open_clues or activity.idle_money)
    return bool(activity.case.has_property) or live or standing or in_hand


def _checklist(
    proposal: Proposal, activity: CaseActivity, rules: ZombieRules, as_of: date
) -> tuple[Check, ...]:
    earliest = add_months(activity.case.filed_on, rules.closing_months_min)
    computed: dict[str, bool | None] = {
        "three_months": as_of > earliest,
        "no_open_clue": not activity.open_clues,
        "enterprise": activity.debtor_is_enterprise,
        "property_found": activity.property_found_on is not None,
    }
    return tuple(
        Check(
            rule.code,
            rule.text,
            rule.article,
            computed[rule.code] if rule.code in computed else activity.checks.get(rule.code),
        )
        for rule in rules.checks
        if rule.proposal == proposal
    )


def load_zombie_rules(path: Path | None = None) -> ZombieRules:
    """The rules from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/zombie.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> ZombieRules:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    head = reader.table("thresholds") or RowReader(path.name, "thresholds", {}, problems)
    rules = ZombieRules(
        age_months=head.number("age_months", least=1, most=240),
        idle_days=head.number("idle_days", least=1, most=4_000),
        closing_months_min=head.number("closing_months_min", least=0, most=60),
        checks=tuple(_read_check(row) for row in reader.rows("check")),
    )
    head.finish()
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return rules


def _read_check(row: RowReader) -> CheckRule:
    rule = CheckRule(
        code=row.text("code"),
        proposal=_proposal(row),
        text=row.text("text"),
        article=row.text("article"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return rule


def _proposal(row: RowReader) -> Proposal:
    text = row.choice("proposal", PROPOSALS)
    return next((name for name in PROPOSALS if name == text), "终本")
