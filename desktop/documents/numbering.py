"""The number of a document. Writer lane.

With a shared database only that gives numbers, so an offline document stays unnumbered; a desk
that works alone counts by itself, and the database refuses a number taken twice.
"""

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, insert, select, update

from desktop.documents.course import row_of
from desktop.errors import UserError
from storage.ids import new_id
from storage.schema import table


@dataclass(frozen=True, slots=True)
class NumberArgs:
    """For which document, and today."""

    document_id: str
    today: date


def number_words(series: str, year: int | None, serial: int | None) -> str:
    """洛中法执通〔2026〕17号: no 第, no padding; empty while there is none."""
    return "" if serial is None else f"{series}〔{year}〕{serial}号"


def ask_number(connection: Connection, args: NumberArgs) -> str:
    """Gives the number as printed, or "" while the shared database is asked.

    Raises UserError while anything but the signature lacks.
    """
    row = row_of(connection, args.document_id)
    if row.serial is not None:
        return number_words(row.series, row.year, row.serial)
    if row.state != "signing":
        raise UserError("签发前的各环节尚未办完，不能编号。")
    if connection.execute(select(table("_ctl").c.hub_id)).scalar() is not None:
        if not _asked(connection, args.document_id):
            connection.execute(
                insert(table("request")).values(
                    id=new_id(),
                    kind="number_document",
                    case_id=row.case_id,
                    args=json.dumps({"document_id": row.id}),
                    note=f"{row.title}，请求编号",
                )
            )
        return ""
    document = table("document")
    highest = connection.execute(
        select(func.max(document.c.serial)).where(
            document.c.series == row.series, document.c.year == args.today.year
        )
    ).scalar()
    serial = int(highest or 0) + 1
    connection.execute(
        update(document)
        .where(document.c.id == row.id)
        .values(year=args.today.year, serial=serial, numbered_on=args.today.isoformat())
    )
    return number_words(row.series, args.today.year, serial)


def _asked(connection: Connection, document_id: str) -> bool:
    request = table("request").c
    rows = connection.execute(
        select(request.args).where(request.kind == "number_document", request.state == "asked")
    ).scalars()
    return any(json.loads(one).get("document_id") == document_id for one in rows)
