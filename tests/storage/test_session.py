"""Reading and writing: one write is one transaction, one bundle, one ChangeSet."""

import threading

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from storage.faults import RefusedByRule
from storage.outbox import pending
from storage.records.changes import ALL, IDS_MAX, ChangeSet
from storage.replica import Replica
from storage.schema import table
from storage.session import Session
from tests.storage.rows import add, case, court, event


def _scalar(session: Session, sql: str) -> object:
    with session.read() as connection:
        return connection.execute(text(sql)).scalar()


def test_a_write_gives_its_rows_and_one_bundle(session: Session) -> None:
    place = court()
    first, second = case(place["id"], 1), case(place["id"], 2)
    with session.write("立案") as write:
        add(write.connection, "court", place)
        add(write.connection, "case", first, second)
    assert write.changes == ChangeSet(
        {"court": frozenset({place["id"]}), "case": frozenset({first["id"], second["id"]})}
    )
    with session.read() as connection:
        row = connection.execute(text("select id, actor, label, state from _bundle")).one()
        steps = connection.execute(text("select k from _op order by seq")).scalars().all()
    assert tuple(row) == (write.bundle_id, "周书言", "立案", "pending")
    assert steps == [0, 1, 2]


def test_a_write_that_changes_nothing_leaves_no_bundle(session: Session) -> None:
    place = court()
    with session.write("建院") as write:
        add(write.connection, "court", place)
    with session.write("未改动") as write:
        write.connection.execute(update(table("court")).values(code=place["code"]))
    assert not write.changes
    assert write.bundle_id is None
    assert _scalar(session, "select max(n) from _bundle") == 1


def test_bundle_numbers_have_no_holes_after_failures(session: Session) -> None:
    for attempt in range(4):
        try:
            with session.write("建院") as write:
                add(write.connection, "court", court())
                if attempt % 2:
                    raise ValueError("cancelled half way")
        except ValueError:
            pass
    assert _scalar(session, "select max(n) = count(*) from _bundle") == 1
    assert _scalar(session, "select max(seq) = count(*) from _op") == 1


def test_an_error_rolls_everything_back(session: Session) -> None:
    def orphan() -> None:
        with session.write("立案") as write:
            add(write.connection, "court", court())
            add(write.connection, "case", case("no-such-court", 1))

    with pytest.raises(IntegrityError):
        orphan()
    assert _scalar(session, "select count(*) from court") == 0
    assert _scalar(session, "select count(*) from _op") == 0


def test_a_cancelled_write_leaves_nothing_and_no_error(session: Session) -> None:
    with session.write("导入") as write:
        add(write.connection, "court", court())
        write.abandon()
    assert not write.changes
    assert _scalar(session, "select count(*) from court") == 0


def test_readers_refuse_writes_and_keep_their_snapshot(session: Session) -> None:
    with session.read() as connection, pytest.raises(OperationalError):
        connection.execute(delete(table("court")))
    with session.read() as reader:
        assert reader.execute(text("select count(*) from court")).scalar() == 0
        with session.write("建院") as write:
            add(write.connection, "court", court())
        assert reader.execute(text("select count(*) from court")).scalar() == 0
    assert _scalar(session, "select count(*) from court") == 1


def test_base_data_leaves_no_operations_but_names_its_rows(session: Session) -> None:
    place = court()
    with session.apply(origin="demo") as write:
        add(write.connection, "court", place)
        write.connection.execute(update(table("court")).values(name="改", ver=7))
    assert write.changes == ChangeSet({"court": frozenset({place["id"]})}, "demo")
    assert _scalar(session, "select count(*) from _op") == 0
    assert _scalar(session, "select applying from _ctl") == 0
    assert _scalar(session, "select count(*) from _changed") == 0


@pytest.mark.parametrize("by", ["write", "apply"])
def test_more_rows_than_a_change_names_become_all(session: Session, by: str) -> None:
    place = court()
    rows = [case(place["id"], n) for n in range(IDS_MAX + 1)]
    context = session.write("导入", origin="import") if by == "write" else session.apply()
    with context as write:
        add(write.connection, "court", place)
        add(write.connection, "case", *rows)
    assert write.changes.ids("case") is ALL
    assert write.changes.ids("court") == frozenset({place["id"]})
    with session.write("改", origin="import") as again:
        again.connection.execute(
            update(table("case")).where(table("case").c.serial < IDS_MAX).values(remarks="阅")
        )
    assert again.changes.ids("case") == frozenset(r["id"] for r in rows[:-1])


