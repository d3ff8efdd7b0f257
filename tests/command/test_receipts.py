"""What a printed code proves, read from the store alone: existence, order, content, and the time
between what the hub knew and when it arrived."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from desktop.command.receipts import append, prove
from desktop.command.seizures.commands import save, sign
from desktop.errors import UserError
from desktop.rules.receipt_chain import code_of
from storage.faults import RefusedByRule
from storage.schema import table
from storage.session import Session
from storage.sync import heads, memory
from tests.command.seizure_office import FIRST, NOW, WHOLE, filled, furnish, key, photographed


@pytest.fixture
def office(session: Session) -> Session:
    with session.write("备") as write:
        furnish(write.connection)
    return session


def seized(office: Session, n: int, *, minutes: int = 0) -> str:
    """A signed list; its code. `minutes`: where the device's clock stands."""
    at = NOW + timedelta(minutes=minutes)
    form = replace(WHOLE, began=at - timedelta(minutes=9), ended=at - timedelta(minutes=1))
    given = replace(filled(form, key(100 + n)), at=at)
    with office.write("拍照") as write:
        photographed(write.connection, given)
    with office.write("签名") as write:
        return sign(write.connection, given).code


def forge(office: Session, statement: str) -> None:
    """Past every rule, as somebody who has the file and the passphrase would."""
    with office.apply() as write:
        write.connection.exec_driver_sql(statement)


def test_an_untouched_chain_proves_its_codes(office: Session) -> None:
    codes = [seized(office, n, minutes=n) for n in range(3)]
    with office.read() as connection:
        for n, code in enumerate(codes, start=1):
            proof = prove(connection, code.lower().replace("-", " "))
            assert proof.sound
            assert proof.link is not None
            assert proof.link.n == n
            assert "相符" in proof.words[0]
            assert "程远帆" in proof.words[0]


@pytest.mark.parametrize(
    ("statement", "words", "sound"),
    [
        ("update seizure set place = '别处' where id = '{first}'", "内容在签名之后被改动", False),
        ("update seizure_item set value_fen = 1 where seizure_id = '{first}'", "内容", False),
        ("update seizure_photo set sha256 = 'ab' where seizure_id = '{first}'", "内容", False),
        ("update receipt_link set at = '2026-11-01T00:00:00+08:00' where n = 1", "改动", False),
        ("update receipt_link set n = n + 10 where n = 1", "改动", False),
        # What is altered behind it says nothing about it, and is told.
        ("update receipt_link set about_id = '{first}' where n = 2", "与本码无关", True),
    ],
)
def test_whatever_is_altered_is_named(
    office: Session, statement: str, words: str, sound: bool
) -> None:
    first, _second = seized(office, 0), seized(office, 1)
    forge(office, statement.format(first=key(100)))
    with office.read() as connection:
        proof = prove(connection, first)
    assert proof.sound is sound
    assert words in "".join(proof.words)


def test_two_receipts_that_changed_places_are_named(office: Session) -> None:
    codes = [seized(office, n) for n in range(3)]
    for statement in (
        "update receipt_link set n = 100 where n = 1",
        "update receipt_link set n = 1 where n = 2",
        "update receipt_link set n = 2 where n = 100",
    ):
        forge(office, statement)
    with office.read() as connection:
        for code in codes:
            assert not prove(connection, code).sound


def test_a_chain_written_anew_is_convicted_by_the_paper(office: Session) -> None:
    """Whoever recomputes all hashes and codes has no way to the code that was handed out."""
    code = seized(office, 0)
    with office.read() as connection:
        link = connection.execute(select(table("receipt_link"))).one()
    forged = code_of(link.previous, "ef" * 32)
    forge(office, f"update receipt_link set link_sha256 = '{'ef' * 32}', code = '{forged}'")
    with office.read() as connection:
        proof = prove(connection, code)
    assert not proof.sound
    assert "没有回执码" in proof.words[0]


def test_a_clock_set_back_breaks_no_order_and_is_told(office: Session) -> None:
    with office.apply() as write:
        facts = {"seq": 41, "link": "ab" * 32, "at": "2026-11-30T10:00:00+08:00"}
        memory.keep(write.connection, heads.KEY, facts)
    seized(office, 0)
    code = seized(office, 1, minutes=-2_880)  # two days back
    forge(office, "update receipt_link set changed_at = '2026-11-30T11:00:00.000+08:00'")
    with office.read() as connection:
        proof = prove(connection, code)
    said = "".join(proof.words)
    assert proof.sound
    assert "拨回" in said
    assert "不早于 2026-11-30 10:00:00（当时已知审计链第 41 环）" in said
    assert "不晚于 2026-11-30 11:00:00（到达共享库）" in said
    assert proof.head is not None
    assert proof.head.seq == 41


