"""What the hash of an entry goes over; storage.schema.funds says the same in SQL. Pure."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from storage.schema.funds import SEALED


def sealed_text(entry: Mapping[str, Any] | RowMapping) -> str:
    """Each value with its length before it; a value that is missing is a dash."""
    return ",".join(part(entry[name]) for name in SEALED)


def entry_hash(entry: Mapping[str, Any] | RowMapping) -> str:
    """The SHA-256 that the next entry is linked to."""
    return hashlib.sha256(sealed_text(entry).encode()).hexdigest()


def part(value: object) -> str:
    """One value of a text that is hashed."""
    if value is None:
        return "-"
    text = str(int(value)) if isinstance(value, bool) else str(value)
    return f"{len(text)}:{text}"
