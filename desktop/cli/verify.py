"""`edesk verify FILE`: who signed a document, and whether it is as it was. No Qt, no network.

Exit code 0: unchanged, and signed under an authority of the office; 1: changed, damaged or no PDF;
2: unchanged but the issuer is unknown, or not signed at all.

`edesk verify --anchor CODE` holds the code at the foot of a circular against the audit chain (of a
hub or of an exported file), or against the snapshot in a store: 0 it fits, 1 it does not. For a
file alone there is `edesk audit tool`, which needs nothing but Python.

`edesk verify --receipt CODE` holds the code on the papers of a seizure against the chain of the
device in a store, and with `--hub` or `--chain` the heads that bound its time against the audit
chain: 0 it exists, in its order and with its content; 1 it does not.

`edesk verify --replay FILE` holds every byte of an exported replay against its manifest and that
against its signature: 0, 1 and 2 as for a document.
"""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from desktop.circulars.trust import Authorities, read_authorities
from desktop.circulars.verification import State, Verification, verify
from desktop.cli.audit import chain_of_file, chain_of_hub
from desktop.cli.opening import open_session
from desktop.command.receipts import prove
from desktop.command.replay.exporting import prove as prove_replay
from desktop.documents.figures_draft import documents_of
from desktop.errors import UserError
from desktop.evidence.anchor import KINDS, Payload, head_to_check, parse_payload, verdict_words
from desktop.settings import default_store
from storage.hub.chain_verifier import Head, Report, lines_of

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
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="PDF 文件")
    parser.add_argument(
        "--anchor", metavar="CODE", help="纸质通报页脚二维码的内容，以 EDESK1 开头；不核对 PDF"
    )
    parser.add_argument(
        "--receipt",
        metavar="CODE",
        help="查封、扣押清单和笔录上的回执码；与数据目录中该设备的回执链核对，不联网",
    )
    parser.add_argument(
        "--replay", action="store_true", help="FILE 是回放导出文件；逐字节核对内容与签名"
    )
    against = parser.add_mutually_exclusive_group()
    against.add_argument("--hub", metavar="DSN", help="与共享库的审计链核对（审计员或管理员）")
    against.add_argument("--chain", type=Path, metavar="FILE", help="与导出的审计链文件核对")
    parser.add_argument(
        "--store", type=Path, metavar="DIR", help="与数据目录中的数据快照或者回执链核对"
    )
    parser.add_argument(
        "--roots",
        type=Path,
        metavar="DIR",
        help="可信证书机构的文件夹（.pem .crt .cer，注销名单 .crl）；默认为数据文件夹下的 roots",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="输出格式")


def run(args: argparse.Namespace) -> int:
    """Prints what was found. Raises UserError where the file or the folder cannot be read."""
    if args.receipt is not None:
        return _run_receipt(args)
    if args.anchor is not None:
        return _run_anchor(args)
    if args.hub or args.chain or args.store:
        raise UserError("--hub、--chain、--store 与 --anchor 或 --receipt 一并使用。")
    if args.file is None:
        raise UserError("须给出文件，或用 --anchor 给出页脚编码。")
    try:
        if args.file.stat().st_size > _LARGEST:
            raise UserError(f"文件超过 200 MB：{args.file}。")
        data = args.file.read_bytes()
    except OSError as error:
        raise UserError(f"无法读取文件：{args.file}。") from error
    if args.replay:
        proof = prove_replay(data, _authorities(args.roots), datetime.now(UTC))
        _tell(args, proof.code == 0, list(proof.words))
        return proof.code
    found = verify(data, _authorities(args.roots), datetime.now(UTC))
    if args.format == "json":
        print(json.dumps(_as_json(found), ensure_ascii=False))
    else:
        print("\n".join(found.sentences()))
    return _CODES[found.state]


def _run_anchor(args: argparse.Namespace) -> int:
    if args.file is not None:
        raise UserError("--anchor 核对的是编码，不能同时给出文件。")
    if args.store is not None:
        if args.hub or args.chain:
            raise UserError("--store 与 --hub、--chain 只能给出一个。")
        return _against_store(args, parse_payload(args.anchor))
    if args.hub is None and args.chain is None:
        raise UserError("须用 --hub、--chain 或 --store 说明与什么核对。")
    payload = parse_payload(args.anchor)
    heads = [head_to_check(payload)]
    report = chain_of_file(args.chain, heads) if args.hub is None else chain_of_hub(args.hub, heads)
    said = [verdict_words(payload, report), *lines_of(report)]
    _tell(args, report.sound, said)
    return 0 if report.sound else 1


def _run_receipt(args: argparse.Namespace) -> int:
    if args.file is not None or args.anchor is not None:
        raise UserError("--receipt 核对的是回执码，不能同时给出文件或 --anchor。")
    store = args.store or default_store()
    with open_session(store, shows=True) as opened, opened.session.read() as connection:
        proof = prove(connection, args.receipt)
    said, sound = list(proof.words), proof.sound
    if args.hub is not None or args.chain is not None:
        if proof.head is None:
            said.append("该回执之前没有共享库的链头，无从与审计链核对。")
        else:
            heads = [Head(proof.head.seq, proof.head.link)]
            report = (
                chain_of_file(args.chain, heads)
                if args.hub is None
                else chain_of_hub(args.hub, heads)
            )
            sound = sound and report.sound
            said += _chain_words(report) + lines_of(report)
    _tell(args, sound, said)
    return 0 if sound else 1


def _chain_words(report: Report) -> list[str]:
    """What the hub's chain says of the head that a device knew when it signed."""
    if report.heads:
        return ["不符！设备签名时所知的链头不在审计链中：时间下限不成立，或者审计链被改写过。"]
    return ["设备签名时所知的链头仍在审计链中：签名确在该环之后。"]


def _against_store(args: argparse.Namespace, payload: Payload) -> int:
    with open_session(args.store, shows=True) as opened, opened.session.read() as connection:
        numbers = documents_of(connection, payload)
    what = f"{KINDS[payload.kind]}（{payload.label}）"
    if not numbers:
        said = [f"不符！数据目录中没有指纹为 {payload.sha256} 的数据快照：{what}。"]
    else:
        said = [f"相符：{what}的数据快照仍在，指纹一致：{'、'.join(numbers)}。"]
    _tell(args, bool(numbers), said)
    return 0 if numbers else 1


def _tell(args: argparse.Namespace, sound: bool, said: list[str]) -> None:
    if args.format == "json":
        print(json.dumps({"sound": sound, "sentences": said}, ensure_ascii=False))
    else:
        print("\n".join(said))


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
