"""What the signing matrix has to know of people, read from the store. Any thread that may read."""

from collections import defaultdict
from datetime import date

from sqlalchemy import Connection, and_, or_, select

from desktop.rules.signing import Delegation, Signer
from desktop.rules.signing_files import load_signing
from desktop.rules.signing_matrix import Amendment, Matrix, matrix_on
from desktop.rules.teams import Absence
from storage.ids import PersonId
from storage.records.people import Post, TeamRole
from storage.schema import table

_GROUPS = ("information", "process", "online_control", "petition", "general")
_ABSENCES = {"leave": "休假", "sick": "病假", "training": "培训", "secondment": "借调"}


def signers(
    connection: Connection, case_id: str | None, day: date, court_id: str | None = None
) -> tuple[Signer, ...]:
    """Everybody who serves on `day`, with the roles in the case's team and in function groups.

    court_id: only the people of that court, as a post counts in its own court alone.
    """
    person = table("person").c
    query = select(person.id, person.name, person.post, person.quota).where(
        or_(person.left_on.is_(None), person.left_on > day.isoformat())
    )
    if court_id is not None:
        query = query.where(person.court_id == court_id)
    rows = connection.execute(query.order_by(person.name, person.id)).all()
    roles, groups = _roles(connection, case_id, day)
    return tuple(
        Signer(
            PersonId(row.id),
            row.name,
            Post(row.post),
            bool(row.quota),
            frozenset(roles[row.id]),
            frozenset(groups[row.id]),
        )
        for row in rows
    )


def court_of(connection: Connection, case_id: str | None, *person_ids: str | None) -> str | None:
    """Whose document it is: the court of its case, else of the first person that is known."""
    case, person = table("case").c, table("person").c
    if case_id is not None:
        found = connection.execute(select(case.court_id).where(case.id == case_id)).scalar()
        if found is not None:
            return str(found)
    for person_id in person_ids:
        found = connection.execute(select(person.court_id).where(person.id == person_id)).scalar()
        if found is not None:
            return str(found)
    return None


def _roles(
    connection: Connection, case_id: str | None, day: date
) -> tuple[dict[str, set[TeamRole]], dict[str, set[str]]]:
    member, team, case = table("membership").c, table("team").c, table("case").c
    whose = None
    if case_id is not None:
        whose = connection.execute(select(case.team_id).where(case.id == case_id)).scalar()
    on = day.isoformat()
    rows = connection.execute(
        select(member.person_id, member.role, team.id, team.kind)
        .join_from(table("membership"), table("team"), team.id == member.team_id)
        .where(
            and_(member.from_on <= on, or_(member.to_on.is_(None), member.to_on >= on)),
            or_(team.kind.in_(_GROUPS), team.id == whose),
        )
    ).all()
    roles: dict[str, set[TeamRole]] = defaultdict(set)
    groups: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.kind in _GROUPS:
            groups[row.person_id].add(f"{row.kind}.{row.role}")
        if row.id == whose:
            roles[row.person_id].add(TeamRole(row.role))
    return roles, groups


def absences(connection: Connection, day: date) -> tuple[Absence, ...]:
    """Who is away on `day`."""
    away = table("absence").c
    rows = connection.execute(
        select(away.person_id, away.from_on, away.to_on, away.kind).where(
            away.status == "planned", away.from_on <= day.isoformat(), away.to_on >= day.isoformat()
        )
    ).all()
    return tuple(
        Absence(
            PersonId(row.person_id),
            date.fromisoformat(row.from_on),
            date.fromisoformat(row.to_on),
            _ABSENCES.get(row.kind, row.kind),
        )
        for row in rows
    )


def delegations(connection: Connection, day: date) -> tuple[Delegation, ...]:
    """Powers to stand in that are in force on `day`: one that has ended was, before its end."""
    power = table("delegation").c
    rows = connection.execute(
        select(table("delegation")).where(
            power.agreed_by.is_not(None),
            or_(power.state == "agreed", power.ended_on > day.isoformat()),
            power.from_on <= day.isoformat(),
            power.to_on >= day.isoformat(),
        )
    ).all()
    return tuple(
        Delegation(
            from_id=PersonId(row.from_id),
            to_id=PersonId(row.to_id),
            post=Post(row.post),
            from_on=date.fromisoformat(row.from_on),
            to_on=date.fromisoformat(row.to_on),
            agreed_by=PersonId(row.agreed_by),
            documents=frozenset(filter(None, row.documents.split(","))),
            document_no=row.document_no,
        )
        for row in rows
    )


def amendments(connection: Connection) -> tuple[Amendment, ...]:
    """Every change of the matrix that was ever proposed; the matrix of a day takes what counts."""
    rows = connection.execute(select(table("signing_rule"))).all()
    return tuple(
        Amendment(
            change_id=row.change_id,
            document=row.document,
            step=row.step,
            stage=row.stage,
            signers=row.signers,
            valid_from=date.fromisoformat(row.valid_from),
            valid_to=None if row.valid_to is None else date.fromisoformat(row.valid_to),
            basis=row.basis,
            confidence=row.confidence,
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            agreed_by=row.agreed_by,
            agreed_at=row.agreed_at,
            state=row.state,
        )
        for row in rows
    )


def matrix(connection: Connection, day: date) -> Matrix:
    """The signing matrix of `day` with the changes that two persons agreed on."""
    return matrix_on(load_signing(), amendments(connection), day)
