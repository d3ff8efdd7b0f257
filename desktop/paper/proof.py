"""What proves a signed document: its file, and its pages made again; and files that prove a reply.

Reader and layout lanes; no Qt.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from desktop.circulars.names import file_name
from desktop.circulars.official import Official
from desktop.documents.course import row_of
from desktop.documents.files import keep_file
from desktop.documents.numbering import number_words
from desktop.documents.pages import Reproduction, file_of, fingerprint, official, rendered
from desktop.documents.replies import Objection, object_to
from desktop.errors import OutsideError, UserError

PROOF_MAX: Final = 4_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What a signed document keeps of itself: the fingerprint at its signature, the file, and what
    its pages are made from."""

    number: str
    expected: str
    file: bytes
    pages: Official


def kept_proof(connection: Connection, document_id: str) -> Kept:
    """Reads it. UserError before the signature."""
    row = row_of(connection, document_id)
    if row.render_sha256 is None:
        raise UserError("文书尚未签发，没有可以重现的版面。")
    number = number_words(row.series, row.year, row.serial)
    file = file_of(connection, document_id, "signed")
    return Kept(number, row.render_sha256, file, official(connection, document_id))


def made_again(kept: Kept) -> Reproduction:
    """重现 on the layout lane, where pages are made; the same answer as documents.pages gives."""
    pages = rendered(kept.pages)
    in_file = fingerprint(kept.file[: len(pages)])
    return Reproduction(kept.number, kept.expected, fingerprint(pages), in_file)


@dataclass(frozen=True, slots=True)
class FileOut:
    """A stored file by its whole name, and the folder it is written to, so that another program
    can open it."""

    name: str
    body: bytes
    folder: Path


def written(out: FileOut) -> Path:
    """Writes the very bytes. OutsideError when the folder does not take them."""
    stem, _, ending = out.name.rpartition(".")
    path = out.folder / file_name(stem or out.name, suffix=f".{ending}" if stem else "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(out.body)
    except OSError as error:
        raise OutsideError(f"文件无法写入：{path}（{error.strerror}）。") from error
    return path


@dataclass(frozen=True, slots=True)
class Proof:
    """A file that was chosen and read."""

    name: str
    body: bytes


def read_proof(path: Path) -> Proof:
    """A file chosen as proof. UserError when it is too large or cannot be read."""
    try:
        if path.stat().st_size > PROOF_MAX:
            raise UserError(f"凭证不得超过 {PROOF_MAX // 1_000_000} 兆字节：{path.name}。")
        return Proof(path.name, path.read_bytes())
    except OSError as error:
        raise UserError(f"文件无法读取：{path}（{error.strerror}）。") from error


@dataclass(frozen=True, slots=True)
class ObjectArgs:
    """What a court says, and the file that proves it."""

    said: Objection
    proof: Proof | None = None


def object_with_proof(connection: Connection, args: ObjectArgs) -> str:
    """An objection, with its proof stored beside the document; gives its id. Writer lane."""
    if args.proof is None:
        return object_to(connection, args.said)
    kept = keep_file(connection, args.said.document_id, "proof", args.proof.name, args.proof.body)
    return object_to(connection, replace(args.said, proof_id=kept))
