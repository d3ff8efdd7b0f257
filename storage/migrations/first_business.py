"""Frozen: the synced tables as version 0001 builds them. Never edited; a change is a version."""

import sqlalchemy as sa
from alembic import op


def _court() -> None:
    op.create_table(
        "court",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("superior_id", sa.String(length=36), nullable=True),
        sa.Column("valid_from", sa.String(), nullable=True),
        sa.Column("valid_to", sa.String(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["superior_id"], ["court.id"], name=op.f("fk_court_superior_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court")),
        info={"number": 1, "policy": "reference"},
    )


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("court_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("quota", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("left_on", sa.String(), nullable=True),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_person_court_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        info={"number": 2, "policy": "reference"},
    )


def _post_history() -> None:
    op.create_table(
        "post_history",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("court_id", sa.String(length=36), nullable=False),
        sa.Column("from_on", sa.String(), nullable=False),
        sa.Column("to_on", sa.String(), nullable=True),
        sa.Column("document_no", sa.String(), nullable=True),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_post_history_court_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_post_history_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_history")),
        info={"number": 3, "policy": "reference"},
    )


def _team() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("court_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_team_court_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("number", name=op.f("uq_team_number")),
        info={"number": 4, "policy": "reference"},
    )


def _membership() -> None:
    op.create_table(
        "membership",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("from_on", sa.String(), nullable=False),
        sa.Column("to_on", sa.String(), nullable=True),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_membership_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        info={"number": 5, "policy": "reference"},
    )
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_index(op.f("ix_membership_team_id"), "membership", ["team_id"], unique=False)


def people() -> None:
    """Courts, persons, teams."""
    _court()
    _person()
    _post_history()
    _team()
    _membership()


def _case() -> None:
    op.create_table(
        "case",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("court_id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("type_word", sa.String(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("basis_no", sa.String(), nullable=True),
        sa.Column("applied_on", sa.String(), nullable=True),
        sa.Column("filed_on", sa.String(), nullable=False),
        sa.Column("closed_on", sa.String(), nullable=True),
        sa.Column("close_mode", sa.String(), nullable=True),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("handler_id", sa.String(length=36), nullable=True),
        sa.Column("leader_id", sa.String(length=36), nullable=True),
        sa.Column("has_property", sa.Boolean(), nullable=True),
        sa.Column("non_litigation", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("claim_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("executed_fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("special_subject", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("source_key", sa.String(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.CheckConstraint("claim_fen >= 0 and executed_fen >= 0", name=op.f("ck_case_amounts")),
        sa.CheckConstraint(
            "closed_on is null or closed_on >= filed_on", name=op.f("ck_case_closed_after_filed")
        ),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_case_court_id")),
        sa.ForeignKeyConstraint(["handler_id"], ["person.id"], name=op.f("fk_case_handler_id")),
        sa.ForeignKeyConstraint(["leader_id"], ["person.id"], name=op.f("fk_case_leader_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_case_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
        info={"number": 10, "policy": "state"},
    )
    op.create_index(
        "ix_case_closed_on",
        "case",
        ["closed_on"],
        unique=False,
        sqlite_where=sa.text("closed_on is not null"),
    )
    op.create_index("ix_case_filed_on", "case", ["filed_on"], unique=False)
    op.create_index(
        "ix_case_open",
        "case",
        ["team_id", "handler_id"],
        unique=False,
        sqlite_where=sa.text("closed_on is null"),
    )


def _party() -> None:
    op.create_table(
        "party",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), server_default="natural", nullable=False),
        sa.Column("identity_no", sa.String(), nullable=True),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_party_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        info={"number": 11, "policy": "state"},
    )
    op.create_index(op.f("ix_party_case_id"), "party", ["case_id"], unique=False)
    op.create_index(op.f("ix_party_name"), "party", ["name"], unique=False)


def cases() -> None:
    """Cases and their parties."""
    _case()
    _party()


def _node_event() -> None:
    op.create_table(
        "node_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column("document_no", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("voids", sa.String(length=36), nullable=True),
        sa.Column("source_key", sa.String(), nullable=True),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_node_event_actor_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_node_event_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node_event")),
        info={"number": 12, "policy": "fact"},
    )
    op.create_index(op.f("ix_node_event_case_id"), "node_event", ["case_id"], unique=False)


def _hold() -> None:
    op.create_table(
        "hold",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("node_code", sa.String(), nullable=True),
        sa.Column("from_on", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("holder_id", sa.String(length=36), nullable=True),
        sa.Column("holder_name", sa.String(), nullable=False),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_hold_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        info={"number": 13, "policy": "fact"},
    )
    op.create_index(op.f("ix_hold_case_id"), "hold", ["case_id"], unique=False)


def _extension() -> None:
    op.create_table(
        "extension",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("node_code", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("applied_on", sa.String(), nullable=False),
        sa.Column("approved_on", sa.String(), nullable=False),
        sa.Column("approver_id", sa.String(length=36), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_extension_amount")),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["person.id"], name=op.f("fk_extension_approver_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_extension_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        info={"number": 15, "policy": "fact"},
    )
    op.create_index(op.f("ix_extension_case_id"), "extension", ["case_id"], unique=False)


def _execution_log() -> None:
    op.create_table(
        "execution_log",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_execution_log_author_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_execution_log_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_execution_log")),
        info={"number": 16, "policy": "fact"},
    )
    op.create_index(op.f("ix_execution_log_case_id"), "execution_log", ["case_id"], unique=False)


def facts() -> None:
    """What happened, insert only."""
    _node_event()
    _hold()
    _extension()
    _execution_log()


def measures() -> None:
    """Suspensions and control measures."""
    op.create_table(
        "suspension",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("node_code", sa.String(), nullable=True),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("from_on", sa.String(), nullable=False),
        sa.Column("to_on", sa.String(), nullable=True),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.CheckConstraint("to_on is null or to_on >= from_on", name=op.f("ck_suspension_order")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_suspension_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
        info={"number": 14, "policy": "state"},
    )
    op.create_index(op.f("ix_suspension_case_id"), "suspension", ["case_id"], unique=False)
    op.create_table(
        "control_measure",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("asset_kind", sa.String(), nullable=False),
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("institution", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("rank", sa.Integer(), server_default="0", nullable=False),
        sa.Column("started_on", sa.String(), nullable=False),
        sa.Column("expires_on", sa.String(), nullable=False),
        sa.Column("lifted_on", sa.String(), nullable=True),
        sa.Column("renewal_of", sa.String(length=36), nullable=True),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.CheckConstraint("expires_on >= started_on", name=op.f("ck_control_measure_order")),
        sa.CheckConstraint("rank >= 0", name=op.f("ck_control_measure_rank")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_control_measure_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_measure")),
        info={"number": 17, "policy": "state"},
    )
    op.create_index(
        op.f("ix_control_measure_case_id"), "control_measure", ["case_id"], unique=False
    )
    op.create_index(
        "ix_control_measure_expiry",
        "control_measure",
        ["expires_on"],
        unique=False,
        sqlite_where=sa.text("lifted_on is null"),
    )


def supervision() -> None:
    """Supervision letters and the rungs of their ladder."""
    op.create_table(
        "supervision_letter",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("node_code", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), server_default="", nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("demand", sa.Text(), nullable=False),
        sa.Column("addressee_id", sa.String(length=36), nullable=False),
        sa.Column("issuer_id", sa.String(length=36), nullable=True),
        sa.Column("issued_on", sa.String(), nullable=True),
        sa.Column("reply_by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("replied_on", sa.String(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("reviewed_on", sa.String(), nullable=True),
        sa.Column("review", sa.Text(), nullable=True),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["addressee_id"], ["person.id"], name=op.f("fk_supervision_letter_addressee_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_supervision_letter_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["person.id"], name=op.f("fk_supervision_letter_issuer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_letter")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_supervision_letter_year_serial")),
        info={"number": 20, "policy": "state"},
    )
    op.create_index(
        op.f("ix_supervision_letter_case_id"), "supervision_letter", ["case_id"], unique=False
    )
    op.create_table(
        "letter_rung",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("letter_id", sa.String(length=36), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("fired_on", sa.String(), nullable=False),
        sa.Column("to_person_id", sa.String(length=36), nullable=True),
        sa.Column("to_post", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["supervision_letter.id"], name=op.f("fk_letter_rung_letter_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_person_id"], ["person.id"], name=op.f("fk_letter_rung_to_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_rung")),
        sa.UniqueConstraint("letter_id", "rung", name=op.f("uq_letter_rung_letter_id_rung")),
        info={"number": 21, "policy": "fact"},
    )
    op.create_index(op.f("ix_letter_rung_letter_id"), "letter_rung", ["letter_id"], unique=False)
