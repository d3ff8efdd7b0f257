"""The court's own authority for device certificates: the second factor beside the password.

PostgreSQL asks for it with `scram-sha-256 clientcert=verify-full`: whoever logs in must know the
password and hold a certificate that names the same login. A folder holds the authority; its key is
encrypted under a passphrase. Every certificate that was issued is listed, and one that is lost is
put on the list that the server reads (`ssl_crl_file`).
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from storage.faults import ReplicaFault

CERTIFICATE: Final = "authority.crt"
REVOKED: Final = "revoked.crl"
_KEY: Final = "authority.key"
_ISSUED: Final = "issued.json"
_YEARS: Final = 10
_COURT_ZONE: Final = timezone(timedelta(hours=8))  # the days that people read
DAYS_MAX: Final = 3650


class AuthorityFault(ReplicaFault):
    """The authority cannot do that; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Issued:
    """One certificate: serial number in hex, the login it names, days as ISO text."""

    serial: str
    who: str
    issued_on: str
    until: str
    revoked_on: str = ""


class Authority:
    """Issues, lists and revokes. Made by `make` or `open`."""

    def __init__(
        self, folder: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
    ) -> None:
        self._folder = folder
        self._key = key
        self._certificate = certificate

    @classmethod
    def make(cls, folder: Path, passphrase: str, *, name: str) -> Self:
        """A new authority in an empty or new folder. Raises AuthorityFault."""
        if (folder / CERTIFICATE).exists() or (folder / _KEY).exists():
            raise AuthorityFault(f"文件夹中已有证书机构：{folder}。没有改动。")
        if not passphrase:
            raise AuthorityFault("证书机构的私钥须有口令。")
        folder.mkdir(parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        subject = _named(name)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(days=365 * _YEARS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .sign(key, hashes.SHA256())
        )
        sealed = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase.encode()),
        )
        _write(folder / _KEY, sealed, private=True)
        made = cls(folder, key, certificate)
        made._publish([])
        # Last: a folder with this file is a whole authority.
        _write(folder / CERTIFICATE, certificate.public_bytes(serialization.Encoding.PEM))
        return made

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> Self:
        """The authority of a folder. Raises AuthorityFault."""
        try:
            certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
            key = serialization.load_pem_private_key(
                (folder / _KEY).read_bytes(), passphrase.encode()
            )
        except FileNotFoundError as missing:
            raise AuthorityFault(f"文件夹中没有证书机构：{folder}。") from missing
        except (ValueError, TypeError) as wrong:
            raise AuthorityFault("证书机构的口令不对，或文件已损坏。") from wrong
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise AuthorityFault("证书机构的私钥不是椭圆曲线密钥。")
        return cls(folder, key, certificate)

    def issue(self, who: str, password: str, *, days: int) -> tuple[Issued, bytes]:
        """A certificate for a login and its key as a PKCS#12 file under `password`.

        Raises AuthorityFault where a login, a password or a fitting term is missing.
        """
        if not who or len(who) > 63:
            raise AuthorityFault("登录名须为 1 至 63 个字符。")
        if not password:
            raise AuthorityFault("证书文件须有口令。")
        if not 1 <= days <= DAYS_MAX:
            raise AuthorityFault(f"有效天数须在 1 至 {DAYS_MAX} 之间。")
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(_named(who))
            .issuer_name(self._certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        entry = Issued(
            serial=f"{made.serial_number:x}",
            who=who,
            issued_on=now.astimezone(_COURT_ZONE).date().isoformat(),
            until=made.not_valid_after_utc.astimezone(_COURT_ZONE).date().isoformat(),
        )
        bundle = pkcs12.serialize_key_and_certificates(
            who.encode(),
            key,
            made,
            [self._certificate],
            serialization.BestAvailableEncryption(password.encode()),
        )
        self._list([*self.issued(), entry])
        return entry, bundle

    def issued(self) -> list[Issued]:
        """Every certificate, oldest first."""
        try:
            text = (self._folder / _ISSUED).read_text("utf-8")
        except FileNotFoundError:
            return []
        return [Issued(**one) for one in json.loads(text)]

    def revoke(self, who: str, serial: str = "") -> list[Issued]:
        """Puts all certificates of a login, or the one of that serial, on the list of revoked ones.

        Raises AuthorityFault where there is none to revoke.
        """
        today = datetime.now(_COURT_ZONE).date().isoformat()
        every = self.issued()
        found = [
            one
            for one in every
            if one.who == who and not one.revoked_on and serial in ("", one.serial)
        ]
        if not found:
            raise AuthorityFault(f"没有可注销的证书：{who}{'，编号 ' + serial if serial else ''}。")
        after = [replace(one, revoked_on=today) if one in found else one for one in every]
        # The list that the server reads first: cut off between the two it is done again.
        self._publish(after)
        self._list(after)
        return [replace(one, revoked_on=today) for one in found]

    def _publish(self, every: Iterable[Issued]) -> None:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(now - timedelta(minutes=5))
            .next_update(self._certificate.not_valid_after_utc)
        )
        for one in every:
            if one.revoked_on:
                builder = builder.add_revoked_certificate(
                    x509.RevokedCertificateBuilder()
                    .serial_number(int(one.serial, 16))
                    .revocation_date(
                        datetime.fromisoformat(one.revoked_on).replace(tzinfo=_COURT_ZONE)
                    )
                    .build()
                )
        made = builder.sign(self._key, hashes.SHA256())
        _write(self._folder / REVOKED, made.public_bytes(serialization.Encoding.PEM))

    def _list(self, every: list[Issued]) -> None:
        text = json.dumps([asdict(one) for one in every], ensure_ascii=False, indent=1)
        _write(self._folder / _ISSUED, text.encode())


def _named(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, body: bytes, *, private: bool = False) -> None:
    """Whole or not at all; a private file is its owner's alone from its first byte."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    mode = 0o600 if private else 0o644
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
