"""`edesk circular` on a store of an invented city: previews, a court's copy, and what is wrong."""

import json
from datetime import date, datetime
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import select, update

from desktop.__main__ import main
from desktop.cli.opening import open_session
from desktop.contract.court_zone import COURT_ZONE
from desktop.documents.figures_draft import NewWeekly, make_weekly
from desktop.evidence.anchor import Payload, parse_payload
from desktop.evidence.figures import count
from desktop.evidence.taking import take
from desktop.evidence.week import parse_week, proposed
from storage.schema import table
from tests.evidence.town import TAKEN

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDESK_PASSPHRASE", "口令")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("city") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDESK_PASSPHRASE", "口令")
        words = ["--cases", "300", "--seed", "7", "--today", TODAY.isoformat()]
        assert main(["demo", "--store", str(made), *words]) == 0
    return made


def read(path: Path) -> str:
    pages = pypdf.PdfReader(path).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_a_preview_says_that_it_is_one_and_tells_the_week(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "week.pdf"
    capsys.readouterr()
    assert main(["circular", "weekly", "--store", str(store), str(out)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("预览，未编号、未签发，不具效力：2026年第47周（11月16日至11月22日）")
    words = read(out)
    assert "预览，未编号、未签发，不具效力" in words
    assert "未编号" in words
    with open_session(store) as opened, opened.session.read() as connection:
        week = proposed(opened.today)
        found = count(take(connection, opened.law, week, TAKEN.replace(day=23))).city
    assert f"收到执行信访{found['received'].hits}件，办结{found['closed'].hits}件" in words


@pytest.mark.parametrize("kind", ["weekly", "overdue"])
def test_the_same_store_gives_the_same_file_at_any_moment(
    kind: str, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(name: str) -> bytes:
        out = tmp_path / name
        words = ["--store", str(store), "--week", "2026-W46", str(out)]
        assert main(["circular", kind, *words]) == 0
        return out.read_bytes()

    def changed_at(moment: datetime) -> None:
        monkeypatch.setattr("desktop.cli.circular.last_change", lambda _connection: moment)

    first = made("first.pdf")
    assert made("second.pdf") == first
    # What changed on a later day is another state of the data, and the page says of which moment.
    changed_at(datetime(2026, 11, 20, 9, 15, tzinfo=COURT_ZONE))
    later = made("later.pdf")
    assert later != first
    assert "2026年11月20日9时15分" in read(tmp_path / "later.pdf")
    # No moment lies before the week was over.
    changed_at(datetime(2026, 11, 2, 9, 5, tzinfo=COURT_ZONE))
    made("early.pdf")
    assert "2026年11月2日" not in read(tmp_path / "early.pdf")


def test_one_court_and_one_week(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_session(store) as opened, opened.session.read() as connection:
        court = table("court").c
        code, name = connection.execute(
            select(court.code, court.name).where(court.short_name == "涧西")
        ).one()
    capsys.readouterr()
    for number, word in enumerate(("涧西", code, name)):
        out = tmp_path / f"{number}.pdf"
        words = ["--week", "2026-W46", "--court", word, "--format", "json", str(out)]
        assert main(["circular", "weekly", "--store", str(store), *words]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["preview"], told["of"]) == (True, "2026年第46周（11月9日至11月15日）")
        payload = parse_payload(told["anchor"])
        assert (payload.sha256, payload.head) == (told["snapshot_sha256"], None)
        text = read(out)
        assert f"{name}：" in text
        assert "（核对稿）" in text


def test_overdue_nodes_of_the_day(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "day.pdf"
    capsys.readouterr()
    assert main(["circular", "overdue", "--store", str(store), str(out)]) == 0
    assert "2026-11-23" in capsys.readouterr().out
    text = read(out)
    assert "关于2026年11月23日超期节点和消极执行情况的通报" in text
    assert "预览" in text


def test_a_numbered_document_is_printed_from_what_it_keeps(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its week is one that no document of the city has."""
    week = parse_week("2026-W30")
    document = table("document").c
    with open_session(store) as opened:
        with opened.session.read() as connection:
            frozen = take(connection, opened.law, week, TAKEN)
            member, team = table("membership").c, table("team").c
            clerk = connection.execute(
                select(member.person_id)
                .join(table("team"), team.id == member.team_id)
                .where(team.kind == "petition", member.role == "member", member.to_on.is_(None))
            ).scalar()
        with opened.session.write("拟周通报") as writing:
            made = make_weekly(writing.connection, NewWeekly(frozen, clerk, TAKEN))
            values = {"year": 2026, "serial": 930, "made_on": "2026-11-02"}
            writing.connection.execute(
                update(table("document")).where(document.id == made).values(values)
            )
    number = "洛中法执信通〔2026〕930号"
    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
    capsys.readouterr()
    for out in (first, second):
        words = ["--number", number, "--format", "json", str(out)]
        assert main(["circular", "weekly", "--store", str(store), *words]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["preview"], told["of"]) == (False, number)
    assert told["snapshot_sha256"] == frozen.sha256
    assert first.read_bytes() == second.read_bytes()
    text = read(first)
    assert number in text
    assert "预览" not in text
    assert main(["circular", "overdue", "--store", str(store), "--number", number, "x.pdf"]) != 0
    assert "不是超期、消极执行通报" in capsys.readouterr().err

    words = ["verify", "--store", str(store), "--anchor"]
    assert main([*words, told["anchor"]]) == 0
    assert number in capsys.readouterr().out
    other = Payload("W", week.label, "0" * 64, None).text()
    assert main([*words, other]) == 1
    assert "不符" in capsys.readouterr().out


def test_what_is_wrong_is_said(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "x.pdf")
    for words, said in (
        (["weekly", "--week", "2026-W54"], "不是周次"),
        (["weekly", "--week", "2026-W48"], "尚未结束"),
        (["weekly", "--court", "无名"], "没有法院“无名”，可取：洛阳中院"),
        (["overdue", "--week", "2026-W48"], "尚未结束"),
        (["weekly", "--number", "洛中法执信通〔2026〕99号"], "没有文号"),
        (["weekly", "--number", "x", "--week", "2026-W46"], "不能另给"),
    ):
        assert main(["circular", *words, "--store", str(store), out]) != 0
        assert said in capsys.readouterr().err
    assert not Path(out).exists()
    (tmp_path / "file").write_text("")
    gone = str(tmp_path / "file" / "x.pdf")
    assert main(["circular", "weekly", "--store", str(store), gone]) != 0
    assert "无法写入" in capsys.readouterr().err
