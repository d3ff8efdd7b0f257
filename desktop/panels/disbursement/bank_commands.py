"""Files to the bank and from it, and the direct line, as pieces of work for the lanes. No Qt."""

from dataclasses import dataclass
from pathlib import Path

from desktop.funds.answers import StatusFile, read
from desktop.funds.channel import BankLine, BankWord, checked, inquire, send
from desktop.funds.outgoing import BankFile, Batch, Payment, bank_file, put
from desktop.funds.outgoing_slip import write_slip
from desktop.funds.payment_profiles import PaymentProfile


@dataclass(frozen=True, slots=True)
class FileArgs:
    """A batch to be written as its bank takes it, and where to."""

    batch: Batch
    profile: PaymentProfile
    folder: Path


@dataclass(frozen=True, slots=True)
class Written:
    """The bank file and its count slip."""

    file: BankFile
    path: Path
    slip: Path


def write_files(args: FileArgs) -> Written:
    """Writes the bank file and the slip beside it. Layout lane."""
    made = bank_file(args.batch, args.profile)
    path = put(made, args.folder)
    slip = write_slip(args.batch, made, args.folder / f"{args.batch.name}_清单.pdf")
    return Written(made, path, slip)


@dataclass(frozen=True, slots=True)
class ReadArgs:
    """A status file, and how its bank writes it."""

    path: Path
    profile: PaymentProfile


def read_status(args: ReadArgs) -> StatusFile:
    """Reads a status file. Layout lane."""
    return read(args.path, args.profile)


@dataclass(frozen=True, slots=True)
class CallArgs:
    """A payment and the line to the bank."""

    line: BankLine
    payment: Payment


def ask_first(args: CallArgs) -> BankWord:
    """Before anything is noted: whether the bank answers at all, and knows no such key. Lane of
    other servers."""
    return inquire(checked(args.line), args.payment)


def post(args: CallArgs) -> BankWord:
    """Posts a claimed instruction, once. Lane of other servers."""
    return send(args.line, args.payment)
