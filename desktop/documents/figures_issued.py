"""What issued circulars on overdue nodes have named, and what of it is no longer true (M66).
Reader lanes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from desktop.contract.law import Law
from desktop.documents.course import row_of
from desktop.documents.figures_draft import OVERDUE, corrections_of, overdue_snapshot
from desktop.documents.numbering import number_words
from desktop.documents.reply_time import OPEN_STATES
from desktop.errors import UserError
from desktop.evidence.overdue_snapshot import WithdrawnRow, quiet_rule
from desktop.evidence.truth import Withdrawn, no_longer_true
from storage.schema import table


def named_before(
    connection: Connection, day: date, *, replaced: str | None = None
) -> dict[str, str]:
    """Rows that circulars issued within the quiet days before `day` have named: key → number of the
    latest one. What such a circular only counted, an earlier one had named. `replaced`: id of the
    circular whose place is taken, which names nothing then."""
    found: dict[str, str] = {}
    since = day - timedelta(days=quiet_rule().quiet_days)
    for row in _issued(connection, since, replaced):
        number = number_words(row.series, row.year, row.serial)
        snapshot = overdue_snapshot(connection, row.id)
        for one in snapshot.standing(corrections_of(connection, row.id)):
            if not one.named_in:
                found[one.key] = number
    return found


def on_their_way(connection: Connection, day: date) -> frozenset[str]:
    """Keys of the rows that circulars from draft to signature name: not told yet, but taken in
    hand. What has lain for more than the quiet days before `day` is in nobody's hand."""
    document = table("document").c
    since = day - timedelta(days=quiet_rule().quiet_days)
    rows = connection.execute(
        select(document.id).where(
            document.kind == OVERDUE,
            document.state.in_((*OPEN_STATES, "signed")),
            document.period_from > since.isoformat(),
        )
    ).scalars()
    return frozenset(
        one.key
        for document_id in rows
        for one in overdue_snapshot(connection, document_id).standing(
            corrections_of(connection, document_id)
        )
    )


def withdrawn_before(
    connection: Connection, law: Law, day: date, *, replaced: str | None = None
) -> tuple[WithdrawnRow, ...]:
    """What circulars issued lately said and corrected facts do not bear, and no issued circular
    has taken back so far: for the next one. What struck nobody, being only counted, is left out.
    `replaced`: id of a circular that is taken back as a whole."""
    since = day - timedelta(days=quiet_rule().withdraw_days)
    told: set[tuple[str, str]] = set()
    found: list[WithdrawnRow] = []
    for row in _issued(connection, since, replaced):
        number = number_words(row.series, row.year, row.serial)
        snapshot = overdue_snapshot(connection, row.id)
        told |= {(one.number, one.key) for one in snapshot.withdrawn}
        for one in no_longer_true(connection, law, snapshot, corrections_of(connection, row.id)):
            line = one.row
            if not line.named_in:
                found.append(
                    WithdrawnRow(
                        number, line.key, line.court_id, line.case_number, line.name, one.why
                    )
                )
    return tuple(one for one in found if (one.number, one.key) not in told)


def _issued(connection: Connection, since: date, replaced: str | None = None) -> Sequence[Row[Any]]:
    """Circulars on overdue nodes issued after `since` and neither recalled nor `replaced`, the
    first one first."""
    document = table("document")
    return connection.execute(
        select(document)
        .where(
            document.c.kind == OVERDUE,
            document.c.state == "issued",
            document.c.issued_at > since.isoformat(),
            document.c.id != (replaced or ""),
        )
        .order_by(document.c.issued_at)
    ).all()


def withdrawn(connection: Connection, law: Law, document_id: str) -> tuple[Withdrawn, ...]:
    """Rows of an issued circular that the facts, as corrected since, do not bear; each with its
    reason. UserError for a document that was not issued."""
    if row_of(connection, document_id).state != "issued":
        raise UserError("通报尚未印发或已撤销，没有需要撤回的事项。")
    snapshot = overdue_snapshot(connection, document_id)
    return no_longer_true(connection, law, snapshot, corrections_of(connection, document_id))
