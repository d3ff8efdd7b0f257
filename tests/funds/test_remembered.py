"""The index is read once, and never older than the store."""

from pathlib import Path

from desktop.funds.booking import give
from desktop.funds.importing import import_statement
from desktop.funds.known import load
from desktop.funds.remembered import at_hand, remembered
from storage.session import Session
from tests.funds.test_statements_stored import statement
from tests.funds.town import founded, lines


def test_what_is_remembered_is_what_would_be_read_anew(session: Session, tmp_path: Path) -> None:
    town = founded(session)
    with session.read() as connection:
        assert at_hand(connection) is None  # of this store nothing was read yet
        first = remembered(connection)
        assert at_hand(connection) is first
        assert remembered(connection) is first
    with session.write("导入") as write:
        done = import_statement(write.connection, statement(lines()), town.people["秦账"])
    with session.read() as connection:
        second = remembered(connection)
        assert second is not first
        assert second.by_name is first.by_name  # the cases were not read again
        assert second == load(connection)
        assert first.cases[town.cases[12]].paid == ()  # what others hold stays as it was
    line_id = done.stored.line_ids[7]
    with session.write("认领") as write:
        give(write.connection, line_id, ((town.cases[17], 400),), "核实", town.people["秦账"])
    with session.read() as connection:
        assert remembered(connection) == load(connection)
        assert remembered(connection).by_alias["郑巧玲"] == [town.cases[17]]
    with session.write("改案") as write:
        write.connection.exec_driver_sql(
            'update "case" set claim_fen = 77, ver = ver where id = ?', (town.cases[16],)
        )
    with session.read() as connection:
        assert at_hand(connection) is None
        assert remembered(connection).cases[town.cases[16]].claim_fen == 77
