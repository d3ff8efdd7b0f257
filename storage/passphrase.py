"""Where the passphrase comes from: EDESK_PASSPHRASE, else the keyring of the operating system.

Call off the UI thread: a keyring may ask the user to unlock it.
"""

import os
from pathlib import Path
from typing import Final

VARIABLE: Final = "EDESK_PASSPHRASE"
SERVICE: Final = "enforcement-desk"


def find(folder: Path) -> str | None:
    """The passphrase of the store in `folder`; None means the user has to be asked."""
    given = os.environ.get(VARIABLE)
    if given:
        return given
    # Loading keyring walks all installed packages, so it is loaded only when it is needed.
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        found = keyring.get_password(SERVICE, _account(folder))
    except (KeyringError, RuntimeError, OSError):
        return None
    return str(found) if found else None


def remember(folder: Path, passphrase: str) -> bool:
    """Stores the passphrase after a successful open; False where there is no keyring.

    A passphrase that came from the environment is the script's to keep and is not stored.
    """
    if os.environ.get(VARIABLE):
        return False
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        if keyring.get_password(SERVICE, _account(folder)) != passphrase:
            keyring.set_password(SERVICE, _account(folder), passphrase)
    except (KeyringError, RuntimeError, OSError):
        return False
    return True


def _account(folder: Path) -> str:
    return str(folder.expanduser().resolve())
