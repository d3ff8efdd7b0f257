"""Field packs: what is due is inside, nothing beyond the officer's rights, and nothing stays."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.__main__ import main
from desktop.contract.law import load_law
from desktop.demo.city import generate
from storage.ids import new_id
from storage.merge import scope_from
from storage.overlay import TABLES
from storage.replica import Replica
from storage.session import Session
from storage.sync import engine, exchange, files, packs, sealed
from storage.sync.exchange import ExchangeFault
from storage.sync.packs import Choice, Trip
from storage.sync.port import SyncFault
from storage.sync.postgres import PostgresRemote
from storage.sync.sealed import SealFault
from tests.hub.conftest import PASSWORD, Town
from tests.passphrase import PASSPHRASE
from tests.sync.conftest import Laptop

TODAY = date(2026, 11, 23)
TRIP = Trip((), TODAY, TODAY + timedelta(days=3))
_PARENTS = (
    ("petition_id", "petition"),
    ("document_id", "document"),
    ("matter_id", "matter"),
    ("note_id", "note"),
    ("seizure_id", "seizure"),
)
REMARK = 'update "case" set remarks = ? where id = ?'


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, _empty_store: Path) -> Iterator[Session]:
    """An invented city of 300 cases."""
    folder = tmp_path_factory.mktemp("city") / "store"
    shutil.copytree(_empty_store, folder)
    with Replica.open(folder, PASSPHRASE) as replica:
        session = Session(replica, actor="演示")
        generate(session, load_law(), cases=300, seed=4, today=TODAY)
        yield session


@pytest.fixture(scope="module")
def facts(city: Session) -> dict[str, list[Any]]:
    """Whole tables, to be counted one row after another."""
    with city.read() as connection:
        return {
            name: list(connection.exec_driver_sql(f'select * from "{name}"').mappings())
            for name in (
                *("case", "court", "team"),
                *("node_clock", "control_measure", "supervision_letter"),
            )
        }


def _recount(facts: dict[str, list[Any]], trip: Trip) -> tuple[set[str], set[str], int]:
    """Cases, cases with something due, things due; by plain loops over all rows."""
    teams = {one["id"]: one["number"] for one in facts["team"]}
    cases = {one["id"]: one for one in facts["case"]}
    things: list[str] = []
    days = {(trip.start + timedelta(days=n)).isoformat() for n in range(100)}
    days = {one for one in days if one <= trip.end.isoformat()}
    for one in facts["node_clock"]:
        if one["done_on"] is None and one["due_on"] in days:
            things.append(one["case_id"])
    for one in facts["control_measure"]:
        if one["lifted_on"] is None and one["expires_on"] in days:
            things.append(one["case_id"])
    for one in facts["supervision_letter"]:
        if one["replied_on"] is None and one["reply_by"] in days and one["case_id"]:
            things.append(one["case_id"])

    def mine(case_id: str) -> bool:
        return trip.team is None or teams.get(cases[case_id]["team_id"]) == trip.team

    things = [one for one in things if mine(one)]
    route = {
        case_id
        for case_id, one in cases.items()
        if one["court_id"] in trip.route and one["closed_on"] is None and mine(case_id)
    }
    return route | set(things), set(things), len(things)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_thing_due_on_the_trip_is_inside(
    city: Session, facts: dict[str, list[Any]], data: st.DataObject
) -> None:
    courts = [one["id"] for one in facts["court"]]
    numbers = [one["number"] for one in facts["team"]]
    start = TODAY + timedelta(days=data.draw(st.integers(-60, 60)))
    trip = Trip(
        tuple(data.draw(st.lists(st.sampled_from(courts), max_size=3, unique=True))),
        start,
        start + timedelta(days=data.draw(st.integers(0, 30))),
        data.draw(st.none() | st.sampled_from(numbers)),
    )
    with city.read() as connection:
        choice = packs.choose(connection, trip)
    cases, due, items = _recount(facts, trip)
    assert set(choice.cases) == cases
    assert len(choice.cases) == len(cases)
    assert (choice.due, choice.items) == (due, items)


def test_a_preview_counts_every_row_below_the_cases(city: Session) -> None:
    with city.read() as connection:
        choice = packs.choose(connection, Trip((), TODAY, TODAY + timedelta(days=30)))
        told = packs.preview(connection, choice)
        assert told.cases == len(choice.cases) > 10
        marks = ",".join("?" * told.cases)
        rows = told.cases
        for table in TABLES.values():
            # Without a key it only names a case: an order belongs to the team it was given to.
            if "case_id" in table.columns and table.columns["case_id"].foreign_keys:
                rows += connection.exec_driver_sql(
                    f'select count(*) from "{table.name}" where case_id in ({marks})', choice.cases
                ).scalar_one()
            for column, parent in (("letter_id", "supervision_letter"), *_PARENTS):
                if column in table.columns:
                    rows += connection.exec_driver_sql(
                        f'select count(*) from "{table.name}" where {column} in (select id from'
                        f" {parent} where case_id in ({marks}))",
                        choice.cases,
                    ).scalar_one()
    assert told.rows == rows
    assert told.size > 1_000


def test_a_wrong_route_or_trip_is_told(city: Session) -> None:
    with city.read() as connection:
        with pytest.raises(ExchangeFault, match="无此地"):
            packs.courts_named(connection, ["无此地"])
        with pytest.raises(ExchangeFault, match="早于"):
            packs.choose(connection, Trip((), TODAY, TODAY - timedelta(days=1)))


_MEASURE = {
    "asset_kind": "car",
    "asset": "豫C00000",
    "institution": "某所",
    "document_no": "1",
    "started_on": "2026-01-05",
    "expires_on": "2026-11-24",
}
_LETTER = {
    "node_code": "N01",
    "year": 2026,
    "level": "green",
    "basis": "x",
    "facts": "x",
    "demand": "x",
    "reply_by": "2026-12-24",
    "state": "draft",
}
_RUNG = {"rung": 1, "fired_on": "2026-01-06", "to_post": "x", "reason": "x"}


@pytest.fixture(scope="module")
def below(town: Town) -> dict[int, list[tuple[int, str]]]:
    """Rows on the cases of both teams, by team: (table number, id)."""
    made: dict[int, list[tuple[int, str]]] = {1: [], 2: []}
    person = {"id": new_id(), "court_id": town.court, "name": "甲某", "post": "x"}
    assert town.centre.verdict((2, person["id"], "I", person, None)) == "applied"
    for team, case_id in town.cases.items():
        letter = new_id()
        on_case: dict[str, Any] = {"case_id": case_id}
        rows: list[tuple[int, dict[str, Any]]] = [
            (11, {**on_case, "role": "debtor", "name": f"某{team}"}),
            (12, {**on_case, "kind": "filed", "on": "2026-01-05"}),
            (17, {**on_case, **_MEASURE}),
            (20, {**on_case, **_LETTER, "id": letter, "addressee_id": person["id"]}),
            (21, {**_RUNG, "letter_id": letter}),
        ]
        for number, row in rows:
            sent = {"id": new_id(), **row}
            assert town.centre.verdict((number, sent["id"], "I", sent, None)) == "applied", sent
            made[team].append((number, sent["id"]))
    return made


def _pack(one: Laptop, cases: list[str], days: int = 5) -> packs.Made:
    choice = Choice(TRIP, tuple(cases), frozenset(), 0, 0)
    return packs.make(one.session, one.remote.call, choice, days)


def _shown(one: Laptop) -> set[tuple[int, str]]:
    return {
        (number, row[0])
        for number, table in TABLES.items()
        if scope_from(table).kind != "public"
        for row in one.rows(f'select id from "{table.name}"')
    }


def _proof(town: Town, pack: str) -> Any:
    return town.admin.execute(
        "select p.shredded_at is not null, p.proof, (select count(*) from sync.journal j"
        " where j.what = 'pack shredded' and j.facts->>'pack' = p.id::text and j.who = p.who)"
        " from sync.pack p where p.id = %s",
        (pack,),
    ).fetchone()


@pytest.mark.parametrize("who", ["first", "second", "centre"])
def test_nothing_beyond_the_officers_rights_is_inside(
    town: Town, below: dict[int, list[tuple[int, str]]], laptop: Callable[..., Laptop], who: str
) -> None:
    one = laptop(who, pulled=False)
    teams = {"first": [1], "second": [2], "centre": [1, 2]}[who]
    made = _pack(one, [*town.cases.values(), new_id()])
    assert (made.cases, made.refused) == (len(teams), 3 - len(teams))
    assert packs.unpack(one.session, made.data).brought > 4
    wanted = {(10, town.cases[team]) for team in teams}
    wanted |= {row for team in teams for row in below[team]}
    assert _shown(one) == wanted
    with pytest.raises(SyncFault, match="不在您的权限内"):
        _pack(one, [new_id()])
    with pytest.raises(SyncFault, match="1 至 30 天"):
        _pack(one, list(town.cases.values()), days=31)


@pytest.mark.usefixtures("below")
def test_a_shredded_pack_leaves_nothing_but_the_work_and_a_proof(
    town: Town, laptop: Callable[..., Laptop], tmp_path: Path
) -> None:
    one = laptop("first", pulled=False)
    file = tmp_path / "trip.edp"
    made = _pack(one, [town.cases[1]])
    sealed.write_file(file, made.data)
    done = packs.unpack(one.session, made.data, file=file)
    assert (done.cases, done.newer) == (1, 0)
    bundle = one.edit(REMARK, "途中所记", town.cases[1])
    proof = packs.shred(one.session, made.pack, "returned")
    assert not file.exists()
    assert _shown(one) == set()
    assert (proof["rows"], proof["left"], proof["file"]) == (done.brought, 0, "destroyed")
    # Opened again it is refused; destroyed twice, too.
    with pytest.raises(ExchangeFault, match="已经销毁"):
        packs.unpack(one.session, made.data)
    with pytest.raises(ExchangeFault, match="没有这个出差包"):
        packs.shred(one.session, made.pack, "returned")
    # The work was only out of sight: it is sent, and the hub hears what was destroyed.
    assert one.rows("select state from _bundle where id = ?", bundle) == [("pending",)]
    one.sync()
    assert packs.settle(one.session, one.remote.call) == 1
    assert packs.settle(one.session, one.remote.call) == 0
    assert _proof(town, made.pack) == (True, proof, 1)
    found = town.admin.execute(
        'select remarks, changed_by from desk."case" where id = %s', (town.cases[1],)
    ).fetchone()
    assert found == ("途中所记", "first")
    assert one.rows('select remarks from "case" where id = ?', town.cases[1]) == [("途中所记",)]


@pytest.mark.usefixtures("below")
def test_a_pack_ends_by_its_day_even_where_the_clock_is_set_back(
    town: Town, laptop: Callable[..., Laptop]
) -> None:
    one = laptop("first", pulled=False)
    early, late = _pack(one, [town.cases[1]], days=1), _pack(one, [town.cases[1]], days=3)
    packs.unpack(one.session, early.data)
    packs.unpack(one.session, late.data)
    now = datetime.now().astimezone()
    assert packs.expire(one.session, now=now) == []
    (proof,) = packs.expire(one.session, now=now + timedelta(days=2))
    assert (proof["pack"], proof["why"], proof["file"]) == (early.pack, "expired", "absent")
    other = _pack(one, [town.cases[1]], days=1)
    # The clock says today again, but this device has seen the day after tomorrow.
    with pytest.raises(ExchangeFault, match="过期"):
        packs.unpack(one.session, other.data, now=now)
    packs.expire(one.session, now=now + timedelta(days=4))
    assert packs.open_packs(one.session) == {}
    assert _shown(one) == set()


@pytest.mark.usefixtures("below")
def test_what_the_desk_follows_by_itself_stays(town: Town, laptop: Callable[..., Laptop]) -> None:
    one = laptop("first")
    before = _shown(one)
    made = _pack(one, [town.cases[1]])
    told = packs.unpack(one.session, made.data)
    assert (told.rows, told.brought) == (0, 0)
    assert packs.shred(one.session, made.pack, "returned")["rows"] == 0
    assert _shown(one) == before


@pytest.mark.usefixtures("below")
def test_what_a_pack_brought_first_and_the_line_again_stays(
    town: Town, laptop: Callable[..., Laptop]
) -> None:
    one = laptop("first")
    party = {"id": new_id(), "case_id": town.cases[1], "role": "outsider", "name": "案外人"}
    assert town.centre.verdict((11, party["id"], "I", party, None)) == "applied"
    made = _pack(one, [town.cases[1]])
    assert packs.unpack(one.session, made.data).brought == 1
    one.sync()
    proof = packs.shred(one.session, made.pack, "returned")
    assert (proof["rows"], proof["left"]) == (0, 1)
    assert (11, party["id"]) in _shown(one)


@pytest.mark.usefixtures("below")
def test_a_case_that_was_taken_away_does_not_come_back_with_an_older_pack(
    town: Town, laptop: Callable[..., Laptop]
) -> None:
    one = laptop("first")
    made = _pack(one, [town.cases[1]])
    teams = town.teams
    for here, there, shown in ((1, 2, False), (2, 1, True)):
        told = town.centre.verdict(
            (10, town.cases[1], "U", {"team_id": teams[there]}, {"team_id": teams[here]})
        )
        assert told == "applied"
        one.sync()
        assert packs.unpack(one.session, made.data).rows == 0
        assert ((10, town.cases[1]) in _shown(one)) is shown


@pytest.mark.usefixtures("below")
def test_an_older_pack_does_not_cover_a_newer_row(
    town: Town, laptop: Callable[..., Laptop]
) -> None:
    one = laptop("first", pulled=False)
    old = _pack(one, [town.cases[1]])
    was = town.centre.one('select remarks from desk."case" where id = %s', town.cases[1])
    verdict = town.centre.verdict((10, town.cases[1], "U", {"remarks": "新"}, {"remarks": was}))
    assert verdict == "applied"
    new = _pack(one, [town.cases[1]])
    packs.unpack(one.session, new.data)
    told = packs.unpack(one.session, old.data)
    assert told.newer > 0
    assert one.rows('select remarks from "case"') == [("新",)]
    # A desk that pulled after the pack was made takes nothing from it at all.
    one.sync()
    assert packs.unpack(one.session, new.data).rows == 0


@pytest.mark.usefixtures("below")
def test_a_proof_travels_by_file_where_there_is_no_line(
    town: Town, laptop: Callable[..., Laptop]
) -> None:
    one, carrier = laptop("first", pulled=False), laptop("centre", pulled=False)
    made = _pack(one, [town.cases[1]])
    packs.unpack(one.session, made.data)
    packs.shred(one.session, made.pack, "returned")
    exchange.write_out(one.session)
    done = exchange.deliver(carrier.remote.call, exchange.write_out(one.session).data)
    assert _proof(town, made.pack)[0] is True
    assert '"shredded": [{' in _head_of(one, exchange.write_out(one.session).data)
    exchange.take_in(one.session, done.data)
    assert '"shredded": []' in _head_of(one, exchange.write_out(one.session).data)
    assert packs.settle(one.session, one.remote.call) == 0


def _head_of(one: Laptop, data: bytes) -> str:
    key = files.desk_of(one.session).told.file_key
    return sealed.unseal(sealed.seal_key(key), data).head


@pytest.mark.usefixtures("below")
def test_a_pack_opens_on_its_own_device_alone(town: Town, laptop: Callable[..., Laptop]) -> None:
    one = laptop("first", pulled=False)
    made = _pack(one, [town.cases[1]])
    with pytest.raises(SealFault, match="另一台设备"):
        packs.unpack(laptop("first", pulled=False).session, made.data)
    for at in range(0, len(made.data), 41):
        bad = made.data[:at] + bytes([made.data[at] ^ 4]) + made.data[at + 1 :]
        with pytest.raises(SealFault):
            packs.unpack(one.session, bad)
    assert _shown(one) == set()
    # Nobody reports another's pack as destroyed.
    second = laptop("second", pulled=False)
    lie = [{"pack": made.pack, "why": "returned", "rows": 0}]
    for device in (one, second):
        assert second.remote.call("pack_shredded", device.session.replica.device_id, lie) == 0
    assert _proof(town, made.pack)[0] is False


@pytest.mark.usefixtures("below")
def test_the_commands_from_pack_to_proof(
    town: Town,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("EDESK_PASSPHRASE", PASSPHRASE)
    monkeypatch.chdir(tmp_path)
    first, centre = town.server.dsn("first", PASSWORD), town.server.dsn("centre", PASSWORD)

    def edesk(line: str, *more: str) -> dict[str, Any]:
        code = main([*line.split(), *more])
        said = capsys.readouterr()
        assert code == 0, said.err
        found: dict[str, Any] = json.loads(said.out)
        return found

    edesk("sync --store s --once --hub", first)
    chosen = "pack --store s --route 甲院 --from 2026-11-23 --to 2026-11-25"
    seen = edesk(f"{chosen} --preview")
    assert (seen["cases"], seen["due"], seen["items"]) == (1, 1, 1)
    made = edesk(f"{chosen} --days 5 --out trip.edp --hub", first)
    assert (made["packed"], made["refused"], made["due"]) == (1, 0, 1)
    assert Path("trip.edp").stat().st_size == made["size"]
    assert edesk("unpack --store s trip.edp")["pack"] == made["pack"]
    assert edesk("exchange out --store s --out a.edx")["number"] == 1
    told = edesk("exchange deliver a.edx --out b.edx --hub", centre)
    assert told["receipt"]["state"] == "taken"
    assert edesk("exchange in --store s b.edx")["rows_kept"] is True
    assert main(["exchange", "in", "--store", "s", "b.edx"]) != 0
    assert "没有重复采用" in capsys.readouterr().err
    gone = edesk("unpack --store s --shred --hub", first)
    assert (gone["reported"], len(gone["shredded"])) == (1, 1)
    assert not Path("trip.edp").exists()
    assert _proof(town, made["pack"])[0] is True
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.edx", "b.edx", "s"]


@pytest.mark.usefixtures("below")
def test_a_round_of_the_desk_destroys_and_reports(
    town: Town, laptop: Callable[..., Laptop]
) -> None:
    one = laptop("first", pulled=False)
    made = _pack(one, [town.cases[1]], days=1)
    packs.unpack(one.session, made.data)
    packs.expire(one.session, now=datetime.now().astimezone() + timedelta(days=2))
    remote = PostgresRemote(town.server.dsn("first", PASSWORD))
    engine.round_trip(one.session, remote)
    assert packs.settle(one.session, remote.call) == 1
    remote.close()
    assert _proof(town, made.pack)[0] is True
