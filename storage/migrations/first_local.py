"""Frozen: the outbox and this device's tables as version 0001 builds them. Never edited."""

import sqlalchemy as sa
from alembic import op


def _ctl() -> None:
    op.create_table(
        "_ctl",
        sa.Column("one", sa.Integer(), server_default="1", nullable=False),
        sa.Column("applying", sa.Integer(), server_default="0", nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("hub_id", sa.String(length=36), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.Column("clock_off_ms", sa.Integer(), nullable=True),
        sa.CheckConstraint("one = 1", name=op.f("ck__ctl_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk__ctl")),
    )


def _bundle() -> None:
    op.create_table(
        "_bundle",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("schema_ver", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("frozen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("acked_at", sa.String(), nullable=True),
        sa.Column("acked_history", sa.String(), nullable=True),
        sa.Column("ack_sig", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk__bundle")),
        sa.UniqueConstraint("id", name=op.f("uq__bundle_id")),
        sqlite_autoincrement=True,
    )


def _op() -> None:
    op.create_table(
        "_op",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("bundle_n", sa.Integer(), nullable=True),
        sa.Column("k", sa.Integer(), nullable=True),
        sa.Column("tbl", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("base_ver", sa.Integer(), nullable=True),
        sa.Column("ver", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind in ('I', 'U', 'D', 'R')", name=op.f("ck__op_kind")),
        sa.ForeignKeyConstraint(["bundle_n"], ["_bundle.n"], name=op.f("fk__op_bundle_n")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk__op")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_op_bundle", "_op", ["bundle_n"], unique=False)
    op.create_index("ix_op_row", "_op", ["tbl", "row_id"], unique=False)


def _base() -> None:
    op.create_table(
        "_base",
        sa.Column("tbl", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.String(length=36), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tbl", "row_id", name=op.f("pk__base")),
    )


def _blob() -> None:
    op.create_table(
        "_blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sent_chunks", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk__blob")),
    )


def _changed() -> None:
    op.create_table(
        "_changed",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("tbl", sa.String(), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk__changed")),
    )


def _noted() -> None:
    op.create_table(
        "_noted",
        sa.Column("tbl", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tbl", name=op.f("pk__noted")),
    )


def outbox() -> None:
    """Control row, bundles, operations and the notes of the open transaction."""
    _ctl()
    _bundle()
    _op()
    _base()
    _blob()
    _changed()
    _noted()


def _clock_key() -> None:
    op.create_table(
        "clock_key",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_clock_key")),
        sa.UniqueConstraint("id", name=op.f("uq_clock_key_id")),
    )


def _node_clock() -> None:
    op.create_table(
        "node_clock",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("node_code", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), server_default="", nullable=False),
        sa.Column("started_on", sa.String(), nullable=False),
        sa.Column("due_on", sa.String(), nullable=True),
        sa.Column("due_at", sa.String(), nullable=True),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.Column("warn_on", sa.String(), nullable=True),
        sa.Column("done_on", sa.String(), nullable=True),
        sa.Column("pause_from", sa.String(), nullable=True),
        sa.Column("pause_to", sa.String(), nullable=True),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("type_word", sa.String(), nullable=False),
        sa.Column("court_n", sa.Integer(), nullable=False),
        sa.Column("team_n", sa.Integer(), nullable=True),
        sa.Column("handler_n", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_node_clock")),
        sa.UniqueConstraint(
            "case_id", "node_code", "subject", name=op.f("uq_node_clock_case_id_node_code_subject")
        ),
    )
    _node_clock_first_indexes()
    _node_clock_more_indexes()


def _node_clock_first_indexes() -> None:
    op.create_index(
        "ix_clock_all",
        "node_clock",
        [
            "due_on",
            "done_on",
            "certain",
            "court_n",
            "team_n",
            "handler_n",
            "node_code",
            "type_word",
        ],
        unique=False,
    )
    op.create_index(
        "ix_clock_court",
        "node_clock",
        ["court_n", "due_on"],
        unique=False,
        sqlite_where=sa.text("done_on is null"),
    )
    op.create_index(
        "ix_clock_due",
        "node_clock",
        [
            "due_on",
            "warn_on",
            "pause_from",
            "pause_to",
            "certain",
            "court_n",
            "team_n",
            "handler_n",
            "node_code",
            "type_word",
            "case_id",
        ],
        unique=False,
        sqlite_where=sa.text("done_on is null"),
    )


def _node_clock_more_indexes() -> None:
    op.create_index(
        "ix_clock_handler",
        "node_clock",
        ["handler_n", "due_on"],
        unique=False,
        sqlite_where=sa.text("done_on is null"),
    )
    op.create_index(
        "ix_clock_late",
        "node_clock",
        [
            "done_on",
            "due_on",
            "started_on",
            "court_n",
            "team_n",
            "handler_n",
            "node_code",
            "type_word",
        ],
        unique=False,
        sqlite_where=sa.text("done_on > due_on"),
    )
    op.create_index(
        "ix_clock_node",
        "node_clock",
        ["node_code", "due_on"],
        unique=False,
        sqlite_where=sa.text("done_on is null"),
    )
    op.create_index(
        "ix_clock_team",
        "node_clock",
        ["team_n", "node_code", "due_on", "handler_n"],
        unique=False,
        sqlite_where=sa.text("done_on is null"),
    )


def projections() -> None:
    """The rebuilt dates of every node."""
    _clock_key()
    _node_clock()


def import_log() -> None:
    """Settings of this device and the log of imports."""
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_table(
        "import_reject",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_reject_run_id")
        ),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_import_reject")),
    )
    op.create_index(op.f("ix_import_reject_run_id"), "import_reject", ["run_id"], unique=False)
