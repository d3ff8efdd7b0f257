"""`edesk reproduce` on a store of an invented city, from draft to the signed file."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from desktop.__main__ import main
from desktop.circulars.seal import court_seal
from desktop.circulars.signature import sign
from desktop.circulars.signers import Signer, signer_from_file
from desktop.circulars.specimen import make_specimen
from desktop.cli.opening import open_session
from desktop.contract.court_zone import COURT_ZONE
from desktop.documents.case_words import office_words
from desktop.documents.course import ActArgs, ask, row_of, submit
from desktop.documents.drafts import CASE_WORDS, Draft, save
from desktop.documents.kinds import kinds
from desktop.documents.numbering import NumberArgs, ask_number
from desktop.documents.pages import Signed, prepare, rendered, store_signature
from desktop.documents.staff import matrix, signers
from desktop.rules.signing import Attempt, at_stage, decide
from desktop.rules.signing_matrix import Stage
from storage.schema import table

TODAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 9, 0, tzinfo=COURT_ZONE)


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDESK_PASSPHRASE", "口令")


def _who_may(connection: Connection, stage: Stage, court_id: str) -> str:
    """Anybody of the court whom the matrix lets do that stage of a notice."""
    rules, people = matrix(connection, TODAY), signers(connection, None, TODAY, court_id)
    for person in people:
        asked = Attempt("notice", stage, person, "", people=people)
        if decide(rules, at_stage(rules, asked)).allowed:
            return str(person.id)
    raise AssertionError(f"nobody of the court may {stage} a notice")


def _signed_notice(connection: Connection, signer: Signer) -> str:
    superior = table("court").c
    court = connection.execute(select(superior.id).where(superior.superior_id.is_(None))).scalar()
    clerk, chief = (_who_may(connection, stage, str(court)) for stage in (Stage.DRAFT, Stage.SIGN))
    template = kinds().kind("notice").template_on(TODAY)
    fields = {
        "subject": "报送涉案款物清理情况",
        "to": "各基层人民法院",
        "body": "请清理案款，并核对瀍河一案。",
        "reply_by": "2026-12-10",
        CASE_WORDS: office_words(TODAY),
    }
    draft = Draft("notice", template.ref, "关于报送的通知", fields, clerk, AT)
    made = save(connection, draft)
    content = row_of(connection, made).content_sha256
    submit(connection, ActArgs(made, clerk, AT + timedelta(minutes=1), content))
    number = ask_number(connection, NumberArgs(made, TODAY))
    act = ActArgs(made, chief, AT + timedelta(minutes=2), content)
    assert ask(connection, row_of(connection, made), Stage.SIGN, act).decision.allowed
    pages = rendered(prepare(connection, act))
    file = sign(pages, signer, seal=court_seal("虚构市中级人民法院"), reason="签发", at=act.at)
    store_signature(connection, Signed(act, pages, file))
    return number


def test_a_signed_document_comes_again_byte_by_byte(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "s"
    line = ["demo", "--store", str(store), "--cases", "20", "--seed", "4"]
    assert main([*line, "--today", TODAY.isoformat()]) == 0
    bundle = tmp_path / "court.p12"
    made = make_specimen("虚构市中级人民法院", "仅供测试", from_=AT - timedelta(days=30))
    bundle.write_bytes(made.bundle)
    with open_session(store) as opened, opened.session.write("签发通知") as write:
        number = _signed_notice(write.connection, signer_from_file(bundle, "仅供测试"))
    capsys.readouterr()
    assert main(["reproduce", number, "--store", str(store), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["same"] is True
    assert len({told["signed_pages"], told["pages_now"], told["pages_in_file"]}) == 1
    assert main(["reproduce", number, "--store", str(store)]) == 0
    assert "逐字节相同" in capsys.readouterr().out
    assert main(["reproduce", "洛中法执〔2026〕99号", "--store", str(store)]) != 0
    assert "没有文号为" in capsys.readouterr().err
