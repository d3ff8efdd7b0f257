"""The hub over a PostgreSQL connection. Network lane; one connection, opened when needed."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import psycopg
from psycopg import sql

from storage.overlay import TABLES
from storage.sync.port import (
    Answer,
    Cursor,
    DeviceRevoked,
    Hello,
    Json,
    LoginRefused,
    PullState,
    SyncFault,
    TextRow,
    Unreachable,
)

T = TypeVar("T")
_COLUMNS: Final = {
    number: [column.name for column in table.columns] for number, table in TABLES.items()
}


class PostgresPull:
    """A repeatable-read transaction that one pull reads in."""

    def __init__(self, connection: "psycopg.Connection[Any]", told: Json) -> None:
        self._connection = connection
        self.state: PullState = told["state"]
        self.cursor = Cursor(
            told["history"], told["epoch"], told["cursor"], tuple(sorted(told["scopes"]))
        )
        self.tables = {int(number): int(n) for number, n in told["tables"].items()}
        self._since = ""

    def since(self, snapshot: str) -> "PostgresPull":
        """What the cursor of the caller had seen."""
        self._since = snapshot
        return self

    def changed(self, number: int) -> Iterator[TextRow]:
        """See Pulling."""
        table = sql.Identifier("desk", TABLES[number].name)
        columns = sql.SQL(", ").join(
            sql.SQL("t.{}").format(sql.Identifier(name)) for name in _COLUMNS[number]
        )
        query = sql.SQL(
            "copy (select x.id, t.id is null, {} from sync.changed({}, {}) x(id)"
            " left join {} t on t.id = x.id) to stdout"
        ).format(columns, sql.Literal(number), sql.Literal(self._since), table)
        yield from self._copied(query)

    def whole(self, number: int, scopes: Iterable[int] | None = None) -> Iterator[TextRow]:
        """See Pulling."""
        columns = sql.SQL(", ").join(map(sql.Identifier, _COLUMNS[number]))
        query = sql.SQL("copy (select {} from {}{}) to stdout").format(
            columns,
            sql.Identifier("desk", TABLES[number].name),
            sql.SQL("")
            if scopes is None
            else sql.SQL(" where scope = any ({})").format(sql.Literal(list(scopes))),
        )
        yield from self._copied(query)

    def _copied(self, query: sql.Composed) -> Iterator[TextRow]:
        with self._connection.cursor() as cursor, cursor.copy(query) as copy:
            yield from copy.rows()


class PostgresRemote:
    """Reaches the hub named by `dsn`; `close` ends the connection."""

    def __init__(self, dsn: str, *, password: str | None = None) -> None:
        self._dsn = dsn
        self._password = password
        self._connection: psycopg.Connection[Any] | None = None

    def close(self) -> None:
        """Ends the connection; the next call opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def hello(self, device: str, facts: Json) -> Hello:
        """See Remote."""
        told = self._asked("select sync.hello(%s, %s)", (device, json.dumps(facts)))
        if told["revoked"]:
            raise DeviceRevoked("本设备已被管理员注销，本机数据将被清除。")
        return Hello(
            history=told["history"],
            epoch=told["epoch"],
            who=told["who"],
            roles=tuple(role.removeprefix("edesk_") for role in told["roles"]),
            scopes=tuple(sorted(told["scopes"])),
            revoked=False,
            clock_off_ms=told["clock_off_ms"],
            file_key=told["file_key"],
            at=told["at"],
        )

    def push(self, device: str, bundles: str) -> list[Answer]:
        """See Remote."""
        answers = self._asked("select sync.push(%s, %s)", (device, bundles))
        self._sealed()
        return [_answer(one) for one in answers]

    def replay(self, device: str, bundles: str) -> list[Answer]:
        """See Remote."""
        return [
            _answer(one) for one in self._asked("select sync.replay(%s, %s)", (device, bundles))
        ]

    @contextmanager
    def pull(self, cursor: Cursor | None) -> Iterator[PostgresPull]:
        """See Remote."""

        def opened(connection: "psycopg.Connection[Any]") -> Json:
            connection.execute("begin isolation level repeatable read read only")
            known = (cursor.history, cursor.epoch, cursor.snapshot) if cursor else (None, 0, None)
            row = connection.execute("select sync.begin_pull(%s, %s, %s)", known).fetchone()
            assert row is not None
            told: Json = row[0]
            return told

        told = self._guarded(opened)
        connection = self._connection
        assert connection is not None
        try:
            yield PostgresPull(connection, told).since("" if cursor is None else cursor.snapshot)
            connection.execute("commit")
        except psycopg.Error as error:
            raise self._fault(error) from error
        finally:
            if not connection.closed and connection.info.transaction_status != 0:
                connection.execute("rollback")

    def _sealed(self) -> None:
        """Links what was decided into the chain; whoever comes next may do it as well."""
        self._asked("select sync.seal()", ())

    def _asked(self, query: str, values: tuple[object, ...]) -> Any:
        def ask(connection: "psycopg.Connection[Any]") -> Any:
            row = connection.execute(query, values).fetchone()
            assert row is not None
            return row[0]

        return self._guarded(ask)

    def _guarded(self, ask: Callable[["psycopg.Connection[Any]"], T]) -> T:
        try:
            if self._connection is None or self._connection.closed:
                dsn = self._dsn
                if self._password is not None:
                    dsn = psycopg.conninfo.make_conninfo(dsn, password=self._password)
                self._connection = psycopg.connect(dsn, autocommit=True)
            return ask(self._connection)
        except psycopg.Error as error:
            raise self._fault(error) from error

    def _fault(self, error: psycopg.Error) -> SyncFault:
        self.close()
        state = error.sqlstate or ""
        words = str(error).strip().splitlines()
        first = words[0] if words else type(error).__name__
        refused = state.startswith("28") or "authentication failed" in first
        if refused or "not permitted to log in" in first:
            return LoginRefused(
                "共享库拒绝登录：口令已变更、账号被锁定或设备未登记。待发内容已保留。"
            )
        if state == "42501":
            return LoginRefused(f"共享库没有授予所需的权限：{first}。待发内容已保留。")
        if not state or state[:2] in ("08", "40", "53", "57", "58", "55", "25"):
            return Unreachable("暂时连不上共享库，将自动重试；在此期间可以照常工作。")
        return SyncFault(f"共享库返回了意外的错误（{state}）：{first}。待发内容已保留。")


def _answer(one: Json) -> Answer:
    return Answer(
        id=one["id"],
        verdict=one["verdict"],
        detail=one.get("detail"),
        vers=tuple((int(k), int(ver)) for k, ver in one["vers"]),
        history=one.get("history"),
        sig=one.get("sig"),
    )
