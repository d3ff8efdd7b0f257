"""The walk through every document, one at a time, so that it can tell how far it is. No Qt.

Runs on the layout lane, which has time; it gives way to the window between two questions.
"""

from dataclasses import dataclass
from typing import Final

from desktop.contract.courtesy import breathe
from desktop.rules.signing import Attempt, Decision, decide
from desktop.rules.signing_matrix import Matrix
from desktop.rules.signing_space import Report, explore

COUNTS: Final = ("worlds", "states", "attempts", "transitions", "profiles", "finished")


@dataclass(frozen=True, slots=True)
class ProofArgs:
    """One document of one matrix."""

    matrix: Matrix
    code: str


def prove(args: ProofArgs) -> Report:
    """Walks one document."""
    return explore(args.matrix, _decide, frozenset({args.code}))


def _decide(matrix: Matrix, attempt: Attempt) -> Decision:
    breathe()
    return decide(matrix, attempt)


def joined(whole: Report, part: Report) -> Report:
    """Both reports as one."""
    return Report(whole.day, [*whole.counts, *part.counts], [*whole.violations, *part.violations])


def summary(report: Report) -> str:
    """What was walked, in one sentence."""
    return (
        f"走遍 {report.total('states'):,} 个状态、{report.total('attempts'):,} 次尝试、"
        f"{report.total('transitions'):,} 次转移，违反 {len(report.violations)} 项；"
        f"罚款、拘传、拘留签发路径 {report.coercive_paths():,} 条，"
        f"其中未经院长批准 {report.past_the_president()} 条。"
    )
