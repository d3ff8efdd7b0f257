"""The certificate of this device: what is held, and taking another. Lanes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Offered:
    """A PKCS#12 file and its password."""

    file: Path
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """The login a certificate names and its last instant."""

    who: str
    until: datetime

    @property
    def over(self) -> bool:
        """Whether a hub refuses it for its age."""
        return self.until <= datetime.now(UTC)


def held_certificate(connection: Connection, _args: None) -> HeldCertificate | None:
    """What this device holds; None without one."""
    from storage.sync import identity  # noqa: PLC0415  Loads the cryptography library.

    found = identity.known(connection)
    return None if found is None else HeldCertificate(found.who, found.until)


def take_certificate(connection: Connection, offered: Offered) -> str:
    """Keeps the file's certificate in the replica; gives the login it names."""
    from storage.sync import identity  # noqa: PLC0415  Loads the cryptography library.

    return identity.take(connection, offered.file, offered.password).who
