"""Whose money a line is: proposes a case with its reasons, or abstains. Never posts. Pure.

Every case that anything speaks for is weighed (`evidence`), and so is the thought that it is the
money of none of them. What is proposed has to be by far the likeliest of these; two cases that the
line fits alike are no proposal. A transfer may be for several cases of one debtor, and several
transfers for one case.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Final

from desktop.funds.evidence import (
    STRANGER,
    Heard,
    LineFacts,
    Reason,
    candidates,
    listen,
    weigh,
)
from desktop.funds.known import CaseFacts, Index
from desktop.funds.names import plain

LIKELY_ENOUGH: Final = 0.8
NOBODY: Final = 0.06  # the share of money that belongs to no case on file
NUMBER_BY_CHANCE: Final = 0.02
NEAR_DAYS: Final = 15
LINES_MAX: Final = 8
CASES_MAX: Final = 12
PARTS_MAX: Final = 4
LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case, how likely the money is its, and why."""

    case_id: str
    chance: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """What the solver thinks of a line. `parts`: (case, fen) of a proposal, empty when it abstains;
    `chance`: of the proposal, or of the best candidate; `others`: what else it may be, best
    first."""

    line_id: str
    parts: tuple[tuple[str, int], ...]
    chance: float
    reasons: tuple[Reason, ...]
    others: tuple[Candidate, ...] = ()

    @property
    def abstains(self) -> bool:
        """Whether it proposes nothing."""
        return not self.parts


def solve(
    index: Index, lines: Sequence[LineFacts], beside: Sequence[LineFacts] = ()
) -> list[Solution]:
    """A solution for each line, in their order; `beside`: further money of the same payers, which
    is only added up."""
    summed = _with_sums([*lines, *beside])
    return [_solve(index, line) for line in summed[: len(lines)]]


def _solve(index: Index, line: LineFacts) -> Solution:
    heard = listen(index, line)
    ranked = rank(index, heard)
    if ranked and ranked[0].chance >= LIKELY_ENOUGH and not _spread_over(index, heard, ranked[0]):
        best = ranked[0]
        return Solution(
            line.id,
            ((best.case_id, line.amount_fen),),
            best.chance,
            best.reasons,
            tuple(ranked[1:LISTED]),
        )
    several = _several_cases(index, heard)
    if several is not None:
        return replace(several, others=tuple(ranked[:LISTED]))
    chance = ranked[0].chance if ranked else 0.0
    return Solution(line.id, (), chance, (), tuple(ranked[:LISTED]))


def rank(index: Index, heard: Heard) -> list[Candidate]:
    """All candidates, the likeliest first; their chances and that of nobody's money are one
    together."""
    scored: list[tuple[float, str, tuple[Reason, ...]]] = []
    prior = -math.log(max(len(index.cases), 2))
    for case_id in candidates(index, heard):
        reasons = tuple(weigh(index, heard, index.cases[case_id]))
        scored.append((prior + sum(one.weight for one in reasons), case_id, reasons))
    if not scored:
        return []
    nobody = math.log(NOBODY)
    if any(chance > 0.5 for chance in heard.numbered.values()):
        nobody += math.log(NUMBER_BY_CHANCE)
    top = max(nobody, *(score for score, _, _ in scored))
    total = math.exp(nobody - top) + sum(math.exp(score - top) for score, _, _ in scored)
    ranked = sorted(scored, key=lambda one: (-one[0], one[1]))
    return [
        Candidate(
            case_id,
            math.exp(score - top) / total,
            tuple(sorted(reasons, key=lambda one: -one.weight)),
        )
        for score, case_id, reasons in ranked
    ]


# Several lines for one case


def _with_sums(lines: Sequence[LineFacts]) -> list[LineFacts]:
    """Each line with what it and others of its payer come to within some days."""
    groups: dict[str, list[LineFacts]] = defaultdict(list)
    for line in lines:
        key = line.party_account or plain(line.party_name)
        if key:
            groups[key].append(line)
    also: dict[str, dict[int, int]] = {}
    for group in groups.values():
        if 2 <= len(group) <= LINES_MAX:
            also.update(_sums_of(group))
    return [replace(line, also=also[line.id]) if line.id in also else line for line in lines]


def _sums_of(group: Sequence[LineFacts]) -> Mapping[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {line.id: {} for line in group}
    days = {line.id: date.fromisoformat(line.booked_on).toordinal() for line in group}
    for count in range(2, len(group) + 1):
        for some in combinations(group, count):
            near = [days[line.id] for line in some]
            if max(near) - min(near) > NEAR_DAYS:
                continue
            total = sum(line.amount_fen for line in some)
            for line in some:
                found[line.id].setdefault(total, count)
    return found


# One line for several cases


def _own_cases(index: Index, heard: Heard) -> list[CaseFacts]:
    """Open cases in which the payer, or whom the remark names, is the debtor, and what the line
    numbers."""
    names = {heard.payer, *heard.named, *heard.similar}
    ids = {
        case_id
        for name in names
        for case_id in index.by_name.get(name, ())
        if name in index.cases[case_id].debtors
    }
    cases = [index.cases[case_id] for case_id in sorted(ids)]
    return [case for case in cases if case.open_fen > 0 and case.filed_on <= heard.line.booked_on]


def _spread_over(index: Index, heard: Heard, best: Candidate) -> bool:
    """Whether a transfer that fits no sum of its best case is exactly several cases' together; it
    is then proposed as that."""
    if any(one.kind in ("amount", "together") for one in best.reasons):
        return False
    return _several_cases(index, heard) is not None


def _several_cases(index: Index, heard: Heard) -> Solution | None:
    """The only way in which the amount is the sum of what is open in two to four cases of one
    debtor; None when there is no such way, or more than one."""
    cases = _own_cases(index, heard)
    if not 2 <= len(cases) <= CASES_MAX:
        return None
    ways = [
        some
        for count in range(2, min(PARTS_MAX, len(cases)) + 1)
        for some in combinations(cases, count)
        if sum(case.open_fen for case in some) == heard.line.amount_fen
    ]
    if len(ways) != 1:
        return None
    chosen = ways[0]
    by_chance = math.comb(len(cases), len(chosen)) * 1e-5
    chance = 1 - min(by_chance + NOBODY * STRANGER * 0.1, 1)
    shown = "、".join(case.number for case in chosen)
    names = "、".join(sorted({*chosen[0].debtors} & {heard.payer, *heard.named, *heard.similar}))
    reasons = (
        Reason("several", f"金额恰为 {shown} 未履行额之和", math.log(1 / max(by_chance, 1e-6))),
        Reason("debtor", f"“{names}”是各案被执行人", math.log(len(index.cases) / len(cases))),
    )
    return Solution(
        heard.line.id, tuple((case.id, case.open_fen) for case in chosen), chance, reasons
    )
