"""An import that gives a case to another handler keeps who had it, whom a case does not name."""

from pathlib import Path

from sqlalchemy import Connection, text

from storage.session import Session
from tests.importing.conftest import Importer
from tests.importing.workbooks import branch_rows, save

HANDLER = 4


def held(connection: Connection, number: str) -> list[tuple[str, str]]:
    found = connection.execute(
        text(
            'select h.holder_name, h.from_on from hold h join "case" c on c.id = h.case_id'
            " where c.number = :number and h.kind = 'handler' order by h.from_on, h.id"
        ),
        {"number": number},
    )
    return [(row[0], row[1]) for row in found]


def test_whom_the_case_was_taken_from_stays_on_record(
    importing: tuple[Session, Importer], tmp_path: Path
) -> None:
    session, run = importing
    rows = branch_rows(3)
    number, first = str(rows[1][1]), str(rows[1][HANDLER])
    run(save(tmp_path / "b.xlsx", rows))
    with session.read() as connection:
        assert held(connection, number) == []
    for name in ("宋清言", "闻人羽", first):
        rows[1][HANDLER] = name
        run(save(tmp_path / "b.xlsx", rows))
    day = "2026-09-01"
    with session.read() as connection:
        assert held(connection, number) == [
            (first, "2025-01-08"), ("宋清言", day), ("闻人羽", day), (first, day)
        ]  # fmt: skip
        assert held(connection, "（2025）豫0303执1号") == []


def test_an_institution_that_has_the_case_keeps_it(
    importing: tuple[Session, Importer], tmp_path: Path
) -> None:
    session, run = importing
    rows = branch_rows(2)[1:]
    run(save(tmp_path / "b.xlsx", rows))
    with session.write("移交") as write:
        write.connection.execute(
            text(
                "insert into hold (id, case_id, from_on, kind, holder_name, scope)"
                " select 'h', id, '2026-08-03', 'institution', '某银行', scope from \"case\""
            )
        )
    first, rows[0][HANDLER] = str(rows[0][HANDLER]), "宋清言"
    run(save(tmp_path / "b.xlsx", rows))
    with session.read() as connection:
        assert [name for name, _on in held(connection, str(rows[0][1]))] == [first]
