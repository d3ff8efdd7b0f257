"""What issued circulars on overdue nodes have named, and what of it is no longer true (M66).
Reader lanes."""

from datetime import date, timedelta

from sqlalchemy import Connection, select

from desktop.contract.law import Law
from desktop.documents.course import row_of
from desktop.documents.figures_draft import OVERDUE, corrections_of, overdue_snapshot
from desktop.documents.numbering import number_words
from desktop.errors import UserError
from desktop.evidence.overdue_snapshot import quiet_rule
from desktop.evidence.truth import Withdrawn, no_longer_true
from storage.schema import table


def named_before(connection: Connection, day: date) -> dict[str, str]:
    """Rows that circulars issued within the quiet days before `day` have named: key → number of the
    latest one. What such a circular only counted, an earlier one had named."""
    document = table("document")
    since = (day - timedelta(days=quiet_rule().quiet_days)).isoformat()
    issued = connection.execute(
        select(document)
        .where(
            document.c.kind == OVERDUE,
            document.c.state == "issued",
            document.c.issued_at > since,
        )
        .order_by(document.c.issued_at)
    ).all()
    found: dict[str, str] = {}
    for row in issued:
        number = number_words(row.series, row.year, row.serial)
        snapshot = overdue_snapshot(connection, row.id)
        for one in snapshot.standing(corrections_of(connection, row.id)):
            if not one.named_in:
                found[one.key] = number
    return found


def withdrawn(connection: Connection, law: Law, document_id: str) -> tuple[Withdrawn, ...]:
    """Rows of an issued circular that the facts, as corrected since, do not bear; each with its
    reason. UserError for a document that was not issued."""
    if row_of(connection, document_id).state != "issued":
        raise UserError("通报尚未印发或已撤销，没有需要撤回的事项。")
    snapshot = overdue_snapshot(connection, document_id)
    return no_longer_true(connection, law, snapshot, corrections_of(connection, document_id))
