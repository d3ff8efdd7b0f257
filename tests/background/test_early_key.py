"""The key is derived ahead of the opening: once, with the store's own salt, and proven there."""

from pathlib import Path

import pytest

from desktop.background import early_key
from desktop.background.early_key import EarlyKey
from storage import key
from storage.faults import WrongPassphrase
from storage.key import Key
from storage.replica import CARD, Replica
from tests.passphrase import PASSPHRASE


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EDESK_PASSPHRASE", PASSPHRASE)
    Replica.open(tmp_path, PASSPHRASE, create=True).close()
    return tmp_path


@pytest.fixture
def derived(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passphrases that a key was derived from, here or while a store opens."""
    seen: list[str] = []
    real = key.derive

    def derive(passphrase: str, salt: bytes) -> Key:
        seen.append(passphrase)
        return real(passphrase, salt)

    monkeypatch.setattr(key, "derive", derive)
    monkeypatch.setattr(early_key, "derive", derive)
    return seen


def test_the_key_opens_the_store_without_a_second_derivation(
    store: Path, derived: list[str]
) -> None:
    early = EarlyKey(store)
    early.look()
    found = early.take()
    assert found.exists
    assert found.passphrase == PASSPHRASE
    Replica.open(store, PASSPHRASE, derived=found.key).close()
    assert derived == [PASSPHRASE]


def test_who_asks_again_has_it_looked_for_anew(store: Path, derived: list[str]) -> None:
    early = EarlyKey(store)
    early.look()
    assert early.take() == early.take()
    assert derived == [PASSPHRASE, PASSPHRASE]


def test_a_wrong_key_is_refused_like_a_wrong_passphrase(store: Path) -> None:
    salt = key.salt_of(store / "replica.db")
    assert salt is not None
    with pytest.raises(WrongPassphrase):
        Replica.open(store, "not this one", derived=key.derive("not this one", salt))


def test_a_key_for_another_salt_counts_for_nothing(store: Path, derived: list[str]) -> None:
    other = Key(bytes(32), bytes(16))
    Replica.open(store, PASSPHRASE, derived=other).close()
    assert derived == [PASSPHRASE]


def test_nothing_is_derived_where_there_is_nothing_to_open(
    store: Path, derived: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (store / CARD).unlink()
    without_card = EarlyKey(store).take()
    assert (without_card.passphrase, without_card.exists, without_card.key) == (
        PASSPHRASE,
        True,
        None,
    )
    assert not EarlyKey(store / "elsewhere").take().exists
    assert derived == []


def test_what_goes_wrong_ahead_is_told_to_who_asks(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_folder: Path) -> None:
        raise RuntimeError("the key ring is on fire")

    monkeypatch.setattr(early_key.passphrase, "find", broken)
    early = EarlyKey(store)
    early.look()
    with pytest.raises(RuntimeError, match="on fire"):
        early.take()
