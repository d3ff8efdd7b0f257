"""The filter of the passive-enforcement list, and how a case's hits become one row. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from desktop.contract.params import many
from desktop.rules.clock import overdue_days
from desktop.rules.passive import CaseActivity, Hit

UNCONFIRMED: Final = "unconfirmed"


@dataclass(frozen=True, slots=True)
class PassiveFilter:
    """Joined by AND; empty means no restriction. `rules`: codes, any of which was tripped."""

    courts: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: ",".join(value) for name, value in values.items() if value}

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "PassiveFilter":
        """The filter that `to_params` wrote; unknown keys are ignored."""
        return cls(many(params, "courts"), many(params, "teams"), many(params, "rules"))

    def takes(self, activity: CaseActivity, hits: Sequence[Hit]) -> bool:
        """Whether a case with these hits is in the list."""
        case = activity.case
        return (
            (not self.courts or case.court_id in self.courts)
            and (not self.teams or case.team_id in self.teams)
            and (not self.rules or any(hit.rule in self.rules for hit in hits))
        )


def rule_words(hits: Sequence[Hit]) -> str:
    """Names of the tripped rules, the worst first, each once; unconfirmed law is marked."""
    names = dict.fromkeys(
        hit.name + ("（待核）" if hit.confidence == UNCONFIRMED else "") for hit in hits
    )
    return "、".join(names)


def evidence_words(hits: Sequence[Hit]) -> str:
    """What was seen, as sentences that can be contradicted; the worst first."""
    return "；".join(dict.fromkeys(hit.evidence for hit in hits))


def basis_words(hits: Sequence[Hit]) -> str:
    """The articles, one line a rule."""
    return "\n".join(dict.fromkeys(f"{hit.name}：{hit.article}" for hit in hits))


def node_to_supervise(activity: CaseActivity, as_of: date) -> tuple[str, str]:
    """Code and subject of the node a letter would be about: the latest one, else the first due."""
    clocks = [clock for clock in activity.late_nodes if clock.due_on is not None]
    if not clocks:
        return "", ""
    worst = min(clocks, key=lambda clock: (-overdue_days(clock, as_of), str(clock.due_on)))
    return worst.node_code, worst.subject
