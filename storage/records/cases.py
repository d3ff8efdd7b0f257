"""Cases and what happens in them: the facts from which every clock is derived."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from storage.ids import CaseId, CourtId, EventId, MeasureId, PersonId, TeamId


class HolderKind(StrEnum):
    """Who holds a matter while its clock runs; delay is attributed to these."""

    HANDLER = "handler"  # 承办人
    TEAM = "team"  # 团队
    CENTRE = "centre"  # 指挥中心
    COURT = "court"  # 其他法院
    INSTITUTION = "institution"  # 协助单位、评估机构、金融机构
    PARTY = "party"  # 当事人


class AssetKind(StrEnum):
    """Object of a control measure; sets the statutory longest term (民诉法解释485)."""

    DEPOSIT = "deposit"  # 银行存款
    MOVABLE = "movable"  # 动产
    IMMOVABLE = "immovable"  # 不动产
    RIGHT = "right"  # 其他财产权


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as the clock needs it. Amounts are integer fen."""

    id: CaseId
    number: str
    court_id: CourtId
    type_word: str
    filed_on: date
    closed_on: date | None
    close_mode: str | None
    team_id: TeamId | None
    handler_id: PersonId | None
    has_property: bool | None
    non_litigation: bool
    claim_fen: int


@dataclass(frozen=True, slots=True)
class NodeEvent:
    """One dated fact in a case. `kind` is a code of the event catalogue.

    `subject` tells repeated matters apart (one clue, one asset). `at` is set where hours count.
    A wrong event is not edited: a later one names it in `voids`.
    """

    id: EventId
    case_id: CaseId
    kind: str
    on: date
    at: datetime | None
    subject: str | None
    actor_id: PersonId | None
    document_no: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Suspension:
    """A stretch not counted: first and last day both inside; `to_on` None while it lasts.

    `node_code` None means every suspendable node of the case.
    """

    id: str
    case_id: CaseId
    node_code: str | None
    ground: str
    from_on: date
    to_on: date | None
    document_no: str


@dataclass(frozen=True, slots=True)
class Extension:
    """An approved longer limit, an event with an approver. `unit` as in rules (day, month)."""

    id: str
    case_id: CaseId
    node_code: str
    amount: int
    unit: str
    applied_on: date
    approved_on: date
    approver_id: PersonId
    approver_name: str
    document_no: str


@dataclass(frozen=True, slots=True)
class Hold:
    """From `from_on` on, `holder_name` holds the matter (until the next hold of that node)."""

    case_id: CaseId
    node_code: str | None
    from_on: date
    kind: HolderKind
    holder_id: str | None
    holder_name: str


@dataclass(frozen=True, slots=True)
class ControlMeasure:
    """A seizure or freeze. `expires_on` is the day printed on the 协助执行通知书, never rolled.

    `rank` 0 is the first seizure (首封), n the n-th in waiting (轮候).
    """

    id: MeasureId
    case_id: CaseId
    asset_kind: AssetKind
    asset: str
    institution: str
    amount_fen: int | None
    rank: int
    started_on: date
    expires_on: date
    lifted_on: date | None
    renewal_of: MeasureId | None
    document_no: str


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Everything one case's clocks are derived from; ordered by date, then id."""

    case: CaseRow
    events: tuple[NodeEvent, ...]
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[Extension, ...] = ()
    holds: tuple[Hold, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeClock:
    """One running or finished node of a case: a projection, rebuilt from facts, never typed.

    `due_on` None: no limit can be named (`certain` False) or the node has none. `certain` False:
    a calendar year that decides the day is not published. `pause_from`/`pause_to`: the last
    stretch in which the clock stands, `pause_to` None while it lasts. No state is stored: it is
    a function of these dates and of the day one asks.
    """

    case_id: CaseId
    node_code: str
    subject: str
    start_event_id: EventId
    started_on: date
    due_on: date | None
    due_at: datetime | None
    certain: bool
    warn_on: date | None
    done_on: date | None
    pause_from: date | None
    pause_to: date | None
    rule_version: str
