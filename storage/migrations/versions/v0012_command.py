"""Remote command: orders, operations, positions, equipment, work on the spot, the roster."""

from storage.migrations.command_tables import duty, equipment, orders, positions, seizures

revision = "0012"


def upgrade() -> None:
    """Adds 29 tables; nothing existing is touched."""
    for area in (orders, positions, equipment, seizures, duty):
        area.add()
