"""The course of a document through the stages of the signing matrix. Writer lane for what writes.

The matrix is asked before anything is stored, and the database refuses the worst by itself
(storage.schema.documents), so a changed program comes no further than the screen does.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from desktop.documents.bench import facts_of, separation_fault, vote_of, vote_words
from desktop.documents.measures import limit_of
from desktop.documents.staff import absences, court_of, delegations, matrix, signers
from desktop.errors import UserError
from desktop.rules.coercive import AMENDED, amends
from desktop.rules.signing import (
    Act,
    Attempt,
    CaseFacts,
    Decision,
    Delegation,
    Outcome,
    Signer,
    Standing,
    at_stage,
    decide,
    standing,
)
from desktop.rules.signing_matrix import PANEL_CODES, Matrix, Stage
from desktop.rules.teams import Absence
from storage.ids import PersonId, new_id
from storage.schema import table

_IN_MATRIX: Final = ("pass", "return", "sign")
BODY_MAX: Final = 2_000
# What a document is that no signature ends, by its last stage.
SETTLED_WORDS: Final = {
    Stage.PANEL: "已议定",
    Stage.APPROVE: "已批准",
    Stage.REVIEW: "已审核",
    Stage.DRAFT: "已送审",
}


@dataclass(frozen=True, slots=True)
class ActArgs:
    """A person acts on a document. `content`: fingerprint of the words he has seen; `body`: a
    remark, or the reason of a return."""

    document_id: str
    person_id: str | None
    at: datetime
    content: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The matrix, the question put to it, and its answer."""

    matrix: Matrix
    attempt: Attempt
    decision: Decision
    standing: Standing


def row_of(connection: Connection, document_id: str) -> Row[Any]:
    """The document as stored; UserError when it is gone."""
    document = table("document")
    found = connection.execute(select(document).where(document.c.id == document_id)).first()
    if found is None:
        raise UserError("文书已不存在。")
    return found


def course(connection: Connection, document_id: str) -> tuple[Act, ...]:
    """All acts the matrix knows, oldest first; each saved version is an act of drafting."""
    version, done = table("document_version").c, table("document_act").c
    found: list[tuple[str, str, Act]] = []
    rows = connection.execute(
        select(version.id, version.at, version.author_id, version.content_sha256, version.note)
        .where(version.document_id == document_id)
        .order_by(version.at, version.id)
    ).all()
    for row, writer in zip(rows, _writers(connection, document_id, rows), strict=True):
        act = Act(Stage.DRAFT, PersonId(writer or ""), _day(row.at), row.content_sha256)
        found.append((row.at, row.id, act))
    for row in connection.execute(
        select(table("document_act")).where(
            done.document_id == document_id, done.act.in_(_IN_MATRIX)
        )
    ):
        outcome = Outcome.RETURNED if row.act == "return" else Outcome.DONE
        if row.stage == Stage.PANEL and outcome is Outcome.DONE:
            outcome = vote_of(row.body)
        act = Act(
            Stage(row.stage), PersonId(row.person_id), _day(row.at), row.content_sha256, outcome
        )
        found.append((row.at, row.id, act))
    return tuple(act for _, _, act in sorted(found, key=lambda one: one[:2]))


def _writers(connection: Connection, document_id: str, rows: Sequence[Any]) -> list[str | None]:
    """Whose draft each version is. Whoever approves and only lowers or raises the figure decides
    about the draft of another, and has not made it his own."""
    found: list[str | None] = []
    for n, row in enumerate(rows):
        amended = n > 0 and str(row.note).startswith(AMENDED)
        if amended and _only_the_figure(connection, document_id, rows[n - 1].id, row.id):
            found.append(found[-1])
        else:
            found.append(row.author_id)
    return found


def _only_the_figure(connection: Connection, document_id: str, before: str, after: str) -> bool:
    version = table("document_version").c
    fields = {
        str(row.id): json.loads(row.fields)
        for row in connection.execute(
            select(version.id, version.fields).where(version.id.in_((before, after)))
        )
    }
    kind = str(row_of(connection, document_id).kind)
    return amends(kind, fields[before], fields[after])


def _day(at: str) -> date:
    return date.fromisoformat(at[:10])


@dataclass(slots=True)
class Day:
    """What every question of one day shares, read once in a transaction; people by their court
    and the team of the case."""

    connection: Connection
    matrix: Matrix
    absences: tuple[Absence, ...]
    delegations: tuple[Delegation, ...]
    _people: dict[tuple[str | None, str | None], tuple[Signer, ...]]

    @classmethod
    def of(cls, connection: Connection, day: date) -> "Day":
        """Reads it."""
        return cls(
            connection,
            matrix(connection, day),
            absences(connection, day),
            delegations(connection, day),
            {},
        )

    def people(self, case_id: str | None, court_id: str | None) -> tuple[Signer, ...]:
        """Everybody of that court, with the roles in the team of the case."""
        case = table("case").c
        team_id = (
            None
            if case_id is None
            else self.connection.execute(select(case.team_id).where(case.id == case_id)).scalar()
        )
        key = (court_id, team_id)
        if key not in self._people:
            day = self.matrix.day
            self._people[key] = signers(self.connection, case_id, day, court_id)
        return self._people[key]


