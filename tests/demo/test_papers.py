"""Documents of the demo city: in every state, by the desk's own rules."""

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import Connection

from desktop.circulars.signers import signer_from_file
from desktop.circulars.trust import read_authorities
from desktop.circulars.verification import verify
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import load_law
from desktop.demo import city as city_module
from desktop.demo.city import COLUMNS, generate
from desktop.demo.papers import PAPERS_FROM, SIGNED_FROM
from desktop.demo.pen import FILE, PASSPHRASE, ROOTS
from desktop.demo.petitions import Petitions
from desktop.documents.course import waiting_for
from desktop.documents.figures_draft import figures_of
from desktop.documents.pages import file_of, reproduce
from desktop.documents.receipts import receipts, slips
from desktop.documents.replies import waiting
from desktop.evidence.week import proposed
from storage.replica import Replica
from storage.session import Session
from tests.passphrase import PASSPHRASE as STORE_PASSPHRASE

TODAY = date(2026, 11, 29)
NOW = datetime.combine(TODAY, time(9), COURT_ZONE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, _empty_store: Path) -> Path:
    made = tmp_path_factory.mktemp("papers") / "store"
    shutil.copytree(_empty_store, made)
    return made


@pytest.fixture(scope="module")
def connection(folder: Path) -> Iterator[Connection]:
    with Replica.open(folder, STORE_PASSPHRASE) as replica:
        session = Session(replica, actor="演示")
        generate(session, load_law(), cases=SIGNED_FROM, seed=57, today=TODAY)
        with session.read() as opened:
            yield opened


def _documents(connection: Connection, where: str) -> list[str]:
    asked = f"select id from document where {where} order by id"
    return list(connection.exec_driver_sql(asked).scalars())


def test_every_state_and_most_kinds_occur(connection: Connection) -> None:
    found = Counter(connection.exec_driver_sql("select state from document").scalars())
    assert set(found) == {
        *("draft", "replying", "checking", "signing", "signed", "issued", "recalled")
    }
    kinds = set(connection.exec_driver_sql("select kind from document").scalars())
    assert kinds >= {
        *("notice", "reply_letter", "property_order", "execution_notice", "announcement"),
        *("fine_decision", "detention_decision", "summons", "handover_sheet"),
    }
    acts = set(connection.exec_driver_sql("select act from document_act").scalars())
    wanted = {"pass", "return", "ask_replies", "sign", "issue", "recall", "print", "remind"}
    assert acts == wanted
    longest = connection.exec_driver_sql("select max(n) from document_version").scalar_one()
    assert longest > 1
    assert connection.exec_driver_sql("pragma foreign_key_check").fetchall() == []
    assert connection.exec_driver_sql("select count(*) from _op").scalar_one() == 0


def test_documents_wait_for_several_people(connection: Connection) -> None:
    people = connection.exec_driver_sql(
        "select person.id, post from person join court on court.id = court_id where code = '豫03'"
    ).fetchall()
    inbox = {who: waiting_for(connection, who, NOW) for who, _post in people}
    by_post = Counter({post: 0 for _who, post in people})
    for who, post in people:
        by_post[post] += len(inbox[who])
    assert by_post["president"] >= 2
    assert by_post["bureau_chief"] >= 2
    assert by_post["operator"] >= 2
    assert by_post["quota_judge"] >= 3
    president = next(who for who, post in people if post == "president")
    coercive = set(_documents(connection, "coercive = 1"))
    assert set(inbox[president]) <= coercive
    assert sum(bool(found) for found in inbox.values()) >= 5


def test_signed_files_verify_and_come_again(connection: Connection, folder: Path) -> None:
    signed = _documents(connection, "signed_sha256 is not null")
    assert len(signed) >= 5
    trusted = read_authorities(folder / ROOTS)
    for one in signed[:2]:
        assert reproduce(connection, one).same
        found = verify(file_of(connection, one, "signed"), trusted, NOW)
        assert found.state == "sound"
        assert found.signatures[0].trusted


def test_past_circulars_know_nothing_of_later_days(connection: Connection) -> None:
    """Two past weeks are issued and come again; the week that is proposed today is left open."""
    made = _documents(connection, "kind = 'weekly_circular'")
    assert len(made) == 2
    last = proposed(TODAY)
    for one in made:
        snapshot, figures = figures_of(connection, one)
        assert reproduce(connection, one).same
        assert snapshot.week.last < last.first
        taken = snapshot.taken_at.date().isoformat()
        assert snapshot.rows
        for row in snapshot.rows:
            days = (row.registered_on, row.closed_on, row.told_on, row.hung_on, row.unhung_on)
            assert all(day is None or day <= taken for day in days)
        assert figures.city["open"].hits > 0
    left = [sum(r.opened_at is None for r in receipts(connection, one)) for one in made]
    assert left == [0, 2]


