"""The demo city: the same seed gives the same rows, and the rows hang together."""

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date

import pytest
from sqlalchemy import Connection

from desktop.command.separation.watching import recount
from desktop.command.separation.words import told
from desktop.contract.law import Law, load_law
from desktop.demo import city as city_module
from desktop.demo import is_demo
from desktop.demo.city import COLUMNS, DemoReport, generate
from desktop.demo.courts import COURTS
from desktop.demo.ids import IdMaker
from desktop.demo.live import LABEL, LiveArgs, play
from desktop.demo.names import PARTY_GIVEN, STAFF_GIVEN, STAFF_SURNAMES
from desktop.demo.petitions import Petitions
from desktop.errors import UserError
from desktop.projection.project import projector
from desktop.rules.case_number import parse
from desktop.rules.teams import load_team_rules, validate_team
from storage.ids import CourtId, PersonId, TeamId
from storage.records.people import Membership, Person, Post, Team, TeamKind, TeamRole
from storage.replica import Replica
from storage.session import Session
from tests.demo.cities import made_city
from tests.passphrase import PASSPHRASE

TODAY = date(2026, 11, 23)
CASES = 2_000
Make = Callable[[int, int], Session]


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("demo") / "store"
    shutil.copytree(made_city(tmp_path_factory, CASES, 10, TODAY), folder)
    with Replica.open(folder, PASSPHRASE) as replica:
        yield Session(replica, actor="演示")


@pytest.fixture(scope="module")
def connection(city: Session) -> Iterator[Connection]:
    with city.read() as opened:
        yield opened


_DERIVED = ("node_clock", "clock_key")
# By what they say, not by their ids: those of documents and acts are drawn as on any desk.
_PAPERS = (
    "select d.kind, d.title, d.fields, d.state, d.content_sha256, a.act, a.stage,"
    " a.person_id, a.at from document d left join document_act a on a.document_id = d.id"
    " order by d.content_sha256, a.at, a.act"
)
_MONEY = (
    "select number, kind, amount_fen, at, booked_on, payee, maker, id, hash from fund_entry"
    " order by seq"
)
_PAYMENTS = (
    "select o.number, o.payee, o.amount_fen, a.act, a.at, a.person_id from payment_act a"
    " join payment_order o on o.id = a.order_id order by a.at, o.number, a.n"
)


def _rows(connection: Connection, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(sql)]


def _digest(connection: Connection, names: Iterable[str], without: str = "\0") -> dict[str, str]:
    found = {}
    for name in names:
        rows = _rows(connection, f'select * from "{name}" order by 1')
        assert rows, name
        kept = [row for row in rows if without not in str(row)]
        found[name] = hashlib.sha256(repr(kept).encode()).hexdigest()
    return found


def _one(connection: Connection, sql: str) -> int:
    return int(connection.exec_driver_sql(sql).scalar_one())


def test_the_same_seed_gives_the_same_rows_papers_and_money(
    connection: Connection, session: Session, law: Law
) -> None:
    generate(session, law, cases=CASES, seed=10, today=TODAY)
    names = (*COLUMNS, *_DERIVED)
    with session.read() as again:
        assert _digest(again, names) == _digest(connection, names)
        for asked, least in ((_PAPERS, 20), (_MONEY, 100), (_PAYMENTS, 100)):
            told = _rows(connection, asked)
            assert len(told) > least
            assert _rows(again, asked) == told


