"""How a device reaches its hub: the connection string without its password, and the password.

The password is typed, comes from EDESK_HUB_PASSWORD, stands in the string that was handed over, or
lies in the keyring of the operating system. It is never written into the replica. Call `find` and
`remember` off the UI thread: a keyring may ask the user to unlock it.
"""

import os
from pathlib import Path
from typing import Final

from psycopg import ProgrammingError, conninfo

VARIABLE: Final = "EDESK_HUB_PASSWORD"
SERVICE: Final = "enforcement-desk-hub"


def parted(dsn: str) -> tuple[str, str]:
    """(connection string without password, user). ValueError when it cannot be read."""
    try:
        parts = conninfo.conninfo_to_dict(dsn)
    except ProgrammingError as error:
        raise ValueError("连接串无法识别。请检查主机、端口、数据库名和用户名。") from error
    parts.pop("password", None)
    return conninfo.make_conninfo("", **parts), str(parts.get("user") or "")


def password_in(dsn: str) -> str | None:
    """The password that stands in a connection string."""
    found = conninfo.conninfo_to_dict(dsn).get("password")
    return str(found) if found else None


def find(folder: Path, dsn: str) -> str | None:
    """The password of the store in `folder` for a hub; None leaves it to libpq's own places."""
    given = os.environ.get(VARIABLE)
    if given:
        return given
    # Loading keyring walks all installed packages, so it is loaded only when it is needed.
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        found = keyring.get_password(SERVICE, _account(folder, dsn))
    except (KeyringError, RuntimeError, OSError):
        return None
    return str(found) if found else None


def remember(folder: Path, dsn: str, password: str | None) -> bool:
    """Keeps the password, or forgets it with None; False where there is no keyring."""
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError, PasswordDeleteError  # noqa: PLC0415

    account = _account(folder, dsn)
    try:
        if password is not None:
            keyring.set_password(SERVICE, account, password)
        elif keyring.get_password(SERVICE, account) is not None:
            keyring.delete_password(SERVICE, account)
    except PasswordDeleteError:
        return True
    except (KeyringError, RuntimeError, OSError):
        return False
    return True


def _account(folder: Path, dsn: str) -> str:
    parts = conninfo.conninfo_to_dict(dsn)
    where = ",".join(str(parts.get(key) or "") for key in ("user", "host", "port", "dbname"))
    return f"{folder.expanduser().resolve()} {where}"
