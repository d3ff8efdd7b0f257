"""`edesk certificate`: the court's authority for device certificates, and a device's own. No Qt."""

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from desktop.cli.arguments import asked_secret
from desktop.cli.opening import open_session
from desktop.errors import UserError
from storage.faults import ReplicaFault
from storage.hub.authority import CERTIFICATE, REVOKED, Authority
from storage.sync import identity

NAME = "certificate"
HELP = "设备证书：建立证书机构、签发、注销、列出；在设备上安装"
DAYS = 365
# The folder's passphrase and a file's password, for scripts.
_AUTHORITY_SECRET = "EDESK_AUTHORITY_PASSPHRASE"
_FILE_SECRET = "EDESK_CERTIFICATE_PASSWORD"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the sub-commands."""
    parts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    words = "建立本院的证书机构"
    found = parts.add_parser("found", help=words, description=words)
    found.add_argument("--name", required=True, help="机构名称，写入证书")
    words = "为一个登录名签发证书文件（PKCS#12）"
    issue = parts.add_parser("issue", help=words, description=words)
    issue.add_argument("who", help="登录名")
    issue.add_argument("--out", type=Path, required=True, help="证书文件")
    issue.add_argument("--days", type=int, default=DAYS, help=f"有效天数，默认 {DAYS}")
    words = "注销一个登录名的证书，服务器的注销名单随之更新"
    revoke = parts.add_parser("revoke", help=words, description=words)
    revoke.add_argument("who", help="登录名")
    revoke.add_argument("--serial", default="", help="只注销该编号的证书")
    words = "列出签发过的证书"
    every = parts.add_parser("list", help=words, description=words)
    for part in (found, issue, revoke, every):
        part.add_argument("--authority", type=Path, required=True, help="证书机构的文件夹")
    words = "把证书装入本机的数据目录"
    take = parts.add_parser("take", help=words, description=words)
    take.add_argument("file", type=Path, help="证书文件")
    take.add_argument("--store", type=Path, required=True, help="数据目录")


def run(args: argparse.Namespace) -> int:
    """Carries one out and prints JSON. Secrets come from the environment, else are asked for."""
    try:
        found = _ACTS[args.act](args)
    except ReplicaFault as fault:
        raise UserError(str(fault)) from fault
    except OSError as error:
        raise UserError(f"无法写入文件：{error.filename}。") from error
    print(json.dumps(found, ensure_ascii=False))
    return 0


def _found(args: argparse.Namespace) -> dict[str, Any]:
    passphrase = asked_secret(_AUTHORITY_SECRET, "证书机构的新口令：")
    Authority.make(args.authority, passphrase, name=args.name)
    return {
        "ssl_ca_file": str((args.authority / CERTIFICATE).absolute()),
        "ssl_crl_file": str((args.authority / REVOKED).absolute()),
    }


def _issue(args: argparse.Namespace) -> dict[str, Any]:
    authority = _opened(args)
    if args.out.exists():
        raise UserError(f"文件已存在：{args.out}。没有改动。")
    issued, bundle = authority.issue(
        args.who, asked_secret(_FILE_SECRET, "证书文件的新口令："), days=args.days
    )
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(args.out, flags, 0o600), "wb") as file:
        file.write(bundle)
    return {"file": str(args.out), **asdict(issued)}


def _revoke(args: argparse.Namespace) -> dict[str, Any]:
    authority = _opened(args)
    gone = authority.revoke(args.who, args.serial)
    return {
        "revoked": [asdict(one) for one in gone],
        "ssl_crl_file": str((args.authority / REVOKED).absolute()),
    }


def _list(args: argparse.Namespace) -> dict[str, Any]:
    return {"certificates": [asdict(one) for one in _opened(args).issued()]}


def _take(args: argparse.Namespace) -> dict[str, Any]:
    password = asked_secret(_FILE_SECRET, "证书文件的口令：")
    with open_session(args.store) as opened, opened.session.write("安装设备证书") as write:
        found = identity.take(write.connection, args.file, password)
    return {"who": found.who, "until": found.until.isoformat()}


def _opened(args: argparse.Namespace) -> Authority:
    return Authority.open(args.authority, asked_secret(_AUTHORITY_SECRET, "证书机构的口令："))


_ACTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "found": _found,
    "issue": _issue,
    "revoke": _revoke,
    "list": _list,
    "take": _take,
}
