"""Petitions, official documents with their course, and who may sign."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"


def upgrade() -> None:
    """Adds ten tables; nothing existing is touched."""
    _petition()
    _petition_act()
    _document()
    _document_version()
    _document_act()
    _document_file()
    _document_recipient()
    _objection()
    _signing_rule()
    _delegation()


def _petition() -> None:
    op.create_table(
        "petition",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("received_at", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), server_default="visit", nullable=False),
        sa.Column("class", sa.String(), nullable=False),
        sa.Column("petitioner", sa.String(), nullable=False),
        sa.Column("identity_no", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("people", sa.Integer(), server_default="1", nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("case_number", sa.String(), nullable=True),
        sa.Column("court_id", sa.String(length=36), nullable=False),
        sa.Column("node_code", sa.String(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("demand", sa.Text(), server_default="", nullable=False),
        sa.Column("received_by", sa.String(length=36), nullable=True),
        sa.Column("registered_on", sa.String(), nullable=True),
        sa.Column("screened_on", sa.String(), nullable=True),
        sa.Column("screened_as", sa.String(), nullable=True),
        sa.Column("level", sa.String(), server_default="general", nullable=False),
        sa.Column("hung_on", sa.String(), nullable=True),
        sa.Column("hung_by", sa.String(length=36), nullable=True),
        sa.Column("unhung_on", sa.String(), nullable=True),
        sa.Column("unhung_by", sa.String(length=36), nullable=True),
        sa.Column("assigned_on", sa.String(), nullable=True),
        sa.Column("assigned_to", sa.String(length=36), nullable=True),
        sa.Column("superior_due", sa.String(), nullable=True),
        sa.Column("inner_due", sa.String(), nullable=True),
        sa.Column("replied_on", sa.String(), nullable=True),
        sa.Column("told_on", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("closed_on", sa.String(), nullable=True),
        sa.Column("closed_by", sa.String(length=36), nullable=True),
        sa.Column("report_no", sa.String(), nullable=True),
        sa.Column("duplicate_of", sa.String(length=36), nullable=True),
        *_from_hub(),
        *_rules_of_petition(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition")),
        sa.UniqueConstraint("code", name=op.f("uq_petition_code")),
        info={"number": 46, "policy": "state"},
    )
    op.create_index(op.f("ix_petition_case_id"), "petition", ["case_id"], unique=False)
    op.create_index("ix_petition_closed_on", "petition", ["closed_on"], unique=False)
    op.create_index(op.f("ix_petition_court_id"), "petition", ["court_id"], unique=False)
    op.create_index(op.f("ix_petition_petitioner"), "petition", ["petitioner"], unique=False)
    op.create_index("ix_petition_registered_on", "petition", ["registered_on"], unique=False)


def _rules_of_petition() -> list["sa.Constraint"]:
    return [
        sa.CheckConstraint("class in ('implementation', 'review')", name=op.f("ck_petition_class")),
        sa.CheckConstraint(
            "level in ('general', 'listed', 'tour', 'leader')", name=op.f("ck_petition_level")
        ),
        sa.CheckConstraint(
            "result is null or result in ('resolved', 'unresolved', 'terminated', 'written_off')",
            name=op.f("ck_petition_result"),
        ),
        sa.CheckConstraint(
            "source in ('spc', 'province', 'own', 'supervision', 'first', 'skip')",
            name=op.f("ck_petition_source"),
        ),
        sa.CheckConstraint(
            "(closed_on is null) = (result is null)", name=op.f("ck_petition_closed")
        ),
        sa.CheckConstraint("people > 0", name=op.f("ck_petition_people")),
        sa.CheckConstraint(
            "unhung_on is null or unhung_by is not null", name=op.f("ck_petition_unhung")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_to"], ["person.id"], name=op.f("fk_petition_assigned_to")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_petition_case_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_petition_closed_by")),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_petition_court_id")),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["petition.id"], name=op.f("fk_petition_duplicate_of")
        ),
        sa.ForeignKeyConstraint(["hung_by"], ["person.id"], name=op.f("fk_petition_hung_by")),
        sa.ForeignKeyConstraint(
            ["received_by"], ["person.id"], name=op.f("fk_petition_received_by")
        ),
        sa.ForeignKeyConstraint(["unhung_by"], ["person.id"], name=op.f("fk_petition_unhung_by")),
    ]


def _petition_act() -> None:
    op.create_table(
        "petition_act",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("petition_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("to_court", sa.String(length=36), nullable=True),
        sa.Column("to_person", sa.String(length=36), nullable=True),
        sa.Column("due_on", sa.String(), nullable=True),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("partial", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("answers", sa.String(length=36), nullable=True),
        *_from_hub(),
        sa.CheckConstraint(
            "kind in ('visit', 'register', 'screen', 'assign', 'pass_on', 'reply_in', 'reply_out',"
            " 'promise', 'kept', 'hang', 'unhang', 'level', 'tell', 'close', 'reopen', 'merge',"
            " 'unmerge', 'note', 'remind')",
            name=op.f("ck_petition_act_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_petition_act_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_act_petition_id")
        ),
        sa.ForeignKeyConstraint(["to_court"], ["court.id"], name=op.f("fk_petition_act_to_court")),
        sa.ForeignKeyConstraint(
            ["to_person"], ["person.id"], name=op.f("fk_petition_act_to_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_act")),
        info={"number": 47, "policy": "fact"},
    )
    op.create_index(
        op.f("ix_petition_act_petition_id"), "petition_act", ["petition_id"], unique=False
    )


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("period_from", sa.String(), nullable=True),
        sa.Column("period_to", sa.String(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(), server_default="draft", nullable=False),
        sa.Column("shared", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("maker_id", sa.String(length=36), nullable=True),
        sa.Column("judge", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("coercive", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("numbered_on", sa.String(), nullable=True),
        sa.Column("made_on", sa.String(), nullable=True),
        sa.Column("anchor", sa.Text(), nullable=True),
        sa.Column("render_sha256", sa.String(length=64), nullable=True),
        sa.Column("signed_sha256", sa.String(length=64), nullable=True),
        sa.Column("reply_by", sa.String(), nullable=True),
        sa.Column("issued_at", sa.String(), nullable=True),
        sa.Column("supersedes", sa.String(length=36), nullable=True),
        *_from_hub(),
        sa.CheckConstraint(
            "kind not in ('fine_decision', 'summons', 'detention_decision') or coercive = 1",
            name=op.f("ck_document_coercive"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'replying', 'checking', 'signing', 'signed', 'issued', 'recalled')",
            name=op.f("ck_document_state"),
        ),
        sa.CheckConstraint(
            "state not in ('signed', 'issued') or (serial is not null and signed_sha256 is not"
            " null)",
            name=op.f("ck_document_signed"),
        ),
        sa.CheckConstraint("(serial is null) = (year is null)", name=op.f("ck_document_number")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_document_case_id")),
        sa.ForeignKeyConstraint(["maker_id"], ["person.id"], name=op.f("fk_document_maker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "series", "year", "serial", name=op.f("uq_document_series_year_serial")
        ),
        info={"number": 40, "policy": "state"},
    )
    op.create_index(op.f("ix_document_case_id"), "document", ["case_id"], unique=False)
    op.create_index("ix_document_state", "document", ["state", "kind"], unique=False)


def _document_version() -> None:
    op.create_table(
        "document_version",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        *_from_hub(),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_document_version_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_version_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_version")),
        info={"number": 41, "policy": "fact"},
    )
    op.create_index(
        op.f("ix_document_version_document_id"), "document_version", ["document_id"], unique=False
    )


def _document_act() -> None:
    op.create_table(
        "document_act",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), server_default="", nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("for_post", sa.String(), nullable=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        *_from_hub(),
        sa.CheckConstraint(
            "act in ('pass', 'return', 'ask_replies', 'sign', 'issue', 'recall', 'print',"
            " 'remind')",
            name=op.f("ck_document_act_act"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_act_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_document_act_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_act")),
        info={"number": 42, "policy": "fact"},
    )
    op.create_index(
        op.f("ix_document_act_document_id"), "document_act", ["document_id"], unique=False
    )


def _document_file() -> None:
    op.create_table(
        "document_file",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        *_from_hub(),
        sa.CheckConstraint("length(body) <= 8000000", name=op.f("ck_document_file_size")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_file_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_file")),
        info={"number": 43, "policy": "fact"},
    )
    op.create_index(
        op.f("ix_document_file_document_id"), "document_file", ["document_id"], unique=False
    )


def _document_recipient() -> None:
    op.create_table(
        "document_recipient",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("court_id", sa.String(length=36), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("sent_at", sa.String(), nullable=False),
        sa.Column("opened_at", sa.String(), nullable=True),
        sa.Column("opened_by", sa.String(length=36), nullable=True),
        sa.Column("acknowledged_at", sa.String(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=36), nullable=True),
        sa.Column("reminded_at", sa.String(), nullable=True),
        *_from_hub(),
        sa.CheckConstraint(
            "court_id is not null or person_id is not null", name=op.f("ck_document_recipient_whom")
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["person.id"], name=op.f("fk_document_recipient_acknowledged_by")
        ),
        sa.ForeignKeyConstraint(
            ["court_id"], ["court.id"], name=op.f("fk_document_recipient_court_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_recipient_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["person.id"], name=op.f("fk_document_recipient_opened_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_document_recipient_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_recipient")),
        info={"number": 44, "policy": "state"},
    )
    op.create_index(
        op.f("ix_document_recipient_document_id"),
        "document_recipient",
        ["document_id"],
        unique=False,
    )


def _objection() -> None:
    op.create_table(
        "objection",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("court_id", sa.String(length=36), nullable=False),
        sa.Column("row_key", sa.String(), server_default="", nullable=False),
        sa.Column("field", sa.String(), server_default="", nullable=False),
        sa.Column("claimed", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("proof_id", sa.String(length=36), nullable=True),
        sa.Column("by_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", sa.String(), nullable=True),
        *_from_hub(),
        sa.CheckConstraint(
            "decision is null or decision in ('accepted', 'rejected')",
            name=op.f("ck_objection_decision"),
        ),
        sa.CheckConstraint(
            "(decision is null) = (decided_at is null)", name=op.f("ck_objection_decided")
        ),
        sa.CheckConstraint(
            "decided_by is null or by_id is null or decided_by <> by_id",
            name=op.f("ck_objection_own"),
        ),
        sa.CheckConstraint(
            "decision is null or reason is not null", name=op.f("ck_objection_reason")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_objection_by_id")),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_objection_court_id")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_objection_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_objection_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        info={"number": 45, "policy": "state"},
    )
    op.create_index(op.f("ix_objection_document_id"), "objection", ["document_id"], unique=False)


def _signing_rule() -> None:
    op.create_table(
        "signing_rule",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("change_id", sa.String(length=36), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("signers", sa.String(), nullable=False),
        sa.Column("valid_from", sa.String(), nullable=False),
        sa.Column("valid_to", sa.String(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("confidence", sa.String(), server_default="unconfirmed", nullable=False),
        sa.Column("proposed_by", sa.String(length=36), nullable=False),
        sa.Column("proposed_at", sa.String(), nullable=False),
        sa.Column("agreed_by", sa.String(length=36), nullable=True),
        sa.Column("agreed_at", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="proposed", nullable=False),
        *_from_hub(),
        sa.CheckConstraint(
            "state = 'proposed' or agreed_by is not null", name=op.f("ck_signing_rule_agreed")
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'agreed', 'refused')", name=op.f("ck_signing_rule_state")
        ),
        sa.CheckConstraint(
            "agreed_by is null or agreed_by <> proposed_by",
            name=op.f("ck_signing_rule_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by"], ["person.id"], name=op.f("fk_signing_rule_agreed_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_signing_rule_proposed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_rule")),
        sa.UniqueConstraint("change_id", "step", name=op.f("uq_signing_rule_change_id_step")),
        info={"number": 48, "policy": "state"},
    )
    op.create_index(op.f("ix_signing_rule_change_id"), "signing_rule", ["change_id"], unique=False)


def _delegation() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("from_id", sa.String(length=36), nullable=False),
        sa.Column("to_id", sa.String(length=36), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("documents", sa.String(), server_default="", nullable=False),
        sa.Column("from_on", sa.String(), nullable=False),
        sa.Column("to_on", sa.String(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("agreed_by", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(), server_default="proposed", nullable=False),
        *_from_hub(),
        sa.CheckConstraint(
            "state <> 'agreed' or agreed_by is not null", name=op.f("ck_delegation_agreed")
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'agreed', 'ended')", name=op.f("ck_delegation_state")
        ),
        sa.CheckConstraint(
            "agreed_by is null or agreed_by <> to_id", name=op.f("ck_delegation_two_persons")
        ),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_delegation_other")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_delegation_order")),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"], name=op.f("fk_delegation_agreed_by")),
        sa.ForeignKeyConstraint(["from_id"], ["person.id"], name=op.f("fk_delegation_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_delegation_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        info={"number": 49, "policy": "state"},
    )
    op.create_index(
        "ix_delegation_in_force",
        "delegation",
        ["post", "to_id"],
        unique=False,
        sqlite_where=sa.text("state = 'agreed'"),
    )


def _from_hub() -> list["sa.Column[Any]"]:
    return [
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
    ]
