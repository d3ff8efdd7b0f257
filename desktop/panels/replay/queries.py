"""What the panel reads. Reader lanes; `sign_off` on the layout lane."""

import base64
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from desktop.command.replay.exporting import Bundle, mark_of, sealed, sheet, write
from desktop.command.replay.loading import Ask, load
from desktop.command.replay.reel import Reel
from desktop.paper.pen import Pen, SignPages, sign_pages
from desktop.rules.operation_law import load_operation_law
from storage.schema import table


def film(connection: Connection, ask: Ask) -> Reel:
    """The film, with its first picture made already."""
    made = Reel(load(connection, ask), load_operation_law())
    made.at(made.found.since)
    made.at(made.found.until)
    return made


def picture(connection: Connection, snapshot_id: str) -> bytes:
    """The bytes of a picture; empty where it is not here."""
    shot = table("snapshot").c
    body = connection.execute(select(shot.body).where(shot.id == snapshot_id)).scalar()
    try:
        return base64.b64decode(body or "")
    except ValueError:
        return b""


@dataclass(frozen=True, slots=True)
class SignOff:
    """An export to be signed and put at `path`. The PIN goes with this one piece of work."""

    bundle: Bundle
    pen: Pen
    pin: str
    court: str
    path: Path

    def __repr__(self) -> str:
        return f"SignOff({self.path})"


def sign_off(work: SignOff) -> Path:
    """Lays the sheet out, signs it and writes the file. UserError for a wrong PIN."""
    pages = SignPages(
        pages=sheet(work.bundle, work.court),
        pen=work.pen,
        pin=work.pin,
        court=work.court,
        reason=mark_of(work.bundle),
        at=work.bundle.at,
        seal=False,  # a sheet for the file, not a paper that goes out
    )
    return write(sealed(work.bundle, sign_pages(pages)), work.path)
