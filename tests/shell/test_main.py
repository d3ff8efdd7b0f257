"""The command line's edges: exit codes, sentences, no traceback."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop import __main__ as entry
from desktop.errors import UserError


def _edesk(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "desktop", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        cwd=Path(__file__).resolve().parents[2],
    )


def test_help_names_every_command() -> None:
    done = _edesk("--help")
    assert done.returncode == 0
    for name in entry.command_names():
        assert name in done.stdout


def test_names_of_files_and_commands_agree() -> None:
    for name in entry.command_names():
        module = entry._module_of(name)
        assert name == module.NAME
        assert module.HELP


@pytest.mark.parametrize("arguments", [("nonsense",), ("due", "--start"), ("--theme", "pink")])
def test_wrong_usage_exits_with_two(arguments: tuple[str, ...]) -> None:
    done = _edesk(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def _replace(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    class Module:
        NAME = "due"
        HELP = ""

        @staticmethod
        def configure(_parser: Any) -> None: ...

        @staticmethod
        def run(_args: Any) -> int:
            raise fault

    monkeypatch.setattr(entry, "_module_of", lambda _name: Module)


def test_a_refusal_is_one_sentence_and_exit_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _replace(monkeypatch, UserError("没有这个案件。"))
    assert entry.main(["due"]) == 1
    assert capsys.readouterr().err == "没有这个案件。\n"


def test_a_bug_leaves_a_report_and_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("EDESK_STORE", str(tmp_path))
    _replace(monkeypatch, ZeroDivisionError("柳明川"))
    assert entry.main(["due"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("程序错误已记录")
    assert "柳" not in err
    assert len(list((tmp_path / "reports").iterdir())) == 1


def test_a_subcommand_imports_no_qt() -> None:
    code = (
        "import sys; from desktop.__main__ import main;"
        "main(['due', '--start', '2017-03-31', '--period', '6m', '--format', 'json']);"
        "sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_screenshot_without_a_store_is_refused(tmp_path: Path) -> None:
    done = _edesk("screenshot", "--store", str(tmp_path / "none"), str(tmp_path / "out.png"))
    assert done.returncode == 1
    assert "没有数据" in done.stderr
