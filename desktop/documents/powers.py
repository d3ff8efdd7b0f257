"""Changes of the signing matrix and delegations: one person proposes, another agrees. Writer lane.

A change that the law does not allow is refused when it is proposed and once more when it is agreed
on; the database refuses that one person does both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from desktop.documents.staff import amendments
from desktop.errors import UserError
from desktop.rules.signing_files import load_signing
from desktop.rules.signing_matrix import Amendment, Stage, agreement_fault, change_fault
from storage.ids import new_id
from storage.records.people import Post
from storage.schema import table

DAYS_MAX: Final = 366


@dataclass(frozen=True, slots=True)
class Change:
    """All steps of one document from `valid_from` on: (stage, signers) in their order, signers as
    codes of the matrix. `valid_to` is its last day, None without end."""

    document: str
    steps: Sequence[tuple[Stage, str]]
    valid_from: date
    valid_to: date | None
    basis: str
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the second person says about a change or a delegation (its id)."""

    id: str
    agreed: bool
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Power:
    """授权: `to_id` stands in for `from_id`, holder of `post`, both days included. `documents`:
    codes; empty: all that the matrix lets be delegated."""

    from_id: str
    to_id: str
    post: Post
    from_on: date
    to_on: date
    document_no: str
    documents: Sequence[str] = ()


def propose(connection: Connection, change: Change) -> str:
    """Stores a change as proposed; gives its id. UserError with everything that is wrong."""
    if change.person_id is None:
        raise UserError("须以本人身份提出变更：在座人员未设定。")
    made = new_id()
    rows = [
        {
            "id": new_id(),
            "change_id": made,
            "document": change.document,
            "step": number,
            "stage": stage.value,
            "signers": signers,
            "valid_from": change.valid_from.isoformat(),
            "valid_to": None if change.valid_to is None else change.valid_to.isoformat(),
            "basis": change.basis.strip(),
            "proposed_by": change.person_id,
            "proposed_at": change.at.isoformat(timespec="milliseconds"),
        }
        for number, (stage, signers) in enumerate(change.steps, start=1)
    ]
    if rows:
        connection.execute(insert(table("signing_rule")), rows)
    # Judged as it will be read: from the rows.
    fault = change_fault(load_signing(), _rows_of(connection, made), change.at.date())
    if fault is not None:
        raise UserError(f"{fault}。")
    return made


def settle(connection: Connection, verdict: Verdict) -> None:
    """Agrees on a proposed change, or refuses it; never by whoever proposed it."""
    rows = _rows_of(connection, verdict.id)
    if not rows:
        raise UserError("这项变更已不存在。")
    if verdict.person_id is None:
        raise UserError("须以本人身份处理变更：在座人员未设定。")
    day = verdict.at.date()
    fault = agreement_fault(load_signing(), rows, verdict.person_id, day)
    # A change that is out of date or out of the law by now can still be refused.
    settled = any(row.state != "proposed" for row in rows)
    own = verdict.person_id == rows[0].proposed_by
    if fault is not None and (verdict.agreed or settled or own):
        raise UserError(f"{fault}。")
    rule = table("signing_rule")
    connection.execute(
        update(rule)
        .where(rule.c.change_id == verdict.id)
        .values(
            state="agreed" if verdict.agreed else "refused",
            agreed_by=verdict.person_id,
            agreed_at=verdict.at.isoformat(timespec="milliseconds"),
        )
    )


def _rows_of(connection: Connection, change_id: str) -> list[Amendment]:
    return [row for row in amendments(connection) if row.change_id == change_id]


def delegate(connection: Connection, power: Power) -> str:
    """Stores a delegation as proposed; gives its id. UserError with everything that is wrong."""
    person = table("person").c
    holder = connection.execute(select(person.post).where(person.id == power.from_id)).scalar()
    known = load_signing().on(power.from_on)
    wrong = []
    if holder != power.post.value:
        wrong.append("授权人不担任该职务，无权授权。")
    if power.from_id == power.to_id:
        wrong.append("不能授权给本人。")
    if power.to_on < power.from_on:
        wrong.append("授权的末日早于首日。")
    if (power.to_on - power.from_on).days >= DAYS_MAX:
        wrong.append(f"一次授权不得超过 {DAYS_MAX} 日。")
    if not power.document_no.strip():
        wrong.append("须写明授权文书的文号。")
    wrong += [f"没有文书“{code}”。" for code in power.documents if code not in known]
    if wrong:
        raise UserError("\n".join(wrong))
    made = new_id()
    connection.execute(
        insert(table("delegation")).values(
            id=made,
            from_id=power.from_id,
            to_id=power.to_id,
            post=power.post.value,
            documents=",".join(power.documents),
            from_on=power.from_on.isoformat(),
            to_on=power.to_on.isoformat(),
            document_no=power.document_no.strip(),
        )
    )
    return made


def settle_power(connection: Connection, verdict: Verdict) -> None:
    """Agrees on a delegation, or ends it. Neither giver nor receiver agrees on it; a proposal is
    refused by anybody but its receiver, what is in force ends by its giver, by whoever agreed on
    it or by the president of the court."""
    delegation = table("delegation")
    row = connection.execute(select(delegation).where(delegation.c.id == verdict.id)).first()
    if row is None:
        raise UserError("这项授权已不存在。")
    if row.state == "ended" or (verdict.agreed and row.state != "proposed"):
        raise UserError("这项授权已经处理。")
    if verdict.person_id is None:
        raise UserError("须以本人身份处理授权：在座人员未设定。")
    if verdict.agreed and verdict.person_id in (row.from_id, row.to_id):
        raise UserError("授权须由双方以外的人同意。")
    if not verdict.agreed and verdict.person_id not in enders(connection, row):
        raise UserError("授权只能由授权人、同意人或本院院长终止。")
    agreed = {"state": "agreed", "agreed_by": verdict.person_id}
    ended = {
        "state": "ended",
        "ended_by": verdict.person_id,
        "ended_on": verdict.at.date().isoformat(),
    }
    connection.execute(
        update(delegation)
        .where(delegation.c.id == verdict.id)
        .values(**(agreed if verdict.agreed else ended))
    )


def enders(connection: Connection, power: "Row[Any]") -> frozenset[str]:
    """Who may end a delegation (a row of its table), or refuse it while it is proposed."""
    person = table("person").c
    if power.state == "proposed":
        others = select(person.id).where(person.id != power.to_id, person.left_on.is_(None))
        return frozenset(connection.execute(others).scalars())
    court = select(person.court_id).where(person.id == power.from_id).scalar_subquery()
    presidents = connection.execute(
        select(person.id).where(person.post == Post.PRESIDENT.value, person.court_id == court)
    ).scalars()
    return frozenset((power.from_id, power.agreed_by, *presidents))
