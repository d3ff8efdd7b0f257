"""Fingerprint of everything an official document says, however it is laid out. Pure."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date

from desktop.circulars.official import Official


def content_sha256(document: Official) -> str:
    """SHA-256 over kinds and values of all its parts: equal for equal documents alone."""
    text = json.dumps(_plain(document), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    """Parts with their kinds, in their order; a day apart from its words."""
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(_plain(getattr(value, one.name)) for one in fields(value))]
    if isinstance(value, tuple):
        return ["", *map(_plain, value)]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    assert value is None or isinstance(value, str | int | float), f"no part of a page: {value!r}"
    return value
