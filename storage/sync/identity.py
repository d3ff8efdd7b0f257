"""The certificate of this device: what its user holds, beside the password he knows.

It lies in the encrypted replica and nowhere else, so it is as safe as what it opens. libpq reads
certificates from files only: for the moment of a connection they are written into a folder of
their own, the key under a password that is made for that moment.
"""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from sqlalchemy import Connection

from storage.faults import ReplicaFault
from storage.session import Session
from storage.sync import memory

KEY: Final = "identity"
_COURT_ZONE: Final = timezone(timedelta(hours=8))
_PEM: Final = serialization.Encoding.PEM


class IdentityFault(ReplicaFault):
    """The file is no certificate for this device; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its key, both as PEM; `who` is the login it names."""

    who: str
    until: datetime
    certificate: str
    key: str = field(repr=False)

    @contextmanager
    def files(self) -> Iterator[dict[str, str]]:
        """What libpq needs to show it (sslcert, sslkey, sslpassword); gone at the end."""
        password = secrets.token_urlsafe(24)
        loaded = serialization.load_pem_private_key(self.key.encode(), None)
        sealed = loaded.private_bytes(
            _PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password.encode()),
        )
        with tempfile.TemporaryDirectory(prefix="edesk-") as name:
            folder = Path(name)
            certificate, key = folder / "device.crt", folder / "device.key"
            certificate.write_text(self.certificate, "ascii")
            key.touch(mode=0o600)
            key.write_bytes(sealed)
            yield {"sslcert": str(certificate), "sslkey": str(key), "sslpassword": password}


def take(connection: Connection, file: Path, password: str) -> Identity:
    """Keeps the certificate of a PKCS#12 file in the replica, in place of an earlier one.

    Raises IdentityFault.
    """
    found = read(file, password)
    memory.keep(
        connection,
        KEY,
        {
            "who": found.who,
            "until": found.until.isoformat(),
            "certificate": found.certificate,
            "key": found.key,
        },
    )
    return found


def read(file: Path, password: str, *, now: datetime | None = None) -> Identity:
    """What a PKCS#12 file holds. Raises IdentityFault."""
    try:
        body = file.read_bytes()
    except OSError as error:
        raise IdentityFault(f"无法读取证书文件：{file}。") from error
    try:
        key, certificate, more = pkcs12.load_key_and_certificates(body, password.encode())
    except ValueError as wrong:
        raise IdentityFault("证书文件的口令不对，或文件不是 PKCS#12 证书。") from wrong
    if key is None or certificate is None:
        raise IdentityFault("证书文件里没有私钥或证书。请向签发人索取完整的文件。")
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if not names:
        raise IdentityFault("证书没有写明登录名。")
    until = certificate.not_valid_after_utc.astimezone(_COURT_ZONE)
    if until <= (now or datetime.now(UTC)):
        raise IdentityFault(f"证书已于 {until:%Y-%m-%d %H:%M} 到期。请向签发人索取新的证书。")
    plain = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain = [certificate, *(one for one in more if not _is_authority(one))]
    return Identity(
        who=str(names[0].value),
        until=until,
        certificate="".join(one.public_bytes(_PEM).decode() for one in chain),
        key=plain.decode(),
    )


def _is_authority(certificate: x509.Certificate) -> bool:
    """The root need not be shown: the server trusts its own copy alone."""
    return certificate.issuer == certificate.subject


def known(connection: Connection, _args: None = None) -> Identity | None:
    """The certificate of this device; None without one."""
    kept = memory.recalled(connection, KEY)
    if not kept:
        return None
    return Identity(
        who=kept["who"],
        until=datetime.fromisoformat(kept["until"]),
        certificate=kept["certificate"],
        key=kept["key"],
    )


def recall(session: Session) -> Identity | None:
    """The same on a connection of its own."""
    with session.read() as connection:
        return known(connection)
