"""The filter of the dormant-case list, and what a check list says in short. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

from desktop.contract.params import many
from desktop.rules.passive import CaseActivity
from desktop.rules.zombie import Check, Zombie

PROPOSAL_WORDS: Final[Mapping[str, str]] = {
    "终本": "终结本次执行程序",
    "转破": "移送破产审查",
    "恢复": "恢复执行",
}


@dataclass(frozen=True, slots=True)
class ZombieFilter:
    """Joined by AND; empty means no restriction."""

    courts: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: ",".join(value) for name, value in values.items() if value}

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "ZombieFilter":
        """The filter that `to_params` wrote; unknown keys are ignored."""
        return cls(many(params, "courts"), many(params, "teams"), many(params, "proposals"))

    def takes(self, activity: CaseActivity, zombie: Zombie) -> bool:
        """Whether the case is in the list."""
        case = activity.case
        return (
            (not self.courts or case.court_id in self.courts)
            and (not self.teams or case.team_id in self.teams)
            and (not self.proposals or zombie.proposal in self.proposals)
        )


def checks_met(checklist: Sequence[Check]) -> str:
    """Established of all, and how many nobody has answered yet."""
    met = sum(1 for check in checklist if check.ok)
    open_ = sum(1 for check in checklist if check.ok is None)
    return f"{met}/{len(checklist)}" + (f"，待查 {open_}" if open_ else "")


def checks_state(checklist: Sequence[Check]) -> str:
    """Style key: every check met, one refused, or something not established."""
    if any(check.ok is False for check in checklist):
        return "due_soon"
    return "normal" if all(check.ok for check in checklist) else "unknown"
