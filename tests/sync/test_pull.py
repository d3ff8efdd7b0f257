"""What a pull leaves in sight, whatever tables it brings first."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from storage.ids import new_id
from storage.sync import awaited, engine, memory, merged, pull, push
from storage.sync.port import Answer
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Town
from tests.sync.conftest import Laptop

Make = Callable[..., Laptop]
LOG = (
    "insert into execution_log (id, case_id, at, kind, body)"
    " values (?, ?, '2026-02-01T10:00:00+08:00', 'x', '记')"
)


@pytest.fixture
def mover(town: Town) -> Iterator[Callable[[int], None]]:
    """Moves the officer `second` to another team and, in the end, back."""

    def move(scope: int) -> None:
        town.admin.execute("update sync.member set scope = %s where who = 'second'", (scope,))

    yield move
    move(2)


def test_a_fact_made_here_comes_back_with_its_case(
    town: Town, laptop: Make, mover: Callable[[int], None]
) -> None:
    mine = laptop("second")
    log_id, case_id = new_id(), town.cases[2]
    mine.edit(LOG, log_id, case_id)
    # Sent and answered, but not pulled before the officer leaves the team.
    _taken_by(mine, "second", mine.remote)
    mover(1)
    mine.sync()
    assert mine.rows("select id from execution_log where id = ?", log_id) == []

    # The team's log grows meanwhile, so that its table is named before the cases come whole.
    other = laptop("centre")
    other.edit(LOG, new_id(), case_id)
    other.sync()
    mover(2)
    done = engine.Round()
    engine.receive(mine.session, mine.remote, done)
    assert mine.rows("select id from execution_log where id = ?", log_id) == [(log_id,)]


def test_a_case_that_moved_away_is_not_brought_back_by_an_old_refusal(
    town: Town, laptop: Make
) -> None:
    """After a failover the verdicts that survived are told again; the row below is out of sight."""
    mine = laptop("second")
    row = town.case_row(2, 4_711, new_id())
    _filed(mine, row)
    _taken_by(mine, "second", mine.remote)
    bundle_id = mine.edit('update "case" set remarks = ? where id = ?', "迟了", row["id"])
    town.admin.execute(
        'update desk."case" set team_id = %s where id = %s', (town.teams[1], row["id"])
    )
    assert mine.sync().verdicts == {"gone": 1}
    assert mine.rows('select 1 from "case" where id = ?', row["id"]) == []
    told = engine.last_hello(mine.session)
    assert told is not None
    again = Answer(bundle_id, "gone", {"code": "gone"}, (), told.history, "sig")
    push.settle_replayed(mine.session, [again])
    assert mine.rows('select 1 from "case" where id = ?', row["id"]) == []
    assert mine.rows("select 1 from _base where row_id = ?", row["id"]) == []


def _filed(mine: Laptop, row: dict[str, object]) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    mine.edit(f'insert into "case" ({names}) values ({", ".join("?" * len(row))})', *row.values())


def _taken_by(mine: Laptop, who: str, remote: PostgresRemote) -> None:
    """Sent and answered; the round ends before the pull."""
    device = mine.session.replica.device_id
    engine.hello(mine.session, remote)
    sent = push.freeze(mine.session, who)
    answers = remote.push(device, sent.text)
    assert {one.verdict for one in answers} == {"applied"}
    push.settle(mine.session, answers)


@pytest.fixture
def shared(town: Town, laptop: Make) -> Iterator[tuple[Laptop, PostgresRemote]]:
    """The laptop of `first`, on which `second` has a line of his own."""
    with closing(PostgresRemote(town.server.dsn("second", PASSWORD))) as line:
        yield laptop("first"), line


def test_what_the_other_officer_filed_goes_with_the_first_ones_next_pull(
    town: Town, shared: tuple[Laptop, PostgresRemote]
) -> None:
    mine, line = shared
    mine.session.actor = "second"
    row = town.case_row(2, 4_712, new_id())
    _filed(mine, row)
    log_id = new_id()
    mine.edit(LOG, log_id, row["id"])
    _taken_by(mine, "second", line)

    mine.session.actor = "first"
    own = town.case_row(1, 4_713, new_id())
    _filed(mine, own)
    assert mine.rows('select 1 from "case" where id = ?', row["id"]) == [(1,)]
    mine.sync()
    assert mine.rows('select 1 from "case" where id = ?', row["id"]) == []
    assert mine.rows("select 1 from execution_log where id = ?", log_id) == []
    assert mine.rows('select ver from "case" where id = ?', own["id"]) == [(1,)]
    assert mine.rows("select 1 from _base") == []

    mine.session.actor = "second"
    engine.round_trip(mine.session, line)
    found = mine.rows('select changed_by from "case" where id = ?', row["id"])
    assert found == [("second",)]
    assert mine.rows("select 1 from execution_log where id = ?", log_id) == [(1,)]


def test_what_was_taken_while_a_pull_was_on_its_way_waits_for_the_next(
    town: Town, laptop: Make
) -> None:
    mine = laptop("second")
    first, late = (town.case_row(2, serial, new_id()) for serial in (4_714, 4_715))
    _filed(mine, first)
    _taken_by(mine, "second", mine.remote)
    with mine.session.read() as connection:
        taken = awaited.standing(connection)
    assert taken is not None
    assert len(taken.bundles) == 1
    pulled = pull.fetch(mine.remote, pull.load_cursor(mine.session), taken=taken)
    _filed(mine, late)
    _taken_by(mine, "second", mine.remote)
    pull.apply(mine.session, pulled)
    stamped = 'select changed_at is not null from "case" where id = ?'
    assert mine.rows(stamped, first["id"]) == [(1,)]
    assert mine.rows(stamped, late["id"]) == [(0,)]
    with mine.session.read() as connection:
        assert awaited.standing(connection) is not None

    mine.sync()
    assert mine.rows(stamped, late["id"]) == [(1,)]
    with mine.session.read() as connection:
        assert awaited.standing(connection) is None


def test_what_a_lost_history_took_is_not_subtracted_from_what_another_wrote(
    town: Town, laptop: Make
) -> None:
    """The edit was taken as version 2 in a history that is gone; version 2 is now another's."""
    mine, office = laptop("first"), laptop("centre")
    case_id = town.cases[1]
    (before,) = mine.rows('select ver from "case" where id = ?', case_id)
    bundle_id = mine.edit('update "case" set remarks = ? where id = ?', "甲", case_id)
    push.freeze(mine.session, "first")
    gone = Answer(bundle_id, "applied", None, ((0, before[0] + 1),), "gone:1:1", "sig")
    push.settle(mine.session, [gone])
    office.edit('update "case" set remarks = ? where id = ?', "乙", case_id)
    office.sync()
    engine.receive(mine.session, mine.remote, engine.Round())
    shown = 'select remarks, ver from "case" where id = ?'
    assert mine.rows(shown, case_id) == [("乙", before[0] + 1)]

    told = engine.last_hello(mine.session)
    assert told is not None
    again = Answer(bundle_id, "conflict", {"code": "conflict"}, (), told.history, "sig")
    push.settle_replayed(mine.session, [again])
    assert mine.rows(shown, case_id) == [("乙", before[0] + 1)]
    assert mine.rows("select 1 from _base") == []


