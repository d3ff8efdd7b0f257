"""The act on a circular that its page does not leave to desktop.documents. Writer lane."""

from sqlalchemy import Connection

from desktop.documents.course import ActArgs, ask, open_stage, pass_stage, row_of
from desktop.errors import UserError
from desktop.rules.signing_matrix import Stage


def pass_open_stage(connection: Connection, act: ActArgs) -> Stage:
    """Review or approval by the person at the desk; gives the stage. UserError with who can."""
    row = row_of(connection, act.document_id)
    stage = open_stage(ask(connection, row, Stage.SIGN, act))
    if stage is None:
        raise UserError("通报的各环节都已办完。")
    pass_stage(connection, act, stage)
    return stage
