"""For whom documents wait, many at once: people, absences and matrix are read once. No Qt.

The same questions as desktop.documents.course puts for one document, to the same matrix.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from desktop.documents.bench import facts_of
from desktop.documents.course import course
from desktop.documents.staff import absences, court_of, delegations, matrix, signers
from desktop.rules.signing import Attempt, Signer, decide, standing
from desktop.rules.signing_matrix import STAGE_NAMES, Stage
from storage.ids import PersonId
from storage.records.people import Post
from storage.schema import table

ON_THE_WAY: Final = ("checking", "signing")
_NOBODY: Final = Signer(PersonId(""), "", Post.OPERATOR, False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The stage that is open, and who may do it now; nobody where the office is empty."""

    stage: Stage
    names: tuple[str, ...]
    ids: frozenset[str]

    @property
    def word(self) -> str:
        """审核, 签发, …"""
        return STAGE_NAMES[self.stage]


def waiting_of(
    connection: Connection, rows: Iterable[Row[Any]], day: date
) -> Mapping[str, Waiting]:
    """By document id, of rows of `document` that are under way; finished ones are left out."""
    rules = matrix(connection, day)
    away, powers = absences(connection, day), delegations(connection, day)
    teams = _teams(connection, rows := list(rows))
    staff: dict[tuple[str | None, str | None], tuple[Signer, ...]] = {}
    found: dict[str, Waiting] = {}
    for row in rows:
        if row.state not in ON_THE_WAY:
            continue
        court_id = court_of(connection, row.case_id, row.maker_id)
        whose = (teams.get(row.case_id), court_id)
        if whose not in staff:
            staff[whose] = signers(connection, row.case_id, day, court_id)
        attempt = Attempt(
            document=row.kind,
            stage=Stage.SIGN,
            person=_NOBODY,
            content=row.content_sha256,
            maker_id=None if row.maker_id is None else PersonId(row.maker_id),
            course=course(connection, row.id),
            people=staff[whose],
            absences=away,
            delegations=powers,
            facts=facts_of(connection, row, staff[whose]),
        )
        document = rules.document(row.kind)
        done = standing(document, attempt.course, attempt.content, attempt.facts).done
        if done < len(document.steps):
            said = decide(rules, attempt)
            ids = frozenset(str(one) for one in said.who_ids)
            found[row.id] = Waiting(document.steps[done].stage, said.who_can, ids)
    return found


def _teams(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, str | None]:
    case = table("case").c
    cases = {row.case_id for row in rows if row.case_id is not None}
    found = connection.execute(select(case.id, case.team_id).where(case.id.in_(cases)))
    return {row.id: row.team_id for row in found}


def waits_for_me(connection: Connection, person_id: str, day: date) -> frozenset[str]:
    """Ids of documents that cannot go on without this person: an open stage that is his, a draft
    of his own that is not sent, a signed one that is not issued."""
    document = table("document").c
    rows = connection.execute(select(table("document")).where(document.state.in_(ON_THE_WAY))).all()
    his = {key for key, one in waiting_of(connection, rows, day).items() if person_id in one.ids}
    own = connection.execute(
        select(document.id).where(
            document.maker_id == person_id, document.state.in_(("draft", "signed"))
        )
    ).scalars()
    return frozenset(his) | frozenset(own)
