"""Reads teams, members and what the staffing rules say of them. Reader lanes.

A city has about a hundred teams and a thousand memberships, so one read takes them all; row ids
are SQLite rowids of `team`, good within one snapshot only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Integer, literal_column, select

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.panels.teams.rules import (
    KIND_WORDS,
    POST_WORDS,
    ROLE_ORDER,
    ROLE_WORDS,
    StaffingFilter,
    on_day,
    roles_filled,
)
from desktop.rules.teams import (
    StaffProblem,
    history,
    load_team_rules,
    validate_police,
    validate_team,
)
from storage.ids import CourtId, PersonId, TeamId
from storage.records.people import Membership, Person, Post, Team, TeamKind, TeamRole
from storage.schema import table

_team = table("team")
_court = table("court")
_person = table("person")
_membership = table("membership")


@dataclass(frozen=True, slots=True)
class Staff:
    """All teams (by row id), their courts' names, memberships by team, and persons."""

    teams: Mapping[int, Team]
    courts: Mapping[str, str]
    members: Mapping[TeamId, Sequence[Membership]]
    people: Mapping[PersonId, Person]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def load_staff(connection: Connection) -> Staff:
    """Everybody and every team, in one read."""
    row_id = literal_column("team.rowid", Integer).label("n")
    order = select(row_id, *(_team.c[k] for k in ("id", "court_id", "name", "kind"))).order_by(
        _team.c.number
    )
    teams = {
        row.n: Team(TeamId(row.id), CourtId(row.court_id), row.name, TeamKind(row.kind))
        for row in connection.execute(order)
    }
    courts = {
        row.id: row.short_name
        for row in connection.execute(select(_court.c.id, _court.c.short_name))
    }
    members: dict[TeamId, list[Membership]] = {}
    for row in connection.execute(
        select(*(_membership.c[k] for k in ("person_id", "team_id", "role", "from_on", "to_on")))
    ):
        member = Membership(
            PersonId(row.person_id),
            TeamId(row.team_id),
            TeamRole(row.role),
            date.fromisoformat(row.from_on),
            _day(row.to_on),
        )
        members.setdefault(member.team_id, []).append(member)
    people = {
        PersonId(row.id): Person(
            PersonId(row.id), CourtId(row.court_id), row.name, Post(row.post), bool(row.quota)
        )
        for row in connection.execute(
            select(*(_person.c[k] for k in ("id", "court_id", "name", "post", "quota")))
        )
    }
    return Staff(teams, courts, members, people)


def _problems(staff: Staff, team: Team, day: date) -> list[StaffProblem]:
    return validate_team(team, staff.members.get(team.id, ()), staff.people, day, load_team_rules())


def _asked_day(filter_: StaffingFilter, today: date) -> date:
    return filter_.day or today


def snapshot(connection: Connection, args: SnapshotArgs[Dated[StaffingFilter]]) -> Sequence[int]:
    """Row ids; unless asked otherwise, teams with something missing first, then by number."""
    filter_ = args.filter.filter
    day = _asked_day(filter_, args.filter.today)
    staff = load_staff(connection)
    listed: list[tuple[int, Team, int]] = []
    for row_id, team in staff.teams.items():
        if filter_.courts and team.court_id not in filter_.courts:
            continue
        if filter_.kinds and team.kind not in filter_.kinds:
            continue
        faults = len(_problems(staff, team, day))
        if not filter_.missing or faults:
            listed.append((row_id, team, faults))
    if args.sort == "court":
        listed.sort(key=lambda item: staff.courts[item[1].court_id], reverse=args.descending)
    elif args.sort == "name":
        listed.sort(key=lambda item: item[1].name, reverse=args.descending)
    elif args.sort == "kind":
        order = list(TeamKind)
        listed.sort(key=lambda item: order.index(item[1].kind), reverse=args.descending)
    elif args.sort == "state":
        listed.sort(key=lambda item: item[2], reverse=args.descending)
    else:
        listed.sort(key=lambda item: not item[2])
    return [row_id for row_id, _, _ in listed]


