"""A signed document begins with the previewed bytes, and foreign readers agree that it is valid."""

import io
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import combinations
from pathlib import Path
from time import process_time

import pypdf
import pytest
from asn1crypto import keys, tsp
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper

from desktop.circulars.pages import write_official
from desktop.circulars.seal import court_seal
from desktop.circulars.seal_room import Spot
from desktop.circulars.signature import sign
from desktop.circulars.signers import Signer, Token, asn1_of, signer_from_file, signer_from_token
from desktop.circulars.specimen import make_specimen
from desktop.circulars.trust import Authorities
from desktop.circulars.verification import verify
from desktop.errors import OutsideError, UserError
from tests.circulars.certificates import COURT, FROM, LAST, SEEN, SIGNED, WORD, TestAuthority
from tests.circulars.test_pages import BODY, circular

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


@pytest.fixture(scope="module")
def authority() -> TestAuthority:
    return TestAuthority()


@pytest.fixture(scope="module")
def previewed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("previewed") / "a.pdf"
    return write_official(circular(record=None, body=BODY[:2]), path).read_bytes()


def _signer(authority: TestAuthority, folder: Path, **issued: object) -> Signer:
    path = authority.issue(**issued).bundle(folder / "court.p12", authority.root)  # type: ignore[arg-type]
    return signer_from_file(path, WORD)


def _signed(previewed: bytes, signer: Signer, **other: object) -> bytes:
    given = {"seal": court_seal(COURT), "reason": "签发", "at": SIGNED, **other}
    return sign(previewed, signer, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_the_signed_bytes_are_the_previewed_ones(
    authority: TestAuthority, previewed: bytes, tmp_path: Path, kind: str
) -> None:
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else None
    signed = _signed(previewed, _signer(authority, tmp_path, key=key))
    assert signed.startswith(previewed)
    read = pypdf.PdfReader(io.BytesIO(signed))
    field = read.get_fields()["Seal1"]["/V"]
    assert field["/SubFilter"] == "/ETSI.CAdES.detached"
    assert field["/Reason"] == "签发"
    assert field["/M"] == "D:20261005103000+08'00'"
    begin, _before, after, rest = field["/ByteRange"]
    assert (begin, after + rest) == (0, len(signed))
    (one,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    assert one.docmdp_level.value == 2
    words = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(previewed)).pages]
    assert [page.extract_text() for page in read.pages] == words
    found = verify(signed, Authorities((authority.root,)), SEEN)
    assert found.state == "sound"


