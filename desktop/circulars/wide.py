"""A wide table on paper, as frozen text, and the fingerprint of all its words. Pure; any thread."""

import hashlib
import json
from dataclasses import asdict, dataclass

from desktop.circulars.official import Column


@dataclass(frozen=True, slots=True)
class WideTable:
    """A table over as many pages as it takes. `strong`: places of rows that are sums; `joined`:
    places of rows that go on with the one above, without a rule and on the same page."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: tuple[int, ...] = ()
    joined: tuple[int, ...] = ()
    share: int = 100  # of the width of the page, in percent


@dataclass(frozen=True, slots=True)
class WideSheet:
    """Everything on the sheet but who signed it and when, so that its fingerprint is the same
    before and after. `facts`: pairs of name and words below the title; `closing`: lines beneath
    the tables."""

    title: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[WideTable, ...]
    closing: tuple[str, ...]
    author: str

    def sha256(self) -> str:
        """Over every word that is printed, in one fixed writing. Typefaces differ from desk to
        desk, and with them the bytes of a PDF: two people at two desks compare this."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SignedBy:
    """A line for a signature: `post` always, name and moment once they are known."""

    post: str
    name: str = ""
    at: str = ""
