"""The hub over a PostgreSQL connection. Network lane; one connection, opened when needed."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final, TypeVar

import psycopg
from psycopg import conninfo, sql
from psycopg.types.json import Jsonb
from sqlalchemy import Boolean, Integer, Table

from storage.overlay import TABLES
from storage.sync.identity import Identity
from storage.sync.line import Line, stoppable
from storage.sync.port import (
    Answer,
    Cursor,
    DeviceRevoked,
    Hello,
    Json,
    LoginRefused,
    PullState,
    Stopped,
    SyncFault,
    TextRow,
)
from storage.sync.refusals import fault_of, other_certificate, refusal_of

T = TypeVar("T")
BELL: Final = "edesk_bell"
# A cable that was pulled must be noticed within half a minute, not after the system's two hours.
_PATIENCE: Final = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "application_name": "edesk",
}
_FUNCTION: Final = re.compile(r"[a-z][a-z0-9_]*")
_COLUMNS: Final = {
    number: [column.name for column in table.columns] for number, table in TABLES.items()
}


class PostgresPull:
    """A repeatable-read transaction that one pull reads in."""

    def __init__(self, connection: Line, told: Json) -> None:
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
        if scopes is None and -1 not in self.cursor.scopes:
            # What the policy lets through anyway, but said so that an index is used for it.
            scopes = self.cursor.scopes
        # In the order of the replica's own key: its index then grows at one end, not everywhere.
        query = sql.SQL("copy (select {} from {}{} order by id) to stdout").format(
            columns,
            sql.Identifier("desk", TABLES[number].name),
            sql.SQL("")
            if scopes is None
            else sql.SQL(" where scope = any ({})").format(sql.Literal(list(scopes))),
        )
        yield from self._copied(query)

    def filled(self, number: int, columns: Iterable[str]) -> Iterator[TextRow]:
        """See Pulling."""
        table = TABLES[number]
        differs = sql.SQL(" or ").join(
            sql.SQL("{} is distinct from {}").format(sql.Identifier(name), _default(table, name))
            for name in columns
        )
        query = sql.SQL("copy (select {} from {} where {} order by id) to stdout").format(
            sql.SQL(", ").join(map(sql.Identifier, _COLUMNS[number])),
            sql.Identifier("desk", table.name),
            differs,
        )
        yield from self._copied(query)

    def census(self) -> dict[int, tuple[int, str]]:
        """See Pulling; in the snapshot of this pull."""
        told: Json = _first(self._connection, "select sync.census()", ())
        return {int(number): (int(n), total) for number, (n, total) in told.items()}

    def _copied(self, query: sql.Composed) -> Iterator[TextRow]:
        with self._connection.cursor() as cursor, cursor.copy(query) as copy:
            yield from self._connection.rows_of(copy)


class PostgresRemote:
    """Reaches the hub named by `dsn`; `close` ends the connection, `stop` may come from any thread.

    `bell`: hears when anybody wrote; `fileno` is then readable between two calls. `identity`: the
    device's certificate, where the hub asks for one.
    """

    def __init__(
        self,
        dsn: str,
        *,
        password: str | None = None,
        bell: bool = False,
        identity: Identity | None = None,
    ) -> None:
        self._dsn = dsn
        self._password = password
        self._identity = identity
        self._bell = bell
        self._rang = False
        self._stop = stoppable()
        self._connection: Line | None = None

    def close(self) -> None:
        """Ends the connection; the next call opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def stop(self) -> None:
        """Breaks off what is under way within a fraction of a second, for good. Any thread."""
        self._stop.set()

    @property
    def connected(self) -> bool:
        """Whether a connection stands, as far as this side knows."""
        return self._connection is not None and not self._connection.closed

    def fileno(self) -> int | None:
        """The socket of the connection, None without one."""
        return self._connection.fileno() if self.connected and self._connection else None

    def rang(self) -> bool:
        """Whether somebody else rang the bell during the calls since this was last asked: the
        socket says so only between two calls."""
        rang, self._rang = self._rang, False
        return rang

    def _on_bell(self, bell: psycopg.Notify) -> None:
        if self._connection is not None and bell.pid != self._connection.info.backend_pid:
            self._rang = True

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
            schema_ver=told.get("schema_ver") or "",
            min_client=told.get("min_client") or "",
            title=told.get("title") or "",
            person=told.get("person") or "",
            offline_days=told.get("offline_days") or 0,
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

    def call(self, function: str, *values: Any) -> Any:
        """A function of the hub by name; JSON as Python values. A refusal keeps the connection."""
        if not _FUNCTION.fullmatch(function):
            raise ValueError(f"not the name of a function: {function!r}")
        query = f"select sync.{function}({', '.join(['%s'] * len(values))})"
        given = tuple(Jsonb(one) if _is_json(one) else one for one in values)

        def ask(connection: Line) -> Any:
            try:
                return _first(connection, query, given)
            except psycopg.Error as error:
                refusal = None if connection.closed else refusal_of(error)
                if refusal is None:
                    raise
                raise refusal from error

        return self._guarded(ask)

    @contextmanager
    def pull(self, cursor: Cursor | None) -> Iterator[PostgresPull]:
        """See Remote."""

        def opened(connection: Line) -> Json:
            connection.execute("begin isolation level repeatable read read only")
            known = (cursor.history, cursor.epoch, cursor.snapshot) if cursor else (None, 0, None)
            told: Json = _first(connection, "select sync.begin_pull(%s, %s, %s)", known)
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

    def chain_head(self) -> tuple[int, str] | None:
        """Number and hash of the newest link of the audit chain, after what was decided so far has
        been linked; None before the first."""
        self._sealed()
        told = self._asked(
            "select (select jsonb_build_array(h.seq, h.link) from sync.chain_head() h)", ()
        )
        return None if told is None else (int(told[0]), str(told[1]))

    def _sealed(self) -> None:
        """Links what was decided into the chain; whoever comes next may do it as well."""
        self._asked("select sync.seal()", ())

    def _asked(self, query: str, values: tuple[object, ...]) -> Any:
        return self._guarded(lambda connection: _first(connection, query, values))

    def _guarded(self, ask: Callable[[Line], T]) -> T:
        if self._stop.is_set():
            raise Stopped("")
        try:
            return ask(self._opened())
        except psycopg.Error as error:
            raise self._fault(error) from error

    def _opened(self) -> Line:
        if self._connection is None or self._connection.closed:
            more = {} if self._password is None else {"password": self._password}
            asked = conninfo.conninfo_to_dict(self._dsn)
            nothing: AbstractContextManager[dict[str, str]] = nullcontext({})
            with nothing if self._identity is None else self._identity.files() as shown:
                dsn = conninfo.make_conninfo("", **{**_PATIENCE, **asked, **more, **shown})
                self._connection = Line.opened(dsn, self._stop)
            if self._bell:
                self._connection.execute(f"listen {BELL}")
                self._connection.add_notify_handler(self._on_bell)
        return self._connection

    def _fault(self, error: psycopg.Error) -> SyncFault:
        self.close()
        if self._stop.is_set():
            return Stopped("")
        fault = fault_of(error)
        shown, user = self._identity, conninfo.conninfo_to_dict(self._dsn).get("user")
        refused = isinstance(fault, LoginRefused) and fault.kind == "password"
        # The server does not tell a stranger which of the two was wrong.
        if refused and shown is not None and shown.who != user:
            return other_certificate(shown.who, str(user))
        return fault


def _first(connection: "psycopg.Connection[Any]", query: str, values: tuple[object, ...]) -> Any:
    """None also for a function that gives rows and has none: a hub without a link of its chain."""
    row = connection.execute(query, values).fetchone()
    return None if row is None else row[0]


def _default(table: Table, name: str) -> sql.Composable:
    """What a row holds in a column nobody has filled."""
    given = table.columns[name].server_default
    if given is None:
        return sql.NULL
    text = str(given.arg)  # type: ignore[attr-defined]
    numeric = isinstance(table.columns[name].type, Integer | Boolean)
    return sql.Literal(int(text) if numeric else text)


def _is_json(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list | tuple) and any(isinstance(one, dict) for one in value)
    )


def _answer(one: Json) -> Answer:
    return Answer(
        id=one["id"],
        verdict=one["verdict"],
        detail=one.get("detail"),
        vers=tuple((int(k), int(ver)) for k, ver in one["vers"]),
        history=one.get("history"),
        sig=one.get("sig"),
    )
