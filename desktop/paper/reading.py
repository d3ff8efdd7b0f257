"""What the parts of this package read of a document. Reader lanes; no Qt."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from desktop.circulars.official import Official
from desktop.documents.course import row_of
from desktop.documents.numbering import number_words
from desktop.documents.pages import file_of, official
from desktop.errors import UserError

_HAS_FILE: Final = ("signed", "issued", "recalled")


@dataclass(frozen=True, slots=True)
class OnScreen:
    """What is to be shown: the signed `file`, else what the pages are made from."""

    number: str
    title: str
    state: str
    file: bytes
    pages: Official | None


@dataclass(frozen=True, slots=True)
class ToSign:
    """A document before its signature; `content` is the fingerprint of its words."""

    document_id: str
    kind: str
    number: str
    title: str
    state: str
    content: str


def on_screen(connection: Connection, document_id: str) -> OnScreen:
    """The document as it stands. UserError when it is gone, or its file was tampered with."""
    row = row_of(connection, document_id)
    number = number_words(row.series, row.year, row.serial)
    title = str(row.title).replace("\n", "")
    if row.state in _HAS_FILE and row.signed_sha256 is not None:
        file = file_of(connection, document_id, "signed")
        return OnScreen(number, title, row.state, file, None)
    return OnScreen(number, title, row.state, b"", official(connection, document_id))


def to_sign(connection: Connection, document_id: str) -> ToSign:
    """What the signing box has to know first."""
    row = row_of(connection, document_id)
    return ToSign(
        row.id,
        row.kind,
        number_words(row.series, row.year, row.serial),
        str(row.title).replace("\n", ""),
        row.state,
        row.content_sha256,
    )


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A signed file, and the case that it belongs to."""

    data: bytes
    case_id: str | None


def signed_files(connection: Connection, ids: tuple[str, ...]) -> dict[str, SignedFile]:
    """The signed files by document. UserError for a document that is not signed."""
    found = {}
    for one in ids:
        row = row_of(connection, one)
        if row.state not in _HAS_FILE:
            title = str(row.title).replace("\n", "")
            raise UserError(f"《{title}》尚未签发，不能印制。")
        found[one] = SignedFile(file_of(connection, one, "signed"), row.case_id)
    return found
