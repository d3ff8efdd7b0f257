"""Closing a month: one person reports, another signs; then nothing is booked in it any more."""

import json
import re
from typing import Any, Final

from sqlalchemy import Connection

from storage.ids import new_id
from storage.ledger import moments
from storage.ledger.post import Answer, closed_up_to, instant
from storage.ledger.trial import trial_balance

_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def trial_of(connection: Connection, month: str) -> dict[str, Any]:
    """The trial balance as it is reported and signed."""
    return {
        line.kind: {
            "debit": line.debit_fen,
            "credit": line.credit_fen,
            "balance": line.balance_fen,
        }
        for line in trial_balance(connection, month)
    }


def report_close(
    connection: Connection, month: str, by: str, sheet_sha256: str | None = None
) -> Answer:
    """The first person reports the trial balance of a month that is over; `sheet_sha256`: of the
    对账台账 that the second is to sign."""
    refused = _refused(connection, month)
    if refused is not None:
        return refused
    trial, now = trial_of(connection, month), instant(moments.now())
    text = json.dumps(trial, sort_keys=True)
    there = connection.exec_driver_sql(
        "update ledger_period set closed_by = ?, closed_at = ?, trial = ?, sheet_sha256 = ?"
        " where month = ?",
        (by, now, text, sheet_sha256, month),
    ).rowcount
    if not there:
        connection.exec_driver_sql(
            "insert into ledger_period (id, month, closed_by, closed_at, trial, sheet_sha256)"
            " values (?, ?, ?, ?, ?, ?)",
            (new_id(), month, by, now, text, sheet_sha256),
        )
    return Answer(True, "closing", {"month": month, "trial": trial})


def sign_close(
    connection: Connection, month: str, by: str, sheet_sha256: str | None = None
) -> Answer:
    """The second person signs what was reported; an entry in between asks for a new report.

    `sheet_sha256`: of the 对账台账 that he read; it has to be the one of the report.
    """
    row = connection.exec_driver_sql(
        "select closed_by, trial, sheet_sha256, signed_by, signed_at from ledger_period"
        " where month = ?",
        (month,),
    ).first()
    if row is None:
        return Answer(False, "gone")
    if row.signed_by is not None:
        facts = {"month": month, "by": row.signed_by, "at": row.signed_at}
        return Answer(False, "already", facts)
    if row.closed_by == by:
        return Answer(False, "own", {"month": month})
    refused = _refused(connection, month)
    if refused is not None:
        return refused
    now = trial_of(connection, month)
    if json.loads(row.trial) != now:
        facts = {"month": month, "reported": json.loads(row.trial), "now": now}
        return Answer(False, "changed", facts)
    if sheet_sha256 is not None and sheet_sha256 != row.sheet_sha256:
        sheets = {"month": month, "seen": sheet_sha256, "sheet_sha256": row.sheet_sha256}
        return Answer(False, "sheet", sheets)
    connection.exec_driver_sql(
        "update ledger_period set signed_by = ?, signed_at = ? where month = ?",
        (by, instant(moments.now()), month),
    )
    return Answer(True, "closed", {"month": month})


def _refused(connection: Connection, month: str) -> Answer | None:
    if _MONTH.fullmatch(month) is None:
        return Answer(False, "month", {"month": month})
    if month >= instant(moments.now())[:7]:
        return Answer(False, "running", {"month": month})
    closed = closed_up_to(connection)
    if month <= closed:
        return Answer(False, "month_closed", {"month": month, "closed_up_to": closed})
    earlier = connection.exec_driver_sql(
        "select min(substr(booked_on, 1, 7)) from fund_entry"
        " where booked_on < ? and substr(booked_on, 1, 7) > ?",
        (month, closed),
    ).scalar()
    if earlier is not None:
        return Answer(False, "earlier", {"month": month, "open": earlier})
    trial = trial_of(connection, month)
    if sum(line["balance"] for line in trial.values()) != 0:
        return Answer(False, "trial", trial)
    return None
