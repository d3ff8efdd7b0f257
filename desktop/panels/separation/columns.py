"""Columns of the lists of the panel. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_court
from widgets.table import Column


def conflict_columns() -> Sequence[Column]:
    """Who judges what, how it hangs with what he carried out, since when."""
    tr = QCoreApplication.translate
    return (
        Column("kind", tr("ConflictPage", "Held to"), width=84, kind="state"),
        Column("person", tr("ConflictPage", "Person"), width=88),
        Column("number", tr("ConflictPage", "Judged case"), width=184, kind="mono"),
        Column("judged", tr("ConflictPage", "Judges as"), width=120, stretch=1),
        Column("path", tr("ConflictPage", "Cases hang together by"), width=180, stretch=2),
        Column("carried", tr("ConflictPage", "Carried out"), width=184, kind="mono"),
        Column("since", tr("ConflictPage", "Since"), width=96, kind="date", spare=1),
        Column("court", tr("ConflictPage", "Court"), width=72, shorten=short_court, spare=2),
    )


def kin_columns() -> Sequence[Column]:
    """Two cases, their bond, who entered it."""
    tr = QCoreApplication.translate
    return (
        Column("number", tr("KinPage", "Case"), width=190, kind="mono"),
        Column("kind", tr("KinPage", "Bond"), width=150),
        Column("other", tr("KinPage", "Other case"), width=190, kind="mono"),
        Column("words", tr("KinPage", "Remark"), width=200, stretch=2),
        Column("person", tr("KinPage", "Entered by"), width=88),
        Column("at", tr("KinPage", "Entered at"), width=140, kind="mono"),
    )


def judge_columns() -> Sequence[Column]:
    """A judge of the court, whether he may sit, and why not."""
    tr = QCoreApplication.translate
    return (
        Column("may", tr("JudgesPage", "May sit"), width=96, kind="state"),
        Column("name", tr("JudgesPage", "Judge"), width=96),
        Column("team", tr("JudgesPage", "Team"), width=160),
        Column("why", tr("JudgesPage", "Why not"), width=420, stretch=3),
    )


def settled_columns() -> Sequence[Column]:
    """A conflict that stood, and who ended it how and why."""
    tr = QCoreApplication.translate
    return (
        Column("how", tr("SettledPage", "Settled by"), width=136, kind="state"),
        Column("person", tr("ConflictPage", "Person"), width=72),
        Column("number", tr("ConflictPage", "Judged case"), width=176, kind="mono"),
        Column("by", tr("SettledPage", "Decided by"), width=72),
        Column("at", tr("SettledPage", "Decided at"), width=136, kind="mono"),
        Column("words", tr("SettledPage", "Why"), width=150, stretch=2),
        Column("carried", tr("ConflictPage", "Carried out"), width=176, kind="mono", spare=2),
        Column("path", tr("ConflictPage", "Cases hang together by"), width=160, stretch=1, spare=1),
    )
