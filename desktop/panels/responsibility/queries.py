"""Reads one person's responsibility. Reader lanes.

Attribution is derived afresh for that person's late nodes only, the newest NODES_MAX of them:
about a millisecond a node.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, or_, select, tuple_

from desktop.contract.filters import NodeFilter
from desktop.contract.law import Law
from desktop.panels.responsibility.rules import (
    Leadership,
    Period,
    late_days,
    leader_words,
    leaders_during,
)
from desktop.projection.facts import load_facts
from desktop.projection.figures import GroupCount, group_counts
from desktop.projection.select import node_where
from desktop.rules.attribution import Share
from desktop.rules.derivation import explain
from storage.ids import PersonId, TeamId
from storage.records.cases import CaseFacts
from storage.records.people import Membership, Post, TeamRole
from storage.records.states import STYLE_KEY, NodeState
from storage.schema import table
from storage.schema.local import clock_key, node_clock

NODES_MAX: Final = 500
LATE: Final = (NodeState.OVERDUE.value, NodeState.DONE_LATE.value)
POST_WORDS: Final[Mapping[str, str]] = {
    Post.PRESIDENT: "院长",
    Post.VICE_PRESIDENT: "分管院领导",
    Post.BUREAU_CHIEF: "执行局局长",
    Post.DEPUTY_CHIEF: "执行局副局长",
    Post.COMMISSAR: "政委",
    Post.TRIBUNAL_HEAD: "庭长",
    Post.QUOTA_JUDGE: "员额法官",
    Post.JUDGE_ASSISTANT: "法官助理",
    Post.CLERK: "书记员",
    Post.POLICE: "司法警察",
    Post.OPERATOR: "值班员",
    Post.FINANCE: "案款管理人",
}
_person = table("person")
_court = table("court")
_c = node_clock.c


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person to choose; `label` tells name, court and post."""

    id: str
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class PeopleArgs:
    """Who sits at the keyboard, and the day."""

    own_id: str | None
    today: date


@dataclass(frozen=True, slots=True)
class People:
    """Everybody to choose from; `start` is whose page opens first, "" for nobody's."""

    everybody: tuple[Somebody, ...]
    start: str


def people(connection: Connection, args: PeopleArgs) -> People:
    """Everybody, by court and name. One's own page opens first; whoever answers for no case sees
    the person with most overdue nodes."""
    rows = connection.execute(
        select(_person.c.id, _person.c.name, _person.c.post, _court.c.short_name)
        .join(_court, _court.c.id == _person.c.court_id)
        .order_by(_court.c.code, _person.c.name)
    )
    everybody = tuple(
        Somebody(
            row.id,
            row.name,
            f"{row.name}　{row.short_name} {POST_WORDS.get(row.post, row.post)}",
        )
        for row in rows
    )
    if args.own_id is not None and _answers(connection, args.own_id):
        return People(everybody, args.own_id)
    overdue = NodeFilter(states=(NodeState.OVERDUE.value,))
    groups = group_counts(connection, args.today, ("handler",), overdue)
    return People(everybody, next((group.keys[0] for group in groups if group.keys[0]), ""))