def test_a_desk_without_a_hub_says_that_it_has_its_clock_alone(office: Session) -> None:
    code = seized(office, 0)
    with office.read() as connection:
        assert "只有设备时钟可考" in "".join(prove(connection, code).words)


def test_a_device_that_lost_sight_of_its_links_goes_on_with_its_chain(office: Session) -> None:
    seized(office, 0)
    with office.read() as connection:
        before = connection.execute(select(table("receipt_link"))).one()
    forge(office, "delete from receipt_link")  # its case went to another team
    code = seized(office, 1)
    with office.read() as connection:
        after = connection.execute(select(table("receipt_link"))).one()
        proof = prove(connection, code)
    assert (after.n, after.previous) == (2, before.link_sha256)
    assert proof.sound
    assert "缺第 1 号" in "".join(proof.words)


def test_after_a_restore_a_chain_begins_that_no_paper_contradicts(office: Session) -> None:
    """The backup lacks the second link, whose code is on paper and which the hub has."""
    seized(office, 0)
    with office.apply() as write:
        memory.keep(write.connection, "restored", {"life": key(7)})
    code = seized(office, 1)
    with office.read() as connection:
        links = connection.execute(select(table("receipt_link"))).all()
        assert [link.n for link in links] == [1, 1]
        assert len({link.device for link in links}) == 2
        assert all(prove(connection, link.code).sound for link in links)
    again = seized(office, 2)
    with office.read() as connection:
        proof = prove(connection, again)
    assert proof.sound
    assert proof.link is not None
    assert (proof.link.n, code != again) == (2, True)


def test_the_database_takes_no_link_that_does_not_follow(office: Session) -> None:
    seized(office, 0)
    with pytest.raises(RefusedByRule, match="不相衔接"), office.write("生") as write:
        write.connection.exec_driver_sql(
            "insert into receipt_link (id, device, n, kind, about, about_id, content_sha256,"
            " previous, link_sha256, at, code, person_id) select ?, device, 2, kind, about,"
            " about_id, content_sha256, ?, ?, at, 'X', person_id from receipt_link",
            (key(700), "1" * 64, "2" * 64),
        )


def test_a_refused_signature_leaves_no_link(office: Session) -> None:
    """What is linked is in the caller's transaction: it goes with it."""

    def fails(connection: Connection) -> None:
        save(connection, filled())
        append(connection, "sign", "seizure", key(100), "c" * 64, FIRST, NOW)
        raise UserError("别的原因")

    with pytest.raises(UserError), office.write("签名") as write:
        fails(write.connection)
    code = seized(office, 0)
    with office.read() as connection:
        proof = prove(connection, code)
        assert proof.link is not None
        assert proof.link.n == 1


@pytest.mark.parametrize("typed", ["", "不是编码", "0000-0000-0000-0001"])
def test_what_is_no_code_is_refused_in_words(office: Session, typed: str) -> None:
    with office.read() as connection, pytest.raises(UserError, match="回执码"):
        prove(connection, typed)


# The hub's head


@pytest.mark.parametrize("answer", [(7, "ab" * 32), f"(7,{'ab' * 32})"])
def test_the_newest_head_is_kept_with_the_hubs_time(office: Session, answer: object) -> None:
    asked: list[str] = []

    def call(function: str, *_values: object) -> object:
        asked.append(function)
        return answer

    heads.note(office, call, "2026-11-30T10:00:00+08:00")
    with office.read() as connection:
        first = heads.noted(connection)
    assert first == f"7|{'ab' * 32}|2026-11-30T10:00:00+08:00"
    # The same head again: when it was first seen stays.
    heads.note(office, call, "2026-11-30T10:01:00+08:00")
    with office.read() as connection:
        assert heads.noted(connection) == first
    assert asked == ["chain_head", "chain_head"]


def test_a_hub_without_a_link_says_nothing(office: Session) -> None:
    heads.note(office, lambda _function: None, "2026-11-30T10:00:00+08:00")
    with office.read() as connection:
        assert heads.noted(connection) == ""
