"""审执分离: what the rule is asked over. Facts as they stand in rows; pure, any thread.

Days are ISO dates as `date`; `to_on` is inclusive, None while it lasts. `key` names the row that a
fact was read from, so that a chain of why can point at it.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class RowKey(NamedTuple):
    """A row of a table."""

    table: str
    id: str


class BondKind(StrEnum):
    """How two cases hang together; the values of `case_kin.kind`, and what follows from rows."""

    KIN = "kin"
    TRANSFER = "transfer"
    MERGED = "merged"
    BASIS = "basis"
    CONSIGNED = "consigned"
    SAME_BASIS = "same_basis"
    PARTIES = "parties"


BOND_NAMES = {
    BondKind.KIN: "关联案件",
    BondKind.TRANSFER: "移送（变更）执行",
    BondKind.MERGED: "并案",
    BondKind.BASIS: "所审查的案件",
    BondKind.CONSIGNED: "委托执行",
    BondKind.SAME_BASIS: "同一执行依据",
    BondKind.PARTIES: "双方当事人相同",
}


# Bonds over which two executions stay two: nothing in the rule reaches over them
# (第十一条 speaks of whoever handled the execution that is objected to).
LOOSE = frozenset({BondKind.KIN, BondKind.PARTIES})


class Deed(StrEnum):
    """How somebody carried a case out."""

    HANDLER = "handler"
    LEADER = "leader"
    SEAT = "seat"  # a judge or the leader of the team while it had the case
    TOOK = "took"  # an officer of a seizure
    ACT = "act"  # noted something of its course


class Bench(StrEnum):
    """How somebody judges."""

    NAMED = "named"
    VOTE = "vote"
    SIGN = "sign"
    HANDLER = "handler"
    LEADER = "leader"


@dataclass(frozen=True, slots=True)
class Case:
    """`executes`: 执, 执恢, 执保; `reviews`: 执异, 执复 and the others of that class. `basis_no`:
    the number of the case that it reviews, or of the judgment that it executes; empty for none."""

    key: RowKey
    number: str
    executes: bool
    reviews: bool
    filed_on: date
    closed_on: date | None = None
    basis_no: str = ""
    team_id: str | None = None
    handler_id: str | None = None
    leader_id: str | None = None

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that the fact is about."""
        return (self.key.id,)


@dataclass(frozen=True, slots=True)
class Holding:
    """From `from_on` on a person (`team` False) or a team had the case."""

    key: RowKey
    case_id: str
    holder_id: str
    team: bool
    from_on: date

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that the fact is about."""
        return (self.case_id,)


@dataclass(frozen=True, slots=True)
class Seat:
    """A judge or the leader of an implementation team, from day to day."""

    key: RowKey
    person_id: str
    team_id: str
    from_on: date
    to_on: date | None = None

    @property
    def cases(self) -> tuple[str, ...]:
        """None: which cases a seat is about follows from the cases of its team."""
        return ()


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody did something to carry the case out on that day. `words`: what."""

    key: RowKey
    case_id: str
    person_id: str
    on: date
    words: str

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that the fact is about."""
        return (self.case_id,)


@dataclass(frozen=True, slots=True)
class Judging:
    """Somebody judges in that case: named for the bench of a document, voted, signed it.

    `subject`: the document. `by_law`: an objection or a review, of which the law asks it (异议复议
    规定第十一条); every other panel is held to the same, which is the stricter reading.
    """

    key: RowKey
    case_id: str
    person_id: str
    how: Bench
    from_on: date
    to_on: date | None
    subject: str
    title: str
    by_law: bool = True

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that the fact is about."""
        return (self.case_id,)


@dataclass(frozen=True, slots=True)
class Bond:
    """Somebody entered that two cases belong together, in either direction."""

    key: RowKey
    case_id: str
    other_id: str
    other_number: str
    kind: BondKind
    on: date
    words: str = ""

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that the fact is about."""
        return (self.case_id, self.other_id)


@dataclass(frozen=True, slots=True)
class Side:
    """A party with an identity number; `applicant` or the debtor."""

    key: RowKey
    case_id: str
    applicant: bool
    identity: str

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that the fact is about."""
        return (self.case_id,)


Fact = Case | Holding | Seat | Act | Judging | Bond | Side


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain of why. `case_id`: the case it happened in; `to_id`: the case that a
    bond leads to; `on`: None where rows bear no day."""

    what: BondKind | Deed | Bench
    sources: tuple[RowKey, ...]
    case_id: str
    number: str
    on: date | None
    to_on: date | None = None
    to_id: str = ""
    to_number: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody judges what he carried out. `subject`: the document, or the case where he is in
    charge of the review itself. `by_law`: the law forbids it. `since`: the first day on which both
    were true. `steps`: from the judging along the cases to the carrying out."""

    person_id: str
    case_id: str
    subject: str
    by_law: bool
    since: date
    steps: tuple[Step, ...]
    hows: tuple[Bench, ...] = ()
    rows: frozenset[RowKey] = field(default_factory=frozenset)

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same while its chain is told otherwise."""
        return (self.person_id, self.case_id, self.subject)

    @property
    def forbids(self) -> bool:
        """Whether he may not sit; else his sitting is told, and people decide."""
        return self.steps[-1].what is not Deed.ACT and LOOSE.isdisjoint(self.bonds)

    @property
    def bonds(self) -> tuple[BondKind, ...]:
        """The kinds of bonds between the judged case and the one carried out."""
        return tuple(step.what for step in self.steps if isinstance(step.what, BondKind))

    @property
    def cases(self) -> frozenset[str]:
        """All cases of the chain."""
        return frozenset(one for step in self.steps for one in (step.case_id, step.to_id) if one)