def ask(
    connection: Connection, row: Row[Any], stage: Stage, args: ActArgs, day: Day | None = None
) -> Asked:
    """Puts the question to the matrix of the day. UserError when nobody is at the desk.

    day: what several questions share."""
    known = day or Day.of(connection, args.at.date())
    court_id = court_of(connection, row.case_id, row.maker_id, args.person_id)
    people = known.people(row.case_id, court_id)
    person = next((one for one in people if one.id == args.person_id), None)
    if person is None:
        raise UserError("须以本人身份办理：在座人员未设定，已不在岗，或不是文书所属法院的人员。")
    document = known.matrix.document(row.kind)
    sits = any(step.signers & PANEL_CODES for step in document.steps)
    attempt = Attempt(
        document=row.kind,
        stage=stage,
        person=person,
        content=row.content_sha256,
        maker_id=None if row.maker_id is None else PersonId(row.maker_id),
        course=course(connection, row.id),
        facts=facts_of(connection, row, people) if sits else CaseFacts(),
        people=people,
        absences=known.absences,
        delegations=known.delegations,
    )
    stand = standing(document, attempt.course, attempt.content, attempt.facts)
    return Asked(known.matrix, attempt, decide(known.matrix, attempt), stand)


def whenever(connection: Connection, row: Row[Any], stage: Stage, args: ActArgs) -> Decision:
    """Whether he does that stage of such documents, whichever is open now. UserError as `ask`."""
    asked = ask(connection, row, stage, args)
    return decide(asked.matrix, at_stage(asked.matrix, asked.attempt))


def open_stage(asked: Asked) -> Stage | None:
    """The stage that waits for somebody; None when all are done."""
    steps = asked.matrix.document(asked.attempt.document).steps
    return steps[asked.standing.done].stage if asked.standing.done < len(steps) else None


def settled(connection: Connection, row: Row[Any]) -> str:
    """已议定 or 已批准, once all stages of a document that nobody signs are done: a paper for the
    file, which stays as it is. Empty before, and for all others. By the matrix of its last act."""
    acts = course(connection, row.id) if row.state == "checking" else ()
    if not acts:
        return ""
    day = acts[-1].on
    document = matrix(connection, day).document(row.kind)
    steps = document.steps
    if steps[-1].stage is Stage.SIGN:
        return ""
    facts = CaseFacts()
    if any(step.signers & PANEL_CODES for step in steps):
        court_id = court_of(connection, row.case_id, row.maker_id)
        facts = facts_of(connection, row, signers(connection, row.case_id, day, court_id))
    if standing(document, acts, row.content_sha256, facts).done < len(steps):
        return ""
    return SETTLED_WORDS[steps[-1].stage]


def submit(connection: Connection, args: ActArgs) -> None:
    """送审: from now on the document waits for the first stage after its draft."""
    row = row_of(connection, args.document_id)
    if row.state not in ("draft", "replying"):
        raise UserError("文书已送审，不必再送。")
    _same_words(row, args)
    writers = [act.person_id for act in course(connection, row.id) if act.stage is Stage.DRAFT]
    # Whoever wrote the words, and whoever sends them on, drafts such documents.
    for person_id in dict.fromkeys((*writers[-1:], args.person_id)):
        decision = whenever(connection, row, Stage.DRAFT, replace(args, person_id=person_id))
        if not decision.allowed:
            raise UserError(decision.reason)
    _within_the_law(connection, row, args)
    # Also where the words are as before: a document that was sent back is drafted anew.
    record(connection, row, "pass", Stage.DRAFT, args, decision)
    _set_state(connection, row, "checking")
    _advance(connection, args)


def pass_stage(connection: Connection, args: ActArgs, stage: Stage) -> Decision:
    """Review or approval by the person at the desk. UserError with who can, when he cannot.

    In a panel it is his vote for the document; `args.body` his opinion, which need not be."""
    if stage is Stage.SIGN:
        raise UserError("签发须从签发页进行：签的是所见的版面。")
    if stage is Stage.PANEL:
        args = replace(args, body=vote_words(True, args.body))
    return _pass(connection, args, stage)


def dissent(connection: Connection, args: ActArgs) -> Decision:
    """A panel judge votes against the document; his opinion is kept. Once three have voted the
    majority decides: the document goes on, or back to its draft."""
    if not args.body.strip():
        raise UserError("不同意须写明意见，少数意见记入合议记录。")
    return _pass(connection, replace(args, body=vote_words(False, args.body)), Stage.PANEL)


