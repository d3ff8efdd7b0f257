"""A primary and its standbys of an installed PostgreSQL, made to be killed.

Only the files of the three servers and their programs are used; no manager stands above them. What
one would do after a failure is done here by name: promote, point the other at it, make the lost
one anew.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg
from psycopg import conninfo

from storage.hub import embedded

NAMES: Final = ("a", "b", "c")
_WAIT_S: Final = 30.0
_SETTINGS: Final = """
listen_addresses = '127.0.0.1'
unix_socket_directories = '{sockets}'
max_connections = 60
shared_buffers = '32MB'
max_wal_senders = 8
wal_keep_size = '256MB'
hot_standby = on
synchronous_commit = on
password_encryption = 'scram-sha-256'
wal_retrieve_retry_interval = '100ms'
timezone = 'Asia/Shanghai'
log_min_messages = fatal
fsync = off
dynamic_shared_memory_type = mmap
"""
# A killed process leaves what it wrote with the system, so that fsync is left out; whether a
# commit waits for the standby is not changed by that. Shared memory in the folder goes with it.
_HBA: Final = (
    "local all {owner} trust\nlocal replication {owner} trust\n"
    "host all all 127.0.0.1/32 scram-sha-256\n"
)


class Cluster:
    """Servers by name; `primary` is the one that takes writes."""

    def __init__(self, folder: Path, names: tuple[str, ...], *, synchronous: bool) -> None:
        self.programs = embedded.programs(tls=True)
        self._account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        self.owner = pwd.getpwuid(os.geteuid()).pw_name if self._account is None else "postgres"
        self.folder = folder / "cluster"
        self.folder.mkdir()
        self._give(self.folder)
        self.names = names
        self.ports = dict(zip(names, _free_ports(len(names)), strict=True))
        self.synchronous = f"ANY 1 ({','.join(names)})" if synchronous else ""
        self.primary = names[0]
        self._first()
        for name in names[1:]:
            self._copy(name)

    # What an administrator does

    def most_advanced(self) -> str:
        """The standby that has come furthest, once all have applied what they were sent."""
        standbys = [name for name in self.names if name != self.primary]
        reached = {name: self._settled(name) for name in standbys}
        return max(standbys, key=lambda name: reached[name])

    def fail_over(self, to: str) -> None:
        """Promotes a standby, points the other at it, makes the dead one anew."""
        dead, self.primary = self.primary, to
        with self.admin() as connection:
            connection.execute("select pg_promote(true, 30)")
        for name in self.names:
            if name not in (dead, to):
                with self.admin(name) as connection:
                    connection.execute(f"alter system set primary_conninfo = '{self._reach(name)}'")
                    connection.execute("select pg_reload_conf()")
        shutil.rmtree(self._data(dead))
        self._copy(dead)
        self.wait_streaming()

    def kill(self) -> None:
        """Ends every process of the primary at once."""
        pid = int((self._data(self.primary) / "postmaster.pid").read_text().split()[0])
        postmaster = psutil.Process(pid)
        every = [postmaster, *postmaster.children(recursive=True)]
        for process in every:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        psutil.wait_procs(every, timeout=10)

    def stall_standbys(self) -> None:
        """Nothing is sent to a standby any more, as over a dead line; the primary goes on."""
        with self.admin() as connection:
            rows = connection.execute("select pid from pg_stat_replication").fetchall()
        assert rows
        for (pid,) in rows:
            os.kill(pid, signal.SIGSTOP)

    def wait_streaming(self) -> None:
        """Until every standby follows."""
        with self.admin() as connection:
            self._until(
                connection,
                "select count(*) from pg_stat_replication where state = 'streaming'",
                len(self.names) - 1,
            )

    def stop(self) -> None:
        """Ends what runs."""
        for name in self.names:
            with contextlib.suppress(OSError, ValueError, psutil.Error):
                pid = int((self._data(name) / "postmaster.pid").read_text().split()[0])
                postmaster = psutil.Process(pid)
                if str(self._data(name)) not in " ".join(postmaster.cmdline()):
                    continue
                every = [postmaster, *postmaster.children(recursive=True)]
                for process in every:
                    process.send_signal(signal.SIGKILL)
                psutil.wait_procs(every, timeout=10)

    # How it is reached

    def admin_dsn(self, name: str | None = None) -> str:
        """The owner's door to one server."""
        return conninfo.make_conninfo(
            host=str(self.folder),
            port=self.ports[name or self.primary],
            user=self.owner,
            dbname="postgres",
        )

    def admin(self, name: str | None = None) -> "psycopg.Connection[Any]":
        """The owner's connection to one server."""
        return psycopg.connect(self.admin_dsn(name), autocommit=True)

    def dsn(self, who: str, password: str) -> str:
        """What a client has in its settings: all servers, of which it finds the primary."""
        return conninfo.make_conninfo(
            host=",".join("127.0.0.1" for _ in self.names),
            port=",".join(str(self.ports[name]) for name in self.names),
            user=who,
            password=password,
            dbname="postgres",
            target_session_attrs="read-write",
        )

    # Inner

    def _data(self, name: str) -> Path:
        return self.folder / name

    def _reach(self, name: str) -> str:
        port = self.ports[self.primary]
        return (
            f"host={self.folder} port={port} user={self.owner} application_name={name}"
            " sslmode=disable"
        )

    def _first(self) -> None:
        data = self._data(self.primary)
        self._run("initdb", "-D", str(data), "-U", self.owner, "-E", "UTF8", "--locale=C", "-N")
        (data / "pg_hba.conf").write_text(_HBA.format(owner=self.owner))
        (data / "postgresql.conf").write_text(_SETTINGS.format(sockets=self.folder))
        self._start(self.primary)

    def arm(self) -> None:
        """From now on a commit waits for a standby, where that is wanted."""
        with self.admin() as connection:
            connection.execute(f"alter system set synchronous_standby_names = '{self.synchronous}'")
            connection.execute("select pg_reload_conf()")

    def _copy(self, name: str) -> None:
        words = ("-D", str(self._data(name)), "-d", self._reach(name), "-R", "-X", "stream")
        self._run("pg_basebackup", *words, "-c", "fast", "-N")
        self._start(name)

    def _start(self, name: str) -> None:
        data = self._data(name)
        words = ("-o", f"-p {self.ports[name]}", "-l", str(self.folder / f"{name}.log"))
        self._run("pg_ctl", "-D", str(data), *words, "-w", "start")

    def _settled(self, name: str) -> int:
        """How far a standby has come, once it has applied all it was sent."""
        with self.admin(name) as connection:
            self._until(
                connection,
                "select (pg_last_wal_replay_lsn() >= coalesce(pg_last_wal_receive_lsn(), '0/0')"
                " and not exists (select 1 from pg_stat_wal_receiver where status = 'streaming'"
                "   and latest_end_time < now() - interval '1 hour'))::int",
                1,
            )
            row = connection.execute("select pg_last_wal_replay_lsn() - '0/0'::pg_lsn").fetchone()
        assert row is not None
        return int(row[0])

    def _until(self, connection: "psycopg.Connection[Any]", query: str, wanted: int) -> None:
        until = time.monotonic() + _WAIT_S
        while connection.execute(query).fetchone() != (wanted,):
            assert time.monotonic() < until, f"not within {_WAIT_S} s: {query}"
            time.sleep(0.05)

    def _give(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _run(self, program: str, *words: str) -> None:
        account = self._account
        log = self.folder / "programs.log"
        with log.open("ab") as output:
            done = subprocess.run(
                [str(self.programs / program), *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd="/",
                check=False,
                user=None if account is None else account.pw_uid,
                group=None if account is None else account.pw_gid,
                extra_groups=None if account is None else [],
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "Asia/Shanghai"},
            )
        told = log.read_text("utf-8", "replace")[-2000:]
        assert done.returncode == 0, f"{program}: {told}"


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]
