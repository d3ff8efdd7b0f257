"""Settings become a certificate, a token, a seal; each fault is one sentence."""

import io
from pathlib import Path

import pytest
from PIL import Image

from desktop.circulars.trust import Authorities
from desktop.circulars.verification import verify
from desktop.errors import UserError
from desktop.paper.pen import Pen, ReadCertificate, SignPages, pen_of, read_certificate, sign_pages
from desktop.settings import BY_KEY
from tests.circulars.certificates import COURT, SEEN, SIGNED, WORD, TestAuthority
from tests.circulars.test_signature import Token, authority, previewed, token

__all__ = ["authority", "previewed", "token"]


def _pages(pages: bytes, pen: Pen, pin: str = WORD) -> SignPages:
    return SignPages(pages, pen, pin, COURT, "签发", SIGNED)


@pytest.fixture
def bundle(authority: TestAuthority, tmp_path: Path) -> str:
    return str(authority.issue().bundle(tmp_path / "court.p12", authority.root))


def test_every_setting_of_the_pen_is_known_and_read() -> None:
    values = {
        "signing_certificate": " /a.p12 ",
        "signing_module": "/lib.so",
        "signing_token": "court",
        "signing_key_label": "签名证书",
        "seal_picture": "/seal.png",
        "time_stamp_address": "http://stamps",
    }
    assert set(values) | {"roots_folder"} <= set(BY_KEY)
    assert pen_of(lambda key: values[key]) == Pen(
        "/a.p12", "/lib.so", "court", "签名证书", "/seal.png", "http://stamps"
    )
    assert pen_of(lambda _key: "") == Pen()
    assert Pen().words == ""
    assert Pen(certificate="/x/court.p12").words == "证书文件 court.p12"
    assert Pen(certificate="/x/court.p12", module="/lib/p11.so").words == "密码设备 p11.so"


def test_a_token_is_used_where_a_driver_is_set(
    authority: TestAuthority, previewed: bytes, token: Token
) -> None:
    pen = Pen(certificate="/never/read.p12", module=str(token.module), token=token.label)
    signed = sign_pages(_pages(previewed, pen, "123456"))
    assert signed.startswith(previewed)
    assert verify(signed, Authorities((authority.root,)), SEEN).state == "sound"
    found = read_certificate(ReadCertificate(pen, "123456", SIGNED))
    assert (found.who, found.wrong, found.specimen) == (COURT, "", False)
    with pytest.raises(UserError, match="PIN"):
        sign_pages(_pages(previewed, pen, "000000"))
    labelled = Pen(module=str(token.module), token=token.label, label="别的")
    with pytest.raises(UserError, match="没有可用的证书"):
        sign_pages(_pages(previewed, labelled, "123456"))


def test_the_courts_own_print_is_the_seal(previewed: bytes, bundle: str, tmp_path: Path) -> None:
    path = tmp_path / "seal.png"
    Image.new("RGBA", (400, 400), (200, 0, 0, 120)).save(path)
    drawn = sign_pages(_pages(previewed, Pen(certificate=bundle)))
    printed = sign_pages(_pages(previewed, Pen(certificate=bundle, seal_picture=str(path))))
    assert b"/Subtype /Image" not in drawn[len(previewed) :]
    assert b"/Subtype /Image" in printed[len(previewed) :]
    with pytest.raises(UserError, match="无法读取"):
        sign_pages(_pages(previewed, Pen(certificate=bundle, seal_picture=str(tmp_path / "no"))))
    small = io.BytesIO()
    Image.new("RGB", (50, 50)).save(small, "PNG")
    path.write_bytes(small.getvalue())
    with pytest.raises(UserError, match="像素"):
        sign_pages(_pages(previewed, Pen(certificate=bundle, seal_picture=str(path))))


def test_nothing_set_is_told(previewed: bytes) -> None:
    for work in (
        lambda: sign_pages(_pages(previewed, Pen())),
        lambda: read_certificate(ReadCertificate(Pen(), "x", SIGNED)),
    ):
        with pytest.raises(UserError, match="签名设置"):
            work()
