"""Seizures on the spot, receipts of a device, acts on coercive decisions, kin cases."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.command_tables.columns import HASH, ID, from_hub


def add() -> None:
    """Adds the tables; nothing existing is touched."""
    _receipt_link()
    _case_kin()
    _seizure()
    _measure_act()
    _seizure_item()
    _seizure_photo()


def _receipt_link() -> None:
    op.create_table(
        "receipt_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("about_id", ID, nullable=False),
        sa.Column("content_sha256", HASH, nullable=False),
        sa.Column("previous", HASH, nullable=False),
        sa.Column("link_sha256", HASH, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("head", sa.String(), server_default="", nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        *from_hub(),
        sa.CheckConstraint("n > 0", name=op.f("ck_receipt_link_n")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_receipt_link_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_link")),
        sa.UniqueConstraint("device", "n", name=op.f("uq_receipt_link_device_n")),
        sa.UniqueConstraint("link_sha256", name=op.f("uq_receipt_link_link_sha256")),
        info={"number": 87, "policy": "fact"},
    )
    op.create_index(op.f("ix_receipt_link_about_id"), "receipt_link", ["about_id"], unique=False)
    op.create_index(op.f("ix_receipt_link_code"), "receipt_link", ["code"], unique=False)


def _case_kin() -> None:
    op.create_table(
        "case_kin",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("other_number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("voids", ID, nullable=True),
        *from_hub(),
        sa.CheckConstraint(
            "kind in ('kin', 'transfer', 'merged', 'basis', 'consigned')",
            name=op.f("ck_case_kin_kind"),
        ),
        sa.CheckConstraint("other_id <> case_id", name=op.f("ck_case_kin_other")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_kin_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_kin_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_kin")),
        info={"number": 89, "policy": "fact"},
    )
    op.create_index(op.f("ix_case_kin_case_id"), "case_kin", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_kin_other_id"), "case_kin", ["other_id"], unique=False)


def _seizure() -> None:
    op.create_table(
        "seizure",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.String(), server_default="", nullable=False),
        sa.Column("lat_e7", sa.Integer(), nullable=True),
        sa.Column("lon_e7", sa.Integer(), nullable=True),
        sa.Column("accuracy_dm", sa.Integer(), nullable=True),
        sa.Column("no_fix", sa.String(), server_default="", nullable=False),
        sa.Column("began_at", sa.String(), nullable=False),
        sa.Column("ended_at", sa.String(), nullable=True),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("second_id", ID, nullable=True),
        sa.Column("subject", sa.String(), server_default="", nullable=False),
        sa.Column("present", sa.String(), server_default="", nullable=False),
        sa.Column("keeper", sa.String(), server_default="", nullable=False),
        sa.Column("document_no", sa.String(), server_default="", nullable=False),
        sa.Column("transcript", sa.Text(), server_default="", nullable=False),
        sa.Column("photos_needed", sa.Integer(), server_default="1", nullable=False),
        sa.Column("signed_at", sa.String(), nullable=True),
        sa.Column("content_sha256", HASH, nullable=True),
        sa.Column("code", sa.String(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint("kind in ('seal', 'seize')", name=op.f("ck_seizure_kind")),
        sa.CheckConstraint(
            "(signed_at is null) = (content_sha256 is null)", name=op.f("ck_seizure_signed")
        ),
        sa.CheckConstraint(
            "ended_at is null or ended_at >= began_at", name=op.f("ck_seizure_times")
        ),
        sa.CheckConstraint(
            "second_id is null or second_id <> officer_id", name=op.f("ck_seizure_two_officers")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_seizure_case_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["person.id"], name=op.f("fk_seizure_officer_id")),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f("fk_seizure_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seizure")),
        info={"number": 84, "policy": "state"},
    )
    op.create_index(op.f("ix_seizure_case_id"), "seizure", ["case_id"], unique=False)


def _measure_act() -> None:
    op.create_table(
        "measure_act",
        sa.Column("id", ID, nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("device", sa.String(), server_default="", nullable=False),
        sa.Column("violation", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("pages_sha256", HASH, nullable=True),
        *from_hub(),
        sa.CheckConstraint(
            "(act = 'approve') = (pages_sha256 is not null)", name=op.f("ck_measure_act_pages")
        ),
        sa.CheckConstraint(
            "(violation = 0 and act not in ('release', 'withdraw')) or length(trim(body)) > 0",
            name=op.f("ck_measure_act_reason"),
        ),
        sa.CheckConstraint(
            "act in ('approve', 'execute', 'notify_family', 'hand_over', 'release', 'finish',"
            " 'pay', 'serve', 'ask_review', 'decide_review', 'lapse', 'withdraw')",
            name=op.f("ck_measure_act_act"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_measure_act_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_measure_act_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_act")),
        info={"number": 88, "policy": "fact"},
    )
    op.create_index(
        op.f("ix_measure_act_document_id"), "measure_act", ["document_id"], unique=False
    )


def _seizure_item() -> None:
    op.create_table(
        "seizure_item",
        sa.Column("id", ID, nullable=False),
        sa.Column("seizure_id", ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("quantity", sa.String(), server_default="1", nullable=False),
        sa.Column("mark", sa.String(), server_default="", nullable=False),
        sa.Column("condition", sa.Text(), server_default="", nullable=False),
        sa.Column("value_fen", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.String(), server_default="", nullable=False),
        sa.Column("basis", sa.Text(), server_default="", nullable=False),
        sa.Column("dropped", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("measure_id", ID, nullable=True),
        sa.Column("status", sa.String(), server_default="claimed", nullable=False),
        sa.Column("verified_by", ID, nullable=True),
        sa.Column("verified_at", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "(status = 'claimed') = (verified_by is null)", name=op.f("ck_seizure_item_verified")
        ),
        sa.CheckConstraint(
            "status <> 'denied' or length(trim(note)) > 0", name=op.f("ck_seizure_item_denied")
        ),
        sa.CheckConstraint(
            "status in ('claimed', 'verified', 'denied')", name=op.f("ck_seizure_item_status")
        ),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_seizure_item_name")),
        sa.ForeignKeyConstraint(
            ["seizure_id"], ["seizure.id"], name=op.f("fk_seizure_item_seizure_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["person.id"], name=op.f("fk_seizure_item_verified_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seizure_item")),
        sa.UniqueConstraint("seizure_id", "n", name=op.f("uq_seizure_item_seizure_id_n")),
        info={"number": 85, "policy": "state"},
    )
    op.create_index(
        op.f("ix_seizure_item_seizure_id"), "seizure_item", ["seizure_id"], unique=False
    )


def _seizure_photo() -> None:
    op.create_table(
        "seizure_photo",
        sa.Column("id", ID, nullable=False),
        sa.Column("seizure_id", ID, nullable=False),
        sa.Column("attachment_id", ID, nullable=False),
        sa.Column("item_n", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.String(), nullable=False),
        sa.Column("lat_e7", sa.Integer(), nullable=True),
        sa.Column("lon_e7", sa.Integer(), nullable=True),
        sa.Column("sha256", HASH, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        *from_hub(),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_seizure_photo_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["seizure_id"], ["seizure.id"], name=op.f("fk_seizure_photo_seizure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seizure_photo")),
        info={"number": 86, "policy": "fact"},
    )
    op.create_index(
        op.f("ix_seizure_photo_seizure_id"), "seizure_photo", ["seizure_id"], unique=False
    )
