"""Deliberate faults in the protocol. Each must be caught by the checker, or it checks nothing."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

import pytest

from storage import overlay
from storage.sync import engine, pull, push
from tests.simulation.hub import SimulatedHub

Mutant = Callable[[SimulatedHub, pytest.MonkeyPatch], AbstractContextManager[None]]


def _replaced(hub: SimulatedHub, function: str, was: str, becomes: str) -> tuple[str, str]:
    """The source of a hub function, and the same with one piece changed."""
    row = hub.admin.execute(
        "select pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n"
        " on n.oid = p.pronamespace where n.nspname = 'sync' and p.proname = %s",
        (function,),
    ).fetchone()
    assert row is not None
    assert was in row[0], f"{function} does not say {was!r}"
    return row[0], row[0].replace(was, becomes)


@contextmanager
def _hub_says(hub: SimulatedHub, function: str, was: str, becomes: str) -> Iterator[None]:
    right, wrong = _replaced(hub, function, was, becomes)
    hub.admin.execute(wrong)
    try:
        yield
    finally:
        hub.admin.execute(right)


@contextmanager
def _client_says(patch: pytest.MonkeyPatch, module: Any, name: str, value: Any) -> Iterator[None]:
    with patch.context() as within:
        within.setattr(module, name, value)
        yield


def naive_cursor(hub: SimulatedHub, _patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    """The cursor forgets which transactions were open."""
    return _hub_says(
        hub,
        "now_cursor",
        "else s::text",
        "else pg_snapshot_xmax(s) || ':' || pg_snapshot_xmax(s) || ':'",
    )


def no_leave(hub: SimulatedHub, _patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    """A moved row is told only to those it comes to."""
    return _hub_says(hub, "note_case", "n.scope <> w.scope", "false")


def blind_write(hub: SimulatedHub, _patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    """The last to arrive wins, whatever the value was."""
    return _hub_says(hub, "judge_case", "not g.as_was and not g.as_wished", "false")


def no_dedupe(_hub: SimulatedHub, patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    """Money is asked for anew with every sending."""
    right = push.freeze

    def freeze(session: Any, actor: str, **more: Any) -> push.Batch:
        from storage.ids import new_id  # noqa: PLC0415

        batch = right(session, actor, **more)
        with session.apply() as write:
            for n in batch.numbers:
                write.connection.exec_driver_sql(
                    "update _bundle set id = ? where n = ?", (new_id(), n)
                )
        return right(session, actor, **more)

    return _client_says(patch, push, "freeze", freeze)


def drop_rejected(_hub: SimulatedHub, patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    """What the hub refused is thrown away here."""
    right = push.settle

    def settle(session: Any, answers: Any) -> dict[str, int]:
        counts = right(session, answers)
        with session.apply() as write:
            write.connection.exec_driver_sql(
                "delete from _op where bundle_n in (select n from _bundle where verdict is not null"
                " and verdict <> 'applied')"
            )
            write.connection.exec_driver_sql(
                "delete from _bundle where verdict is not null and verdict <> 'applied'"
            )
        return counts

    return _client_says(patch, push, "settle", settle)


def no_overlay(_hub: SimulatedHub, patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    """An applied edit stays above every later base."""

    def view(base: overlay.Base, ops: list[overlay.LiveOp]) -> overlay.Row | None:
        undecided = [overlay.LiveOp(op.kind, op.new, op.old, None) for op in ops]
        return overlay_view(base, undecided)

    overlay_view = overlay.view
    return _client_says(patch, overlay, "view", view)


def early_cursor(_hub: SimulatedHub, patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    """The cursor moves in a commit of its own, before its rows."""
    right = pull.apply

    def apply(session: Any, pulled: pull.Pulled, **more: Any) -> None:
        hooks = session.before_commit
        session.before_commit = []
        right(session, pull.Pulled("ok", pulled.cursor))
        session.before_commit = hooks
        right(session, pulled, **more)

    return _client_says(patch, pull, "apply", apply)


def no_replay(_hub: SimulatedHub, patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    """After a failover nothing decided is sent again."""
    return _client_says(patch, engine, "recover", lambda *_args: False)


def no_bootstrap(hub: SimulatedHub, patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    """After a failover the pull goes on where it was."""
    return _hub_says(hub, "begin_pull", "p_history is distinct from history", "false")


def replay_unsigned(_hub: SimulatedHub, patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    """The lease is sent without its signature."""
    right = push.leased

    def leased(session: Any, actor: str, history: str) -> str:
        return right(session, actor, history).replace('"sig": "', '"sig": "0')

    return _client_says(patch, push, "leased", leased)


def schema_for_ever(hub: SimulatedHub, _patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    """What came in an unknown schema is not judged when the hub knows it at last."""
    return _hub_says(hub, "push", "b.verdict = 'upgrade'", "b.verdict = 'never'")


MUTANTS: Final[tuple[Mutant, ...]] = (
    naive_cursor,
    no_leave,
    blind_write,
    no_dedupe,
    drop_rejected,
    no_overlay,
    early_cursor,
    no_replay,
    no_bootstrap,
    replay_unsigned,
    schema_for_ever,
)
