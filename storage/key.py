"""From passphrase to key, and how a wrong passphrase is told from a damaged file.

The derivation is SQLCipher 4's own (PBKDF2-HMAC-SHA512, 256,000 rounds), done once per open; every
connection then takes the raw key, so a pooled connection costs no derivation. Any program that
speaks SQLCipher 4 opens the file with the passphrase alone. Any thread.
"""

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DATABASE: Final = "replica.db"  # in the folder of a store; beside it the card
CARD: Final = "replica.json"
ROUNDS: Final = 256_000
SALT_BYTES: Final = 16
PAGE_BYTES: Final = 4096
_TAG_BYTES: Final = 64
_FORMAT: Final = 1
_CONSTANT: Final = b"enforcement-desk replica"
_SALT_MASK: Final = 0x3A  # SQLCipher derives its page-check key from the salt under this mask.
_SAMPLES_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class Key:
    """32 bytes of key and the 16 bytes of salt that stand at the start of the file."""

    raw: bytes
    salt: bytes

    @property
    def pragma(self) -> str:
        """The value of PRAGMA key; hexadecimal only, so nothing in it needs quoting."""
        return f"\"x'{self.raw.hex()}{self.salt.hex()}'\""

    def check(self) -> str:
        """Proof that a passphrase is the right one, without a byte of the database."""
        return hmac.new(self.raw, _CONSTANT, hashlib.sha256).hexdigest()

    def __repr__(self) -> str:
        return "Key(…)"


def derive(passphrase: str, salt: bytes) -> Key:
    """The key of `passphrase`; about 0.1 s on purpose."""
    assert len(salt) == SALT_BYTES
    raw = hashlib.pbkdf2_hmac("sha512", passphrase.encode(), salt, ROUNDS, 32)
    return Key(raw, salt)


def new_salt() -> bytes:
    """Sixteen random bytes."""
    return os.urandom(SALT_BYTES)


@dataclass(frozen=True, slots=True)
class KeyCard:
    """What replica.json says: the salt and the proof of the right passphrase."""

    salt: bytes
    check: str


def read_card(path: Path) -> KeyCard | None:
    """The card beside the database, or None when it is missing or unreadable."""
    try:
        data = json.loads(path.read_text("utf-8"))
        card = KeyCard(bytes.fromhex(data["salt"]), str(data["check"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return card if len(card.salt) == SALT_BYTES else None


def write_card(path: Path, key: Key) -> None:
    """Writes the card in one step: an interrupted write leaves the old card."""
    text = json.dumps({"format": _FORMAT, "salt": key.salt.hex(), "check": key.check()})
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def salt_of(path: Path) -> bytes | None:
    """The first sixteen bytes of a database file; None when it is shorter."""
    with path.open("rb") as file:
        salt = file.read(SALT_BYTES)
    return salt if len(salt) == SALT_BYTES else None


def fits(path: Path, key: Key) -> bool:
    """Whether any sampled page of the file carries a valid check under `key`.

    One valid page proves the passphrase, however damaged the other pages are.
    """
    masked = bytes(byte ^ _SALT_MASK for byte in key.salt)
    check_key = hashlib.pbkdf2_hmac("sha512", key.raw, masked, 2, 32)
    pages = path.stat().st_size // PAGE_BYTES
    step = max(1, pages // _SAMPLES_MAX)
    with path.open("rb") as file:
        for number in range(1, pages + 1, step):
            file.seek((number - 1) * PAGE_BYTES)
            page = file.read(PAGE_BYTES)
            body = page[SALT_BYTES if number == 1 else 0 : -_TAG_BYTES]
            tag = hmac.new(check_key, body + number.to_bytes(4, "little"), "sha512").digest()
            if hmac.compare_digest(tag, page[-_TAG_BYTES:]):
                return True
    return False