def test_receipts_are_partly_open_and_a_copy_was_printed_again(connection: Connection) -> None:
    issued = _documents(connection, "state = 'issued' and kind = 'notice'")
    opened = [[one.opened_at is not None for one in receipts(connection, d)] for d in issued]
    assert all(any(row) and not all(row) for row in opened)
    assert any(one.reminded_at for d in issued for one in receipts(connection, d))
    runs = [slip for d in issued for slip in slips(connection, d)]
    assert [slip.again for slip in runs] == [(), (7,)]
    (asked,) = _documents(connection, "state = 'replying'")
    assert waiting(connection, asked) == 1


def test_an_announcement_was_the_last_way(connection: Connection) -> None:
    (case_id,) = connection.exec_driver_sql(
        "select case_id from document where kind = 'announcement'"
    ).scalars()
    failed = connection.exec_driver_sql(
        "select kind from node_event where case_id = ? and kind like 'service_failed%'", (case_id,)
    ).scalars()
    assert set(failed) == {"service_failed_direct", "service_failed_mail"}


def test_whoever_tries_the_demo_can_sign(connection: Connection, folder: Path) -> None:
    path = folder / FILE
    assert PASSPHRASE in path.name
    settings = dict(connection.exec_driver_sql("select key, value from setting").fetchall())
    assert Path(settings["signing_certificate"]) == path.absolute()
    assert Path(settings["roots_folder"]) == (folder / ROOTS).absolute()
    signer = signer_from_file(path, PASSPHRASE)
    assert signer.specimen
    signer.require(NOW)


def _told(session: Session) -> list[tuple[object, ...]]:
    with session.read() as connection:
        rows = connection.exec_driver_sql(
            "select d.kind, d.title, d.fields, d.state, d.content_sha256, a.act, a.stage,"
            " a.person_id, a.at from document d left join document_act a on a.document_id = d.id"
            " order by d.content_sha256, a.at, a.act"
        )
        return [tuple(row) for row in rows]


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory, _empty_store: Path) -> Path:
    """A city of seed 3, as it comes."""
    made = tmp_path_factory.mktemp("third") / "store"
    shutil.copytree(_empty_store, made)
    _generate(made)
    return made


def _generate(store: Path) -> None:
    with Replica.open(store, STORE_PASSPHRASE) as replica:
        session = Session(replica, actor="演示")
        generate(session, load_law(), cases=3 * PAPERS_FROM, seed=3, today=TODAY)


def test_the_same_seed_gives_the_same_papers(
    third: Path, tmp_path: Path, make_store: Callable[[Path], Path]
) -> None:
    make_store(tmp_path / "again")
    _generate(tmp_path / "again")
    told = []
    for store in (third, tmp_path / "again"):
        with Replica.open(store, STORE_PASSPHRASE) as replica:
            told.append(_told(Session(replica, actor="演示")))
    assert told[0] == told[1]
    assert len(told[0]) > 25


def test_the_city_itself_stays_as_it_was(
    third: Path,
    tmp_path: Path,
    make_store: Callable[[Path], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither petitions nor papers move a case, a node clock or an id of the city."""
    monkeypatch.setattr(city_module, "papers", lambda *_args: None)
    monkeypatch.setattr(city_module, "petitions", lambda *_args: Petitions([], [], "", ""))
    make_store(tmp_path / "without")
    _generate(tmp_path / "without")
    # What comes after the petitions draws its ids after theirs.
    told_first = list(COLUMNS)[: list(COLUMNS).index("petition")]
    found = []
    for store in (third, tmp_path / "without"):
        with (
            Replica.open(store, STORE_PASSPHRASE) as replica,
            Session(replica, actor="演示").read() as connection,
        ):
            found.append(
                {
                    table: hashlib.sha256(
                        repr(
                            [
                                tuple(row)
                                for row in connection.exec_driver_sql(
                                    f'select * from "{table}" order by 1'
                                )
                                if "service_failed" not in str(row)
                            ]
                        ).encode()
                    ).hexdigest()
                    for table in (*told_first, "node_clock", "clock_key")
                }
            )
    assert found[0] == found[1]