def _columns(mine: Laptop, bundle_id: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    with mine.session.read() as connection:
        kept = memory.recalled(connection, merged.KEY + bundle_id)
    return [(row.mine, row.theirs) for row in merged.rows_of(kept)]


def test_a_merge_names_the_fields_of_both(town: Town, laptop: Make) -> None:
    mine, office = laptop("first"), laptop("centre")
    case_id = town.cases[1]
    plain = mine.edit('update "case" set basis_no = ? where id = ?', "依1", case_id)
    mine.sync()
    assert _columns(mine, plain) == []  # nobody else had written

    office.edit('update "case" set cause = ? where id = ?', "借款", case_id)
    office.sync()
    mine.edit('update "case" set basis_no = ? where id = ?', "依2", case_id)
    met = mine.edit('update "case" set remarks = ? where id = ?', "外勤所见", case_id)
    mine.sync()
    assert _columns(mine, met) == [(("remarks",), ("cause",))]

    # Who writes later, over what he has not seen, is the one who is told.
    office.edit('update "case" set claim_fen = ? where id = ?', 5, case_id)
    later = office.edit('update "case" set cause = ? where id = ?', "买卖", case_id)
    office.sync()
    assert _columns(office, later) == [(("cause",), ("basis_no", "remarks"))]
    mine.sync()
    assert len(_columns(mine, met)) == 1
    assert _columns(mine, plain) == []
