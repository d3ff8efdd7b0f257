"""Who signs: a court's certificate with its key, from a file (PKCS#12) or a token (PKCS#11).

Every fault is one sentence: a wrong passphrase, no key, a certificate out of its term or not made
for signatures. Any thread; a token's session belongs to the thread that opened it.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from asn1crypto import keys, pkcs12
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from desktop.errors import UserError

COURT_ZONE: Final = timezone(timedelta(hours=8))
_SPECIMEN: Final = "样章"
_RSA_LEAST: Final = 2048  # bits
_FILE_LARGEST: Final = 1_000_000  # bytes
# Faults are told as sentences; without a handler Python would print them on standard error, too.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Signer:
    """A certificate and what signs with it."""

    certificate: x509.Certificate
    pen: signers.Signer

    @property
    def who(self) -> str:
        """The name that the certificate was issued to."""
        return name_of(self.certificate.subject)

    @property
    def specimen(self) -> bool:
        """Whether the certificate calls itself one for trial."""
        return _SPECIMEN in self.certificate.subject.rfc4514_string()

    def require(self, at: datetime) -> None:
        """Raises UserError where the certificate may not sign at that moment."""
        first, last = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if at < first:
            raise UserError(f"“{self.who}”的证书自 {instant(first)} 起生效，现在还不能签署。")
        if at > last:
            raise UserError(f"“{self.who}”的证书已于 {instant(last)} 到期，不能签署。")
        if not may_sign(self.certificate):
            raise UserError(f"“{self.who}”的证书不是签名证书（密钥用途没有数字签名），不能签署。")
        key = self.certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise UserError(f"“{self.who}”的证书算法不受支持，请使用 RSA 或椭圆曲线证书。")
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < _RSA_LEAST:
            raise UserError(f"“{self.who}”的证书密钥不足 {_RSA_LEAST} 位，不能签署。")


@dataclass(frozen=True, slots=True)
class Token:
    """Which token, and which certificate on it: the driver's library, then the token's label or
    slot, and the certificate's label where there are several."""

    module: Path
    label: str = ""
    slot: int | None = None
    certificate: str = ""


def signer_from_file(path: Path, passphrase: str) -> Signer:
    """The certificate of a PKCS#12 file (.p12, .pfx). Raises UserError."""
    try:
        if path.stat().st_size > _FILE_LARGEST:
            raise UserError(f"这不是证书文件：{path}。")
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"证书文件无法读取：{path}。") from error
    try:
        if pkcs12.Pfx.load(data, strict=True)["version"].native != "v3":
            raise ValueError(path)
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(f"这不是证书文件（PKCS#12），或文件已损坏：{path}。") from error
    try:
        found = load_pkcs12(data, passphrase.encode())
    except UnsupportedAlgorithm as error:
        raise UserError("证书算法不受支持，请使用 RSA 或椭圆曲线证书。") from error
    except ValueError as error:
        raise UserError("证书文件的口令不对，或文件已损坏。") from error
    if found.cert is None or found.key is None:
        raise UserError(f"证书文件中没有证书和私钥：{path}。")
    key = found.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    certificate = found.cert.certificate
    if load_der_private_key(key, None).public_key() != certificate.public_key():
        raise UserError(f"证书文件中的私钥与证书不符：{path}。")
    others = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    others.register_multiple([asn1_of(one.certificate) for one in found.additional_certs])
    pen = signers.SimpleSigner(
        asn1_of(certificate),
        keys.PrivateKeyInfo.load(key),
        others,
        embed_roots=False,
    )
    return Signer(certificate, pen)


@contextmanager
def signer_from_token(token: Token, pin: str) -> Iterator[Signer]:
    """The certificate on a token, for as long as the block lasts. Raises UserError, also for what
    the token refuses inside the block."""
    import pkcs11  # noqa: PLC0415  A desk without a token need not have its library.
    from pyhanko.config.pkcs11 import TokenCriteria  # noqa: PLC0415
    from pyhanko.sign import pkcs11 as tokens  # noqa: PLC0415

    if not token.module.is_file():
        raise UserError(f"没有找到密码设备的驱动程序：{token.module}。")
    try:
        criteria = TokenCriteria(label=token.label) if token.label else None
        session = tokens.open_pkcs11_session(
            str(token.module), slot_no=token.slot, token_criteria=criteria, user_pin=pin
        )
        with session:
            chosen, others, key = _chosen(session, token)
            pen = tokens.PKCS11Signer(
                session,
                signing_cert=chosen,
                ca_chain=others,
                key_id=key,
                embed_roots=False,
            )
            yield Signer(x509.load_der_x509_certificate(chosen.dump()), pen)
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange) as error:
        raise UserError("密码设备的口令（PIN）不对。") from error
    except pkcs11.PinLocked as error:
        raise UserError("密码设备已锁定：口令错误次数过多，请联系发证机构解锁。") from error
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        where = f"“{token.label}”" if token.label else ""
        raise UserError(f"密码设备{where}无法使用：未插入、驱动程序不符或已拔出。") from error


def _chosen(session: Any, token: Token) -> tuple[asn1.Certificate, list[asn1.Certificate], bytes]:
    """The one certificate on the token that has a key, the others, and the id of the key."""
    from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415  As above.

    def every(kind: ObjectClass) -> list[Any]:
        return list(session.get_objects({Attribute.CLASS: kind}))

    keyed = {bytes(one[Attribute.ID]) for one in every(ObjectClass.PRIVATE_KEY)}
    own: list[tuple[asn1.Certificate, bytes]] = []
    others: list[asn1.Certificate] = []
    for one in every(ObjectClass.CERTIFICATE):
        certificate = asn1.Certificate.load(one[Attribute.VALUE])
        place = bytes(one[Attribute.ID])
        if place in keyed and token.certificate in ("", one[Attribute.LABEL]):
            own.append((certificate, place))
        else:
            others.append(certificate)
    if not own:
        raise UserError("密码设备中没有可用的证书和私钥。")
    if len(own) > 1:
        raise UserError(f"密码设备中有 {len(own)} 张证书，请指明使用哪一张。")
    return own[0][0], others, own[0][1]


def may_sign(certificate: x509.Certificate) -> bool:
    """Whether its key is for digital signatures, or for any use."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except ValueError:
        return False
    return usage.digital_signature


def name_of(name: x509.Name) -> str:
    """The common name, else the organisation."""
    for wanted in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        found: Sequence[x509.NameAttribute[Any]] = name.get_attributes_for_oid(wanted)
        if found:
            return str(found[0].value)
    return name.rfc4514_string()


def instant(at: datetime) -> str:
    """As people read it, in court time."""
    return f"{at.astimezone(COURT_ZONE):%Y年%-m月%-d日 %H:%M:%S}"


def asn1_of(certificate: x509.Certificate) -> asn1.Certificate:
    """The same certificate for pyHanko."""
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
