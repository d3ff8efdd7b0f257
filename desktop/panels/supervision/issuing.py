"""Who may issue a supervision letter: the signing matrix is asked. Any lane that may read.

A letter has one act of drafting and one of signing; its draft belongs to whoever stored it. The
matrix is asked in the court of the person who signs, as the letter is his centre's and not that
of the court it goes to.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, func, select

from desktop.documents.staff import absences, court_of, delegations, matrix, signers
from desktop.rules.signing import Act, Attempt, Decision, decide
from desktop.rules.signing_matrix import Stage
from storage.ids import PersonId
from storage.schema import table

DOCUMENT: Final = "supervision_letter"


@dataclass(frozen=True, slots=True)
class IssueArgs:
    """Who wants to issue, on which day; `letter_id` of a stored draft, None for a new letter."""

    letter_id: str | None
    person_id: str | None
    day: date


def may_issue(connection: Connection, args: IssueArgs) -> Decision:
    """The answer of the matrix, with its reason and with who can."""
    court_id = court_of(connection, None, args.person_id)
    people = signers(connection, None, args.day, court_id)
    person = next((one for one in people if one.id == args.person_id), None)
    if person is None:
        return Decision(
            False,
            "督办单须以本人身份签发：本机尚未设定在座人员，或其已不在岗。",
            Stage.SIGN,
        )
    drafted_by = _drafted_by(connection, args.letter_id)
    maker = PersonId(person.id if drafted_by is None else drafted_by)
    attempt = Attempt(
        document=DOCUMENT,
        stage=Stage.SIGN,
        person=person,
        content="",
        maker_id=maker,
        course=(Act(Stage.DRAFT, maker, args.day, ""),),
        people=people,
        absences=absences(connection, args.day),
        delegations=delegations(connection, args.day),
    )
    return decide(matrix(connection, args.day), attempt)


def _drafted_by(connection: Connection, letter_id: str | None) -> str | None:
    """Who stored the draft; nobody once a number was asked for it, as whoever signed it is named
    there since."""
    letter, request = table("supervision_letter").c, table("request").c
    signed = connection.execute(
        select(request.id).where(
            request.kind == "number_letter",
            func.json_extract(request.args, "$.letter_id") == letter_id,
        )
    ).first()
    if signed is not None:
        return ""
    return connection.execute(select(letter.issuer_id).where(letter.id == letter_id)).scalar()
