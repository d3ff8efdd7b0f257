"""How long a device shows its data without its hub: the hub's days, no clock set back, no loss."""

from datetime import datetime, timedelta

import pytest

from desktop.contract.court_zone import COURT_ZONE
from storage.session import Session
from storage.sync import engine, memory
from storage.sync.validity import ended_words, note_time, validity

NOW = datetime.now(COURT_ZONE)


def told(session: Session, days: int) -> None:
    with session.apply() as write:
        memory.keep(write.connection, "hello", {"offline_days": days})


def over(session: Session, ahead: timedelta) -> bool | None:
    with session.read() as connection:
        found = validity(connection, NOW + ahead)
    return None if found is None else found.over


def test_a_desk_without_a_hub_has_no_end(session: Session) -> None:
    assert over(session, timedelta(days=9_000)) is None
    engine.remember_contact(session)
    assert over(session, timedelta(days=9_000)) is None
    told(session, 0)
    assert over(session, timedelta(days=9_000)) is None


@pytest.mark.parametrize(
    ("days", "ahead", "ended"), [(30, 29, False), (30, 31, True), (2, 3, True)]
)
def test_the_days_of_the_hub_count_from_the_last_exchange(
    session: Session, days: int, ahead: int, ended: bool
) -> None:
    told(session, days)
    engine.remember_contact(session)
    assert over(session, timedelta(days=ahead)) is ended


def test_a_clock_set_back_gives_no_days(session: Session) -> None:
    told(session, 7)
    engine.remember_contact(session)
    with session.apply() as write:
        note_time(write.connection, NOW + timedelta(days=8))
        note_time(write.connection, NOW + timedelta(days=1))
    assert over(session, timedelta(days=-300)) is True
    engine.remember_contact(session)
    assert over(session, timedelta(0)) is False


def test_the_sentence_names_the_days_and_what_helps(session: Session) -> None:
    told(session, 7)
    engine.remember_contact(session)
    with session.read() as connection:
        found = validity(connection, NOW + timedelta(days=10))
    assert found is not None
    words = ended_words(found)
    assert "超过规定的 7 天" in words
    assert "与共享库交换一次" in words
