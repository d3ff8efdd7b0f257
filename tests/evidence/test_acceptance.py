"""Two weekly circulars over two thousand petitions of eighteen courts, read again from their PDF:
what is printed, what a click lists, and what plain SQL counts are one thing."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pdfplumber
import pytest
from sqlalchemy import Connection

from desktop.circulars.pages import write_official
from desktop.circulars.seal import court_seal
from desktop.circulars.signature import sign
from desktop.circulars.signers import signer_from_file
from desktop.circulars.specimen import make_specimen
from desktop.circulars.trust import Authorities
from desktop.circulars.verification import verify
from desktop.evidence.figures import Figures, count
from desktop.evidence.printing import Printed
from desktop.evidence.snapshot import Snapshot, unpacked
from desktop.evidence.taking import take
from desktop.evidence.week import Week
from desktop.evidence.weekly import weekly
from desktop.petitions.queries import counts_by_court
from tests.evidence.town import PETITIONS, TAKEN, WEEKS, Town, town

PASSPHRASE = "仅供测试"
PRINTED = Printed(
    mark="示范市中级人民法院文件",
    organ="示范市中级人民法院",
    centre="示范市中级人民法院执行指挥中心",
    number="示中法执信通〔2026〕17号",
    made_on=TAKEN.date(),
)
# 表1: where each figure stands in its line, and its parts in a line of 表2, 3 and 4.
_TOTALS = ("received", "closed", "due", "", "open", "overdue")
CODE = re.compile(r"XF-[2-9A-Z]{5}-[2-9A-Z]{5}")


class Sheet:
    """A printed circular with its figures."""

    def __init__(self, city: Town, week: Week, folder: Path) -> None:
        self.week = week
        with city.engine.connect() as connection:
            self.snapshot: Snapshot = take(connection, city.law, week, TAKEN)
        self.figures: Figures = count(self.snapshot)
        self.path = write_official(
            weekly(self.snapshot, (), (), PRINTED), folder / f"{week.label}.pdf"
        )
        with pdfplumber.open(self.path) as read:
            self.pages = [page.extract_text() for page in read.pages]
        self.text = "\n".join(self.pages)

    def lines(self, caption: str, until: str) -> dict[str, list[str]]:
        """Lines of a table by court: what stands behind number and name."""
        part = self.text[self.text.index(caption) : self.text.index(until)]
        found = {}
        names = [one.name for one in (*self.figures.courts, self.figures.city)]
        for line in part.splitlines():
            cells = line.split()
            if len(cells) > 4 and cells[0].isdigit() and cells[1] in names:
                found[cells[1]] = cells[2:]
        return found


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def sheets(city: Town, tmp_path_factory: pytest.TempPathFactory) -> list[Sheet]:
    folder = tmp_path_factory.mktemp("sheets")
    return [Sheet(city, week, folder) for week in WEEKS]


def _recounted(connection: Connection, week: Week) -> dict[str, tuple[int, int, int, int]]:
    """Received, closed, resolved and open by court, in SQL that shares nothing with the desk."""
    days = {"first": week.first.isoformat(), "last": week.last.isoformat()}
    rows = connection.exec_driver_sql(
        "select court_id,"
        " sum(date(substr(received_at, 1, 10)) between :first and :last),"
        " sum(coalesce(closed_on between :first and :last, 0)),"
        " sum(coalesce(closed_on between :first and :last and result = 'resolved', 0)),"
        " sum(substr(received_at, 1, 10) <= :last and (closed_on is null or closed_on > :last))"
        " from petition where duplicate_of is null group by court_id",
        days,
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


@pytest.mark.parametrize("number", [0, 1], ids=[week.label for week in WEEKS])
def test_what_is_printed_is_what_is_listed_and_what_sql_counts(
    city: Town, sheets: list[Sheet], number: int
) -> None:
    sheet = sheets[number]
    figures = sheet.figures
    with city.engine.connect() as connection:
        (rows,) = connection.exec_driver_sql("select count(*) from petition").fetchone() or (0,)
        assert rows == PETITIONS
        recounted = _recounted(connection, sheet.week)
        counted = {
            one.court_id: one
            for one in counts_by_court(connection, sheet.week.first, sheet.week.last)
        }
    totals = sheet.lines("表1", "图1")
    closed = sheet.lines("表3", "四、重复访")
    repeated = sheet.lines("表4", "五、挂网督办")
    assert len(totals) == len(closed) == len(repeated) == 19
    for one in (*figures.courts, figures.city):
        line = totals[one.name]
        for at, code in enumerate(_TOTALS):
            if code:
                assert line[at] == str(len(one[code].hit_ids)), (one.name, code)
        rate = one["closing_rate"]
        assert (line[2], line[3]) == (str(rate.of), str(len(rate.hit_ids)))
        assert line[6] == one["overdue_rate"].words()
        assert line[7] == one["days"].words()
        assert line[8] == one["case_ratio"].words()
        assert closed[one.name][:2] == [
            str(one["closed"].hits),
            str(len(one["resolved_rate"].hit_ids)),
        ]
        assert closed[one.name][4] == one["resolved_rate"].words()
        assert repeated[one.name][:3] == [
            str(len(one["repeat_rate"].of_ids)),
            str(len(one["repeat_rate"].hit_ids)),
            one["repeat_rate"].words(),
        ]
        if one.court is None:
            continue
        plain = recounted.get(one.court.id, (0, 0, 0, 0))
        assert tuple(map(int, (line[0], line[1], closed[one.name][1], line[4]))) == plain
        theirs = counted.get(one.court.id)
        assert (theirs is None and not any(plain[:3])) or (
            theirs is not None and plain[:3] == (theirs.received, theirs.closed, theirs.resolved)
        )


@pytest.mark.parametrize("number", [0, 1], ids=[week.label for week in WEEKS])
def test_every_number_has_its_rows_in_the_annex(sheets: list[Sheet], number: int) -> None:
    """X11: the annex lists whatever is behind some figure, once, and nothing else."""
    sheet = sheets[number]
    first = sheet.text.rindex("逐件清单")
    listed = sheet.text[first : sheet.text.rindex("案访比的分母")]
    codes = CODE.findall(listed)
    behind = {
        row
        for figure in sheet.figures.city.by_code.values()
        for row in (*figure.hit_ids, *(figure.of_ids if figure.code != "case_ratio" else ()))
    }
    by_id = sheet.snapshot.by_id
    assert len(codes) == len(set(codes)) == len(behind)
    assert set(codes) == {by_id[row].code for row in behind}


def test_named_petitions_are_the_longest_late_ones_without_their_names(
    sheets: list[Sheet],
) -> None:
    for sheet in sheets:
        named = sheet.text[sheet.text.index("表5") : sheet.text.index("六、异议处理")]
        late = [sheet.snapshot.by_id[one] for one in sheet.figures.city["overdue"].hit_ids]
        late.sort(key=lambda row: (row.due_on or "", row.code))
        for row in late[:30]:
            assert row.case_number in named
        assert "建国" not in sheet.text
        assert "秀英" not in sheet.text


def test_snapshot_and_its_hash_stand_on_the_sheet(sheets: list[Sheet]) -> None:
    for sheet in sheets:
        plain = "".join(sheet.text.split())
        assert sheet.snapshot.sha256 in plain
        assert "2026年11月2日8时30分固定" in plain
        assert all(sheet.snapshot.sha256[:16] in page for page in sheet.pages)
        assert "〔未核实〕" in plain
        assert "本码只锁定数据快照" in plain


def test_the_same_snapshot_gives_the_same_bytes_in_another_process(
    sheets: list[Sheet], tmp_path: Path
) -> None:
    sheet = sheets[0]
    stored = tmp_path / "snapshot"
    stored.write_bytes(sheet.snapshot.packed())
    assert unpacked(stored.read_bytes()) == sheet.snapshot
    code = (
        "import sys; from pathlib import Path;"
        " from desktop.circulars.pages import write_official;"
        " from desktop.evidence.snapshot import unpacked;"
        " from desktop.evidence.weekly import weekly;"
        " from tests.evidence.test_acceptance import PRINTED;"
        " made = unpacked(Path(sys.argv[1]).read_bytes());"
        " write_official(weekly(made, (), (), PRINTED), Path(sys.argv[2]))"
    )
    other = tmp_path / "other.pdf"
    subprocess.run(
        [sys.executable, "-c", code, str(stored), str(other)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Lima", "LC_ALL": "C"},
    )
    digests = {hashlib.sha256(one.read_bytes()).hexdigest() for one in (other, sheet.path)}
    assert len(digests) == 1


def test_a_signed_circular_is_valid_until_one_byte_is_changed(
    sheets: list[Sheet], tmp_path: Path
) -> None:
    court = PRINTED.organ
    made = make_specimen(court, PASSPHRASE, from_=TAKEN - timedelta(days=30))
    bundle = tmp_path / "court.p12"
    bundle.write_bytes(made.bundle)
    signer = signer_from_file(bundle, PASSPHRASE)
    for sheet in sheets:
        pages = sheet.path.read_bytes()
        file = sign(pages, signer, seal=court_seal(court), reason="签发", at=TAKEN)
        assert file.startswith(pages)
        assert verify(file, Authorities(), TAKEN).state == "untrusted"
        changed = bytearray(file)
        at = len(pages) // 2
        changed[at] ^= 1
        assert verify(bytes(changed), Authorities(), TAKEN).state in ("changed", "unreadable")
        path = tmp_path / "signed.pdf"
        for words, wanted in ((file, True), (bytes(changed), False)):
            path.write_bytes(words)
            told = _foreign(path)
            assert ("Signature is Valid" in told) is wanted, told


def _foreign(path: Path) -> str:
    """What poppler says."""
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig of poppler-utils is not installed")
    done = subprocess.run(
        ["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr
