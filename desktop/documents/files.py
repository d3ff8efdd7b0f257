"""Files that are kept with a document: signed pages, snapshots, proofs of objections."""

import base64
import hashlib

from sqlalchemy import Connection, insert, select

from desktop.documents.course import row_of
from desktop.errors import UserError
from storage.ids import new_id
from storage.schema import table


def fingerprint(body: bytes) -> str:
    """SHA-256."""
    return hashlib.sha256(body).hexdigest()


def keep_file(connection: Connection, document_id: str, kind: str, name: str, body: bytes) -> str:
    """Stores a file with its document; gives its id."""
    made = new_id()
    connection.execute(
        insert(table("document_file")).values(
            id=made,
            document_id=document_id,
            kind=kind,
            name=name,
            sha256=fingerprint(body),
            size=len(body),
            body=base64.b64encode(body).decode("ascii"),
            scope=row_of(connection, document_id).scope,
        )
    )
    return made


def file_of(connection: Connection, document_id: str, kind: str) -> bytes:
    """The last file of that kind; UserError when there is none, or when it was tampered with."""
    file = table("document_file").c
    row = connection.execute(
        select(file.body, file.sha256)
        .where(file.document_id == document_id, file.kind == kind)
        .order_by(file.id.desc())
    ).first()
    if row is None:
        raise UserError("这份文书没有存入文件。")
    body = base64.b64decode(row.body)
    if fingerprint(body) != row.sha256:
        raise UserError("存入的文件与其指纹不符，可能被改动过。")
    return body
