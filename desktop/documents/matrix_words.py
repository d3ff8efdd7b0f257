"""Changes of the signing matrix and powers to stand in, told for a reader. Any thread that may
read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from desktop.documents.staff import amendments
from desktop.errors import UserError
from desktop.rules.signing import Delegation
from desktop.rules.signing_files import load_signing
from desktop.rules.signing_matrix import (
    Amendment,
    Document,
    Step,
    amended,
    change_fault,
    matrix_on,
    signers_words,
)
from storage.schema import table


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change of one document. `before`: its steps on the first day without the change;
    `fault`: why it may not be agreed on today, or empty; names of people, empty for nobody."""

    change_id: str
    document: str
    name: str
    valid_from: date
    valid_to: date | None
    basis: str
    proposed_by_id: str
    proposed_by: str
    proposed_at: str
    agreed_by: str
    agreed_at: str
    state: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    fault: str


def step_words(step: Step) -> str:
    """审核：信访督办组组长."""
    return f"{step.name()}：{signers_words(step.signers)}"


def names(connection: Connection) -> Mapping[str, str]:
    """Names of all people by id."""
    person = table("person").c
    return {row.id: row.name for row in connection.execute(select(person.id, person.name))}


def proposals(connection: Connection, today: date, change_id: str = "") -> list[Proposal]:
    """Every change that was ever proposed, the newest first; or the one of that id."""
    every = amendments(connection)
    called = names(connection)
    changes: dict[str, list[Amendment]] = {}
    for row in every:
        if change_id in ("", row.change_id):
            changes.setdefault(row.change_id, []).append(row)
    found = [_proposal(rows, every, called, today) for rows in changes.values()]
    return sorted(found, key=lambda one: one.proposed_at, reverse=True)


def _proposal(
    rows: list[Amendment], every: Iterable[Amendment], called: Mapping[str, str], today: date
) -> Proposal:
    first = min(rows, key=lambda row: row.step)
    others = [row for row in every if row.change_id != first.change_id]
    there = matrix_on(load_signing(), others, first.valid_from).documents.get(first.document)
    law = load_signing().on(first.valid_from).get(first.document)
    fault = change_fault(load_signing(), rows, today) if first.state == "proposed" else None
    return Proposal(
        change_id=first.change_id,
        document=first.document,
        name=law.name if law is not None else first.document,
        valid_from=first.valid_from,
        valid_to=first.valid_to,
        basis=first.basis,
        proposed_by_id=first.proposed_by,
        proposed_by=called.get(first.proposed_by, ""),
        proposed_at=first.proposed_at,
        agreed_by=called.get(first.agreed_by or "", ""),
        agreed_at=first.agreed_at or "",
        state=first.state,
        before=() if there is None else tuple(step_words(step) for step in there.steps),
        after=_after(law, rows),
        fault=fault or "",
    )


def _after(law: Document | None, rows: list[Amendment]) -> tuple[str, ...]:
    if law is None:
        return ()
    try:
        return tuple(step_words(step) for step in amended(law, rows).steps)
    except UserError as refusal:  # another desk's rows may hold what this one does not know
        return (str(refusal),)


def power_words(power: Delegation, called: Mapping[str, str]) -> str:
    """授权书 洛中法〔2026〕31号，2026-12-01 至 2026-12-10，由某某同意."""
    agreed = called.get(power.agreed_by or "", "")
    return (
        f"授权书 {power.document_no}，{power.from_on.isoformat()} 至 {power.to_on.isoformat()}"
        + (f"，由{agreed}同意" if agreed else "")
    )