def test_local_tables_are_noted_or_touched(session: Session) -> None:
    with session.write("设置") as write:
        add(write.connection, "setting", {"key": "theme", "value": "dark"})
        write.touch("node_clock")
    assert write.changes == ChangeSet({"setting": frozenset({"theme"}), "node_clock": ALL})
    assert write.bundle_id is None


def test_hooks_see_the_change_and_add_to_it(session: Session) -> None:
    place = court()
    seen: list[ChangeSet] = []

    def project(connection: Connection, changes: ChangeSet) -> ChangeSet | None:
        seen.append(changes)
        connection.execute(
            insert(table("clock_key")).values(id=place["id"], kind="court", label="市中院")
        )
        return ChangeSet({"clock_key": ALL})

    def settle(connection: Connection, changes: ChangeSet) -> None:
        assert changes.touches("clock_key")
        add(connection, "setting", {"key": "projected", "value": "1"})

    session.before_commit[:] = [project, settle]
    with session.write("建院", origin="import") as write:
        add(write.connection, "court", place)
    assert seen == [ChangeSet({"court": frozenset({place["id"]})}, "import")]
    assert write.changes == ChangeSet(
        {
            "court": frozenset({place["id"]}),
            "clock_key": ALL,
            "setting": frozenset({"projected"}),
        },
        "import",
    )


def test_a_failing_hook_undoes_the_write(session: Session) -> None:
    def refuse(_connection: Connection, _changes: ChangeSet) -> None:
        raise ValueError("projection failed")

    session.before_commit.append(refuse)
    with pytest.raises(ValueError, match="projection failed"), session.write("建院") as write:
        add(write.connection, "court", court())
    assert _scalar(session, "select count(*) from court") == 0


def test_facts_are_final_except_for_base_data(session: Session) -> None:
    place = court()
    matter = case(place["id"], 1)
    fact = event(matter["id"])
    with session.write("立案") as write:
        add(write.connection, "court", place)
        add(write.connection, "case", matter)
        add(write.connection, "node_event", fact)
    events = table("node_event")
    replace = insert(events).prefix_with("or replace").values(fact | {"kind": "closed"})
    for change in (update(events).values(note="改"), delete(events), replace):
        with pytest.raises(RefusedByRule, match="不能修改或删除"), session.write("改") as write:
            write.connection.execute(change)
    with session.apply() as write:
        write.connection.execute(delete(events))
    assert write.changes.ids("node_event") == frozenset({fact["id"]})


def test_ids_and_versions_are_not_for_this_device(session: Session) -> None:
    with session.write("建院") as write:
        add(write.connection, "court", court())
    for values in ({"ver": 2}, {"id": "x"}):
        with pytest.raises(RefusedByRule, match="标识和版本号"), session.write("改") as write:
            write.connection.execute(update(table("court")).values(values))


def test_operations_of_another_program_get_their_own_bundle(session: Session) -> None:
    with session._transaction() as connection:
        add(connection, "court", court(), court())
    with session.read() as connection:
        assert pending(connection).ops == 2
    with session.write("建院") as write:
        add(write.connection, "court", court())
    assert len(write.changes.ids("court")) == 1  # type: ignore[arg-type]
    with session.read() as connection:
        rows = connection.execute(
            text(
                "select b.label, b.actor, count(*) from _bundle b "
                "join _op o on o.bundle_n = b.n group by b.n order by b.n"
            )
        ).all()
        assert [tuple(row) for row in rows] == [
            ("外部程序的改动", "", 2),
            ("建院", "周书言", 1),
        ]
        assert pending(connection).bundles == 2
        assert pending(connection).oldest is not None
    assert session.sweep() == 0


def test_writes_of_many_threads_do_not_mix(session: Session) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                with session.write("并行") as write:
                    add(write.connection, "court", court(), court())
                with session.read() as connection:
                    count = connection.execute(select(table("court").c.id)).all()
                    assert len(count) % 2 == 0
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with session.read() as connection:
        sizes = connection.execute(
            text("select distinct c from (select count(*) c from _op group by bundle_n)")
        ).all()
    assert [tuple(size) for size in sizes] == [(2,)]


def test_nesting_is_refused(session: Session) -> None:
    with (
        session.write("外") as write,
        pytest.raises(AssertionError, match="nested"),
        session.write("内"),
    ):
        add(write.connection, "court", court())


def test_a_given_device_is_kept(replica: Replica) -> None:
    other = "01a20a00-0000-7000-8000-000000000001"
    session = Session(replica, actor="甲", device=other)
    assert _scalar(session, "select device_id from _ctl") == other
    assert replica.device_id == other
