"""`edesk reproduce`: prints an issued document anew and compares it with what was signed. No Qt."""

import argparse
import json
from pathlib import Path

from desktop.cli.opening import open_session
from desktop.documents.pages import Reproduction, document_numbered, reproduce

NAME = "reproduce"
HELP = "重现已签发的公文，核对是否与签发时一致（一致为 0，不一致为 1）"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("number", metavar="NUMBER", help="发文字号，例如 洛中法执信通〔2026〕17号")
    parser.add_argument("--store", type=Path, required=True, help="数据目录")
    parser.add_argument("--format", choices=("json", "text"), default="text")


def run(args: argparse.Namespace) -> int:
    """Tells both fingerprints; 0 when they agree, 1 when not."""
    with open_session(args.store, shows=True) as opened, opened.session.read() as connection:
        found = reproduce(connection, document_numbered(connection, args.number))
    if args.format == "json":
        told = {
            "number": found.number,
            "same": found.same,
            "signed_pages": found.expected,
            "pages_now": found.found,
            "pages_in_file": found.in_file,
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_sentences(found)))
    return 0 if found.same else 1


def _sentences(found: Reproduction) -> list[str]:
    verdict = "一致：重现的版面与签发时逐字节相同。" if found.same else "不一致！"
    return [
        f"{found.number}　{verdict}",
        f"签发时版面 SHA-256：{found.expected}",
        f"今日重现　 SHA-256：{found.found}",
        f"签发文件内 SHA-256：{found.in_file}",
    ]
