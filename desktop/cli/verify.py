"""`edesk verify FILE`: who signed a document, and whether it is as it was. No Qt, no network.

Exit code 0: unchanged, and signed under an authority of the office; 1: changed, damaged or no PDF;
2: unchanged but the issuer is unknown, or not signed at all.
"""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from desktop.circulars.trust import Authorities, read_authorities
from desktop.circulars.verification import State, Verification, verify
from desktop.errors import UserError
from desktop.settings import default_store

NAME: Final = "verify"
HELP: Final = (
    "核对公文的电子签名（不联网）：以 0 结束为完好可信，1 为被改动、损坏或不是 PDF，"
    "2 为未被改动但签发者不可信，或没有签名"
)
ROOTS: Final = "roots"  # in the store: certificates that the office trusts
_LARGEST: Final = 200_000_000  # bytes
_CODES: Final[dict[State, int]] = {
    "sound": 0,
    "changed": 1,
    "unreadable": 1,
    "untrusted": 2,
    "unsigned": 2,
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument("file", type=Path, metavar="FILE", help="PDF 文件")
    parser.add_argument(
        "--roots",
        type=Path,
        metavar="DIR",
        help="可信证书机构的文件夹（.pem .crt .cer，注销名单 .crl）；默认为数据文件夹下的 roots",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="输出格式")


def run(args: argparse.Namespace) -> int:
    """Prints what was found. Raises UserError where the file or the folder cannot be read."""
    try:
        if args.file.stat().st_size > _LARGEST:
            raise UserError(f"文件超过 200 MB：{args.file}。")
        data = args.file.read_bytes()
    except OSError as error:
        raise UserError(f"无法读取文件：{args.file}。") from error
    found = verify(data, _authorities(args.roots), datetime.now(UTC))
    if args.format == "json":
        print(json.dumps(_as_json(found), ensure_ascii=False))
    else:
        print("\n".join(found.sentences()))
    return _CODES[found.state]


def _authorities(given: Path | None) -> Authorities:
    if given is not None:
        return read_authorities(given)
    usual = default_store() / ROOTS
    return read_authorities(usual) if usual.is_dir() else Authorities()


def _as_json(found: Verification) -> dict[str, Any]:
    return {
        "state": found.state,
        "sentences": found.sentences(),
        "file_sha256": found.file_sha256,
        "previewed_sha256": found.previewed_sha256,
        "signatures": [
            {
                "who": one.who,
                "court": one.court,
                "issuer": one.issuer,
                "at": one.at.isoformat() if one.at is not None else None,
                "stamped": one.stamped,
                "intact": one.intact,
                "trusted": one.trusted,
                "whole": one.whole,
                "changes": one.changes,
                "why": one.why,
            }
            for one in found.signatures
        ],
    }