def test_the_city_itself_stays_as_it_was(
    connection: Connection, session: Session, law: Law, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither petitions nor papers move a case, a node clock or an id of the city."""
    monkeypatch.setattr(city_module, "papers", lambda *_args: None)
    monkeypatch.setattr(city_module, "petitions", lambda *_args: Petitions([], [], "", ""))
    generate(session, law, cases=CASES, seed=10, today=TODAY)
    # What comes after the petitions draws its ids after theirs.
    names = (*list(COLUMNS)[: list(COLUMNS).index("petition")], *_DERIVED)
    with session.read() as without:
        # An announcement is the last way: a paper of it brings the two failures before it.
        found = [_digest(one, names, "service_failed") for one in (connection, without)]
    assert found[0] == found[1]


def test_another_seed_gives_other_rows(connection: Connection, session: Session, law: Law) -> None:
    report = generate(session, law, cases=50, seed=12, today=TODAY)
    assert report.counts["case"] == 50
    with session.read() as other:
        names = set(other.exec_driver_sql("select name from person").scalars())
    ours = set(connection.exec_driver_sql("select name from person").scalars())
    assert names != ours


def test_no_row_is_an_orphan(connection: Connection) -> None:
    assert connection.exec_driver_sql("pragma foreign_key_check").fetchall() == []
    assert (
        _one(connection, 'select count(*) from hold where case_id not in (select id from "case")')
        == 0
    )
    assert (
        _one(
            connection,
            "select count(*) from hold where holder_id is not null"
            " and holder_id not in (select id from person)",
        )
        == 0
    )


def test_no_operation_waits_to_be_sent(connection: Connection) -> None:
    assert _one(connection, "select count(*) from _op") == 0
    assert is_demo(connection)


def test_numbers_run_from_one_without_a_gap(connection: Connection) -> None:
    series: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    rows = connection.exec_driver_sql(
        'select court.code, type_word, year, serial, number, filed_on from "case"'
        ' join court on court.id = "case".court_id order by filed_on, "case".id'
    )
    for code, word, year, serial, number, filed_on in rows:
        series[code, word, year].append(serial)
        assert filed_on.startswith(str(year))
        assert number == f"（{year}）{code}{word}{serial}号"
        assert parse(number).format() == number
    for serials in series.values():
        assert serials == list(range(1, len(serials) + 1))
    assert any(word == "执恢" for _code, word, _year in series)


def test_courts_whose_codes_have_ended_take_no_case(connection: Connection) -> None:
    assert _one(connection, "select count(*) from court") == len(COURTS) == 20
    assert (
        _one(
            connection,
            'select count(*) from "case" join court on court.id = court_id'
            " where filed_on < valid_from or filed_on > coalesce(valid_to, '9999')",
        )
        == 0
    )
    assert _one(connection, "select count(*) from court where confirmed") == 3
    assert _one(connection, 'select count(distinct court_id) from "case"') == 16


def test_nothing_lies_in_the_future(connection: Connection) -> None:
    day = TODAY.isoformat()
    for table, column in (
        *(("case", "filed_on"), ("case", "closed_on"), ("node_event", "on")),
        *(("execution_log", "at"), ("control_measure", "started_on"), ("hold", "from_on")),
        ("suspension", "from_on"),
    ):
        sql = f'select count(*) from "{table}" where substr("{column}", 1, 10) > \'{day}\''
        assert _one(connection, sql) == 0, table


def test_the_city_is_believable(connection: Connection) -> None:
    day = TODAY.isoformat()
    open_nodes = _one(connection, "select count(*) from node_clock where done_on is null")
    late = _one(
        connection,
        f"select count(*) from node_clock where done_on is null and due_on < '{day}'",
    )
    assert 0.01 < late / open_nodes < 0.06
    shares = {
        row[0]: row[1] / CASES
        for row in connection.exec_driver_sql('select type_word, count(*) from "case" group by 1')
    }
    assert 0.55 < shares["执"] < 0.65
    nodes = _one(connection, "select count(*) from node_clock")
    assert 8 < nodes / CASES < 18
    for name in ("suspension", "extension", "control_measure", "supervision_letter"):
        assert _one(connection, f"select count(*) from {name}") > 0
    without = "select count(*) from suspension where document_no = ''"
    assert _one(connection, without) == 0


def test_every_implementation_team_is_complete(connection: Connection) -> None:
    people = {
        PersonId(row[0]): Person(
            PersonId(row[0]), CourtId(row[1]), row[2], Post(row[3]), bool(row[4])
        )
        for row in connection.exec_driver_sql("select id, court_id, name, post, quota from person")
    }
    members: dict[str, list[Membership]] = defaultdict(list)
    for row in connection.exec_driver_sql(
        "select person_id, team_id, role, from_on, to_on from membership"
    ):
        until = None if row[4] is None else date.fromisoformat(row[4])
        dates = (date.fromisoformat(row[3]), until)
        members[row[1]].append(
            Membership(PersonId(row[0]), TeamId(row[1]), TeamRole(row[2]), *dates)
        )
    rules = load_team_rules()
    for row in connection.exec_driver_sql("select id, court_id, name, kind from team").fetchall():
        team = Team(TeamId(row[0]), CourtId(row[1]), row[2], TeamKind(row[3]))
        assert validate_team(team, members[row[0]], people, TODAY, rules) == [], row[2]
    assert any(member.to_on is not None for found in members.values() for member in found)


def test_staff_carry_invented_names_once_each(connection: Connection) -> None:
    names = list(connection.exec_driver_sql("select name from person").scalars())
    assert len(names) == len(set(names)) > 250
    for name in names:
        assert name[0] in STAFF_SURNAMES
        assert name[1:] in STAFF_GIVEN
    assert not set(STAFF_GIVEN) & set(PARTY_GIVEN)


def test_ids_are_well_formed_and_rise() -> None:
    draw = IdMaker(4, TODAY)
    ids = [draw() for _ in range(10_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 10_000
    for found in ids[::97]:
        assert len(found) == 36
        assert found[14] == "7"
        assert found[19] in "89ab"
        assert found == found.lower()


def test_a_cancelled_city_leaves_nothing(session: Session, law: Law) -> None:
    report = generate(
        session, law, cases=1_500, seed=1, today=TODAY, progress=lambda _done, _total: False
    )
    assert report == DemoReport({}, report.seconds, report.law)
    with session.read() as connection:
        assert _one(connection, 'select count(*) from "case"') == 0
        assert not is_demo(connection)


def test_a_store_with_cases_is_refused(city: Session, law: Law) -> None:
    with pytest.raises(UserError, match="已有演示数据"):
        generate(city, law, cases=10, seed=1, today=TODAY)


def test_live_events_move_the_projection(session: Session, law: Law) -> None:
    with pytest.raises(UserError, match="演示"), session.write(LABEL) as write:
        play(write.connection, LiveArgs(1, TODAY))
    session.before_commit.append(projector(law, lambda: TODAY))
    generate(session, law, cases=400, seed=2, today=TODAY)
    said, moved = set(), 0
    for seed in range(25):
        with session.write(LABEL) as write:
            said.add(play(write.connection, LiveArgs(seed, TODAY)))
        assert write.changes.rows
        moved += write.changes.touches("node_clock")
    assert len(said) > 15
    assert moved > 10  # the others happen in the field
    with session.read() as connection:
        assert connection.exec_driver_sql("pragma foreign_key_check").fetchall() == []
        assert _one(connection, "select count(*) from _op") >= 25


def test_two_benches_hide_who_carried_a_case_out(connection: Connection) -> None:
    found = told(connection, recount(connection))
    paths = {one.path for one in found}
    assert {"所审查的案件 → 关联案件", "所审查的案件 → 移送（变更）执行"} <= paths
    assert all(one.person and one.links[-1].on for one in found)
