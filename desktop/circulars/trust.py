"""Whom the office trusts: certificates of authorities and their lists of revoked ones, in a folder.

Nothing is fetched: a list holds as it lies in the folder. Any thread.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from desktop.circulars.signers import asn1_of
from desktop.errors import UserError

_CERTIFICATES: Final = (".pem", ".crt", ".cer")
_LIST: Final = ".crl"
_PEM: Final = b"-----BEGIN"


@dataclass(frozen=True, slots=True)
class Authorities:
    """`roots` are trusted by themselves, `between` only below a root."""

    roots: tuple[x509.Certificate, ...] = ()
    between: tuple[x509.Certificate, ...] = ()
    revoked: tuple[x509.CertificateRevocationList, ...] = ()

    def chain(
        self, certificate: x509.Certificate, others: Iterable[x509.Certificate], at: datetime
    ) -> tuple[x509.Certificate, ...]:
        """From `certificate` up to a root, the root left out; empty where no chain that holds at
        that moment leads to one. `others` came with the signature."""
        context = ValidationContext(
            trust_roots=[asn1_of(one) for one in self.roots], moment=at, revocation_mode="soft-fail"
        )
        between = [asn1_of(one) for one in (*self.between, *others)]
        validator = CertificateValidator(
            asn1_of(certificate), intermediate_certs=between, validation_context=context
        )
        try:
            path = asyncio.run(
                validator.async_validate_usage(set())  # type: ignore[no-untyped-call]
            )
        except (ValidationError, PathError, ValueError, UnsupportedAlgorithm):
            return ()
        below = list(path.iter_certs(include_root=False))
        return tuple(x509.load_der_x509_certificate(one.dump()) for one in reversed(below))

    def revoked_on(self, chain: Sequence[x509.Certificate]) -> datetime | None:
        """Since when the first revoked one of a chain is revoked."""
        issuers = (*self.roots, *self.between, *chain)
        for certificate in chain:
            for listed in self.revoked:
                if listed.issuer != certificate.issuer or not _by_one_of(issuers, listed):
                    continue
                found = listed.get_revoked_certificate_by_serial_number(certificate.serial_number)
                if found is not None:
                    return found.revocation_date_utc
        return None


def read_authorities(folder: Path) -> Authorities:
    """Every .pem, .crt, .cer and .crl file of a folder. Raises UserError, naming the file."""
    certificates: list[x509.Certificate] = []
    revoked: list[x509.CertificateRevocationList] = []
    path = folder
    try:
        for path in sorted(folder.iterdir()):
            kind = path.suffix.lower()
            if kind in _CERTIFICATES:
                certificates += _certificates(path.read_bytes())
            elif kind == _LIST:
                revoked.append(_list(path.read_bytes()))
    except OSError as error:
        raise UserError(f"可信证书文件夹无法读取：{path}。") from error
    except ValueError as error:
        raise UserError(f"不是证书或注销名单文件，或已损坏：{path}。") from error
    return Authorities(
        tuple(one for one in certificates if one.subject == one.issuer),
        tuple(one for one in certificates if one.subject != one.issuer),
        tuple(revoked),
    )


def _certificates(data: bytes) -> list[x509.Certificate]:
    if _PEM in data:
        return x509.load_pem_x509_certificates(data)
    return [x509.load_der_x509_certificate(data)]


def _list(data: bytes) -> x509.CertificateRevocationList:
    return x509.load_pem_x509_crl(data) if _PEM in data else x509.load_der_x509_crl(data)


def _by_one_of(issuers: Iterable[x509.Certificate], listed: x509.CertificateRevocationList) -> bool:
    """Whether the list bears the signature of whoever it names; anybody can write a file."""
    for one in issuers:
        key = one.public_key()
        if one.subject == listed.issuer and isinstance(
            key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey
        ):
            try:
                if listed.is_signature_valid(key):
                    return True
            except (ValueError, TypeError, UnsupportedAlgorithm):
                continue
    return False
