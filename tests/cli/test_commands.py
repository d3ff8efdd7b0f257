"""`edesk` as a newcomer, a clumsy and a hostile user type it: code, sentence, nothing half done."""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.__main__ import command_names, main
from desktop.cli import nodes

TODAY = "2026-11-23"
HEADER = "案号,立案日期,承办人,申请执行人,被执行人,申请标的额(元)\n"
ROW = "（2026）豫0302执900001号,2026-03-02,江小树,甲,乙,100\n"


def _edesk(line: str) -> int:
    return main(line.split(" "))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small city `s`, a backup `b.db` and files of every sort."""
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDESK_PASSPHRASE", "口令")
        patch.chdir(folder)
        assert _edesk("demo --store s --cases 60 --seed 4 --today 2026-11-23") == 0
        assert _edesk("backup --store s b.db") == 0
    (folder / "empty.csv").touch()
    (folder / "bytes.csv").write_bytes(bytes(range(256)) * 20)
    (folder / "zip.xlsx").write_bytes(b"PK\x03\x04")
    (folder / "deep.json").write_text("[" * 100_000, encoding="utf-8")
    (folder / "endless.json").write_text(
        '[{"案号": "（2026）豫0302执1号", "立案日期": "2026-01-05", "申请标的额(元)": 1e400}]',
        encoding="utf-8",
    )
    (folder / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "huge.csv").write_text(HEADER + "长" * 200_000, encoding="utf-8")
    (folder / "ok.csv").write_text(HEADER + ROW, encoding="utf-8")
    (folder / "semi.csv").write_text((HEADER + ROW).replace(",", ";"), encoding="utf-8-sig")
    (folder / "old.csv").write_text(HEADER + ROW, encoding="gb18030")
    (folder / "dir.csv").mkdir()
    return folder


@pytest.fixture(autouse=True)
def _at_home(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDESK_PASSPHRASE", "口令")
    monkeypatch.setenv("EDESK_STORE", str(place / "default"))
    monkeypatch.chdir(place)


REFUSED = [  # arguments, exit code, what the sentence says
    ("nosuch", 2, "没有这个命令：nosuch"),
    ("--stor x", 2, "不认识的参数"),
    ("due", 2, "缺少参数：--start, --period"),
    ("due --start 2017-13-01 --period 6m", 2, "“2017-13-01”不是日期"),
    ("due --start 2017-W13-5 --period 6m", 2, "不是日期"),
    ("due --start ２０１７-03-31 --period 6m", 2, "不是日期"),
    ("due --start 1017-03-31 --period 6m", 2, "年份应在"),
    ("due --start 2017-03-31 --period 6x", 2, "不是期间"),
    ("due --start 2017-03-31 --period -6m", 2, "--period"),
    ("due --start 2017-03-31 --period=-6m", 2, "不是期间"),
    ("due --start 2017-03-31 --period 0d", 2, "不是期间"),
    ("due --start 2017-03-31 --period 999999d", 2, "期间过长"),
    ("due --start 2017-03-31 --period 6m --exclude 2017-05-02..2017-05-01", 2, "末日早于首日"),
    ("due --start 2017-03-31 --period 6m --exclude 2017-05-02", 2, "应写作"),
    ("due --start 2017-03-31T10:00 --period 6m", 1, "不写时刻"),
    ("due --start 2017-03-31T10:00+08:00 --period 48h", 2, "不带时区"),
    ("due --start 1950-01-01 --period 3d --exclude 1950-01-02..2150-01-01", 1, "合计不能超过"),
    ("case-number", 2, "缺少参数：TEXT"),
    ("case-number （2017）豫0302乱1号", 1, "不认识类型代字“乱”"),
    ("case-number （2017）豫0302执0号", 1, "案件编号从 1 起"),
    ("case-number " + "(" * 5_000, 1, "案号有误"),
    ("nodes", 2, "缺少参数：--store"),
    ("nodes --store none", 1, "数据文件夹不存在"),
    ("nodes --store ok.csv", 1, "这是一个文件，不是数据文件夹"),
    ("nodes --store s --as-of 2026-02-30", 2, "不是日期"),
    ("nodes --store s --state 红", 1, "没有状态“红”"),
    ("nodes --store s --court 无此院", 1, "没有法院“无此院”"),
    ("nodes --store s --node N99", 1, "没有节点代码“N99”"),
    ("nodes --store s --format xml", 2, "--format 不能取 'xml'"),
    ("explain x --store s", 1, "没有找到节点“x”"),
    ("explain : --store s", 1, "没有找到节点"),
    ("explain 99999999999999999999999 --store s", 1, "没有找到节点"),
    ("explain （2026）豫0302执1号:N99 --store s", 1, "没有"),
    ("demo --store s --cases 5", 1, "只能写入空的数据目录"),
    ("demo --store s --person 无名氏", 1, "可写姓名，或职务"),
    ("demo --store new --cases 0", 2, "应为 1 至"),
    ("demo --store new --cases many", 2, "应为 1 至"),
    ("demo --store new --today 1999-01-01", 2, "演示的当日应在"),
    ("demo --store ok.csv --cases 5", 1, "无法使用数据文件夹"),
    ("import --store new --profile branch_cases empty.csv", 1, "是空的"),
    ("import --store new --profile branch_cases bytes.csv", 1, "文字编码不明"),
    ("import --store new --profile branch_cases zip.xlsx", 1, "不完整或已损坏"),
    ("import --store new --profile branch_cases deep.json", 1, "嵌套过深"),
    ("import --store new --profile branch_cases huge.csv", 1, "有单元格超过 131,072 个字符"),
    ("import --store new --profile branch_cases dir.csv", 1, "是文件夹"),
    ("import --store new --profile branch_cases none.csv", 1, "没有文件"),
    ("import --store new --profile branch_cases other.csv", 1, "缺少必需的列：“案号”"),
    ("import --store new --profile nope ok.csv", 1, "没有导入方案“nope”"),
    ("import --store new --profile bytes.csv ok.csv", 1, "不是 UTF-8 文本"),
    ("import --store new --profile s ok.csv", 1, "是文件夹"),
    ("import --store new --profile branch_cases ok.csv --rejects r.txt", 1, "退回表的文件名"),
    ("backup --store s b.db", 1, "不会覆盖"),
    ("backup --store none", 1, "数据文件夹不存在"),
    ("restore --store new none.db", 1, "备份文件不存在"),
    ("restore --store new other.csv", 1, "备份文件不完整"),
    ("restore --store new bytes.csv", 1, "不是执行指挥台的备份"),
    ("doctor --store none", 1, "数据文件夹不存在"),
    ("screenshot --store none a.png", 1, "没有数据"),
    ("screenshot --store s a.bmp", 2, "图片只存为 .png"),
    ("screenshot --store s --size 9x99999 a.png", 2, "边长应在"),
]


@pytest.mark.parametrize(("line", "code", "sentence"), REFUSED, ids=[r[0][:60] for r in REFUSED])
def test_refused_with_one_sentence(
    line: str, code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line.split(" ")) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert sentence in told.err
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err
    assert "程序错误" not in told.err
    assert not Path("new").exists()


DUE = [  # counted by hand on the published calendars
    ("--start 2017-03-31 --period 6m", "2017-09-30"),  # month end, a make-up Saturday
    ("--start 2017-09-28 --period 3d", "2017-10-09"),
    ("--start 2017-01-01 --period 1m", "2017-02-03"),  # Spring Festival
    ("--start 2016-12-31 --period 2m", "2017-02-28"),
    ("--start 2016-01-31 --period 1m", "2016-02-29"),
    ("--start 2015-02-28 --period 1y", "2016-02-29"),  # 28 February 2016 was a Sunday
    ("--start 2016-02-29 --period 1y", "2017-02-28"),
    ("--start 2016-02-29 --period 4y", "2020-03-02"),
    ("--start 2017-01-15 --period 7d", "2017-01-22"),  # make-up Sunday
    ("--start 2017-01-24 --period 3d", "2017-02-03"),
    ("--start 2017-01-25 --period 10d", "2017-02-04"),  # make-up Saturday
    ("--start 2017-03-29 --period 3d", "2017-04-01"),
    ("--start 2017-03-30 --period 3d", "2017-04-05"),
    ("--start 2018-02-05 --period 10d", "2018-02-22"),
    ("--start 2018-02-14 --period 10d", "2018-02-24"),
    ("--start 2018-09-21 --period 5wd", "2018-09-29"),
    ("--start 2018-09-28 --period 2wd", "2018-09-30"),
    ("--start 2024-02-08 --period 2wd", "2024-02-18"),  # 9 February was a working day
    ("--start 2024-02-09 --period 1d", "2024-02-18"),
    ("--start 2024-08-31 --period 6m", "2025-02-28"),
    ("--start 2024-09-27 --period 4d", "2024-10-08"),
    ("--start 2025-09-30 --period 1wd", "2025-10-09"),
    ("--start 2026-02-13 --period 1d", "2026-02-14"),
    ("--start 2026-02-14 --period 1d", "2026-02-24"),
    ("--start 2026-02-14 --period 5wd", "2026-02-28"),
    ("--start 2026-05-08 --period 1d", "2026-05-09"),
    ("--start 2026-09-24 --period 2d", "2026-09-28"),
    ("--start 2017-09-01 --period 30d --no-roll", "2017-10-01"),
    ("--start 2017-09-01 --period 30d", "2017-10-09"),
    (
        "--start 2017-04-01 --period 30d"
        " --exclude 2017-04-10..2017-04-14 --exclude 2017-04-13..2017-04-20",
        "2017-05-12",
    ),
    ("--start 2017-04-01 --period 30d --exclude 2017-03-01..2017-04-01", "2017-05-02"),
    ("--start 2017-03-10T22:30 --period 48h", "2017-03-12T23:00"),
    ("--start 2024-02-28T10:00 --period 24h", "2024-02-29T11:00"),
    ("--start 2017-09-30T16:30 --period 24h", "2017-10-01T17:00"),  # hours never roll
]


@pytest.mark.parametrize(("line", "due"), DUE)
def test_due_days_counted_by_hand(line: str, due: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["due", *line.split(), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["due"] == due
    assert found["certain"] is True
    assert found["not_before"] is None


def test_an_unpublished_year_gives_no_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert _edesk("due --start 2050-01-01 --period 6m --format json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["due"], found["certain"]) == (None, False)
    assert (found["not_before"], found["unpublished_years"]) == ("2050-07-01", [2050])


KEYS = {  # what docs/command-line.md promises
    "due --start 2017-03-31 --period 6m --format json": (
        "start period calendar certain due not_before due_at unpublished_years steps"
    ),
    "case-number （2017）豫0302执恢12号之一 --format json": (
        "number case year court special type_word meaning class confirmed serial follow_up legacy"
    ),
    "import --store s --profile branch_cases ok.csv --dry-run": (
        "read added changed unchanged rejected seconds dry_run courts_made teams_made"
        " people_made ignored_columns errors rejects"
    ),
    "doctor --store s --format json": (
        "folder device schema_version sqlite sqlcipher sound problems rows pending file_bytes"
        " log_bytes free_bytes latest_backup quarantined"
    ),
    "restore --store back b.db": "file schema_version made_at rows",
}


@pytest.mark.parametrize("line", KEYS)
def test_json_keys_are_stable(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split(" ")) == 0
    assert set(json.loads(capsys.readouterr().out)) == set(KEYS[line].split())


def test_nodes_and_explain_agree(capsys: pytest.CaptureFixture[str]) -> None:
    assert _edesk("nodes --store s") == 0  # an invented city stands on its own day
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) > 300
    assert " ".join(rows[0]) == (
        "case_number node_code node subject court team handler started_on due_on not_before"
        " done_on certain state days"
    )
    dated = next(row for row in rows if row["due_on"] and not row["subject"])
    name = f"{dated['case_number']}:{dated['node_code']}"
    assert main(["explain", name, "--store", "s", "--as-of", TODAY, "--format", "json"]) == 0
    why = json.loads(capsys.readouterr().out)
    assert (why["due"], why["state"]) == (dated["due_on"], dated["state"])


@pytest.mark.parametrize("file", ["ok.csv", "semi.csv", "old.csv"])
def test_the_same_rows_in_three_dresses(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["import", "--store", str(tmp_path / "i"), "--profile", "branch_cases", file]
    for added in (1, 0):
        assert main(words) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["added"], found["unchanged"], found["rejected"]) == (added, 1 - added, 0)


def test_an_endless_number_is_rejected_by_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert _edesk("import --store s --profile branch_cases endless.json --dry-run") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rejected"] == 1
    assert found["errors"][0]["column"] == "申请标的额(元)"


def test_wrong_and_missing_passphrases(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("nodes --store s", "doctor --store s", "restore --store new b.db"):
        monkeypatch.setenv("EDESK_PASSPHRASE", "错")
        assert main(command.split()) == 1
        assert "口令" in capsys.readouterr().err
    assert not Path("new").exists()


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    page = capsys.readouterr().out
    for name in command_names():
        assert name in page
        assert main([name, "--help"]) == 0
        assert "用法：" in capsys.readouterr().out


def _shell(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    # The command alone: a folder's name may hold the word, too.
    line = re.sub(r"(?<![\w/-])edesk(?= )", f"'{sys.executable}' -m desktop", line)
    roots = os.pathsep.join(path for path in sys.path if path)
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        capture_output=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": roots, **environment},
        check=False,
    )


def test_a_closed_pipe_is_no_error() -> None:
    done = _shell("edesk nodes --store s | head -1")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"[\n", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_the_output_is_told() -> None:
    done = _shell("edesk case-number '(2017)豫0302执12号' > /dev/full")
    assert done.returncode == 1
    assert done.stderr.decode() == "结果无法写出：磁盘空间不足。\n"


def test_output_is_utf8_whatever_the_terminal_claims() -> None:
    done = _shell("edesk case-number '(2017)豫0302执12号'", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "（2017）豫0302执12号" in done.stdout.decode("utf-8")


def test_an_interrupted_command_leaves_nothing(tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "k", ignore_errors=True)
    store = tmp_path / "k"
    # The shell interrupts the command once its store is there, long before it can be done.
    line = (
        f"edesk demo --store '{store}' --cases 900000 & p=$!;"
        f" until [ -s '{store}/replica.db' ]; do :; done; kill -INT $p; wait $p"
    )
    done = _shell(f"set -m; {line}")
    assert done.returncode == 130
    assert "Traceback" not in done.stderr.decode()
    assert main(["nodes", "--store", str(store)]) == 0


def test_what_a_library_logs_of_an_interrupt_is_not_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted while it lets go of a connection, the database library logs a traceback."""
    monkeypatch.setattr(logging, "lastResort", logging._StderrHandler(logging.WARNING))
    log = logging.getLogger("edesk-test")
    monkeypatch.setattr(log, "propagate", False)

    def interrupted(_args: object) -> int:
        for what in (KeyboardInterrupt(), ValueError("anders")):
            try:
                raise what
            except BaseException:
                log.exception("Exception during reset or similar")
        return 0

    monkeypatch.setattr(f"{nodes.__name__}.run", interrupted)
    assert main(["nodes", "--store", "s"]) == 0
    told = capsys.readouterr().err
    assert "KeyboardInterrupt" not in told
    assert "anders" in told


def test_a_secret_that_nobody_can_type_is_asked_for_by_its_name(tmp_path: Path) -> None:
    """A script without a terminal and without the variable gets a sentence, no report."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("EDESK_")}
    line = [*("certificate", "found", "--name", "试验"), "--authority", str(tmp_path / "authority")]
    done = subprocess.run(
        [sys.executable, "-m", "desktop", *line],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        start_new_session=True,  # no terminal to fall back on
    )
    assert done.returncode == 1
    assert "EDESK_AUTHORITY_PASSPHRASE" in done.stderr
    assert "程序错误" not in done.stderr
    assert not (tmp_path / "authority").exists()