def _answers(connection: Connection, person_id: str) -> bool:
    """Whether the person handles a case or leads a team that has cases."""
    case, membership = table("case").c, table("membership").c
    led = select(membership.team_id).where(
        membership.person_id == person_id, membership.role == TeamRole.LEADER.value
    )
    answers = or_(case.handler_id == person_id, case.team_id.in_(led))
    return connection.execute(select(case.id).where(answers).limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class PageArgs:
    """The person asked for and the period."""

    law: Law
    person_id: str
    today: date
    period: Period


@dataclass(frozen=True, slots=True)
class LateNode:
    """One late node. `whole` and `own` are late days within the period, of everybody and of this
    person; `shares` are all days since the start. `comments` counts what has been said on it."""

    case_id: str
    case_number: str
    node_code: str
    subject: str
    node: str
    state: str
    state_key: str
    started_on: date
    due_on: date
    done_on: date | None
    elapsed: int
    handler: str
    whole: int
    own: int
    shares: tuple[Share, ...]
    leaders: tuple[Leadership, ...]
    comments: int

    @property
    def leader(self) -> str:
        """Who supervised at that time."""
        return leader_words(self.leaders)


@dataclass(frozen=True, slots=True)
class Page:
    """`states`: owned nodes by state, each with its list. `cut`: more late nodes than were
    derived."""

    args: PageArgs
    states: tuple[GroupCount, ...]
    late: tuple[LateNode, ...]
    cut: bool

    @property
    def own(self) -> int:
        """Late days this person held."""
        return sum(node.own for node in self.late)

    @property
    def whole(self) -> int:
        """Late days of the same nodes, whoever held them."""
        return sum(node.whole for node in self.late)


def page(connection: Connection, args: PageArgs) -> Page:
    """Everything about the person's nodes; late ones with attribution, newest due day first."""
    own = NodeFilter(handlers=(args.person_id,))
    order = [state.value for state in NodeState]
    states = sorted(
        group_counts(connection, args.today, ("state",), own),
        key=lambda group: order.index(group.keys[0]),
    )
    keys = _late_keys(connection, args)
    late = _late_nodes(connection, args, keys[:NODES_MAX])
    return Page(args, tuple(states), late, len(keys) > NODES_MAX)


def _late_keys(connection: Connection, args: PageArgs) -> Sequence[Any]:
    """Late nodes whose lateness touches the period, held or handled by the person."""
    hold = table("hold")
    own = hold.c.holder_id == args.person_id
    held = select(hold.c.case_id).where(own, hold.c.node_code.is_(None))
    held_node = select(hold.c.case_id, hold.c.node_code).where(own, hold.c.node_code.is_not(None))
    mine = select(clock_key.c.n).where(clock_key.c.id == args.person_id)
    ended = or_(_c.done_on.is_(None), _c.done_on >= args.period.first.isoformat())
    statement = (
        select(_c.case_id, _c.node_code, _c.subject)
        .where(*node_where(NodeFilter(states=LATE), args.today), ended)
        .where(_c.due_on < args.period.last.isoformat())
        .where(
            or_(
                _c.handler_n.in_(mine),
                _c.case_id.in_(held),
                tuple_(_c.case_id, _c.node_code).in_(held_node),
            )
        )
        .order_by(_c.due_on.desc(), _c.n)
        .limit(NODES_MAX + 1)
    )
    return connection.execute(statement).fetchall()


def _late_nodes(
    connection: Connection, args: PageArgs, keys: Sequence[Any]
) -> tuple[LateNode, ...]:
    facts = load_facts(connection, [key.case_id for key in keys], known_by=args.today)
    leaders = _leaders(connection, {case.case.team_id for case in facts.values()})
    said = _said(connection, list(facts))
    people_ = connection.execute(select(_person.c.id, _person.c.name))
    names = {row.id: row.name for row in people_}
    made = []
    for key in keys:
        found = facts.get(key.case_id)
        if found is None:
            continue
        node = _late_node(args, found, key.node_code, key.subject)
        # Handled by another and held by another: the person has nothing to do with this node.
        if node is None or not (node.own or found.case.handler_id == args.person_id):
            continue
        ended = node.done_on or args.today
        team = leaders.get(found.case.team_id or "", ())
        made.append(
            replace(
                node,
                handler=names.get(found.case.handler_id or "", ""),
                leaders=leaders_during(team, node.started_on, ended),
                comments=said[key.case_id, key.node_code, key.subject],
            )
        )
    return tuple(made)


def _late_node(args: PageArgs, facts: CaseFacts, code: str, subject: str) -> LateNode | None:
    """One node from its derivation; None when it is not late on the day after all."""
    catalogue = args.law.catalogue_for(facts.case.type_word)
    try:
        found = explain(facts, code, subject, catalogue, args.law.calendars, args.today)
    except KeyError:
        return None
    if found.state.value not in LATE or found.due_on is None:
        return None
    shares = found.attribution
    ended = found.done_on or args.today
    return LateNode(
        case_id=facts.case.id,
        case_number=facts.case.number,
        node_code=code,
        subject=subject,
        node=found.node_name,
        state=found.state.value,
        state_key=STYLE_KEY[found.state],
        started_on=found.start.on,
        due_on=found.due_on,
        done_on=found.done_on,
        elapsed=(ended - found.start.on).days,
        handler="",
        whole=late_days(shares, found.due_on, args.period),
        own=late_days(shares, found.due_on, args.period, args.person_id),
        shares=shares,
        leaders=(),
        comments=0,
    )


def _leaders(
    connection: Connection, teams: set[TeamId | None]
) -> dict[str, list[tuple[Membership, str]]]:
    """Every leader's membership of these teams, with the name."""
    membership = table("membership")
    rows = connection.execute(
        select(
            *(membership.c[key] for key in ("person_id", "team_id", "from_on", "to_on")),
            _person.c.name,
        )
        .join(_person, _person.c.id == membership.c.person_id)
        .where(
            membership.c.role == TeamRole.LEADER.value,
            membership.c.team_id.in_([team for team in teams if team]),
        )
    )
    found: dict[str, list[tuple[Membership, str]]] = defaultdict(list)
    for row in rows:
        member = Membership(
            PersonId(row.person_id),
            TeamId(row.team_id),
            TeamRole.LEADER,
            date.fromisoformat(row.from_on),
            date.fromisoformat(row.to_on) if row.to_on else None,
        )
        found[row.team_id].append((member, row.name))
    return found


def _said(connection: Connection, cases: list[str]) -> Counter[tuple[str, str, str]]:
    """Comments by (case, node, subject)."""
    comment = table("responsibility_comment")
    columns = (comment.c.case_id, comment.c.node_code, comment.c.subject)
    rows = connection.execute(select(*columns).where(comment.c.case_id.in_(cases)))
    return Counter((row[0], row[1], row[2]) for row in rows)


@dataclass(frozen=True, slots=True)
class Said:
    """One comment: who, when (court time as stored), what."""

    person: str
    at: str
    body: str


@dataclass(frozen=True, slots=True)
class SaidArgs:
    """The node asked about."""

    case_id: str
    node_code: str
    subject: str


def comments(connection: Connection, args: SaidArgs) -> tuple[Said, ...]:
    """What has been said on one node, oldest first."""
    comment = table("responsibility_comment")
    rows = connection.execute(
        select(_person.c.name, comment.c.at, comment.c.body)
        .join(_person, _person.c.id == comment.c.person_id)
        .where(
            comment.c.case_id == args.case_id,
            comment.c.node_code == args.node_code,
            comment.c.subject == args.subject,
        )
        .order_by(comment.c.at, comment.c.id)
    )
    return tuple(Said(row.name, row.at[:16].replace("T", " "), row.body) for row in rows)