def rows(
    connection: Connection, ids: Sequence[int], day: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids` on `day`, keyed as the columns of the list."""
    staff = load_staff(connection)
    found: dict[int, Mapping[str, object]] = {}
    for row_id in ids:
        team = staff.teams.get(row_id)
        if team is None:
            continue
        members = on_day(staff.members.get(team.id, ()), day)
        filled = roles_filled(members)
        faults = _problems(staff, team, day)
        own = f"{team.name}："
        leaders = [staff.people[m.person_id].name for m in members if m.role is TeamRole.LEADER]
        found[row_id] = {
            "team_id": team.id,
            "court": staff.courts[team.court_id],
            "name": team.name,
            "kind": KIND_WORDS[team.kind],
            "leader": "、".join(leaders),
            "judges": filled.get(TeamRole.JUDGE),
            "assistants": filled.get(TeamRole.ASSISTANT),
            "clerks": filled.get(TeamRole.CLERK),
            "police": filled.get(TeamRole.POLICE),
            "people": len(members),
            "state": ("overdue", "缺编") if faults else ("normal", "齐备"),
            "missing": "；".join(fault.sentence.removeprefix(own) for fault in faults),
        }
    return found


@dataclass(frozen=True, slots=True)
class TeamDetail:
    """One team on a day: its members, and how its staffing went from day to day.

    `members`: name, post, role, from, to. `periods`: from, to (None while it lasts), sentences.
    """

    name: str
    members: tuple[Mapping[str, object], ...]
    periods: tuple[tuple[date, date | None, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class DetailArgs:
    """The team asked for, by id, and the day."""

    team_id: str
    day: date


def detail(connection: Connection, args: DetailArgs) -> TeamDetail | None:
    """Members and history of one team; None when it is gone."""
    staff = load_staff(connection)
    team = next((one for one in staff.teams.values() if one.id == args.team_id), None)
    if team is None:
        return None
    members = sorted(
        on_day(staff.members.get(team.id, ()), args.day),
        key=lambda member: (ROLE_ORDER.index(member.role), member.from_on),
    )
    periods = history(team, staff.members.get(team.id, ()), staff.people, load_team_rules())
    return TeamDetail(
        team.name,
        tuple(
            {
                "name": staff.people[member.person_id].name,
                "post": POST_WORDS[staff.people[member.person_id].post],
                "role": ROLE_WORDS[member.role],
                "from_on": member.from_on,
                "to_on": member.to_on,
            }
            for member in members
        ),
        tuple(
            (span.from_on, span.to_on, tuple(fault.sentence for fault in span.problems))
            for span in periods
        ),
    )


def police_sentences(connection: Connection, day: date) -> list[str]:
    """What the rule on police officers finds on `day` in the courts that have any."""
    staff = load_staff(connection)
    memberships = [member for group in staff.members.values() for member in group]
    posted = {p.court_id for p in staff.people.values() if p.post is Post.POLICE}
    found: list[str] = []
    for court in sorted(posted, key=lambda court: staff.courts[court]):
        people = {key: p for key, p in staff.people.items() if p.court_id == court}
        teams = {team.id: team for team in staff.teams.values() if team.court_id == court}
        faults = validate_police(memberships, people, teams, day, load_team_rules())
        found.extend(f"{staff.courts[court]}：{fault.sentence}" for fault in faults)
    return found


def courts(connection: Connection, _args: None) -> list[tuple[str, str]]:
    """Courts that have a team, as (id, name)."""
    query = (
        select(_court.c.id, _court.c.short_name)
        .where(_court.c.id.in_(select(_team.c.court_id)))
        .order_by(_court.c.code)
    )
    return [(row.id, row.short_name) for row in connection.execute(query)]


def navigator_count(connection: Connection, today: date) -> tuple[int, str]:
    """Teams that lack a post today."""
    staff = load_staff(connection)
    number = sum(1 for team in staff.teams.values() if _problems(staff, team, today))
    return number, "due_soon" if number else ""
