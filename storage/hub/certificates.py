"""A certificate authority and one server certificate, for a hub on this machine."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

YEARS: Final = 10


def make(ca: Path, certificate: Path, key: Path) -> None:
    """Writes the authority's certificate, the server's certificate and its key (mode 0600).

    The authority's key is thrown away: nobody can make a second server certificate with it.
    """
    now = datetime.now(UTC)
    until = now + timedelta(days=365 * YEARS)
    ca_key, own_key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    ca_name, own_name = _name("edesk demonstration CA"), _name("localhost")
    base = x509.CertificateBuilder().not_valid_before(now - timedelta(days=1))
    authority = (
        base.not_valid_after(until)
        .subject_name(ca_name)
        .issuer_name(ca_name)
        .public_key(ca_key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    own = (
        base.not_valid_after(until)
        .subject_name(own_name)
        .issuer_name(ca_name)
        .public_key(own_key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    ca.write_bytes(authority.public_bytes(pem))
    certificate.write_bytes(own.public_bytes(pem))
    key.touch(mode=0o600)
    key.chmod(0o600)
    key.write_bytes(
        own_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])
