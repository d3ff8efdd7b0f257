"""`edesk hub`: set up a shared database, keep its logins, bring one up for trying out. No Qt."""

import argparse
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from desktop.cli.arguments import asked_secret
from desktop.errors import UserError
from storage import migrations
from storage.faults import ReplicaFault
from storage.hub import health, setup, upgrade, users
from storage.merge import ROLES

NAME = "hub"
HELP = "共享库：初始化、用户与设备、健康检查、演示用共享库"
DEMO_USER = "demo"
_PASSWORD = "EDESK_USER_PASSWORD"  # for scripts
OFFLINE_DAYS_MAX = 3650


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the sub-commands."""
    parts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    init = parts.add_parser(
        "init", help="把一个数据库初始化为共享库", description="把一个数据库初始化为共享库"
    )
    init.add_argument("dsn", help="数据库管理员的连接串")
    words = "把共享库升级到本程序的结构版本，数据与权限不变"
    newer = parts.add_parser("upgrade", help=words, description=words)
    newer.add_argument("dsn", help="数据库管理员的连接串")
    demo = parts.add_parser(
        "demo",
        help="启动一个演示用共享库，不需要安装服务程序",
        description="启动一个演示用共享库，不需要安装服务程序",
    )
    demo.add_argument("--dir", type=Path, required=True, help="存放共享库的文件夹")
    demo.add_argument("--detach", action="store_true", help="启动后返回，共享库继续运行")
    demo.add_argument("--stop", action="store_true", help="停止该文件夹中的共享库")
    check = parts.add_parser("health", help="检查共享库", description="检查共享库")
    check.add_argument("dsn", help="数据库管理员的连接串")
    words = "用户：列出、新增、锁定、解锁、范围、角色、口令"
    user = parts.add_parser("user", help=words, description=words)
    user.add_argument("what", choices=tuple(_USER_ACTS), help="做什么")
    user.add_argument("dsn", help="数据库管理员的连接串")
    user.add_argument("who", nargs="?", default="", help="登录名（列出时不需要）")
    user.add_argument("--role", action="append", default=[], help=f"角色：{'、'.join(ROLES)}")
    user.add_argument(
        "--scope", action="append", type=int, default=[], help="团队编号；-1 为指挥中心（全部）"
    )
    user.add_argument("--title", default="", help="职务")
    user.add_argument("--person", help="对应人员的标识")
    words = "设备可离线使用的天数；0 为不限"
    offline = parts.add_parser("offline", help=words, description=words)
    offline.add_argument("dsn", help="数据库管理员的连接串")
    offline.add_argument("days", type=int, help="天数")
    device = parts.add_parser("device", help="设备：列出、注销", description="设备：列出、注销")
    device.add_argument("what", choices=("list", "revoke"), help="做什么")
    device.add_argument("dsn", help="数据库管理员的连接串")
    device.add_argument("device", nargs="?", default="", help="设备标识（列出时不需要）")


def run(args: argparse.Namespace) -> int:
    """Carries one out and prints JSON."""
    try:
        found = _ACTS[args.act](args)
    except ReplicaFault as fault:
        raise UserError(str(fault)) from fault
    print(json.dumps(found, ensure_ascii=False, default=str))
    return 0


def _init(args: argparse.Namespace) -> dict[str, Any]:
    return setup.initialise(args.dsn)


def _upgrade(args: argparse.Namespace) -> dict[str, Any]:
    return upgrade.upgrade(args.dsn)


def _demo(args: argparse.Namespace) -> dict[str, Any]:
    # Loads nowhere but on POSIX; all else of this command works on every system.
    from storage.hub import embedded  # noqa: PLC0415

    if args.stop:
        return {"stopped": embedded.stop(args.dir)}
    server = embedded.start(args.dir)
    login = _demo_login(server.folder / "demo.json")
    with psycopg.connect(server.admin_dsn) as connection:
        # Each step only where it is missing: the first start may have been cut off.
        if not setup.is_hub(connection):
            setup.build(connection)
        elif upgrade.version_of(connection) < migrations.SCHEMA_VERSION:
            upgrade.carry_out(connection)
        if not users.exists(connection, login["user"]):
            roles = [role for role in ROLES if role != "auditor"]
            users.add(connection, login["user"], login["password"], roles, [-1], title="演示用户")
    told = {
        "dsn": server.dsn(login["user"], login["password"]),
        "admin_dsn": server.admin_dsn,
        "port": server.port,
        "dir": str(server.folder),
    }
    if not args.detach:
        print(json.dumps(told, ensure_ascii=False), flush=True)
        with suppress(EOFError, KeyboardInterrupt):
            input("按回车键停止……\n")
        return {"stopped": embedded.stop(args.dir)}
    return told


def _demo_login(card: Path) -> dict[str, str]:
    """The demonstration's login, kept beside its server for the owner alone."""
    if not card.exists():
        made = {"user": DEMO_USER, "password": secrets.token_urlsafe(12)}
        part = card.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(made), "utf-8")
        part.replace(card)
    found: dict[str, str] = json.loads(card.read_text("utf-8"))
    return found


def _health(args: argparse.Namespace) -> dict[str, Any]:
    with _connected(args.dsn) as connection:
        return health.examine(connection)


def _user(args: argparse.Namespace) -> dict[str, Any]:
    if args.what != "list" and not args.who:
        raise UserError("请写明登录名。")
    with _connected(args.dsn) as connection:
        if args.what == "list":
            return {"users": users.every_user(connection)}
        _USER_ACTS[args.what](connection, args)
    return {"user": args.who, "done": args.what}


def _add(connection: "psycopg.Connection[Any]", args: argparse.Namespace) -> None:
    users.add(
        connection,
        args.who,
        asked_secret(_PASSWORD, "新用户的口令："),
        args.role,
        args.scope,
        title=args.title,
        person_id=args.person,
    )


def _device(args: argparse.Namespace) -> dict[str, Any]:
    with _connected(args.dsn) as connection:
        if args.what == "list":
            return {"devices": users.every_device(connection)}
        if not args.device:
            raise UserError("请写明设备标识。")
        users.revoke_device(connection, args.device)
    return {"device": args.device, "done": args.what}


def _offline(args: argparse.Namespace) -> dict[str, Any]:
    if not 0 <= args.days <= OFFLINE_DAYS_MAX:
        raise UserError(f"天数须在 0 至 {OFFLINE_DAYS_MAX} 之间，0 为不限。")
    with _connected(args.dsn) as connection:
        connection.execute("update sync.hub set offline_days = %s", (args.days,))
    return {"offline_days": args.days}


def _connected(dsn: str) -> "psycopg.Connection[Any]":
    try:
        return psycopg.connect(dsn)
    except psycopg.Error as error:
        first = str(error).strip().splitlines()[0]
        raise UserError(f"无法连接共享库：{first}") from error


_USER_ACTS: dict[str, Callable[["psycopg.Connection[Any]", argparse.Namespace], None]] = {
    "list": lambda _connection, _args: None,
    "add": _add,
    "lock": lambda connection, args: users.lock(connection, args.who),
    "unlock": lambda connection, args: users.lock(connection, args.who, locked=False),
    "scope": lambda connection, args: users.set_scopes(connection, args.who, args.scope),
    "role": lambda connection, args: users.set_roles(connection, args.who, args.role),
    "password": lambda connection, args: users.set_password(
        connection, args.who, asked_secret(_PASSWORD, "新口令：")
    ),
}
_ACTS = {
    "init": _init,
    "upgrade": _upgrade,
    "demo": _demo,
    "health": _health,
    "user": _user,
    "device": _device,
    "offline": _offline,
}
