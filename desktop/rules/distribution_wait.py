"""How long a plan of distribution waits before anybody is paid. Pure; any thread.

The limits are nodes of the catalogue (objection, counter-opinion, suit: 民诉法解释509、510); only
the part that nobody disputes is paid meanwhile (第510条第2款).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from desktop.rules.calendar import WorkCalendar
from desktop.rules.catalogue import Catalogue, Limit
from desktop.rules.clock import count
from desktop.rules.distribution_law import PlanLaw
from desktop.rules.periods import Period


@dataclass(frozen=True, slots=True)
class Wait:
    """A limit that follows the plan; `last_on` its last day where the start is known.

    `certain` is false while an unpublished year decides; `last_on` is then the earliest.
    """

    name: str
    limit: Limit
    last_on: date | None = None
    certain: bool = True

    def to_json(self) -> dict[str, object]:
        """The step of the plan."""
        return {
            "kind": "wait",
            "name": self.name,
            "period": self.limit.text(),
            "last_on": self.last_on.isoformat() if self.last_on is not None else None,
            "certain": self.certain,
            "article": self.limit.article,
            "why": "期间届满无人异议方可发放；有异议的，争议部分提存，其余先行发放",
        }


def waits(
    law: PlanLaw,
    day: date,
    catalogue: Catalogue,
    served: Iterable[date] = (),
    calendar: WorkCalendar | None = None,
) -> tuple[Wait, ...]:
    """The limits by the law of `day`; with the days on which the plan was served, the last day for
    objections is that of whoever got it last."""
    found = []
    last = max(served, default=None)
    for place, code in enumerate(law.waits):
        node = catalogue.node(code)
        limit = node.limit_on(last or day) if node is not None else None
        if node is None or limit is None:
            continue
        wait = Wait(node.name, limit)
        if place == 0 and last is not None and calendar is not None:
            ends = count(Period(limit.amount, limit.unit, limit.roll), last, calendar)
            wait = Wait(node.name, limit, ends.due_on, ends.certain)
        found.append(wait)
    return tuple(found)
