"""Acts on circulars, each one transaction of the writer lane, and the proof of an issued one.

What desktop.documents does by itself is called from the pages directly.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from desktop.circulars.names import file_name
from desktop.circulars.official import Official
from desktop.documents.course import ActArgs, ask, open_stage, pass_stage, row_of
from desktop.documents.files import keep_file
from desktop.documents.numbering import number_words
from desktop.documents.pages import Reproduction, file_of, fingerprint, official, rendered
from desktop.documents.receipts import Issue, issue, remind
from desktop.documents.replies import AskReplies, Objection, ask_replies, object_to
from desktop.errors import OutsideError, UserError
from desktop.rules.signing import at_stage, decide
from desktop.rules.signing_matrix import Stage

PROOF_MAX: Final = 4_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """A file that was chosen and read."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class ObjectArgs:
    """What a court says, and the file that proves it."""

    said: Objection
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class AskArgs:
    """The draft goes to `courts`, who may object until `reply_by`."""

    act: ActArgs
    courts: tuple[str, ...]
    reply_by: date


def sender_refusal(connection: Connection, act: ActArgs) -> str:
    """Why the person at the desk may not send the circular: whoever drafts or signs such documents
    sends them. Empty where he may."""
    row = row_of(connection, act.document_id)
    try:
        drafting = ask(connection, row, Stage.DRAFT, act)
        drafts = decide(drafting.matrix, at_stage(drafting.matrix, drafting.attempt))
        signing = ask(connection, row, Stage.SIGN, act)
        signs = decide(signing.matrix, at_stage(signing.matrix, signing.attempt))
    except UserError as refusal:
        return str(refusal)
    return "" if drafts.allowed or signs.allowed else drafts.reason


def _require_sender(connection: Connection, act: ActArgs) -> None:
    refusal = sender_refusal(connection, act)
    if refusal:
        raise UserError(refusal)


def issue_circular(connection: Connection, args: Issue) -> int:
    """印发 by whoever may send it; gives to how many courts."""
    _require_sender(connection, args.act)
    return issue(connection, args)


def remind_courts(connection: Connection, act: ActArgs) -> int:
    """催阅 by whoever may send it; gives how many were reminded."""
    _require_sender(connection, act)
    return remind(connection, act)


def ask_courts(connection: Connection, args: AskArgs) -> int:
    """征求意见 by whoever may send it; gives how many courts were asked."""
    _require_sender(connection, args.act)
    return ask_replies(connection, AskReplies(args.act, args.courts, args.reply_by))


def object_with_proof(connection: Connection, args: ObjectArgs) -> str:
    """Stores an objection with its proof; gives its id."""
    said = args.said
    if args.proof is not None:
        proof = args.proof
        kept = keep_file(connection, said.document_id, "proof", proof.name, proof.body)
        said = replace(said, proof_id=kept)
    return object_to(connection, said)


def read_proof(path: Path) -> Proof:
    """A file chosen as proof. Layout lane. UserError when it is too large or cannot be read."""
    try:
        if path.stat().st_size > PROOF_MAX:
            raise UserError(f"凭证不得超过 {PROOF_MAX // 1_000_000} 兆字节：{path.name}。")
        return Proof(path.name, path.read_bytes())
    except OSError as error:
        raise UserError(f"文件无法读取：{path}（{error.strerror}）。") from error


@dataclass(frozen=True, slots=True)
class FileOut:
    """A stored file and the folder it is written to, so that another program can open it."""

    name: str
    body: bytes
    folder: Path


def written(out: FileOut) -> Path:
    """Writes the very bytes. Layout lane. OutsideError when the folder does not take them."""
    stem, _, ending = out.name.rpartition(".")
    path = out.folder / file_name(stem or out.name, suffix=f".{ending}" if stem else "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(out.body)
    except OSError as error:
        raise OutsideError(f"文件无法写入：{path}（{error.strerror}）。") from error
    return path


def pass_open_stage(connection: Connection, act: ActArgs) -> Stage:
    """Review or approval by the person at the desk; gives the stage. UserError with who can."""
    row = row_of(connection, act.document_id)
    stage = open_stage(ask(connection, row, Stage.SIGN, act))
    if stage is None:
        raise UserError("通报的各环节都已办完。")
    pass_stage(connection, act, stage)
    return stage


# 重现: what is read on a reader lane, and what is laid out on the layout lane.


@dataclass(frozen=True, slots=True)
class Kept:
    """What a signed circular keeps of itself: the fingerprint at its signature, the file, and what
    its pages are made from."""

    number: str
    expected: str
    file: bytes
    pages: Official


def kept(connection: Connection, document_id: str) -> Kept:
    """Reads it. UserError before the signature."""
    row = row_of(connection, document_id)
    if row.render_sha256 is None:
        raise UserError("通报尚未签发，没有可以重现的版面。")
    number = number_words(row.series, row.year, row.serial)
    file = file_of(connection, document_id, "signed")
    return Kept(number, row.render_sha256, file, official(connection, document_id))


def made_again(found: Kept) -> Reproduction:
    """The pages made anew and compared, as desktop.documents.pages.reproduce does."""
    pages = rendered(found.pages)
    in_file = fingerprint(found.file[: len(pages)])
    return Reproduction(found.number, found.expected, fingerprint(pages), in_file)