def _pass(connection: Connection, args: ActArgs, stage: Stage) -> Decision:
    row = row_of(connection, args.document_id)
    if row.state not in ("checking", "signing"):
        raise UserError("文书尚未送审。")
    _same_words(row, args)
    asked = ask(connection, row, stage, args)
    if not asked.decision.allowed:
        raise UserError(asked.decision.reason)
    if stage is Stage.PANEL and row.case_id is not None and args.person_id is not None:
        # What makes it a conflict may have come since he was named, from another desk.
        fault = separation_fault(connection, row.case_id, [args.person_id], args.at.date())
        if fault:
            raise UserError(fault)
    _within_the_law(connection, row, args)
    record(connection, row, "pass", stage, args, asked.decision)
    _advance(connection, args)
    return asked.decision


def send_back(connection: Connection, args: ActArgs) -> None:
    """退回 by whoever could pass the open stage; the reason is needed. A panel votes instead."""
    row = row_of(connection, args.document_id)
    if row.state not in ("checking", "signing"):
        raise UserError("文书不在审签之中，不能退回。")
    if not args.body.strip():
        raise UserError("退回须写明理由。")
    day_stage = _open_stage_of(connection, row, args)
    if day_stage is Stage.PANEL:
        raise UserError("合议以表决决定，不能一人退回；不同意的，请表决不同意并写明意见。")
    asked = ask(connection, row, day_stage, args)
    if not asked.decision.allowed:
        raise UserError(asked.decision.reason)
    record(connection, row, "return", day_stage, args, asked.decision)
    stand = ask(connection, row, day_stage, args).standing
    _set_state(connection, row, "checking" if stand.done else "draft")


def _open_stage_of(connection: Connection, row: Row[Any], args: ActArgs) -> Stage:
    stage = open_stage(ask(connection, row, Stage.SIGN, args))
    if stage is None:
        raise UserError("文书已经办结。")
    return stage


def _advance(connection: Connection, args: ActArgs) -> None:
    """Once nothing but the signature lacks, the document may be numbered and signed; what a panel
    voted down is a draft again."""
    row = row_of(connection, args.document_id)
    asked = ask(connection, row, Stage.SIGN, args)
    ready = open_stage(asked) is Stage.SIGN
    _set_state(
        connection, row, "signing" if ready else "checking" if asked.standing.done else "draft"
    )


def record(
    connection: Connection,
    row: Row[Any],
    act: str,
    stage: Stage | None,
    args: ActArgs,
    decision: Decision | None,
) -> str:
    """One act as a fact; gives its id."""
    if len(args.body) > BODY_MAX:
        raise UserError(f"意见不得超过 {BODY_MAX} 字。")
    post = decision.for_post if decision is not None else None
    made = new_id()
    connection.execute(
        insert(table("document_act")).values(
            id=made,
            document_id=row.id,
            act=act,
            stage="" if stage is None else stage.value,
            person_id=args.person_id,
            for_post=None if post is None else post.value,
            at=_after(connection, row.id, args.at).isoformat(timespec="milliseconds"),
            content_sha256=row.content_sha256,
            body=args.body.strip(),
            scope=row.scope,
        )
    )
    return made


def _after(connection: Connection, document_id: str, at: datetime) -> datetime:
    """`at`, or just after what the act was given to: the clock of another desk may be ahead, and
    an act that seems older than its draft would count for nothing."""
    version, done = table("document_version").c, table("document_act").c
    known = [
        connection.execute(select(func.max(column.at)).where(column.document_id == document_id))
        for column in (version, done)
    ]
    last = max((text for found in known if (text := found.scalar())), default=None)
    if last is None:
        return at
    return max(at, datetime.fromisoformat(last).astimezone(at.tzinfo) + timedelta(milliseconds=1))


def _within_the_law(connection: Connection, row: Row[Any], args: ActArgs) -> None:
    fault = limit_of(connection, row, args.at.date()).fault
    if fault:
        raise UserError(fault)


def _same_words(row: Row[Any], args: ActArgs) -> None:
    if row.content_sha256 != args.content:
        raise UserError("文书内容已有改动，请重新打开，按最新内容办理。")


def _set_state(connection: Connection, row: Row[Any], state: str) -> None:
    if row.state != state:
        document = table("document")
        connection.execute(update(document).where(document.c.id == row.id).values(state=state))


def waiting_for(connection: Connection, person_id: str, day: datetime) -> list[str]:
    """Ids of documents that wait for this very person: the one inbox of approvals, oldest first."""
    document = table("document").c
    rows = connection.execute(
        select(table("document"))
        .where(document.state.in_(("checking", "signing")))
        .order_by(document.id)
    ).all()
    known = Day.of(connection, day.date())
    own = court_of(connection, None, person_id)
    found = []
    for row in rows:
        if own != court_of(connection, row.case_id, row.maker_id, person_id):
            continue
        args = ActArgs(row.id, person_id, day, row.content_sha256)
        asked = ask(connection, row, Stage.SIGN, args, known)
        stage = open_stage(asked)
        if stage is not None and decide(asked.matrix, replace(asked.attempt, stage=stage)).allowed:
            found.append(str(row.id))
    return found
