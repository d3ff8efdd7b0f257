"""Who commands and who decides, asked by the databases too: triggers and rights, no table changes.

Triggers are laid anew with every upgrade. The version tells a hub to take the tables of remote
command from its administrators, once (storage/hub/upgrade.py).
"""

revision = "0013"


def upgrade() -> None:
    """Nothing of a table changes."""
