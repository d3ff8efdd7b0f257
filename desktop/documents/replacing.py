"""A new draft in the place of a document that went out. Writer lane."""

import json

from sqlalchemy import Connection, select, update

from desktop.documents.course import ActArgs, row_of
from desktop.documents.drafts import Draft, save
from desktop.documents.numbering import number_words
from desktop.documents.permits import Deed, require
from desktop.errors import UserError
from storage.schema import table


def supersede(connection: Connection, act: ActArgs) -> str:
    """A new draft that takes the place of an issued document once it is issued itself."""
    row = row_of(connection, act.document_id)
    if row.state != "issued":
        raise UserError("只有已印发的文书可以由新版替代。")
    require(connection, row, Deed.SUPERSEDE, act)
    document = table("document")
    running = connection.execute(
        select(document.c.id).where(document.c.supersedes == row.id, document.c.state != "recalled")
    ).scalar()
    if running is not None:
        raise UserError("替代本件的新版已经在办，不必另拟。")
    made = save(
        connection,
        Draft(
            kind=row.kind,
            template=row.template,
            title=row.title,
            fields=json.loads(row.fields),
            author_id=act.person_id,
            at=act.at,
            case_id=row.case_id,
            judge=bool(row.judge),
            coercive=bool(row.coercive),
            period=None if row.period_from is None else (row.period_from, row.period_to),
            note=f"替代{number_words(row.series, row.year, row.serial)}",
        ),
    )
    connection.execute(update(document).where(document.c.id == made).values(supersedes=row.id))
    return made
