"""Environment first, then the keyring; a machine without a keyring asks."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from storage import passphrase


class _Memory(KeyringBackend):  # type: ignore[misc]
    """A keyring that forgets at the end of the test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(passphrase.VARIABLE, raising=False)
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = _Memory()
    keyring.set_keyring(memory)
    monkeypatch.setenv(passphrase.VARIABLE, "脚本")
    assert passphrase.find(tmp_path) == "脚本"
    assert passphrase.remember(tmp_path, "脚本") is False
    assert memory.kept == {}


def test_remembered_for_its_own_folder(tmp_path: Path) -> None:
    keyring.set_keyring(_Memory())
    assert passphrase.find(tmp_path) is None
    assert passphrase.remember(tmp_path, "口令") is True
    assert passphrase.find(tmp_path / ".." / tmp_path.name) == "口令"
    assert passphrase.find(tmp_path / "other") is None


def test_a_missing_keyring_is_no_error(tmp_path: Path) -> None:
    keyring.set_keyring(NoKeyring())
    assert passphrase.find(tmp_path) is None
    assert passphrase.remember(tmp_path, "口令") is False
