"""`edesk` and `python -m desktop`: the window, or a subcommand.

Exit 0 done, 1 refused with a sentence on standard error, 2 usage. No traceback reaches a user: an
unexpected failure leaves a report file and one sentence.
"""

import argparse
import errno
import importlib
import io
import logging
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import desktop.cli
from desktop.cli.arguments import Parser, picture, whole
from desktop.errors import DeskError
from desktop.settings import default_store

NOT_COMMANDS: Final = frozenset({"arguments", "opening", "reaching"})
FAILED_SENTENCE: Final = "程序错误已记录"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs what the arguments ask for; gives the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    _write_utf8()
    try:
        return _dispatch(given)
    except SystemExit as leaving:  # argparse: 0 after --help, 2 on usage
        return leaving.code if isinstance(leaving.code, int) else 2
    except KeyboardInterrupt:
        print("已中断，未完成的写入已撤销。", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (edesk … | head); writing at exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except DeskError as refusal:
        return _refuse(str(refusal))
    except OSError as fault:
        if fault.filename is None and _output_is_gone(fault):
            reason = "磁盘空间不足" if fault.errno == errno.ENOSPC else "输出已关闭"
            return _refuse(f"结果无法写出：{reason}。")
        return _refuse_unknown(fault)
    except Exception as fault:
        return _refuse_unknown(fault)


def _write_utf8() -> None:
    """Files, pipes and foreign terminals get UTF-8; a terminal that knows Chinese keeps its own."""
    # A script may have closed the streams; what is printed then goes nowhere.
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not (stream.isatty() and _knows(stream)):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _knows(stream: io.TextIOWrapper) -> bool:
    try:
        "执行〔〕".encode(stream.encoding)
    except UnicodeEncodeError:
        return False
    return True


def _output_is_gone(fault: OSError) -> bool:
    """Whether standard output is full or closed: nothing more may be written at exit then."""
    if fault.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EBADF, errno.EIO):
        return False
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = io.StringIO()
    return True


def _dispatch(given: list[str]) -> int:
    if given and not given[0].startswith("-"):
        return _run_command(given)
    if given and given[0] in ("-h", "--help"):
        _whole_parser().print_help()
        return 0
    return _run_window(given)


def _run_command(given: list[str]) -> int:
    module = _module_of(given[0])
    if module is None:
        parser = _whole_parser()
        parser.error(f"没有这个命令：{given[0]}")
    parser = Parser(f"edesk {given[0]}", module.HELP)
    module.configure(parser)
    # What an interrupt breaks off is told once, in our words; a library would log its traceback
    # as well where it lets go of a connection at that very moment.
    if logging.lastResort is not None:
        logging.lastResort.addFilter(_is_no_interrupt)
    done: int = module.run(parser.parse_args(given[1:]))
    sys.stdout.flush()
    return done


def _is_no_interrupt(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], KeyboardInterrupt))


def _run_window(given: list[str]) -> int:
    parser = Parser("edesk", "执行指挥台")
    _add_window_arguments(parser)
    args = parser.parse_args(given)
    store = args.store or default_store()
    if args.screenshot is not None:
        from desktop.cli import screenshot  # noqa: PLC0415

        return screenshot.take(
            screenshot.Shot(
                store=store,
                out=args.screenshot,
                panel="desk",
                theme=args.theme or "dark",
                demo=args.demo,
                cases=args.cases,
                language=args.lang,
            )
        )
    from desktop.bootstrap import Options, run_window  # noqa: PLC0415  A subcommand needs no Qt.

    options = Options(
        store, args.demo, args.cases, theme=args.theme, language=args.lang, hub=args.hub or ""
    )
    return run_window(options)


def _add_window_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store", type=Path, metavar="DIR", help="数据文件夹")
    parser.add_argument("--demo", action="store_true", help="打开演示数据，没有时先生成")
    parser.add_argument(
        "--cases", type=whole(1, 1_000_000), default=50_000, metavar="N", help="演示案件数"
    )
    parser.add_argument("--theme", choices=("dark", "light"), help="深色或浅色")
    parser.add_argument("--lang", choices=("zh_CN", "en"), help="界面语言")
    parser.add_argument(
        "--hub", metavar="DSN", help="本次运行使用的共享库（口令可用环境变量 EDESK_HUB_PASSWORD）"
    )
    parser.add_argument("--screenshot", type=picture, metavar="OUT.png", help="截图后退出")


def command_names() -> list[str]:
    """The subcommands, by the file names of desktop.cli."""
    found = [module.name for module in pkgutil.iter_modules(desktop.cli.__path__)]
    return [_command_name(name) for name in found if name not in NOT_COMMANDS]


def _command_name(module: str) -> str:
    """import_ -> import, case_number -> case-number."""
    return module.strip("_").replace("_", "-")


def _module_of(command: str) -> Any:
    """The module of one command; the others are not imported, which keeps `due` quick."""
    for found in pkgutil.iter_modules(desktop.cli.__path__):
        if found.name not in NOT_COMMANDS and _command_name(found.name) == command:
            return importlib.import_module(f"desktop.cli.{found.name}")
    return None


def _whole_parser() -> Parser:
    parser = Parser("edesk", "执行指挥台。不带命令时打开窗口。")
    _add_window_arguments(parser)
    commands = parser.add_subparsers(title="命令", metavar="命令")
    for name in command_names():
        about = str(_module_of(name).HELP)
        commands.add_parser(name, help=about, prog=f"edesk {name}", description=about)
    return parser


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def _refuse_unknown(fault: Exception) -> int:
    """A replica's fault carries its sentence; anything else is a bug and gets a report."""
    from desktop.shell.crash import CrashReporter  # noqa: PLC0415
    from storage.faults import ReplicaFault  # noqa: PLC0415

    if isinstance(fault, ReplicaFault):
        return _refuse(str(fault))
    path = CrashReporter(default_store() / "reports").record(fault)
    return _refuse(f"{FAILED_SENTENCE}：{path}" if path is not None else f"{FAILED_SENTENCE}。")


if __name__ == "__main__":
    sys.exit(main())