def test_a_foreign_reader_says_valid_and_no_longer_after_one_byte(
    authority: TestAuthority, previewed: bytes, tmp_path: Path
) -> None:
    # NSS, which poppler signs with, trusts what its own store says.
    store = tmp_path / "nss"
    store.mkdir()
    key = rsa.generate_private_key(65537, 2048)
    signed = _signed(previewed, _signer(authority, tmp_path, key=key))
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed)
    trusts = shutil.which("certutil") is not None
    if trusts:
        (tmp_path / "root.pem").write_bytes(authority.pem())
        where = ["-d", f"sql:{store}"]
        subprocess.run(["certutil", "-N", "--empty-password", *where], check=True)
        add = ["certutil", "-A", *where, "-n", "root", "-t", "CT,C,C", "-i"]
        subprocess.run([*add, str(tmp_path / "root.pem")], check=True)
    said = _pdfsig(path, store, trusts)
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    if trusts:
        assert "Certificate is Trusted" in said, said
    changed = bytearray(signed)
    changed[len(previewed) // 2] ^= 1
    path.write_bytes(changed)
    assert "Signature is Valid." not in _pdfsig(path, store, trusts)


def _pdfsig(path: Path, store: Path, trusts: bool) -> str:
    how = ["-nssdir", f"sql:{store}"] if trusts else ["-nocert"]
    done = subprocess.run(["pdfsig", *how, str(path)], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


REFUSED = [
    ({"last": SIGNED - timedelta(days=1)}, "到期"),
    ({"from_": SIGNED + timedelta(days=1)}, "起生效"),
    ({"signs": False}, "不是签名证书"),
    ({"key": rsa.generate_private_key(65537, 1024)}, "不足 2048 位"),
]


@pytest.mark.parametrize(("issued", "sentence"), REFUSED, ids=["past", "early", "usage", "weak"])
def test_a_certificate_that_may_not_sign_is_refused(
    authority: TestAuthority,
    previewed: bytes,
    tmp_path: Path,
    issued: dict[str, object],
    sentence: str,
) -> None:
    with pytest.raises(UserError, match=sentence):
        _signed(previewed, _signer(authority, tmp_path, **issued))


def test_a_file_that_is_no_certificate_is_refused(authority: TestAuthority, tmp_path: Path) -> None:
    good = authority.issue().bundle(tmp_path / "a.p12")
    with pytest.raises(UserError, match="口令不对"):
        signer_from_file(good, "别的口令")
    broken = tmp_path / "b.p12"
    broken.write_bytes(good.read_bytes()[:200])
    with pytest.raises(UserError, match="不是证书文件"):
        signer_from_file(broken, WORD)
    with pytest.raises(UserError, match="无法读取"):
        signer_from_file(tmp_path / "none.p12", WORD)
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  only here
        BestAvailableEncryption,
        pkcs12,
    )

    lone = tmp_path / "c.p12"
    sealed = BestAvailableEncryption(WORD.encode())
    one = authority.issue().certificate
    lone.write_bytes(pkcs12.serialize_key_and_certificates(None, None, one, None, sealed))
    with pytest.raises(UserError, match="没有证书和私钥"):
        signer_from_file(lone, WORD)


def test_what_cannot_be_signed_is_refused(
    authority: TestAuthority, previewed: bytes, tmp_path: Path
) -> None:
    signer = _signer(authority, tmp_path)
    with pytest.raises(UserError, match="不是完整的 PDF"):
        _signed(b"%PDF-1.4 nothing", signer)
    plain = write_official(circular(seal=False), tmp_path / "plain.pdf").read_bytes()
    with pytest.raises(UserError, match="没有为印章留出位置"):
        _signed(plain, signer)
    assert _signed(plain, signer, place=Spot(0, 300, 300)).startswith(plain)
    unseen = _signed(plain, signer, seal=None)
    assert verify(unseen, Authorities((authority.root,)), SEEN).state == "sound"
    with pytest.raises(UserError, match="不能再签"):
        _signed(unseen, signer)


def test_a_specimen_certificate_always_gives_a_specimen_seal(
    previewed: bytes, tmp_path: Path
) -> None:
    made = make_specimen(COURT, WORD, from_=FROM)
    path = tmp_path / "s.p12"
    path.write_bytes(made.bundle)
    signer = signer_from_file(path, WORD)
    assert signer.specimen
    assert "虚构样章" in signer.who
    assert "样章" in _seal_words(_signed(previewed, signer))


def test_a_real_certificate_gives_a_real_seal(
    authority: TestAuthority, previewed: bytes, tmp_path: Path
) -> None:
    signer = _signer(authority, tmp_path)
    assert not signer.specimen
    words = _seal_words(_signed(previewed, signer))
    assert "执行专用章" in words
    assert "样章" not in words


def _seal_words(signed: bytes) -> str:
    """The words in the appearance of the first signature, as a page of its own."""
    read = pypdf.PdfReader(io.BytesIO(signed))
    look = read.get_fields()["Seal1"].indirect_reference.get_object()["/AP"]["/N"]  # type: ignore[union-attr]
    (seal,) = look["/Resources"]["/XObject"].values()
    page = pypdf.PageObject.create_blank_page(width=200, height=200)
    page[pypdf.generic.NameObject("/Contents")] = seal.get_object()
    page[pypdf.generic.NameObject("/Resources")] = seal.get_object()["/Resources"]
    return page.extract_text()


@pytest.fixture
def token(authority: TestAuthority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Token:
    """A token in software with the court's key on it."""
    if not SOFTHSM.is_file() or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm.conf"))
    init = ["softhsm2-util", "--init-token", "--free", "--label", "court"]
    subprocess.run([*init, "--pin", "123456", "--so-pin", "87654321"], check=True)
    import pkcs11  # noqa: PLC0415  only where there is a token
    from pkcs11.util import rsa as encoding  # noqa: PLC0415
    from pkcs11.util import x509 as certificates  # noqa: PLC0415

    issued = authority.issue(key=rsa.generate_private_key(65537, 2048))
    der = issued.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    library = pkcs11.lib(str(SOFTHSM))
    library.reinitialize()
    with library.get_token(token_label="court").open(rw=True, user_pin="123456") as session:
        key = encoding.decode_rsa_private_key(der)
        session.create_object({**key, pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.ID: b"1"})
        one = certificates.decode_x509_certificate(issued.certificate.public_bytes(Encoding.DER))
        named = {pkcs11.Attribute.ID: b"1", pkcs11.Attribute.LABEL: "签名证书"}
        session.create_object({**one, **named, pkcs11.Attribute.TOKEN: True})
    return Token(SOFTHSM, "court")


def test_a_token_signs_and_refuses_a_wrong_pin(
    authority: TestAuthority, previewed: bytes, token: Token
) -> None:
    with signer_from_token(token, "123456") as signer:
        signed = _signed(previewed, signer)
    assert signed.startswith(previewed)
    assert verify(signed, Authorities((authority.root,)), SEEN).state == "sound"
    with pytest.raises(UserError, match="PIN"), signer_from_token(token, "000000"):
        pass
    with (
        pytest.raises(UserError, match="无法使用"),
        signer_from_token(Token(SOFTHSM, "other"), "123456"),
    ):
        pass
    with (
        pytest.raises(UserError, match="没有可用的证书"),
        signer_from_token(Token(SOFTHSM, "court", certificate="别的"), "123456"),
    ):
        pass


def test_a_driver_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match="驱动程序"),
        signer_from_token(Token(tmp_path / "none.so"), "1"),
    ):
        pass


