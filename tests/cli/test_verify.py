"""`edesk verify` as a clerk types it: sentences, codes, and no traceback for any file."""

import json
from pathlib import Path

import pytest

from desktop.__main__ import main
from desktop.circulars.pages import write_official
from desktop.circulars.signature import sign
from desktop.circulars.signers import signer_from_file
from desktop.circulars.specimen import make_specimen
from tests.circulars.certificates import COURT, FROM, SIGNED, WORD
from tests.circulars.test_pages import circular


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed file, a changed one, one without a signature, one that is no PDF; a folder of
    roots that holds the authority, and one that holds none."""
    where = tmp_path_factory.mktemp("verify")
    made = make_specimen(COURT, WORD, from_=FROM)
    (where / "court.p12").write_bytes(made.bundle)
    plain = write_official(circular(), where / "plain.pdf").read_bytes()
    signer = signer_from_file(where / "court.p12", WORD)
    signed = sign(plain, signer, seal=None, reason="签发", at=SIGNED)
    (where / "signed.pdf").write_bytes(signed)
    (where / "changed.pdf").write_bytes(signed.replace(b"/Rotate 0", b"/Rotate 9", 1))
    (where / "cut.pdf").write_bytes(signed[:5_000])
    (where / "word.pdf").write_bytes(b"PK\x03\x04")
    for name in ("roots", "none", "bad"):
        (where / name).mkdir()
    (where / "roots" / "a.pem").write_bytes(made.authority)
    (where / "bad" / "a.pem").write_bytes(b"-----BEGIN nothing")
    return where


CASES = [  # file, roots, exit code, what is said
    ("signed.pdf", "roots", 0, "文件完好，签名有效，签发机构可信。"),
    ("signed.pdf", "none", 2, "签发者不在本院信任之列"),
    ("plain.pdf", "roots", 2, "没有电子签名"),
    ("changed.pdf", "roots", 1, "签名无效"),
    ("cut.pdf", "roots", 1, "末尾缺失"),
    ("word.pdf", "roots", 1, "这不是 PDF 文件"),
    ("missing.pdf", "roots", 1, "无法读取文件"),
    ("signed.pdf", "missing", 1, "可信证书文件夹无法读取"),
    ("signed.pdf", "bad", 1, "已损坏"),
]


@pytest.mark.parametrize(("file", "roots", "code", "sentence"), CASES)
def test_codes_and_sentences(
    folder: Path,
    file: str,
    roots: str,
    code: int,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["verify", str(folder / file), "--roots", str(folder / roots)]) == code
    told = capsys.readouterr()
    assert sentence in told.out + told.err
    assert "程序错误" not in told.err


def test_the_store_holds_whom_the_office_trusts(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EDESK_STORE", str(folder))
    assert main(["verify", str(folder / "signed.pdf"), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"state", "sentences", "file_sha256", "previewed_sha256", "signatures"}
    (one,) = found["signatures"]
    assert " ".join(one) == "who court issuer at stamped intact trusted whole changes why"
    assert (found["state"], one["court"]) == ("sound", COURT)
    monkeypatch.setenv("EDESK_STORE", str(folder / "none"))
    assert main(["verify", str(folder / "signed.pdf")]) == 2
