"""Columns of the matrix, its changes, powers, differences and proof. UI thread."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def matrix_columns() -> list[Column]:
    """One line a stage."""
    tr = QCoreApplication.translate
    return [
        Column(
            "document", tr("SigningMatrix", "Document"), width=128, stretch=1, tooltip="document"
        ),
        Column("marks", tr("SigningMatrix", "Marks"), width=80, stretch=1, tooltip="marks"),
        Column("stage", tr("SigningMatrix", "Stage"), width=50),
        Column("signers", tr("SigningMatrix", "By whom"), width=150, stretch=3, tooltip="signers"),
        Column(
            "delegates",
            tr("SigningMatrix", "May stand in"),
            width=80,
            stretch=1,
            tooltip="delegates",
        ),
        Column("basis", tr("SigningMatrix", "Basis"), width=140, stretch=3, tooltip="basis"),
        Column("state", tr("SigningMatrix", "Checked"), width=88, kind="state"),
        Column("version", tr("SigningMatrix", "In force"), width=90, stretch=1, tooltip="version"),
    ]


def change_columns() -> list[Column]:
    """One line a change."""
    tr = QCoreApplication.translate
    return [
        Column("state", tr("SigningMatrix", "State"), width=124, kind="state"),
        Column("document", tr("SigningMatrix", "Document"), width=110, stretch=2),
        Column("valid", tr("SigningMatrix", "In force"), width=130, stretch=1),
        Column("proposed", tr("SigningMatrix", "Proposed"), width=132),
        Column("settled", tr("SigningMatrix", "Decided"), width=132),
        Column("basis", tr("SigningMatrix", "Basis"), width=120, stretch=3, tooltip="basis"),
    ]


def power_columns() -> list[Column]:
    """One line a delegation."""
    tr = QCoreApplication.translate
    return [
        Column("state", tr("SigningMatrix", "State"), width=124, kind="state"),
        Column("giver", tr("SigningMatrix", "Giver"), width=110, stretch=1),
        Column("taker", tr("SigningMatrix", "Stands in"), width=62),
        Column("period", tr("SigningMatrix", "Period"), width=164),
        Column("document_no", tr("SigningMatrix", "Written power"), width=120, stretch=2),
        Column("covers", tr("SigningMatrix", "Covers"), width=110, stretch=2, tooltip="covers"),
        Column("agreed_by", tr("SigningMatrix", "Agreed by"), width=62),
    ]


def away_columns() -> list[Column]:
    """One line an absence."""
    tr = QCoreApplication.translate
    return [
        Column("name", tr("SigningMatrix", "Away"), width=120, stretch=1),
        Column("period", tr("SigningMatrix", "Period"), width=164),
        Column("kind", tr("SigningMatrix", "Why"), width=80),
        Column("by", tr("SigningMatrix", "Stands in"), width=110, stretch=1),
    ]


def difference_columns() -> list[Column]:
    """One line a stage that differs."""
    tr = QCoreApplication.translate
    return [
        Column("document", tr("SigningMatrix", "Document"), width=150),
        Column("stage", tr("SigningMatrix", "Stage"), width=50),
        Column(
            "before", tr("SigningMatrix", "Earlier day"), width=240, stretch=1, tooltip="before"
        ),
        Column("after", tr("SigningMatrix", "Later day"), width=240, stretch=1, tooltip="after"),
    ]


def proof_columns() -> list[Column]:
    """One line a document."""
    tr = QCoreApplication.translate
    heads = {
        "worlds": tr("SigningMatrix", "Situations"),
        "states": tr("SigningMatrix", "States"),
        "attempts": tr("SigningMatrix", "Attempts"),
        "transitions": tr("SigningMatrix", "Transitions"),
        "profiles": tr("SigningMatrix", "Profiles"),
        "finished": tr("SigningMatrix", "Finished paths"),
    }
    return [
        Column("document", tr("SigningMatrix", "Document"), width=130, stretch=1),
        *(Column(key, head, width=72, kind="number") for key, head in heads.items()),
        Column("state", tr("SigningMatrix", "Result"), width=92, kind="state"),
    ]