@pytest.fixture
def stamps(authority: TestAuthority) -> Iterator[str]:
    """The address of an authority for time stamps that says it is two hours later."""
    key = rsa.generate_private_key(65537, 2048)
    issued = authority.issue("测试时间戳机构", stamps=True, key=key)
    der = issued.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    stamper = DummyTimeStamper(
        asn1_of(issued.certificate),
        keys.PrivateKeyInfo.load(der),
        fixed_dt=SIGNED + timedelta(hours=2),
    )

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            made = stamper.request_tsa_response(tsp.TimeStampReq.load(asked)).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(made)))
            self.end_headers()
            self.wfile.write(made)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_time_stamp_proves_the_moment_after_the_certificate_has_ended(
    authority: TestAuthority, previewed: bytes, tmp_path: Path, stamps: str
) -> None:
    signer = _signer(authority, tmp_path, last=SIGNED + timedelta(days=30))
    late = SIGNED + timedelta(days=60)
    known = Authorities((authority.root,))
    plain = verify(_signed(previewed, signer), known, late)
    assert plain.state == "untrusted"
    assert "没有时间戳证明" in plain.sentences()[1]
    stamped = verify(_signed(previewed, signer, time_stamps=stamps), known, late)
    assert stamped.state == "sound"
    assert stamped.signatures[0].stamped
    assert stamped.signatures[0].at == SIGNED + timedelta(hours=2)


def test_without_its_time_stamp_a_document_is_not_signed(
    authority: TestAuthority, previewed: bytes, tmp_path: Path
) -> None:
    with pytest.raises(OutsideError, match="时间戳"):
        _signed(previewed, _signer(authority, tmp_path), time_stamps="http://127.0.0.1:9/nothing")


def test_twenty_pages_are_signed_within_a_second(authority: TestAuthority, tmp_path: Path) -> None:
    body = BODY * 7
    made = write_official(circular(body=body), tmp_path / "long.pdf").read_bytes()
    assert len(pypdf.PdfReader(io.BytesIO(made)).pages) >= 20
    key = ec.generate_private_key(ec.SECP256R1())
    signer = _signer(authority, tmp_path, key=key, last=LAST)
    _signed(made, signer)  # typefaces are read once
    begun = process_time()  # work of this program: the machine may be busy with something else
    _signed(made, signer)
    assert process_time() - begun < 1


def test_organs_sign_a_joint_document_one_after_another(
    authority: TestAuthority, tmp_path: Path
) -> None:
    others = ("洛阳市公安局", "洛阳市司法局")
    made = circular(record=None, body=BODY[:1], joint=others)
    data = write_official(made, tmp_path / "joint.pdf").read_bytes()
    known = Authorities((authority.root,))
    for number, organ in enumerate((COURT, *others), start=1):
        signer = _signer(authority, tmp_path, who=organ)
        signed = _signed(data, signer, seal=court_seal(organ, lower=""))
        assert signed.startswith(data)
        data = signed
        found = verify(data, known, SEEN)
        assert found.state == "sound", found.sentences()
        assert [one.who for one in found.signatures] == [COURT, *others][:number]
        assert [one.whole for one in found.signatures] == [False] * (number - 1) + [True]
    assert "其他单位继续签署" in found.sentences()[1]
    with pytest.raises(UserError, match="不能再签"):
        _signed(data, signer)
    read = pypdf.PdfReader(io.BytesIO(data)).get_fields()
    boxes = [
        [float(edge) for edge in read[name].indirect_reference.get_object()["/Rect"]]
        for name in ("Seal1", "Seal2", "Seal3")
    ]
    for one, other in combinations(boxes, 2):  # none over another
        apart = [one[n + 2] <= other[n] or other[n + 2] <= one[n] for n in (0, 1)]
        assert any(apart), (one, other)
