"""Certificates for trial: an authority and a court's certificate that call themselves 虚构样章.

Whoever signs with one gets a specimen seal (desktop.circulars.signature), and no office trusts the
authority unless it puts it among its own. Any thread.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

_AUTHORITY: Final = "虚构样章证书机构（仅供演示）"
_UNIT: Final = "虚构样章，无法律效力"
_BITS: Final = 2048
_YEARS: Final = 3


@dataclass(frozen=True, slots=True)
class Specimen:
    """`authority`: the certificate to trust, as PEM; `bundle`: PKCS#12 under the passphrase."""

    authority: bytes
    bundle: bytes


def make_specimen(court: str, passphrase: str, *, from_: datetime) -> Specimen:
    """A new authority and, from it, a certificate of `court`, both valid for three years."""
    last = from_ + timedelta(days=365 * _YEARS)
    root_key = rsa.generate_private_key(65537, _BITS)
    root_name = _name(_AUTHORITY, _AUTHORITY)
    root = (
        _builder(root_name, root_name, root_key, from_, last)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    key = rsa.generate_private_key(65537, _BITS)
    made = (
        _builder(_name(f"{court}（虚构样章）", court), root_name, key, from_, last)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )
    sealed = BestAvailableEncryption(passphrase.encode())
    bundle = pkcs12.serialize_key_and_certificates(court.encode(), key, made, [root], sealed)
    return Specimen(root.public_bytes(Encoding.PEM), bundle)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    from_: datetime,
    last: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(from_)
        .not_valid_after(last)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, _UNIT),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
