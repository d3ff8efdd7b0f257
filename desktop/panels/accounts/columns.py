"""Columns of the lists of users and devices. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def user_columns() -> Sequence[Column]:
    """In the order of reading: who, how it stands, what he may."""
    tr = QCoreApplication.translate
    return (
        Column("who", tr("AccountsView", "Login"), width=110, kind="mono"),
        Column("person", tr("AccountsView", "Person"), width=80),
        Column("title", tr("AccountsView", "Title"), width=100),
        Column("state", tr("AccountsView", "State"), width=124, kind="state"),
        Column("roles", tr("AccountsView", "Roles"), width=150, stretch=2, tooltip="roles"),
        Column("scopes", tr("AccountsView", "Sees"), width=140, stretch=1, tooltip="scopes"),
        Column("devices", tr("AccountsView", "Devices"), width=64, kind="number"),
        Column("last_seen", tr("AccountsView", "Last seen"), width=132),
    )


def device_columns() -> Sequence[Column]:
    """In the order of reading: whose, which, how it stands, what it holds back."""
    tr = QCoreApplication.translate
    return (
        Column("owner", tr("AccountsView", "Login"), width=110, kind="mono"),
        Column("name", tr("AccountsView", "Device"), width=120, stretch=1),
        Column("state", tr("AccountsView", "State"), width=124, kind="state", tooltip="hint"),
        Column("last_seen", tr("AccountsView", "Last seen"), width=132),
        Column("unsent", tr("AccountsView", "Unsent"), width=64, kind="number"),
        Column("unsent_since", tr("AccountsView", "Unsent since"), width=132),
        Column("app_ver", tr("AccountsView", "Version"), width=72),
        Column("schema_ver", tr("AccountsView", "Schema"), width=64),
        Column("clock", tr("AccountsView", "Clock off"), width=80),
    )
