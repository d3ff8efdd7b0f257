"""From a stored document to its pages, and from its pages to a signed file. No Qt.

What is printed is made from what the document itself keeps: fields, the words of its case as they
were, the snapshot of its figures, number, day and anchor. So the same pages come again at any time.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from desktop.circulars.official import Head, Official
from desktop.circulars.wording import content_sha256
from desktop.documents.course import ActArgs, ask, record, row_of, settled
from desktop.documents.drafts import CASE_WORDS
from desktop.documents.figures_draft import FIGURE_KINDS, circular
from desktop.documents.files import file_of, fingerprint, keep_file
from desktop.documents.filling import fill
from desktop.documents.kinds import Kind, kinds
from desktop.documents.numbering import number_words
from desktop.documents.replies import asked_courts
from desktop.documents.reply_time import window
from desktop.errors import UserError
from desktop.evidence.printing import Printed
from desktop.rules.signing_matrix import Stage
from storage.schema import table

__all__ = [
    "FILE_MAX",
    "Laid",
    "Reproduction",
    "Signed",
    "court_copy",
    "document_numbered",
    "file_of",
    "fingerprint",
    "keep_file",
    "laid_out",
    "official",
    "prepare",
    "rendered",
    "reproduce",
    "store_signature",
]
FILE_MAX: Final = 5_900_000  # bytes; as base64 below what a row may hold
_CHANGED: Final = "文书在签名期间有改动，未予签发；请重新查看版面。"
_DRAFT_NOTE: Final = "草稿，未签发，不具效力"


@dataclass(frozen=True, slots=True)
class Laid:
    """Fingerprints of a document and of the pages that it gives; made by `laid_out` alone."""

    content: str
    pages: str


@dataclass(frozen=True, slots=True)
class Signed:
    """What came out of the signature: the pages it was given to, and the whole file. `laid`: that
    the pages are those of a document was proved on the layout lane, and of which."""

    act: ActArgs
    pages: bytes
    file: bytes
    laid: Laid | None = None


@dataclass(frozen=True, slots=True)
class Reproduction:
    """重现: `expected` is the fingerprint kept at the signature, `found` that of the pages made
    anew, `in_file` that of the first part of the signed file."""

    number: str
    expected: str
    found: str
    in_file: str

    @property
    def same(self) -> bool:
        """Whether all three agree."""
        return self.expected == self.found == self.in_file


def official(connection: Connection, document_id: str) -> Official:
    """The document as it is printed now; a draft says that it is one."""
    return _official(connection, row_of(connection, document_id))


def court_copy(connection: Connection, document_id: str, court_id: str) -> Official:
    """What one court is asked about: its own lines of a circular made from figures. UserError for
    another kind, or for a court that the figures do not know."""
    row = row_of(connection, document_id)
    if row.kind not in FIGURE_KINDS:
        raise UserError("只有由数据生成的通报才有分院核对稿。")
    return circular(connection, row, _printed(connection, row), court_id)


def _printed(connection: Connection, row: Row[Any]) -> Printed:
    made_on = None if row.made_on is None else date.fromisoformat(row.made_on)
    reply_by = None if row.reply_by is None else date.fromisoformat(row.reply_by)
    return Printed(
        mark=kinds().kind(row.kind).mark,
        organ=kinds().organ,
        centre=kinds().centre,
        number=number_words(row.series, row.year, row.serial),
        made_on=made_on,
        note=_DRAFT_NOTE if made_on is None else "",
        asked=len(asked_courts(connection, row.id)),
        reply_by=reply_by,
        replaces=_number_of(connection, row.supersedes),
    )


def _number_of(connection: Connection, document_id: str | None) -> str:
    if document_id is None:
        return ""
    row = row_of(connection, document_id)
    return number_words(row.series, row.year, row.serial)


def _official(connection: Connection, row: Row[Any]) -> Official:
    if row.kind in FIGURE_KINDS:
        return circular(connection, row, _printed(connection, row))
    kind = kinds().kind(row.kind)
    told: dict[str, Any] = json.loads(row.fields)
    facts = {str(key): str(value) for key, value in told.pop(CASE_WORDS, {}).items()}
    # What begins with a dash below is no field of a template: the panel, say.
    values = {str(key): str(value) for key, value in told.items() if not key.startswith("_")}
    filled = fill(kinds().template(row.template), values, facts)
    made_on = None if row.made_on is None else date.fromisoformat(row.made_on)
    organ, mark = whose(kind, facts)
    return Official(
        head=Head(mark, number_words(row.series, row.year, row.serial)),
        title=filled.title,
        to=filled.to,
        body=filled.body,
        organ=organ,
        made_on=made_on,
        note=_note(connection, row),
        form=kind.form,
    )


def whose(kind: Kind, words: Mapping[str, str]) -> tuple[str, str]:
    """The organ of a document and the mark at its head. A paper of a case is its court's: what a
    basic court decides is decided and sealed there. words: those of the case."""
    organ = (words.get("court") if kind.case else None) or kinds().organ
    return organ, kind.mark.replace(kinds().organ, organ)


def _note(connection: Connection, row: Row[Any]) -> str:
    if row.made_on is not None:
        return ""
    done = settled(connection, row)
    return f"{done}，存卷备查，不对外印发" if done else _DRAFT_NOTE


def rendered(document: Official) -> bytes:
    """Its pages; equal content gives equal bytes. Layout lane."""
    # Imported here: reportlab is slow to load, and a session may end without a page.
    from desktop.circulars.pages import write_official  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="edesk-") as folder:
        return write_official(document, Path(folder) / "pages.pdf").read_bytes()


def laid_out(document: Official, pages: bytes) -> Laid:
    """Lays the document out once more; UserError when it gives other pages. Layout lane."""
    made = Laid(content_sha256(document), fingerprint(rendered(document)))
    if made.pages != fingerprint(pages):
        raise UserError(_CHANGED)
    return made


def prepare(connection: Connection, act: ActArgs) -> Official:
    """Makes a document ready for its signature: sets its day. What this gives is what is shown and
    signed. UserError with who can, where the person at the desk may not sign."""
    row = row_of(connection, act.document_id)
    if row.state != "signing":
        raise UserError("签发前的各环节尚未办完。")
    if row.serial is None:
        raise UserError("文书尚未编号，不能签发。")
    if row.content_sha256 != act.content:
        raise UserError("文书内容已有改动，请重新打开，按最新内容办理。")
    decision = ask(connection, row, Stage.SIGN, act).decision
    if not decision.allowed:
        raise UserError(decision.reason)
    _replied(connection, row, act)
    document = table("document")
    connection.execute(
        update(document).where(document.c.id == row.id).values(made_on=act.at.date().isoformat())
    )
    return official(connection, row.id)


def _replied(connection: Connection, row: Row[Any], act: ActArgs) -> None:
    fault = window(connection, row).fault(act.at)
    if fault:
        raise UserError(fault)


def store_signature(connection: Connection, signed: Signed) -> None:
    """签发: keeps the signed file and what it was made from, in one act.

    Raises UserError when the file does not begin with the pages that this document gives now. With
    `signed.laid` nothing is laid out here: the document has only to be the one that was.
    """
    row = row_of(connection, signed.act.document_id)
    if row.made_on is None:
        raise UserError("请先生成待签版面。")
    if not signed.file.startswith(signed.pages):
        raise UserError("所签文件与所见版面不同，未予签发。")
    if len(signed.file) == len(signed.pages):
        raise UserError("文件没有签名，未予签发。")
    if not _gives(_official(connection, row), signed):
        raise UserError(_CHANGED)
    if len(signed.file) > FILE_MAX:
        raise UserError(f"文件过大（{len(signed.file)} 字节），不能存入。")
    decision = ask(connection, row, Stage.SIGN, signed.act).decision
    if not decision.allowed:
        raise UserError(decision.reason)
    _replied(connection, row, signed.act)
    record(connection, row, "sign", Stage.SIGN, signed.act, decision)
    keep_file(connection, row.id, "signed", _file_name(row), signed.file)
    document = table("document")
    connection.execute(
        update(document)
        .where(document.c.id == row.id)
        .values(
            state="signed",
            render_sha256=fingerprint(signed.pages),
            signed_sha256=fingerprint(signed.file),
        )
    )


def _gives(document: Official, signed: Signed) -> bool:
    """Whether the signed pages are those of the document."""
    pages = fingerprint(signed.pages)
    if signed.laid is None:
        return fingerprint(rendered(document)) == pages
    return signed.laid == Laid(content_sha256(document), pages)


def _file_name(row: Row[Any]) -> str:
    return f"{number_words(row.series, row.year, row.serial)}.pdf"


def reproduce(connection: Connection, document_id: str) -> Reproduction:
    """重现 of a signed document from what it keeps (X11). UserError before its signature."""
    row = row_of(connection, document_id)
    if row.render_sha256 is None:
        raise UserError("文书尚未签发，没有可以重现的版面。")
    pages = rendered(_official(connection, row))
    kept = file_of(connection, document_id, "signed")
    return Reproduction(
        number_words(row.series, row.year, row.serial),
        row.render_sha256,
        fingerprint(pages),
        fingerprint(kept[: len(pages)]),
    )


def document_numbered(connection: Connection, number: str) -> str:
    """Id of the document with that number as printed; UserError when there is none."""
    document = table("document").c
    rows = connection.execute(
        select(document.id, document.series, document.year, document.serial).where(
            document.serial.is_not(None)
        )
    ).all()
    for row in rows:
        if number_words(row.series, row.year, row.serial) == number.strip():
            return str(row.id)
    raise UserError(f"没有文号为“{number}”的文书。")
