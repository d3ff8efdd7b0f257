"""An operation as it is read: its words, its acts, groups, log, orders and pictures. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from desktop.rules.checkins import Report, Watch, watch
from desktop.rules.field_orders import OrderAct
from desktop.rules.operation_law import OperationLimits
from desktop.rules.operation_plan import Heading, Plan
from desktop.rules.operations import Act, Standing, stand
from desktop.rules.plan_means import Known

LOG_KINDS: Final = ("message", "event", "decision", "result", "picture")
LOG_WORDS: Final[dict[str, str]] = {
    "message": "通话消息",
    "event": "现场情况",
    "decision": "指挥决定",
    "result": "处置结果",
    "picture": "图像",
}


def stamp(at: datetime) -> str:
    """An instant as operations write it."""
    return at.isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `whole`: its words bear the fingerprint that they were stored with; `plan`
    None where they cannot be read."""

    id: str
    team_id: str
    team: str
    court_id: str
    court: str
    name: str
    case_id: str | None
    case_number: str
    place: str
    lat_e7: int | None
    lon_e7: int | None
    starts_at: datetime
    ends_at: datetime | None
    commander_id: str
    commander: str
    plan: Plan | None
    content_sha256: str
    whole: bool
    maker_id: str
    maker: str
    made_at: datetime
    acts: tuple[Act, ...]

    def standing(self, now: datetime | None = None) -> Standing:
        """How it stands, at `now` or after all that is known."""
        return stand(self.content_sha256, self.acts, now)

    def heading(self) -> Heading:
        """What stands above its plan."""
        return Heading(
            self.name,
            self.team_id,
            self.commander_id,
            self.place,
            self.starts_at,
            self.ends_at,
            self.case_number,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """A group in the field with all its reports. `over_at`: when its operation was finished."""

    id: str
    operation_id: str
    operation_name: str
    team_id: str
    team: str
    name: str
    leader_id: str | None
    leader: str
    unit_id: str | None
    task: str
    checkin_s: int
    reports: tuple[Report, ...]
    over_at: datetime | None = None

    def watch(self, limits: OperationLimits, now: datetime) -> Watch:
        """How it stands at `now`."""
        return watch(self.reports, self.checkin_s, limits, now, over_at=self.over_at)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the run log. `voids`: the line that it corrects; `voided_by` one that corrects
    it."""

    id: str
    at: datetime
    person_id: str
    kind: str
    body: str
    about: str = ""
    about_id: str | None = None
    voids: str | None = None
    voided_by: str | None = None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order of the operation with what was done about it."""

    id: str
    title: str
    body: str
    place: str
    team: str
    person: str
    due_at: str | None
    made_at: datetime
    issuer: str
    acts: tuple[OrderAct, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture taken from a feed; its bytes stay where they are."""

    id: str
    at: datetime
    feed: str
    officer: str
    sha256: str
    note: str


@dataclass(frozen=True, slots=True)
class PoliceLine:
    """Police asked of the corps, with (act, moment, officers) in their order."""

    id: str
    reason: str
    place: str
    needed_from: str
    needed_to: str
    officers: int
    arms: str
    acts: tuple[tuple[str, datetime, int | None], ...]


@dataclass(frozen=True, slots=True)
class TestLine:
    """The self-test that a start may rest on. `good`: passed, and its sheet is as it was filed;
    `words`: the result in a sentence."""

    id: str
    at: datetime
    good: bool
    words: str
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """Everything about one operation. `names` by person; `post`: the key of the post that whoever
    looks at it holds in its court, empty for none, `stands_for` the approvers whose post he has by
    delegation; `means`: vehicles and equipment of its plan
    that are registered, by id."""

    operation: Operation
    groups: tuple[Group, ...]
    log: tuple[LogLine, ...]
    orders: tuple[OrderLine, ...]
    pictures: tuple[Picture, ...]
    police: tuple[PoliceLine, ...]
    test: TestLine | None
    names: dict[str, str]
    post: str = ""
    stands_for: frozenset[str] = frozenset()
    means: Mapping[str, Known] = field(default_factory=dict)

    @property
    def tested(self) -> bool:
        """Whether a start may rest on the last self-test."""
        if self.test is None:
            return False
        return self.test.good or self.operation.standing().overridden(self.test.id) is not None

    def name(self, person_id: str | None) -> str:
        """Who that is."""
        return self.names.get(person_id or "", "—")
