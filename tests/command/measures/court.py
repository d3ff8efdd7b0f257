"""An office with a signed-to-be detention, approvals and raw acts on it. All invented."""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from desktop.command.measures.approving import (
    FILE_KIND,
    FILE_NAME,
    Approve,
    approval_copy,
    approve,
)
from desktop.documents.case_words import case_words
from desktop.documents.course import pass_stage, row_of, submit
from desktop.documents.files import keep_file
from desktop.documents.pages import laid_out, rendered
from desktop.rules.signing_matrix import Stage
from storage.ids import new_id
from storage.schema import table
from tests.documents.office import Office, office
from tests.panels.real_city import TODAY

DETAIN = {"person": "钱百川", "facts": "转移查封财产。", "days": "15"}
FINE = {
    "person": "钱百川",
    "facts": "拒不报告财产。",
    "amount": "5000000",
    "pay_by": "2026-12-15",
}
SUMMONS = {"person": "钱百川", "facts": "两次传唤未到。", "place": "本院"}
_ACTS = count(1)
WORDS = {"detention_decision": DETAIN, "fine_decision": FINE, "summons": SUMMONS}


def court(folder: Path) -> Office:
    """The office; 钱百川 is a debtor, and an assistant belongs to the team of the case."""
    made = office(folder)
    case = made.city.late_case
    made.city.put("party", case_id=case, role="debtor", name="钱百川", kind="natural")
    made.city.put(
        "membership",
        person_id=made.people["outsider"],
        team_id=made.city.team,
        role="assistant",
        from_on="2025-01-01",
    )
    made.people["assistant"] = made.people["outsider"]
    return made


def paper(connection: Connection, desk: Office, kind: str = "detention_decision") -> str:
    """A measure that waits for the president."""
    case_id = desk.city.late_case
    facts = case_words(connection, case_id, TODAY)
    # Another act each time: one act is not punished twice.
    values = {**WORDS[kind], "facts": f"{WORDS[kind]['facts']}另查明第{next(_ACTS)}项。"}
    made = desk.draft(
        *(connection, kind), case_id=case_id, author="judge", facts=facts, values=values
    )
    submit(connection, desk.act(connection, made, "judge"))
    return made


def passed(
    connection: Connection,
    desk: Office,
    document_id: str,
    who: str = "president",
    *,
    signed: bool = True,
) -> None:
    """Approved by raw rows; `signed`: with what a PIN leaves behind."""
    pass_stage(connection, desk.act(connection, document_id, who), Stage.APPROVE)
    if signed:
        noted(connection, desk, document_id, who)


def noted(connection: Connection, desk: Office, document_id: str, who: str) -> None:
    """The note of the pages that were approved last, and a copy in the file."""
    act = table("document_act").c
    at = connection.execute(
        select(func.max(act.at)).where(act.document_id == document_id, act.stage == "approve")
    ).scalar()
    raw(connection, desk, document_id, "approve", who, at=at, pages_sha256="c" * 64)
    keep_file(connection, document_id, FILE_KIND, FILE_NAME, b"%PDF")


def approved(
    connection: Connection, desk: Office, document_id: str, who: str = "president"
) -> bytes:
    """Approved with pages as the window does it; the signature is stood in for by more bytes."""
    copy = approval_copy(connection, document_id)
    pages = rendered(copy)
    act = desk.act(connection, document_id, who)
    approve(connection, Approve(act, pages, pages + b"\n%signed", laid_out(copy, pages)))
    return pages


def raw(
    connection: Connection, desk: Office, document_id: str, act: str, who: str, **more: Any
) -> str:
    """An act as a changed program would write it; gives its id."""
    made = new_id()
    at: datetime = more.pop("when", desk.clock + timedelta(hours=1))
    values = {
        "id": made,
        "document_id": document_id,
        "act": act,
        "person_id": desk.people[who],
        "at": at.isoformat(timespec="milliseconds"),
        "body": "经过",
        "scope": row_of(connection, document_id).scope,
    }
    connection.execute(insert(table("measure_act")).values(values | more))
    return made
