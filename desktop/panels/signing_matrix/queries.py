"""What the signing matrix panel reads. Runs on reader lanes; gives frozen rows."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, or_, select

from desktop.documents.bench import facts_for
from desktop.documents.case_words import case_numbered
from desktop.documents.matrix_words import Proposal, names, proposals
from desktop.documents.powers import enders
from desktop.documents.staff import absences, court_of, delegations, matrix, signers
from desktop.errors import UserError
from desktop.panels.signing_matrix.rules import Difference, Line, differences, lines
from desktop.rules.signing import (
    PANEL_SIZE,
    Attempt,
    CaseFacts,
    Decision,
    Signer,
    at_stage,
    decide,
)
from desktop.rules.signing_matrix import (
    POST_NAMES,
    STAGE_NAMES,
    Matrix,
    Stage,
)
from storage.ids import PersonId
from storage.records.people import Post, TeamKind, TeamRole
from storage.schema import table


@dataclass(frozen=True, slots=True)
class Table:
    """The matrix of a day. `left_out`: agreed changes that do not count, and why."""

    day: date
    lines: tuple[Line, ...]
    left_out: tuple[str, ...]
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Two:
    """Two days, the earlier one first."""

    first: date
    second: date


@dataclass(frozen=True, slots=True)
class Question:
    """May this person do this stage of such a document on that day? `case_number` as typed, may be
    empty."""

    document: str
    stage: Stage
    person_id: str
    day: date
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the matrix says, and what was taken for granted."""

    decision: Decision
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person to choose; `label` tells name, post and court."""

    id: str
    name: str
    post: Post
    court_id: str
    label: str


@dataclass(frozen=True, slots=True)
class PowersArgs:
    """Who asks, on which day."""

    person_id: str | None
    today: date


@dataclass(frozen=True, slots=True)
class PowerRow:
    """A delegation. `may_agree`, `may_end`: whether whoever asks may."""

    id: str
    giver: str
    taker: str
    post: str
    covers: str
    from_on: str
    to_on: str
    document_no: str
    state: str
    agreed_by: str
    in_force: bool
    may_agree: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class AwayRow:
    """Somebody who holds a post that the matrix names, and is away; `by`: who stands in."""

    name: str
    post: str
    from_on: str
    to_on: str
    kind: str
    by: str


@dataclass(frozen=True, slots=True)
class Powers:
    """Delegations, the newest first, and who is away today or later."""

    powers: tuple[PowerRow, ...]
    away: tuple[AwayRow, ...]


def table_of(connection: Connection, day: date) -> Table:
    """The matrix of `day` with the changes that count."""
    found = matrix(connection, day)
    told = {one.change_id: one.name for one in proposals(connection, day)}
    left = tuple(f"{told.get(change, change)}：{why}" for change, why in found.left_out.items())
    return Table(day, tuple(lines(found)), left, found)


def compare(connection: Connection, days: Two) -> tuple[Difference, ...]:
    """What differs between two days."""
    return tuple(differences(matrix(connection, days.first), matrix(connection, days.second)))


def changes(connection: Connection, today: date) -> tuple[Proposal, ...]:
    """Every change that was ever proposed, the newest first."""
    return tuple(proposals(connection, today))


def people(connection: Connection, today: date) -> tuple[Somebody, ...]:
    """Everybody who serves, by name."""
    person, court = table("person").c, table("court").c
    rows = connection.execute(
        select(person.id, person.name, person.post, person.court_id, court.short_name)
        .join(table("court"), court.id == person.court_id)
        .where(or_(person.left_on.is_(None), person.left_on > today.isoformat()))
        .order_by(person.name, person.id)
    ).all()
    return tuple(
        Somebody(
            row.id,
            row.name,
            Post(row.post),
            row.court_id,
            f"{row.name}（{POST_NAMES[Post(row.post)]}，{row.short_name}）",
        )
        for row in rows
    )


def answer(connection: Connection, asked: Question) -> Answer:
    """Puts the question as the command line does: earlier stages are taken as done by others."""
    rules = matrix(connection, asked.day)
    case_id = case_numbered(connection, asked.case_number) if asked.case_number.strip() else None
    court_id = court_of(connection, case_id, asked.person_id)
    crowd = signers(connection, case_id, asked.day, court_id)
    person = next((one for one in crowd if one.id == asked.person_id), None)
    if person is None:
        raise UserError("此人当日不在岗，或不是该案所在法院的人员，不能办理其文书。")
    assumed = ["此前各环节已由他人办妥"]
    facts = facts_for(connection, case_id, crowd)
    if not facts.panel and rules.document(asked.document).panel:
        facts = _seated(person, facts)
        assumed.append("合议庭已由三名法官组成" + ("，此人在内" if person.quota else ""))
    if case_id is None:
        person = replace(person, team_roles=_team_roles(connection, person.id, asked.day))
        crowd = tuple(person if one.id == person.id else one for one in crowd)
        if person.team_roles:
            assumed.append("案件由此人所在团队承办")
    attempt = Attempt(
        document=asked.document,
        stage=asked.stage,
        person=person,
        content="内容",
        facts=facts,
        people=crowd,
        absences=absences(connection, asked.day),
        delegations=delegations(connection, asked.day),
    )
    return Answer(decide(rules, at_stage(rules, attempt)), tuple(assumed))


def _team_roles(connection: Connection, person_id: str, day: date) -> frozenset[TeamRole]:
    """His roles in the teams that handle cases."""
    member, team = table("membership").c, table("team").c
    on = day.isoformat()
    roles = connection.execute(
        select(member.role)
        .join_from(table("membership"), table("team"), team.id == member.team_id)
        .where(
            member.person_id == person_id,
            member.from_on <= on,
            or_(member.to_on.is_(None), member.to_on >= on),
            team.kind.in_((TeamKind.IMPLEMENTATION.value, TeamKind.ADJUDICATION.value)),
        )
    ).scalars()
    return frozenset(TeamRole(role) for role in roles)


def _seated(person: Signer, facts: CaseFacts) -> CaseFacts:
    """A panel of people nobody knows, in which the person sits where he may."""
    seats = [PersonId(f"合议庭法官{n}") for n in range(1, PANEL_SIZE + 1)]
    if person.quota:
        seats[0] = person.id
    return CaseFacts(tuple(seats), seats[0], facts.implementers)


def stages_of(rules: Matrix, code: str) -> tuple[tuple[str, str], ...]:
    """(key, word) of the stages that a document has."""
    document = rules.documents.get(code)
    steps = document.steps if document is not None else ()
    return tuple((step.stage.value, STAGE_NAMES[step.stage]) for step in steps)


def powers(connection: Connection, args: PowersArgs) -> Powers:
    """Delegations and absences of today and later."""
    power = table("delegation")
    called = names(connection)
    known = matrix(connection, args.today).documents
    today = args.today.isoformat()
    rows = connection.execute(select(power).order_by(power.c.id.desc())).all()
    found = []
    for row in rows:
        codes = [code for code in row.documents.split(",") if code]
        covers = "、".join(known[code].name if code in known else code for code in codes)
        asks = args.person_id is not None
        found.append(
            PowerRow(
                id=row.id,
                giver=called.get(row.from_id, ""),
                taker=called.get(row.to_id, ""),
                post=POST_NAMES[Post(row.post)],
                covers=covers or "许可代行的全部文书",
                from_on=row.from_on,
                to_on=row.to_on,
                document_no=row.document_no,
                state=row.state,
                agreed_by=called.get(row.agreed_by or "", ""),
                in_force=row.state == "agreed" and row.from_on <= today <= row.to_on,
                may_agree=asks
                and row.state == "proposed"
                and args.person_id not in (row.from_id, row.to_id),
                may_end=asks and row.state != "ended" and args.person_id in enders(connection, row),
            )
        )
    return Powers(tuple(found), _away(connection, args.today))


def _away(connection: Connection, today: date) -> tuple[AwayRow, ...]:
    """Absent holders of posts that can be stood in for."""
    away, person = table("absence").c, table("person").c
    known = matrix(connection, today).documents.values()
    posts = {
        code.partition(":")[2]
        for document in known
        for step in document.steps
        if step.delegates
        for code in step.signers
        if code.startswith("post:")
    }
    called = names(connection)
    rows = connection.execute(
        select(away.person_id, away.from_on, away.to_on, away.kind, person.name, person.post)
        .join_from(table("absence"), table("person"), person.id == away.person_id)
        .where(away.status == "planned", away.to_on >= today.isoformat(), person.post.in_(posts))
        .order_by(away.from_on, person.name)
    ).all()
    found = []
    for row in rows:
        first = max(date.fromisoformat(row.from_on), today)
        by = [one for one in delegations(connection, first) if one.from_id == row.person_id]
        kinds = {one.person_id: one.kind for one in absences(connection, first)}
        found.append(
            AwayRow(
                row.name,
                POST_NAMES[Post(row.post)],
                row.from_on,
                row.to_on,
                kinds.get(row.person_id, row.kind),
                "、".join(called.get(one.to_id, "") for one in by) or "无人代行",
            )
        )
    return tuple(found)
