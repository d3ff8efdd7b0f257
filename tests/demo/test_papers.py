"""Documents of the demo city: in every state, by the desk's own rules."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

import pytest
from sqlalchemy import Connection

from desktop.circulars.signers import signer_from_file
from desktop.circulars.trust import read_authorities
from desktop.circulars.verification import verify
from desktop.contract.court_zone import COURT_ZONE
from desktop.demo.pen import FILE, PASSPHRASE, ROOTS
from desktop.documents.course import waiting_for
from desktop.documents.figures_draft import figures_of
from desktop.documents.pages import file_of, reproduce
from desktop.documents.receipts import receipts, slips
from desktop.documents.replies import waiting
from desktop.evidence.week import proposed
from storage.session import Session
from tests.demo.cities import TODAY, great_city, own_copy

NOW = datetime.combine(TODAY, time(9), COURT_ZONE)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with own_copy(tmp_path_factory) as session:
        yield session


@pytest.fixture
def folder(city: Session) -> Path:
    return city.replica.folder


@pytest.fixture(scope="module")
def connection(city: Session) -> Iterator[Connection]:
    with city.read() as opened:
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


def test_whoever_tries_the_demo_can_sign(
    connection: Connection, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Where the demo was made; a copy of it names that place, too."""
    folder = great_city(tmp_path_factory)
    path = folder / FILE
    assert PASSPHRASE in path.name
    settings = dict(connection.exec_driver_sql("select key, value from setting").fetchall())
    assert Path(settings["signing_certificate"]) == path.absolute()
    assert Path(settings["roots_folder"]) == (folder / ROOTS).absolute()
    signer = signer_from_file(path, PASSPHRASE)
    assert signer.specimen
    signer.require(NOW)
