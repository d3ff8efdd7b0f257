"""An authority for tests that issues certificates of every sort, good and bad."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FROM = datetime(2026, 1, 1, tzinfo=UTC)
LAST = datetime(2029, 1, 1, tzinfo=UTC)
SIGNED = datetime(2026, 10, 5, 2, 30, tzinfo=UTC)  # 10:30 in court time
SEEN = SIGNED + timedelta(days=1)
COURT = "洛阳市中级人民法院"
WORD = "口令"

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    def bundle(self, path: Path, *others: x509.Certificate) -> Path:
        """As a PKCS#12 file under WORD."""
        sealed = BestAvailableEncryption(WORD.encode())
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"court", self.key, self.certificate, others or None, sealed
            )
        )
        return path


class TestAuthority:
    """A root and whatever it is asked for."""

    __test__ = False

    def __init__(self, name: str = "测试根证书机构") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name, name)
        self.root = (
            _builder(self.name, self.name, self.key, FROM, LAST)
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def issue(
        self,
        who: str = COURT,
        *,
        from_: datetime = FROM,
        last: datetime = LAST,
        signs: bool = True,
        key: Key | None = None,
        stamps: bool = False,
    ) -> Issued:
        """A certificate below the root."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        usage = _usage("digital_signature") if signs else _usage("key_encipherment")
        builder = (
            _builder(_name(who, who), self.name, key, from_, last)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        if stamps:
            use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(use, critical=True)
        return Issued(builder.sign(self.key, hashes.SHA256()), key)

    def revoke(self, issued: Issued, on: datetime) -> bytes:
        """A list of revoked certificates, as PEM."""
        one = (
            x509.RevokedCertificateBuilder()
            .serial_number(issued.certificate.serial_number)
            .revocation_date(on)
            .build()
        )
        listed = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(on)
            .next_update(on + timedelta(days=1))
            .add_revoked_certificate(one)
        )
        return listed.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def pem(self) -> bytes:
        """The root."""
        return self.root.public_bytes(Encoding.PEM)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, from_: datetime, last: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(from_)
        .not_valid_after(last)
    )


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*names: str) -> x509.KeyUsage:
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: name in names for name in every})
