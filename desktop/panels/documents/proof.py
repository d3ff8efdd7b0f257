"""What proves a signed document: its file, and its pages made again. Reader and layout lanes."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from desktop.circulars.names import file_name
from desktop.circulars.official import Official
from desktop.documents.course import row_of
from desktop.documents.numbering import number_words
from desktop.documents.pages import Reproduction, file_of, fingerprint, official, rendered
from desktop.errors import OutsideError, UserError
from desktop.panels.documents.commands import PROOF_MAX, Proof


@dataclass(frozen=True, slots=True)
class Kept:
    """What a signed document keeps of itself."""

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
    """A signed file and the folder it is written to, so that it can be verified as any other."""

    number: str
    body: bytes
    folder: Path


def written(out: FileOut) -> Path:
    """Writes the very bytes. OutsideError when the folder does not take them."""
    path = out.folder / file_name(out.number, "已签发")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(out.body)
    except OSError as error:
        raise OutsideError(f"文件无法写入：{path}（{error.strerror}）。") from error
    return path


def read_proof(path: Path) -> Proof:
    """A file chosen as proof. UserError when it is too large or cannot be read."""
    try:
        if path.stat().st_size > PROOF_MAX:
            raise UserError(f"凭证不得超过 {PROOF_MAX // 1_000_000} 兆字节：{path.name}。")
        return Proof(path.name, path.read_bytes())
    except OSError as error:
        raise UserError(f"文件无法读取：{path}（{error.strerror}）。") from error
