"""Verification of a signed document, without a network: who signed, when, what was changed.

Every file gets an answer in sentences; a file made to harm gets one, too. What counts:

    sound       every signature holds, covers the file, and comes from an authority of the office
    untrusted   unchanged, but a signer's authority is unknown, or the certificate does not hold
    unsigned    a PDF without a signature
    changed     at least one byte is not what was signed
    unreadable  no PDF, cut off, or too damaged to tell

Without a time stamp the moment of signing is the signer's own word, so a certificate has to hold at
the moment of verification; with a trusted one it has to hold at that stamp. Any thread.
"""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from desktop.circulars.container import contents, covered_end, well_formed
from desktop.circulars.signers import asn1_of, instant, may_sign, name_of
from desktop.circulars.trust import Authorities

State = Literal["sound", "untrusted", "unsigned", "changed", "unreadable"]
_HEAD: Final = b"%PDF-"
_END: Final = b"%%EOF"
_END_WITHIN: Final = 1_024  # bytes from the end of a file, as readers look for it
_SIGNED_MARK: Final = b"/ByteRange"
_CLOCKS: Final = timedelta(minutes=5)  # that two clocks may differ
_USAGE: Final = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})
_CHANGES: Final = {
    ModificationLevel.NONE: "签署后未被改动",
    ModificationLevel.LTA_UPDATES: "签署后只补充了验证资料，内容未被改动",
    ModificationLevel.FORM_FILLING: "签署后只有其他单位继续签署，内容未被改动",
    ModificationLevel.ANNOTATIONS: "签署后被加了批注",
    ModificationLevel.OTHER: "签署后内容被改动",
}
_ALLOWED: Final = (
    ModificationLevel.NONE,
    ModificationLevel.LTA_UPDATES,
    ModificationLevel.FORM_FILLING,
)
_VERDICTS: Final[dict[State, str]] = {
    "sound": "文件完好，签名有效，签发机构可信。",
    "untrusted": "文件自签署后未被改动，但不能确认签署人。",
    "unsigned": "这个 PDF 文件没有电子签名。",
    "changed": "文件与签署时不一致，签名无效。",
    "unreadable": "文件无法核对。",
}


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature. `at`: the moment of signing, by a trusted time stamp where `stamped`;
    `whole`: it covers every byte of the file; `trusted`: its certificate leads to an authority of
    the office and holds; `changes`: what came after it; `why`: why it is not trusted, or empty."""

    who: str
    court: str
    issuer: str
    at: datetime | None
    stamped: bool
    intact: bool
    trusted: bool
    whole: bool
    changes: str
    why: str

    def sentence(self) -> str:
        """All of it, for people."""
        when = instant(self.at) if self.at is not None else "时间不明"
        source = "（时间戳）" if self.stamped else "（签署方所称时间）"
        trust = "签发者可信" if self.trusted else self.why
        return (
            f"{self.who}，{when}{source if self.at else ''}签署：{self.changes}；"
            f"证书由“{self.issuer}”签发，{trust}。"
        )


@dataclass(frozen=True, slots=True)
class Verification:
    """`file_sha256` is of the whole file, `previewed_sha256` of what was previewed and signed
    first (empty where the file does not tell); both in hexadecimal digits."""

    state: State
    reason: str
    signatures: tuple[Signed, ...]
    file_sha256: str
    previewed_sha256: str

    def sentences(self) -> list[str]:
        """The verdict first, then one sentence for each signature."""
        numbered = [
            f"签名{number}：{one.sentence()}" for number, one in enumerate(self.signatures, start=1)
        ]
        return [_VERDICTS[self.state] + self.reason, *numbered]


def verify(data: bytes, authorities: Authorities, at: datetime) -> Verification:
    """Looks at every signature of a file, at a moment with its zone. Never raises for a file."""
    digest = hashlib.sha256(data).hexdigest()
    if _HEAD not in data[:_END_WITHIN]:
        return Verification("unreadable", "这不是 PDF 文件。", (), digest, "")
    if _END not in data[-_END_WITHIN:]:
        return Verification("unreadable", "文件不完整，末尾缺失。", (), digest, "")
    try:
        reader = PdfFileReader(io.BytesIO(data))
        embedded = list(reader.embedded_regular_signatures)
        previewed = hashlib.sha256(data[: _first_end(reader, data)]).hexdigest()
    except Exception:  # a foreign file may break a reader in any way
        return Verification("unreadable", "文件结构已损坏。", (), digest, "")
    if not embedded:
        if _SIGNED_MARK in data:
            return Verification("unreadable", "文件中的签名已损坏。", (), digest, "")
        return Verification("unsigned", "", (), digest, digest)
    found = tuple(_signed(data, one, authorities, at) for one in embedded)
    state, reason = _verdict(found, data, embedded)
    return Verification(state, reason, found, digest, previewed)


def _verdict(
    found: Sequence[Signed], data: bytes, embedded: Sequence[EmbeddedPdfSignature]
) -> tuple[State, str]:
    if not all(one.intact for one in found):
        return "changed", ""
    ends = [covered_end(data, one.byte_range) or 0 for one in embedded]
    last = ends.index(max(ends))
    # Behind the last signature nothing may follow but what readers need for verifying it.
    supplement = found[last].changes == _CHANGES[ModificationLevel.LTA_UPDATES]
    tail = data[max(ends) :]
    if tail and not (supplement and tail.rstrip(b"\r\n").endswith(_END)):
        return "changed", "最后一个签名之后还有未签署的内容。"
    if not all(one.trusted for one in found):
        return "untrusted", ""
    return "sound", ""


def _signed(
    data: bytes, embedded: EmbeddedPdfSignature, authorities: Authorities, at: datetime
) -> Signed:
    """One signature, judged; one that cannot be read counts as changed."""
    try:
        return _judged(data, embedded, authorities, at)
    except Exception:  # as above
        return Signed(
            who="签署人不明",
            court="",
            issuer="不明",
            at=None,
            stamped=False,
            intact=False,
            trusted=False,
            whole=False,
            changes="签名本身已损坏或被替换",
            why="无法确认签署人",
        )


def _judged(
    data: bytes, embedded: EmbeddedPdfSignature, authorities: Authorities, at: datetime
) -> Signed:
    certificate = x509.load_der_x509_certificate(embedded.signer_cert.dump())
    others = [x509.load_der_x509_certificate(c.dump()) for c in embedded.other_embedded_certs]
    end = covered_end(data, embedded.byte_range)
    status = validate_pdf_signature(embedded, _context(authorities, at), key_usage_settings=_USAGE)
    stamp = status.timestamp_validity
    signed_at, stamped = status.signer_reported_dt, False
    if stamp is not None and stamp.valid and stamp.intact and stamp.trusted:
        signed_at, stamped = stamp.timestamp, True
    level = status.modification_level or ModificationLevel.OTHER
    sealed = end is not None and well_formed(contents(data, embedded.byte_range))
    unharmed = status.intact and status.valid and sealed
    intact = unharmed and level in _ALLOWED and bool(status.docmdp_ok)
    if not unharmed:
        changes = "签署后文件被改动，或签名被替换"
    elif level in _ALLOWED and not intact:
        changes = "签署后有文件所不允许的改动"
    else:
        changes = _CHANGES[level]
    why = _distrust(certificate, others, authorities, at, signed_at, stamped=stamped)
    return Signed(
        who=name_of(certificate.subject),
        court=_organisation(certificate),
        issuer=name_of(certificate.issuer),
        at=signed_at,
        stamped=stamped,
        intact=intact,
        trusted=intact and not why,
        whole=end == len(data),
        changes=changes,
        why=why or ("" if intact else "签名无效"),
    )


def _distrust(
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    authorities: Authorities,
    at: datetime,
    signed_at: datetime | None,
    *,
    stamped: bool,
) -> str:
    """Why a certificate does not count, or nothing."""
    if signed_at is None:
        return "没有签署时间"
    if signed_at > at + _CLOCKS:
        return "签署时间晚于核对时间"
    moment = signed_at if stamped else at
    if moment < certificate.not_valid_before_utc or signed_at < certificate.not_valid_before_utc:
        return f"签署时证书尚未生效（自 {instant(certificate.not_valid_before_utc)} 起）"
    if signed_at > certificate.not_valid_after_utc:
        return f"签署时证书已到期（{instant(certificate.not_valid_after_utc)}）"
    if moment > certificate.not_valid_after_utc:
        last = instant(certificate.not_valid_after_utc)
        return f"证书已于 {last} 到期，签署时间又没有时间戳证明"
    if not may_sign(certificate):
        return "证书不是签名证书"
    chain = authorities.chain(certificate, others, moment)
    if not chain:
        return "签发者不在本院信任之列"
    revoked = authorities.revoked_on(chain)
    if revoked is not None and moment >= revoked:
        return f"证书已于 {instant(revoked)} 注销"
    return ""


def _context(authorities: Authorities, at: datetime) -> ValidationContext:
    return ValidationContext(
        trust_roots=[asn1_of(one) for one in authorities.roots],
        other_certs=[asn1_of(one) for one in authorities.between],
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def _organisation(certificate: x509.Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else ""


def _first_end(reader: PdfFileReader, data: bytes) -> int:
    """Where the first revision ends, its last line break included."""
    meta: Any = reader.xrefs.get_xref_container_info(0)
    end = data.index(_END, meta.end_location) + len(_END)
    for line_break in (b"\r\n", b"\n", b"\r"):
        if data.startswith(line_break, end):
            return end + len(line_break)
    return end
