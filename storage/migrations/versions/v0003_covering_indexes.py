"""Fewer and wider indexes of the node projection: lists and counts never read its rows."""

import sqlalchemy as sa
from alembic import op

revision = "0003"

_PLACE = ["court_n", "team_n", "handler_n", "node_code", "type_word"]
_PAUSE = ["pause_from", "pause_to"]


def upgrade() -> None:
    """Replaces indexes only; the projection's rows stay."""
    for name in ("all", "court", "due", "handler", "late", "node", "team"):
        op.drop_index(f"ix_clock_{name}", table_name="node_clock")
    op.create_index(
        "ix_clock_due",
        "node_clock",
        [
            *("due_on", "warn_on", *_PAUSE, "certain", "done_on", *_PLACE),
            *("case_id", "started_on", "case_number"),
        ],
        unique=False,
        sqlite_where=sa.text("done_on is null"),
    )
    op.create_index(
        "ix_clock_all", "node_clock", ["due_on", "done_on", "certain", *_PAUSE, *_PLACE]
    )
    op.create_index(
        "ix_clock_late",
        "node_clock",
        ["done_on", "due_on", "started_on", *_PAUSE, "certain", *_PLACE],
        unique=False,
        sqlite_where=sa.text("done_on > due_on"),
    )
    op.create_index(
        "ix_clock_closing",
        "node_clock",
        ["case_id", "due_on", "done_on", "certain"],
        unique=False,
        sqlite_where=sa.text("node_code in ('N37', 'N37F', 'D203C', 'D206C')"),
    )
