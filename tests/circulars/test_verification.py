"""Whatever is changed in a signed file is seen, and every file gets an answer."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf.annotations import FreeText

from desktop.circulars.pages import write_official
from desktop.circulars.seal import court_seal
from desktop.circulars.signature import sign
from desktop.circulars.signers import signer_from_file
from desktop.circulars.trust import Authorities, read_authorities
from desktop.circulars.verification import verify
from desktop.errors import UserError
from tests.circulars.certificates import COURT, SEEN, SIGNED, WORD, TestAuthority
from tests.circulars.test_pages import BODY, circular

AUTHORITY = TestAuthority()
ISSUED = AUTHORITY.issue()
KNOWN = Authorities((AUTHORITY.root,))


@pytest.fixture(scope="module")
def previewed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("previewed") / "a.pdf"
    return write_official(circular(record=None, body=BODY[:1]), path).read_bytes()


@pytest.fixture(scope="module")
def signed(previewed: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = ISSUED.bundle(tmp_path_factory.mktemp("signer") / "a.p12")
    signer = signer_from_file(path, WORD)
    return sign(previewed, signer, seal=court_seal(COURT), reason="签发", at=SIGNED)


def _gap(signed: bytes) -> tuple[int, int]:
    """Where the signature itself stands."""
    (one,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    _begin, before, after, _rest = one.byte_range
    return int(before), int(after)


def test_an_unchanged_file_is_sound_and_tells_what_was_previewed(
    previewed: bytes, signed: bytes
) -> None:
    found = verify(signed, KNOWN, SEEN)
    assert found.state == "sound"
    assert found.previewed_sha256 == hashlib.sha256(previewed).hexdigest()
    assert found.file_sha256 == hashlib.sha256(signed).hexdigest()
    (one,) = found.signatures
    assert (one.who, one.court, one.issuer) == (COURT, COURT, "测试根证书机构")
    assert (one.at, one.stamped) == (SIGNED, False)
    assert (one.intact, one.trusted, one.whole) == (True, True, True)
    assert "2026年10月5日 10:30:00（签署方所称时间）" in found.sentences()[1]


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), inside=st.booleans())
def test_one_changed_bit_anywhere_is_seen(
    signed: bytes, where: float, bit: int, inside: bool
) -> None:
    """`inside`: where the signature stands, which its digest leaves out."""
    begin, end = _gap(signed) if inside else (0, len(signed))
    changed = bytearray(signed)
    changed[begin + int(where * (end - begin))] ^= 1 << bit
    found = verify(bytes(changed), KNOWN, SEEN)
    assert found.state != "sound"
    assert found.state in ("changed", "unreadable", "unsigned")
    assert all(found.sentences())


def test_every_byte_round_the_signature_and_at_the_end_counts(signed: bytes) -> None:
    begin, end = _gap(signed)
    places = [*range(begin - 3, begin + 60), *range(end - 40, end + 3), *range(-12, 0)]
    for place in places:
        for bit in range(8):
            changed = bytearray(signed)
            changed[place] ^= 1 << bit
            assert verify(bytes(changed), KNOWN, SEEN).state != "sound", (place, bit)


def test_hexadecimal_digits_of_the_signature_may_not_be_spelled_anew(signed: bytes) -> None:
    begin, end = _gap(signed)
    letter = next(n for n in range(begin, end) if signed[n : n + 1].isalpha())
    changed = signed[:letter] + signed[letter : letter + 1].swapcase() + signed[letter + 1 :]
    assert verify(changed, KNOWN, SEEN).state == "changed"


def _annotated(signed: bytes) -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(signed), incremental=True)
    note = FreeText(text="x", rect=(50, 50, 200, 100))
    writer.add_annotation(0, note)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _retitled(signed: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.add_stream_to_page(0, writer.add_object(_stream()))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _stream() -> object:
    from pyhanko.pdf_utils.generic import StreamObject  # noqa: PLC0415  a name of many meanings

    return StreamObject(stream_data=b"0 0 100 100 re f")


LATER = [
    (lambda data: data + b"\n", "changed", "最后一个签名之后还有未签署的内容"),
    (lambda data: data + b"%%EOF\n", "changed", ""),
    (_annotated, "changed", "签署后"),
    (_retitled, "changed", "签署后内容被改动"),
    (lambda data: data[: len(data) // 2], "unreadable", "末尾缺失"),
    (lambda data: data[:-3], "unreadable", "末尾缺失"),
    (lambda data: b"", "unreadable", "这不是 PDF 文件"),
    (lambda data: b"PK\x03\x04" + data, "changed", ""),
    (lambda data: b"%PDF-1.7\n%%EOF\n", "unreadable", "结构已损坏"),
    (lambda data: data.replace(b"/ByteRange", b"/BiteRange"), "unreadable", ""),
]


@pytest.mark.parametrize(("change", "state", "sentence"), LATER)
def test_what_is_added_or_cut_has_its_sentence(
    signed: bytes, change: object, state: str, sentence: str
) -> None:
    found = verify(change(signed), KNOWN, SEEN)  # type: ignore[operator]
    if state == "changed":
        assert found.state in ("changed", "unreadable")
    else:
        assert found.state == state
    assert sentence in "".join(found.sentences())


def test_a_file_without_a_signature_says_so(previewed: bytes) -> None:
    found = verify(previewed, KNOWN, SEEN)
    assert (found.state, found.signatures) == ("unsigned", ())
    assert found.previewed_sha256 == found.file_sha256


def test_an_exchanged_certificate_is_seen(signed: bytes) -> None:
    begin, end = _gap(signed)
    own = _digits(ISSUED.certificate)
    every = (_digits(AUTHORITY.issue(key=ISSUED.key).certificate) for _ in range(200))
    other = next(one for one in every if len(one) == len(own))  # of the same key, too
    held = signed[begin:end]
    assert own in held
    swapped = held.replace(own, other)
    assert verify(signed[:begin] + swapped + signed[end:], KNOWN, SEEN).state == "changed"


def _digits(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER).hex().upper().encode()


def test_whom_the_office_does_not_know_is_not_trusted(signed: bytes) -> None:
    for known in (Authorities(), Authorities((TestAuthority().root,))):
        found = verify(signed, known, SEEN)
        assert found.state == "untrusted"
        assert "不在本院信任之列" in found.sentences()[1]


TIMES = [
    (timedelta(days=2_000), "到期"),
    (timedelta(days=-1), "签署时间晚于核对时间"),
]


@pytest.mark.parametrize(("after", "sentence"), TIMES)
def test_the_term_of_the_certificate_counts(signed: bytes, after: timedelta, sentence: str) -> None:
    found = verify(signed, KNOWN, SIGNED + after)
    assert found.state == "untrusted"
    assert sentence in found.sentences()[1]


def test_a_list_in_the_folder_revokes(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(AUTHORITY.pem())
    assert verify(signed, read_authorities(tmp_path), SEEN).state == "sound"
    (tmp_path / "other.crl").write_bytes(TestAuthority().revoke(ISSUED, SIGNED))
    assert verify(signed, read_authorities(tmp_path), SEEN).state == "sound"
    (tmp_path / "own.crl").write_bytes(AUTHORITY.revoke(ISSUED, SIGNED + timedelta(hours=1)))
    # The list is long out of date; what it says is still true.
    found = verify(signed, read_authorities(tmp_path), SIGNED + timedelta(days=90))
    assert found.state == "untrusted"
    assert "注销" in found.sentences()[1]


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="无法读取"):
        read_authorities(tmp_path / "none")
    (tmp_path / "bad.pem").write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"bad\.pem"):
        read_authorities(tmp_path)
